//! The people of a ticket object. Their ids come with the ticket; all names are looked up at once.

use std::collections::{BTreeMap, BTreeSet};

use pgrx::Uuid;
use serde::Serialize;

use crate::platform::error::Result;
use crate::platform::json::id::Id;
use crate::platform::statement::{Planned, Row, Statement};

const FIND_PROFILES: &str =
    "select p.id, p.name, p.email from helpdesk.profiles p where p.id = any ($1)";

/// A person in the result. The name is empty until `People::fill_in_names`, which looks up all
/// names at once.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Person {
    pub(super) id: Id,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(skip))]
    pub(super) email: Option<Option<String>>,
}

/// A person whose address staff see; for others it is null.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[allow(dead_code)] // It describes a Person.
pub(super) struct Assignee {
    id: Id,
    name: String,
    email: Option<String>,
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
        let ids = people.collect::<BTreeSet<Id>>().into_iter().map(Uuid::from).collect::<Vec<_>>();
        let find = mode(FIND_PROFILES).planned(Planned::Once);
        let profiles = find.fetch_all(&[ids.into()], Profile::from_row)?;
        Ok(People(profiles.into_iter().flatten().collect()))
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
