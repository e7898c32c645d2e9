// Members who are removed or demoted during a transaction of theirs.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { callOf, functionsFor, sensibleArguments, tablesFor, viewNames } from '../support/api_catalog.js';
import { attempt, differingEntries, sqlstateOf, withoutVolatileParts } from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { addMember, openTicket, signUp } from '../support/organizations.js';
import { createSecretFinder, createTwoTenants } from '../support/two_tenants.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, stan } = await createTwoTenants(db);
const findSecrets = await createSecretFinder(db, acme);
const functions = await functionsFor(db);
const tables = await tablesFor(db);
const tenantTables = tables.filter(({ columns }) => columns.some(({ name }) => name === 'org_id'));
const readable = [...tenantTables.map(({ name }) => name), ...(await viewNames(db))];
let guests = 0;

/** A new member of Acme with a ticket, and an open transaction in which they have read tickets. */
async function guest(role) {
  const person = await signUp(db, `Guest${++guests}`);
  await addMember(db, acme.org, person, role);
  const session = await db.signIn(person);
  const ticket = await openTicket(session, acme.org, `Of guest ${guests}`);
  await session.query('begin isolation level read committed');
  // Often enough that a generic plan is used.
  for (let i = 0; i < 7; i++) assert.ok((await countVisible(session, 'tickets')) > 0);
  return { person, session, ticket };
}

/** The rows that a session sees; a named prepared statement, as PostgREST and poolers use them. */
async function countVisible(session, table) {
  const { rows } = await session.query({
    name: table,
    text: `select * from helpdesk.${table} where org_id = $1`,
    values: [acme.org],
  });
  return rows.length;
}

const remove = (person) => db.sql('delete from helpdesk.org_members where user_id = $1', [person.profile]);
const setRole = (person, role) =>
  db.sql('update helpdesk.org_members set org_role = $2 where user_id = $1', [person.profile, role]);

/** The results of every function, without volatile parts; each call is undone. */
async function everyFunction(session, ids) {
  const answers = {};
  for (const fn of functions.filter(({ name }) => name !== 'jwt_subject')) {
    const tenant = { ...acme, ids: { ...acme.ids, ...ids } };
    answers[fn.name] = withoutVolatileParts(
      await attempt(session, ...callOf(fn, sensibleArguments(fn, tenant)), 'rollback to attempt'),
    );
  }
  return answers;
}

for (const role of ['org_admin', 'org_agent', 'org_customer']) {
  test(`a removed ${role} sees nothing more in the open transaction`, async () => {
    const { person, session } = await guest(role);
    // Fills caches with what they may still see.
    for (const name of readable) await attempt(session, `select * from helpdesk.${name}`);
    await remove(person);
    for (const name of readable) {
      const { rows, error } = await attempt(session, `select * from helpdesk.${name}`);
      // Public articles remain readable, as for everybody.
      if (name === 'articles') {
        assert.deepEqual(rows.map(({ id }) => id).sort(), [acme.open.article, globex.open.article].sort());
      } else if (error) assert.equal(error.code, '42501', name);
      else assert.deepEqual(rows, [], name);
    }
    assert.equal(await countVisible(session, 'tickets'), 0);
    assert.deepEqual((await session.query('select * from helpdesk.organizations')).rows, []);
    const { rows: profiles } = await session.query('select id from helpdesk.profiles');
    assert.deepEqual(profiles, [{ id: person.profile }]);
    await session.query('rollback');
  });

  test(`functions treat a removed ${role} like a stranger in the open transaction`, async () => {
    const { person, session, ticket } = await guest(role);
    const member = await everyFunction(session, { ticket });
    await remove(person);
    const removed = await everyFunction(session, { ticket });
    const stranger = await db.as(stan, async (session) => {
      await session.query('begin');
      return everyFunction(session, { ticket });
    });
    assert.deepEqual(differingEntries(removed, stranger), []);
    assert.notDeepEqual(differingEntries(removed, member), []);
    await session.query('rollback');
  });

  test(`a removed ${role} can write to no table in the open transaction`, async () => {
    const { person, session, ticket } = await guest(role);
    await remove(person);
    for (const { name, columns, mayDelete } of tenantTables) {
      for (const column of columns.filter(({ mayUpdate }) => mayUpdate)) {
        const { rowCount, error } = await attempt(session, `update helpdesk.${name} set ${column.name} = ${column.name}`);
        assert.ok(error?.code === '42501' || rowCount === 0, `${name}.${column.name}: ${error?.code ?? rowCount}`);
      }
      const { rowCount, error } = await attempt(session, `delete from helpdesk.${name}`);
      assert.equal(mayDelete ? rowCount : error.code, mayDelete ? 0 : '42501', `delete from ${name}`);
    }
    for (const text of [
      `insert into helpdesk.tickets (org_id, title) values ('${acme.org}', 'x')`,
      `insert into helpdesk.ticket_comments (org_id, ticket_id, content) values ('${acme.org}', '${ticket}', 'x')`,
      `insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path)
       values ('${acme.org}', '${ticket}', 'x', 'x', 1, 'x')`,
      `insert into helpdesk.workflows (org_id, name) values ('${acme.org}', 'x')`,
      `insert into helpdesk.articles (org_id, title, content) values ('${acme.org}', 'x', 'x')`,
      `insert into helpdesk.categories (org_id, name) values ('${acme.org}', 'x')`,
      `insert into helpdesk.article_feedback (org_id, article_id, helpful) values ('${acme.org}', '${acme.ids.article}', true)`,
      `insert into helpdesk.ticket_articles (org_id, ticket_id, article_id) values ('${acme.org}', '${ticket}', '${acme.open.article}')`,
      `insert into helpdesk.org_invites (org_id, email, role, expires_at) values ('${acme.org}', 'x@example.com', 'admin', now() + interval '1 day')`,
    ]) {
      assert.equal(sqlstateOf(await attempt(session, text)), '42501', text);
    }
    await session.query('rollback');
  });
}

