// Tables belong to the user, code to the extension: DROP EXTENSION, reinstallation, tables of
// another version.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { callOf, functionsFor, sensibleArguments } from '../support/api_catalog.js';
import { inRolledBackTransaction } from '../support/attempts.js';
import { createEmptyDatabase, createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { fillEveryTable } from '../support/full_database.js';
import { openTicket, signUp } from '../support/organizations.js';
import { memberKinds, rowsOf, shapeOf } from '../support/postgres_tools.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, alice } = await fillEveryTable(db);

test('only functions and types belong to the extension', async () => {
  assert.deepEqual(await memberKinds(db), ['pg_proc', 'pg_type']);
});

test('DROP EXTENSION without CASCADE is refused and changes nothing', async () => {
  const before = [await rowsOf(db), await shapeOf(db)];
  await expectError('2BP01', db.sql('drop extension helpdesk'));
  assert.deepEqual([await rowsOf(db), await shapeOf(db)], before);
});

test('install() again changes nothing but resets the grants of anon', async () => {
  const granted = () => db.value(`select has_column_privilege('anon', 'helpdesk.workflows', 'name', 'select')`);
  assert.ok(await granted(), 'by the fixture');
  await db.sql('select helpdesk.install()');
  assert.ok(!(await granted()));
  const before = [await rowsOf(db), await shapeOf(db)];
  await db.sql('select helpdesk.install()');
  await db.sql('select helpdesk.migrate()');
  assert.deepEqual([await rowsOf(db), await shapeOf(db)], before);
});

test('install() creates the profile of a login without one', async () => {
  await db.sql('alter table auth.users disable trigger helpdesk_handle_new_user');
  const { login, profile } = await signUp(db, 'Missed');
  assert.equal(profile, undefined);
  await db.sql('alter table auth.users enable trigger helpdesk_handle_new_user');
  await db.sql('select helpdesk.install()');
  assert.deepEqual(await db.sql('select name, email, role from helpdesk.profiles where auth_id = $1', [login]), [
    { name: 'Missed', email: 'missed@example.com', role: 'customer' },
  ]);
});

test('enable_realtime() and install() add missing tables to the Supabase Realtime publication', async () => {
  const published = () =>
    db.value(
      `select array_agg(tablename::text order by tablename) from pg_publication_tables where pubname = 'supabase_realtime'`,
    );
  await expectError('55000', db.sql('select helpdesk.enable_realtime()'));
  await db.sql('create publication supabase_realtime');
  for (let i = 0; i < 2; i++) {
    await db.sql('select helpdesk.install()');
    assert.deepEqual(await published(), ['notifications', 'tickets']);
  }
});

test('only superusers can install or migrate', async () => {
  await db.as(alice, async (session) => {
    for (const name of ['install', 'migrate', 'enable_cron', 'enable_realtime']) {
      await expectError('42501', session.query(`select helpdesk.${name}()`));
    }
  });
});

/** Functions that read no table or must work with any version of the tables. */
const NEED_NO_TABLE = [
  'act_as',
  'help',
  'is_text',
  'load_library',
  'pre_request',
  'jwt_subject',
  'bypasses_row_security',
  'uuid_generate_v7',
  'security_report',
];

for (const isolation of ['read committed', 'repeatable read'])
  test(`a session that began before a migration notices it, ${isolation}`, async () => {
    await db.as(alice, async (session) => {
      const list = () => session.query('select helpdesk.list_org_tickets($1)', [acme]);
      await list();
      await session.query(`begin isolation level ${isolation}`);
      await session.query('select count(*) from pg_class');
      const superuser = await db.connect();
      // The last step of a migration.
      await superuser.query('begin; update helpdesk.schema_version set version = version + 1');
      await superuser.query('grant select on helpdesk.schema_version to authenticated; commit');
      // This transaction keeps its snapshot; the next one sees the other version.
      if (isolation === 'repeatable read') for (let i = 0; i < 3; i++) await list();
      await session.query('commit');
      await expectError('55000', list());
      await db.sql('update helpdesk.schema_version set version = version - 1');
      await list();
    });
  });

for (const [version, remedy] of [
  [99, /^Install the newer release/],
  [0, /helpdesk\.migrate\(\)/],
]) {
  test(`tables of version ${version}: every call fails with a hint; signing up still works`, async () => {
    const [{ version: right }] = await db.sql('select version from helpdesk.schema_version');
    await db.sql('update helpdesk.schema_version set version = $1', [version]);
    const expectVersionError = async (work) => {
      const error = await expectError('55000', work);
      assert.match(error.message, new RegExp(`version ${version}\\b`));
      assert.match(error.hint, remedy);
    };
    await db.as(alice, (session) => expectVersionError(session.query('select * from helpdesk.tickets')));
    const session = await db.connect();
    const unexpected = [];
    const kinds = ['ticket', 'workflow', 'invite', 'notification', 'article'];
    const known = { org: acme, customer: alice, agent: alice, ids: Object.fromEntries(kinds.map((kind) => [kind, acme])) };
    for (const [role, who] of [['anon'], ['authenticated', alice], ['service_role', { role: 'service_role', claims: {} }]]) {
      const functions = (await functionsFor(db, role)).filter(({ name }) => !NEED_NO_TABLE.includes(name));
      assert.ok(functions.length > 5);
      for (const fn of functions) {
        const args = sensibleArguments(fn, known);
        if (args.p_storage_path) args.p_storage_path = `${acme}/${acme}/plain.txt`;
        await inRolledBackTransaction(session, who, async ({ attempt }) => {
          const { error } = await attempt(...callOf(fn, args));
          const isVersionError = error?.code === '55000' && new RegExp(`version ${version}\\b`).test(error.message);
          if (!isVersionError) unexpected.push(`${role} ${fn.name}: ${error?.code} ${error?.message}`);
        });
      }
    }
    assert.deepEqual(unexpected, []);
    const superuser = await db.connect();
    for (const name of ['install', 'migrate']) await expectError('55000', superuser.query(`select helpdesk.${name}()`));
    assert.ok((await signUp(db, `Newcomer${version}`)).login);

    await db.sql('update helpdesk.schema_version set version = $1', [right]);
    await db.as(alice, (session) => openTicket(session, acme, 'Works again'));
  });
}

test('CREATE EXTENSION after DROP EXTENSION CASCADE says which column has gone', async (t) => {
  const other = await createHelpdeskDatabase();
  t.after(() => other.drop());
  await other.sql('drop extension helpdesk cascade');
  const error = await expectError('55000', other.sql('create extension helpdesk'));
  assert.equal(error.detail, 'lost_column');
  assert.match(error.message, /the column \w+\.\w+ of helpdesk is gone/);
});

test('DROP EXTENSION CASCADE keeps every row, auth.uid() and the policies that use it', async () => {
  const other = await createHelpdeskDatabase();
  try {
    const { alice } = await fillEveryTable(other);
    await other.sql(`create table public.notes (owner uuid default auth.uid()); alter table public.notes enable row level security;
                     create policy own on public.notes using (owner = auth.uid())`);
    const before = await rowsOf(other);
    await other.sql('drop extension helpdesk cascade');
    const after = await rowsOf(other);
    assert.deepEqual(Object.keys(after), Object.keys(before));
    for (const table of Object.keys(before)) assert.equal(after[table].length, before[table].length, table);
    assert.equal(await other.value(`select count(*)::int from pg_policies where tablename = 'notes'`), 1);
    // Row security stays enabled, but the policies are gone.
    assert.equal(
      await other.value(
        `select count(*)::int from pg_class where relnamespace = 'helpdesk'::regnamespace and relkind = 'r' and not relrowsecurity`,
      ),
      0,
    );
    const session = await other.connect('authenticator');
    await session.query('set role authenticated');
    await session.query(`select set_config('request.jwt.claims', $1, false)`, [JSON.stringify({ sub: alice.login })]);
    assert.equal((await session.query('select auth.uid() as me')).rows[0].me, alice.login);
    for (const table of ['tickets', 'ticket_comments', 'profiles']) {
      const { rowCount } = await session.query(`select from helpdesk.${table}`);
      assert.equal(rowCount, 0, table);
    }
    assert.equal(await other.value('select count(*)::int from pg_views where schemaname = $1', ['helpdesk']), 0);
  } finally {
    await other.drop();
  }
});

test('removing everything as documented leaves the logins and nothing of helpdesk', async () => {
  const other = await createHelpdeskDatabase();
  try {
    await fillEveryTable(other);
    const { length: logins } = await other.sql('select from auth.users');
    await other.sql('drop schema helpdesk cascade; drop owned by helpdesk_owner');
    assert.equal((await other.sql('select from auth.users')).length, logins);
    const left = await other.sql(
      `select objid from pg_shdepend where dbid = (select oid from pg_database where datname = current_database()) and refobjid = 'helpdesk_owner'::regrole
       union all select oid from pg_policy where polrelid = 'auth.users'::regclass
       union all select oid from pg_trigger where tgrelid = 'auth.users'::regclass and not tgisinternal
       union all select oid from pg_extension where extname = 'helpdesk'
       union all select oid from pg_type where typname in ('user_role', 'ticket_priority', 'notification_type')`,
    );
    assert.deepEqual(left, []);
    // It can be installed again.
    await other.sql('create extension helpdesk');
    assert.equal((await other.sql('select from helpdesk.profiles')).length, logins);
  } finally {
    await other.drop();
  }
});

test('on a worker of a Citus cluster no tables are created: the coordinator does that', async () => {
  const worker = await createEmptyDatabase();
  try {
    const tables = () =>
      worker.value(`select count(*)::int from pg_class where relnamespace = 'helpdesk'::regnamespace and relkind = 'r'`);
    await worker.sql('set allow_system_table_mods = on; create table pg_catalog.pg_dist_local_group (groupid int)');
    await worker.sql('insert into pg_catalog.pg_dist_local_group values (1)');
    await worker.createExtension();
    assert.equal(await tables(), 0);
    await worker.sql(`update pg_catalog.pg_dist_local_group set groupid = 0; set application_name = 'citus_internal gpid=1'`);
    await worker.sql('select helpdesk.install()');
    assert.equal(await tables(), 0);
    await worker.sql('reset application_name; select helpdesk.install()');
    assert.ok((await tables()) > 20);
  } finally {
    await worker.drop();
  }
});
