//! Triggers that create notifications about tickets and comments.

use std::collections::BTreeSet;

use pgrx::Uuid;
use pgrx::prelude::*;
use serde_json::{Value, json};

use crate::access::caller::Caller;
use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::trigger::{self, TriggerResult, TriggerRow, TriggerRows, Tuple};

/// Inserts a notification for each recipient ($6) who is a member, may read the ticket and what
/// happened ($7: internal), and has not switched the type off. $8 and $9: requester and assignee.
const INSERT_NOTIFICATIONS: &str = "
    insert into helpdesk.notifications (org_id, ticket_id, comment_id, type, content, user_id, expires_at)
    select $1, $2, $3, $4::helpdesk.notification_type, $5::jsonb, r.id, now() + o.notification_retention
      from helpdesk.organizations o
     cross join unnest($6::uuid[]) r (id)
     where o.id = $1
       and (select m.org_role <> 'org_customer' or (not $7 and (r.id = $8 or r.id = $9))
              from helpdesk.org_members m where m.org_id = $1 and m.user_id = r.id)
       and coalesce((select p.enabled from helpdesk.notification_preferences p
                      where p.user_id = r.id and p.type = $4::helpdesk.notification_type), true)";

const LIST_WATCHERS: &str = "
    select w.user_id from helpdesk.ticket_watchers w
     where w.org_id = $1 and w.ticket_id = $2 order by w.user_id";

const FIND_TICKET_OF_COMMENT: &str = "
    select t.created_by, t.assigned_to from helpdesk.tickets t where t.org_id = $1 and t.id = $2";

/// What happened on a ticket.
struct Event<'a> {
    /// The row that fired the trigger, and its column with the ticket's id.
    row: &'a TriggerRow<'a>,
    ticket_id_column: &'static str,
    comment: Option<Uuid>,
    actor: Option<Uuid>,
    is_internal: bool,
    requester: Option<Uuid>,
    assignee: Option<Uuid>,
}

impl Event<'_> {
    /// Notifies the recipients, and with `and_watchers` also the watchers except the actor.
    fn notify(
        &self,
        kind: &str,
        content: &Value,
        mut recipients: Vec<Uuid>,
        and_watchers: bool,
    ) -> Result<()> {
        let [org, ticket] = [self.row.arg("org_id")?, self.row.arg(self.ticket_id_column)?];
        if and_watchers {
            recipients.extend(self.watchers()?);
        }
        let mut distinct = BTreeSet::new();
        recipients.retain(|person| distinct.insert(*person.as_bytes()));
        if recipients.is_empty() {
            return Ok(());
        }
        let content = content.to_string();
        statement::write(INSERT_NOTIFICATIONS).execute(&[
            org,
            ticket,
            self.comment.into(),
            kind.into(),
            content.as_str().into(),
            recipients.into(),
            self.is_internal.into(),
            self.requester.into(),
            self.assignee.into(),
        ])
    }

    fn watchers(&self) -> Result<impl Iterator<Item = Uuid>> {
        let args = [self.row.arg("org_id")?, self.row.arg(self.ticket_id_column)?];
        let watchers =
            statement::write(LIST_WATCHERS).fetch_all(&args, |row| row.get::<Uuid>(1))?;
        let actor = self.actor;
        Ok(watchers.into_iter().flatten().filter(move |person| Some(*person) != actor))
    }
}

/// Trigger on tickets: notifies the requester of a new ticket and of a new stage or status, the
/// assignee of an assignment, and the watchers of everything but the new ticket.
#[pg_trigger(sql = "
    create function helpdesk.create_ticket_notification() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn create_ticket_notification<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_ticket_write)
}

fn after_ticket_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = &rows.new else { return Ok(None) };
    let old = rows.old.as_ref();
    if old.is_none() && new.is_import("created_at")? {
        return Ok(None);
    }
    let is_assigned = is_changed(old, new, "assigned_to")?;
    let is_moved = is_changed(old, new, "current_stage_id")? || is_changed(old, new, "status")?;
    if is_assigned || is_moved {
        notify_of_ticket(old, new, is_assigned, is_moved)?;
    }
    Ok(None)
}

fn is_changed(old: Option<&TriggerRow>, new: &TriggerRow, column: &str) -> Result<bool> {
    old.map_or(Ok(true), |old| Ok(!new.same_image(old, column)?))
}

fn notify_of_ticket(
    old: Option<&TriggerRow>,
    new: &TriggerRow,
    is_assigned: bool,
    is_moved: bool,
) -> Result<()> {
    let ticket: Uuid = new.required("id")?;
    let title: &str = new.required("title")?;
    let requester: Uuid = new.required("created_by")?;
    let assignee: Option<Uuid> = new.get("assigned_to")?;
    let actor = Caller::current()?.profile;
    let event = Event {
        row: new,
        ticket_id_column: "id",
        comment: None,
        actor,
        is_internal: false,
        requester: Some(requester),
        assignee,
    };
    let mut content = json!({ "ticket_id": ticket.to_string(), "title": title });
    if old.is_none() {
        event.notify("ticket_created", &content, vec![requester], false)?;
    }
    if let Some(assignee) = assignee.filter(|_| is_assigned) {
        let recipients = if actor == Some(assignee) { vec![] } else { vec![assignee] };
        event.notify("ticket_assigned", &content, recipients, true)?;
    }
    if let Some(old) = old.filter(|_| is_moved) {
        let (from, to): (&str, &str) = (old.required("status")?, new.required("status")?);
        let kind = match to {
            "resolved" if from != to => "ticket_resolved",
            "closed" if from != to => "ticket_closed",
            _ => "ticket_updated",
        };
        content["old_status"] = from.into();
        content["new_status"] = to.into();
        event.notify(kind, &content, vec![requester], true)?;
    }
    Ok(())
}

/// Trigger on comments: notifies the assignee, the watchers and, of a public comment, the
/// requester, but never the author.
#[pg_trigger(sql = "
    create function helpdesk.create_comment_notification() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn create_comment_notification<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_comment_insert)
}

fn after_comment_insert(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = &rows.new else { return Ok(None) };
    if new.is_import("created_at")? {
        return Ok(None);
    }
    let found = statement::write(FIND_TICKET_OF_COMMENT)
        .fetch_optional(&[new.arg("org_id")?, new.arg("ticket_id")?], |row| {
            (row.get::<Uuid>(1), row.get::<Uuid>(2))
        })?;
    let Some((requester, assignee)) = found else { return Ok(None) };
    let comment: Uuid = new.required("id")?;
    let ticket: Uuid = new.required("ticket_id")?;
    let author: Uuid = new.required("created_by")?;
    let is_internal: bool = new.required("is_internal")?;
    let content = json!({
        "ticket_id": ticket.to_string(),
        "comment_id": comment.to_string(),
        "commenter": author.to_string(),
    });
    let recipients = [requester.filter(|_| !is_internal), assignee];
    let recipients = recipients.into_iter().flatten().filter(|person| *person != author).collect();
    Event {
        row: new,
        ticket_id_column: "ticket_id",
        comment: Some(comment),
        actor: Some(author),
        is_internal,
        requester,
        assignee,
    }
    .notify("ticket_commented", &content, recipients, true)?;
    Ok(None)
}
