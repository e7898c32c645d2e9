//! Who is told what. Written by triggers, for those who may read what it is about.

use std::collections::BTreeSet;

use pgrx::Uuid;
use pgrx::prelude::*;
use serde_json::{Value, json};

use crate::access::caller::Caller;
use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::trigger::{self, TriggerResult, TriggerRow, TriggerRows, Tuple, is_import};

/// Tells those of $6 who are members, may read the ticket (and the internal comment, $7) and did not switch it off. $8 and $9 are the
/// ticket's requester and assignee.
const NOTIFY: &str = "
    insert into helpdesk.notifications (org_id, ticket_id, comment_id, type, content, user_id, expires_at)
    select $1, $2, $3, $4::helpdesk.notification_type, $5::jsonb, r.id, now() + o.notification_retention
      from helpdesk.organizations o
     cross join unnest($6::uuid[]) r (id)
     where o.id = $1
       and (select m.org_role <> 'org_customer' or (not $7 and (r.id = $8 or r.id = $9))
              from helpdesk.org_members m where m.org_id = $1 and m.user_id = r.id)
       and coalesce((select p.enabled from helpdesk.notification_preferences p
                      where p.user_id = r.id and p.type = $4::helpdesk.notification_type), true)";

const WATCHERS: &str = "
    select w.user_id from helpdesk.ticket_watchers w
     where w.org_id = $1 and w.ticket_id = $2 order by w.user_id";

const TICKET_OF_COMMENT: &str = "
    select t.created_by, t.assigned_to from helpdesk.tickets t where t.org_id = $1 and t.id = $2";

/// What happened on a ticket, and who is concerned.
struct Event<'a> {
    ticket: &'a TriggerRow<'a>,
    comment: Option<Uuid>,
    kind: &'static str,
    content: Value,
    recipients: Vec<Uuid>,
    to_watchers: bool,
    actor: Option<Uuid>,
    is_internal: bool,
    requester: Option<Uuid>,
    assignee: Option<Uuid>,
}

impl Event<'_> {
    fn tell(self, ticket_id_column: &str) -> Result<()> {
        let ticket = [self.ticket.arg("org_id")?, self.ticket.arg(ticket_id_column)?];
        let mut people = self.recipients;
        if self.to_watchers {
            let watchers =
                statement::write(WATCHERS).fetch_all(&ticket, |row| row.get::<Uuid>(1))?;
            people.extend(watchers.into_iter().flatten().filter(|one| Some(*one) != self.actor));
        }
        let mut told = BTreeSet::new();
        people.retain(|person| told.insert(*person.as_bytes()));
        if people.is_empty() {
            return Ok(());
        }
        let content = self.content.to_string();
        let [org, ticket] = ticket;
        let args = [
            org,
            ticket,
            self.comment.into(),
            self.kind.into(),
            content.as_str().into(),
            people.into(),
            self.is_internal.into(),
            self.requester.into(),
            self.assignee.into(),
        ];
        statement::write(NOTIFY).execute(&args)
    }
}

/// Trigger on tickets: a new one to its requester, an assignment to the new assignee, a change of stage to the requester; and each
/// to the watchers.
#[pg_trigger(sql = "
    create function helpdesk.create_ticket_notification() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn create_ticket_notification<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, ticket_events)
}

fn ticket_events(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = &rows.new else { return Ok(None) };
    let changed = |column: &str| match &rows.old {
        Some(old) => Ok(!new.same_image(old, column)?),
        None => Ok::<_, pgrx::pg_sys::panic::ErrorReport>(true),
    };
    let is_new = rows.old.is_none();
    if is_new && is_import(new, "created_at")? {
        return Ok(None);
    }
    let (assigned, moved) =
        (changed("assigned_to")?, changed("current_stage_id")? || changed("status")?);
    if !assigned && !moved {
        return Ok(None);
    }
    let ticket: Uuid = new.required("id")?;
    let title: &str = new.required("title")?;
    let requester: Uuid = new.required("created_by")?;
    let assignee: Option<Uuid> = new.get("assigned_to")?;
    let actor = Caller::current()?.profile;
    let event = |kind, content, recipients, to_watchers| Event {
        ticket: new,
        comment: None,
        kind,
        content,
        recipients,
        to_watchers,
        actor,
        is_internal: false,
        requester: Some(requester),
        assignee,
    };
    let about = json!({ "ticket_id": ticket.to_string(), "title": title });
    if is_new {
        event("ticket_created", about.clone(), vec![requester], false).tell("id")?;
    }
    if let Some(assignee) = assignee.filter(|_| assigned) {
        let told = if actor == Some(assignee) { vec![] } else { vec![assignee] };
        event("ticket_assigned", about.clone(), told, true).tell("id")?;
    }
    if let Some(old) = &rows.old
        && moved
    {
        let (from, to): (&str, &str) = (old.required("status")?, new.required("status")?);
        let kind = match to {
            "resolved" if from != to => "ticket_resolved",
            "closed" if from != to => "ticket_closed",
            _ => "ticket_updated",
        };
        let mut content = about;
        content["old_status"] = from.into();
        content["new_status"] = to.into();
        event(kind, content, vec![requester], true).tell("id")?;
    }
    Ok(None)
}

/// Trigger on comments: a public one to requester, assignee and watchers, an internal one to assignee and watchers who are staff;
/// never to whoever wrote it.
#[pg_trigger(sql = "
    create function helpdesk.create_comment_notification() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn create_comment_notification<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, comment_event)
}

fn comment_event(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = &rows.new else { return Ok(None) };
    if is_import(new, "created_at")? {
        return Ok(None);
    }
    let found = statement::write(TICKET_OF_COMMENT)
        .fetch_optional(&[new.arg("org_id")?, new.arg("ticket_id")?], |row| {
            (row.get::<Uuid>(1), row.get::<Uuid>(2))
        })?;
    let Some((requester, assignee)) = found else { return Ok(None) };
    let comment: Uuid = new.required("id")?;
    let ticket: Uuid = new.required("ticket_id")?;
    let author: Uuid = new.required("created_by")?;
    let is_internal: bool = new.required("is_internal")?;
    let concerned = [requester.filter(|_| !is_internal), assignee];
    Event {
        ticket: new,
        comment: Some(comment),
        kind: "ticket_commented",
        content: json!({
            "ticket_id": ticket.to_string(),
            "comment_id": comment.to_string(),
            "commenter": author.to_string(),
        }),
        recipients: concerned.into_iter().flatten().filter(|person| *person != author).collect(),
        to_watchers: true,
        actor: Some(author),
        is_internal,
        requester,
        assignee,
    }
    .tell("ticket_id")?;
    Ok(None)
}
