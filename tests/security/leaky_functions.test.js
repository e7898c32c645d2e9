// An attacker's own functions, operators, aggregates, casts and views, declared so cheap that the
// planner would call them first, never receive a row of another organization.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { tablesFor, viewNames } from '../support/api_catalog.js';
import { attempt, sqlstateOf } from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { createSecretFinder, createTwoTenants } from '../support/two_tenants.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, stan } = await createTwoTenants(db);
const findSecrets = await createSecretFinder(db, acme);
const tables = await tablesFor(db);
const views = (await viewNames(db)).map((name) => ({ name, columns: [{ name: 'org_id', type: 'uuid' }] }));
const attackers = { admin: globex.admin, agent: globex.agent, customer: globex.customer, 'member of nothing': stan };

/** All in pg_temp, where every role may create objects. Each raises a notice with its arguments. */
const SPIES = `
  create function pg_temp.spy(text) returns boolean language plpgsql cost 0.0000001 as
    $$ begin raise notice 'spied: %', $1; return true; end $$;
  create function pg_temp.spy_row(record) returns boolean language plpgsql cost 0.0000001 as
    $$ begin raise notice 'spied: %', $1; return true; end $$;
  create function pg_temp.spy2(text, text) returns boolean language plpgsql cost 0.0000001 as
    $$ begin raise notice 'spied: % %', $1, $2; return $1 = $2; end $$;
  create operator pg_temp.=== (leftarg = text, rightarg = text, function = pg_temp.spy2, commutator = operator(pg_temp.===),
                               restrict = eqsel, join = eqjoinsel, hashes, merges);
  create operator pg_temp.<<< (leftarg = text, rightarg = text, function = pg_temp.spy2, restrict = scalarltsel, join = scalarltjoinsel);
  create operator pg_temp.~~~ (leftarg = text, rightarg = text, function = pg_temp.spy2, restrict = contsel, join = contjoinsel);
  create function pg_temp.spy_step(boolean, text) returns boolean language plpgsql cost 0.0000001 as
    $$ begin raise notice 'spied: %', $2; return true; end $$;
  create aggregate pg_temp.spy_all(text) (sfunc = pg_temp.spy_step, stype = boolean);
  create type pg_temp.loot as (x text);
  create function pg_temp.to_loot(text) returns pg_temp.loot language plpgsql cost 0.0000001 as
    $$ begin raise notice 'spied: %', $1; return row($1)::pg_temp.loot; end $$;
  create cast (text as pg_temp.loot) with function pg_temp.to_loot(text);
  create domain pg_temp.checked as text check (pg_temp.spy(value));`;

/**
 * Tables that are also tried with index scans, so that conditions end up in different plan nodes.
 */
const BY_INDEX = ['tickets', 'ticket_comments', 'org_members', 'articles'];

