// On a database with Supabase's auth schema, helpdesk uses that schema and does not change it.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createEmptyDatabase, createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { createOrganization, createTwoOrganizations, openTicket, signUp } from '../support/organizations.js';
import { privilegesIn, psql, rowsOf, shapeOf, tool, withTemporaryFile } from '../support/postgres_tools.js';

const SUPABASE = `
  do $$ declare role text; begin
    foreach role in array '{anon,authenticated,service_role,supabase_auth_admin}'::text[] loop
      if to_regrole(role) is null then
        execute format('create role %I nologin noinherit', role);
      end if;
    end loop;
    alter role service_role bypassrls;
  end $$;
  alter default privileges grant all on tables to anon, authenticated, service_role;
  alter default privileges grant all on sequences to anon, authenticated, service_role;
  alter default privileges grant all on functions to anon, authenticated, service_role;

  create schema auth authorization supabase_auth_admin;
  grant usage on schema auth to anon, authenticated, service_role;
  set role supabase_auth_admin;
  create table auth.users (
    instance_id uuid,
    id uuid not null primary key,
    aud varchar(255),
    role varchar(255),
    email varchar(255),
    encrypted_password varchar(255),
    email_confirmed_at timestamptz,
    last_sign_in_at timestamptz,
    raw_app_meta_data jsonb,
    raw_user_meta_data jsonb,
    is_super_admin boolean,
    created_at timestamptz,
    updated_at timestamptz,
    phone text unique default null,
    confirmed_at timestamptz generated always as (email_confirmed_at) stored,
    is_sso_user boolean not null default false,
    deleted_at timestamptz
  );
  create unique index users_email_partial_key on auth.users (email) where is_sso_user = false;
  create table auth.sessions (id uuid primary key, user_id uuid not null references auth.users on delete cascade);
  alter table auth.users enable row level security;
  create function auth.uid() returns uuid language sql stable as $$
    select coalesce(
      nullif(current_setting('request.jwt.claim.sub', true), ''),
      (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')
    )::uuid
  $$;
  insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data, created_at) values
    (gen_random_uuid(), 'octo@example.com', now(), '{"user_name": "octocat"}', now()),
    (gen_random_uuid(), 'plain@example.com', null, null, null),
    (gen_random_uuid(), null, null, '{}', now());
  reset role;`;

const db = await createEmptyDatabase();
after(() => db.drop());
await db.sql(SUPABASE);
const authBefore = await shapeOf(db, '-n', 'auth');
const loginsBefore = await db.sql('select u::text from auth.users u order by id');
await db.createExtension();

/** The lines of a dump. In a comment, a line that begins with two spaces continues another. */
const linesOf = (dump) => dump.replaceAll(/\n {2}(?! )/g, ' ').split('\n');

const linesNotIn = (dump, other) => {
  const known = new Set(linesOf(other));
  return linesOf(dump).filter((line) => line && !line.startsWith('--') && !known.has(line));
};

test('existing logins get profiles', async () => {
  const profiles = await db.sql('select name, email, role from helpdesk.profiles order by lower(name)');
  assert.deepEqual(profiles, [
    { name: 'octocat', email: 'octo@example.com', role: 'customer' },
    { name: 'plain@example.com', email: 'plain@example.com', role: 'customer' },
    { name: 'User', email: null, role: 'customer' },
  ]);
  assert.deepEqual(await db.sql('select u::text from auth.users u order by id'), loginsBefore);
});

test('auth gets two triggers, a policy and grants for helpdesk_owner, and nothing else', async () => {
  const authNow = await shapeOf(db, '-n', 'auth');
  assert.deepEqual(linesNotIn(authBefore, authNow), [], 'nothing is gone');
  const added = linesNotIn(authNow, authBefore);
  const triggers = added.filter((line) => line.startsWith('CREATE TRIGGER helpdesk_'));
  assert.equal(triggers.length, 2);
  const rest = added.filter(
    (line) =>
      !/^(CREATE TRIGGER helpdesk_|COMMENT ON (TRIGGER|POLICY) helpdesk_|CREATE POLICY helpdesk_reads_logins |GRANT .* TO helpdesk_owner;)/.test(
        line,
      ),
  );
  assert.deepEqual(rest, []);
});

test('the auth schema keeps its privileges; helpdesk_owner gets its own', async () => {
  const [fresh, now] = [await createEmptyDatabase(), await privilegesIn(db, 'auth')];
  try {
    await fresh.sql(SUPABASE);
    const before = await privilegesIn(fresh, 'auth');
    for (const [thing, acl] of Object.entries(now)) {
      const others = acl.filter((item) => !item.startsWith('helpdesk_owner='));
      assert.deepEqual(others, before[thing] ?? [], thing);
    }
  } finally {
    await fresh.drop();
  }
});

