//! Writing the tickets of an import. A new ticket comes with the columns that depend on its
//! comments, so that it is written once and not once more for each comment.

use pgrx::datum::{DatumWithOid, TimestampWithTimeZone};
use pgrx::{IntoDatum, Uuid, notice};

use super::comments;
use super::existing::NewTicket;
use super::people::{Known, People};
use super::rows::{CommentRow, bad_row};
use super::stages::{Stage, Stages};
use crate::fulltext::imported::index_new;
use crate::platform::enums::{Priority, Status};
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};
use crate::platform::system_write::SystemWrite;
use crate::platform::uuid::new_id;
use crate::tickets::numbering::take_numbers;

/// How many tickets are written between two messages about the progress.
const BATCH: usize = 1_000;

const FIND_TAKEN_NUMBER: &str = "
    select t.number from unnest($2::bigint[]) n (number)
      join helpdesk.tickets t on t.org_id = $1 and t.number = n.number
     order by t.number limit 1";

const INSERT_TICKETS: &str = "
    insert into helpdesk.tickets
           (org_id, id, external_id, number, title, description, priority, workflow_id, current_stage_id,
            assigned_to, created_by, created_at, updated_at, stage_entered_at, resolved_at, closed_at,
            first_response_at, first_response_by, public_comment_count, last_public_comment_at, is_answered)
    select $1, n.id, n.external_id, n.number, n.title, n.description,
           n.priority::helpdesk.ticket_priority, n.workflow_id, n.stage_id, n.assigned_to, n.created_by,
           n.created_at, n.updated_at, n.stage_entered_at, n.resolved_at, n.closed_at,
           n.first_response_at, n.first_response_by, n.public_comments, n.last_public_comment_at,
           n.is_answered
      from unnest($2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::uuid[],
                  $9::uuid[], $10::uuid[], $11::uuid[], $12::timestamptz[], $13::timestamptz[],
                  $14::timestamptz[], $15::timestamptz[], $16::timestamptz[], $17::timestamptz[],
                  $18::uuid[], $19::integer[], $20::timestamptz[], $21::boolean[])
           as n (id, external_id, number, title, description, priority, workflow_id, stage_id,
                 assigned_to, created_by, created_at, updated_at, stage_entered_at, resolved_at,
                 closed_at, first_response_at, first_response_by, public_comments,
                 last_public_comment_at, is_answered)";

const INSERT_INTERNAL_COUNTS: &str = "
    insert into helpdesk.ticket_internal_counts as c (org_id, ticket_id, comment_count)
    select $1, n.ticket_id, n.comments from unnest($2::uuid[], $3::integer[]) n (ticket_id, comments)
    on conflict (org_id, ticket_id) do update
       set comment_count = c.comment_count + excluded.comment_count";

/// A ticket as it is written.
struct Ticket<'a> {
    id: Uuid,
    number: i64,
    new: &'a NewTicket,
    stage: &'a Stage,
    requester: Uuid,
    assignee: Option<Uuid>,
    times: Times,
    conversation: Conversation,
}

struct Times {
    updated: TimestampWithTimeZone,
    stage_entered: TimestampWithTimeZone,
    resolved: Option<TimestampWithTimeZone>,
    closed: Option<TimestampWithTimeZone>,
}

/// What the columns of a ticket tell of its comments.
#[derive(Default)]
struct Conversation {
    public: i32,
    internal: i32,
    last_public: Option<TimestampWithTimeZone>,
    is_answered: bool,
    first_response: Option<(TimestampWithTimeZone, Uuid)>,
}

/// Writes new tickets with their comments. Returns how many lost their assignee.
pub(super) fn insert(
    org: Uuid,
    new: &[NewTicket],
    stages: &Stages,
    people: &People,
) -> Result<usize> {
    if new.is_empty() {
        return Ok(0);
    }
    let mut next_number = take_numbers_of(org, new)?;
    let mut unassigned = 0;
    let _import = SystemWrite::begin(SystemWrite::CountedImport);
    for (batch, tickets) in new.chunks(BATCH).enumerate() {
        let first = batch * BATCH;
        let mut written = Vec::with_capacity(tickets.len());
        for (offset, ticket) in tickets.iter().enumerate() {
            let number = ticket.row.number.map_or_else(
                || {
                    next_number += 1;
                    next_number - 1
                },
                |number| number.0,
            );
            let ticket = Ticket::new(ticket, number, stages.of(first + offset)?, people)?;
            unassigned += usize::from(ticket.has_lost_assignee());
            written.push(ticket);
        }
        write(org, &written, people)?;
        if new.len() > BATCH {
            notice!("imported {} of {} tickets", first + written.len(), new.len());
        }
    }
    Ok(unassigned)
}

/// Takes the numbers of all tickets, which keeps others from taking one until the transaction is
/// about to commit. Returns the first for tickets that bring none.
fn take_numbers_of(org: Uuid, new: &[NewTicket]) -> Result<i64> {
    let given: Vec<i64> = new.iter().filter_map(|ticket| ticket.row.number.map(|n| n.0)).collect();
    let highest = given.iter().copied().max().unwrap_or_default();
    let first = take_numbers(org, highest, (new.len() - given.len()) as i64)?;
    let taken: Option<i64> = statement::write(FIND_TAKEN_NUMBER)
        .planned(Planned::EachTime)
        .fetch_scalar(&[org.into(), given.into()])?;
    let row = |taken| new.iter().find(|new| new.row.number.is_some_and(|n| n.0 == taken));
    match taken.and_then(row) {
        None => Ok(first),
        Some(row) => {
            let problem = "another ticket has this number";
            Err(bad_row("number_taken", row.position, "number", problem))
        }
    }
}

