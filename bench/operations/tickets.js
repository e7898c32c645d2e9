// Opening, changing, claiming and reading one ticket. The hand-written SQL writes the same rows,
// without triggers.

import { isStaff } from './rights.js';

/** What every notification says. */
const said = (
  ticket,
  actor,
) => `'ticket_id', ${ticket}.id, 'number', ${ticket}.number, 'title', ${ticket}.title, 'is_internal', false,
             'actor', jsonb_build_object('id', ${actor}.id, 'name', ${actor}.name)`;

const CALLER = 'caller as materialized (select p.id, p.name from helpdesk.profiles p where p.auth_id = auth.uid())';

const OPEN_HANDWRITTEN = (org) => `
  with counter as (
    update bench.hand_written_numbers set number = number - 1 where org_id = ${org} returning number
  ), start as (
    select w.id as workflow_id, s.id as stage_id, s.status, p.id, p.name
      from helpdesk.workflows w
      join helpdesk.workflow_stages s on s.org_id = ${org} and s.workflow_id = w.id and s.is_start
      join helpdesk.profiles p on p.auth_id = auth.uid()
      join helpdesk.org_members m on m.org_id = ${org} and m.user_id = p.id
     where w.org_id = ${org} and w.is_active order by w.created_at limit 1
  ), ticket as (
    insert into helpdesk.tickets (org_id, number, title, description, priority, status, workflow_id, current_stage_id, created_by,
                                  version, latest_history_id)
    select ${org}, c.number, 'The printer is on fire', 'Second floor.', 'high', s.status, s.workflow_id, s.stage_id, s.id,
           1, helpdesk.uuid_generate_v7()
      from start s, counter c
    returning *
  ), history as (
    insert into helpdesk.ticket_history (org_id, id, ticket_id, requester_id, version, title, description, priority, status,
                                         workflow_stage_id, changed_by, changed_at, changes)
    select org_id, latest_history_id, id, created_by, 1, title, description, priority, status, current_stage_id, created_by, created_at,
           jsonb_build_object('type', 'created', 'fields', jsonb_build_object('title', title, 'description', description, 'priority', priority,
             'status', status, 'workflow', workflow_id, 'stage', current_stage_id, 'assignedTo', assigned_to))
      from ticket
  ), notification as (
    insert into helpdesk.notifications (org_id, user_id, ticket_id, type, content, read)
    select t.org_id, s.id, t.id, 'ticket_created', jsonb_build_object(${said('t', 's')}), true from ticket t, start s
  ), delta as (
    insert into helpdesk.ticket_stat_deltas (org_id, metric, occurred_at, stage_id, priority, ticket_delta)
    select org_id, 'opened', created_at, current_stage_id, priority, 1 from ticket
  ), words as (
    insert into helpdesk.search_documents (org_id, document_id, kind, ticket_id, is_internal, lexemes)
    select org_id, id, 'ticket', id, false,
           helpdesk.document_lexemes(org_id, 't', 'simple', title, null, description, array[created_by])::tsvector
      from ticket
  )
  select id from ticket`;

const open = (schema, org) => `select ${schema}.create_ticket(${org}, 'The printer is on fire', 'Second floor.', 'high')`;

const ANY_ORG = '\\set n random(1, 20)\n';
const anyOrg = 'bench.id(3, :n)';

/** A random ticket of the largest organization. */
const ANY_TICKET = '\\set n random(1, :many)\n';
const anyTicket = '(select id from bench.largest where n = :n)';

/** One of three stages of the largest organization. */
const ANY_STAGE = '\\set s random(11, 13)\n';
const anyStage = 'bench.id(5, :s)';
const anyNumber = '(select number from bench.largest where n = :n)';

