// Many sessions opening tickets at the same time.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { brokenHistories, wrongCounts } from '../support/consistency.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { createTwoOrganizations, openTicket, stagesOf } from '../support/organizations.js';

const SESSIONS = 8;
const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, ada, ben, alice, dave, mallory } = await createTwoOrganizations(db);

/** Sessions of members of Acme, alternating between customers and staff. */
function sessions(count = SESSIONS) {
  const people = [alice, dave, ben, ada];
  return Promise.all(Array.from({ length: count }, (_, i) => db.signIn(people[i % people.length])));
}

const ticketsTitled = (title) => db.value('select count(*)::int from helpdesk.tickets where title = $1', [title]);

test('8 sessions opening 25 tickets each get the numbers 1 to 200 without a deadlock', async () => {
  await Promise.all(
    (await sessions()).map(async (session, i) => {
      for (let n = 0; n < 25; n++) await openTicket(session, acme, `Ticket ${i}.${n}`);
    }),
  );
  const rows = await db.sql('select number::int from helpdesk.tickets where org_id = $1 order by number', [acme]);
  assert.deepEqual(
    rows.map(({ number }) => number),
    Array.from({ length: 200 }, (_, i) => i + 1),
  );
});

test('organizations do not wait for each other', async () => {
  const [inAcme, inGlobex] = [await db.signIn(alice), await db.signIn(mallory)];
  await inAcme.query('begin');
  await openTicket(inAcme, acme, 'Not yet committed');
  await inGlobex.query(`set lock_timeout = '5s'`);
  await openTicket(inGlobex, globex, 'Does not wait');
  await inAcme.query('rollback');
});

test('the language of the organization is locked before a number is taken, on every path', async () => {
  const first = await db.signIn(ada);
  await first.query('begin');
  await openTicket(first, acme, 'Has the number');
  const insert = 'insert into helpdesk.tickets (org_id, title, created_by) values ($1, $2, $3)';
  const row = [
    { externalId: 'a-1', title: 'Imported', requester: { email: alice.email, name: 'Alice' }, createdAt: '2024-03-01T09:00:00Z' },
  ];
  const waiting = await Promise.all(
    [
      [insert, [acme, 'Inserted', ada.profile]],
      ['select helpdesk.create_ticket($1, $2)', [acme, 'Opened']],
      ['select helpdesk.import_tickets($1, $2)', [acme, JSON.stringify(row)]],
    ].map(async ([text, args]) => {
      const session = await db.signIn(ada);
      return { session, done: session.query(text, args) };
    }),
  );
  const sessions = waiting.map(({ session }) => session);
  try {
    await db.waitUntilBlocked(...sessions);
    const locked = await db.sql(
      `select pid from pg_locks where pid = any ($1) and locktype = 'advisory' and classid = 7315007 and granted`,
      [sessions.map(({ processID }) => processID)],
    );
    assert.equal(locked.length, sessions.length);
  } finally {
    await first.query('commit');
    await Promise.all(waiting.map(({ done }) => done));
  }
});

test('above READ COMMITTED, who waits for the organization has not taken a number yet', async () => {
  const [first, second] = [await db.signIn(ada), await db.signIn(ada)];
  await first.query('begin');
  await first.query('update helpdesk.organizations set name = name where id = $1', [acme]);
  await second.query('begin isolation level repeatable read');
  const refused = expectError(
    '40001',
    second.query('insert into helpdesk.tickets (org_id, title, created_by) values ($1, $2, $3)', [acme, 'Waits', ada.profile]),
  );
  await db.waitUntilBlocked(second);
  await openTicket(first, acme, 'Gets the number');
  await first.query('commit');
  await refused;
  await second.query('rollback');
});

/** Does something while there are triggers. */
async function withTriggers(body, triggers, work) {
  await db.sql(
    `create function public.interfere() returns trigger language plpgsql as $$ begin ${body} return new; end $$; ${triggers}`,
  );
  try {
    return await work();
  } finally {
    await db.sql('drop function public.interfere() cascade');
  }
}

/** What belongs to a ticket agrees with it. */
async function expectComplete(tickets) {
  assert.deepEqual(await brokenHistories(db, tickets), []);
  assert.deepEqual(await db.sql('select * from helpdesk.verify_derived_data()'), []);
  for (const [table, column] of [
    ['ticket_history', 'ticket_id'],
    ['search_documents', 'document_id'],
  ]) {
    const count = await db.value(`select count(*)::int from helpdesk.${table} where ${column} = any ($1)`, [tickets]);
    assert.equal(count, tickets.length, table);
  }
}

const stages = await stagesOf(db, acme);
const RESOLVED = `new.current_stage_id := '${stages.Resolved}';`;
const YESTERDAY = `new.created_at := now() - interval '1 day'; new.stage_entered_at := new.created_at; new.updated_at := new.created_at;`;
/** What was counted while only this ticket was opened. */
const countedSince = (before) =>
  db.value(
    'select array_agg(d.metric order by d.metric) from helpdesk.ticket_stat_deltas d where d.org_id = $1 and not d.id = any ($2)',
    [acme, before],
  );
const deltas = () => db.value(`select coalesce(array_agg(id), '{}') from helpdesk.ticket_stat_deltas`);