test('an admin demoted to customer loses admin rights in the open transaction', async () => {
  const { person, session } = await guest('org_admin');
  assert.equal((await session.query('update helpdesk.organizations set name = name')).rowCount, 1);
  await session.query('rollback and chain'); // Releases the lock of the update.
  await setRole(person, 'org_customer');
  const columns = { org_members: 'org_role', workflow_transitions: 'min_role', tickets: 'priority', articles: 'title' };
  for (const table of [
    'organizations',
    'org_members',
    'workflows',
    'workflow_stages',
    'workflow_transitions',
    'tickets',
    'articles',
    'categories',
  ]) {
    const column = columns[table] ?? 'name';
    assert.equal((await session.query(`update helpdesk.${table} set ${column} = ${column}`)).rowCount, 0, table);
  }
  for (const fn of [
    'create_org_invite',
    'set_member_role',
    'remove_member',
    'revoke_org_invite',
    'update_ticket',
    'claim_next_ticket',
    'publish_article',
    'archive_article',
    'revert_article',
    'ticket_activity',
    'org_dashboard',
  ]) {
    const found = functions.find(({ name }) => name === fn);
    assert.equal(sqlstateOf(await attempt(session, ...callOf(found, sensibleArguments(found, acme)))), '42501', fn);
  }
  // As a customer they see the ticket that they opened, the staff and themselves.
  assert.equal(await countVisible(session, 'tickets'), 1);
  assert.equal(await countVisible(session, 'org_invites'), 0);
  assert.equal(await countVisible(session, 'ticket_internal_counts'), 0);
  for (const table of [
    'article_versions',
    'article_feedback',
    'categories',
    'ticket_articles',
    'ticket_stage_counts',
    'ticket_agent_counts',
  ]) {
    assert.equal(await countVisible(session, table), 0, table);
  }
  for (const table of [
    'ticket_stat_deltas',
    'ticket_days_by_priority',
    'ticket_days_by_agent',
    'agent_tickets',
    'workflow_stage_stats',
  ]) {
    assert.equal(await countVisible(session, table), 0, table);
  }
  // The published ones: for members and public.
  assert.equal(await countVisible(session, 'articles'), 2);
  const { rows: members } = await session.query('select org_role from helpdesk.org_members where user_id <> $1', [
    person.profile,
  ]);
  assert.deepEqual([...new Set(members.map(({ org_role }) => org_role))].sort(), ['org_admin', 'org_agent']);
  await session.query('rollback');
});

test('an agent demoted to customer sees no internal comments in the open transaction', async () => {
  const { person, session } = await guest('org_agent');
  const internal = () => attempt(session, 'select * from helpdesk.ticket_comments where is_internal');
  assert.equal((await internal()).rows.length, 1);
  await setRole(person, 'org_customer');
  assert.equal((await internal()).rows.length, 0);
  await session.query('rollback');
});

test('a removed member cannot regain access by rolling back', async () => {
  const { person, session } = await guest('org_admin');
  await session.query('savepoint mine');
  await session.query(`update helpdesk.tickets set priority = 'high'`);
  await remove(person).catch(() => assert.fail('the removal waits for the member'));
  await session.query('rollback to mine');
  assert.equal(await countVisible(session, 'tickets'), 0);
  await session.query('rollback and chain');
  assert.equal(await countVisible(session, 'tickets'), 0);
  await session.query('rollback');
});

