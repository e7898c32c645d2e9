// Two organizations with so many tickets that the planner uses indexes, and the plans of queries on
// them.

import { createHelpdeskDatabase } from './database.js';
import { createTwoOrganizations } from './organizations.js';

export const PAGE = 20;
/** The tickets of each organization, and how many of Acme's are Alice's. Dave's are the others. */
const TICKETS = 4000;
export const ALICES = 50;

/** The database and the cast. Each ticket of Acme has a comment and a third are assigned to Ben. */
export async function createManyTickets() {
  const db = await createHelpdeskDatabase();
  const cast = await createTwoOrganizations(db);
  const { acme, globex, ada, ben, alice, dave, gina } = cast;
  for (const [org, people] of [
    [acme, [...Array(TICKETS / ALICES - 1).fill(dave), alice]],
    [globex, [gina]],
  ]) {
    await db.sql(
      `insert into helpdesk.tickets (org_id, title, priority, created_by, assigned_to, created_at, updated_at, stage_entered_at)
       select $1, 'Ticket ' || i, (enum_range(null::helpdesk.ticket_priority))[1 + i % 4], ($2::uuid[])[1 + i % cardinality($2)],
              case when i % 3 = 0 then $3::uuid end, time, time, time
         from generate_series(1, $4) i, lateral (select now() - i * interval '7 minutes' as time) x`,
      [org, people.map(({ profile }) => profile), org === acme ? ben.profile : null, TICKETS],
    );
  }
  await db.sql(
    `insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, is_internal)
     select org_id, id, 'Words', $2, number % 2 = 0 from helpdesk.tickets where org_id = $1`,
    [acme, ada.profile],
  );
  await db.sql('vacuum analyze');
  return { db, ...cast };
}

/** Every node of the plan of a query that has been executed in a session. */
export async function planOf(session, query) {
  const { rows } = await session.query(`explain (analyze, buffers, timing off, format json) ${query}`);
  const flat = (node) => [node, ...(node.Plans ?? []).flatMap(flat)];
  return flat(rows[0]['QUERY PLAN'][0].Plan);
}

/** The rows that a node returned in all its loops. */
export const rowsOf = (node) => node['Actual Rows'] * node['Actual Loops'];
