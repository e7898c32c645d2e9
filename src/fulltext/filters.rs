//! Filters inside the text of a query: `status:open`, `-priority:low`, `assignee:"Ben Miller",me`.

use super::syntax::take_quoted;
use super::text::{MAX_QUERY_WORDS, readable};
use crate::platform::error::Result;

/// `key:value`, which is a filter if somebody knows the key and the values.
#[derive(Debug, PartialEq, Eq)]
pub struct Pair<'a> {
    /// In lower case.
    pub key: String,
    /// As they were typed, without quotes. `created>2026` has the value `>2026`.
    pub values: Vec<&'a str>,
    pub is_unwanted: bool,
}

/// The words of a query: the query without the pairs that `take` takes.
pub fn take_filters(query: &str, mut take: impl FnMut(&Pair) -> Result<bool>) -> Result<String> {
    let mut rest = readable(query);
    let mut words = String::with_capacity(rest.len());
    for _ in 0..MAX_QUERY_WORDS {
        let start = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
        words.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some((pair, after)) = read_pair(rest)
            && take(&pair)?
        {
            // The word before it may still be typed.
            words.truncate(words.trim_end().len());
            rest = after;
            continue;
        }
        let end = end_of_item(rest);
        words.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    words.push_str(rest);
    Ok(words)
}

/// Where a word or a quoted phrase ends.
fn end_of_item(text: &str) -> usize {
    let body = text.strip_prefix('-').unwrap_or(text);
    match take_quoted(body) {
        Some((_, after)) => text.len() - after.len(),
        None => text.find(char::is_whitespace).unwrap_or(text.len()),
    }
}

/// The pair at the beginning of a text, and what follows it.
fn read_pair(text: &str) -> Option<(Pair<'_>, &str)> {
    let (is_unwanted, body) = match text.strip_prefix('-') {
        Some(body) => (true, body),
        None => (false, text),
    };
    let end = body.find(|c: char| !c.is_ascii_alphabetic())?;
    let (key, mut rest) = body.split_at(end);
    // Chinese and Japanese keyboards type the wide colon.
    if let Some(values) = rest.strip_prefix([':', '：']) {
        let may_begin = |c: char| c == '"' || c.is_alphanumeric();
        let after_space = values.strip_prefix(' ').filter(|value| value.starts_with(may_begin));
        rest = after_space.unwrap_or(values);
    } else if !rest.starts_with(['<', '>']) {
        return None;
    }
    let mut values = Vec::new();
    loop {
        let value;
        (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => {
                let is_end = |c: char| c.is_whitespace() || c == ',' || c == '"';
                rest.split_at(rest.find(is_end).unwrap_or(rest.len()))
            }
        };
        values.extend(Some(value.trim()).filter(|value| !value.is_empty()));
        match rest.strip_prefix(',') {
            Some(next) => rest = next,
            None => break,
        }
    }
    let is_complete = rest.is_empty() || rest.starts_with(char::is_whitespace);
    let is_pair = !key.is_empty() && is_complete && !values.is_empty();
    is_pair.then(|| (Pair { key: key.to_ascii_lowercase(), values, is_unwanted }, rest))
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;
    use proptest::prelude::*;

    use super::*;

    /// The words of a query, and its pairs as they were read.
    fn read(query: &str) -> String {
        let mut pairs = Vec::new();
        let words = take_filters(query, |pair| {
            let is_known = pair.key != "https";
            if is_known {
                let sign = if pair.is_unwanted { "-" } else { "" };
                pairs.push(format!("{sign}{}={}", pair.key, pair.values.join("|")));
            }
            Ok(is_known)
        });
        let words: Vec<String> = words.unwrap().split_whitespace().map(str::to_owned).collect();
        format!("{} / {}", words.join(" "), pairs.join(" "))
    }

    #[pg_test]
    fn fulltext_filters_are_taken_from_a_query() {
        for (query, wanted) in [
            ("status:open printer", "printer / status=open"),
            ("a status:open b ", "a b / status=open"),
            ("printer STATUS:Open,pending", "printer / status=Open|pending"),
            (r#"a assignee:"Ben Miller",me b"#, "a b / assignee=Ben Miller|me"),
            ("-status:closed -b", "-b / -status=closed"),
            ("created>=2026-01-01 created:<2027", " / created=>=2026-01-01 created=<2027"),
            (r#""status:open" c"#, r#""status:open" c / "#),
            (r#"tag:"open"#, r#"tag:"open / "#),
            (r#"tag:"a"b"#, r#"tag:"a"b / "#),
            (
                "https://a.example/b status: :open 12:45",
                "https://a.example/b status: :open 12:45 / ",
            ),
            ("status:open, status：closed", " / status=open status=closed"),
            ("a b:", "a b: / "),
            ("status: open a", "a / status=open"),
            ("a “b c:d”", "a “b c:d” / "),
        ] {
            assert_eq!(read(query), wanted, "{query}");
        }
    }

    #[pg_test]
    fn fulltext_filters_of_any_text_leave_the_rest_as_it_is() {
        let text = r#"([a-z]{1,4}[:<>,"]?|-|"|：|é|\PC| ){0,30}"#;
        proptest!(|(text in text)| {
            prop_assert_eq!(take_filters(&text, |_| Ok(false)).unwrap(), text.clone());
            let words = take_filters(&text, |_| Ok(true)).unwrap();
            prop_assert!(words.len() <= text.len());
        });
    }
}