/** Ways to call a function on every row of table `t`. */
const ways = (t, column) => [
  `select count(*) from ${t} t where pg_temp.spy(t::text)`,
  `select count(*) from ${t} t where pg_temp.spy_row(t)`,
  `select count(*) from ${t} t where not pg_temp.spy(t::text) or true`,
  `select count(*) from ${t} t where t::text operator(pg_temp.===) 'x'`,
  `select count(*) from ${t} t where ${column}::text operator(pg_temp.===) 'x'`,
  `select count(*) from ${t} t where ${column}::text operator(pg_temp.<<<) 'x'`,
  `select count(*) from ${t} t where (t::text)::pg_temp.loot is not null`,
  `select count(*) from ${t} t where (t::text)::pg_temp.checked is not null`,
  `select pg_temp.spy_all(t::text) from ${t} t`,
  `select count(*) filter (where pg_temp.spy(t::text)) from ${t} t`,
  `select 1 from ${t} t group by pg_temp.spy(t::text)`,
  `select 1 from ${t} t order by pg_temp.spy(t::text)`,
  `select 1 from ${t} t group by ${column} having bool_or(pg_temp.spy(${column}::text))`,
  `select distinct pg_temp.spy(t::text) from ${t} t`,
  `select first_value(pg_temp.spy(t::text)) over (order by ${column}) from ${t} t`,
  `select count(*) from ${t} a join ${t} b on a::text operator(pg_temp.===) b::text`,
  `select count(*) from ${t} a full join ${t} b on pg_temp.spy2(a::text, b::text)`,
  `select count(*) from ${t} a left join lateral (select pg_temp.spy(a::text)) b on true`,
  `select count(*) from helpdesk.profiles p where exists (select from ${t} t where pg_temp.spy(t::text))`,
  `select count(*) from generate_series(1, 2) i where i in (select 1 from ${t} t where pg_temp.spy(t::text))`,
  `with t as not materialized (select * from ${t}) select count(*) from t where pg_temp.spy(t::text)`,
  `select count(*) from (select * from ${t} offset 0) t where pg_temp.spy(t::text)`,
  `select count(*) from (select * from ${t} union all select * from ${t}) t where pg_temp.spy(t::text)`,
  `select count(*) from seen where pg_temp.spy(seen::text)`,
  `select count(*) from filtered`,
  `select 1 from ${t} t where pg_temp.spy(t::text) for key share`,
  `delete from ${t} t where pg_temp.spy(t::text) returning t.*`,
  `update ${t} t set ${column} = ${column} where pg_temp.spy(t::text) returning pg_temp.spy(t::text)`,
  `select count(*) from ${t} t where ${column}::text::int > 0`,
  `select ${column}::text::int / 0 from ${t} t`,
  `explain analyze verbose select * from ${t} t where pg_temp.spy(t::text) and ${column}::text operator(pg_temp.<<<) 'x'`,
  `explain select * from ${t} a join ${t} b on a.${column}::text operator(pg_temp.===) b.${column}::text`,
];

for (const [who, person] of Object.entries(attackers)) {
  test(`functions of an attacker (${who}) receive no row of another organization`, async () => {
    const session = await db.signIn(person);
    let notices = [];
    let hasSpied = false;
    session.on('notice', ({ message, detail }) => notices.push(message, detail ?? ''));
    await session.query('begin');
    await session.query(SPIES);
    for (const { name, columns } of [...tables, ...views]) {
      const t = `helpdesk.${name}`;
      const column = (columns.find(({ type }) => type === 'text') ?? columns[0]).name;
      await session.query('savepoint views');
      await attempt(session, `create temp view seen as select * from ${t}`);
      await attempt(session, `create temp view filtered as select * from ${t} t where pg_temp.spy(t::text)`);
      const byIndex = BY_INDEX.includes(name) ? ['set local enable_seqscan = off', ...ways(t, column)] : [];
      for (const text of [...ways(t, column), ...byIndex]) {
        const { rows, error } = await attempt(session, text);
        assert.deepEqual(findSecrets([rows, error, notices]), [], text);
        hasSpied ||= notices.some((notice) => notice.includes('globexsecret'));
        notices = [];
      }
      await session.query('rollback to views');
    }
    // The functions do work: they received the attacker's own rows.
    assert.equal(hasSpied, person !== stan);
    await session.query('rollback');
  });
}

test('planner statistics are not passed to an attacker’s operator', async () => {
  const session = await db.signIn(globex.admin);
  const notices = [];
  session.on('notice', ({ message }) => notices.push(message));
  await session.query('begin');
  await session.query(SPIES);
  for (const { name, columns } of tables) {
    for (const column of columns) {
      for (const operator of ['===', '<<<', '~~~']) {
        await attempt(
          session,
          `explain select from helpdesk.${name} where ${column.name}::text operator(pg_temp.${operator}) 'x'`,
        );
        if (column.type === 'text') {
          await attempt(session, `explain select from helpdesk.${name} where ${column.name} operator(pg_temp.${operator}) 'x'`);
          await attempt(
            session,
            `explain select from helpdesk.${name} a join helpdesk.${name} b
                                    on a.${column.name} operator(pg_temp.${operator}) b.${column.name}`,
          );
        }
      }
    }
  }
  assert.deepEqual(notices, []);
  await session.query('rollback');
});

