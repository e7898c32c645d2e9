//! Who the caller is and what they may do.
//!
//! Rights follow the database role, as row security does: a role that bypasses it (a superuser,
//! service_role, the owner of the tables) may do everything. For all others they follow the
//! memberships of the signed-in person. Authorship always follows the claims, but the role anon is
//! nobody, whatever the claims contain.

pub mod authors;
mod cache;
pub mod caller;
pub mod claims;
pub mod denied_writes;
mod founding;
mod functions;
pub mod person;
pub mod rights;
