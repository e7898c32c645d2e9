//! The steps in which an organization's full-text index is rebuilt, each in batches in the order of
//! ids.

use std::sync::LazyLock;

use pgrx::Uuid;

use super::blocks::starts_block;
use super::indexed_tables::{ARTICLES, ATTACHMENTS, COMMENTS, IndexedTable, TICKETS};
use super::lexemes::organization_marker;
use super::pending_list;
use super::people::{IS_NEW_PERSON, LOCK, write_people};
use super::sorting::SORT_ARTICLES;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};
use crate::platform::system_write::SystemWrite;

/// How others are kept from changing the rows of a batch until their documents are written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Writers {
    /// By the lock that the caller holds.
    LockedOut,
    /// By locks on the rows.
    Wait,
}

/// $1: organization; $2: the last id of the previous batch; $3: how many rows; $4: the
/// organization's prefix. Each returns the number of rows and the last id.
struct Step {
    write: String,
    write_locked: String,
    /// Runs afterwards for the same rows: those after $2, up to $3.
    then: Option<String>,
}

/// The starts of blocks come first, because other documents refer to them. Then come sorted
/// articles, because their order is wrong meanwhile; a search finds everything.
static STEPS: LazyLock<[Step; 9]> = LazyLock::new(|| {
    [
        starts_of(&TICKETS),
        starts_of(&ATTACHMENTS),
        starts_of(&COMMENTS),
        documents_of(&ARTICLES, Some(SORT_ARTICLES.to_owned())),
        people(),
        documents_of(&TICKETS, Some(people_of_tickets())),
        documents_of(&ATTACHMENTS, None),
        documents_of(&COMMENTS, None),
        Step { write: delete_orphans(), write_locked: delete_orphans(), then: None },
    ]
});

/// Writes those missing documents of a table that start a block, without lexemes.
fn starts_of(table: &IndexedTable) -> Step {
    let is_start = starts_block("r.id", "r.id");
    let write = format!(
        "with batch as materialized (
           select r.* from helpdesk.{} r
            where r.org_id = $1 and ($2::uuid is null or r.id > $2) and {is_start}
            order by r.id limit $3),
         written as ({})
         select count(*), (select b.id from batch b order by b.id desc limit 1) from batch",
        table.name,
        table.insert_starts("batch r")
    );
    Step { write_locked: write.clone(), write, then: None }
}

/// Writes the missing and outdated documents of a table.
fn documents_of(table: &IndexedTable, then: Option<String>) -> Step {
    let write = |lock: &str| {
        format!(
            "with batch as materialized (
               select r.* from helpdesk.{} r
                where r.org_id = $1 and ($2::uuid is null or r.id > $2)
                order by r.id limit $3 {lock}),
             written as ({})
             select count(*), (select b.id from batch b order by b.id desc limit 1) from batch",
            table.name,
            table.write_documents("batch r", "$4")
        )
    };
    Step { write: write(""), write_locked: write("for share"), then }
}

/// Members, and others who are in the index.
fn people() -> Step {
    let write = |lock: &str| {
        let written = write_people("p.id in (select b.id from batch b)", lock);
        format!(
            "with batch as materialized (
           select x.id
             from (select m.user_id from helpdesk.org_members m
                    where m.org_id = $1 and ($2::uuid is null or m.user_id > $2)
                   union
                   select d.document_id from helpdesk.search_documents d
                    where d.org_id = $1 and d.kind = 'person'
                      and ($2::uuid is null or d.document_id > $2)) x (id)
            order by x.id limit $3),
         written as ({written})
         select count(*), (select b.id from batch b order by b.id desc limit 1) from batch"
        )
    };
    Step { write: write(""), write_locked: write(LOCK), then: None }
}

/// People who are not in the index, although tickets are theirs.
fn people_of_tickets() -> String {
    let whose = format!(
        "p.id in (select unnest(array[t.created_by, t.assigned_to]) from helpdesk.tickets t
                   where t.org_id = $1 and ($2::uuid is null or t.id > $2) and t.id <= $3)
         and {IS_NEW_PERSON}"
    );
    write_people(&whose, "")
}

/// Documents whose rows are gone. Those that start a block only lose their lexemes.
fn delete_orphans() -> String {
    let is_start = starts_block("d.document_id", "d.ticket_id");
    format!(
        "with batch as materialized (
           select d.document_id as id, d.kind from helpdesk.search_documents d
            where d.org_id = $1 and ($2::uuid is null or d.document_id > $2)
            order by d.document_id limit $3),
         gone as materialized (
           select b.id, b.kind from batch b
            where not case b.kind
              when 'ticket' then exists (
                select from helpdesk.tickets r where r.org_id = $1 and r.id = b.id)
              when 'person' then exists (select from helpdesk.profiles r where r.id = b.id)
              when 'attachment' then exists (
                select from helpdesk.ticket_attachments r where r.org_id = $1 and r.id = b.id)
              when 'comment' then exists (
                select from helpdesk.ticket_comments r where r.org_id = $1 and r.id = b.id)
              else exists (
                select from helpdesk.articles r where r.org_id = $1 and r.id = b.id) end),
         emptied as (
           update helpdesk.search_documents d set lexemes = '' from gone b
            where d.org_id = $1 and d.document_id = b.id and d.kind = b.kind and {is_start}),
         deleted as (
           delete from helpdesk.search_documents d using gone b
            where d.org_id = $1 and d.document_id = b.id and d.kind = b.kind
              and not ({is_start}))
         select count(*), (select b.id from batch b order by b.id desc limit 1) from batch"
    )
}

/// How far a rebuild has come.
#[derive(Clone, Copy, Default)]
pub(super) struct Progress {
    pub(super) step: i32,
    pub(super) last: Option<Uuid>,
}

/// Writes up to `count` documents of an organization, and returns how many rows it read, and where
/// to continue; None at the end.
pub(super) fn write_batch(
    org: Uuid,
    progress: Progress,
    count: i64,
    writers: Writers,
) -> Result<(i64, Option<Progress>)> {
    let Some(step) = usize::try_from(progress.step).ok().and_then(|n| STEPS.get(n)) else {
        return Ok((0, None));
    };
    let sql = if writers == Writers::Wait { &step.write_locked } else { &step.write };
    let prefix = organization_marker(org, "");
    let args = [org.into(), progress.last.into(), count.into(), prefix.into()];
    let (written, last) = pending_list::write(|| {
        statement::write(sql)
            .planned(Planned::Once)
            .fetch_optional(&args, |row| (row.get::<i64>(1), row.get::<Uuid>(2)))
    })?
    .unwrap_or_default();
    if let (Some(then), Some(last)) = (&step.then, last) {
        let _derived = SystemWrite::begin(SystemWrite::Derived);
        let args = [org.into(), progress.last.into(), last.into()];
        pending_list::write(|| statement::write(then).execute(&args))?;
    }
    let written = written.unwrap_or_default();
    let next = match last {
        Some(_) if written >= count => Some(Progress { last, ..progress }),
        _ if progress.step as usize + 1 < STEPS.len() => {
            Some(Progress { step: progress.step + 1, last: None })
        }
        _ => None,
    };
    Ok((written, next))
}
