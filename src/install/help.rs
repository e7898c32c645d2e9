//! help(): what there is, one line each with an example, from the COMMENTs in the catalog.

use pgrx::iter::TableIterator;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::platform::error::{self, Result};
use crate::platform::statement;

const ENTRIES: &str = include_str!("../../sql/queries/help.sql");

/// Each topic, what it is about, and the names of its functions, tables and views.
const TOPICS: &[(&str, &str, &[&str])] = include!(concat!(env!("OUT_DIR"), "/help_topics.rs"));

/// In bytes.
const MAX_TOPIC: usize = 200;

/// A row of the result: name, summary, example.
type Entry = (Option<String>, Option<String>, Option<String>);

/// The topics, what belongs to a topic, what a function or table is for, or what a word finds.
#[pg_extern(stable, parallel_safe)]
#[search_path(pg_catalog, pg_temp)]
#[allow(clippy::type_complexity)] // pgrx reads the columns from the signature.
fn help(
    p_topic: default!(Option<&str>, "null"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(name, Option<String>),
            name!(summary, Option<String>),
            name!(example, Option<String>),
        ),
    >,
> {
    let Some(topic) = p_topic.map(str::trim).filter(|topic| !topic.is_empty()) else {
        return Ok(TableIterator::new(topics()));
    };
    if topic.len() > MAX_TOPIC {
        return Err(unknown());
    }
    let topic = topic.to_lowercase();
    let topic = topic.strip_prefix("helpdesk.").unwrap_or(&topic);
    let names = TOPICS.iter().find(|(name, ..)| *name == topic).map(|(.., names)| *names);
    let found = match names {
        Some(names) => entries(names, "", false)?,
        None => match entries(&[topic], "", true)? {
            exact if !exact.is_empty() => exact,
            _ => entries(&[], topic, false)?,
        },
    };
    if found.is_empty() {
        return Err(unknown());
    }
    Ok(TableIterator::new(found))
}

fn unknown() -> ErrorReport {
    let topics: Vec<&str> = TOPICS.iter().map(|(topic, ..)| *topic).collect();
    let allowed = format!(
        "p_topic may be the name of a function, table or view, a word of its description, or one \
         of: {}.",
        topics.join(", ")
    );
    error::invalid("unknown_topic", "p_topic", "nothing is known of it", allowed)
}

fn topics() -> Vec<Entry> {
    let entry = |(topic, about, _): &(&str, &str, &[&str])| {
        let example = format!("select * from helpdesk.help('{topic}');");
        (Some((*topic).to_owned()), Some((*about).to_owned()), Some(example))
    };
    TOPICS.iter().map(entry).collect()
}

/// What the caller may use of these names, or of what a word occurs in; described in one sentence
/// or as a whole.
fn entries(names: &[&str], word: &str, are_whole: bool) -> Result<Vec<Entry>> {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let args = [names.into(), word.into(), are_whole.into()];
    statement::read(ENTRIES).fetch_all(&args, |row| (row.get(1), row.get(2), row.get(3)))
}
