// Look-alikes of the tables, types, functions and operators that our functions use, first in the
// search_path and in pg_temp. None may run with the rights of others, and results must not change.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { callOf, definerFunctions, functionsFor, sensibleArguments } from '../support/api_catalog.js';
import { attempt, differingEntries, inRolledBackTransaction, withoutVolatileParts } from '../support/attempts.js';
import { createEmptyDatabase, createHelpdeskDatabase } from '../support/database.js';
import { createTwoTenants, insertableRows, insertStatement } from '../support/two_tenants.js';

/**
 * In schema evil: a copy of each function and operator of pg_catalog on plain types, which raises a
 * notice with the role that runs it.
 */
const TRAPS = `
  create schema evil;
  grant usage on schema evil to public;
  do $$
  declare
    plain regtype[] := '{uuid,text,name,integer,bigint,smallint,boolean,timestamptz,timestamp,date,interval,jsonb,json,bytea,"char",oid,
                         regclass,regconfig,tsvector,tsquery,float4,float8,numeric,uuid[],text[],anyelement,anyarray,anyenum,record}';
    thing record;
    n int := 0;
  begin
    for thing in
      select p.proname, pg_get_function_identity_arguments(p.oid) as args, p.prorettype::regtype as result, p.proretset
        from pg_proc p
       where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f'
         and p.prorettype <> all ('{internal,cstring,trigger,event_trigger,void}'::regtype[])
         and p.prorettype = any (plain) and p.proargtypes::regtype[] <@ plain and p.provariadic = 0 and p.proallargtypes is null
    loop
      begin
        execute format('create function evil.%I(%s) returns %s %s language plpgsql cost 0.0001 as %L', thing.proname, thing.args,
                       case when thing.proretset then 'setof' else '' end, thing.result,
                       format('begin raise notice ''trap %%: %%'', %L, current_user; return%s; end', thing.proname,
                              case when thing.proretset then '' else ' null' end));
        n := n + 1;
      exception when others then null; -- Some cannot be created by anybody.
      end;
    end loop;
    for thing in
      select distinct o.oprname, o.oprleft::regtype as l, o.oprright::regtype as r, o.oprresult::regtype as result
        from pg_operator o
       where o.oprnamespace = 'pg_catalog'::regnamespace and o.oprleft = any (plain) and o.oprright = any (plain)
         and o.oprresult = any (plain)
      union all
      select op, t, t, 'boolean' from unnest('{=,<>,<,<=,>,>=}'::text[]) op, unnest('{helpdesk.ticket_priority,helpdesk.user_role}'::regtype[]) t
    loop
      n := n + 1;
      begin
        execute format('create function evil.op_%s(%s, %s) returns %s language plpgsql cost 0.0001 as %L', n, thing.l, thing.r, thing.result,
                       format('begin raise notice ''trap %%: %%'', %L, current_user; return null; end', thing.oprname));
        execute format('create operator evil.%s (leftarg = %s, rightarg = %s, function = evil.op_%s)', thing.oprname, thing.l, thing.r, n);
      exception when others then null;
      end;
    end loop;
    if n < 500 then raise exception 'only % traps', n; end if;
  end $$;
  create function evil.step(boolean, anyelement) returns boolean language plpgsql as
    $$ begin raise notice 'trap aggregate: %', current_user; return null; end $$;
  create function evil.step(boolean) returns boolean language plpgsql as
    $$ begin raise notice 'trap aggregate: %', current_user; return null; end $$;
  create aggregate evil.count(*) (sfunc = evil.step, stype = boolean);
  create aggregate evil.count(anyelement) (sfunc = evil.step, stype = boolean);
  create aggregate evil.max(anyelement) (sfunc = evil.step, stype = boolean);
  create aggregate evil.min(anyelement) (sfunc = evil.step, stype = boolean);
  create aggregate evil.json_agg(anyelement) (sfunc = evil.step, stype = boolean);
  create aggregate evil.array_agg(anyelement) (sfunc = evil.step, stype = boolean);
  create aggregate evil.bool_or(anyelement) (sfunc = evil.step, stype = boolean);
  create type evil.ticket_priority as enum ('evil');
  create type evil.user_role as enum ('evil');
  create type evil.notification_type as enum ('evil');
  create domain evil.uuid as pg_catalog.text;
  create domain evil.text as pg_catalog.int4;
  create domain evil.jsonb as pg_catalog.int4;
  create domain evil.timestamptz as pg_catalog.int4;
  create domain evil.bool as pg_catalog.int4;
  create function evil.uid() returns pg_catalog.uuid language plpgsql as $$ begin raise notice 'trap uid: %', current_user; return null; end $$;
  create function evil.my_profile_id() returns pg_catalog.uuid language plpgsql as
    $$ begin raise notice 'trap my_profile_id: %', current_user; return null; end $$;`;

