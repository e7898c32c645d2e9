//! Says why a write is denied. Postgres only says "permission denied for table tickets"; this code
//! runs before that check, reads the same privileges, and names the column and what is allowed.

use std::cell::Cell;
use std::ffi::c_int;

use pgrx::pg_sys::panic::{ErrorReport, ErrorReportable};
use pgrx::prelude::*;
use pgrx::{PgList, PgRelation};

use super::caller::not_signed_in;
use crate::platform::error;
use crate::platform::roles::is_anonymous;
use crate::platform::trigger::{self, TriggerResult};

thread_local! {
    /// The hook of a library that was loaded before this one.
    static PREVIOUS_HOOK: Cell<pg_sys::ExecutorStart_hook_type> = const { Cell::new(None) };
}

unsafe extern "C-unwind" {
    // The one in pg_sys saves the stack each time, to turn an error of Postgres into a panic.
    fn standard_ExecutorStart(query: *mut pg_sys::QueryDesc, flags: c_int);
}

pub fn register_hook() {
    // SAFETY: a variable of this backend, which has one thread.
    unsafe {
        PREVIOUS_HOOK.set(pg_sys::ExecutorStart_hook);
        pg_sys::ExecutorStart_hook = Some(start_executor);
    }
}

/// Returns false. Policies call it, so that planning a write loads this library with its hook.
#[pg_extern(immutable, parallel_safe)]
fn load_library() -> bool {
    false
}

