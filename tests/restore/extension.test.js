// The data is the user's, the code is the extension's: dropping, installing again, tables of another version.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { callOf, functionsFor, sensibleArguments } from '../lib/api_catalog.js';
import { undone } from '../lib/attempts.js';
import { helpdeskDatabase } from '../lib/database.js';
import { fails } from '../lib/errors.js';
import { openTicket, signUp } from '../lib/people.js';
import { memberKinds, rowsOf, shapeOf } from '../lib/postgres_tools.js';
import { tellStory } from '../lib/story.js';

const db = await helpdeskDatabase();
after(() => db.drop());
const { acme, alice } = await tellStory(db);

test('only functions and types belong to the extension', async () => {
  assert.deepEqual(await memberKinds(db), ['pg_proc', 'pg_type']);
});

test('DROP EXTENSION is refused and takes nothing along', async () => {
  const before = [await rowsOf(db), await shapeOf(db)];
  await fails('2BP01', db.sql('drop extension helpdesk'));
  assert.deepEqual([await rowsOf(db), await shapeOf(db)], before);
});

test('install() called again changes nothing, but that anon has what was shipped and no more', async () => {
  const granted = () => db.value(`select has_column_privilege('anon', 'helpdesk.workflows', 'name', 'select')`);
  assert.ok(await granted(), 'by the story');
  await db.sql('select helpdesk.install()');
  assert.ok(!(await granted()));
  const before = [await rowsOf(db), await shapeOf(db)];
  await db.sql('select helpdesk.install()');
  await db.sql('select helpdesk.migrate()');
  assert.deepEqual([await rowsOf(db), await shapeOf(db)], before);
});

test('install() makes the profile of a login that has none', async () => {
  await db.sql('alter table auth.users disable trigger helpdesk_handle_new_user');
  const { login, profile } = await signUp(db, 'Missed');
  assert.equal(profile, undefined);
  await db.sql('alter table auth.users enable trigger helpdesk_handle_new_user');
  await db.sql('select helpdesk.install()');
  assert.deepEqual(await db.sql('select name, email, role from helpdesk.profiles where auth_id = $1', [login]), [
    { name: 'Missed', email: 'missed@example.com', role: 'customer' },
  ]);
});

test('tables enter the publication of Supabase Realtime, those that are not in it yet', async () => {
  const published = () =>
    db.value(`select array_agg(tablename::text order by tablename) from pg_publication_tables where pubname = 'supabase_realtime'`);
  await fails('55000', db.sql('select helpdesk.enable_realtime()'));
  await db.sql('create publication supabase_realtime');
  for (let i = 0; i < 2; i++) {
    await db.sql('select helpdesk.install()');
    assert.deepEqual(await published(), ['notifications', 'tickets']);
  }
});

test('nobody but superusers installs or migrates', async () => {
  await db.as(alice, async (session) => {
    for (const name of ['install', 'migrate', 'enable_cron', 'enable_realtime']) {
      await fails('42501', session.query(`select helpdesk.${name}()`));
    }
  });
});

/** What looks at no table, or must do its work whatever shape the tables have. */
const NEED_NO_TABLE = ['act_as', 'is_blank', 'jwt_subject', 'sees_everything', 'uuid_generate_v7', 'security_report'];

test('a session from before a migration notices it', async () => {
  await db.as(alice, async (session) => {
    const list = () => session.query('select helpdesk.list_org_tickets($1)', [acme]);
    await list();
    const superuser = await db.connect();
    // What the last step of a migration does.
    await superuser.query('begin; update helpdesk.schema_version set version = version + 1');
    await superuser.query('grant select on helpdesk.schema_version to authenticated; commit');
    await fails('55000', list());
    await db.sql('update helpdesk.schema_version set version = version - 1');
    await list();
  });
});

for (const version of [99, 0]) {
  test(`tables of version ${version}: every call says so, and what to run; signing up still works`, async () => {
    const [{ version: right }] = await db.sql('select version from helpdesk.schema_version');
    await db.sql('update helpdesk.schema_version set version = $1', [version]);
    const saysSo = async (work) => {
      const error = await fails('55000', work);
      assert.match(error.message, new RegExp(`version ${version}\\b`));
      assert.match(error.hint, /helpdesk\.migrate\(\)/);
    };
    await db.as(alice, (session) => saysSo(session.query('select * from helpdesk.tickets')));
    const session = await db.connect();
    const kinds = ['ticket', 'workflow', 'invite', 'notification', 'article'];
    const known = { org: acme, customer: alice, agent: alice, things: Object.fromEntries(kinds.map((kind) => [kind, acme])) };
    for (const [role, who] of [['anon'], ['authenticated', alice], ['service_role', { role: 'service_role', claims: {} }]]) {
      const functions = (await functionsFor(db, role)).filter(({ name }) => !NEED_NO_TABLE.includes(name));
      assert.ok(functions.length > 5);
      for (const fn of functions) {
        const args = sensibleArguments(fn, known);
        if (args.p_storage_path) args.p_storage_path = `${acme}/${acme}/plain.txt`;
        await undone(session, who, async ({ attempt }) => {
          const { error } = await attempt(...callOf(fn, args));
          assert.match(`${role} ${fn.name}: ${error?.code} ${error?.message}`, new RegExp(`55000 .*version ${version}\\b`));
        });
      }
    }
    const superuser = await db.connect();
    for (const name of ['install', 'migrate']) await fails('55000', superuser.query(`select helpdesk.${name}()`));
    assert.ok((await signUp(db, `Newcomer${version}`)).login);

    await db.sql('update helpdesk.schema_version set version = $1', [right]);
    await db.as(alice, (session) => openTicket(session, acme, 'Works again'));
  });
}
