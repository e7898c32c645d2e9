//! What happened on a ticket, and the one place that decides who is notified of it.

use std::collections::HashSet;
use std::sync::LazyLock;

use pgrx::Uuid;
use serde::Serialize;
use serde_json::{Value, json};

use crate::access::caller::Caller;
#[cfg(test)]
use crate::platform::enums::{Priority, Status};
use crate::platform::error::Result;
use crate::platform::json::id::Id;
#[cfg(test)]
use crate::platform::json::schema::{Api, null_only_in};
use crate::platform::jsonb::jsonb;
use crate::platform::statement::{self, Planned};

const LIST_TICKET_WATCHERS: &str = "
    select w.user_id from helpdesk.ticket_watchers w where w.org_id = $1 and w.ticket_id = $2";

const LIST_QUEUE_WATCHERS: &str = "
    select q.user_id from helpdesk.queue_watchers q
     where q.org_id = $1 and (q.workflow_id is null or q.workflow_id = $2)";

/// Adds what changed with a comment ($2) to the notifications of it that people ($4) have. $5: the
/// type that it gets, unless the person has switched that off; null if it stays.
const ADD_TO_NOTIFICATIONS_OF_COMMENT: &str = "
    update helpdesk.notifications u
       set content = $3 || u.content, type = coalesce(locked.type, u.type)
      from (select n.id,
                   (select r.type::helpdesk.notification_type
                     where coalesce((select p.enabled from helpdesk.notification_preferences p
                                      where p.user_id = n.user_id
                                        and p.type = r.type::helpdesk.notification_type), true)) as type
              from helpdesk.notifications n
              join unnest($4::uuid[], $5::text[]) r (user_id, type) on r.user_id = n.user_id
             where n.org_id = $1 and n.comment_id = $2 order by n.id for no key update of n) locked
     where u.org_id = $1 and u.id = locked.id
    returning u.user_id";

/// The kind of which a comment that comes with it says more.
const LESS_THAN_A_COMMENT: &str = "ticket_updated";

const FIND_NAME: &str = "select p.name from helpdesk.profiles p where p.id = $1";

/// For a single recipient, the most frequent case.
static INSERT_NOTIFICATION: LazyLock<String> =
    LazyLock::new(|| insert_for("(select $6::uuid, $7::text)"));

static INSERT_NOTIFICATIONS: LazyLock<String> =
    LazyLock::new(|| insert_for("unnest($6::uuid[], $7::text[])"));

/// Inserts a notification for each recipient, a person ($6) and a type ($7), if they have not
/// switched it off. Only members get one who may read the ticket and what happened ($8: internal).
/// $5: the actor. $9 and $10: requester and assignee.
fn insert_for(recipients: &str) -> String {
    format!(
        "
    insert into helpdesk.notifications
           (org_id, ticket_id, comment_id, type, content, user_id, read, expires_at)
    select $1, $2, $3, r.type::helpdesk.notification_type, $4, r.user_id,
           coalesce(r.user_id = $5, false),
           now() + (select o.notification_retention from helpdesk.organizations o where o.id = $1)
      from {recipients} r (user_id, type)
     where (select m.org_role <> 'org_customer'
                   or (not $8 and (r.user_id = $9 or r.user_id = $10))
              from helpdesk.org_members m where m.org_id = $1 and m.user_id = r.user_id)
       and coalesce((select p.enabled from helpdesk.notification_preferences p
                      where p.user_id = r.user_id
                        and p.type = r.type::helpdesk.notification_type), true)
    returning user_id"
    )
}

/// The ticket on which something happened.
pub(super) struct Ticket<'a> {
    pub(super) org: Uuid,
    pub(super) id: Uuid,
    pub(super) number: i64,
    pub(super) title: &'a str,
    pub(super) workflow: Uuid,
    pub(super) requester: Uuid,
    pub(super) assignee: Option<Uuid>,
}

pub(super) struct Event<'a> {
    pub(super) ticket: Ticket<'a>,
    /// The comment that happened.
    pub(super) comment: Option<Uuid>,
    /// The comment that this event is only a part of.
    pub(super) part_of_comment: Option<Uuid>,
    pub(super) actor: Option<Uuid>,
    pub(super) is_internal: bool,
    /// The kind of notification for watchers.
    pub(super) kind_for_watchers: Option<&'static str>,
    pub(super) is_for_ticket_watchers: bool,
    pub(super) is_for_queue_watchers: bool,
    content: Value,
    recipients: Vec<Recipient>,
}

/// A person, and the kinds of notification that tell them of the event, the most important first.
struct Recipient {
    person: Uuid,
    kinds: Vec<&'static str>,
}

/// What the notifications of events show. The keys that `add` adds are optional.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(transform = null_only_in(&["actor"]))]
#[allow(dead_code)] // It describes what notify() writes.
struct EventContent {
    ticket_id: Id,
    number: i64,
    title: String,
    is_internal: bool,
    actor: Option<Actor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commenter: Option<Id>,
    /// The first 200 characters of a comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_priority: Option<Priority>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_priority: Option<Priority>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_stage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_stage: Option<String>,
}

#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[allow(dead_code)]
struct Actor {
    id: Id,
    name: String,
}

#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code)]
enum NotificationContent {
    Event(EventContent),
    Custom(super::custom::CustomContent),
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.column::<NotificationContent>("notifications.content");
}

