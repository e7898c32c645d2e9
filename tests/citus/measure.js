// What a call costs on a cluster and on a single server: medians in milliseconds, one client, each
// call in a transaction as PostgREST has it. The servers share this machine, so only the
// differences say something. CALLS=300: how often each is made.

import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoOrganizations, openTicket } from '../support/organizations.js';
import { asDba, createClusterDatabase, restoreOn } from './cluster.js';

const CALLS = Number(process.env.CALLS ?? 300);
const TICKETS = 2_000;

const single = await createHelpdeskDatabase();
const { acme, ben } = await createTwoOrganizations(single);
const tickets = await single.as(ben, async (session) => {
  const ids = [];
  for (let i = 0; i < TICKETS; i += 1) ids.push(await openTicket(session, acme, `Printer ${i} on fire`));
  return ids;
});
const cluster = await createClusterDatabase('helpdesk_measure');
await restoreOn(cluster, single);
await asDba(cluster, 'select helpdesk.distribute(8)');
for (const db of [single, cluster]) await db.sql('analyze');

/** Each with the arguments of call number i. */
const OPERATIONS = {
  'create_ticket': [`select helpdesk.create_ticket($1, $2)`, (i) => [acme, `Measured ${i}`]],
  'add_comment': [`select helpdesk.add_comment($1, $2, p_org_id => $3)`, (i) => [ticket(i), 'Measured', acme]],
  'update_ticket': [
    `select helpdesk.update_ticket($1, $2, p_org_id => $3)`,
    (i) => [ticket(i), { description: `As of ${i}` }, acme],
  ],
  'get_ticket_details with p_org_id': [`select helpdesk.get_ticket_details($1, p_org_id => $2)`, (i) => [ticket(i), acme]],
  'get_ticket_details': [`select helpdesk.get_ticket_details($1)`, (i) => [ticket(i)]],
  'list_org_tickets': [`select helpdesk.list_org_tickets($1)`, () => [acme]],
  'search': [`select helpdesk.search($1, $2)`, (i) => [acme, `printer ${i}`]],
  'count_unread_notifications': ['select helpdesk.count_unread_notifications()', () => []],
  'org_dashboard': ['select helpdesk.org_dashboard($1)', () => [acme]],
  'GET tickets by org_id': [
    `select id, title from helpdesk.tickets where org_id = $1 order by number desc limit 20`,
    () => [acme],
  ],
};
const ticket = (i) => tickets[(i * 37) % tickets.length];

async function time(session, name, [text, argumentsOf], i) {
  const values = argumentsOf(i);
  const start = performance.now();
  await session.query('begin');
  await session.query(`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true)`, [
    JSON.stringify({ role: 'authenticated', sub: ben.login }),
  ]);
  await session.query('select helpdesk.pre_request()');
  await session.query({ name, text, values });
  await session.query('commit');
  return performance.now() - start;
}

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
const sessions = [await single.connect('authenticator'), await cluster.connect('authenticator')];
console.log(`${'call'.padEnd(34)} single  cluster  difference`);
for (const [name, operation] of Object.entries(OPERATIONS)) {
  const times = [[], []];
  for (let i = 0; i < CALLS; i += 1) {
    for (const [side, session] of sessions.entries()) times[side].push(await time(session, name, operation, i));
  }
  const [one, other] = times.map(median);
  const columns = [one, other, other - one].map((value) => value.toFixed(2).padStart(8)).join(' ');
  console.log(`${name.padEnd(32)} ${columns}`);
}
await cluster.disconnectAll();
await single.drop();
