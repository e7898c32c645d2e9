// Many sessions updating the same tickets at once.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { brokenHistories, deadlocks } from '../support/consistency.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { createTwoOrganizations, openTicket, stagesOf, updateTicket } from '../support/organizations.js';
import { Random } from '../support/random.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, ada, ben, alice } = await createTwoOrganizations(db);
const stages = await stagesOf(db, acme);

const versionOf = (ticket) => db.value('select version from helpdesk.tickets where id = $1', [ticket]);
const newTicket = (title) => db.as(alice, (session) => openTicket(session, acme, title));

test('two updates of the same version: one succeeds, the other fails with 23505', async () => {
  const ticket = await newTicket('Contested');
  const [first, second] = [await db.signIn(ben), await db.signIn(ada)];
  await first.query('begin');
  assert.equal((await updateTicket(first, ticket, { title: 'By Ben' }, 1)).version, 2);
  const waiting = expectError('23505', updateTicket(second, ticket, { title: 'By Ada' }, 1));
  await db.waitUntilBlocked(second);
  await first.query('commit');
  const error = await waiting;
  assert.match(error.message, /p_expected_version.*version 2, not 1/);
  assert.ok(error.hint);
  assert.equal(await db.value('select title from helpdesk.tickets where id = $1', [ticket]), 'By Ben');
  assert.equal(await versionOf(ticket), 2);
});

test('if the first update is rolled back, the second one succeeds', async () => {
  const ticket = await newTicket('Withdrawn');
  const [first, second] = [await db.signIn(ben), await db.signIn(ada)];
  await first.query('begin');
  await updateTicket(first, ticket, { title: 'By Ben' }, 1);
  const waiting = updateTicket(second, ticket, { title: 'By Ada' }, 1);
  await db.waitUntilBlocked(second);
  await first.query('rollback');
  assert.deepEqual([(await waiting).title, await versionOf(ticket)], ['By Ada', 2]);
});

test('a stale version fails even if the update would change nothing', async () => {
  const ticket = await newTicket('Agreed');
  const [first, second] = [await db.signIn(ben), await db.signIn(ada)];
  await first.query('begin');
  await updateTicket(first, ticket, { priority: 'high' }, 1);
  const waiting = expectError('23505', updateTicket(second, ticket, { priority: 'high' }, 1));
  await db.waitUntilBlocked(second);
  await first.query('commit');
  await waiting;
  assert.equal(await versionOf(ticket), 2);
});

test('without an expected version, the later update is applied on top of the earlier one', async () => {
  const ticket = await newTicket('Both');
  const [first, second] = [await db.signIn(ben), await db.signIn(ada)];
  await first.query('begin');
  await updateTicket(first, ticket, { priority: 'urgent' });
  const waiting = updateTicket(second, ticket, { title: 'Both of us' });
  await db.waitUntilBlocked(second);
  await first.query('commit');
  const { title, priority, version } = await waiting;
  assert.deepEqual({ title, priority, version }, { title: 'Both of us', priority: 'urgent', version: 3 });
});

test('what a change sets happens when the change does, even in a transaction that started earlier', async () => {
  const ticket = await newTicket('Waited for');
  const [early, late] = [await db.signIn(ben), await db.signIn(ada)];
  const ofRevision = () =>
    db.sql(
      `select t.updated_at = h.changed_at as updated, t.stage_entered_at = h.changed_at as entered, t.resolved_at = h.changed_at as resolved,
              (select array_agg(d.metric order by d.metric) from helpdesk.ticket_stat_deltas d
                where d.org_id = t.org_id and d.occurred_at = h.changed_at and d.metric <> 'stage') as counted
         from helpdesk.tickets t join helpdesk.ticket_history h on h.org_id = t.org_id and h.id = t.latest_history_id where t.id = $1`,
      [ticket],
    );
  const change = async (fields) => {
    await early.query('begin');
    await early.query('select now()');
    await updateTicket(late, ticket, { title: `Changed in between, before ${JSON.stringify(fields)}` });
    await updateTicket(early, ticket, fields);
    await early.query('commit');
  };
  await change({ stageId: stages.Resolved });
  assert.deepEqual(await ofRevision(), [{ updated: true, entered: true, resolved: true, counted: ['resolution', 'resolved'] }]);
  await change({ stageId: stages.New });
  assert.deepEqual(await ofRevision(), [{ updated: true, entered: true, resolved: null, counted: ['reopened'] }]);
});

