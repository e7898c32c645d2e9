// People move to another server by logical replication while they work, as docs/operations.md
// describes: everything is there, and the counts, the numbers and the search go on.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import pg from 'pg';
import { createAuthenticatorRole, createEmptyDatabase, existingDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { createTwoOrganizations, openTicket } from '../support/organizations.js';
import { psql, withTemporaryFile } from '../support/postgres_tools.js';
import { startPrivateServer } from '../support/private_server.js';
import { report, SECONDS, SEED } from '../support/torture.js';
import { waitUntil } from '../support/wait.js';
import { Workload } from '../support/workload.js';

/** A slot for the subscription, and one for each table that is being copied: on both servers. */
const SLOTS = 100;
const SETTINGS = {
  fsync: 'off',
  wal_level: 'logical',
  max_connections: 40,
  max_replication_slots: SLOTS,
  max_wal_senders: SLOTS,
};
const KEYS = ['PGHOST', 'PGPORT', 'PGUSER', 'SERVER_LOG'];
const addressOf = () => Object.fromEntries(KEYS.map((key) => [key, process.env[key]]));

const stopGreen = startPrivateServer('green', SETTINGS);
const green = addressOf();
const stopBlue = startPrivateServer('blue', SETTINGS);
const blue = addressOf();
after(() => {
  stopBlue();
  stopGreen();
});

/** People whom a row names, but who are not there. */
const DANGLING = `
  select t.created_by from helpdesk.tickets t where not exists (select from helpdesk.profiles p where p.id = t.created_by)
  union all
  select h.changed_by from helpdesk.ticket_history h
   where h.changed_by is not null and not exists (select from helpdesk.profiles p where p.id = h.changed_by)
  union all
  select m.user_id from helpdesk.org_members m where not exists (select from helpdesk.profiles p where p.id = m.user_id)`;

/** A superuser's session on the green server. */
async function connectToGreen(database) {
  const client = new pg.Client({ host: green.PGHOST, port: Number(green.PGPORT), user: green.PGUSER, database });
  await client.connect();
  return {
    sql: async (text) => (await client.query(text)).rows,
    value: async (text) => Object.values((await client.query(text)).rows[0])[0],
    end: () => client.end(),
  };
}

/** Does something with connections to the green server. */
async function onGreen(work) {
  Object.assign(process.env, green);
  try {
    return await work();
  } finally {
    Object.assign(process.env, blue);
  }
}

/** A database on both servers, with the extension. */
async function createBoth() {
  Object.assign(process.env, blue);
  const db = await createEmptyDatabase();
  await db.createExtension();
  const server = await connectToGreen('postgres');
  await server.sql(`create database ${db.name}`);
  await server.end();
  const copy = await connectToGreen(db.name);
  await copy.sql('create extension helpdesk');
  await onGreen(createAuthenticatorRole);
  return { db, copy };
}

const subscribe = ({ db, copy }, publication = 'helpdesk_move') =>
  copy.sql(`create subscription helpdesk_move
              connection 'host=${blue.PGHOST} port=${blue.PGPORT} user=${blue.PGUSER} dbname=${db.name}'
              publication ${publication} with (slot_name = '${db.name}')`);

const waitUntilCopied = (copy) =>
  waitUntil('all tables are copied', () =>
    copy.value(`select not exists (select from pg_subscription_rel where srsubstate <> 'r')`),
  );

/** The errors that the workers of the subscription have had. */
const failures = (copy) =>
  copy.value('select coalesce(sum(apply_error_count + sync_error_count), 0)::int from pg_stat_subscription_stats');

const waitUntilReplayed = async (db) => {
  const end = await db.value('select pg_current_wal_lsn()::text');
  await waitUntil('everything has arrived', () =>
    db.value(
      `select exists (select from pg_stat_replication r join pg_replication_slots s on s.active_pid = r.pid
                       where s.slot_name = $1 and r.replay_lsn >= $2::pg_lsn)`,
      [db.name, end],
    ),
  );
};

test(`people move to another server while they work (TORTURE_SEED=${SEED})`, async () => {
  const both = await createBoth();
  const { db, copy } = both;
  const workload = await Workload.create(db);
  await db.sql(`update helpdesk.installation_settings set who_may_found_organizations = 'administrators'`);
  let isOver = false;
  const working = workload.run(SEED, () => isOver);
  await waitUntil('people have worked', () => workload.total > 50);
  await db.sql('create publication helpdesk_move for tables in schema helpdesk, table auth.users');
  await subscribe(both);
  await waitUntilCopied(copy);

  // What arrives would conflict with a rebuild.
  for (const call of ['rebuild_ticket_stats', 'rebuild_search_index', 'start_search_rebuild', 'rebuild_derived_data'])
    assert.equal((await expectError('55000', copy.sql(`select helpdesk.${call}()`))).detail, 'is_subscribed');

  // The jobs run on both servers.
  const end = Date.now() + SECONDS * 1000;
  const copied = workload.total;
  do {
    await db.sql('select helpdesk.refresh_ticket_stats()');
    assert.equal(await copy.value('select helpdesk.refresh_ticket_stats()'), '0');
    assert.equal(await copy.value('select helpdesk.cleanup_old_notifications()'), '0');
    assert.equal(await copy.value('select helpdesk.continue_search_rebuild()'), '0');
  } while (Date.now() < end || workload.total < copied + 100);

  // Nobody writes any more.
  await db.sql(`alter database ${db.name} set default_transaction_read_only = on`);
  await db.sql(`select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = '${db.name}' and usename = 'authenticator'`);
  await waitUntilReplayed(db);
  assert.equal(await failures(copy), 0);
  await copy.sql('drop subscription helpdesk_move');
  await copy.sql('select helpdesk.install()');
  await copy.sql('analyze');
  assert.deepEqual(await copy.sql('select * from helpdesk.verify_derived_data()'), []);
  assert.deepEqual(await copy.sql('select * from helpdesk.security_report()'), []);
  assert.equal(await copy.value('select who_may_found_organizations from helpdesk.installation_settings'), 'administrators');

  // People go on where they were.
  const moved = workload.total;
  await db.disconnectAll();
  Object.assign(process.env, green);
  await endOldSessions(db);
  await waitUntil('people go on', () => workload.total > moved + 50);
  isOver = true;
  await working;
  assert.ok(Number(await db.value('select helpdesk.refresh_ticket_stats()')) > 0);
  const problems = await workload.problems();
  report('replication', { rounds: 1, workload, problems });
  assert.deepEqual(problems, []);
  assert.deepEqual(await db.sql('select * from helpdesk.verify_derived_data()'), []);
  assert.deepEqual(
    Object.keys(workload.errors).filter((code) => code !== '25006'),
    [],
  );
  const found = await db.value(
    `select count(*)::int from helpdesk.tickets t
      where not helpdesk.search(t.org_id, t.title)::text like '%' || t.id || '%'`,
  );
  assert.equal(found, 0);
  await copy.end();
  await db.drop();
});

/** Sessions that people opened on the blue server after it had become read-only. */
async function endOldSessions(db) {
  const server = new pg.Client({ host: blue.PGHOST, port: Number(blue.PGPORT), user: blue.PGUSER, database: 'postgres' });
  await server.connect();
  await server.query(`select pg_terminate_backend(pid) from pg_stat_activity
                       where datname = '${db.name}' and usename = 'authenticator'`);
  await server.end();
}

/** Copies what is published, and what people write before, while and after it is copied. */
async function copyWhilePeopleWork(both, workload, publication, publish) {
  const { db, copy } = both;
  let isOver = false;
  const working = workload.run(SEED, () => isOver);
  try {
    await waitUntil('people have worked', () => workload.total > 50);
    await publish();
    await subscribe(both, publication);
    await waitUntilCopied(copy);
    const copied = workload.total;
    await waitUntil('people go on', () => workload.total > copied + 50);
  } finally {
    isOver = true;
    await working;
  }
  await waitUntilReplayed(db);
  assert.equal(await failures(copy), 0);
}

test('an organization moves to another installation while people work in it', async () => {
  const both = await createBoth();
  const { db, copy } = both;
  const cast = await createTwoOrganizations(db);
  const workload = new Workload(db, cast);
  // The target installation already has other organizations.
  const other = existingDatabase(db.name);
  const { acme: native } = await onGreen(() => createTwoOrganizations(other, 'native.example'));

  const guide = await readFile(new URL('../../docs/scaling.md', import.meta.url), 'utf8');
  const [, script] = /```sql\n((?:(?!```).)*create publication helpdesk_organization.*?) *```/s.exec(guide);
  await copyWhilePeopleWork(both, workload, 'helpdesk_organization', () =>
    withTemporaryFile(async (file) => {
      await writeFile(file, script);
      await psql(db, file, '-v', `org_id=${cast.acme}`);
    }),
  );
  await copy.sql('drop subscription helpdesk_move');
  await copy.sql('select helpdesk.install()');
  assert.deepEqual(await copy.sql('select * from helpdesk.verify_derived_data()'), []);

  const tables = await db.sql(
    `select attrelid::regclass::text as name from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'helpdesk'::regnamespace and c.relkind = 'r' and a.attname = 'org_id'`,
  );
  const rowsIn = (where, table) => where.sql(`select t::text as row from ${table} t where org_id = '${cast.acme}' order by 1`);
  for (const { name } of tables) assert.deepEqual(await rowsIn(copy, name), await rowsIn(db, name), name);
  assert.deepEqual(
    (await copy.sql('select id from helpdesk.organizations where name = $$Globex$$')).length,
    1,
    'nothing of the other organization',
  );
  assert.deepEqual(await copy.sql(DANGLING), []);
  assert.ok((await copy.value(`select count(*)::int from helpdesk.org_members where org_id = '${native}'`)) > 0);
  for (const [table, key] of [
    ['tickets', 'org_id'],
    ['articles', 'org_id'],
    ['organizations', 'id'],
  ]) {
    await db.sql(`delete from helpdesk.${table} where ${key} = $1`, [cast.acme]);
  }

  // People go on there.
  const ticket = await onGreen(() => other.as(cast.alice, (session) => openTicket(session, cast.acme, 'In the new place')));
  const last = `select max(number)::int from helpdesk.tickets where org_id = '${cast.acme}'`;
  assert.equal(await copy.value(`select number::int from helpdesk.tickets where id = '${ticket}'`), await copy.value(last));
  await other.disconnectAll();
  Object.assign(process.env, blue);
  await copy.end();
  await db.drop();
});

test('a publication of all tables copies a database into a new installation', async () => {
  const both = await createBoth();
  const { db, copy } = both;
  const workload = await Workload.create(db);
  await copyWhilePeopleWork(both, workload, 'helpdesk_move', () => db.sql('create publication helpdesk_move for all tables'));
  for (const table of await db.sql(
    `select relname from pg_class where relnamespace = 'helpdesk'::regnamespace and relkind = 'r'`,
  )) {
    const count = `select count(*)::int as rows from helpdesk.${table.relname}`;
    assert.deepEqual(await copy.sql(count), await db.sql(count), table.relname);
  }
  await copy.sql('drop subscription helpdesk_move');
  assert.deepEqual(await copy.sql('select * from helpdesk.verify_derived_data()'), []);
  await copy.end();
  await db.drop();
});

test('no sequence has to be moved, and every table can be updated by a subscription', async () => {
  const { db, copy } = await createBoth();
  const unfit = `select c.relname from pg_class c
                  where c.relnamespace in ('helpdesk'::regnamespace, 'auth'::regnamespace)
                    and (c.relkind = 'S' or (c.relkind = 'r' and c.relreplident = 'd' and not exists (
                      select from pg_index i where i.indrelid = c.oid and i.indisprimary)))`;
  assert.deepEqual(await db.sql(unfit), []);
  await copy.end();
  await db.drop();
});
