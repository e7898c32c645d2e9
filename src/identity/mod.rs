//! People: one profile for each login of auth.users, created and kept up to date by triggers; what
//! ends with a login; and forgetting a person.

mod columns;
mod forget;
mod former_login;
mod login;
mod profiles;
mod triggers;

pub use profiles::{back_fill_profiles, create_missing_profile, login_exists};
