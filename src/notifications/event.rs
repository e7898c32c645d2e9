//! What happened on a ticket, and the one place that decides who is notified of it.

use std::collections::HashSet;

use pgrx::Uuid;
use serde_json::{Value, json};

use crate::access::caller::Caller;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};

const LIST_TICKET_WATCHERS: &str = "
    select w.user_id from helpdesk.ticket_watchers w where w.org_id = $1 and w.ticket_id = $2";

const LIST_QUEUE_WATCHERS: &str = "
    select q.user_id from helpdesk.queue_watchers q
     where q.org_id = $1 and (q.workflow_id is null or q.workflow_id = $2)";

const LIST_NOTIFIED_OF_COMMENT: &str =
    "select n.user_id from helpdesk.notifications n where n.org_id = $1 and n.comment_id = $2";

const FIND_NAME: &str = "select p.name from helpdesk.profiles p where p.id = $1";

/// Inserts a notification for each person ($6) of the type beside them ($7), if they have not
/// switched it off. Only members get one who may read the ticket and what happened ($8: internal).
/// $5: the actor. $9 and $10: requester and assignee.
const INSERT_NOTIFICATIONS: &str = "
    insert into helpdesk.notifications
           (org_id, ticket_id, comment_id, type, content, user_id, read, expires_at)
    select $1, $2, $3, r.type::helpdesk.notification_type, $4::jsonb, r.user_id,
           coalesce(r.user_id = $5, false),
           now() + (select o.notification_retention from helpdesk.organizations o where o.id = $1)
      from unnest($6::uuid[], $7::text[]) r (user_id, type)
     where (select m.org_role <> 'org_customer'
                   or (not $8 and (r.user_id = $9 or r.user_id = $10))
              from helpdesk.org_members m where m.org_id = $1 and m.user_id = r.user_id)
       and coalesce((select p.enabled from helpdesk.notification_preferences p
                      where p.user_id = r.user_id
                        and p.type = r.type::helpdesk.notification_type), true)
    returning user_id";

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

impl<'a> Event<'a> {
    pub(super) fn new(ticket: Ticket<'a>, actor: Option<Uuid>) -> Event<'a> {
        let content = json!({
            "ticket_id": ticket.id.to_string(),
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

    pub(super) fn add(&mut self, key: &'static str, value: impl Into<Value>) {
        self.content[key] = value.into();
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
    pub(super) fn notify(mut self) -> Result<()> {
        self.add_watchers()?;
        self.remove_notified_of_comment()?;
        if self.recipients.is_empty() {
            return Ok(());
        }
        self.add("is_internal", self.is_internal);
        self.add("actor", self.describe_actor()?);
        let content = self.content.to_string();
        let mut recipients = std::mem::take(&mut self.recipients);
        while !recipients.is_empty() {
            let notified = self.insert(&content, &recipients)?;
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
        Ok(json!({ "id": actor.to_string(), "name": name }))
    }

    /// Inserts the first kind of each recipient. Returns who has been notified.
    fn insert(&self, content: &str, recipients: &[Recipient]) -> Result<Vec<Uuid>> {
        let people: Vec<Uuid> = recipients.iter().map(|recipient| recipient.person).collect();
        let kinds: Vec<&str> = recipients.iter().map(|recipient| recipient.kinds[0]).collect();
        let ticket = &self.ticket;
        let args = [
            ticket.org.into(),
            ticket.id.into(),
            self.comment.into(),
            content.into(),
            self.actor.into(),
            people.into(),
            kinds.into(),
            self.is_internal.into(),
            ticket.requester.into(),
            ticket.assignee.into(),
        ];
        let insert = statement::write(INSERT_NOTIFICATIONS).planned(Planned::Once);
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

    /// A change that belongs to a comment is the same event: nobody is notified of both.
    fn remove_notified_of_comment(&mut self) -> Result<()> {
        let Some(comment) = self.part_of_comment else { return Ok(()) };
        let notified = list_people(LIST_NOTIFIED_OF_COMMENT, self.ticket.org, comment)?;
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
