//! Which characters make a word. Postgres's own parser asks the locale, and knows neither scripts
//! without spaces nor what people paste.

use unicode_normalization::char::is_combining_mark;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A letter or digit of a script that separates words.
    Word,
    /// A character of a script without spaces between words.
    Unspaced,
    /// An emoji, a word by itself.
    Symbol,
    /// Belongs to the character before it.
    Mark,
    Separator,
}

pub(super) fn classify(character: char) -> Class {
    match character {
        '\0'..='\x7f' if character.is_ascii_alphanumeric() => Class::Word,
        '\0'..='\x7f' => Class::Separator,
        // Apostrophes, which Unicode takes for letters.
        '\u{2BB}'..='\u{2BC}' => Class::Separator,
        // Fractions, of which `2½` has two numbers.
        '¼'..='¾' | '⅐'..='⅞' => Class::Symbol,
        // Units of the number before them.
        '℃' | '℉' => Class::Word,
        _ if is_ignored(character) || is_combining_mark(character) => Class::Mark,
        _ if ascii_digit(character) != character => Class::Word,
        _ if is_unspaced(character) => Class::Unspaced,
        '\u{2600}'..='\u{27BF}' | '\u{1F000}'..='\u{1FAFF}' => Class::Symbol,
        _ if character.is_alphanumeric() => Class::Word,
        _ => Class::Separator,
    }
}

/// Chinese, Japanese, Thai, Lao, Burmese and Khmer.
fn is_unspaced(character: char) -> bool {
    match character {
        '\u{0E2F}' | '\u{0E3F}' | '\u{0E4F}' | '\u{0E5A}'..='\u{0E5B}' => false,
        '\u{104A}'..='\u{104F}' | '\u{17D4}'..='\u{17D6}' | '\u{17D8}'..='\u{17DB}' => false,
        '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}' | '\u{30FB}' => false,
        '\u{0E00}'..='\u{0EFF}'
        | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17FF}'
        | '\u{2E80}'..='\u{312F}'
        | '\u{31A0}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{A9E0}'..='\u{A9FF}'
        | '\u{AA60}'..='\u{AA7F}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9F}'
        | '\u{20000}'..='\u{3FFFF}' => true,
        _ => false,
    }
}

/// What may stand between two characters of a word in a script without spaces: the point between
/// Japanese words from other languages, and the end of a line.
pub(super) fn is_inside_unspaced(separator: &str) -> bool {
    matches!(separator, "・" | "･" | "\n" | "\r\n")
}

/// What is inside words without being seen: soft hyphens, joiners, variation selectors, the Arabic
/// character that stretches a word, and the Catalan point between two l.
pub(super) fn is_ignored(character: char) -> bool {
    matches!(
        character,
        '\u{AD}'
            | '\u{B7}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{640}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
    )
}

/// Decimal digits of other scripts, by their zeros.
const ZEROS: [u32; 18] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50,
    0xED0, 0xF20, 0x1040, 0x17E0, 0x1810,
];

/// The same digit in ASCII; other characters as they are.
pub(super) fn ascii_digit(character: char) -> char {
    let code = character as u32;
    ZEROS
        .iter()
        .find(|&&zero| (zero..zero + 10).contains(&code))
        .and_then(|zero| char::from_digit(code - zero, 10))
        .unwrap_or(character)
}
