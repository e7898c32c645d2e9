//! `p_rows`: the tickets of another help desk, with their people and comments, as a caller gives
//! them.

use pgrx::check_for_interrupts;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_sys::panic::ErrorReport;
use serde::Deserialize;

use crate::organizations::email::parse_email;
use crate::platform::datum::ImportText;
use crate::platform::enums::{Priority, Status};
use crate::platform::error::{self, Result};
use crate::platform::json::id::Id;
use crate::platform::json::input::{self, Integer, Keys};
use crate::platform::json::rfc3339::Rfc3339;
#[cfg(test)]
use crate::platform::json::schema::Api;
use crate::platform::text::check_text;
use crate::platform::transaction;
use crate::tickets::changes::{check_description, checked_title};

const ARGUMENT: &str = "p_rows";

const MAX_EXTERNAL_ID: usize = 255;

const MAX_NAME: usize = 200;

const MAX_CONTENT: usize = 100_000;

/// As the CHECK of tickets.number.
const MAX_NUMBER: i64 = 1_000_000_000_000;

/// Microseconds from 2000, the epoch of Postgres.
const YEAR_ONE: i64 = -63_082_281_600_000_000;

const TICKET_KEYS: Keys = &[
    ("externalId", "the ticket's id in the other help desk, 1 to 255 characters"),
    ("number", "a whole number from 1, or null for the next one"),
    ("title", "1 to 500 characters, not only white space"),
    ("description", "up to 100,000 characters, or null"),
    ("priority", "low, medium, high or urgent; low if it is null"),
    ("status", "open, pending, resolved or closed; that of the stage, or open, if it is null"),
    ("stage", "the name of an active stage of the workflow; one of the status if it is null"),
    ("workflowId", "the id of an active workflow; the earliest one if it is null"),
    ("requester", r#"{"email", "name"}"#),
    ("assignee", r#"{"email", "name"}, or null"#),
    ("createdAt", "an RFC 3339 timestamp in the past, 2024-01-31T09:00:00Z"),
    ("updatedAt", "an RFC 3339 timestamp from createdAt to now, or null"),
    ("stageEnteredAt", "an RFC 3339 timestamp from createdAt to now, or null"),
    ("resolvedAt", "an RFC 3339 timestamp from createdAt to now, or null"),
    ("closedAt", "an RFC 3339 timestamp from createdAt to now, or null"),
    ("comments", r#"a list of {"externalId", "content", "isInternal", "author", "createdAt"}"#),
];

const PERSON_KEYS: Keys = &[
    ("email", "name@domain, up to 320 characters, without white space"),
    ("name", "1 to 200 characters, or null"),
];

const COMMENT_KEYS: Keys = &[
    ("externalId", "the comment's id in the other help desk, 1 to 255 characters"),
    ("content", "1 to 100,000 characters, not only white space"),
    ("isInternal", "true or false; false if it is null"),
    ("author", r#"{"email", "name"}"#),
    ("createdAt", "an RFC 3339 timestamp in the past, 2024-01-31T09:00:00Z"),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", expecting = "an object")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ImportedTicket"))]
pub(super) struct TicketRow {
    pub(super) external_id: String,
    pub(super) number: Option<Integer>,
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) priority: Option<Priority>,
    pub(super) status: Option<Status>,
    pub(super) stage: Option<String>,
    pub(super) workflow_id: Option<Id>,
    pub(super) requester: Person,
    pub(super) assignee: Option<Person>,
    pub(super) created_at: Rfc3339,
    pub(super) updated_at: Option<Rfc3339>,
    pub(super) stage_entered_at: Option<Rfc3339>,
    pub(super) resolved_at: Option<Rfc3339>,
    pub(super) closed_at: Option<Rfc3339>,
    pub(super) comments: Option<Vec<CommentRow>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", expecting = "an object")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ImportedComment"))]
pub(super) struct CommentRow {
    pub(super) external_id: String,
    pub(super) content: String,
    pub(super) is_internal: Option<bool>,
    pub(super) author: Person,
    pub(super) created_at: Rfc3339,
}

/// Somebody whom a row names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", expecting = "an object")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ImportedPerson"))]
pub(super) struct Person {
    pub(super) email: String,
    pub(super) name: Option<String>,
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.argument::<Vec<TicketRow>>("import_tickets", ARGUMENT);
    api.describe_keys("ImportedTicket", TICKET_KEYS);
    api.describe_keys("ImportedComment", COMMENT_KEYS);
    api.describe_keys("ImportedPerson", PERSON_KEYS);
}

impl CommentRow {
    pub(super) fn is_internal(&self) -> bool {
        self.is_internal == Some(true)
    }
}

impl Person {
    /// What tells people apart. Folds only ASCII case, as everything that compares addresses.
    pub(super) fn key(&self) -> String {
        self.email.trim().to_ascii_lowercase()
    }

    /// The name, or for somebody without one what stands before the @ of the address.
    pub(super) fn display_name(&self) -> &str {
        let name = self.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        name.unwrap_or_else(|| self.email.split('@').next().unwrap_or_default())
    }

