// The numbers of tickets that many sessions open at the same time: each is given once, and tickets
// appear in the order of their numbers.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { brokenHistories } from '../support/consistency.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { createTwoOrganizations, openTicket, updateTicket } from '../support/organizations.js';
import { Random } from '../support/random.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, ada, ben, alice, dave, mallory } = await createTwoOrganizations(db);

const numbersOf = async (...tickets) => {
  const rows = await db.sql('select number::int from helpdesk.tickets where id = any ($1) order by number', [tickets]);
  return rows.map(({ number }) => number);
};
const lastNumber = () => db.value('select coalesce(max(number), 0)::int from helpdesk.tickets where org_id = $1', [acme]);
const INSERT = 'insert into helpdesk.tickets (org_id, title, created_by) values ($1, $2, $3) returning number::int';
/** Opens a ticket by a statement on the table. Returns its number, also before the commit. */
const insertTicket = async (session, title) => (await session.query(INSERT, [acme, title, ada.profile])).rows[0].number;

/** Sessions of Ada's, each in a transaction. */
async function transactions(count, isolation = 'read committed') {
  const sessions = await Promise.all(Array.from({ length: count }, () => db.signIn(ada)));
  for (const session of sessions) await session.query(`begin isolation level ${isolation}`);
  return sessions;
}

const disconnect = (...sessions) => Promise.all(sessions.map((session) => db.disconnect(session)));

test('while a ticket is not committed, others are written, and commit after it in the order of their numbers', async () => {
  const before = await lastNumber();
  const [first] = await transactions(1);
  const ticket = await openTicket(first, acme, 'First');
  const later = await Promise.all([alice, dave, ben].map((person) => db.signIn(person)));
  const waiting = [];
  for (const session of later) {
    waiting.push(openTicket(session, acme, 'Later'));
    await db.waitUntilBlocked(session);
  }
  const written = await db.sql(
    `select distinct relation::regclass::text as table from pg_locks
      where pid = any ($1) and mode = 'RowExclusiveLock' and relation::regclass::text in (
        'helpdesk.tickets', 'helpdesk.ticket_history', 'helpdesk.notifications', 'helpdesk.search_documents') order by 1`,
    [later.map(({ processID }) => processID)],
  );
  assert.equal(written.length, 4);
  assert.equal(await lastNumber(), before);
  await first.query('commit');
  const tickets = [ticket, ...(await Promise.all(waiting))];
  assert.deepEqual(
    await numbersOf(...tickets),
    [1, 2, 3, 4].map((n) => before + n),
  );
  assert.deepEqual(await brokenHistories(db, tickets), []);
  assert.deepEqual(await db.sql('select * from helpdesk.verify_derived_data()'), []);
  await disconnect(first, ...later);
});

test('a reader never sees a number appear below one that was there', async () => {
  const random = new Random(21);
  let isWriting = true;
  const rolledBack = [];
  const writers = Array.from({ length: 6 }, async () => {
    const session = await db.signIn(random.pick([ada, ben, alice]));
    for (let n = 0; n < 25; n++) {
      const isPlain = random.chance(33);
      if (!isPlain) await session.query('begin');
      await openTicket(session, acme, 'Read meanwhile');
      if (!isPlain && random.chance(50)) await session.query('select pg_sleep(0.003)');
      if (!isPlain) {
        const fails = random.chance(25);
        rolledBack.push(fails);
        await session.query(fails ? 'rollback' : 'commit');
      }
    }
    await db.disconnect(session);
  });
  const reader = await db.connect();
  const read = (async () => {
    let last = 0;
    let seen = 0;
    while (isWriting) {
      const { rows } = await reader.query(
        'select count(*)::int as count, count(*) filter (where number <= $2)::int as known, max(number)::int as last from helpdesk.tickets where org_id = $1',
        [acme, last],
      );
      assert.equal(rows[0].known, seen, `a ticket has appeared below ${last}`);
      [seen, last] = [rows[0].count, rows[0].last];
    }
  })();
  try {
    await Promise.all(writers);
  } finally {
    isWriting = false;
  }
  await read;
  assert.ok(rolledBack.includes(true) && rolledBack.includes(false));
  await db.disconnect(reader);
});

