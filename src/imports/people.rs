//! The people of an import: members of the organization, or profiles without a login.
//!
//! An address leads to a member who has confirmed it, or to somebody whom the organization has
//! imported before, and never to anybody else: otherwise an admin would learn who has an account,
//! and hang tickets on strangers. Everybody else gets a profile that only this organization uses
//! until the owner of the address signs up.

use std::collections::{BTreeMap, HashMap, HashSet};

use pgrx::Uuid;
use pgrx::check_for_interrupts;
use serde::{Deserialize, Serialize};

use super::existing::{Addition, NewTicket};
use super::rows::{CommentRow, Person};
use crate::access::caller::Caller;
use crate::fulltext::people::index_new_people;
use crate::platform::error::{Result, internal};
use crate::platform::statement::{self, Planned};
use crate::platform::system_write::SystemWrite;
use crate::platform::uuid::new_id;

/// Members first, then people who can sign in.
const FIND_PEOPLE: &str = r#"
    select distinct on (x.email) x.email, p.id, m.user_id is not null, m.org_role <> 'org_customer'
      from unnest($2::text[]) x (email)
      join helpdesk.profiles p on lower(p.email collate "C") = x.email and p.email_is_confirmed
      left join helpdesk.org_members m on m.org_id = $1 and m.user_id = p.id
     where m.user_id is not null or p.imported_for = $1
     order by x.email, m.user_id is null, p.auth_id is null, p.id"#;

/// Before any ticket, so that nobody who is removed meanwhile keeps a ticket.
const LOCK_ASSIGNABLE_MEMBERS: &str = "
    select m.user_id from helpdesk.org_members m
     where m.org_id = $1 and m.user_id = any ($2) and (m.org_role <> 'org_customer' or m.may_be_assigned)
     order by m.user_id for share";

const CREATE_PEOPLE: &str = "
    insert into helpdesk.profiles (id, name, email, imported_for)
    select n.id, n.name, n.email, $1 from unnest($2::uuid[], $3::text[], $4::text[]) n (id, name, email)";

const ADD_CUSTOMERS: &str = "
    insert into helpdesk.org_members (org_id, user_id, org_role, added_by)
    select $1, n.id, 'org_customer', $3 from unnest($2::uuid[]) n (id)";

pub(super) struct People(HashMap<String, Known>);

/// Somebody whom the organization does not know.
#[derive(Serialize, Deserialize)]
pub(super) struct NewPerson {
    email: String,
    name: String,
    is_customer: bool,
}

pub(super) struct Known {
    pub(super) id: Uuid,
    pub(super) is_member: bool,
    /// Now, or in the other help desk: they wrote internally, or tickets were assigned to them.
    pub(super) is_staff: bool,
    pub(super) may_be_assigned: bool,
}

/// What the rows say of somebody.
#[derive(Default)]
struct Named<'a> {
    email: &'a str,
    name: &'a str,
    is_requester: bool,
    is_assignee: bool,
    writes_internally: bool,
}

impl People {
    /// The people whom tickets and comments name. All of them have a profile.
    pub(super) fn find(org: Uuid, new: &[NewTicket], additions: &[Addition]) -> Result<People> {
        let named = named_people(new, additions);
        let mut people = People(find(org, &named)?);
        let assignees: Vec<Uuid> = named
            .iter()
            .filter(|(_, named)| named.is_assignee)
            .filter_map(|(key, _)| Some(people.0.get(key)?.id))
            .collect();
        let assignable = lock_assignable(org, assignees)?;
        people.index(org, &named)?;
        for (key, known) in &mut people.0 {
            let named = named.get(key);
            known.is_staff |=
                named.is_some_and(|named| named.is_assignee || named.writes_internally);
            known.may_be_assigned = assignable.contains(known.id.as_bytes());
        }
        Ok(people)
    }

    /// Makes those who have tickets known to the full-text index.
    fn index(&self, org: Uuid, named: &BTreeMap<String, Named>) -> Result<()> {
        let with_tickets =
            named.iter().filter(|(_, named)| named.is_requester || named.is_assignee);
        let ids = with_tickets.filter_map(|(key, _)| Some(self.0.get(key)?.id)).collect();
        index_new_people(org, ids)
    }