impl<'a> Ticket<'a> {
    fn new(
        new: &'a NewTicket,
        number: i64,
        stage: &'a Stage,
        people: &People,
    ) -> Result<Ticket<'a>> {
        let requester = people.get(&new.row.requester)?.id;
        let assignee = new.row.assignee.as_ref().map(|person| people.get(person)).transpose()?;
        Ok(Ticket {
            id: new_id(),
            number,
            new,
            stage,
            requester,
            assignee: assignee.filter(|person| keeps(person, stage.status)).map(|known| known.id),
            times: Times::of(new, stage.status),
            conversation: Conversation::of(&new.comments, requester, people)?,
        })
    }

    fn has_lost_assignee(&self) -> bool {
        self.assignee.is_none() && self.new.row.assignee.is_some()
    }
}

/// Whether a ticket keeps its assignee, by the rules for members who leave: a closed one does. But
/// not if they are a customer, who would see it.
fn keeps(assignee: &Known, status: Status) -> bool {
    assignee.may_be_assigned || status == Status::Closed && !assignee.is_member
}

impl Times {
    fn of(new: &NewTicket, status: Status) -> Times {
        let row = &new.row;
        let given = [row.updated_at, row.stage_entered_at, row.resolved_at, row.closed_at];
        let comments = new.comments.iter().map(|comment| comment.created_at.0);
        let updated = given
            .into_iter()
            .flatten()
            .map(|time| time.0)
            .chain(comments)
            .fold(row.created_at.0, TimestampWithTimeZone::max);
        let (resolved, closed) = (row.resolved_at.map(|t| t.0), row.closed_at.map(|t| t.0));
        let (resolved, closed) = match status {
            Status::Open | Status::Pending => (None, None),
            Status::Resolved => (Some(resolved.unwrap_or(updated)), None),
            Status::Closed => {
                let closed = closed.unwrap_or(updated);
                (Some(resolved.unwrap_or(closed)), Some(closed))
            }
        };
        let entered = row.stage_entered_at.map(|time| time.0).or(closed).or(resolved);
        Times { updated, stage_entered: entered.unwrap_or(row.created_at.0), resolved, closed }
    }
}

impl Conversation {
    /// `comments` are in the order of their times.
    fn of(comments: &[CommentRow], requester: Uuid, people: &People) -> Result<Conversation> {
        let mut conversation = Conversation::default();
        for comment in comments {
            if comment.is_internal() {
                conversation.internal += 1;
                continue;
            }
            let author = people.get(&comment.author)?;
            let is_by_requester = author.id == requester;
            conversation.public += 1;
            conversation.last_public = Some(comment.created_at.0);
            conversation.is_answered = !is_by_requester;
            if author.is_staff && !is_by_requester {
                conversation.first_response.get_or_insert((comment.created_at.0, author.id));
            }
        }
        Ok(conversation)
    }
}

fn write(org: Uuid, tickets: &[Ticket], people: &People) -> Result<()> {
    fn column<'a, T>(
        tickets: &'a [Ticket<'a>],
        value: impl Fn(&'a Ticket<'a>) -> T,
    ) -> DatumWithOid<'a>
    where
        Vec<T>: IntoDatum,
    {
        tickets.iter().map(value).collect::<Vec<T>>().into()
    }
    let priority = |t: &Ticket| t.new.row.priority.unwrap_or(Priority::Low).label();
    statement::write(INSERT_TICKETS).execute(&[
        org.into(),
        column(tickets, |t| t.id),
        column(tickets, |t| t.new.row.external_id.as_str()),
        column(tickets, |t| t.number),
        column(tickets, |t| t.new.row.title.as_str()),
        column(tickets, |t| t.new.row.description.as_deref()),
        column(tickets, priority),
        column(tickets, |t| t.stage.workflow),
        column(tickets, |t| t.stage.id),
        column(tickets, |t| t.assignee),
        column(tickets, |t| t.requester),
        column(tickets, |t| t.new.row.created_at.0),
        column(tickets, |t| t.times.updated),
        column(tickets, |t| t.times.stage_entered),
        column(tickets, |t| t.times.resolved),
        column(tickets, |t| t.times.closed),
        column(tickets, |t| t.conversation.first_response.map(|(time, _)| time)),
        column(tickets, |t| t.conversation.first_response.map(|(_, by)| by)),
        column(tickets, |t| t.conversation.public),
        column(tickets, |t| t.conversation.last_public),
        column(tickets, |t| t.conversation.is_answered),
    ])?;
    let internal: Vec<&Ticket> = tickets.iter().filter(|t| t.conversation.internal > 0).collect();
    let ids: Vec<Uuid> = internal.iter().map(|t| t.id).collect();
    let counts: Vec<i32> = internal.iter().map(|t| t.conversation.internal).collect();
    statement::write(INSERT_INTERNAL_COUNTS).execute(&[org.into(), ids.into(), counts.into()])?;
    let comments: Vec<(Uuid, &CommentRow)> = tickets
        .iter()
        .flat_map(|ticket| ticket.new.comments.iter().map(|comment| (ticket.id, comment)))
        .collect();
    let comments = comments::insert(org, &comments, people)?;
    index_new(org, tickets.iter().map(|t| t.id).collect(), comments)
}
