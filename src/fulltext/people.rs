//! The people by whose names and addresses staff find tickets. Each is a document of the full-text
//! index; a ticket has the ids of its requester and assignee as lexemes.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::prelude::*;

use super::language_lock::lock_language;
use super::pending_list;
use super::vector::lexemes_of;
use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{self, TriggerResult, TriggerRows, Tuple};
use crate::sharding;

/// Writes documents of the people `p` in organization $1. Staff see the addresses of members only.
/// `lock` keeps names from changing until the document is there to be changed.
pub(super) fn write_people(whose: &str, lock: &str) -> String {
    let lexemes = lexemes_of(
        "o.id",
        "'p'",
        ["p.name", "case when m.user_id is not null then p.email end", "null", "null"],
    );
    format!(
        "insert into helpdesk.search_documents as d
                (org_id, document_id, kind, ticket_id, is_internal, lexemes)
         select o.id, p.id, 'person', null, true, {lexemes}
           from helpdesk.organizations o
           join helpdesk.profiles p on {whose}
           left join helpdesk.org_members m on m.org_id = o.id and m.user_id = p.id
          where o.id = $1 {lock}
         on conflict (org_id, document_id, kind) do update set lexemes = excluded.lexemes
         where d.lexemes is distinct from excluded.lexemes"
    )
}

pub(super) const LOCK: &str = "for share of p";

/// The condition that a person `p` is not in the index of organization $1.
pub(super) const IS_NEW_PERSON: &str = "
    not exists (select from helpdesk.search_documents x
                 where x.org_id = $1 and x.document_id = p.id and x.kind = 'person')";

static INDEX_PERSON: LazyLock<String> = LazyLock::new(|| write_people("p.id = $2", LOCK));

static INDEX_NEW_PEOPLE: LazyLock<String> =
    LazyLock::new(|| write_people(&format!("p.id = any ($2) and {IS_NEW_PERSON}"), LOCK));

const ORGANIZATIONS_OF_PERSON: &str = "
    select d.org_id from helpdesk.search_documents d
     where d.document_id = $1 and d.kind = 'person' order by d.org_id";

const DELETE_PERSON: &str =
    "delete from helpdesk.search_documents d where d.document_id = $1 and d.kind = 'person'";

/// Trigger on org_members and profiles: keeps the documents of people up to date. Somebody who
/// leaves is still found, because their tickets stay.
#[pg_trigger(sql = "
    create function helpdesk.update_person_documents() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn update_person_documents<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_write)
}

fn after_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let is_deleted = rows.new.is_none();
    let Some(row) = rows.new.as_ref().or(rows.old.as_ref()) else { return Ok(None) };
    if row.has_column("user_id") {
        // import_tickets() indexes the people of its tickets itself, all at once.
        if SystemWrite::is_import() {
            return Ok(None);
        }
        let org = row.required("org_id")?;
        let person = row.required("user_id")?;
        sharding::where_organization_is(org, || index_person(org, person))?;
        return Ok(None);
    }
    let person: Uuid = row.required("id")?;
    sharding::each_group(|| {
        if is_deleted {
            return statement::write(DELETE_PERSON).execute(&[person.into()]);
        }
        let orgs = statement::write(ORGANIZATIONS_OF_PERSON)
            .fetch_all(&[person.into()], |row| row.get::<Uuid>(1))?;
        orgs.into_iter().flatten().try_for_each(|org| index_person(org, person))
    })?;
    Ok(None)
}

fn index_person(org: Uuid, person: Uuid) -> Result<()> {
    lock_language(org)?;
    let args = [org.into(), person.into()];
    pending_list::write(|| statement::write(&INDEX_PERSON).execute(&args))
}

/// The people of an imported ticket need not be members.
pub fn index_new_people(org: Uuid, people: Vec<Uuid>) -> Result<()> {
    lock_language(org)?;
    let count = people.len();
    let args = [org.into(), people.into()];
    pending_list::write_many(count, || statement::write(&INDEX_NEW_PEOPLE).execute(&args))
}
