//! E-mail addresses: which texts are one, and which address a person has confirmed.

use crate::access::caller::claimed_login;
use crate::access::rights::email_not_confirmed;
use crate::platform::error::{self, Result};
use crate::platform::statement;
use crate::platform::text::is_longer;

const MAX_EMAIL: usize = 320;

/// Anybody can claim an unconfirmed address, so it proves nothing about a person.
const FIND_CONFIRMED_EMAIL: &str = "
    select u.email::text from auth.users u where u.id = $1 and u.email_confirmed_at is not null";

/// The address in an argument, without white space around it.
pub fn parse_email<'a>(argument: &str, text: &'a str) -> Result<&'a str> {
    let email = text.trim();
    let is_too_long = is_longer(email, MAX_EMAIL);
    let is_address = match email.split_once('@') {
        Some((local, domain)) => !local.is_empty() && !domain.is_empty() && !domain.contains('@'),
        None => false,
    };
    if is_too_long || !is_address || email.chars().any(char::is_whitespace) {
        return Err(error::invalid(
            "invalid_email",
            argument,
            "not an e-mail address",
            "name@domain, up to 320 characters, without white space.",
        ));
    }
    Ok(email)
}

/// The address that the signed-in person has confirmed; None if they have confirmed none.
pub(super) fn find_confirmed_email() -> Result<Option<String>> {
    statement::read(FIND_CONFIRMED_EMAIL).fetch_scalar(&[claimed_login()?.into()])
}

/// The same; an error if they have confirmed none.
pub(super) fn require_confirmed_email() -> Result<String> {
    find_confirmed_email()?.ok_or_else(email_not_confirmed)
}