/** Tables with our names in which the attacker is admin of everything. */
const lookAlikes = (schema, attacker) => `
  do $$
  declare name pg_catalog.text;
  begin
    for name in select c.oid::pg_catalog.regclass::pg_catalog.text from pg_catalog.pg_class c
                 where c.relkind = 'r' and c.relnamespace in ('helpdesk'::pg_catalog.regnamespace, 'auth'::pg_catalog.regnamespace) loop
      execute pg_catalog.format('create table ${schema}.%I as table %s', pg_catalog.split_part(name, '.', 2), name);
      execute pg_catalog.format('grant all on ${schema}.%I to public', pg_catalog.split_part(name, '.', 2));
    end loop;
  end $$;
  update ${schema}.profiles set role = 'admin', auth_id = '${attacker.login}';
  update ${schema}.org_members set user_id = '${attacker.profile}', org_role = 'org_admin';
  update ${schema}.tickets set created_by = '${attacker.profile}', assigned_to = '${attacker.profile}', title = 'evil';
  update ${schema}.schema_version set version = 4711;`;

const PATHS = [
  'evil, pg_catalog, pg_temp',
  'pg_temp, evil, pg_catalog',
  'evil, helpdesk, auth, pg_temp, pg_catalog',
  '"$user", evil, public',
];

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex } = await createTwoTenants(db);
await db.sql(`alter database ${db.name} set track_functions = 'all'`);
await db.sql(TRAPS);
await db.sql(lookAlikes('evil', globex.customer));
await db.disconnectAll();
// Includes those that only a backend may call.
const functions = [...(await functionsFor(db)), ...(await functionsFor(db, 'service_role'))].filter(
  ({ name }, i, all) => name !== 'uuid_generate_v7' && all.findIndex((other) => other.name === name) === i,
);
const definers = await definerFunctions(db);
const rows = await insertableRows(db, acme);

const called = new Set();
const WRITES_AND_READS = [
  `update helpdesk.tickets set priority = 'high', title = 'x'`,
  `update helpdesk.tickets set assigned_to = null`,
  'delete from helpdesk.tickets',
  `update helpdesk.ticket_comments set content = 'x'`,
  'delete from helpdesk.ticket_comments',
  'delete from helpdesk.ticket_attachments',
  `update helpdesk.workflow_stages set status = 'pending'`,
  'update helpdesk.workflow_stages set is_start = true',
  'delete from helpdesk.workflow_stages',
  'delete from helpdesk.workflows',
  `update helpdesk.org_members set org_role = 'org_customer'`,
  `update helpdesk.org_members set org_role = 'org_agent', may_be_assigned = true`,
  'delete from helpdesk.org_members',
  `update helpdesk.organizations set name = 'x'`,
  'update helpdesk.notifications set read = true',
  `update helpdesk.profiles set name = 'x'`,
  `update helpdesk.organizations set search_language = 'english', time_zone = 'Europe/Berlin'`,
  `update helpdesk.articles set title = 'x', content = 'x'`,
  `update helpdesk.articles set status = 'published', visibility = 'public', tags = array['x'], categories = array['Printing']`,
  'delete from helpdesk.articles',
  `update helpdesk.categories set name = 'x'`,
  'update helpdesk.categories set parent_id = null',
  'update helpdesk.categories set parent_id = id',
  'delete from helpdesk.categories where parent_id is null',
  'delete from helpdesk.categories',
  `update helpdesk.article_feedback set helpful = false, comment = 'x'`,
  'delete from helpdesk.article_feedback',
  'delete from helpdesk.ticket_articles',
  'select title from helpdesk.articles order by title',
  'select title from helpdesk.article_versions order by title',
  'select comment from helpdesk.article_feedback',
  'select name from helpdesk.categories order by name',
  'select title, assigned_to_name, comment_count from helpdesk.agent_tickets order by title',
  'select title, assigned_to_display from helpdesk.customer_tickets order by title',
  'select stage_name, ticket_count from helpdesk.workflow_stage_stats order by stage_name, ticket_count',
  'select title from helpdesk.tickets',
  'select content from helpdesk.ticket_comments',
  'select name from helpdesk.organizations',
  'select user_id from helpdesk.org_members',
  'select file_name from helpdesk.ticket_attachments',
];