test('a gap is left only by a transaction that fails while others have taken later numbers', async () => {
  const before = await lastNumber();
  const [first, alone] = await transactions(2);
  await openTicket(first, acme, 'Rolled back');
  const second = await db.signIn(alice);
  const waiting = openTicket(second, acme, 'Took the next number');
  await db.waitUntilBlocked(second);
  await first.query('rollback');
  assert.deepEqual(await numbersOf(await waiting), [before + 2]);
  await openTicket(alone, acme, 'Rolled back alone');
  await alone.query('rollback');
  assert.deepEqual(await numbersOf(await openTicket(second, acme, 'Next')), [before + 3]);
  await disconnect(first, second, alone);
});

test('a transaction that opens several tickets between those of others does not deadlock', async () => {
  const [a, b, c] = await transactions(3);
  const before = await lastNumber();
  const numbers = [];
  for (const session of [a, b, a, c, b, a]) numbers.push(await insertTicket(session, 'In turn'));
  assert.deepEqual(
    numbers,
    [1, 2, 3, 4, 5, 6].map((n) => before + n),
  );
  const committing = [c, b].map((session) => session.query('commit'));
  await db.waitUntilBlocked(c, b);
  await a.query('commit');
  await Promise.all(committing);
  assert.equal(await lastNumber(), before + 6);
  await disconnect(a, b, c);
});

test('a later transaction commits first if the earlier one waits for it', async () => {
  await db.sql(`create table public.customers (id int primary key, tickets int not null); insert into customers values (1, 0);
                grant select, update on customers to authenticated`);
  const [first, second] = await transactions(2);
  const count = (session) => session.query('update customers set tickets = tickets + 1 where id = 1');
  await openTicket(first, acme, 'Earlier');
  await openTicket(second, acme, 'Later');
  await count(second);
  const committing = second.query('commit');
  await db.waitUntilBlocked(second);
  await count(first);
  await committing;
  await first.query('commit');
  assert.equal(await db.value('select tickets from customers'), 2);
  await disconnect(first, second);
});

test("with a user's trigger that changes a row of all tickets, 8 sessions open 200 tickets without an error", async () => {
  await db.sql(`
    create function public.count_ticket() returns trigger language plpgsql security definer as $$ begin
      perform pg_sleep(random() * 0.002);
      update public.customers set tickets = tickets + 1 where id = 1;
      return null;
    end $$;
    update customers set tickets = 0;
    create trigger zz_count_ticket after insert on helpdesk.tickets for each row execute function public.count_ticket()`);
  const sessions = await Promise.all(Array.from({ length: 8 }, () => db.signIn(alice)));
  await Promise.all(
    sessions.map(async (session) => {
      for (let n = 0; n < 25; n++) await openTicket(session, acme, 'Counted');
    }),
  );
  assert.equal(await db.value('select tickets from customers'), 200);
  await db.sql('drop function public.count_ticket() cascade');
  await disconnect(...sessions);
});

test('lock_timeout and statement_timeout limit how long a commit waits, and the ticket is rolled back', async () => {
  const [first] = await transactions(1);
  await openTicket(first, acme, 'Takes its time');
  const second = await db.signIn(alice);
  await second.query(`set lock_timeout = '50ms'`);
  await expectError('55P03', openTicket(second, acme, 'Cannot wait'));
  await second.query(`reset lock_timeout; set statement_timeout = '60ms'`);
  await expectError('55P03', openTicket(second, acme, 'Cannot wait'));
  await second.query(`set statement_timeout = '30s'`);
  const waiting = expectError('57014', openTicket(second, acme, 'Is canceled'));
  await db.waitUntilBlocked(second);
  await db.sql('select pg_cancel_backend($1)', [second.processID]);
  await waiting;
  await first.query('commit');
  assert.equal(await db.value(`select count(*)::int from helpdesk.tickets where title in ('Cannot wait', 'Is canceled')`), 0);
  await openTicket(second, acme, 'Works again');
  await disconnect(first, second);
});

test('repeatable read: transactions open tickets beside each other', async () => {
  const sessions = await transactions(3, 'repeatable read');
  for (const session of sessions) await session.query('select count(*) from helpdesk.tickets');
  const numbers = [];
  for (const session of sessions) numbers.push(await insertTicket(session, 'On an old snapshot'));
  assert.equal(new Set(numbers).size, 3);
  for (const session of sessions) await session.query('commit');
  await disconnect(...sessions);
});

