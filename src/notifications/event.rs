//! What happened on a ticket, and the one place that decides who is notified of it.

use pgrx::Uuid;
use serde_json::{Value, json};

use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};

/// Inserts at most one notification for each person: the first kind that they have not switched
/// off. Only members get one who may read the ticket and what happened.
///
/// $5: the actor. $6 and $7: people and kinds, the most important first. $8: the kind for watchers;
/// null if they are not told. $9 and $10: whether watchers of the queue are told, and its workflow.
/// $11: internal. $12 and $13: requester and assignee. $14: a comment whose recipients know it all.
const INSERT_NOTIFICATIONS: &str = "
    insert into helpdesk.notifications
           (org_id, ticket_id, comment_id, type, content, user_id, read, expires_at)
    select distinct on (r.user_id)
           $1, $2, $3, r.type::helpdesk.notification_type,
           (select $4::jsonb || jsonb_build_object('actor', (
              select jsonb_build_object('id', p.id, 'name', p.name)
                from helpdesk.profiles p where p.id = $5))),
           r.user_id, coalesce(r.user_id = $5, false), now() + o.notification_retention
      from helpdesk.organizations o
     cross join (
       select u.user_id, u.type, u.rank
         from unnest($6::uuid[], $7::text[]) with ordinality u (user_id, type, rank)
       union all
       select w.user_id, $8, 1000 from helpdesk.ticket_watchers w
        where w.org_id = $1 and w.ticket_id = $2 and $8 is not null and w.user_id is distinct from $5
       union all
       select q.user_id, $8, 1000 from helpdesk.queue_watchers q
        where q.org_id = $1 and $9 and (q.workflow_id is null or q.workflow_id = $10)
          and q.user_id is distinct from $5) r
     where o.id = $1
       and (select m.org_role <> 'org_customer'
                   or (not $11 and (r.user_id = $12 or r.user_id = $13))
              from helpdesk.org_members m where m.org_id = $1 and m.user_id = r.user_id)
       and coalesce((select p.enabled from helpdesk.notification_preferences p
                      where p.user_id = r.user_id
                        and p.type = r.type::helpdesk.notification_type), true)
       and ($14::uuid is null
            or not exists (select from helpdesk.notifications n
                            where n.org_id = $1 and n.comment_id = $14 and n.user_id = r.user_id))
     order by r.user_id, r.rank";

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
    /// The kind of notification for watchers of the ticket and of the queue.
    pub(super) kind_for_watchers: Option<&'static str>,
    pub(super) is_for_queue: bool,
    content: Value,
    people: Vec<Uuid>,
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
            is_for_queue: false,
            content,
            people: Vec::new(),
            kinds: Vec::new(),
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
        self.people.push(person);
        self.kinds.push(kind);
    }

    pub(super) fn notify(mut self) -> Result<()> {
        self.add("is_internal", self.is_internal);
        let content = self.content.to_string();
        let ticket = &self.ticket;
        // Left to itself, Postgres would plan it for each event, which costs more than running it.
        statement::write(INSERT_NOTIFICATIONS).planned(Planned::Once).execute(&[
            ticket.org.into(),
            ticket.id.into(),
            self.comment.into(),
            content.as_str().into(),
            self.actor.into(),
            self.people.into(),
            self.kinds.into(),
            self.kind_for_watchers.into(),
            self.is_for_queue.into(),
            ticket.workflow.into(),
            self.is_internal.into(),
            ticket.requester.into(),
            ticket.assignee.into(),
            self.part_of_comment.into(),
        ])
    }
}
