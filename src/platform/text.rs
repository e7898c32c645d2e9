//! What counts as an empty text, to functions and constraints alike.

use pgrx::prelude::*;

/// Whether nothing of a text can be seen: it has only characters that Unicode calls white space, whatever the locale is.
#[pg_extern(immutable, parallel_safe, strict)]
fn is_blank(p_text: &str) -> bool {
    p_text.trim().is_empty()
}
