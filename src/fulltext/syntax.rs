//! The syntax of queries: words, "phrases", -unwanted, or, and key:value.

use super::text::MAX_QUERY_WORDS;

/// A part of a query.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item<'a> {
    Word {
        text: &'a str,
        is_unwanted: bool,
    },
    Phrase {
        text: &'a str,
        is_unwanted: bool,
    },
    /// `tag:vip` or `tag:"very important"`.
    Pair {
        pair: Pair<'a>,
        text: &'a str,
    },
    Or,
}

/// `key:value`, which may be a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair<'a> {
    pub key: &'a str,
    pub value: &'a str,
    pub is_unwanted: bool,
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
        let (text, after) = phrase.split_once('"').unwrap_or((phrase, ""));
        return (Some(Item::Phrase { text, is_unwanted }), after);
    }
    let end = body.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(body.len());
    let (word, after) = body.split_at(end);
    if word.eq_ignore_ascii_case("or") && !is_unwanted {
        return (Some(Item::Or), after);
    }
    let Some((key, value)) = word.split_once(':').filter(|(key, _)| !key.is_empty()) else {
        return (Some(Item::Word { text: word, is_unwanted }), after);
    };
    if let Some((value, after)) =
        after.strip_prefix('"').filter(|_| value.is_empty()).and_then(|text| text.split_once('"'))
    {
        let text = &body[..body.len() - after.len()];
        return (Some(Item::Pair { pair: Pair { key, value, is_unwanted }, text }), after);
    }
    (Some(Item::Pair { pair: Pair { key, value, is_unwanted }, text: word }), after)
}
