//! The caller: the signed-in person and their role in each organization.

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;

use super::claims;
use crate::identity::login_exists;
use crate::platform::enums::UserRole;
use crate::platform::error::{self, Result};
use crate::platform::roles::is_anonymous;
use crate::platform::schema_version::check_schema_version;
use crate::platform::settings::with_pinned_search_path;
use crate::platform::statement::{self, Statement};
use crate::sharding::check_claims_are_known;

/// The signed-in person and their memberships; empty when nobody is signed in.
#[derive(Debug, Default)]
pub struct Caller {
    pub(super) login: Option<Uuid>,
    pub profile: Option<Uuid>,
    pub name: Option<String>,
    pub(super) role: Option<UserRole>,
    /// The organizations in which they are a member of any role, a customer, staff, and an admin.
    pub(super) orgs: Vec<Uuid>,
    pub(super) customer_orgs: Vec<Uuid>,
    pub(super) staff_orgs: Vec<Uuid>,
    pub(super) admin_orgs: Vec<Uuid>,
}

const LOGIN: &str = "select auth.uid()";

const LOAD_CALLER: &str = "
    select p.id, p.role, m.org_id, m.org_role, p.auth_id, p.name
      from helpdesk.profiles p
      left join helpdesk.org_members m on m.user_id operator(pg_catalog.=) p.id
     where p.auth_id operator(pg_catalog.=) auth.uid()";

impl Caller {
    /// Loads the signed-in person from the tables, as the claims name them now: on the caller's
    /// snapshot, or on a new one.
    pub(super) fn load(prepare: fn(&'static str) -> Statement<'static>) -> Result<Caller> {
        let mut caller = Caller::default();
        with_pinned_search_path(|| {
            check_schema_version()?;
            check_claims_are_known()?;
            if is_nobody() {
                return Ok(Vec::new());
            }
            prepare(LOAD_CALLER).fetch_all(&[], |row| {
                caller.profile = row.get(1);
                caller.role = row.get(2);
                caller.add_membership(row.get(3), row.get(4));
                caller.login = row.get(5);
                caller.name = row.get(6);
            })
        })?;
        Ok(caller)
    }

    fn add_membership(&mut self, org: Option<Uuid>, org_role: Option<&str>) {
        let Some(org) = org else { return };
        self.orgs.push(org);
        match org_role {
            Some("org_customer") => self.customer_orgs.push(org),
            Some("org_agent" | "org_admin") => self.staff_orgs.push(org),
            _ => {} // A membership without a role grants nothing more.
        }
        if org_role == Some("org_admin") {
            self.admin_orgs.push(org);
        }
    }

    pub fn is_member(&self, org: Uuid) -> bool {
        self.orgs.contains(&org)
    }

    pub fn is_staff(&self, org: Uuid) -> bool {
        self.staff_orgs.contains(&org)
    }

    pub fn is_admin(&self, org: Uuid) -> bool {
        self.admin_orgs.contains(&org)
    }

    pub fn orgs(&self) -> Vec<Uuid> {
        self.orgs.clone()
    }

    pub fn staff_orgs(&self) -> Vec<Uuid> {
        self.staff_orgs.clone()
    }

    pub fn admin_orgs(&self) -> Vec<Uuid> {
        self.admin_orgs.clone()
    }

    pub fn is_installation_admin(&self) -> bool {
        self.role == Some(UserRole::Admin)
    }

    /// Whether somebody is signed in, with or without a profile.
    pub fn is_signed_in(&self) -> Result<bool> {
        if self.profile.is_some() {
            return Ok(true);
        }
        match claimed_login()? {
            Some(login) => with_pinned_search_path(|| login_exists(login)),
            None => Ok(false),
        }
    }

    /// Errors when nobody is signed in. For functions that cannot write: they see a login without a
    /// profile as somebody who has nothing.
    pub fn require_login(&self) -> Result<()> {
        if self.is_signed_in()? { Ok(()) } else { Err(not_signed_in()) }
    }

    /// The caller's profile; an error when nobody is signed in or the login has no profile.
    pub fn require_profile(&self) -> Result<Uuid> {
        self.profile.ok_or_else(not_signed_in)
    }
}

/// Whether auth.uid() is not asked.
fn is_nobody() -> bool {
    is_anonymous() || claims::are_malformed()
}

/// The login in the claims, whether it exists or not.
pub fn claimed_login() -> Result<Option<Uuid>> {
    if is_nobody() {
        return Ok(None);
    }
    with_pinned_search_path(|| statement::read(LOGIN).fetch_scalar(&[]))
}

pub(super) fn not_signed_in() -> ErrorReport {
    error::not_allowed(
        "not_signed_in",
        "nobody is signed in",
        "Send an access token whose sub claim is a login (auth.users.id).",
    )
}