    pub(super) fn get(&self, person: &Person) -> Result<&Known> {
        self.0.get(&person.key()).ok_or_else(|| internal("an imported person has no profile"))
    }
}

/// The people whom the organization does not know. The requesters among them will be customers;
/// staff join by an invite.
pub(super) fn find_missing(
    org: Uuid,
    new: &[NewTicket],
    additions: &[Addition],
) -> Result<Vec<NewPerson>> {
    let named = named_people(new, additions);
    let known = find(org, &named)?;
    let missing = named.iter().filter(|(key, _)| !known.contains_key(*key));
    Ok(missing
        .map(|(_, person)| NewPerson {
            email: person.email.to_owned(),
            name: person.name.to_owned(),
            is_customer: person.is_requester && !person.is_assignee && !person.writes_internally,
        })
        .collect())
}

/// Creates their profiles.
pub(super) fn create(org: Uuid, people: &[NewPerson]) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = people.iter().map(|_| new_id()).collect();
    let names: Vec<&str> = people.iter().map(|person| person.name.as_str()).collect();
    let emails: Vec<&str> = people.iter().map(|person| person.email.as_str()).collect();
    let customers: Vec<Uuid> = people
        .iter()
        .zip(&ids)
        .filter(|(person, _)| person.is_customer)
        .map(|(_, id)| *id)
        .collect();
    let args = [org.into(), ids.into(), names.into(), emails.into()];
    statement::write(CREATE_PEOPLE).execute(&args)?;
    let by = Caller::current()?.profile;
    let _import = SystemWrite::begin(SystemWrite::Import);
    statement::write(ADD_CUSTOMERS).execute(&[org.into(), customers.into(), by.into()])
}

fn named_people<'a>(
    new: &'a [NewTicket],
    additions: &'a [Addition],
) -> BTreeMap<String, Named<'a>> {
    let mut people = BTreeMap::new();
    for NewTicket { row, comments, .. } in new {
        name(&mut people, &row.requester).is_requester = true;
        if let Some(assignee) = &row.assignee {
            name(&mut people, assignee).is_assignee = true;
        }
        name_authors(&mut people, comments);
    }
    for addition in additions {
        name_authors(&mut people, &addition.comments);
    }
    people
}

fn name_authors<'a>(people: &mut BTreeMap<String, Named<'a>>, comments: &'a [CommentRow]) {
    for comment in comments {
        check_for_interrupts!();
        name(people, &comment.author).writes_internally |= comment.is_internal();
    }
}

/// The first row that names somebody decides how the name is written.
fn name<'p, 'a>(
    people: &'p mut BTreeMap<String, Named<'a>>,
    person: &'a Person,
) -> &'p mut Named<'a> {
    people.entry(person.key()).or_insert_with(|| Named {
        email: person.email.trim(),
        name: person.display_name(),
        ..Named::default()
    })
}

fn find(org: Uuid, named: &BTreeMap<String, Named>) -> Result<HashMap<String, Known>> {
    let keys: Vec<&str> = named.keys().map(String::as_str).collect();
    let found = statement::write(FIND_PEOPLE).planned(Planned::EachTime).fetch_all(
        &[org.into(), keys.into()],
        |row| {
            let known = Known {
                id: row.get(2)?,
                is_member: row.get(3)?,
                is_staff: row.get(4) == Some(true),
                may_be_assigned: false,
            };
            Some((row.get::<String>(1)?, known))
        },
    )?;
    Ok(found.into_iter().flatten().collect())
}

fn lock_assignable(org: Uuid, people: Vec<Uuid>) -> Result<HashSet<[u8; 16]>> {
    let locked = statement::write(LOCK_ASSIGNABLE_MEMBERS)
        .planned(Planned::EachTime)
        .fetch_all(&[org.into(), people.into()], |row| row.get::<Uuid>(1))?;
    Ok(locked.into_iter().flatten().map(|id| *id.as_bytes()).collect())
}