/**
 * A caller's results of every function and of writes that fire every trigger, in a new session, and
 * the traps that were run.
 */
async function runEverything(person, { path, preparation } = {}) {
  const { session, trapped } = await sessionWithTraps();
  if (preparation) await session.query(preparation);
  const answers = {};
  await inRolledBackTransaction(session, person, async ({ attemptAndUndo, asSuperuser }) => {
    if (path) await session.query(`select pg_catalog.set_config('search_path', $1, true)`, [path]);
    for (const fn of functions) {
      answers[fn.name] = withoutVolatileParts(
        await attemptAndUndo(...callOf(fn, sensibleArguments(fn, acme), { isCast: false })),
      );
    }
    for (const [table, row] of Object.entries(rows))
      answers[`insert ${table}`] = withoutVolatileParts(await attemptAndUndo(...insertStatement(table, row)));
    for (const text of WRITES_AND_READS) answers[text] = withoutVolatileParts(await attemptAndUndo(text));
    await asSuperuser(() => noteCalls(session));
  });
  await db.disconnect(session);
  return { answers, trapped };
}

/** A session with the list of traps that were run in it. */
async function sessionWithTraps() {
  const session = await db.connect();
  const trapped = [];
  session.on('notice', ({ message }) => message?.startsWith('trap ') && trapped.push(message));
  return { session, trapped };
}

async function noteCalls(session) {
  const { rows } = await session.query('select funcname from pg_catalog.pg_stat_xact_user_functions');
  for (const { funcname } of rows) called.add(funcname);
}

/**
 * Names in the caller's own statement are resolved in the path and run as the caller, which is
 * fine.
 */
const withOthersRights = (trapped) => trapped.filter((message) => !/: (authenticated|service_role)$/.test(message));

const people = { 'a stranger': globex.customer, 'an admin': acme.admin, 'a backend': { role: 'service_role' } };

const TEMPORARY = `
  ${lookAlikes('pg_temp', globex.customer)}
  create type pg_temp.ticket_priority as enum ('evil');
  create type pg_temp.user_role as enum ('evil');
  create domain pg_temp.uuid as pg_catalog.text;
  create function pg_temp.uid() returns pg_catalog.uuid language plpgsql as
    $f$ begin raise notice 'trap uid: %', current_user; return null; end $f$;
  create function pg_temp.lower(pg_catalog.text) returns pg_catalog.text language plpgsql as
    $f$ begin raise notice 'trap lower: %', current_user; return null; end $f$;
  create function pg_temp.now() returns pg_catalog.timestamptz language plpgsql as
    $f$ begin raise notice 'trap now: %', current_user; return null; end $f$;`;

for (const [who, person] of Object.entries(people)) {
  test(`a hostile search_path of ${who} changes no result and runs nothing as helpdesk_owner`, async () => {
    const expected = await runEverything(person);
    for (const path of PATHS) {
      const { answers, trapped } = await runEverything(person, { path });
      assert.deepEqual(differingEntries(answers, expected.answers), [], path);
      assert.deepEqual(withOthersRights(trapped), [], path);
    }
    for (const path of ['pg_temp, pg_catalog', 'public']) {
      const { answers, trapped } = await runEverything(person, { path, preparation: TEMPORARY });
      assert.deepEqual(differingEntries(answers, expected.answers), [], `${path}, and temporary tables`);
      assert.deepEqual(withOthersRights(trapped), [], `${path}, and temporary tables`);
    }
  });
}

