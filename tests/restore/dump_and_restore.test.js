// A restored dump is complete: the objects of helpdesk, all rows, and what the database owner
// added.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { wrongCounts } from '../support/consistency.js';
import { createAuthenticatorRole, createEmptyDatabase, createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { fillEveryTable, ownerAdditionsIn } from '../support/full_database.js';
import { openTicket, stagesOf, updateTicket } from '../support/organizations.js';
import { memberKinds, privilegesIn, psql, rowsOf, shapeOf, tool, withTemporaryFile } from '../support/postgres_tools.js';
import { startPrivateServer } from '../support/private_server.js';

const original = await createHelpdeskDatabase();
after(() => original.drop());
const fixture = await fillEveryTable(original);
const before = await snapshotOf(original);

async function snapshotOf(db) {
  return {
    rows: await rowsOf(db),
    shape: await shapeOf(db),
    privileges: await privilegesIn(db, 'helpdesk', 'auth', 'public'),
    additions: await ownerAdditionsIn(db),
    members: await memberKinds(db),
  };
}

test('the fixture has rows in every table', () => {
  const empty = Object.entries(before.rows).filter(([, rows]) => rows.length === 0);
  assert.deepEqual(
    empty.map(([table]) => table),
    [],
  );
  assert.equal(before.additions.length, 8);
  assert.deepEqual(before.members, ['pg_proc', 'pg_type']);
});

/** The ways of dumping and restoring. Every tool must succeed and write nothing to stderr. */
const ways = {
  'pg_dump | psql': async (file, to) => {
    await tool('pg_dump', '-f', file, original.name);
    await psql(to, file);
  },
  'pg_dump | psql --single-transaction': async (file, to) => {
    await tool('pg_dump', '-f', file, original.name);
    await psql(to, file, '--single-transaction');
  },
  'pg_dump --inserts | psql': async (file, to) => {
    await tool('pg_dump', '--inserts', '-f', file, original.name);
    await psql(to, file);
  },
  'pg_dump --enable-row-security --inserts | psql': async (file, to) => {
    await tool('pg_dump', '--enable-row-security', '--inserts', '-f', file, original.name);
    await psql(to, file);
  },
  'pg_dump -Fc, pg_restore -j4': async (file, to) => {
    await tool('pg_dump', '-Fc', '-f', file, original.name);
    await tool('pg_restore', '-j4', '--exit-on-error', '-d', to.name, file);
  },
  'pg_dump -Fd -j4, pg_restore -j4': async (file, to) => {
    await tool('pg_dump', '-Fd', '-j4', '-f', file, original.name);
    await tool('pg_restore', '-j4', '--exit-on-error', '-d', to.name, file);
  },
  'pg_dump --clean --if-exists | psql into an empty database': async (file, to) => {
    await tool('pg_dump', '--clean', '--if-exists', '-f', file, original.name);
    // DROP .. IF EXISTS raises notices here, but the dump sets client_min_messages to warning.
    await psql(to, file);
  },
  'pg_dump --clean --if-exists | psql over a database in use': async (file, to) => {
    await to.createExtension();
    await fillEveryTable(to);
    await to.sql(`delete from helpdesk.tickets where title = 'No coffee'`);
    await to.disconnectAll();
    await tool('pg_dump', '--clean', '--if-exists', '-f', file, original.name);
    await psql(to, file);
  },
  'pg_dump -Fc, pg_restore --clean --if-exists over a database in use': async (file, to) => {
    await to.createExtension();
    await fillEveryTable(to);
    await to.disconnectAll();
    await tool('pg_dump', '-Fc', '-f', file, original.name);
    await tool('pg_restore', '--clean', '--if-exists', '--exit-on-error', '-d', to.name, file);
  },
  'the schema first, then the data with --disable-triggers': async (file, to) => {
    await tool('pg_dump', '-Fc', '-f', file, original.name);
    await tool('pg_restore', '--schema-only', '--exit-on-error', '-d', to.name, file);
    await tool('pg_restore', '--data-only', '--disable-triggers', '--exit-on-error', '-d', to.name, file);
    // As install() does, which would also take back what the owner has granted to anon.
    for (const table of ['schema_version', 'installation_settings'])
      await to.sql(`alter table helpdesk.${table} enable always trigger ${table}_receive`);
    await to.disconnectAll();
  },
};

for (const [way, copy] of Object.entries(ways)) {
  test(`${way}: everything is restored and works`, async (t) => {
    const restored = await createEmptyDatabase();
    t.after(() => restored.drop());
    await withTemporaryFile((file) => copy(file, restored));

    const now = await snapshotOf(restored);
    assert.deepEqual(now.rows, before.rows, 'rows');
    assert.deepEqual(now.privileges, before.privileges, 'privileges');
    assert.deepEqual(now.additions, before.additions, 'additions');
    assert.deepEqual(now.members, before.members, 'members of the extension');
    assert.equal(now.shape, before.shape, 'shape');
    await assertWorks(restored);
    await assertDumpsAgain(restored);
  });
}

test('on a new server without the roles: everything is restored and works', async (t) => {
  const { PGHOST, PGPORT, PGUSER, SERVER_LOG } = process.env;
  await withTemporaryFile(async (file) => {
    await tool('pg_dump', '-f', file, original.name);
    const stop = startPrivateServer('new_server', { fsync: 'off', wal_level: 'logical' });
    t.after(() => {
      Object.assign(process.env, { PGHOST, PGPORT, PGUSER, SERVER_LOG });
      stop();
    });
    const restored = await createEmptyDatabase();
    await psql(restored, file);
    await createAuthenticatorRole();
    const now = await snapshotOf(restored);
    for (const part of ['rows', 'privileges', 'additions', 'members', 'shape']) assert.deepEqual(now[part], before[part], part);
    await assertWorks(restored);
    await restored.drop();
  });
});

async function assertWorks(db) {
  const { acme, alice, ben, mallory } = fixture;
  const lastNumber = await db.value('select max(number)::int from helpdesk.tickets where org_id = $1', [acme]);
  const ticket = await db.as(alice, (session) => openTicket(session, acme, 'After the restore'));
  await db.as(ben, (session) => updateTicket(session, ticket, { priority: 'high' }, 1));
  const [row] = await db.sql('select number::int, version from helpdesk.tickets where id = $1', [ticket]);
  assert.deepEqual(row, { number: lastNumber + 1, version: 2 });
  const revisions = await db.sql(
    'select version, changed_by from helpdesk.ticket_history where ticket_id = $1 order by version',
    [ticket],
  );
  assert.deepEqual(revisions, [
    { version: 1, changed_by: alice.profile },
    { version: 2, changed_by: ben.profile },
  ]);
  await db.as(mallory, async (stranger) => {
    for (const table of ['tickets', 'ticket_history', 'ticket_comments', 'ticket_attachments', 'org_members']) {
      const { rowCount } = await stranger.query(`select from helpdesk.${table} where org_id = $1`, [acme]);
      assert.equal(rowCount, 0, `a stranger and ${table}`);
    }
    await expectError('42501', openTicket(stranger, acme, 'x'));
  });
  await db.as(alice, async (customer) => {
    const { rows } = await customer.query('select content from helpdesk.ticket_comments');
    assert.deepEqual(rows, [{ content: 'Alice says' }], 'a customer reads no internal comment');
  });
  await expectError('42501', db.sql(`update helpdesk.ticket_history set title = 'x'`));
  await assertConversationWorks(db, ticket);
  await assertTransitions(db, ticket);
  await assertSearchWorks(db);
  await assertCounts(db);
}

/** The counts continue from where they were. */
async function assertCounts(db) {
  assert.deepEqual(await db.sql('select * from helpdesk.verify_ticket_stats()'), []);
  await db.sql('select helpdesk.refresh_ticket_stats()');
  assert.deepEqual(await db.sql('select * from helpdesk.verify_ticket_stats()'), []);
}

/** Search covers restored and new texts, and shows nothing internal or of other tenants. */
async function assertSearchWorks(db) {
  const { acme, alice, ben, mallory } = fixture;
  const found = async (person, words) => {
    const { rows } = await db.as(person, (session) => session.query('select helpdesk.search($1, $2) as page', [acme, words]));
    return rows[0].page.results.map(({ kind, title }) => `${kind} ${title}`).sort();
  };
  const printer = ['article Putting out a printer', 'ticket Printer was on fire'];
  assert.deepEqual(await found(ben, 'printer'), printer);
  assert.deepEqual(await found(alice, 'printer'), printer);
  assert.deepEqual(await found(mallory, 'printer'), printer.slice(0, 1));
  assert.deepEqual(await found(alice, 'ben says'), []);
  assert.deepEqual(await found(alice, 'restore'), ['ticket After the restore']);
}

/**
 * Counters continue from where they were, and notifications follow the restored watchers and
 * preferences.
 */
async function assertConversationWorks(db, ticket) {
  const { ada, alice, ben } = fixture;
  const all = (await db.sql('select id from helpdesk.tickets')).map(({ id }) => id);
  assert.deepEqual(await wrongCounts(db, all), []);
  const [old] = await db.sql(
    `select id, public_comment_count as count from helpdesk.tickets where title = 'Printer was on fire'`,
  );
  await db.sql('delete from helpdesk.notifications');
  for (const [author, where, isInternal] of [
    [alice, ticket, false],
    [ben, old.id, false],
    [ben, old.id, true],
  ]) {
    await db.as(author, (session) => session.query(`select helpdesk.add_comment($1, 'And', $2)`, [where, isInternal]));
  }
  assert.deepEqual(await wrongCounts(db, all), []);
  assert.equal(await db.value('select public_comment_count from helpdesk.tickets where id = $1', [old.id]), old.count + 1);
  const told = await db.sql(
    `select p.name, t.title from helpdesk.notifications n join helpdesk.profiles p on p.id = n.user_id
       join helpdesk.tickets t on t.id = n.ticket_id order by n.ticket_id <> $1, 1`,
    [old.id],
  );
  const [{ title: fresh }] = await db.sql('select title from helpdesk.tickets where id = $1', [ticket]);
  // Ada watches the old ticket, and she and Ben the queue of the new one.
  assert.deepEqual(told, [
    ...['Ada', 'Ada', 'Alice'].map((name) => ({ name, title: 'Printer was on fire' })),
    ...['Ada', 'Ben'].map((name) => ({ name, title: fresh })),
  ]);
  assert.equal(
    await db.as(ada, async (s) => (await s.query('select helpdesk.count_unread_notifications()::int as n')).rows[0].n),
    3,
  );
}

/**
 * Only the fixture's transitions are allowed, and Alice, who disabled these notifications, gets
 * none.
 */
async function assertTransitions(db, ticket) {
  const { acme, alice, ben } = fixture;
  const stages = await stagesOf(db, acme);
  await db.as(ben, async (session) => {
    const error = await expectError('42501', updateTicket(session, ticket, { stageId: stages.Resolved }));
    assert.match(error.hint, /In progress/);
    await updateTicket(session, ticket, { stageId: stages['In progress'] });
    await expectError('42501', updateTicket(session, ticket, { stageId: stages.Closed }));
  });
  const told = await db.value(
    `select count(*)::int from helpdesk.notifications where ticket_id = $1 and user_id = $2 and type = 'ticket_updated'`,
    [ticket, alice.profile],
  );
  assert.equal(told, 0);
}

/** The restored database can be dumped and restored too. */
async function assertDumpsAgain(db) {
  const again = await createEmptyDatabase();
  try {
    await withTemporaryFile(async (file) => {
      await tool('pg_dump', '-f', file, db.name);
      await psql(again, file);
    });
    assert.deepEqual(await rowsOf(again), await rowsOf(db));
  } finally {
    await again.drop();
  }
}

test('permissive default privileges in a restore: security_report() shows them, install() fixes them', async (t) => {
  const restored = await createEmptyDatabase();
  t.after(() => restored.drop());
  for (const kind of ['tables', 'sequences', 'functions']) {
    await restored.sql(`alter default privileges grant all on ${kind} to public, anon, authenticated, service_role`);
  }
  await withTemporaryFile(async (file) => {
    await tool('pg_dump', '-f', file, original.name);
    await psql(restored, file);
  });
  const report = (db) => db.sql(`select object, finding from helpdesk.security_report() where object <> 'table auth.users'`);
  assert.ok((await report(restored)).some(({ object, finding }) => object === 'table tickets' && /update to anon/.test(finding)));
  await restored.sql('grant select on helpdesk.tickets to pg_monitor');
  await restored.sql('select helpdesk.install()');
  assert.ok(
    await restored.value(`select has_table_privilege('pg_monitor', 'helpdesk.tickets', 'select')`),
    'a grant by the database owner stays',
  );
  await restored.sql('revoke select on helpdesk.tickets from pg_monitor');
  const fresh = await createHelpdeskDatabase();
  t.after(() => fresh.drop());
  assert.deepEqual(await privilegesIn(restored, 'helpdesk'), await privilegesIn(fresh, 'helpdesk'));
  const notGranted = ({ finding }) => !/^granted/.test(finding);
  assert.deepEqual(await report(restored), (await report(original)).filter(notGranted));
});
