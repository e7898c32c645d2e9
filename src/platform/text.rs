//! What counts as blank text, for functions and constraints alike.

use pgrx::prelude::*;

use super::error::{self, Result};

/// Whether a text has only characters that Unicode defines as white space, whatever the locale.
#[pg_extern(immutable, parallel_safe, strict)]
pub fn is_blank(p_text: &str) -> bool {
    p_text.trim().is_empty()
}

/// Errors if a text is blank or has more than `max` characters.
pub fn check_text(name: &'static str, text: &str, max: usize) -> Result<()> {
    if is_blank(text) || text.chars().count() > max {
        return Err(error::invalid(
            name,
            "blank or too long",
            format!("1 to {max} characters, not only white space."),
        ));
    }
    Ok(())
}