const DETAILS_HANDWRITTEN = (condition) => `
  select json_build_object(
    'ticket', json_build_object('id', t.id, 'number', t.number, 'title', t.title, 'description', t.description, 'priority', t.priority,
      'status', t.status, 'version', t.version,
      'currentStage', json_build_object('id', s.id, 'name', s.name, 'description', s.description),
      'workflow', json_build_object('id', w.id, 'name', w.name),
      'assignedTo', case when a.id is not null then json_build_object('id', a.id, 'name', a.name, 'email', a.email) end,
      'createdBy', json_build_object('id', c.id, 'name', c.name),
      'createdAt', t.created_at, 'updatedAt', t.updated_at, 'resolvedAt', t.resolved_at, 'closedAt', t.closed_at),
    'comments', (
      select coalesce(json_agg(json_build_object('id', x.id, 'content', x.content, 'isInternal', x.is_internal,
               'createdBy', json_build_object('id', p.id, 'name', p.name), 'createdAt', x.created_at, 'updatedAt', x.updated_at)
               order by x.created_at, x.id), '[]')
        from helpdesk.ticket_comments x join helpdesk.profiles p on p.id = x.created_by
       where x.org_id = t.org_id and x.ticket_id = t.id),
    'attachments', (
      select coalesce(json_agg(json_build_object('id', x.id, 'fileName', x.file_name, 'fileType', x.file_type, 'fileSize', x.file_size,
               'isInternal', x.is_internal, 'uploadedBy', json_build_object('id', p.id, 'name', p.name), 'uploadedAt', x.uploaded_at)
               order by x.uploaded_at, x.id), '[]')
        from helpdesk.ticket_attachments x join helpdesk.profiles p on p.id = x.uploaded_by
       where x.org_id = t.org_id and x.ticket_id = t.id),
    'history', (
      select coalesce(json_agg(json_build_object('id', x.id, 'changes', x.changes,
               'changedBy', case when p.id is not null then json_build_object('id', p.id, 'name', p.name) end, 'changedAt', x.changed_at)
               order by x.version desc), '[]')
        from helpdesk.ticket_history x left join helpdesk.profiles p on p.id = x.changed_by
       where x.org_id = t.org_id and x.ticket_id = t.id))
    from helpdesk.tickets t
    join helpdesk.workflow_stages s on s.org_id = t.org_id and s.id = t.current_stage_id
    join helpdesk.workflows w on w.org_id = t.org_id and w.id = t.workflow_id
    join helpdesk.profiles c on c.id = t.created_by
    left join helpdesk.profiles a on a.id = t.assigned_to
   where ${condition} and ${isStaff('t.org_id')}`;

/** With this many watchers of every queue of the largest organization. */
const watched = (watchers, operation) => ({
  ...operation,
  name: `${operation.name}_${watchers}_watching`,
  writes: true,
  before: {
    helpdesk: `insert into helpdesk.queue_watchers (org_id, user_id)
               select org_id, user_id from helpdesk.org_members
                where org_id = bench.id(3, 1) and org_role <> 'org_customer' order by user_id limit ${watchers}`,
  },
  after: { helpdesk: 'delete from helpdesk.queue_watchers where org_id = bench.id(3, 1)' },
});

const WATCHED = [1, 20].flatMap((watchers) => [
  watched(watchers, {
    name: 'create_ticket',
    what: `An agent opens a ticket of whose queue ${watchers} of the staff are notified.`,
    helpdesk: open('helpdesk', ':org'),
  }),
  watched(watchers, {
    name: 'customer_comments',
    what: `A customer comments on an unassigned ticket of their own; ${watchers} of the staff are notified.`,
    as: 'customer',
    helpdesk: `select helpdesk.add_comment(:unassignedTicket, 'It still burns.')`,
  }),
]);

