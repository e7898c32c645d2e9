//! Deletes notifications of what their recipients may no longer read.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::event::Ticket;
use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::trigger::{self, TriggerResult, TriggerRows, Tuple};
use crate::sharding::where_organization_is;

const DELETE_OF_TICKET: &str = "
    delete from helpdesk.notifications d
     using (select n.id from helpdesk.notifications n
             where n.org_id = $1 and n.ticket_id = $2 and n.user_id = any ($3)
               and n.user_id is distinct from $4 and n.user_id is distinct from $5
               and not exists (select from helpdesk.org_members m
                                where m.org_id = $1 and m.user_id = n.user_id
                                  and m.org_role <> 'org_customer')
             order by n.id for update of n) locked
     where d.org_id = $1 and d.id = locked.id";

const DELETE_OF_FORMER_MEMBER: &str = "
    delete from helpdesk.notifications d
     using (select n.id from helpdesk.notifications n
             where n.org_id = $1 and n.user_id = $2 order by n.id for update) locked
     where d.org_id = $1 and d.id = locked.id";

/// What a customer may not read: other people's tickets, and internal comments on their own.
const DELETE_OF_CUSTOMER: &str = "
    with queues as (
      delete from helpdesk.queue_watchers q where q.org_id = $1 and q.user_id = $2)
    delete from helpdesk.notifications d
     using (select n.id from helpdesk.notifications n
             where n.org_id = $1 and n.user_id = $2
               and ((n.ticket_id is not null
                     and not exists (select from helpdesk.tickets t
                                      where t.org_id = $1 and t.id = n.ticket_id
                                        and (t.created_by = $2 or t.assigned_to = $2)))
                    or exists (select from helpdesk.ticket_comments c
                                where c.org_id = $1 and c.id = n.comment_id and c.is_internal))
             order by n.id for update of n) locked
     where d.org_id = $1 and d.id = locked.id";

/// Deletes the notifications about a ticket of its former requester and assignee, unless they still
/// see it.
pub(super) fn withdraw_from_customers(ticket: &Ticket, former: Vec<Uuid>) -> Result<()> {
    statement::write(DELETE_OF_TICKET).execute(&[
        ticket.org.into(),
        ticket.id.into(),
        former.into(),
        ticket.requester.into(),
        ticket.assignee.into(),
    ])
}

/// Trigger on org_members: deletes the notifications that a member loses with their membership or
/// role.
#[pg_trigger(sql = "
    create function helpdesk.org_members_withdraw_notifications() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn org_members_withdraw_notifications<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_write)
}

fn after_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(old) = &rows.old else { return Ok(None) };
    let person = [old.arg("org_id")?, old.arg("user_id")?];
    let delete = match &rows.new {
        None => DELETE_OF_FORMER_MEMBER,
        Some(new) if new.required::<&str>("org_role")? == "org_customer" => DELETE_OF_CUSTOMER,
        Some(_) => return Ok(None),
    };
    where_organization_is(old.required("org_id")?, || statement::write(delete).execute(&person))?;
    Ok(None)
}
