//! The people whom a value of `assignee:` or `requester:` names. Only staff may ask.

use pgrx::Uuid;

use crate::fulltext::query::Query;
use crate::platform::error::Result;
use crate::platform::statement;

/// Members only: to find others would reveal whose address has an account.
const BY_ADDRESS: &str = "
    select p.id
      from helpdesk.profiles p
      join helpdesk.org_members m on m.org_id = $1 and m.user_id = p.id
     where lower(p.email collate \"C\") = lower($2 collate \"C\")
     limit 50";

/// The people with this address, or with these words in their name or address.
pub(super) fn find(org: Uuid, value: &str) -> Result<Vec<Uuid>> {
    if value.contains('@') {
        let people = statement::read(BY_ADDRESS)
            .fetch_all(&[org.into(), value.into()], |row| row.get::<Uuid>(1))?;
        if !people.is_empty() {
            return Ok(people.into_iter().flatten().collect());
        }
    }
    match Query::parse(org, value)?.filter(|query| !query.has_negation()) {
        Some(query) => query.find_people(),
        None => Ok(Vec::new()),
    }
}
