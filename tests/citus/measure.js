// What a call costs on a cluster and on a single server, in milliseconds: one client, each call in
// a transaction as PostgREST has it, of which pgbench times the call alone. The servers share this
// machine, so only the differences say something. CALLS=2000: how often each is made.

import { writeFile } from 'node:fs/promises';
import pg from 'pg';
import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoOrganizations, openTicket } from '../support/organizations.js';
import { tool, withTemporaryFile } from '../support/postgres_tools.js';
import { asDba, createClusterDatabase, restoreOn } from './cluster.js';

const CALLS = Number(process.env.CALLS ?? 2_000);
const ROUNDS = 4;
const TICKETS = 2_000;
/** How many tickets and words the calls name in turn. */
const VARIANTS = 20;

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
for (const db of [single, cluster]) await asDba(db, 'vacuum analyze');

const ticket = (i) => tickets[(i * 37) % tickets.length];
// Reads first, on tables that were just vacuumed.
const OPERATIONS = {
  'get_ticket_details with p_org_id': (i) => `select helpdesk.get_ticket_details('${ticket(i)}', p_org_id => '${acme}')`,
  'get_ticket_details': (i) => `select helpdesk.get_ticket_details('${ticket(i)}')`,
  'list_org_tickets': () => `select helpdesk.list_org_tickets('${acme}')`,
  'search': (i) => `select helpdesk.search('${acme}', 'printer ${i}')`,
  'count_unread_notifications': () => 'select helpdesk.count_unread_notifications()',
  'org_dashboard': () => `select helpdesk.org_dashboard('${acme}')`,
  'GET tickets by org_id': () => `select id, title from helpdesk.tickets where org_id = '${acme}' order by number desc limit 20`,
  'create_ticket': (i) => `select helpdesk.create_ticket('${acme}', 'Measured ${i}')`,
  'add_comment': (i) => `select helpdesk.add_comment('${ticket(i)}', 'Measured', p_org_id => '${acme}')`,
  'update_ticket': (i) =>
    `select helpdesk.update_ticket('${ticket(i)}', jsonb_build_object('title', 'Measured ' || random()), p_org_id => '${acme}')`,
};

const claims = pg.escapeLiteral(JSON.stringify({ role: 'authenticated', sub: ben.login }));

/** The average of the calls of a round. */
function time(db, operation) {
  return withTemporaryFile(async (file) => {
    const scripts = [];
    for (let i = 0; i < VARIANTS; i += 1) {
      scripts.push('-f', `${file}.${i}`);
      await writeFile(
        `${file}.${i}`,
        `begin;
         select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true);
         select helpdesk.pre_request();
         ${operation(i)};
         commit;`,
      );
    }
    const output = await tool('pgbench', '-n', '-r', '-M', 'prepared', '-t', String(CALLS / ROUNDS), ...scripts, db.name);
    const statements = output.matchAll(/^ +([\d.]+) +\d+ +(.*)$/gm);
    const calls = [...statements].filter(
      ([, , text]) => !/^(begin|commit|select set_config|select helpdesk.pre_request)/.test(text),
    );
    return calls.reduce((sum, [, milliseconds]) => sum + Number(milliseconds), 0) / calls.length;
  });
}

const median = (times) => (times.sort((a, b) => a - b)[ROUNDS / 2 - 1] + times[ROUNDS / 2]) / 2;
console.log(`${'call'.padEnd(34)} single  cluster  difference`);
for (const [name, operation] of Object.entries(OPERATIONS)) {
  const times = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [side, db] of [single, cluster].entries()) times[side].push(await time(db, operation));
  }
  const [one, other] = times.map(median);
  const columns = [one, other, other - one].map((value) => value.toFixed(2).padStart(8)).join(' ');
  console.log(`${name.padEnd(32)} ${columns}`);
}
await cluster.disconnectAll();
await single.drop();
