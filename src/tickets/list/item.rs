//! A ticket of a list: its columns, its JSON, and the cursor after it.

use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;
use serde::Serialize;

#[cfg(test)]
use super::filters::WaitingFor;
use super::order::{Cursor, Sort, SortKey};
use crate::platform::datum::JsonText;
use crate::platform::enums::Priority;
#[cfg(test)]
use crate::platform::enums::Status;
use crate::platform::error::Result;
use crate::platform::json::id::Id;
use crate::platform::json::output::{Named, Time};
#[cfg(test)]
use crate::platform::json::schema::{Api, null_only_in};
use crate::platform::statement::Row;

/// A ticket in the result of a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ListedTicket"))]
#[cfg_attr(test, schemars(transform = null_only_in(&["assignedTo", "lastCommentAt", "waitingFor"])))]
struct TicketItem<'a> {
    id: Option<Id>,
    number: Option<i64>,
    title: Option<&'a str>,
    priority: Option<Priority>,
    #[cfg_attr(test, schemars(with = "Status"))]
    status: Option<&'a str>,
    version: Option<i32>,
    current_stage: Option<Named<'a>>,
    assigned_to: Option<Named<'a>>,
    created_by: Option<Named<'a>>,
    comment_count: Option<i32>,
    attachment_count: Option<i32>,
    created_at: Option<Time>,
    updated_at: Option<Time>,
    last_comment_at: Option<Time>,
    #[cfg_attr(test, schemars(with = "Option<WaitingFor>"))]
    waiting_for: Option<&'a str>,
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.page::<TicketItem>("list_org_tickets", "TicketPage", "tickets", &["total", "page"]);
}

const ITEM_COLUMNS: &str = "
    t.id, t.number, t.title, t.priority, t.status, t.version, s.id, s.name, a.id, a.name,
    c.id, c.name, t.created_at, t.updated_at, t.last_public_comment_at, t.is_answered";

const PUBLIC_COUNTS: &str = ", t.public_comment_count, t.public_attachment_count";

/// Staff also see internal comments and attachments.
const STAFF_COUNTS: &str = ",
    t.public_comment_count + coalesce(i.comment_count, 0),
    t.public_attachment_count + coalesce(i.attachment_count, 0)";

const STAFF_JOIN: &str = "
           left join helpdesk.ticket_internal_counts i on i.org_id = $1 and i.ticket_id = t.id";

/// Selects the columns of the items for the tickets `t` of a page.
pub(super) fn select_items(page: &str, sees_all: bool, order: &str) -> String {
    let (counts, join) = if sees_all { (STAFF_COUNTS, STAFF_JOIN) } else { (PUBLIC_COUNTS, "") };
    format!(
        "select {ITEM_COLUMNS}{counts}
           from ({page}) t
           join helpdesk.workflow_stages s on s.org_id = $1 and s.id = t.current_stage_id
           join helpdesk.profiles c on c.id = t.created_by
           left join helpdesk.profiles a on a.id = t.assigned_to{join}{order}"
    )
}

impl<'a> TicketItem<'a> {
    fn from_row(row: &Row<'a>) -> TicketItem<'a> {
        TicketItem {
            id: row.id(1),
            number: row.get(2),
            title: row.get(3),
            priority: row.get(4),
            status: row.get(5),
            version: row.get(6),
            current_stage: row.named(7),
            assigned_to: row.named(9),
            created_by: row.named(11),
            comment_count: row.get(17),
            attachment_count: row.get(18),
            created_at: row.time(13),
            updated_at: row.time(14),
            last_comment_at: row.time(15),
            waiting_for: match (row.get(5), row.get(16)) {
                (Some("open" | "pending"), Some(true)) => Some("customer"),
                (Some("open" | "pending"), _) => Some("staff"),
                _ => None,
            },
        }
    }
}

/// A ticket of the page, and what a cursor after it contains.
pub(super) struct ListedTicket {
    pub(super) json: JsonText,
    id: Option<Uuid>,
    number: Option<i64>,
    priority: Option<Priority>,
    created_at: Option<TimestampWithTimeZone>,
    updated_at: Option<TimestampWithTimeZone>,
}

impl ListedTicket {
    pub(super) fn from_row(row: &Row) -> Result<ListedTicket> {
        Ok(ListedTicket {
            json: JsonText::serialize(&TicketItem::from_row(row))?,
            id: row.get(1),
            number: row.get(2),
            priority: row.get(4),
            created_at: row.get(13),
            updated_at: row.get(14),
        })
    }

    pub(super) fn cursor(&self, sort: Sort) -> Option<Cursor> {
        let time = match sort.key {
            SortKey::CreatedAt | SortKey::Queue => self.created_at,
            SortKey::UpdatedAt | SortKey::Priority | SortKey::Number => self.updated_at,
        };
        Some(Cursor::new(sort, self.priority, time, self.number, self.id?))
    }
}