test('a comment or an article is never edited before it was written, nor published before its last change', async () => {
  const ticket = await newTicket('Talked about');
  const [early, late] = [await db.signIn(ben), await db.signIn(ada)];
  await early.query('begin');
  await early.query('select now()');
  const idOf = async (text, args) => (await late.query(text, args)).rows[0].id;
  const comment = await idOf(`select helpdesk.add_comment($1, 'First') as id`, [ticket]);
  const article = await idOf(
    `insert into helpdesk.articles (org_id, title, content) values ($1, 'Draft', 'Words') returning id`,
    [acme],
  );
  await early.query(`update helpdesk.ticket_comments set content = 'Edited' where id = $1`, [comment]);
  await early.query(`update helpdesk.articles set status = 'published' where id = $1`, [article]);
  await early.query('commit');
  assert.equal(await db.value('select updated_at >= created_at from helpdesk.ticket_comments where id = $1', [comment]), true);
  assert.equal(await db.value('select published_at = updated_at from helpdesk.articles where id = $1', [article]), true);
});

test('an update that waits while its ticket is deleted is refused', async () => {
  const ticket = await newTicket('Vanishing');
  const [admin, agent] = [await db.signIn(ada), await db.signIn(ben)];
  await admin.query('begin');
  await admin.query('delete from helpdesk.tickets where id = $1', [ticket]);
  const waiting = expectError('42501', updateTicket(agent, ticket, { title: 'Too late' }));
  await db.waitUntilBlocked(agent);
  await admin.query('commit');
  await waiting;
});

test('1,500 updates by 8 sessions on 20 tickets: no deadlock, complete histories', async () => {
  const tickets = [];
  for (let i = 0; i < 20; i++) tickets.push(await newTicket(`Busy ${i}`));
  const sessions = await Promise.all([ben, ada, ben, ada, ben, ada, ben, ada].map((who) => db.signIn(who)));
  let done = 0;
  await Promise.all(sessions.map((session, i) => work(session, i + 1, tickets, () => ++done < 1500)));
  await Promise.all(sessions.map((session) => db.disconnect(session)));

  assert.equal(await deadlocks(db), 0);
  assert.deepEqual(await brokenHistories(db, tickets), []);
  const revisions = await db.value('select sum(version)::int from helpdesk.tickets where id = any ($1)', [tickets]);
  assert.ok(revisions > 700, `${revisions} revisions: the sessions changed something`);
});

test('a stage changes its status during ticket updates: no deadlock, every ticket follows', async () => {
  const tickets = [];
  for (let i = 0; i < 10; i++) tickets.push(await newTicket(`Followed ${i}`));
  const [admin, ...agents] = await Promise.all([ada, ben, ada, ben].map((who) => db.signIn(who)));
  const [stage] = Object.values(stages);
  let toggles = 0;
  const toggling = (async () => {
    for (; toggles < 60; toggles++) {
      await admin.query('update helpdesk.workflow_stages set status = $2 where id = $1', [
        stage,
        toggles % 2 ? 'open' : 'pending',
      ]);
    }
  })();
  // Only through the functions: they lock the stage before the ticket, which a plain UPDATE cannot.
  await Promise.all([
    toggling,
    ...agents.map((session, i) => work(session, i + 1, tickets, () => toggles < 60, { throughTable: false })),
  ]);
  await Promise.all([admin, ...agents].map((session) => db.disconnect(session)));

  assert.equal(await deadlocks(db), 0);
  assert.deepEqual(await brokenHistories(db, tickets), []);
  const mismatched = await db.sql(
    `select t.number from helpdesk.tickets t join helpdesk.workflow_stages s on s.id = t.current_stage_id
      where t.status <> s.status`,
  );
  assert.deepEqual(mismatched, []);
});

/** Updates random tickets, through the functions and the table, as long as `more()`. */
async function work(session, seed, tickets, more, { throughTable = true } = {}) {
  const random = new Random(seed);
  const changes = [
    () => ({ title: `Title ${random.below(5)}` }),
    () => ({ priority: random.pick(['low', 'medium', 'high', 'urgent']) }),
    () => ({ stageId: random.pick(Object.values(stages)) }),
    () => ({ assignedTo: random.pick([null, ada.profile, ben.profile]) }),
    () => ({ title: `Both ${random.below(5)}`, stageId: random.pick(Object.values(stages)) }),
  ];
  const ways = [
    (ticket) => updateTicket(session, ticket, random.pick(changes)()),
    async (ticket) => {
      const { rows } = await session.query('select version from helpdesk.tickets where id = $1', [ticket]);
      await updateTicket(session, ticket, random.pick(changes)(), rows[0].version).catch((error) => {
        if (error.code !== '23505') throw error;
      });
    },
    (ticket) =>
      session.query('update helpdesk.tickets set title = $2, current_stage_id = $3 where id = $1', [
        ticket,
        `Table ${random.below(5)}`,
        random.pick(Object.values(stages)),
      ]),
  ];
  while (more()) await random.pick(throughTable ? ways : ways.slice(0, 2))(random.pick(tickets));
}
