//! What of an import is new: tickets and comments are known by their ids in the other help desk.

use std::collections::{HashMap, HashSet};

use pgrx::Uuid;
use pgrx::check_for_interrupts;

use super::rows::{CommentRow, TicketRow, bad_row, place};
use crate::platform::error::{self, Result};
use crate::platform::statement::{self, Planned};

const FIND_TICKETS: &str = "
    select t.external_id, t.id
      from unnest($2::text[]) x (external_id)
      join helpdesk.tickets t on t.org_id = $1 and t.external_id = x.external_id";

const FIND_COMMENTS: &str = "
    select c.ticket_id, c.external_id from helpdesk.ticket_comments c
     where c.org_id = $1 and c.ticket_id = any ($2) and c.external_id is not null";

/// What there is to write.
pub(super) struct Work {
    pub(super) new: Vec<NewTicket>,
    pub(super) additions: Vec<Addition>,
}

/// A ticket that no import has brought yet. Comments are in the order of their times.
pub(super) struct NewTicket {
    /// Among the rows, for errors.
    pub(super) position: usize,
    pub(super) row: TicketRow,
    pub(super) comments: Vec<CommentRow>,
}

/// New comments on a ticket of an earlier import, in the order of their times.
pub(super) struct Addition {
    pub(super) ticket: Uuid,
    pub(super) comments: Vec<CommentRow>,
}

/// Divides the rows into tickets that are new and comments that are new on other tickets, which are
/// in the order of their ids. Errors if two have the same id in the other help desk.
pub(super) fn divide(org: Uuid, rows: Vec<TicketRow>) -> Result<Work> {
    check_ids(&rows)?;
    let tickets = find_tickets(org, &rows)?;
    let known_comments = find_comments(org, tickets.values().copied().collect())?;
    let mut work = Work { new: Vec::new(), additions: Vec::new() };
    for (position, mut row) in rows.into_iter().enumerate() {
        let mut comments = row.comments.take().unwrap_or_default();
        let ticket = tickets.get(&row.external_id).copied();
        if let Some(ticket) = ticket
            && let Some(known) = known_comments.get(ticket.as_bytes())
        {
            comments.retain(|comment| !known.contains(&comment.external_id));
        }
        comments.sort_by_key(|comment| comment.created_at.0);
        match ticket {
            None => work.new.push(NewTicket { position, row, comments }),
            Some(_) if comments.is_empty() => {}
            Some(ticket) => work.additions.push(Addition { ticket, comments }),
        }
    }
    work.additions.sort_by_key(|addition| *addition.ticket.as_bytes());
    Ok(work)
}

fn check_ids(rows: &[TicketRow]) -> Result<()> {
    let mut tickets = HashSet::new();
    let mut numbers = HashSet::new();
    for (position, row) in rows.iter().enumerate() {
        check_for_interrupts!();
        if !tickets.insert(row.external_id.as_str()) {
            return Err(duplicate(&place(position, "externalId")));
        }
        if row.number.is_some_and(|number| !numbers.insert(number.0)) {
            let problem = "an earlier row has the same number";
            return Err(bad_row("number_taken", position, "number", problem));
        }
        let mut comments = HashSet::new();
        for (number, comment) in row.comments.iter().flatten().enumerate() {
            if !comments.insert(comment.external_id.as_str()) {
                return Err(duplicate(&place(position, &format!("comments[{number}].externalId"))));
            }
        }
    }
    Ok(())
}

fn duplicate(place: &str) -> pgrx::pg_sys::panic::ErrorReport {
    error::invalid(
        "duplicate_external_id",
        place,
        "an earlier one has the same externalId",
        "externalId is unique among the tickets of an organization, and among the comments on a ticket.",
    )
}

fn find_tickets(org: Uuid, rows: &[TicketRow]) -> Result<HashMap<String, Uuid>> {
    let ids: Vec<&str> = rows.iter().map(|row| row.external_id.as_str()).collect();
    let found = statement::write(FIND_TICKETS)
        .planned(Planned::EachTime)
        .fetch_all(&[org.into(), ids.into()], |row| Some((row.get(1)?, row.get(2)?)))?;
    Ok(found.into_iter().flatten().collect())
}

/// By ticket.
fn find_comments(org: Uuid, tickets: Vec<Uuid>) -> Result<HashMap<[u8; 16], HashSet<String>>> {
    let mut comments: HashMap<_, HashSet<String>> = HashMap::new();
    if tickets.is_empty() {
        return Ok(comments);
    }
    statement::write(FIND_COMMENTS).planned(Planned::EachTime).fetch_all(
        &[org.into(), tickets.into()],
        |row| {
            if let (Some(ticket), Some(id)) = (row.get::<Uuid>(1), row.get::<String>(2)) {
                comments.entry(*ticket.as_bytes()).or_default().insert(id);
            }
        },
    )?;
    Ok(comments)
}
