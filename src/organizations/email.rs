//! E-mail addresses: which texts are one, and which address a person has confirmed.

use pgrx::Uuid;

use crate::access::rights::email_not_confirmed;
use crate::platform::error::{self, Result};
use crate::platform::statement;
use crate::platform::text::is_longer;

const MAX_EMAIL: usize = 320;

/// Anybody can claim an unconfirmed address, so it proves nothing about a person.
const FIND_CONFIRMED_EMAIL: &str = "
    select u.email::text from helpdesk.profiles p join auth.users u on u.id = p.auth_id
     where p.id = $1 and u.email_confirmed_at is not null";

/// The address in `p_email`, without white space around it.
pub(super) fn parse_email(text: &str) -> Result<&str> {
    let email = text.trim();
    let is_too_long = is_longer(email, MAX_EMAIL);
    let is_address = match email.split_once('@') {
        Some((local, domain)) => !local.is_empty() && !domain.is_empty() && !domain.contains('@'),
        None => false,
    };
    if is_too_long || !is_address || email.chars().any(char::is_whitespace) {
        return Err(error::invalid(
            "invalid_email",
            "p_email",
            "not an e-mail address",
            "name@domain, up to 320 characters, without white space.",
        ));
    }
    Ok(email)
}

/// The address that a person has confirmed; None if they have confirmed none.
pub(super) fn find_confirmed_email(profile: Uuid) -> Result<Option<String>> {
    statement::read(FIND_CONFIRMED_EMAIL).fetch_scalar(&[profile.into()])
}

/// The address that a person has confirmed; an error if they have confirmed none.
pub(super) fn require_confirmed_email(profile: Uuid) -> Result<String> {
    find_confirmed_email(profile)?.ok_or_else(email_not_confirmed)
}
