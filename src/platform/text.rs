//! What a text may be, for functions and constraints alike.

use pgrx::prelude::*;

use super::error::{self, Result};

/// So many characters are read between two looks for interrupts.
const STRETCH: usize = 1 << 16;

/// Whether a text has something to see, and no more than `p_max` characters. CHECKs call it.
#[pg_extern(immutable, parallel_safe, strict)]
fn is_text(p_text: &str, p_max: i32) -> bool {
    usize::try_from(p_max).is_ok_and(|max| !is_longer(p_text, max)) && !is_blank(p_text)
}

/// Whether nothing of a text can be seen, whatever the locale.
pub fn is_blank(text: &str) -> bool {
    text.chars().enumerate().all(|(position, character)| {
        if position % STRETCH == STRETCH - 1 {
            check_for_interrupts!();
        }
        is_invisible(character)
    })
}

/// White space, control characters, and characters without a glyph. The last are those with the
/// property Default_Ignorable_Code_Point in DerivedCoreProperties.txt of Unicode 16, and the blank
/// Braille pattern.
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(
            character,
            '\u{AD}'
                | '\u{34F}'
                | '\u{61C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{202A}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFF8}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

/// Whether a text has a control character, or one that changes the direction of what follows: with
/// U+202E, `gpj.exe` is shown as `exe.jpg`. The CHECKs of ticket_attachments list the same.
fn has_control_character(text: &str) -> bool {
    text.contains(|character: char| {
        character.is_control()
            || matches!(
                character,
                '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
            )
    })
}

/// Whether a text has more than `max` characters. It reads no more of the text than it needs.
pub fn is_longer(text: &str, max: usize) -> bool {
    text.len() > max && text.chars().nth(max).is_some()
}

/// Errors if nothing of a text can be seen, or it has more than `max` characters.
pub fn check_text(name: &str, text: &str, max: usize) -> Result<()> {
    let allowed = || format!("1 to {max} characters, not only white space.");
    match text {
        long if is_longer(long, max) => {
            Err(error::invalid("too_long", name, "too long", allowed()))
        }
        blank if is_blank(blank) => Err(error::invalid("blank", name, "blank", allowed())),
        _ => Ok(()),
    }
}

/// Errors also if a text is not fit to be shown in one line.
pub fn check_label(name: &str, text: &str, max: usize) -> Result<()> {
    check_text(name, text, max)?;
    if has_control_character(text) {
        return Err(error::invalid(
            "control_character",
            name,
            "contains a control character",
            "Text in one line, without control characters and marks that change its direction.",
        ));
    }
    Ok(())
}
