//! The syntax of queries without their filters: words, "phrases", -unwanted, and or.

use super::text::MAX_QUERY_WORDS;

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
        let (item, after) = take_item(rest);
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

fn take_item(text: &str) -> (Option<Item<'_>>, &str) {
    let (is_unwanted, body) = match text.strip_prefix('-') {
        Some(body) if body.starts_with(|c: char| c == '"' || c.is_alphanumeric()) => (true, body),
        _ => (false, text),
    };
    if let Some(phrase) = body.strip_prefix('"') {
        // A quote that is never closed is not one, like that of inches.
        return match phrase.split_once('"') {
            Some((text, after)) => (Some(Item::Phrase { text, is_unwanted }), after),
            None => (None, phrase),
        };
    }
    let (word, after) = body.split_at(end_of_word(body));
    if word.eq_ignore_ascii_case("or") && !is_unwanted {
        return (Some(Item::Or), after);
    }
    (Some(Item::Word { text: word, is_unwanted }), after)
}

/// At white space, which quotes after a colon may contain: `subject:"white page"`.
fn end_of_word(text: &str) -> usize {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let quoted = text[..end].find(":\"").map(|colon| colon + 2);
    let closed = quoted.and_then(|start| text[start..].find('"').map(|length| start + length + 1));
    closed.unwrap_or(end)
}
