// Pages of list_org_tickets with their exact totals, as applications ask for them: first and deep
// pages, single and combined filters, for an agent and a customer.

import { isMember, isStaff, ME } from './rights.js';

const OWN = `(t.created_by = ${ME} or t.assigned_to = ${ME})`;

const byHand = ({ where = 'true', of = where, sort = 't.updated_at desc, t.id desc', may = isStaff(':org'), hasTotal }) => `
  select json_build_object(${hasTotal ? `'total', (select count(*) from helpdesk.tickets t where t.org_id = :org and ${of}), ` : ''}'tickets', coalesce(json_agg(json_build_object(
           'id', t.id, 'number', t.number, 'title', t.title, 'priority', t.priority, 'status', t.status, 'version', t.version,
           'currentStage', json_build_object('id', s.id, 'name', s.name),
           'assignedTo', case when a.id is not null then json_build_object('id', a.id, 'name', a.name) end,
           'createdBy', json_build_object('id', c.id, 'name', c.name),
           'commentCount', t.public_comment_count + coalesce(i.comment_count, 0),
           'attachmentCount', t.public_attachment_count + coalesce(i.attachment_count, 0),
           'createdAt', t.created_at, 'updatedAt', t.updated_at) order by ${sort}), '[]'))
    from (select t.* from helpdesk.tickets t where t.org_id = :org and ${where} order by ${sort} limit 20) t
    join helpdesk.workflow_stages s on s.org_id = t.org_id and s.id = t.current_stage_id
    join helpdesk.profiles c on c.id = t.created_by
    left join helpdesk.profiles a on a.id = t.assigned_to
    left join helpdesk.ticket_internal_counts i on i.org_id = t.org_id and i.ticket_id = t.id
   where ${may}`;

/** A page. `filters` is the content of a JSON object. The baseline always counts the total. */
function list({ name, what, as, filters = '', hand = {}, hasTotal = true, baseline = filters }) {
  const all = [filters, !hasTotal && '"count": "none"'].filter(Boolean).join(', ');
  return {
    name,
    what,
    as,
    helpdesk: `select helpdesk.list_org_tickets(:org, ${json(all)})`,
    baseline: baseline === null ? undefined : `select baseline.list_org_tickets(:org, ${json(baseline)})`,
    handwritten: hand === null ? undefined : byHand({ ...hand, hasTotal }),
  };
}

/** A JSON object as SQL, with the variables of the bench in <>. */
function json(inside) {
  const parts = `{${inside}}`.split(/<(\w+)>/);
  if (parts.length === 1) return `'${parts[0]}'`;
  return `(${parts.map((part, i) => (i % 2 ? `:${part}::text` : `'${part}'`)).join(' || ')})::jsonb`;
}