for (const [name, place, more, counted] of [
  ['a_interfere', 'before', '', ['opened']],
  ['a_interfere', 'before', RESOLVED, ['created', 'resolution', 'resolved', 'stage']],
  ['a_interfere', 'before', YESTERDAY, ['opened']],
  ['z_interfere', 'after', '', ['opened']],
]) {
  test(`a user's trigger ${place} ours changes a new ticket (${more}), and what belongs to it agrees`, async () => {
    const session = await db.signIn(alice);
    const before = await deltas();
    const ticket = await withTriggers(
      `new.title := 'Stamped ' || new.title; new.priority := 'urgent'; ${more}`,
      `create trigger ${name} before insert on helpdesk.tickets for each row execute function public.interfere()`,
      () => openTicket(session, acme, `by ${name}`),
    );
    await expectComplete([ticket]);
    assert.deepEqual(await countedSince(before), counted);
    const query = 'select count(*)::int from helpdesk.search_documents where document_id = $1 and lexemes::text like $2';
    assert.equal(await db.value(query, [ticket, '%stamped%']), 1);
  });
}

test("a ticket that a user's trigger opens beside a new one is complete, too", async () => {
  const session = await db.signIn(alice);
  await withTriggers(
    `if new.title not like 'Follows%' then
       insert into helpdesk.tickets (org_id, id, title, created_by)
       values (new.org_id, md5(new.id::text)::uuid, 'Follows in a table', new.created_by) on conflict do nothing;
       perform helpdesk.create_ticket(new.org_id, 'Follows in a call');
     end if;`,
    `create trigger a_follow before insert on helpdesk.tickets for each row execute function public.interfere();
     create trigger z_follow after insert on helpdesk.tickets for each row execute function public.interfere()`,
    () => openTicket(session, acme, 'Leads'),
  );
  const rows = await db.sql(`select id from helpdesk.tickets where title = 'Leads' or title like 'Follows%'`);
  assert.equal(rows.length, 4);
  await expectComplete(rows.map(({ id }) => id));
});

test("a user's trigger on the history may call our functions", async () => {
  const session = await db.signIn(alice);
  const other = await openTicket(session, acme, 'Told of others');
  await withTriggers(
    `if new.title = 'Told' then
       perform helpdesk.add_comment('${other}', 'Another one');
       perform helpdesk.create_ticket(new.org_id, 'Opened by its history');
     end if;`,
    'create trigger a_tell before insert on helpdesk.ticket_history for each row execute function public.interfere()',
    () => openTicket(session, acme, 'Told'),
  );
  const rows = await db.sql(`select id from helpdesk.tickets where title in ('Told', 'Opened by its history')`);
  assert.equal(rows.length, 2);
  await expectComplete(rows.map(({ id }) => id));
  assert.deepEqual(await wrongCounts(db, [other]), []);
});

// All sessions are Alice's, because an idempotency key belongs to one person.
const ofAlice = (count = SESSIONS) => Promise.all(Array.from({ length: count }, () => db.signIn(alice)));

test('one idempotency key in 8 sessions creates one ticket, whose id all receive', async () => {
  const open = (session) => openTicket(session, acme, 'Double click', { key: 'double-click' });
  const [first, ...others] = await ofAlice();
  await first.query('begin');
  const id = await open(first);
  const waiting = others.map(open);
  await db.waitUntilBlocked(...others);
  await first.query('commit');
  assert.deepEqual(
    await Promise.all(waiting),
    others.map(() => id),
  );
  assert.equal(await ticketsTitled('Double click'), 1);
});

test('one idempotency key in 8 racing sessions creates one ticket, 20 times', async () => {
  const all = await ofAlice();
  for (let round = 0; round < 20; round++) {
    const title = `Race ${round}`;
    const ids = await Promise.all(all.map((session) => openTicket(session, acme, title, { key: title })));
    assert.equal(new Set(ids).size, 1);
    assert.equal(await ticketsTitled(title), 1);
  }
});

test('if the first session with a key rolls back, exactly one other creates the ticket', async () => {
  const open = (session) => openTicket(session, acme, 'Second chance', { key: 'second-chance' });
  const [first, ...others] = await ofAlice();
  await first.query('begin');
  const lost = await open(first);
  const waiting = others.map(open);
  await db.waitUntilBlocked(...others);
  await first.query('rollback');
  const ids = new Set(await Promise.all(waiting));
  assert.equal(ids.size, 1);
  assert.ok(!ids.has(lost));
  assert.equal(await ticketsTitled('Second chance'), 1);
});

test('a key reused for another request fails with 23505, even before the first one commits', async () => {
  const [first, second] = await ofAlice(2);
  await first.query('begin');
  await openTicket(first, acme, 'One thing', { key: 'mixed-up' });
  const waiting = expectError('23505', openTicket(second, acme, 'Another thing', { key: 'mixed-up' }));
  await db.waitUntilBlocked(second);
  await first.query('commit');
  assert.match((await waiting).message, /p_idempotency_key/);
  assert.equal(await ticketsTitled('Another thing'), 0);
});

test('the same key of two people creates two tickets', async () => {
  const [ofAliceToo, ofDave] = [await db.signIn(alice), await db.signIn(dave)];
  const ids = await Promise.all([ofAliceToo, ofDave].map((s) => openTicket(s, acme, 'Same key', { key: 'theirs' })));
  assert.notEqual(ids[0], ids[1]);
});
