// Rows read from the tables under row security, as PostgREST does. Hand-written: the same query
// without row security.

const columns = 'id, number, title, status, priority, updated_at';
const newest = (schema, where) =>
  `select ${schema === 'baseline' ? 'id, updated_at' : columns} from ${schema}.tickets t where ${where} order by updated_at desc limit 20`;

/** `who`: the condition of row security, written as SQL. */
function table({ name, what, as, where = 'true', who, baseline = newest('baseline', 'true') }) {
  return {
    name,
    what,
    as,
    helpdesk: newest('helpdesk', where),
    baseline,
    handwritten: newest('helpdesk', `${where} and ${who}`),
  };
}

const ofOrg = 'org_id = :org';

export default [
  table({
    name: 'table_agent',
    what: 'An agent’s newest 20 of all their organizations.',
    who: 'org_id = any (:agentOrgs)',
  }),
  table({ name: 'table_agent_org', what: 'An agent’s newest 20 of one organization.', where: ofOrg, who: 'true' }),
  table({
    name: 'table_agent_status',
    what: 'Pending ones only.',
    where: `${ofOrg} and status = 'pending'`,
    who: 'true',
    baseline: null,
  }),
  table({
    name: 'table_agent_priority',
    what: 'Urgent ones only (enum = is not leakproof: under row security no index serves it).',
    where: `${ofOrg} and priority = 'urgent'`,
    who: 'true',
    baseline: null,
  }),
  table({
    name: 'table_customer',
    what: 'A customer’s newest 20.',
    as: 'customer',
    who: '(created_by = :customerProfile or assigned_to = :customerProfile) and org_id = any (:customerOrgs)',
  }),
  table({
    name: 'table_customer_status',
    what: 'A customer’s newest 20 resolved or closed ones.',
    as: 'customer',
    where: `${ofOrg} and status in ('resolved', 'closed')`,
    who: '(created_by = :customerProfile or assigned_to = :customerProfile)',
    baseline: null,
  }),
  {
    name: 'agent_tickets',
    what: 'The newest urgent 20 of one organization in agent_tickets; against the query of the baseline’s materialized view.',
    helpdesk: `select * from helpdesk.agent_tickets where ${ofOrg} and priority = 'urgent' order by updated_at desc limit 20`,
    baseline: `select * from baseline.agent_tickets_now where org_id = :org and priority = 'urgent' order by updated_at desc limit 20`,
  },
  {
    name: 'customer_tickets',
    what: 'A customer’s newest 20 in customer_tickets.',
    as: 'customer',
    helpdesk: 'select * from helpdesk.customer_tickets order by updated_at desc limit 20',
    baseline: 'select * from baseline.customer_tickets order by updated_at desc limit 20',
  },
  {
    name: 'count_unread_notifications',
    what: 'How many notifications a customer has not read.',
    as: 'customer',
    helpdesk: 'select helpdesk.count_unread_notifications()',
    baseline: 'select count(*) from baseline.notifications where not read',
    handwritten:
      'select count(*) from helpdesk.notifications where user_id = :customerProfile and not read and org_id = any (:customerOrgs)',
  },
];