export default [
  list({ name: 'list_first_page', what: 'First page of the largest organization.' }),
  list({ name: 'list_first_page_without_total', what: 'The same without the total.', hasTotal: false }),
  list({
    name: 'list_page_1000',
    what: 'The thousandth page, by cursor (the baseline by offset, hand-written SQL by keyset).',
    filters: '"cursor": <deepCursor>',
    baseline: '"page": <deepPage>',
    hand: { where: '(t.updated_at, t.id) < (:deepTimestamp::timestamptz, :deepId::uuid)', of: 'true' },
  }),
  list({
    name: 'list_priority',
    what: 'Urgent ones.',
    filters: '"priority": "urgent"',
    hand: { where: "t.priority = 'urgent'" },
  }),
  list({ name: 'list_status', what: 'Pending ones.', filters: '"status": "pending"', hand: { where: "t.status = 'pending'" } }),
  list({
    name: 'list_stage',
    what: 'Those in a stage.',
    filters: '"stageId": "<stage>"',
    hand: { where: 't.current_stage_id = :stage' },
  }),
  list({
    name: 'list_workflow',
    what: 'Those of a workflow.',
    filters: '"workflowId": "<workflow>"',
    hand: { where: 't.workflow_id = :workflow' },
  }),
  list({
    name: 'list_assigned_to_me',
    what: 'Those of the agent.',
    filters: '"assignedTo": "me"',
    hand: { where: `t.assigned_to = ${ME}` },
  }),
  list({
    name: 'list_unassigned',
    what: 'Those that nobody works on.',
    filters: '"assignedTo": "none"',
    hand: { where: 't.assigned_to is null' },
  }),
  list({
    name: 'list_created_by',
    what: 'Those of one customer, for an agent.',
    filters: '"createdBy": "<customerProfile>"',
    hand: { where: 't.created_by = :customerProfile' },
  }),
  list({
    name: 'list_created_after',
    what: 'Those opened since a day of last week.',
    filters: '"createdAfter": "<weekAgo>"',
    hand: { where: 't.created_at >= :weekAgo::timestamptz' },
  }),
  list({
    name: 'list_created_before',
    what: 'Those opened more than a year ago.',
    filters: '"createdBefore": "<yearAgo>"',
    hand: { where: 't.created_at < :yearAgo::timestamptz' },
  }),
  list({
    name: 'list_updated_after',
    what: 'Those changed since a day of last week.',
    filters: '"updatedAfter": "<weekAgo>"',
    hand: { where: 't.updated_at >= :weekAgo::timestamptz' },
  }),
  list({
    name: 'list_updated_before',
    what: 'Those not changed for a year.',
    filters: '"updatedBefore": "<yearAgo>"',
    hand: { where: 't.updated_at < :yearAgo::timestamptz' },
  }),
  list({
    name: 'list_by_priority',
    what: 'The most urgent first.',
    filters: '"sort": "-priority"',
    hand: { sort: 't.priority desc, t.updated_at desc, t.id desc' },
  }),
  list({
    name: 'list_by_creation',
    what: 'The newest first, by when they were opened.',
    filters: '"sort": "-createdAt"',
    hand: { sort: 't.created_at desc, t.id desc' },
  }),
  list({
    name: 'list_by_queue',
    what: 'In the order of claim_next_ticket().',
    filters: '"sort": "queue"',
    baseline: null,
    hand: { sort: 't.priority desc, t.created_at, t.id' },
  }),
  list({
    name: 'list_by_number',
    what: 'The highest number first.',
    filters: '"sort": "-number"',
    baseline: null,
    hand: { sort: 't.number desc' },
  }),
  list({
    name: 'list_number',
    what: 'The one with a number.',
    filters: '"number": <quietNumber>',
    baseline: null,
    hand: { where: 't.number = :quietNumber' },
  }),
  list({
    name: 'list_watching',
    what: 'Those that the agent watches.',
    filters: '"watching": true',
    baseline: null,
    hand: {
      where: `t.id in (select w.ticket_id from helpdesk.ticket_watchers w where w.org_id = :org and w.user_id = ${ME})`,
    },
  }),
  list({
    name: 'list_waiting_for_staff',
    what: 'Those whose customer waits for an answer.',
    filters: '"waitingFor": "staff"',
    baseline: null,
    hand: { where: "t.status in ('open', 'pending') and not t.is_answered" },
  }),
  list({
    name: 'list_waiting_for_customer',
    what: 'Those on which staff wait for the customer.',
    filters: '"waitingFor": "customer"',
    baseline: null,
    hand: { where: "t.status in ('open', 'pending') and t.is_answered" },
  }),
  list({
    name: 'list_urgent_and_pending',
    what: 'Urgent and pending ones.',
    filters: '"priority": "urgent", "status": "pending"',
    hand: { where: "t.priority = 'urgent' and t.status = 'pending'" },
  }),
  list({
    name: 'list_mine_and_urgent',
    what: 'The agent’s urgent ones.',
    filters: '"priority": "urgent", "assignedTo": "me"',
    hand: { where: `t.priority = 'urgent' and t.assigned_to = ${ME}` },
  }),
  list({
    name: 'list_customer',
    what: 'A customer’s own, first page.',
    as: 'customer',
    baseline: null,
    hand: { where: OWN, may: isMember(':org') },
  }),
  list({
    name: 'list_customer_open',
    what: 'A customer’s own that are open.',
    as: 'customer',
    filters: '"status": "open"',
    baseline: null,
    hand: { where: `${OWN} and t.status = 'open'`, may: isMember(':org') },
  }),
  list({
    name: 'list_customer_by_priority',
    what: 'A customer’s own, the most urgent first.',
    as: 'customer',
    filters: '"sort": "-priority"',
    baseline: null,
    hand: { where: OWN, sort: 't.priority desc, t.updated_at desc, t.id desc', may: isMember(':org') },
  }),
  list({
    name: 'list_search',
    what: 'Those with a word that one ticket in three hundred has.',
    filters: '"search": "word300"',
    hand: {
      where: "t.id in (select d.ticket_id from baseline.documents d where d.org_id = :org and d.words @@ 'word300'::tsquery)",
    },
  }),
  list({
    name: 'list_search_old',
    what: 'Those with a word that only the older six of ten have.',
    filters: '"search": "ancient"',
  }),
];
