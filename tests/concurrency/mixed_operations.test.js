// All operations on tickets, concurrently, on few tickets.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { brokenHistories, deadlocks, wrongCounts } from '../support/consistency.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoOrganizations, openTicket, stagesOf, updateTicket } from '../support/organizations.js';
import { pauseProcesses } from '../support/pauses.js';
import { Random } from '../support/random.js';

const OPERATIONS = 10_000;
const TICKETS_EACH = 20;

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, ada, ben, alice, dave } = await createTwoOrganizations(db);
const stages = Object.values(await stagesOf(db, acme));

const tickets = { [alice.name]: [], [dave.name]: [] };
for (const customer of [alice, dave]) {
  await db.as(customer, async (session) => {
    for (let i = 0; i < TICKETS_EACH; i++) {
      tickets[customer.name].push(await openTicket(session, acme, `${customer.name} ${i}`));
    }
  });
}
const all = Object.values(tickets).flat();
// Staff watch half of the tickets, so that there are notifications for watchers too.
for (const person of [ada, ben]) {
  await db.sql('insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) select $1, unnest($2::uuid[]), $3', [
    acme,
    all.filter((_, i) => i % 2),
    person.profile,
  ]);
}

/**
 * Runs random operations until all sessions together have done OPERATIONS. `done` counts them by
 * name.
 */
async function work(session, seed, operationsOf, done) {
  const random = new Random(seed);
  const operations = Object.entries(operationsOf(session, random));
  while (Object.values(done).reduce((sum, n) => sum + n, 0) < OPERATIONS) {
    const [name, operation] = random.pick(operations);
    done[name] = (done[name] ?? 0) + 1;
    await operation();
  }
}

const comment = (session, ticket, isInternal) =>
  session.query('select helpdesk.add_comment($1, $2, $3)', [ticket, 'Words', isInternal]);
const attach = (session, ticket, isInternal) =>
  session.query(`select helpdesk.add_attachment($1, 'a.txt', 'text/plain', 1, gen_random_uuid()::text, $2)`, [
    ticket,
    isInternal,
  ]);

const asCustomer = (customer) => (session, random) => {
  const mine = () => random.pick(tickets[customer.name]);
  return {
    'customer comments': () => comment(session, mine(), false),
    'customer comments through the table': () =>
      session.query(`insert into helpdesk.ticket_comments (org_id, ticket_id, content) values ($1, $2, 'Words')`, [acme, mine()]),
    'customer attaches': () => attach(session, mine(), false),
    'customer reads': () => session.query('select helpdesk.mark_notifications_read()'),
  };
};

const asAgent = (session, random) => {
  const some = () => [random.pick(all), random.pick(all), random.pick(all)];
  const bulk = (changes) => session.query('select helpdesk.update_tickets($1, $2)', [some(), changes]);
  return {
    'agent comments': () => comment(session, random.pick(all), false),
    'agent comments internally': () => comment(session, random.pick(all), true),
    'agent attaches': () => attach(session, random.pick(all), random.pick([true, false])),
    'agent detaches': () =>
      session.query('delete from helpdesk.ticket_attachments where ticket_id = $1 and is_internal = $2', [
        random.pick(all),
        random.pick([true, false]),
      ]),
    'agent assigns': () => updateTicket(session, random.pick(all), { assignedTo: random.pick([ada, ben]).profile }),
    'agent moves': () => updateTicket(session, random.pick(all), { stageId: random.pick(stages) }),
    'agent moves through the table': () =>
      session.query('update helpdesk.tickets set current_stage_id = $2 where id = $1', [random.pick(all), random.pick(stages)]),
    'agent retitles': () => updateTicket(session, random.pick(all), { title: `Title ${random.pick('abcdef')}` }),
    'agent moves several': () => bulk({ stageId: random.pick(stages) }),
    'agent gives several back': () => bulk({ assignedTo: null, title: `Together ${random.pick('abcdef')}` }),
    'agent claims': () => session.query('select helpdesk.claim_next_ticket($1)', [acme]),
  };
};

const asDba = (session, random) => ({
  'DBA deletes comments': () =>
    session.query(
      `delete from helpdesk.ticket_comments
        where id in (select id from helpdesk.ticket_comments where ticket_id = $1 order by id limit 2)`,
      [random.pick(all)],
    ),
  'DBA deletes an attachment': () =>
    session.query(
      `delete from helpdesk.ticket_attachments
        where id = (select id from helpdesk.ticket_attachments where ticket_id = $1 order by id limit 1)`,
      [random.pick(all)],
    ),
  'DBA comments for a customer': () =>
    session.query(
      `insert into helpdesk.ticket_comments (org_id, ticket_id, content, is_internal, created_by) values ($1, $2, 'x', $3, $4)`,
      [acme, random.pick(all), random.pick([true, false]), alice.profile],
    ),
  'DBA cleans up': () => session.query('select helpdesk.cleanup_old_notifications()'),
});

test('10,000 mixed operations by 8 sessions on 40 tickets: no deadlock, correct counts and histories', async () => {
  const workers = [
    [await db.signIn(alice), asCustomer(alice)],
    [await db.signIn(dave), asCustomer(dave)],
    [await db.signIn(ada), asAgent],
    [await db.signIn(ada), asAgent],
    [await db.signIn(ben), asAgent],
    [await db.signIn(ben), asAgent],
    [await db.connect(), asDba],
    [await db.connect(), asDba],
  ];
  const done = {};
  let isOver = false;
  const pauses = pauseProcesses(
    workers.map(([session]) => session.processID),
    () => isOver,
  );
  await Promise.all(workers.map(([session, operations], i) => work(session, i + 1, operations, done))).finally(() => {
    isOver = true;
  });
  await pauses;
  await Promise.all(workers.map(([session]) => db.disconnect(session)));

  assert.equal(await deadlocks(db), 0);
  assert.equal(Object.keys(done).length, 19, 'every kind of operation was run');
  assert.deepEqual(await wrongCounts(db, all), []);
  assert.deepEqual(await brokenHistories(db, all), []);
  for (const table of ['ticket_comments', 'ticket_attachments', 'notifications']) {
    assert.ok((await db.value(`select count(*)::int from helpdesk.${table}`)) > 20, `something is left in ${table}`);
  }
});