/// Runs for every statement, so it has no guard: an error of Postgres may jump over this frame,
/// which owns nothing.
unsafe extern "C-unwind" fn start_executor(query: *mut pg_sys::QueryDesc, flags: c_int) {
    // SAFETY: Postgres passes a planned statement to this hook.
    unsafe {
        let plan = (*query).plannedstmt;
        let writes = (*plan).commandType != pg_sys::CmdType::CMD_SELECT || (*plan).hasModifyingCTE;
        // Our functions write as their owner, who may write everything.
        if writes && pg_sys::GetUserId() == pg_sys::GetOuterUserId() {
            check_writes(plan);
        }
        match PREVIOUS_HOOK.get() {
            Some(start) => start(query, flags),
            None => standard_ExecutorStart(query, flags),
        }
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn check_writes(plan: *mut pg_sys::PlannedStmt) {
    // SAFETY: the caller passes the plan that the executor is about to run.
    let denial = unsafe { Write::all_of(plan) }.iter().find_map(Write::denial);
    denial.map_or(Ok(()), Err).unwrap_or_report();
}

/// Trigger on views: nobody writes them, not even those who may write everything. It refuses each
/// statement; for Postgres to get so far, it is also an INSTEAD OF trigger.
#[pg_trigger(sql = "
    create function helpdesk.refuse_write_to_view() returns trigger
    language c
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn refuse_write_to_view<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    let view = trigger.table_name().unwrap_or_default();
    trigger::run_statement_trigger(trigger, |_| {
        Err(table_is_read_only(
            &view,
            match trigger.op() {
                Ok(PgTriggerOperation::Insert) => Verb::Insert,
                Ok(PgTriggerOperation::Delete) => Verb::Delete,
                _ => Verb::Update,
            },
        ))
    })
}

#[derive(Clone, Copy)]
enum Verb {
    Insert,
    Update,
    Delete,
}

impl Verb {
    fn privilege(self) -> pg_sys::AclMode {
        let privilege = match self {
            Verb::Insert => pg_sys::ACL_INSERT,
            Verb::Update => pg_sys::ACL_UPDATE,
            Verb::Delete => pg_sys::ACL_DELETE,
        };
        pg_sys::AclMode::from(privilege)
    }
}

type Attributes<'a> = Vec<&'a pg_sys::FormData_pg_attribute>;

/// What a statement writes in one table or view.
struct Write {
    relation: pg_sys::Oid,
    user: pg_sys::Oid,
    /// With the numbers of the columns that the statement names.
    verbs: Vec<(Verb, Vec<i16>)>,
}

impl Write {
    /// # Safety
    ///
    /// The plan must be one of Postgres.
    unsafe fn all_of(plan: *mut pg_sys::PlannedStmt) -> Vec<Write> {
        // SAFETY: the lists of a plan contain nodes of these types.
        unsafe {
            #[cfg(feature = "pg15")]
            let entries = PgList::<pg_sys::RangeTblEntry>::from_pg((*plan).rtable);
            #[cfg(not(feature = "pg15"))]
            let entries = PgList::<pg_sys::RTEPermissionInfo>::from_pg((*plan).permInfos);
            let writes = entries.iter_ptr().map(|entry| {
                let entry = &*entry;
                let verbs = [
                    (Verb::Insert, entry.insertedCols),
                    (Verb::Update, entry.updatedCols),
                    (Verb::Delete, std::ptr::null_mut()),
                ];
                Write {
                    relation: entry.relid,
                    user: match entry.checkAsUser {
                        pg_sys::InvalidOid => pg_sys::GetUserId(),
                        owner_of_view => owner_of_view,
                    },
                    verbs: verbs
                        .into_iter()
                        .filter(|(verb, _)| entry.requiredPerms & verb.privilege() != 0)
                        .map(|(verb, columns)| (verb, column_numbers(columns)))
                        .collect(),
                }
            });
            writes.collect()
        }
    }

    /// The error of a write in our schema for which the user lacks a privilege.
    fn denial(&self) -> Option<ErrorReport> {
        let mut refused = Vec::new();
        let mut hints = Vec::new();
        for (verb, named) in &self.verbs {
            let is_refused = |column: &i16| !self.has_privilege_on_column(*column, *verb);
            if self.has_privilege(*verb) || (!named.is_empty() && !named.iter().any(is_refused)) {
                continue;
            }
            // SAFETY: the relation is locked by the statement that is about to run.
            let table = unsafe { PgRelation::open(self.relation) };
            if table.namespace() != "helpdesk" {
                return None;
            }
            let columns = table.tuple_desc();
            let (closed, open): (Attributes, Attributes) = columns
                .iter()
                .filter(|column| !column.attisdropped)
                .partition(|column| is_refused(&column.attnum));
            if open.is_empty() {
                return Some(table_is_read_only(table.name(), *verb));
            }
            for column in closed.iter().filter(|column| named.contains(&column.attnum)) {
                if !refused.iter().any(|name| name == column.name()) {
                    refused.push(column.name().to_owned());
                }
            }
            let open: Vec<_> = open.iter().map(|column| column.name()).collect();
            let row = if matches!(verb, Verb::Insert) { "a new row" } else { "an existing row" };
            hints.push(format!("In {row} you can write {}.", open.join(", ")));
        }
        (!refused.is_empty()).then(|| columns_are_read_only(&refused, &hints))
    }

    fn has_privilege(&self, verb: Verb) -> bool {
        // SAFETY: a look-up in the catalog.
        let result =
            unsafe { pg_sys::pg_class_aclcheck(self.relation, self.user, verb.privilege()) };
        result == pg_sys::AclResult::ACLCHECK_OK
    }

    fn has_privilege_on_column(&self, column: i16, verb: Verb) -> bool {
        // SAFETY: a look-up in the catalog.
        let result = unsafe {
            pg_sys::pg_attribute_aclcheck(self.relation, column, self.user, verb.privilege())
        };
        result == pg_sys::AclResult::ACLCHECK_OK
    }
}

/// # Safety
///
/// The set must be one of a plan.
unsafe fn column_numbers(set: *const pg_sys::Bitmapset) -> Vec<i16> {
    // SAFETY: the members are the numbers of columns, counted from
    // FirstLowInvalidHeapAttributeNumber; a number below 0 ends the loop.
    let next = |member| match unsafe { pg_sys::bms_next_member(set, member) } {
        ..0 => None,
        member => Some(member),
    };
    std::iter::successors(next(-1), |member| next(*member))
        .filter_map(|member| {
            i16::try_from(member + pg_sys::FirstLowInvalidHeapAttributeNumber).ok()
        })
        .collect()
}

fn columns_are_read_only(columns: &[String], hints: &[String]) -> ErrorReport {
    if is_anonymous() {
        return not_signed_in();
    }
    let problem = match columns {
        [_] => "you may not write this column",
        _ => "you may not write these columns",
    };
    error::not_allowed(
        "read_only_column",
        format!("{}: {problem}", columns.join(", ")),
        hints.join(" "),
    )
}

fn table_is_read_only(table: &str, verb: Verb) -> ErrorReport {
    if is_anonymous() {
        return not_signed_in();
    }
    let problem = match verb {
        Verb::Insert => "you may not insert rows into this table",
        Verb::Update => "you may not update rows of this table",
        Verb::Delete => "you may not delete rows of this table",
    };
    error::not_allowed("read_only_table", format!("{table}: {problem}"), instead_of(table, verb))
}

/// What to do instead of a write that nobody may do.
fn instead_of(table: &str, verb: Verb) -> &'static str {
    match (table, verb) {
        ("profiles", Verb::Insert) => "A login gets its profile when it is created.",
        ("profiles", Verb::Delete) => {
            "Delete the login; the profile stays as the author of its texts."
        }
        ("organizations", Verb::Delete) => {
            "The administrator of the database deletes organizations."
        }
        ("org_members", Verb::Insert) => {
            "People join with accept_org_invite() or join_organization()."
        }
        ("org_invites", Verb::Update) => {
            "Revoke the invite with revoke_org_invite() and call create_org_invite()."
        }
        ("admin_invite_codes", _) => "Call create_admin_invite_code().",
        ("ticket_comments", Verb::Delete) => "A comment can be edited, but not deleted.",
        ("ticket_attachments", Verb::Update) => "Delete the attachment and add another.",
        ("ticket_articles", Verb::Update) => "Delete the link and insert another.",
        ("ticket_watchers", _) => "Call watch_ticket().",
        ("queue_watchers", _) => "Call watch_queue().",
        ("notifications", _) => "Backends call create_notification().",
        ("article_versions", _) => "Update the article, or call revert_article().",
        ("ticket_history", _) => "Change the ticket, which records it.",
        ("agent_tickets" | "customer_tickets", Verb::Insert) => {
            "Call create_ticket(), or insert into tickets."
        }
        ("agent_tickets" | "customer_tickets", Verb::Update) => {
            "Call update_ticket(), or update tickets."
        }
        ("agent_tickets" | "customer_tickets", Verb::Delete) => "Delete from tickets.",
        ("workflow_stage_stats", _) => "Write workflow_stages.",
        _ => "Only the system writes it.",
    }
}
