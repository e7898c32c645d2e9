//! Organizations: how they are created, who belongs to them, and how people join.

mod admin_codes;
mod appoint;
pub mod email;
mod expiry;
mod invites;
mod join;
mod members;
mod org_role;
mod triggers;

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::access::caller::Caller;
use crate::platform::error::{Result, required};
use crate::platform::statement;
use crate::platform::text::check_text;
use crate::platform::uuid::new_id;

/// The JSON of the functions of members and invites.
#[cfg(test)]
pub fn describe(api: &mut crate::platform::json::schema::Api) {
    invites::describe(api);
    members::describe(api);
}

const MAX_NAME: usize = 200;

const INSERT_ORGANIZATION: &str =
    "insert into helpdesk.organizations (id, name, created_by) values ($1, $2, $3)";

/// Creates an organization with the caller as its first org_admin. Returns its id.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn create_organization(p_name: Option<&str>) -> Result<Uuid> {
    let name = required(p_name, "p_name")?.trim();
    check_text("p_name", name, MAX_NAME)?;
    let caller = Caller::signed_in()?;
    let creator = caller.require_profile()?;
    caller.check_may_create_organization()?;
    let id = new_id();
    statement::write(INSERT_ORGANIZATION).execute(&[id.into(), name.into(), creator.into()])?;
    Ok(id)
}
