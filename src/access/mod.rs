//! Who the caller is and what they may do.
//!
//! Rights follow the database role, as row security does: a role that bypasses it (a superuser,
//! service_role, the owner of the tables) may do everything. For all others they follow the
//! memberships of the signed-in person. Authorship always follows the claims, but the role anon is
//! nobody, whatever the claims contain.

mod admins;
pub mod authors;
mod cache;
pub mod caller;
pub mod claims;
pub mod denied_writes;
mod founding;
mod functions;
mod organization_of;
pub mod person;
pub mod rights;

/// The functions about the caller whose result can be NULL.
#[cfg(test)]
pub fn describe(api: &mut crate::platform::json::schema::Api) {
    functions::describe(api);
}
