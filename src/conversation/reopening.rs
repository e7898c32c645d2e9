//! Reopening a ticket after what its customer says.

use pgrx::Uuid;

use super::rows::AddedRows;
use crate::access::rights;
use crate::platform::argument_names::written_name;
use crate::platform::error::{self, Result};
use crate::platform::statement;
use crate::platform::system_write::SystemWrite;
use crate::tickets::comment_event::CommentEvent;

/// What a public comment ($4) or file of the requester, or of anybody ($3) who is neither staff nor
/// the assignee, does: the stage and the statuses in which it reopens the ticket, and whether it is
/// refused on a closed one. Lock order: stage, then ticket, as in update_ticket.
const FIND_REOPENING: &str = "
    select s.id,
           array_remove(array[
             case when $4 and o.reopen_on_customer_comment and s.status = 'open' then 'pending' end,
             case when $4 and o.reopen_on_customer_comment then 'resolved' end,
             case when o.closed_ticket_replies = 'reopen' then 'closed' end], null),
           o.closed_ticket_replies = 'refuse'
      from helpdesk.tickets t
      join helpdesk.organizations o on o.id = $1
      join helpdesk.workflow_stages b on b.org_id = $1 and b.workflow_id = t.workflow_id and b.is_start
      join helpdesk.workflow_stages s on s.org_id = $1 and s.workflow_id = t.workflow_id and s.is_active
                                     and (s.is_start or (s.status = 'open' and s.position > b.position))
     where t.org_id = $1 and t.id = $2
       and (t.created_by = $3 or t.assigned_to is distinct from $3)
     order by s.is_start, s.position, s.id
     limit 1
       for share of s";

const REOPEN_TICKET: &str = "
    update helpdesk.tickets set current_stage_id = $3
     where org_id = $1 and id = $2 and status = any ($4)";

const IS_CLOSED: &str =
    "select from helpdesk.tickets where org_id = $1 and id = $2 and status = 'closed'";

/// What new rows do to their ticket, once it is locked.
pub(super) struct Reopening {
    stage: Uuid,
    statuses: Vec<String>,
    is_refused_if_closed: bool,
}

impl Reopening {
    pub(super) fn find(rows: &AddedRows) -> Result<Option<Reopening>> {
        if rows.is_internal || rows.is_import {
            return Ok(None);
        }
        if rows.author != rows.requester && rights::is_staff_member(rows.org, rows.author)? {
            return Ok(None);
        }
        let args =
            [rows.org.into(), rows.ticket.into(), rows.author.into(), rows.is_comment.into()];
        let found = statement::write(FIND_REOPENING).fetch_optional(&args, |row| {
            Some(Reopening {
                stage: row.get(1)?,
                statuses: row.get(2)?,
                is_refused_if_closed: row.get(3)?,
            })
        })?;
        Ok(found.flatten())
    }

    pub(super) fn apply(self, rows: &AddedRows) -> Result<()> {
        if self.is_refused_if_closed {
            check_is_not_closed(rows)?;
        }
        let keeps_status = SystemWrite::current() == Some(SystemWrite::CommentWithoutReopening);
        if keeps_status || self.statuses.is_empty() {
            return Ok(());
        }
        let _moving = SystemWrite::begin(SystemWrite::MoveByCustomer);
        let _event = CommentEvent::begin(rows.is_comment.then_some(rows.id), rows.author);
        statement::write(REOPEN_TICKET).execute(&[
            rows.org.into(),
            rows.ticket.into(),
            self.stage.into(),
            self.statuses.into(),
        ])
    }
}

fn check_is_not_closed(rows: &AddedRows) -> Result<()> {
    if statement::write(IS_CLOSED).exists(&[rows.org.into(), rows.ticket.into()])? {
        return Err(error::breaks_rule(
            "ticket_closed",
            format!("{}: the ticket is closed and takes no replies", written_name("ticket_id")),
            "Open a new ticket with create_ticket().",
        ));
    }
    Ok(())
}
