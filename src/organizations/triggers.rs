//! Triggers on organizations and their members: what a new organization contains, its last admin,
//! and what members lose with their membership or role.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::access::authors::check_author;
use crate::access::caller::Caller;
use crate::platform::error::{self, Result};
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{self, TriggerResult, TriggerRow, TriggerRows, Tuple};
use crate::platform::uuid::new_id;
use crate::platform::{roles, statement, transaction};
use crate::sharding;

/// Whoever founds an organization watches its queues, so that somebody hears of its first ticket.
const INSERT_FIRST_MEMBER: &str = "
    insert into helpdesk.org_members (org_id, user_id, org_role, added_at, added_by)
    values ($1, $2, 'org_admin', $3, $2)";

const WATCH_QUEUES: &str = "insert into helpdesk.queue_watchers (org_id, user_id) values ($1, $2)";

const INSERT_WORKFLOW: &str = "
    with workflow as (
      insert into helpdesk.workflows (org_id, id, name, description)
      values ($1, $2, 'Support', 'How requests are handled')
    ), counter as (
      insert into helpdesk.ticket_counters (org_id) values ($1)
    )
    select";

const INSERT_STAGES: &str = "
    insert into helpdesk.workflow_stages (org_id, workflow_id, name, position, status, is_start)
    values ($1, $2, 'New', 1, 'open', true),
           ($1, $2, 'In progress', 2, 'open', false),
           ($1, $2, 'Waiting on customer', 3, 'pending', false),
           ($1, $2, 'Resolved', 4, 'resolved', false),
           ($1, $2, 'Closed', 5, 'closed', false)";

const LOCK_ORGANIZATION: &str =
    "select from helpdesk.organizations where id = $1 for no key update";

const CAN_SIGN_IN: &str = "select from helpdesk.profiles where id = $1 and auth_id is not null";

/// An admin without a login does not count.
const HAS_OTHER_ADMIN: &str = "
    select from helpdesk.org_members m join helpdesk.profiles p on p.id = m.user_id
     where m.org_id = $1 and m.user_id <> $2 and m.org_role = 'org_admin'
       and p.auth_id is not null limit 1";

const LACKS_OTHER_ADMIN: &str = "
    select where not exists (
      select from helpdesk.org_members m join helpdesk.profiles p on p.id = m.user_id
       where m.org_id = $1 and m.user_id <> $2 and m.org_role = 'org_admin'
         and p.auth_id is not null)";

/// A closed ticket keeps its last assignee, because it needs no more work.
const UNASSIGN_TICKETS: &str = "
    update helpdesk.tickets t set assigned_to = null
      from (select x.id from helpdesk.tickets x
             where x.org_id = $1 and x.assigned_to = $2 and x.status <> 'closed'
             order by x.id for no key update) locked
     where t.org_id = $1 and t.id = locked.id";

const HAS_ASSIGNED_TICKET: &str = "
    select from helpdesk.tickets
     where org_id = $1 and assigned_to = $2 and status <> 'closed' limit 1";

/// $3: the pending invites to the person's address; $4: those that the person sent.
const DELETE_PENDING_INVITES: &str = r#"
    delete from helpdesk.org_invites d
     using (select i.id from helpdesk.org_invites i
             where i.org_id = $1 and i.used_at is null
               and (($3 and lower(i.email collate "C") = (select lower(p.email collate "C") from helpdesk.profiles p where p.id = $2))
                    or ($4 and i.created_by = $2))
             order by i.id for update) locked
     where d.org_id = $1 and d.id = locked.id"#;

/// Trigger on organizations: people found them in their own name, if they may.
#[pg_trigger(sql = "
    create function helpdesk.organizations_check_founder() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn organizations_check_founder<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, |rows| {
        let Some(new) = rows.new else { return Ok(None) };
        check_author(&new, "created_by")?;
        if !roles::role_bypasses_row_security() {
            let caller = Caller::signed_in()?;
            caller.require_profile()?;
            caller.check_may_create_organization()?;
        }
        Ok(Some(new.unchanged()))
    })
}

/// Trigger on organizations: makes the creator org_admin, and adds the workflow "Support".
#[pg_trigger(sql = "
    create function helpdesk.handle_new_org() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn handle_new_org<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_insert)
}