export default [
  {
    name: 'create_ticket',
    what: 'An agent opens a ticket in the largest organization.',
    writes: true,
    helpdesk: open('helpdesk', ':org'),
    baseline: open('baseline', ':org'),
    handwritten: OPEN_HANDWRITTEN(':org'),
  },
  {
    name: 'create_ticket_8_one_org',
    what: 'The same from 8 connections at once.',
    writes: true,
    clients: 8,
    helpdesk: open('helpdesk', ':org'),
    baseline: open('baseline', ':org'),
    handwritten: OPEN_HANDWRITTEN(':org'),
  },
  {
    name: 'create_ticket_8_many_orgs',
    what: 'The same from 8 connections at once, each time in any of the 20 organizations, by somebody who is in all of them.',
    as: 'everywhere',
    writes: true,
    clients: 8,
    helpdesk: ANY_ORG + open('helpdesk', anyOrg),
    baseline: ANY_ORG + open('baseline', anyOrg),
    handwritten: ANY_ORG + OPEN_HANDWRITTEN(anyOrg),
  },
  {
    name: 'update_ticket',
    what: 'An agent gives a ticket another title; with history.',
    writes: true,
    helpdesk: `${ANY_TICKET}select helpdesk.update_ticket(${anyTicket}, jsonb_build_object('title', 'Title ' || random()))`,
    baseline: `${ANY_TICKET}select baseline.update_ticket(${anyTicket}, 'Title ' || random())`,
    handwritten: `${ANY_TICKET}
      with ${CALLER}, old as (
        select t.* from helpdesk.tickets t where t.org_id = :org and t.id = ${anyTicket} and ${isStaff(':org')} for no key update
      ), changed as (
        update helpdesk.tickets t
           set title = 'Title ' || random(), version = t.version + 1, latest_history_id = helpdesk.uuid_generate_v7(), updated_at = now()
          from old
         where t.org_id = :org and t.id = old.id
        returning t.*, old.title as old_title, old.latest_history_id as previous
      ), history as (
        insert into helpdesk.ticket_history (org_id, id, ticket_id, requester_id, version, title, description, priority, status, assigned_to,
                                             workflow_stage_id, changed_by, changed_at, previous_history_id, changes)
        select c.org_id, c.latest_history_id, c.id, c.created_by, c.version, c.title, c.description, c.priority, c.status, c.assigned_to,
               c.current_stage_id, caller.id, c.updated_at, c.previous,
               jsonb_build_object('type', 'updated', 'fields',
                 jsonb_build_object('title', jsonb_build_object('from', c.old_title, 'to', c.title)))
          from changed c, caller
      ), words as (
        update helpdesk.search_documents d
           set lexemes = helpdesk.document_lexemes(c.org_id, 't', 'simple', c.title, null, c.description, array[c.created_by, c.assigned_to])::tsvector
          from changed c
         where d.org_id = :org and d.document_id = c.id and d.kind = 'ticket'
      )
      select row_to_json(c) from changed c`,
  },
  {
    name: 'move_ticket',
    what: 'An agent moves a ticket to one of three stages, two in three times another one; with history, notifications and counters.',
    writes: true,
    helpdesk: `${ANY_TICKET}${ANY_STAGE}select helpdesk.update_ticket(${anyTicket}, jsonb_build_object('stageId', ${anyStage}))`,
    handwritten: `${ANY_TICKET}${ANY_STAGE}
      with ${CALLER}, old as (
        select t.*, s.name as stage from helpdesk.tickets t join helpdesk.workflow_stages s on s.org_id = t.org_id and s.id = t.current_stage_id
         where t.org_id = :org and t.id = ${anyTicket} and ${isStaff(':org')} for no key update of t
      ), entered as (
        select s.id, s.name, s.status from helpdesk.workflow_stages s
         where s.org_id = :org and s.id = ${anyStage} for share
      ), changed as (
        update helpdesk.tickets t
           set current_stage_id = e.id, status = e.status, stage_entered_at = now(), resolved_at = null, closed_at = null,
               version = t.version + 1, latest_history_id = helpdesk.uuid_generate_v7(), updated_at = now()
          from old, entered e
         where t.org_id = :org and t.id = old.id and old.current_stage_id <> e.id
        returning t.*, old.status as old_status, old.stage as old_stage, old.current_stage_id as left_stage, old.stage_entered_at as since,
                  old.resolved_at as was_resolved_at, e.name as new_stage, old.latest_history_id as previous
      ), history as (
        insert into helpdesk.ticket_history (org_id, id, ticket_id, requester_id, version, title, description, priority, status, assigned_to,
                                             workflow_stage_id, changed_by, changed_at, previous_history_id, changes)
        select c.org_id, c.latest_history_id, c.id, c.created_by, c.version, c.title, c.description, c.priority, c.status, c.assigned_to,
               c.current_stage_id, caller.id, c.updated_at, c.previous,
               jsonb_build_object('type', 'updated', 'fields', jsonb_build_object(
                 'stage', jsonb_build_object('from', c.left_stage, 'to', c.current_stage_id),
                 'status', jsonb_build_object('from', c.old_status, 'to', c.status)))
          from changed c, caller
      ), told as (
        insert into helpdesk.notifications (org_id, user_id, ticket_id, type, content)
        select c.org_id, r.user_id, c.id, 'ticket_updated',
               jsonb_build_object(${said('c', 'caller')}, 'old_stage', c.old_stage, 'new_stage', c.new_stage,
                 'old_status', c.old_status, 'new_status', c.status)
          from changed c, caller, lateral (select c.created_by union select c.assigned_to
                                           union select w.user_id from helpdesk.ticket_watchers w
                                                  where w.org_id = c.org_id and w.ticket_id = c.id) r (user_id)
         where r.user_id <> caller.id
      ), deltas as (
        insert into helpdesk.ticket_stat_deltas (org_id, metric, occurred_at, stage_id, priority, agent_id, ticket_delta)
        select c.org_id, d.metric, d.at, d.stage, c.priority, c.assigned_to, d.n
          from changed c, lateral (values ('stage', c.since, c.left_stage, -1), ('stage', now(), c.current_stage_id, 1),
                                          ('reopened', now(), null, 1)) d (metric, at, stage, n)
         where d.metric = 'stage' or c.was_resolved_at is not null
      )
      select row_to_json(c) from changed c`,
  },
  {
    name: 'add_comment',
    what: 'An agent comments on a ticket: counted, notified, searchable, moved up in lists (the baseline only notifies).',
    writes: true,
    helpdesk: `${ANY_TICKET}select helpdesk.add_comment(${anyTicket}, 'Have you tried turning it off and on again?')`,
    baseline: `${ANY_TICKET}select baseline.add_comment(${anyTicket}, 'Have you tried turning it off and on again?')`,
    handwritten: `${ANY_TICKET}
      with ${CALLER}, ticket as (
        update helpdesk.tickets t
           set public_comment_count = public_comment_count + 1, updated_at = now(), last_public_comment_at = now(), is_answered = true,
               first_response_at = coalesce(first_response_at, now()), first_response_by = coalesce(first_response_by, caller.id)
          from caller
         where t.org_id = :org and t.id = ${anyTicket} and ${isStaff(':org')}
        returning t.*
      ), comment as (
        insert into helpdesk.ticket_comments (org_id, ticket_id, requester_id, content, created_by)
        select t.org_id, t.id, t.created_by, 'Have you tried turning it off and on again?', p.id
          from ticket t, caller p
        returning *
      ), told as (
        insert into helpdesk.notifications (org_id, user_id, ticket_id, comment_id, type, content)
        select t.org_id, r.user_id, t.id, c.id, 'ticket_commented',
               jsonb_build_object(${said('t', 'caller')}, 'comment_id', c.id, 'comment', left(c.content, 200), 'commenter', caller.id)
          from ticket t, comment c, caller, lateral (select t.created_by union select t.assigned_to
                                                     union select w.user_id from helpdesk.ticket_watchers w
                                                            where w.org_id = t.org_id and w.ticket_id = t.id) r (user_id)
         where r.user_id <> caller.id
      ), words as (
        insert into helpdesk.search_documents (org_id, document_id, kind, ticket_id, is_internal, lexemes)
        select org_id, id, 'comment', ticket_id, false,
               helpdesk.document_lexemes(org_id, 't', 'simple', null, null, content)::tsvector from comment
      ), delta as (
        insert into helpdesk.ticket_stat_deltas (org_id, metric, occurred_at, priority, agent_id, ticket_delta, seconds)
        select t.org_id, 'first_response', now(), t.priority, caller.id, 1, extract(epoch from now() - t.created_at)
          from ticket t, caller where t.first_response_at = now()
      )
      select id from comment`,
  },
  {
    name: 'customer_comments',
    what: 'A customer comments on an unassigned ticket of their own, whose queue nobody watches.',
    as: 'customer',
    writes: true,
    helpdesk: `select helpdesk.add_comment(:unassignedTicket, 'It still burns.')`,
  },
  ...WATCHED,
  {
    name: 'claim_next_ticket',
    what: 'An agent takes the most urgent, oldest unassigned open ticket of the largest organization.',
    writes: true,
    helpdesk: `select helpdesk.claim_next_ticket(:org)`,
    baseline: `select baseline.claim_next_ticket(:org)`,
  },
  {
    name: 'get_ticket_details',
    what: 'An agent reads a ticket with three comments, another one each time.',
    helpdesk: `${ANY_TICKET}select helpdesk.get_ticket_details(${anyTicket})`,
    baseline: `${ANY_TICKET}select baseline.get_ticket_details(${anyTicket})`,
    handwritten: ANY_TICKET + DETAILS_HANDWRITTEN(`t.id = ${anyTicket}`),
  },
  {
    name: 'get_ticket_details_by_number',
    what: 'The same by its number.',
    helpdesk: `${ANY_TICKET}select helpdesk.get_ticket_details(p_org_id => :org, p_number => ${anyNumber})`,
    handwritten: ANY_TICKET + DETAILS_HANDWRITTEN(`t.org_id = :org and t.number = ${anyNumber}`),
  },
  {
    name: 'get_ticket_details_500_comments',
    what: 'An agent reads a ticket with 500 comments.',
    helpdesk: 'select helpdesk.get_ticket_details(:chatty)',
    baseline: 'select baseline.get_ticket_details(:chatty)',
    handwritten: DETAILS_HANDWRITTEN('t.id = :chatty'),
  },
];