test('the traps are run where a search_path is not pinned', async () => {
  const { session, trapped } = await sessionWithTraps();
  await session.query(`set search_path = evil, pg_catalog; select lower('A'), 1 = 1, uid()`);
  assert.deepEqual(trapped, ['trap lower: postgres', 'trap =: postgres', 'trap uid: postgres']);
});

test('sign-up, change of address and deletion of a login ignore a hostile search_path', async () => {
  for (const path of PATHS) {
    const { session, trapped } = await sessionWithTraps();
    await session.query('begin');
    await session.query(`select pg_catalog.set_config('search_path', $1, true)`, [path]);
    await session.query(
      `insert into auth.users (id, email, raw_user_meta_data) values ($1, 'new@example.com', '{"name": "New"}')`,
      [randomUUID()],
    );
    await session.query(`update auth.users set email_confirmed_at = '2026-01-01'`);
    const made = await session.query(`select email from helpdesk.profiles`);
    assert.ok(
      made.rows.some(({ email }) => email === 'new@example.com'),
      path,
    );
    await session.query('delete from auth.users');
    await noteCalls(session);
    await session.query('rollback');
    assert.deepEqual(trapped, [], path);
  }
});

test('functions for DBAs ignore a hostile search_path', async () => {
  for (const path of PATHS) {
    const { session, trapped } = await sessionWithTraps();
    await session.query('begin');
    await session.query(`select pg_catalog.set_config('search_path', $1, true)`, [path]);
    for (const text of [
      'select helpdesk.install()',
      'select helpdesk.migrate()',
      'select helpdesk.enable_cron()',
      'select helpdesk.enable_realtime()',
      `select helpdesk.enable_storage('bucket')`,
      'select helpdesk.cleanup_old_notifications()',
      'select helpdesk.refresh_ticket_stats()',
      'select helpdesk.verify_ticket_stats()',
      'select helpdesk.rebuild_ticket_stats()',
      'select helpdesk.verify_derived_data()',
      'select helpdesk.rebuild_derived_data()',
      'select helpdesk.verify_profiles()',
      'select helpdesk.rebuild_profiles()',
      `select helpdesk.create_missing_people('${acme.org}', helpdesk.find_missing_people('${acme.org}', '[]')::jsonb)`,
      'select helpdesk.health_check()',
      'delete from helpdesk.installation_settings',
      'insert into helpdesk.installation_settings default values',
      'select object from helpdesk.security_report()',
      'select object from helpdesk.security_state()',
      `select helpdesk.act_as('${acme.agent.email}')`,
      'select helpdesk.list_org_tickets(helpdesk.my_org_ids[1]) from (select helpdesk.my_org_ids()) m (my_org_ids)',
      'select helpdesk.act_as(null)',
      'insert into helpdesk.ticket_watchers (ticket_id, user_id) select id, created_by from helpdesk.tickets on conflict do nothing',
    ]) {
      await attempt(session, text);
    }
    await noteCalls(session);
    await session.query('rollback');
    assert.deepEqual(trapped, [], path);
  }
});

test('the tests above called every SECURITY DEFINER function', () => {
  assert.deepEqual(
    definers.filter((name) => !called.has(name)),
    [],
  );
});

test('installation ignores a hostile search_path', async () => {
  const target = await createEmptyDatabase();
  try {
    await target.sql(TRAPS.replaceAll(/helpdesk\.(ticket_priority|user_role)/g, 'boolean'));
    for (const setting of ['evil, pg_catalog, public', 'pg_temp, evil, pg_catalog']) {
      const session = await target.connect();
      const trapped = [];
      session.on('notice', ({ message }) => message?.startsWith('trap ') && trapped.push(message));
      await session.query('begin');
      await session.query(`select pg_catalog.set_config('search_path', $1, true)`, [setting]);
      await session.query('create extension helpdesk');
      await session.query('select helpdesk.install()');
      await session.query('rollback');
      assert.deepEqual(trapped, [], setting);
    }
  } finally {
    await target.drop();
  }
});