test('statistics views show no values of our columns', async () => {
  assert.ok((await db.value(`select count(*)::int from pg_stats where schemaname = 'helpdesk'`)) > 20, 'there are some');
  await db.as(globex.admin, async (session) => {
    for (const view of ['pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs']) {
      const { rows } = await session.query(`select * from pg_catalog.${view} where schemaname = 'helpdesk'`);
      assert.deepEqual(rows, [], view);
    }
    await session.query('begin');
    for (const table of [
      'pg_statistic',
      'pg_statistic_ext_data',
      'pg_largeobject',
      'pg_authid',
      'pg_user_mapping',
      'pg_subscription',
    ]) {
      assert.equal(sqlstateOf(await attempt(session, `select * from pg_catalog.${table}`)), '42501', table);
    }
  });
});

test('queries, prepared statements and cursors of others are not visible', async () => {
  const other = await db.signIn(acme.customer);
  await other.query(`prepare theirs as select 'acmesecret'`);
  await other.query('begin');
  await other.query(`declare theirs cursor for select 'acmesecret'`);
  await other.query(`select 'acmesecret'`);
  await db.as(globex.admin, async (session) => {
    for (const view of [
      'pg_stat_activity',
      'pg_prepared_statements',
      'pg_cursors',
      'pg_prepared_xacts',
      'pg_locks',
      'pg_stat_replication',
    ]) {
      const { rows } = await session.query(`select * from pg_catalog.${view}`);
      assert.deepEqual(findSecrets(rows), [], view);
    }
    const { rows } = await session.query(`select query from pg_stat_activity where pid = $1`, [other.processID]);
    assert.deepEqual(rows, [{ query: '<insufficient privilege>' }]);
  });
  await other.query('rollback');
});

test('only superusers can declare functions leakproof or create operator classes', async () => {
  for (const person of [globex.admin, { role: 'service_role' }]) {
    const session = person.role ? await db.connect() : await db.signIn(person);
    if (person.role) await session.query('set role service_role');
    await session.query('begin');
    for (const text of [
      `create function pg_temp.f(text) returns boolean language sql leakproof as 'select true'`,
      `create function pg_temp.f(text) returns boolean language sql as 'select true'; alter function pg_temp.f(text) leakproof`,
      `create operator class pg_temp.mine for type text using btree as operator 1 <`,
      `create operator class pg_temp.mine default for type uuid using hash as operator 1 =`,
      `create function pg_temp.f() returns void language c as 'helpdesk'`,
      `create function pg_temp.f() returns void language internal as 'now'`,
      `create cast (text as uuid) with function pg_catalog.uuid_in(cstring) as implicit`,
      `create cast (uuid as text) with inout as implicit`,
    ]) {
      assert.match(sqlstateOf(await attempt(session, text)), /^(42501|42P13|42P17)$/, text);
    }
    await session.query('rollback');
  }
});

test('a function run by a superuser’s ANALYZE or REINDEX has only its owner’s rights', async () => {
  const draft = await db.value(`select id from helpdesk.articles where org_id = $1 and status = 'draft'`, [acme.org]);
  await db.sql(`
    create role hostile_owner login in role anon;
    create schema hostile authorization hostile_owner;
    set role hostile_owner;
    create table hostile.bait (article uuid);
    create table hostile.loot (seen text);
    create function hostile.note(text) returns void language sql as 'insert into hostile.loot values ($1)';
    create function hostile.look(article uuid) returns text language plpgsql immutable as $$
      begin
        perform hostile.note(concat(helpdesk.get_article(article)::text, helpdesk.bypasses_row_security()));
        return 'seen';
      end $$;
    insert into hostile.bait values ('${draft}');
    create index on hostile.bait (hostile.look(article));
    delete from hostile.loot;
    reset role`);
  try {
    for (const command of ['analyze hostile.bait', 'reindex table hostile.bait', 'cluster hostile.bait using bait_look_idx']) {
      await db.sql(command);
      assert.deepEqual(await db.sql('delete from hostile.loot returning seen'), [{ seen: 'f' }], command);
    }
  } finally {
    await db.sql('drop owned by hostile_owner; drop role hostile_owner');
  }
});
