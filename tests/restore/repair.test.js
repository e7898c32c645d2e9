// install() makes again whatever is missing, keeps what the owner has added, and changes nothing in
// a sound installation.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createEmptyDatabase, createHelpdeskDatabase } from '../support/database.js';
import { createTwoOrganizations, openTicket } from '../support/organizations.js';
import { catalogOf, psql, tool, withTemporaryFile } from '../support/postgres_tools.js';
import { Random } from '../support/random.js';

const SEED = Number(process.env.REPAIR_SEED ?? Math.floor(Math.random() * 2 ** 31));

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, alice, ben } = await createTwoOrganizations(db);

// What an owner adds.
await db.sql(`
  alter table helpdesk.tickets add column external_ref text;
  create index tickets_external_ref on helpdesk.tickets (external_ref);
  create view public.my_tickets with (security_invoker = on) as select id, title from helpdesk.tickets;
  create policy mine on helpdesk.tickets as restrictive for delete to authenticated using (external_ref is null);
  comment on column helpdesk.tickets.external_ref is 'Mine'`);

const sound = await catalogOf(db);

/** Statements that drop each object of a kind. */
const DROPS = {
  policies: `select format('drop policy %I on %s', polname, polrelid::regclass) from pg_policy
              where polname <> 'mine' and (polrelid::regclass::text like 'helpdesk.%' or polname like 'helpdesk%')`,
  triggers: `select format('drop trigger %I on %s', tgname, tgrelid::regclass) from pg_trigger
              where not tgisinternal and tgfoid in (select oid from pg_proc where pronamespace = 'helpdesk'::regnamespace)`,
  indexes: `select format('drop index %s', i.indexrelid::regclass) from pg_index i join pg_class c on c.oid = i.indexrelid
             where c.relnamespace = 'helpdesk'::regnamespace and c.relname <> 'tickets_external_ref'
               and not exists (select from pg_constraint where conindid = i.indexrelid)`,
  views: `select format('drop view if exists %s cascade', oid::regclass) from pg_class
           where relnamespace = 'helpdesk'::regnamespace and relkind = 'v'`,
  'grants on tables': `select format('revoke all on %s from anon, authenticated, service_role', oid::regclass) from pg_class
                        where relnamespace = 'helpdesk'::regnamespace and relkind in ('r', 'v')`,
  'grants on functions': `select format('revoke all on function %s from anon, authenticated, service_role', oid::regprocedure)
                            from pg_proc where pronamespace = 'helpdesk'::regnamespace`,
  'grants on schemas': `select 'revoke all on schema ' || s || ' from anon, authenticated, service_role, helpdesk_owner'
                          from unnest('{auth,helpdesk}'::text[]) s
                        union all select 'revoke all on function auth.uid() from anon, authenticated, helpdesk_owner'`,
  'row security': `select format('alter table %s disable row level security', oid::regclass) from pg_class
                    where relnamespace = 'helpdesk'::regnamespace and relkind = 'r'`,
  'owners of functions': `select format('alter function %s owner to postgres', oid::regprocedure) from pg_proc
                           where pronamespace = 'helpdesk'::regnamespace`,
  'a role that owned grants': `values ('drop owned by authenticated'), ('create policy mine on helpdesk.tickets as restrictive for delete to authenticated using (external_ref is null)')`,
  tables: `values ('drop table helpdesk.notification_preferences, helpdesk.search_rebuilds, helpdesk.ticket_articles')`,
};

const dropsOf = async (query) => (await db.sql(query)).map((row) => Object.values(row)[0]);

/** What an agent and a customer can do in a sound installation. */
async function assertWorks(db) {
  const ticket = await db.as(alice, (session) => openTicket(session, acme, 'Still works'));
  const { rows } = await db.as(ben, (session) =>
    session.query(`select helpdesk.list_org_tickets($1, '{"perPage": 1}') -> 'tickets' -> 0 ->> 'id' as id`, [acme]),
  );
  assert.deepEqual(rows, [{ id: ticket }]);
  assert.deepEqual(await db.sql('select * from helpdesk.security_report()'), []);
}

for (const [what, query] of Object.entries(DROPS)) {
  test(`without ${what}, install() makes them again`, async () => {
    const drops = await dropsOf(query);
    assert.ok(drops.length > 0);
    await db.sql(drops.join(';\n'));
    assert.notDeepEqual(await catalogOf(db), sound);
    await db.sql('select helpdesk.install()');
    assert.deepEqual(await catalogOf(db), sound);
    await assertWorks(db);
  });
}

test(`without any of some objects of each kind (REPAIR_SEED=${SEED}), install() makes them again`, async () => {
  const random = new Random(SEED);
  for (let round = 0; round < 3; round++) {
    const kinds = ['policies', 'triggers', 'indexes', 'views', 'grants on tables', 'grants on functions'];
    for (const kind of kinds) {
      const drops = random.some(await dropsOf(DROPS[kind]), 5);
      await db.sql(drops.join(';\n'));
    }
    await db.sql('select helpdesk.install()');
    assert.deepEqual(await catalogOf(db), sound);
  }
  await assertWorks(db);
});

test('in a sound installation, install() locks no table against writers', async () => {
  const session = await db.connect();
  await session.query('begin');
  await session.query('select helpdesk.install()');
  const { rows } = await session.query(
    `select relation::regclass::text, mode from pg_locks
      where pid = pg_backend_pid() and locktype = 'relation' and mode ~ '^(Share|ShareRow|Exclusive|AccessExclusive)'
        and mode not in ('ShareUpdateExclusiveLock')
        and relation::regclass::text ~ '^(helpdesk|auth)\\.'`,
  );
  await session.query('commit');
  await db.disconnect(session);
  assert.deepEqual(rows, []);
  assert.deepEqual(await catalogOf(db), sound);
});

for (const [what, options] of Object.entries({
  'without privileges': ['--no-privileges'],
  'without owners and privileges': ['-O', '-x'],
  'without comments': ['--no-comments'],
})) {
  test(`restored from a dump ${what}, install() makes everything as it was`, async (t) => {
    const restored = await createEmptyDatabase();
    t.after(() => restored.drop());
    await withTemporaryFile(async (file) => {
      await tool('pg_dump', ...options, '-f', file, db.name);
      await psql(restored, file);
    });
    await restored.sql('select helpdesk.install()');
    const isComment = (fact) => what === 'without comments' && / comment "/.test(fact);
    assert.deepEqual(
      (await catalogOf(restored)).filter((fact) => !isComment(fact)),
      sound.filter((fact) => !isComment(fact)),
    );
    await assertWorks(restored);
  });
}
