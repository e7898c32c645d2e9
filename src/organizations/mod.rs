//! Tenants: founding one, and who belongs to it.

mod admin_codes;
mod invites;
mod members;
mod triggers;

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::access::caller::Caller;
use crate::platform::error::{self, Result, required};
use crate::platform::statement;
use crate::platform::uuid::new_id;

const FOUND: &str = "insert into helpdesk.organizations (id, name, created_by) values ($1, $2, $3)";

/// Founds an organization; who asks becomes its org_admin. Returns its id.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn create_organization(p_name: Option<&str>) -> Result<Uuid> {
    let name = required(p_name, "p_name")?.trim();
    if name.is_empty() || name.chars().count() > 200 {
        return Err(error::bad(
            "p_name",
            "not a name for an organization",
            "1 to 200 characters, not only white space.",
        ));
    }
    let caller = Caller::current()?;
    let founder = caller.require_profile()?;
    if !caller.may_create_organization() {
        return Err(error::not_allowed(
            "agents may not found organizations",
            "The role of the profile must be customer or admin.",
        ));
    }
    let id = new_id();
    statement::write(FOUND).execute(&[id.into(), name.into(), founder.into()])?;
    Ok(id)
}
