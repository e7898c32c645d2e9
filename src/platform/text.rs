//! What counts as blank text, for functions and constraints alike.

use pgrx::prelude::*;

/// Whether a text has only characters that Unicode defines as white space, whatever the locale.
#[pg_extern(immutable, parallel_safe, strict)]
fn is_blank(p_text: &str) -> bool {
    p_text.trim().is_empty()
}
