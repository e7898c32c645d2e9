// The parameters of the operations, written with a colon in their scripts: ids from
// bench/generate.sql, and timestamps.

import { query } from './psql.js';

const PER_PAGE = 20;
const id = (kind, n) => `${kind.toString(16).padStart(8, '0')}-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const daysAgo = (days) => new Date(Date.now() - days * 24 * 3600 * 1000).toISOString().slice(0, 10);

/** The callers, by their number in bench/generate.sql. */
const PEOPLE = { agent: 21, customer: 200, everywhere: 100 };

/** The settings of a caller's session, as PostgREST sets them. */
export const sessionOf = (who) => ({
  role: 'authenticated',
  'request.jwt.claims': JSON.stringify({ sub: id(1, PEOPLE[who]), role: 'authenticated' }),
});

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
  const orgsOf = (who) => query(`select array_agg(org_id) from helpdesk.org_members where user_id = '${id(2, PEOPLE[who])}'`);
  return {
    org,
    smallOrg: id(3, 20),
    many,
    stage: id(5, 12),
    workflow: id(4, 1),
    customerProfile: id(2, PEOPLE.customer),
    agentOrgs: orgsOf('agent'),
    customerOrgs: orgsOf('customer'),
    chatty: query(`select min(id::text) from helpdesk.tickets where org_id = '${org}'`),
    // A ticket without writes, and one that all writes use.
    quiet: query('select id from bench.largest where n = 7'),
    busy: query('select id from bench.largest where n = 8'),
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
