// An updated database is exactly a new one, with the rows and additions of the old one. From every
// release, by ALTER EXTENSION UPDATE and by a restored dump.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { wrongCounts } from '../support/consistency.js';
import { createEmptyDatabase, createHelpdeskDatabase, existingDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { fillEveryTable, ownerAdditionsIn } from '../support/full_database.js';
import { openTicket } from '../support/organizations.js';
import { catalogOf, dumpOf, psql } from '../support/postgres_tools.js';
import { crashPrivateServer, restartPrivateServer, startPrivateServer } from '../support/private_server.js';
import { waitUntil } from '../support/wait.js';
import {
  atVersion,
  CURRENT,
  columnsOf,
  currentScript,
  frozenPath,
  generateUpdate,
  provideScript,
  readFrozen,
  releases,
  removeOwnPostgres,
  rowsIn,
  shippedUpdate,
} from './releases.js';

const SERVER = 'upgrade';
const SETTINGS = { fsync: 'off', wal_level: 'logical' };
const stop = startPrivateServer(SERVER, SETTINGS);
const directory = mkdtempSync(join(tmpdir(), 'helpdesk-upgrade-'));
const opened = [];
after(async () => {
  for (const db of opened) await db.disconnectAll();
  stop();
  removeOwnPostgres();
  rmSync(directory, { recursive: true });
});

const fresh = await createHelpdeskDatabase();
opened.push(fresh);
const freshCatalog = await catalogOf(fresh);

/** What the database owner has added in addition to fillEveryTable(). */
const MORE_ADDITIONS = `
  create view helpdesk.urgent_tickets with (security_invoker = true) as
    select id, helpdesk.is_text(title, 500) as is_text from helpdesk.tickets where priority = 'urgent';
  create function public.note_change() returns trigger language plpgsql as 'begin return new; end';
  create trigger zz_note_change before update on helpdesk.tickets for each row execute function public.note_change();
  grant select on helpdesk.tickets to pg_monitor;
  grant execute on function helpdesk.act_as(text) to pg_monitor;
  comment on column helpdesk.tickets.external_ref is 'Ours.';
  -- As in a dump: our triggers refuse tables of another version.
  set session_replication_role = replica;
  insert into helpdesk.categories (org_id, name, description) select id, 'Owner''s own', 'Kept.' from helpdesk.organizations;
  reset session_replication_role;`;

const IS_ADDITION = /external_ref|everyone_reads_showcase|^publication |urgent_tickets|zz_note_change|to pg_monitor$/;

async function additionsIn(db) {
  return { more: (await catalogOf(db)).filter((line) => IS_ADDITION.test(line)), owner: await ownerAdditionsIn(db) };
}

async function restore(text) {
  const db = await createEmptyDatabase();
  opened.push(db);
  const file = join(directory, `${db.name}.sql`);
  writeFileSync(file, text);
  await psql(db, file);
  return db;
}

async function snapshotOf(db) {
  const columns = await columnsOf(db);
  return { columns, rows: await rowsIn(db, columns), additions: await additionsIn(db) };
}

/** What a new database has, and the rows and additions that there were before. */
async function assertUpdated(db, before) {
  const catalog = (await catalogOf(db)).filter((line) => !IS_ADDITION.test(line));
  assert.deepEqual(
    catalog.filter((line) => !freshCatalog.includes(line)),
    [],
    'a new database does not have it',
  );
  assert.deepEqual(
    freshCatalog.filter((line) => !catalog.includes(line)),
    [],
    'only a new database has it',
  );
  assert.deepEqual(await rowsIn(db, before.columns), before.rows);
  assert.deepEqual(await additionsIn(db), before.additions);
  const report = await db.sql(`select * from helpdesk.security_report() where object = 'versions'`);
  assert.deepEqual(report, []);
  await assertWorks(db);
}

async function assertWorks(db) {
  const [alice] = await db.sql(`select id as profile, auth_id as login from helpdesk.profiles where name = 'Alice'`);
  const acme = await db.value(`select id from helpdesk.organizations where name like 'Acme%'`);
  await db.as(alice, (session) => openTicket(session, acme, 'After the update'));
  const tickets = (await db.sql('select id from helpdesk.tickets')).map(({ id }) => id);
  assert.deepEqual(await wrongCounts(db, tickets), []);
  assert.deepEqual(await db.sql('select * from helpdesk.verify_ticket_stats()'), []);
}

test('frozen files do not change', () => {
  const sums = readFileSync(new URL('SHA256SUMS', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const files = releases.flatMap((release) =>
    ['catalog.txt', 'dump.sql', `helpdesk--${release}.sql`].map((file) => [release, file]),
  );
  const actual = files.map(([release, file]) => {
    const sum = createHash('sha256').update(readFrozen(release, file)).digest('hex');
    return `${sum}  ${release}/${file}`;
  });
  assert.deepEqual(actual.sort(), sums.sort());
});

test('the shipped update scripts are what scripts/update-script generates', () => {
  for (const release of releases) {
    const generated = release === CURRENT ? undefined : generateUpdate(SERVER, frozenPath(release, 'catalog.txt'));
    assert.equal(shippedUpdate(release), generated, `sql/helpdesk--${release}--${CURRENT}.sql: make update-scripts`);
  }
});

test('sql/shapes has the columns of today', async () => {
  const columns = await fresh.sql(readFileSync(new URL('../../sql/queries/shape.sql', import.meta.url), 'utf8'));
  const folder = new URL('../../sql/shapes/', import.meta.url);
  const newest = Math.max(...readdirSync(folder).map((file) => Number.parseInt(file, 10)));
  const shape = readFileSync(new URL(`${newest}.txt`, folder), 'utf8');
  assert.equal(columns.map((row) => `${Object.values(row)[0]}\n`).join(''), shape, 'make shape');
});

for (const release of releases) {
  const old = `${release}-released`;
  provideScript(old, readFrozen(release, `helpdesk--${release}.sql`));
  provideScript(`${old}--${CURRENT}`, generateUpdate(SERVER, frozenPath(release, 'catalog.txt')));

  test(`${release}, ALTER EXTENSION UPDATE: as a new database, with all rows and additions`, async () => {
    const db = await restore(atVersion(readFrozen(release, 'dump.sql'), old));
    await db.sql(MORE_ADDITIONS);
    const before = await snapshotOf(db);
    await db.sql(`alter extension helpdesk update to '${CURRENT}'`);
    // The update resets what the API roles may do, as install() does.
    await assertUpdated(db, before);
    await db.drop();
  });

  test(`${release}, a restored dump and migrate(): as a new database, with all rows and additions`, async () => {
    const db = await restore(readFrozen(release, 'dump.sql'));
    await db.sql(MORE_ADDITIONS);
    const before = await snapshotOf(db);
    await db.sql('select helpdesk.migrate()');
    await assertUpdated(db, before);
    await db.drop();
  });

  test(`${release}, an update that is rolled back changes nothing`, async () => {
    const db = await restore(atVersion(readFrozen(release, 'dump.sql'), old));
    const before = [await catalogOf(db), await snapshotOf(db)];
    await db.sql(`begin; alter extension helpdesk update to '${CURRENT}'; rollback`);
    assert.deepEqual([await catalogOf(db), await snapshotOf(db)], before);
    await db.drop();
  });
}

// An invented release before the current one, which differs in every way that functions can.
const INVENTED = '0.0.9';
const replaced = (text, from, to) => {
  assert.match(text, from);
  return text.replace(from, to);
};
const FUNCTION = (name) =>
  new RegExp(`CREATE +FUNCTION "?(helpdesk\\.)?"?${name}"?\\([^;]*?AS 'MODULE_PATHNAME', '${name}_wrapper';`);
const STATEMENTS_ON = (name) => new RegExp(`comment on function helpdesk\\.${name}\\(.*?';\\n`, 's');

function inventedScript() {
  let text = currentScript();
  // One that today's release adds.
  text = replaced(text, FUNCTION('reorder_stages'), '');
  text = replaced(text, STATEMENTS_ON('reorder_stages'), '');
  text = replaced(text, /grant execute on function helpdesk\.reorder_stages.*;/, '');
  // Other flags, another default, other argument names.
  text = replaced(text, FUNCTION('list_org_tickets'), (found) =>
    found.replace('STABLE', 'VOLATILE').replace('PARALLEL SAFE', ''),
  );
  text = replaced(text, FUNCTION('watch_ticket'), (found) => found.replace(/"p_watch"/, '"p_watches"'));
  // Others' rights, and comments.
  text += `
    grant execute on function helpdesk.security_report() to anon;
    revoke execute on function helpdesk.list_org_tickets(uuid, jsonb) from authenticated;
    alter function helpdesk.add_comment owner to postgres;
    comment on function helpdesk.search is 'As it was.';
    create function helpdesk.old_report(p_days integer) returns boolean
      language c security definer as 'MODULE_PATHNAME', 'is_text_wrapper';`;
  return text;
}

test('an invented older release differs, and its update ends in what a new database is', async () => {
  provideScript(INVENTED, inventedScript());
  const model = await createEmptyDatabase();
  await model.sql(`create extension helpdesk version '${INVENTED}'`);
  const catalog = await catalogOf(model);
  const file = join(directory, 'invented.txt');
  // The symbol of a function that is gone is a stub, so its arguments do not matter.
  writeFileSync(
    file,
    catalog.join('\n').replace('old_report(integer): symbol is_text_wrapper', 'old_report(integer): symbol old_report_wrapper'),
  );
  await model.drop();
  const update = generateUpdate(SERVER, file);
  assert.match(update, /^drop function helpdesk\.old_report\(integer\);$/m);
  assert.match(update, /^drop function helpdesk\.watch_ticket\(/m);
  provideScript(`${INVENTED}--${CURRENT}`, update);

  const db = await oldDatabase();
  await db.sql(MORE_ADDITIONS);
  assert.ok((await catalogOf(db)).some((line) => line.startsWith('function helpdesk.old_report(integer): ')));
  const before = await snapshotOf(db);
  await db.sql('alter extension helpdesk update');
  await assertUpdated(db, before);
  await db.drop();
});

/** A full database at the invented release. */
let inventedDump;
async function oldDatabase() {
  if (!inventedDump) {
    const full = await createHelpdeskDatabase();
    await fillEveryTable(full);
    inventedDump = await dumpOf(full);
    await full.drop();
  }
  return restore(atVersion(inventedDump, INVENTED));
}

test('before the update calls work as long as the tables are right, and reports name the command', async () => {
  const db = await oldDatabase();
  await assertWorks(db);
  for (const [table, condition] of [
    ['security_report', `object = 'versions'`],
    ['health_check', `check_name = 'versions'`],
  ]) {
    const [row] = await db.sql(`select finding, remedy from helpdesk.${table}() where ${condition}`);
    assert.match(row.finding, new RegExp(`library ${CURRENT}, extension ${INVENTED}, tables of version \\d+$`), table);
    assert.equal(row.remedy, 'As a superuser, run: ALTER EXTENSION helpdesk UPDATE', table);
  }
  await db.drop();
});

for (const [what, change, remedy] of [
  ['older tables and extension', `update helpdesk.schema_version set version = 0`, /run: ALTER EXTENSION helpdesk UPDATE$/],
  [
    'older tables, as from a dump',
    `update helpdesk.schema_version set version = 0; update pg_extension set extversion = '${CURRENT}' where extname = 'helpdesk'`,
    /run: SELECT helpdesk\.migrate\(\)$/,
  ],
  [
    'an older library',
    `update helpdesk.schema_version set version = 99; update pg_extension set extversion = '99.0' where extname = 'helpdesk'`,
    /^Reconnect, .* install the library of helpdesk 99\.0/,
  ],
]) {
  test(`${what}: every kind of call says what it found, and the one command`, async () => {
    const db = await oldDatabase();
    const [alice] = await db.sql(`select auth_id as login from helpdesk.profiles where name = 'Alice'`);
    await db.sql(change);
    await db.as(alice, async (session) => {
      for (const call of [
        'select * from helpdesk.tickets',
        'select helpdesk.watch_ticket(gen_random_uuid())',
        'select helpdesk.count_unread_notifications()',
      ]) {
        const error = await expectError('55000', session.query(call));
        assert.equal(error.detail, 'wrong_schema_version');
        assert.match(error.message, /library .*, extension .*, tables of version \d+, which should be \d+$/);
        assert.match(error.hint, remedy);
      }
    });
    await db.drop();
  });
}

test('a session with the library of another release cannot update', async () => {
  const db = await oldDatabase();
  await db.sql('select helpdesk.check_library($1)', [CURRENT]);
  const error = await expectError('55000', db.sql(`select helpdesk.check_library('99.0')`));
  assert.equal(error.detail, 'wrong_library_version');
  assert.match(error.hint, /^Reconnect/);
  await expectError('22004', db.sql('select helpdesk.check_library(null)'));
  await db.drop();
});

test('an object of the owner that needs what is gone: the update names it and changes nothing', async () => {
  const db = await oldDatabase();
  await db.sql('create view public.mine as select helpdesk.old_report(1)');
  const before = [await catalogOf(db), await snapshotOf(db)];
  const error = await expectError('2BP01', db.sql('alter extension helpdesk update'));
  assert.match(error.detail, /view public\.mine depends/);
  assert.deepEqual([await catalogOf(db), await snapshotOf(db)], before);
  await db.drop();
});

test('other arguments for the same symbol are refused by the generator', async () => {
  const file = join(directory, 'clash.txt');
  const changed = freshCatalog.map((line) =>
    line.replace('function helpdesk.rate_article(', 'function helpdesk.rate_article(integer,'),
  );
  writeFileSync(file, changed.join('\n'));
  assert.throws(() => generateUpdate(SERVER, file), /a symbol has other arguments or another result: helpdesk\.rate_article/);
});

test('pg_dump -s: migrate() recognizes the tables, also with additions, and sets the version', async () => {
  const full = await createHelpdeskDatabase();
  await fillEveryTable(full);
  await full.sql(MORE_ADDITIONS);
  const db = await restore(await dumpOf(full, '--schema-only'));
  const stan = { login: '00000000-0000-4000-8000-000000000001' };
  const missing = await db.as(stan, (session) => expectError('55000', session.query('select * from helpdesk.tickets')));
  assert.match(missing.hint, /run: SELECT helpdesk\.migrate\(\)$/);
  const before = await snapshotOf(db);
  await db.sql('select helpdesk.migrate()');
  assert.equal(
    await db.value('select version from helpdesk.schema_version'),
    await fresh.value('select version from helpdesk.schema_version'),
  );
  assert.deepEqual((await snapshotOf(db)).additions, before.additions);
  await db.sql(`insert into auth.users (id, email) values ($1, 'stan@example.com')`, [stan.login]);
  await db.as(stan, (session) => session.query('select * from helpdesk.tickets'));
  assert.deepEqual(
    (await catalogOf(db)).filter((line) => !IS_ADDITION.test(line)),
    freshCatalog,
  );
  for (const database of [db, full]) await database.drop();
});

test('tables of no release: migrate() names a column that is missing', async () => {
  const db = await createHelpdeskDatabase();
  await db.sql('delete from helpdesk.schema_version; alter table helpdesk.ticket_watchers drop column added_at');
  const error = await expectError('55000', db.sql('select helpdesk.migrate()'));
  assert.match(error.message, /tables are those of no release: ticket_watchers\.added_at timestamp with time zone is missing$/);
  assert.equal(error.detail, 'wrong_schema_version');
  assert.deepEqual(await db.sql('select from helpdesk.schema_version'), []);
  await db.drop();
});

for (const [what, kill] of [
  ['the backend', async (pid) => process.kill(pid, 'SIGKILL')],
  ['the whole server', () => crashPrivateServer(SERVER)],
]) {
  test(`kill -9 of ${what} half way: nothing has changed, and the update can be repeated`, async () => {
    const db = await oldDatabase();
    const before = [await catalogOf(db), await snapshotOf(db)];
    for (const other of opened) if (other !== db) await other.disconnectAll();
    const holder = await db.connect();
    await holder.query('select pg_advisory_lock(7315002, 7)'); // migrate() waits for it.
    const updater = await db.connect();
    let isDown = false;
    for (const session of [holder, updater, await db.superuser]) {
      session.on('error', () => {
        isDown = true;
      });
    }
    const { rows } = await updater.query('select pg_backend_pid() as pid');
    const update = updater.query('alter extension helpdesk update').then(
      () => 'done',
      () => 'failed',
    );
    await db.waitUntilBlocked(updater);
    await kill(rows[0].pid);
    assert.equal(await update, 'failed');
    await waitUntil('the server has ended all sessions', () => isDown);
    await db.disconnectAll().catch(() => {});
    if (what === 'the whole server') restartPrivateServer(SERVER, SETTINGS);
    const again = await waitUntil('the server is back', () => connectTo(db.name));
    assert.deepEqual([await catalogOf(again), await snapshotOf(again)], before);
    await again.sql('alter extension helpdesk update');
    await assertUpdated(again, before[1]);
    await again.disconnectAll();
  });
}

async function connectTo(name) {
  const db = existingDatabase(name);
  try {
    const session = await db.connect();
    session.on('error', () => {});
    await session.query('select');
    opened.push(db);
    return db;
  } catch {
    return undefined;
  }
}
