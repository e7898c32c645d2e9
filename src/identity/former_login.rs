//! What ends with a login: the rights of the person as staff of organizations and as administrator
//! of the installation. What they wrote stays, and so do their memberships as customer.

use pgrx::{Uuid, warning};

use super::login::Login;
use crate::platform::error::Result;
use crate::platform::statement;

const DETACH_PROFILE: &str = "
    update helpdesk.profiles set auth_id = null, email = $2, email_is_confirmed = $3
     where auth_id = $1 returning id";

/// All of them, before the tickets of any: update_tickets() locks members of several organizations
/// before their tickets.
const LOCK_MEMBERSHIPS: &str = "
    select org_id, org_role <> 'org_customer' from helpdesk.org_members
     where user_id = $1 order by org_id for update";

/// Triggers do what follows from it, as when an admin removes the member.
const END_MEMBERSHIP: &str = "delete from helpdesk.org_members where org_id = $1 and user_id = $2";

const LACKS_ADMIN: &str = "
    select o.name from helpdesk.organizations o
     where o.id = $1
       and not exists (select from helpdesk.org_members m
                         join helpdesk.profiles p on p.id = m.user_id and p.auth_id is not null
                        where m.org_id = $1 and m.org_role = 'org_admin')";

const RELEASE_TICKETS_OF_CUSTOMER: &str = "
    update helpdesk.org_members set may_be_assigned = false where user_id = $1 and may_be_assigned";

const END_INSTALLATION_ADMIN: &str = "
    with pending as (
      delete from helpdesk.admin_invite_codes d
       using (select c.code from helpdesk.admin_invite_codes c
               where c.created_by = $1 and c.used_at is null order by c.code for update) locked
       where d.code = locked.code
    )
    update helpdesk.profiles set role = 'customer' where id = $1 and role = 'admin'";

/// Detaches the profile of a login, and returns it.
pub(super) fn detach_profile(login: &Login) -> Result<Option<Uuid>> {
    statement::write(DETACH_PROFILE).fetch_scalar(&[
        login.id.into(),
        login.email.as_deref().into(),
        login.is_confirmed.into(),
    ])
}

/// Ends all memberships as staff, releases open tickets, and takes the role of an administrator.
/// The profile has no login, so it may also have been the last org_admin.
pub(super) fn end_rights(profile: Uuid) -> Result<()> {
    let orgs = statement::write(LOCK_MEMBERSHIPS).fetch_all(&[profile.into()], |row| {
        row.get::<Uuid>(1).filter(|_| row.get(2) == Some(true))
    })?;
    for org in orgs.into_iter().flatten() {
        statement::write(END_MEMBERSHIP).execute(&[org.into(), profile.into()])?;
        if let Some(name) = statement::write(LACKS_ADMIN).fetch_scalar::<String>(&[org.into()])? {
            warning!(
                "organization {org} ({name:?}) has no org_admin who can sign in: appoint_admin() gives it one"
            );
        }
    }
    statement::write(RELEASE_TICKETS_OF_CUSTOMER).execute(&[profile.into()])?;
    statement::write(END_INSTALLATION_ADMIN).execute(&[profile.into()])
}