test('the number of a deleted ticket is not given again, not even to a transaction that has begun before', async () => {
  const [old] = await transactions(1, 'repeatable read');
  await old.query('select count(*) from helpdesk.tickets');
  const session = await db.signIn(ada);
  const numbers = [];
  for (let n = 0; n < 3; n++) numbers.push(await insertTicket(session, 'To be deleted'));
  const deleter = await db.connect();
  await deleter.query('begin');
  await deleter.query(`delete from helpdesk.tickets where title = 'To be deleted'`);
  const [beside] = await transactions(1);
  assert.equal(await insertTicket(beside, 'Beside the deletion'), numbers[2] + 1);
  await beside.query('rollback');
  await deleter.query('commit');
  await db.sql('vacuum helpdesk.tickets');
  assert.equal(await insertTicket(old, 'Of an old snapshot'), numbers[2] + 1);
  await old.query('commit');
  await db.sql(`delete from helpdesk.tickets where org_id = $1 and number >= $2`, [acme, numbers[0]]);
  await db.sql('vacuum helpdesk.tickets');
  assert.equal(await insertTicket(session, 'After all of it'), numbers[2] + 2);
  await disconnect(old, session, deleter, beside);
});

test('a rolled-back deletion, and a rolled-back number of another help desk, change nothing', async () => {
  const last = await lastNumber();
  const dba = await db.connect();
  await dba.query('begin');
  await dba.query('delete from helpdesk.tickets where org_id = $1 and number = $2', [acme, last]);
  await dba.query('rollback');
  await dba.query('begin');
  await dba.query(
    'insert into helpdesk.tickets (org_id, number, title, created_by, created_at) values ($1, 1000000000000, $2, $3, $4)',
    [acme, 'The highest there may be', ada.profile, '2024-01-01'],
  );
  await dba.query('rollback');
  const session = await db.signIn(ada);
  assert.equal(await insertTicket(session, 'Next'), last + 1);
  await disconnect(dba, session);
});

test('while the last tickets change in many sessions, new ones get numbers', async () => {
  const changers = await Promise.all(Array.from({ length: 3 }, () => db.signIn(ben)));
  const openers = await Promise.all(Array.from({ length: 3 }, () => db.signIn(alice)));
  let isOpening = true;
  const changing = changers.map(async (session, i) => {
    for (let n = 0; isOpening; n++) {
      const { rows } = await session.query('select id from helpdesk.tickets where org_id = $1 order by number desc limit 1', [
        acme,
      ]);
      await updateTicket(session, rows[0].id, { title: `Changed by ${i}, ${n}` });
    }
  });
  try {
    await Promise.all(
      openers.map(async (session) => {
        for (let n = 0; n < 60; n++) await openTicket(session, acme, 'Changed at once');
      }),
    );
  } finally {
    isOpening = false;
  }
  await Promise.all(changing);
  await disconnect(...changers, ...openers);
});

test('a ticket after a savepoint that is rolled back waits for those with lower numbers', async () => {
  const [first, second] = await transactions(2);
  await first.query('savepoint s');
  const number = await insertTicket(first, 'Given up');
  await first.query('rollback to s');
  assert.equal(await insertTicket(second, 'Takes it'), number);
  assert.equal(await insertTicket(first, 'Next'), number + 1);
  const committing = first.query('commit');
  await db.waitUntilBlocked(first);
  await second.query('commit');
  await committing;
  await disconnect(first, second);
});

test('nobody continues after a number of another help desk that is not committed', async () => {
  const before = await lastNumber();
  const dba = await db.connect();
  await dba.query('begin');
  await dba.query(
    'insert into helpdesk.tickets (org_id, number, title, created_by, created_at) values ($1, 1000000000000, $2, $3, $4)',
    [acme, 'The highest there may be', ada.profile, '2024-01-01'],
  );
  const session = await db.signIn(ada);
  const opening = openTicket(session, acme, 'Waits');
  await db.waitUntilBlocked(session);
  await dba.query('rollback');
  assert.deepEqual(await numbersOf(await opening), [before + 1]);
  await disconnect(dba, session);
});

test('two deletions of tickets that are not the last do not wait for each other', async () => {
  const session = await db.signIn(ada);
  const tickets = [];
  for (let n = 0; n < 3; n++) tickets.push(await openTicket(session, acme, 'One of three'));
  await db.sql('delete from helpdesk.tickets where id = $1', [tickets[2]]);
  const [a, b] = [await db.connect(), await db.connect()];
  for (const [dba, ticket] of [
    [a, tickets[0]],
    [b, tickets[1]],
  ]) {
    await dba.query(`set lock_timeout = '5s'; begin`);
    await dba.query('delete from helpdesk.tickets where id = $1', [ticket]);
  }
  await Promise.all([a, b].map((dba) => dba.query('commit')));
  await disconnect(session, a, b);
});

