//! Who may found organizations: the role of the person and a setting of the installation decide.

use super::caller::{Caller, claimed_login};
use super::rights::email_not_confirmed;
use crate::platform::enums::UserRole;
use crate::platform::error::{self, Result};
use crate::platform::settings::with_pinned_search_path;
use crate::platform::statement;

/// The setting, and whether the login has confirmed an address.
const FIND_SETTING: &str = "
    select coalesce((select s.who_may_found_organizations from helpdesk.installation_settings s),
                    'confirmed'),
           exists (select from auth.users u
                    where u.id operator(pg_catalog.=) $1
                      and u.email is not null and u.email_confirmed_at is not null)";

/// What keeps a person from founding an organization.
#[derive(PartialEq)]
enum Obstacle {
    IsAgent,
    AddressNotConfirmed,
    IsNoAdministrator,
}

impl Caller {
    pub fn may_create_organization(&self) -> Result<bool> {
        Ok(self.is_signed_in()? && self.obstacle()?.is_none())
    }

    /// Errors unless the signed-in person may found organizations.
    pub fn check_may_create_organization(&self) -> Result<()> {
        Err(match self.obstacle()? {
            None => return Ok(()),
            Some(Obstacle::IsAgent) => error::not_allowed(
                "may_not_create_organization",
                "agents may not create organizations",
                "The role of the profile must be customer or admin.",
            ),
            Some(Obstacle::AddressNotConfirmed) => email_not_confirmed(),
            Some(Obstacle::IsNoAdministrator) => error::not_allowed(
                "not_an_installation_admin",
                "only administrators of the installation may create organizations",
                "They can change that: helpdesk.installation_settings.",
            ),
        })
    }

    fn obstacle(&self) -> Result<Option<Obstacle>> {
        match self.role {
            Some(UserRole::Admin) => return Ok(None),
            Some(UserRole::Agent) => return Ok(Some(Obstacle::IsAgent)),
            // Without a profile, they are what a new profile is.
            Some(UserRole::Customer) | None => {}
        }
        let login = self.login.map_or_else(claimed_login, |login| Ok(Some(login)))?;
        let found = with_pinned_search_path(|| {
            statement::read(FIND_SETTING).fetch_optional(&[login.into()], |row| {
                (row.get::<String>(1), row.get(2) == Some(true))
            })
        })?;
        let (setting, is_confirmed) = found.unwrap_or_default();
        Ok(match setting.as_deref() {
            Some("anyone") => None,
            Some("administrators") => Some(Obstacle::IsNoAdministrator),
            _ if is_confirmed => None,
            _ => Some(Obstacle::AddressNotConfirmed),
        })
    }
}