impl<'a> Event<'a> {
    pub(super) fn new(ticket: Ticket<'a>, actor: Option<Uuid>) -> Event<'a> {
        let content = json!({
            "ticket_id": Id::from(ticket.id),
            "number": ticket.number,
            "title": ticket.title,
        });
        Event {
            ticket,
            comment: None,
            part_of_comment: None,
            actor,
            is_internal: false,
            kind_for_watchers: None,
            is_for_ticket_watchers: true,
            is_for_queue_watchers: false,
            content,
            recipients: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, key: &'static str, value: impl Serialize) {
        self.content[key] = json!(value);
    }

    /// Tells a person, unless they did it themself. What is told first counts.
    pub(super) fn tell(&mut self, person: Option<Uuid>, kind: &'static str) {
        if let Some(person) = person.filter(|_| person != self.actor) {
            self.tell_even_actor(person, kind);
        }
    }

    pub(super) fn tell_even_actor(&mut self, person: Uuid, kind: &'static str) {
        match self.recipients.iter_mut().find(|recipient| recipient.person == person) {
            Some(recipient) => recipient.kinds.push(kind),
            None => self.recipients.push(Recipient { person, kinds: vec![kind] }),
        }
    }

    /// Gives each recipient one notification: of the first kind that they have not switched off.
    pub(super) fn notify(self) -> Result<()> {
        self.notify_others_than(&[])
    }

    /// The same, but for these people.
    pub(super) fn notify_others_than(mut self, people: &[Uuid]) -> Result<()> {
        self.add_watchers()?;
        self.recipients.retain(|recipient| !people.contains(&recipient.person));
        if let Some(comment) = self.part_of_comment {
            self.add_to_notifications_of(comment)?;
        }
        if self.recipients.is_empty() {
            return Ok(());
        }
        self.add("is_internal", self.is_internal);
        self.add("actor", self.describe_actor()?);
        let mut recipients = std::mem::take(&mut self.recipients);
        while !recipients.is_empty() {
            let notified = self.insert(&recipients)?;
            recipients.retain_mut(|recipient| {
                recipient.kinds.remove(0);
                !recipient.kinds.is_empty() && !notified.contains(&recipient.person)
            });
        }
        Ok(())
    }

    /// The id and the name of the actor; null if there is none.
    fn describe_actor(&self) -> Result<Value> {
        let Some(actor) = self.actor else { return Ok(Value::Null) };
        let caller = Caller::current()?;
        let name = match &caller.name {
            Some(name) if caller.profile == Some(actor) => Some(name.clone()),
            _ => statement::write(FIND_NAME).fetch_scalar(&[actor.into()])?,
        };
        Ok(json!({ "id": Id::from(actor), "name": name }))
    }

    /// Inserts the first kind of each recipient. Returns who has been notified.
    fn insert(&self, recipients: &[Recipient]) -> Result<Vec<Uuid>> {
        let (sql, people, kinds) = match recipients {
            [one] => (&INSERT_NOTIFICATION, one.person.into(), one.kinds[0].into()),
            several => {
                let people: Vec<Uuid> = several.iter().map(|each| each.person).collect();
                let kinds: Vec<&str> = several.iter().map(|each| each.kinds[0]).collect();
                (&INSERT_NOTIFICATIONS, people.into(), kinds.into())
            }
        };
        let ticket = &self.ticket;
        let args = [
            ticket.org.into(),
            ticket.id.into(),
            self.comment.into(),
            jsonb(&self.content)?,
            self.actor.into(),
            people,
            kinds,
            self.is_internal.into(),
            ticket.requester.into(),
            ticket.assignee.into(),
        ];
        let insert = statement::write(sql).planned(Planned::Once);
        Ok(insert.fetch_all(&args, |row| row.get::<Uuid>(1))?.into_iter().flatten().collect())
    }

    fn add_watchers(&mut self) -> Result<()> {
        let Some(kind) = self.kind_for_watchers else { return Ok(()) };
        let mut known: HashSet<Uuid> =
            self.recipients.iter().map(|recipient| recipient.person).collect();
        known.extend(self.actor);
        for person in self.list_watchers()? {
            if known.insert(person) {
                self.recipients.push(Recipient { person, kinds: vec![kind] });
            }
        }
        Ok(())
    }

    fn list_watchers(&self) -> Result<Vec<Uuid>> {
        let Ticket { org, id, workflow, .. } = self.ticket;
        let mut watchers = Vec::new();
        if self.is_for_ticket_watchers {
            watchers.extend(list_people(LIST_TICKET_WATCHERS, org, id)?);
        }
        if self.is_for_queue_watchers {
            watchers.extend(list_people(LIST_QUEUE_WATCHERS, org, workflow)?);
        }
        Ok(watchers)
    }

    /// A change that belongs to a comment is the same event: who is notified of the comment learns
    /// of the change there.
    fn add_to_notifications_of(&mut self, comment: Uuid) -> Result<()> {
        let people: Vec<Uuid> = self.recipients.iter().map(|each| each.person).collect();
        let kinds: Vec<Option<&str>> = self
            .recipients
            .iter()
            .map(|each| Some(each.kinds[0]).filter(|kind| *kind != LESS_THAN_A_COMMENT))
            .collect();
        let args = [
            self.ticket.org.into(),
            comment.into(),
            jsonb(&self.content)?,
            people.into(),
            kinds.into(),
        ];
        let notified = statement::write(ADD_TO_NOTIFICATIONS_OF_COMMENT)
            .planned(Planned::Once)
            .fetch_all(&args, |row| row.get::<Uuid>(1))?;
        let notified: Vec<Uuid> = notified.into_iter().flatten().collect();
        self.recipients.retain(|recipient| !notified.contains(&recipient.person));
        Ok(())
    }
}

/// The people that a statement finds for something in an organization.
fn list_people(sql: &'static str, org: Uuid, id: Uuid) -> Result<Vec<Uuid>> {
    let people = statement::write(sql)
        .planned(Planned::Once)
        .fetch_all(&[org.into(), id.into()], |row| row.get::<Uuid>(1))?;
    Ok(people.into_iter().flatten().collect())
}
