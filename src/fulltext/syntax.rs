//! The syntax of queries without their filters: words, "phrases", -unwanted, and or.

use super::text::MAX_QUERY_WORDS;

/// With this many digits, a minus after another word belongs to a number.
const MIN_NEGATIVE: usize = 4;

/// A part of a query.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item<'a> {
    Word { text: &'a str, is_unwanted: bool },
    Phrase { text: &'a str, is_unwanted: bool },
    Or,
}

/// The parts of any text, at most 50.
pub(super) fn split(query: &str) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    let mut rest = query.trim_start();
    while !rest.is_empty() && items.len() < MAX_QUERY_WORDS {
        let (item, after) = take_item(rest, items.last());
        items.extend(item);
        rest = after.trim_start();
    }
    // An `or` at either end, or after another, joins nothing.
    let mut joined: Vec<Item> = Vec::new();
    for item in items {
        let is_or = item == Item::Or;
        if !is_or || !matches!(joined.last(), None | Some(Item::Or)) {
            joined.push(item);
        }
    }
    if joined.last() == Some(&Item::Or) {
        joined.pop();
    }
    joined
}

/// The part at the beginning of a text, after another, and the rest.
fn take_item<'a>(text: &'a str, previous: Option<&Item>) -> (Option<Item<'a>>, &'a str) {
    let sign = match text.strip_prefix("NOT ").filter(|_| is_operand(previous)) {
        Some(body) => Some(body.trim_start()),
        None => text.strip_prefix('-').filter(|body| !is_negative_number(body, previous)),
    };
    let may_begin = |c: char| closing_quotes(c).is_some() || c.is_alphanumeric();
    let (is_unwanted, body) = match sign {
        Some(body) if body.starts_with(may_begin) => (true, body),
        _ => (false, text),
    };
    if let Some((phrase, after)) = take_quoted(body) {
        return (Some(Item::Phrase { text: phrase, is_unwanted }), after);
    }
    // A quote that is never closed is not one, like that of inches.
    if let Some(after) = body.strip_prefix(|c| closing_quotes(c).is_some()) {
        return (None, after);
    }
    let (word, after) = body.split_at(end_of_word(body));
    let item = match word {
        _ if is_unwanted => Some(Item::Word { text: word, is_unwanted }),
        "|" | "||" => Some(Item::Or),
        "AND" | "&" | "&&" if previous.is_some() => None,
        _ if word.eq_ignore_ascii_case("or") => Some(Item::Or),
        _ => Some(Item::Word { text: word, is_unwanted }),
    };
    (item, after)
}

/// Whether NOT after this is an operator. In `it does NOT work` it is not.
fn is_operand(previous: Option<&Item>) -> bool {
    const VERBS: [&str; 16] = [
        "is", "are", "was", "were", "do", "does", "did", "can", "could", "will", "would", "should",
        "must", "has", "have", "had",
    ];
    match previous {
        Some(Item::Word { text, .. }) => {
            // Where all is in capitals, nothing is an operator.
            text.chars().any(char::is_lowercase) && !VERBS.contains(&text.to_lowercase().as_str())
        }
        Some(Item::Phrase { .. }) => true,
        Some(Item::Or) | None => false,
    }
}

/// Whether a minus before this is that of a number, as in `error -2147467259`.
fn is_negative_number(body: &str, previous: Option<&Item>) -> bool {
    let digits = body.chars().take_while(char::is_ascii_digit).count();
    digits >= MIN_NEGATIVE && matches!(previous, Some(Item::Word { .. } | Item::Phrase { .. }))
}

/// A text in quotes, and what follows them.
pub(super) fn take_quoted(text: &str) -> Option<(&str, &str)> {
    let mut rest = text.chars();
    let closing = closing_quotes(rest.next()?)?;
    rest.as_str().split_once(closing)
}

/// Whether something is in quotes, and so meant exactly.
pub(super) fn has_quotes(text: &str) -> bool {
    text.contains(|c| closing_quotes(c).is_some())
}

/// Whether a text has `key:value`, although nobody may know the key.
pub(super) fn has_pair(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let pair = word.split_once(':');
        pair.is_some_and(|(key, value)| !key.is_empty() && !value.is_empty())
    })
}

/// What closes the quotes that a character opens.
fn closing_quotes(opening: char) -> Option<&'static [char]> {
    Some(match opening {
        '"' => &['"'],
        '“' | '”' => &['”'],
        '„' => &['“', '”'],
        '«' => &['»'],
        '»' => &['«'],
        _ => return None,
    })
}

/// At white space, which quotes after a colon may contain: `subject:"white page"`.
fn end_of_word(text: &str) -> usize {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let quoted = text[..end].find(":\"").map(|colon| colon + 2);
    let closed = quoted.and_then(|start| text[start..].find('"').map(|length| start + length + 1));
    closed.unwrap_or(end)
}
