//! The people whom a value of `assignee:` or `requester:` names. Only staff may ask.

use pgrx::Uuid;

use crate::fulltext::folding::plain;
use crate::platform::error::Result;
use crate::platform::statement;

/// A name that more people have means the newest of them.
const MAX_PEOPLE: usize = 50;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Role {
    Assignee,
    Requester,
}

/// Only people of the organization: to find others would reveal whose address has an account.
const BY_ADDRESS: &str = "
    select p.id from helpdesk.profiles p
     where lower(p.email collate \"C\") = lower($2 collate \"C\")
       and (exists (select from helpdesk.org_members m where m.org_id = $1 and m.user_id = p.id)
            or exists (select from helpdesk.tickets t where t.org_id = $1 and t.created_by = p.id)
            or exists (select from helpdesk.tickets t where t.org_id = $1 and t.assigned_to = p.id))
     limit 50";

/// The newest members.
const MEMBERS: &str = "
    select p.id, p.name
      from (select m.user_id, m.org_role, m.may_be_assigned
              from helpdesk.org_members m
             where m.org_id = $1 order by m.user_id desc limit 5000) m
      join helpdesk.profiles p on p.id = m.user_id
     where $2 or m.org_role <> 'org_customer' or m.may_be_assigned";

/// Members with this address, or with these words in their name.
pub(super) fn find(org: Uuid, value: &str, role: Role) -> Result<Vec<Uuid>> {
    if value.contains('@') {
        let people = statement::read(BY_ADDRESS)
            .fetch_all(&[org.into(), value.into()], |row| row.get::<Uuid>(1))?;
        return Ok(people.into_iter().flatten().collect());
    }
    let wanted = words(value);
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let args = [org.into(), (role == Role::Requester).into()];
    let people = statement::read(MEMBERS).fetch_all(&args, |row| {
        let name = words(row.get(2).unwrap_or_default());
        row.get::<Uuid>(1).filter(|_| wanted.iter().all(|word| name.contains(word)))
    })?;
    Ok(people.into_iter().flatten().take(MAX_PEOPLE).collect())
}

fn words(name: &str) -> Vec<String> {
    plain(name)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
