// A session that runs out of memory, in Rust too, ends at most itself: the server and the other
// sessions go on. The memory of a session is limited while it runs, from much to little.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoOrganizations, openTicket } from '../support/organizations.js';
import { limitMemory, startPrivateServer } from '../support/private_server.js';

const MIB = 2 ** 20;
/** Beyond what the session has already. */
const LIMITS = [800, 400, 300, 200, 150, 100, 70, 50, 30, 10];

const skip = reasonToSkip();
const stop = skip ? () => {} : startPrivateServer('memory', { fsync: 'off' });
const db = skip ? null : await createHelpdeskDatabase();
after(async () => {
  await db?.drop();
  stop();
});
const { acme, alice, ben } = db ? await createTwoOrganizations(db) : {};
const witness = await db?.connect();

test('a filter of 60 MB ends no other session', { skip }, async () => {
  const filters = JSON.stringify({ search: 'x'.repeat(60_000_000) });
  const outcomes = await underEveryLimit('select helpdesk.list_org_tickets($1, $2::jsonb)', [acme, filters]);
  assert.equal(outcomes[0].code, '22023');
  for (const { code } of outcomes) assert.match(code, /^(22023|53200)$/);
});

test('a conversation of 40 MB, which is allowed, ends no other session', { skip }, async () => {
  const ticket = await db.as(alice, (session) => openTicket(session, acme, 'Long'));
  await db.sql('alter table helpdesk.ticket_comments disable trigger ticket_comments_index_text');
  await db.sql(
    `insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by)
     select $1, $2, repeat('a', 100000), $3 from generate_series(1, 400)`,
    [acme, ticket, alice.profile],
  );
  const outcomes = await underEveryLimit('select length(helpdesk.get_ticket_details($1)::text)', [ticket]);
  assert.equal(outcomes[0], 'succeeded');
  const failures = outcomes.filter((outcome) => outcome !== 'succeeded');
  assert.deepEqual([...new Set(failures.map(({ code }) => code))], ['53200']);
  // Rust could not allocate at some limit, and Postgres at another one.
  assert.ok(
    failures.some(({ severity }) => severity === 'FATAL'),
    JSON.stringify(failures.map(({ severity }) => severity)),
  );
});

/** The outcome of a statement of an agent at each limit: 'succeeded', or the error. */
async function underEveryLimit(text, values) {
  const outcomes = [];
  for (const limit of LIMITS) {
    const session = await db.signIn(ben);
    session.on('error', () => {}); // The connection ends with the session.
    await session.query('select helpdesk.my_profile_id()'); // Loads the library.
    limitMemory(session.processID, limit * MIB);
    outcomes.push(
      await session.query(text, values).then(
        () => 'succeeded',
        (error) => error,
      ),
    );
    await db.disconnect(session).catch(() => {});
    await witness.query('select 1');
  }
  return outcomes;
}

function reasonToSkip() {
  try {
    execFileSync('prlimit', ['--version']);
    return false;
  } catch {
    return 'prlimit is missing (it belongs to util-linux)';
  }
}