fn after_insert(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    if let Some(new) = rows.new {
        let org: Uuid = new.required("id")?;
        let creator: Uuid = new.required("created_by")?;
        // Where every server has a copy of the members, each writes the same row.
        let founded = new.arg("created_at")?;
        statement::write(INSERT_FIRST_MEMBER).execute(&[org.into(), creator.into(), founded])?;
        sharding::where_organization_is(org, || {
            let workflow = new_id();
            statement::write(WATCH_QUEUES).execute(&[org.into(), creator.into()])?;
            statement::write(INSERT_WORKFLOW).execute(&[org.into(), workflow.into()])?;
            statement::write(INSERT_STAGES).execute(&[org.into(), workflow.into()])
        })?;
    }
    Ok(None)
}

/// Trigger on org_members: an organization keeps at least one org_admin who can sign in, even if
/// two sessions each remove one at the same time.
#[pg_trigger(sql = "
    create function helpdesk.org_members_keep_admin() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn org_members_keep_admin<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_write)
}

fn before_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(old) = rows.old else { return Ok(None) };
    let org: Uuid = old.required("org_id")?;
    let member: Uuid = old.required("user_id")?;
    let loses_admin = match &rows.new {
        None => is_admin(&old)?,
        Some(new) => {
            new.check_unchanged(
                &old,
                &["org_id", "user_id"],
                "You can change org_role and may_be_assigned of a membership.",
            )?;
            is_admin(&old)? && !is_admin(new)?
        }
    };
    if loses_admin {
        check_other_admin(org, member)?;
    }
    Ok(Some(rows.new.unwrap_or(old).unchanged()))
}

fn is_admin(row: &TriggerRow) -> Result<bool> {
    Ok(row.get::<String>("org_role")?.as_deref() == Some("org_admin"))
}

/// Errors if a member is the only org_admin of an organization who can sign in.
fn check_other_admin(org: Uuid, member: Uuid) -> Result<()> {
    // Without the row, the organization is being deleted, and its last admin with it.
    if !statement::write(LOCK_ORGANIZATION).exists(&[org.into()])? {
        return Ok(());
    }
    if !statement::write(CAN_SIGN_IN).exists(&[member.into()])? {
        return Ok(());
    }
    let args = [org.into(), member.into()];
    if !statement::write(HAS_OTHER_ADMIN).exists(&args)? {
        return Err(error::breaks_rule(
            "last_admin",
            "the last org_admin of an organization cannot be removed or demoted",
            "Make another member org_admin first.",
        ));
    }
    transaction::recheck_on_latest_snapshot(LACKS_OTHER_ADMIN, &args)
}

/// Trigger on org_members: unassigns tickets and deletes invites that a member loses with their
/// membership or role.
#[pg_trigger(sql = "
    create function helpdesk.org_members_revoke() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn org_members_revoke<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_write)
}

fn after_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    Caller::forget();
    let Some(old) = rows.old else { return Ok(None) };
    let was = MemberRights::from_row(&old)?;
    let is = rows.new.as_ref().map(MemberRights::from_row).transpose()?.unwrap_or_default();
    let person = [old.arg("org_id")?, old.arg("user_id")?];
    if was.may_be_assigned && !is.may_be_assigned {
        let _configuring = SystemWrite::begin(SystemWrite::Configuration);
        sharding::where_organization_is(old.required("org_id")?, || {
            statement::write(UNASSIGN_TICKETS).execute(&person)?;
            transaction::recheck_on_latest_snapshot(HAS_ASSIGNED_TICKET, &person)
        })?;
    }
    let is_removed = rows.new.is_none();
    let is_demoted = was.is_admin && !is.is_admin || was.is_staff && !is.is_staff;
    if (is_removed || is_demoted) && sharding::is_main_node()? {
        let [org, member] = person;
        statement::write(DELETE_PENDING_INVITES).execute(&[
            org,
            member,
            is_removed.into(),
            is_demoted.into(),
        ])?;
    }
    Ok(None)
}

/// The rights of a member whose loss has consequences.
#[derive(Default)]
struct MemberRights {
    is_admin: bool,
    is_staff: bool,
    may_be_assigned: bool,
}

impl MemberRights {
    fn from_row(row: &TriggerRow) -> Result<MemberRights> {
        let role: String = row.required("org_role")?;
        let is_staff = role != "org_customer";
        Ok(MemberRights {
            is_admin: role == "org_admin",
            is_staff,
            may_be_assigned: is_staff || row.required("may_be_assigned")?,
        })
    }
}