test('default privileges grant nothing: all rights are as on plain Postgres', async () => {
  const plain = await createHelpdeskDatabase();
  try {
    assert.deepEqual(await privilegesIn(db, 'helpdesk'), await privilegesIn(plain, 'helpdesk'));
  } finally {
    await plain.drop();
  }
  const readable = await db.sql(
    `select c.oid::regclass::text as name from pg_class c
      where relnamespace = 'helpdesk'::regnamespace and relkind in ('r', 'v')
        and has_any_column_privilege('anon', c.oid, 'select, insert, update')`,
  );
  assert.deepEqual(readable, [{ name: 'helpdesk.articles' }], 'only public ones, by policy');
  assert.deepEqual(await db.sql('select * from helpdesk.security_report()'), []);
});

test('sign-ups through Supabase Auth create profiles, and deleting a login keeps them', async () => {
  const service = await db.connect();
  await service.query('set role supabase_auth_admin; set search_path = auth');
  const { rows } = await service.query(
    `insert into users (id, email, raw_user_meta_data) values (gen_random_uuid(), 'new@example.com', '{"name": "Neo"}')
     returning id`,
  );
  const profile = () => db.sql(`select name, auth_id from helpdesk.profiles where email = 'new@example.com'`);
  assert.deepEqual(await profile(), [{ name: 'Neo', auth_id: rows[0].id }]);
  await service.query('delete from users where id = $1', [rows[0].id]);
  assert.deepEqual(await profile(), [{ name: 'Neo', auth_id: null }]);
});

test('callers are identified by Supabase’s auth.uid(); non-members get no access', async () => {
  const { acme, alice, ben, mallory } = await createTwoOrganizations(db);
  const ticket = await db.as(alice, (session) => openTicket(session, acme, 'Under Supabase'));
  const seen = (session) => session.query('select id from helpdesk.tickets');
  assert.deepEqual((await db.as(ben, seen)).rows, [{ id: ticket }]);
  assert.deepEqual((await db.as(mallory, seen)).rows, []);
  await db.as(mallory, (session) => expectError('42501', openTicket(session, acme, 'x')));
});

test('only a login with a confirmed address can accept an invite', async () => {
  const dana = await signUp(db, 'Dana');
  const org = await createOrganization(db, dana, 'Inviting');
  const [ivy] = await db.sql(
    `insert into auth.users (id, email) values (gen_random_uuid(), 'Ivy@example.com') returning id as login`,
  );
  const invite = await db.as(dana, async (session) => {
    const { rows } = await session.query(`select helpdesk.create_org_invite($1, 'ivy@example.com', 'agent') as id`, [org]);
    return rows[0].id;
  });
  const accept = (session) => session.query('select helpdesk.accept_org_invite($1)', [invite]);
  await db.as(ivy, (session) => expectError('42501', accept(session)));
  await db.sql('update auth.users set email_confirmed_at = now() where id = $1', [ivy.login]);
  await db.as(ivy, accept);
  const role = await db.value(
    `select org_role from helpdesk.org_members m join helpdesk.profiles p on p.id = m.user_id
      where m.org_id = $1 and p.auth_id = $2`,
    [org, ivy.login],
  );
  assert.equal(role, 'org_agent');
});

/**
 * The caller's own versions of what Supabase's auth.uid() uses, which record the role that runs
 * them.
 */
const TRAPS = `
  create schema evil authorization authenticated;
  set role authenticated;
  grant usage on schema evil to public;
  create table evil.loot (ran_as name, what text);
  grant insert on evil.loot to public;
  create function evil.steal_text(document jsonb, key text) returns text language plpgsql as $$
    begin
      insert into evil.loot values (current_user, 'operator ->>');
      return pg_catalog.jsonb_object_field_text(document, key);
    end $$;
  create operator evil.->> (leftarg = jsonb, rightarg = text, function = evil.steal_text);
  create function evil.steal_comparison(a text, b text) returns boolean language plpgsql as $$
    begin
      insert into evil.loot values (current_user, 'operator =, used by nullif');
      return a operator(pg_catalog.=) b;
    end $$;
  create operator evil.= (leftarg = text, rightarg = text, function = evil.steal_comparison);
  create function evil.current_setting(name text, missing_ok boolean) returns text language plpgsql as $$
    begin
      insert into evil.loot values (current_user, 'current_setting');
      return pg_catalog.current_setting(name, missing_ok);
    end $$;
  reset role;`;

