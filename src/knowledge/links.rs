//! Links from tickets to articles.

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::access::authors::check_author;
use crate::access::rights::check_staff;
use crate::platform::error::{self, Result};
use crate::platform::statement;
use crate::platform::trigger::{self, ColumnChange, TriggerResult, TriggerRows, Tuple};
use crate::tickets::access::find_visible_ticket;

const TICKET_EXISTS: &str = "select from helpdesk.tickets where org_id = $1 and id = $2";

const ARTICLE_EXISTS: &str = "select from helpdesk.articles where org_id = $1 and id = $2";

/// Trigger on ticket_articles: fills in the organization, and checks what the link names.
#[pg_trigger(sql = "
    create function helpdesk.ticket_articles_check() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn ticket_articles_check<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_insert)
}

fn before_insert(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let ticket: Uuid = new.required("ticket_id")?;
    let article: Uuid = new.required("article_id")?;
    let org = match new.given_id("org_id")? {
        Some(org) => org,
        None => find_visible_ticket(ticket, None)?.ok_or_else(|| not_linkable("ticket_id"))?.org,
    };
    check_staff("org_id", org)?;
    check_author(&new, "linked_by")?;
    for (column, id, query) in
        [("ticket_id", ticket, TICKET_EXISTS), ("article_id", article, ARTICLE_EXISTS)]
    {
        if !statement::write(query).exists(&[org.into(), id.into()])? {
            return Err(not_linkable(column));
        }
    }
    Ok(Some(new.with_changes(vec![ColumnChange::new("org_id", org)])?))
}

fn not_linkable(column: &str) -> ErrorReport {
    error::invalid(
        "not_linkable",
        column,
        "not in this organization",
        "A link names a ticket and an article of the same organization.",
    )
}