    fn check(&self, place: &str) -> Result<()> {
        parse_email(&format!("{place}.email"), &self.email)?;
        check_text(&format!("{place}.name"), self.display_name(), MAX_NAME)
    }
}

/// How errors name a key of a row.
pub(super) fn place(row: usize, key: &str) -> String {
    format!("{ARGUMENT}[{row}].{key}")
}

/// The error of a value in a row, with what the key may be as the hint.
pub(super) fn bad_row(word: &str, row: usize, key: &str, problem: &str) -> ErrorReport {
    let known = TICKET_KEYS.iter().find(|(name, _)| *name == key);
    let allowed = known.map_or("", |(_, values)| values);
    error::invalid(word, place(row, key), problem, format!("{key} may be: {allowed}."))
}

/// Parses and checks the rows, as far as they can be checked without the database.
pub(super) fn parse(text: &ImportText) -> Result<Vec<TicketRow>> {
    let keys = [TICKET_KEYS, PERSON_KEYS, COMMENT_KEYS];
    let rows: Vec<TicketRow> = input::parse_nested(ARGUMENT, text.text(ARGUMENT)?, &keys)?;
    let now = transaction::transaction_start();
    for (position, row) in rows.iter().enumerate() {
        check_for_interrupts!();
        check_ticket(position, row, now)?;
    }
    Ok(rows)
}

fn check_ticket(position: usize, row: &TicketRow, now: TimestampWithTimeZone) -> Result<()> {
    let at = |key| place(position, key);
    check_text(&at("externalId"), &row.external_id, MAX_EXTERNAL_ID)?;
    checked_title(&at("title"), &row.title)?;
    if let Some(description) = &row.description {
        check_description(&at("description"), description)?;
    }
    if row.number.is_some_and(|number| !(1..=MAX_NUMBER).contains(&number.0)) {
        return Err(bad_row("out_of_range", position, "number", "out of range"));
    }
    row.requester.check(&at("requester"))?;
    if let Some(assignee) = &row.assignee {
        assignee.check(&at("assignee"))?;
    }
    let created = row.created_at.0;
    check_past(&at("createdAt"), created, now)?;
    for (key, time) in [
        ("updatedAt", row.updated_at),
        ("stageEnteredAt", row.stage_entered_at),
        ("resolvedAt", row.resolved_at),
        ("closedAt", row.closed_at),
    ] {
        let Some(Rfc3339(time)) = time else { continue };
        if time < created {
            return Err(bad_row("out_of_range", position, key, "before createdAt"));
        }
        check_past(&at(key), time, now)?;
    }
    for (number, comment) in row.comments.iter().flatten().enumerate() {
        check_for_interrupts!();
        check_comment(&place(position, &format!("comments[{number}]")), comment, now)?;
    }
    Ok(())
}

fn check_comment(place: &str, comment: &CommentRow, now: TimestampWithTimeZone) -> Result<()> {
    check_text(&format!("{place}.externalId"), &comment.external_id, MAX_EXTERNAL_ID)?;
    check_text(&format!("{place}.content"), &comment.content, MAX_CONTENT)?;
    comment.author.check(&format!("{place}.author"))?;
    check_past(&format!("{place}.createdAt"), comment.created_at.0, now)
}

/// Errors unless a time lies in the past, by which triggers know an import, and is one that the
/// CHECK on the timestamps of tickets allows.
fn check_past(place: &str, time: TimestampWithTimeZone, now: TimestampWithTimeZone) -> Result<()> {
    if time < now && time.into_inner() >= YEAR_ONE {
        return Ok(());
    }
    Err(error::invalid(
        "out_of_range",
        place,
        "not in the past",
        "A timestamp from the year 1 until now: what is imported has happened already.",
    ))
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn imports_errors_name_the_row_and_the_key() {
        let ticket = |changed: &str| {
            format!(
                r#"[{{"externalId": "1", "title": "T", "createdAt": "2024-01-01T00:00:00Z",
                      "requester": {{"email": "a@b.example"}}, {changed}}}]"#
            )
        };
        for (changed, message) in [
            (r#""colour": 1"#, "p_rows[0]: unknown field `colour`"),
            (r#""number": "x""#, "p_rows[0].number: not a whole number"),
            (r#""number": 0"#, "p_rows[0].number: out of range"),
            (r#""priority": "asap""#, r#"p_rows[0].priority: not allowed: "asap""#),
            (r#""closedAt": "2023-12-31T00:00:00Z""#, "p_rows[0].closedAt: before createdAt"),
            (r#""updatedAt": "9000-01-01T00:00:00Z""#, "p_rows[0].updatedAt: not in the past"),
            (r#""assignee": {"email": "a"}"#, "p_rows[0].assignee.email: not an e-mail address"),
            (r#""comments": [{"externalId": "1"}]"#, "p_rows[0].comments[0]: missing field"),
            (r#""comments": [7]"#, "p_rows[0].comments[0]: invalid type"),
        ] {
            let refused = parse(&ImportText::new(ticket(changed))).err().unwrap();
            assert!(refused.message().starts_with(message), "{}", refused.message());
        }
        assert_eq!(parse(&ImportText::new(ticket(r#""comments": null"#))).unwrap().len(), 1);
    }
}