test('a savepoint that is rolled back gives its number back', async () => {
  const [session] = await transactions(1);
  const first = await insertTicket(session, 'Kept');
  await session.query('savepoint s');
  assert.equal(await insertTicket(session, 'Given up'), first + 1);
  await session.query('rollback to s');
  assert.equal(await insertTicket(session, 'Instead'), first + 1);
  await session.query('commit');
  await disconnect(session);
});

test("a ticket that a user's trigger opens after the number is taken, and before the row is there, gets the next one", async () => {
  await db.sql(`
    create function public.follow() returns trigger language plpgsql as $$ begin
      if new.title <> 'Follows' then
        insert into helpdesk.tickets (org_id, title, created_by)
        values ('${globex}', 'Follows', '${mallory.profile}'), (new.org_id, 'Follows', new.created_by);
      end if;
      return new;
    end $$;
    create trigger zz_follow before insert on helpdesk.tickets for each row execute function public.follow()`);
  const before = await lastNumber();
  const rows = await db.sql(
    `insert into helpdesk.tickets (org_id, title, created_by) select $1, 'Leads', $2 from generate_series(1, 3) returning number::int`,
    [acme, ada.profile],
  );
  assert.deepEqual(
    rows.map(({ number }) => number),
    [1, 3, 5].map((n) => before + n),
  );
  assert.equal(await lastNumber(), before + 6);
  await db.sql('drop function public.follow() cascade');
});

test('an import waits for tickets with lower numbers, and lets their transactions open more', async () => {
  const before = await lastNumber();
  const [open] = await transactions(1);
  await insertTicket(open, 'Before the import');
  const importer = await db.signIn(ada);
  const rows = [1, 2].map((n) => ({
    externalId: `numbers-${n}`,
    title: 'Imported',
    requester: { email: alice.email, name: 'Alice' },
    createdAt: '2024-03-01T09:00:00Z',
  }));
  const importing = importer.query('select helpdesk.import_tickets($1, $2)', [acme, JSON.stringify(rows)]);
  await db.waitUntilBlocked(importer);
  assert.equal(await insertTicket(open, 'Meanwhile'), before + 4);
  await db.waitUntilBlocked(importer);
  assert.equal(await lastNumber(), before);
  await open.query('commit');
  await importing;
  assert.equal(await lastNumber(), before + 4);
  await disconnect(open, importer);
});

test('an import that is prepared does not keep others from opening tickets', async () => {
  const importer = await db.signIn(ada);
  await importer.query('begin');
  const row = {
    externalId: 'prepared-1',
    title: 'Imported',
    requester: { email: alice.email, name: 'Alice' },
    createdAt: '2024-03-01T09:00:00Z',
  };
  await importer.query('select helpdesk.import_tickets($1, $2)', [acme, JSON.stringify([row])]);
  await importer.query(`prepare transaction 'import'`);
  const [other] = await transactions(1);
  await other.query(`set lock_timeout = '5s'`);
  await insertTicket(other, 'Beside it');
  await other.query('rollback');
  await db.sql(`commit prepared 'import'`);
  await disconnect(importer, other);
});

test('a prepared transaction waits and is waited for', async () => {
  const [first, second] = await transactions(2);
  await openTicket(first, acme, 'Is prepared');
  await openTicket(second, acme, 'Is prepared after it');
  await first.query(`prepare transaction 'first'`);
  const preparing = second.query(`prepare transaction 'second'`);
  await db.waitUntilBlocked(second);
  const dba = await db.connect();
  await dba.query(`commit prepared 'first'`);
  await preparing;
  await dba.query(`commit prepared 'second'`);
  assert.equal(await db.value(`select count(*)::int from helpdesk.tickets where title like 'Is prepared%'`), 2);
  await disconnect(first, second, dba);
});

test('an index that is built again while tickets are opened', async () => {
  const sessions = await Promise.all(Array.from({ length: 3 }, () => db.signIn(alice)));
  let isBuilding = true;
  const opening = sessions.map(async (session) => {
    while (isBuilding) await openTicket(session, acme, 'While the index is built');
  });
  try {
    for (let n = 0; n < 3; n++) await db.sql('reindex index concurrently helpdesk.tickets_org_id_number_key');
  } finally {
    isBuilding = false;
  }
  await Promise.all(opening);
  await disconnect(...sessions);
});