test('nothing in a schema before pg_catalog runs as helpdesk_owner', async () => {
  const eve = await signUp(db, 'Eve');
  const org = await createOrganization(db, eve, 'Trappers');
  const ticket = await db.as(eve, (session) => openTicket(session, org, 'Bait'));
  await db.sql(TRAPS);
  /** The roles that the traps ran as during a call of Eve's. */
  const trapped = async (call) => {
    await db.as(eve, async (session) => {
      await session.query('set search_path = evil, pg_catalog');
      await session.query(call);
    });
    const loot = await db.sql('delete from evil.loot returning ran_as::text as role');
    return [...new Set(loot.map(({ role }) => role))];
  };

  assert.deepEqual(await trapped('select auth.uid()'), ['authenticated'], 'the traps work');
  await db.sql(`
    create function public.careless() returns uuid language plpgsql security definer as 'begin return auth.uid(); end';
    alter function public.careless() owner to helpdesk_owner`);
  assert.deepEqual(await trapped('select public.careless()'), ['helpdesk_owner'], 'in SECURITY DEFINER functions too');
  await db.sql('drop function public.careless()');

  const calls = [
    'select helpdesk.my_profile_id()',
    'select helpdesk.my_org_ids(), helpdesk.my_staff_org_ids(), helpdesk.my_admin_org_ids()',
    'select helpdesk.my_assigned_ticket_ids()',
    `select helpdesk.is_member_of_my_orgs('${eve.profile}')`,
    'select * from helpdesk.tickets',
    'select * from helpdesk.ticket_comments',
    'select * from helpdesk.notifications',
    `select helpdesk.list_org_tickets('${org}')`,
    `select helpdesk.get_ticket_details('${ticket}')`,
    `select helpdesk.add_comment('${ticket}', 'Words')`,
    `insert into helpdesk.ticket_comments (org_id, ticket_id, content) values ('${org}', '${ticket}', 'Words')`,
    'select helpdesk.count_unread_notifications()',
    `select helpdesk.watch_ticket('${ticket}')`,
    `select helpdesk.may_read_file('x'), helpdesk.may_upload_file('${org}/${ticket}/x')`,
  ];
  for (const call of calls) {
    const ranAs = await trapped(call);
    assert.ok(!ranAs.includes('helpdesk_owner'), `${call} ran them as ${ranAs}`);
  }
  await db.sql('drop schema evil cascade');
});

test('a dump restores everything, including privileges in auth', async (t) => {
  const restored = await createEmptyDatabase();
  t.after(() => restored.drop());
  await withTemporaryFile(async (file) => {
    await tool('pg_dump', '-f', file, db.name);
    await psql(restored, file);
  });
  assert.deepEqual(await rowsOf(restored), await rowsOf(db));
  assert.deepEqual(await privilegesIn(restored, 'helpdesk', 'auth'), await privilegesIn(db, 'helpdesk', 'auth'));
  assert.equal(await shapeOf(restored), await shapeOf(db));
});

test('a dump without schema auth, as the CLI of Supabase makes it, is whole after install()', async (t) => {
  const restored = await createEmptyDatabase();
  t.after(() => restored.drop());
  await restored.sql(SUPABASE);
  await restored.sql('delete from auth.users');
  await withTemporaryFile(async (file) => {
    await tool('pg_dump', '-a', '-t', 'auth.users', '-f', file, db.name);
    await psql(restored, file);
    await tool('pg_dump', '-N', 'auth', '--no-privileges', '-f', file, db.name);
    await psql(restored, file);
  });
  await restored.sql('select helpdesk.install()');
  assert.equal(await shapeOf(restored), await shapeOf(db));
  assert.deepEqual(await privilegesIn(restored, 'helpdesk', 'auth'), await privilegesIn(db, 'helpdesk', 'auth'));
  assert.deepEqual(await restored.sql('select * from helpdesk.security_report()'), []);
});

for (const thing of ['schema auth', 'table auth.users', 'function auth.uid()']) {
  test(`a ${thing} not owned by a superuser or Supabase Auth is not trusted`, async (t) => {
    const other = await createEmptyDatabase();
    t.after(async () => {
      await other.sql('drop owned by auth_stranger cascade; drop role auth_stranger');
      await other.drop();
    });
    await other.sql(SUPABASE);
    await other.sql(`create role auth_stranger; alter ${thing} owner to auth_stranger`);
    const error = await expectError('42501', other.createExtension());
    assert.match(error.message, /belongs to auth_stranger/);
  });
}
