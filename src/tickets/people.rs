//! The people of a ticket object. Their ids come with the ticket; all names are looked up at once.

use std::collections::{BTreeMap, BTreeSet};

use pgrx::Uuid;
use serde::Serialize;

use crate::platform::error::Result;
use crate::platform::json::id::Id;
use crate::platform::statement::{self, Row, Statement};

const FIND_PROFILES: &str =
    "select p.id, p.name, p.email from helpdesk.profiles p where p.id = any ($1)";

/// The same, with the stages and workflows ($3) of an organization ($2).
const FIND_NAMES: &str = "
    select p.id, p.name, p.email from helpdesk.profiles p where p.id = any ($1)
    union all
    select s.id, s.name, null from helpdesk.workflow_stages s where s.org_id = $2 and s.id = any ($3)
    union all
    select w.id, w.name, null from helpdesk.workflows w where w.org_id = $2 and w.id = any ($3)";

/// A person in the result. The name is empty until `People::fill_in_names`, which looks up all
/// names at once.
#[derive(Clone, Serialize)]
pub(super) struct Person {
    pub(super) id: Id,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<Option<String>>,
}

impl Person {
    pub(super) fn from_row(row: &Row, position: usize) -> Option<Person> {
        row.id(position).map(|id| Person { id, name: String::new(), email: None })
    }
}

struct Profile {
    name: String,
    email: Option<String>,
}

impl Profile {
    fn from_row(row: &Row) -> Option<(Id, Profile)> {
        Some((row.id(1)?, Profile { name: row.get(2)?, email: row.get(3) }))
    }
}

pub(super) struct People(BTreeMap<Id, Profile>);

impl People {
    /// Finds the profiles of people. `mode` is `statement::read` or `statement::write`.
    pub(super) fn find(
        mode: fn(&'static str) -> Statement<'static>,
        people: impl Iterator<Item = Id>,
    ) -> Result<People> {
        let profiles =
            mode(FIND_PROFILES).fetch_all(&[distinct(people).into()], Profile::from_row)?;
        Ok(People(profiles.into_iter().flatten().collect()))
    }

    /// Finds people, and the stages and workflows that a history names.
    pub(super) fn find_with_configured(
        people: impl Iterator<Item = Id>,
        org: Uuid,
        configured: impl Iterator<Item = Id>,
    ) -> Result<People> {
        let args = [distinct(people).into(), org.into(), distinct(configured).into()];
        let names = statement::read(FIND_NAMES).fetch_all(&args, Profile::from_row)?;
        Ok(People(names.into_iter().flatten().collect()))
    }

    pub(super) fn fill_in_names<'a>(&self, people: impl Iterator<Item = &'a mut Person>) {
        for person in people {
            if let Some(profile) = self.0.get(&person.id) {
                person.name.clone_from(&profile.name);
            }
        }
    }

    /// The id with its name.
    pub(super) fn name(&self, id: Id) -> Option<(Id, String)> {
        self.0.get(&id).map(|profile| (id, profile.name.clone()))
    }

    pub(super) fn email(&self, id: Id) -> Option<String> {
        self.0.get(&id).and_then(|profile| profile.email.clone())
    }
}

fn distinct(ids: impl Iterator<Item = Id>) -> Vec<Uuid> {
    ids.collect::<BTreeSet<Id>>().into_iter().map(Uuid::from).collect()
}
