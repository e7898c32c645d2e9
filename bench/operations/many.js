// Many rows in one statement. The hand-written SQL writes the same rows in sets, without triggers;
// for a member who leaves, it does not look for invites and watched tickets.
// All but the first are rolled back, so that each call has the same work.

const rolledBack = (script) => `begin;\n${script};\nrollback;`;

/** The thousand tickets that one call changes, all to the same priority. */
const THOUSAND = 'select id from bench.largest where n <= 1000';
const OTHER_PRIORITY = `(select case t.priority when 'low' then 'high' else 'low' end
                           from helpdesk.tickets t where t.id = (select id from bench.largest where n = 1))`;

/** A revision of each row of `changed`, which has the former row's `previous`. */
const history = (actor, changes) => `
  insert into helpdesk.ticket_history (org_id, id, ticket_id, requester_id, version, title, description, priority, status, assigned_to,
                                       workflow_stage_id, changed_by, changed_at, previous_history_id, changes)
  select c.org_id, c.latest_history_id, c.id, c.created_by, c.version, c.title, c.description, c.priority, c.status, c.assigned_to,
         c.current_stage_id, ${actor}, c.updated_at, c.previous,
         jsonb_build_object('type', 'updated', 'fields', ${changes})
    from changed c`;

const insertComments = (count) => `
  insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by)
  select :org, :customerTicket, 'Line ' || n || ' of a long conversation.', :customerProfile from generate_series(1, ${count}) n`;

const insertCommentsByHand = (count) => `
  with ticket as (
    update helpdesk.tickets
       set public_comment_count = public_comment_count + ${count}, updated_at = now(), last_public_comment_at = now(), is_answered = false
     where org_id = :org and id = :customerTicket
    returning *
  ), comment as (
    insert into helpdesk.ticket_comments (org_id, ticket_id, requester_id, content, created_by)
    select t.org_id, t.id, t.created_by, 'Line ' || n || ' of a long conversation.', :customerProfile
      from ticket t, generate_series(1, ${count}) n
    returning *
  ), told as (
    insert into helpdesk.notifications (org_id, user_id, ticket_id, comment_id, type, content)
    select t.org_id, t.assigned_to, t.id, c.id, 'ticket_commented',
           jsonb_build_object('ticket_id', t.id, 'number', t.number, 'title', t.title, 'is_internal', false,
             'actor', jsonb_build_object('id', p.id, 'name', p.name), 'comment_id', c.id, 'comment', left(c.content, 200), 'commenter', p.id)
      from ticket t, comment c, helpdesk.profiles p where p.id = :customerProfile and t.assigned_to is not null
  ), words as (
    insert into helpdesk.search_documents (org_id, document_id, kind, ticket_id, is_internal, lexemes)
    select org_id, id, 'comment', ticket_id, false,
           helpdesk.document_lexemes(org_id, 't', 'simple', null, null, content)::tsvector from comment
  )
  select count(*) from comment`;

const insertsComments = (count) => ({
  name: `insert_${count}_comments`,
  what: `${count.toLocaleString('en')} comments of a customer on one ticket in one INSERT.`,
  as: 'system',
  writes: true,
  isMany: true,
  times: { helpdesk: 1, handwritten: 1 },
  helpdesk: rolledBack(insertComments(count)),
  handwritten: rolledBack(insertCommentsByHand(count)),
});

export default [
  {
    name: 'update_1000_tickets',
    what: 'An agent gives 1,000 tickets another priority in one call.',
    writes: true,
    isMany: true,
    helpdesk: `select helpdesk.update_tickets(array(${THOUSAND}), jsonb_build_object('priority', ${OTHER_PRIORITY}))`,
    handwritten: `
      with caller as materialized (select p.id from helpdesk.profiles p where p.auth_id = auth.uid()), old as (
        select t.* from helpdesk.tickets t where t.org_id = :org and t.id in (${THOUSAND}) order by t.id for no key update
      ), changed as (
        update helpdesk.tickets t
           set priority = ${OTHER_PRIORITY}::helpdesk.ticket_priority, version = t.version + 1,
               latest_history_id = helpdesk.uuid_generate_v7(), updated_at = now()
          from old where t.org_id = old.org_id and t.id = old.id
        returning t.*, old.priority as was, old.latest_history_id as previous
      ), history as (${history(
        '(select id from caller)',
        `jsonb_build_object('priority', jsonb_build_object('from', c.was, 'to', c.priority))`,
      )}), deltas as (
        insert into helpdesk.ticket_stat_deltas (org_id, metric, occurred_at, stage_id, priority, agent_id, ticket_delta)
        select c.org_id, 'stage', c.stage_entered_at, c.current_stage_id, d.priority, c.assigned_to, d.n
          from changed c, lateral (values (c.was, -1), (c.priority, 1)) d (priority, n)
      )
      select id, version from changed order by id`,
  },
  {
    name: 'remove_member',
    what: 'The member with the most tickets leaves the largest organization, and each of their tickets is unassigned.',
    as: 'system',
    writes: true,
    isMany: true,
    helpdesk: rolledBack('select helpdesk.remove_member(:org, :busiestAgent)'),
    handwritten: rolledBack(`
      with old as (
        select t.* from helpdesk.tickets t where t.org_id = :org and t.assigned_to = :busiestAgent order by t.id for no key update
      ), changed as (
        update helpdesk.tickets t
           set assigned_to = null, version = t.version + 1, latest_history_id = helpdesk.uuid_generate_v7(), updated_at = now()
          from old where t.org_id = old.org_id and t.id = old.id
        returning t.*, old.latest_history_id as previous
      ), history as (${history('null', `jsonb_build_object('assignedTo', jsonb_build_object('from', :busiestAgent::text, 'to', null))`)}), words as (
        update helpdesk.search_documents d
           set lexemes = helpdesk.document_lexemes(c.org_id, 't', 'simple', c.title, null, c.description, array[c.created_by])::tsvector
          from changed c where d.org_id = :org and d.document_id = c.id and d.kind = 'ticket'
      ), deltas as (
        insert into helpdesk.ticket_stat_deltas (org_id, metric, occurred_at, stage_id, priority, agent_id, ticket_delta)
        select c.org_id, 'stage', c.stage_entered_at, c.current_stage_id, c.priority, d.agent, d.n
          from changed c, lateral (values (:busiestAgent::uuid, -1), (null, 1)) d (agent, n)
      ), member as (
        delete from helpdesk.org_members where org_id = :org and user_id = :busiestAgent
      )
      select count(*) from changed`),
  },
  insertsComments(5_000),
  insertsComments(50_000),
];