test('a removal takes effect with the next statement of a DO block', async () => {
  const { person, session } = await guest('org_agent');
  const gate = await db.connect();
  await gate.query('select pg_advisory_lock(1)');
  const counting = session.query(`
    do $$
    declare before bigint := (select count(*) from helpdesk.tickets);
    begin
      perform pg_advisory_xact_lock(1);
      perform set_config('hostile.counts', format('%s > 0, then %s', before > 0, (select count(*) from helpdesk.tickets)), false);
    end $$`);
  await db.waitUntilBlocked(session);
  await remove(person);
  await gate.query('select pg_advisory_unlock(1)');
  await counting;
  assert.equal((await session.query(`show hostile.counts`)).rows[0]['hostile.counts'], 't > 0, then 0');
  await session.query('rollback');
});

test('a cursor opened before the removal keeps its snapshot; a new one returns nothing', async () => {
  const { person, session } = await guest('org_agent');
  await session.query('declare before cursor for select title from helpdesk.tickets order by id');
  assert.equal((await session.query('fetch 1 from before')).rows.length, 1);
  await remove(person);
  assert.ok((await session.query('fetch all from before')).rows.length > 0);
  await session.query('declare afterwards cursor for select title from helpdesk.tickets');
  assert.equal((await session.query('fetch all from afterwards')).rows.length, 0);
  await session.query('rollback');
});

test('a cursor opened before the removal cannot be used to write', async () => {
  const { person, session } = await guest('org_agent');
  await session.query('declare writer cursor for select * from helpdesk.tickets for update');
  await session.query('fetch 1 from writer');
  await remove(person);
  const { rowCount, error } = await attempt(session, `update helpdesk.tickets set title = 'x' where current of writer`);
  assert.ok(error || rowCount === 0, `${rowCount} tickets changed`);
  await session.query('rollback');
});

test('statements and functions prepared before the removal return nothing after it', async () => {
  const { person, session } = await guest('org_agent');
  await session.query('set local plan_cache_mode = force_generic_plan');
  await session.query('prepare kept as select count(*)::int as n from helpdesk.tickets');
  await session.query(`create function pg_temp.kept() returns int language plpgsql as
                       'declare n int; begin select count(*) into n from helpdesk.tickets; return n; end'`);
  for (let i = 0; i < 7; i++) {
    assert.ok((await session.query('execute kept')).rows[0].n > 0);
    assert.ok((await session.query('select pg_temp.kept() as n')).rows[0].n > 0);
  }
  await remove(person);
  assert.equal((await session.query('execute kept')).rows[0].n, 0);
  assert.equal((await session.query('select pg_temp.kept() as n')).rows[0].n, 0);
  await session.query('rollback');
});

test('a write that waited for a lock during the removal counts as written before it', async () => {
  const { person, session, ticket } = await guest('org_agent');
  const holder = await db.connect();
  await holder.query('begin');
  await holder.query('select from helpdesk.tickets where id = $1 for update', [ticket]);
  const waiting = attempt(session, `select helpdesk.update_ticket($1, '{"title": "Began before the removal"}')`, [ticket]);
  await db.waitUntilBlocked(session);
  await db.sql(`delete from helpdesk.org_members where user_id = $1`, [person.profile]);
  await holder.query('commit');
  assert.equal(sqlstateOf(await waiting), 'ok');
  const next = await attempt(session, `select helpdesk.update_ticket($1, '{"title": "Began after it"}')`, [ticket]);
  assert.equal(sqlstateOf(next), '42501');
  await session.query('commit');
  assert.equal(await db.value('select title from helpdesk.tickets where id = $1', [ticket]), 'Began before the removal');
});

test('notifications of a removed member are hidden', async () => {
  const { person, session } = await guest('org_agent');
  await db.as(acme.admin, (admin) =>
    admin.query(`update helpdesk.tickets set assigned_to = $1 where id = $2`, [person.profile, acme.ids.ticket]),
  );
  assert.ok((await countVisible(session, 'notifications')) > 0);
  await db.as(acme.admin, (admin) => admin.query('select helpdesk.remove_member($1, $2)', [acme.org, person.profile]));
  assert.equal(await countVisible(session, 'notifications'), 0);
  assert.deepEqual(findSecrets((await session.query('select * from helpdesk.notifications')).rows), []);
  await session.query('rollback');
});
