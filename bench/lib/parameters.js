// The parameters of the operations, written with a colon in their scripts: ids from
// bench/generate.sql, and timestamps.

import { query } from './psql.js';

const PER_PAGE = 20;
const id = (kind, n) => `${kind.toString(16).padStart(8, '0')}-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const daysAgo = (days) => new Date(Date.now() - days * 24 * 3600 * 1000).toISOString().slice(0, 10);

/** The callers, by their number in bench/generate.sql. */
const PEOPLE = { agent: 21, customer: 200, everywhere: 100 };

export const claimsOf = (login) => JSON.stringify({ sub: login, role: 'authenticated' });

/** The settings of a caller's session, as PostgREST sets them. */
export const sessionOf = (who) => ({ role: 'authenticated', 'request.jwt.claims': claimsOf(id(1, PEOPLE[who])) });

export const loginOf = (who) => id(1, PEOPLE[who]);

export function readParameters() {
  const org = id(3, 1);
  const many = Number(query('select max(n) from bench.largest'));
  // The thousandth page, or the middle one if there are fewer.
  const deepPage = Math.max(2, Math.min(1000, Math.floor(many / PER_PAGE / 2)));
  const before = JSON.parse(
    query(`select helpdesk.list_org_tickets('${org}', '{"page": ${deepPage - 1}, "count": "none"}')`, sessionOf('agent')),
  );
  const last = before.tickets.at(-1);
  const smallOrg = id(3, 20);
  const smallTicket = query(`select min(id::text) from helpdesk.tickets where org_id = '${smallOrg}'`);
  const orgsOf = (who) => query(`select array_agg(org_id) from helpdesk.org_members where user_id = '${id(2, PEOPLE[who])}'`);
  return {
    org,
    smallOrg,
    many,
    stage: id(5, 12),
    smallStage: id(5, 202),
    workflow: id(4, 1),
    smallWorkflow: id(4, 20),
    customerProfile: id(2, PEOPLE.customer),
    // Of the customer; unassigned, unless there are too few tickets.
    unassignedTicket: query(
      `select id from helpdesk.tickets where org_id = '${org}' and created_by = '${id(2, PEOPLE.customer)}'
        order by assigned_to is not null, id limit 1`,
    ),
    busiestAgent: query(
      `select assigned_to from helpdesk.tickets where org_id = '${org}' and assigned_to is not null and assigned_to <> '${id(2, PEOPLE.agent)}'
        group by 1 order by count(*) desc, 1 limit 1`,
    ),
    agentOrgs: orgsOf('agent'),
    customerOrgs: orgsOf('customer'),
    chatty: query(`select min(id::text) from helpdesk.tickets where org_id = '${org}'`),
    // A ticket without writes, and one that all writes use.
    quiet: query('select id from bench.largest where n = 7'),
    busy: query('select id from bench.largest where n = 8'),
    customerTicket: query(
      `select min(id::text) from helpdesk.tickets where created_by = '${id(2, PEOPLE.customer)}' and status = 'open'`,
    ),
    quietNumber: Number(query('select number from bench.largest where n = 7')),
    smallTicket,
    smallNumber: Number(query(`select number from helpdesk.tickets where id = '${smallTicket}'`)),
    smallCustomerLogin: query(
      `select p.auth_id from helpdesk.tickets t join helpdesk.profiles p on p.id = t.created_by where t.id = '${smallTicket}'`,
    ),
    article: query(
      `select min(id::text) from helpdesk.articles where org_id = '${org}' and status = 'published' and visibility = 'public'`,
    ),
    deepPage,
    // A JSON string, because the cursor contains quotes.
    deepCursor: JSON.stringify(before.pagination.nextCursor),
    deepTimestamp: last.updatedAt,
    deepId: last.id,
    weekAgo: `${daysAgo(7)}T00:00:00Z`,
    yearAgo: `${daysAgo(365)}T00:00:00Z`,
  };
}
