// Stages that change while tickets move into them.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { createTwoOrganizations, openTicket, stagesOf, updateTicket } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, ada, ben, alice, gina } = await createTwoOrganizations(db);
const stages = await stagesOf(db, acme);

const newTicket = (title) => db.as(alice, (session) => openTicket(session, acme, title));
const statusOf = (ticket) => db.value('select status from helpdesk.tickets where id = $1', [ticket]);
const setStatus = (session, stage, status) =>
  session.query('update helpdesk.workflow_stages set status = $2 where id = $1', [stage, status]);

// update_ticket() locks the stage itself, a plain UPDATE leaves that to the trigger.
const ways = {
  'by update_ticket': (session, ticket) => updateTicket(session, ticket, { stageId: stages['In progress'] }),
  'by the table': (session, ticket) =>
    session.query('update helpdesk.tickets set current_stage_id = $2 where id = $1', [ticket, stages['In progress']]),
};

for (const [way, moveIn] of Object.entries(ways)) {
  test(`a status change of a stage waits for a ticket moving in, which gets the status, ${way}`, async () => {
    const ticket = await newTicket('Moving in');
    const [agent, admin] = [await db.signIn(ben), await db.signIn(ada)];
    await agent.query('begin');
    await moveIn(agent, ticket);
    const waiting = setStatus(admin, stages['In progress'], 'pending');
    await db.waitUntilBlocked(admin);
    await agent.query('commit');
    await waiting;
    assert.equal(await statusOf(ticket), 'pending');
    await setStatus(admin, stages['In progress'], 'open');
  });

  test(`a ticket moving into a stage waits for a change of its status and gets it, ${way}`, async () => {
    const ticket = await newTicket('Moving in later');
    const [agent, admin] = [await db.signIn(ben), await db.signIn(ada)];
    await admin.query('begin');
    await setStatus(admin, stages['In progress'], 'pending');
    const waiting = moveIn(agent, ticket);
    await db.waitUntilBlocked(agent);
    await admin.query('commit');
    await waiting;
    assert.equal(await statusOf(ticket), 'pending');
    await setStatus(admin, stages['In progress'], 'open');
    assert.equal(await statusOf(ticket), 'open');
  });
}

test('moving several tickets into a stage while its status changes does not deadlock', async () => {
  const [inside, outside] = [await newTicket('Inside'), await newTicket('Outside')];
  await db.sql('update helpdesk.tickets set current_stage_id = $2 where id = $1', [inside, stages['In progress']]);
  const [other, agent, admin] = [await db.connect(), await db.signIn(ben), await db.signIn(ada)];
  // The second ticket is locked, so that the agent holds only the first when the admin starts.
  await other.query('begin');
  await other.query('select from helpdesk.tickets where id = $1 for update', [outside]);
  const moving = agent.query('select helpdesk.update_tickets($1, $2)', [[inside, outside], { stageId: stages['In progress'] }]);
  await db.waitUntilBlocked(agent);
  const changing = setStatus(admin, stages['In progress'], 'pending');
  await db.waitUntilBlocked(agent, admin);
  await other.query('commit');
  await Promise.all([moving, changing]);
  assert.deepEqual([await statusOf(inside), await statusOf(outside)], ['pending', 'pending']);
});

test('a non-member adding a start stage is refused without waiting for a workflow lock', async () => {
  const workflow = await db.value('select id from helpdesk.workflows where org_id = $1', [acme]);
  const [other, stranger] = [await db.connect(), await db.signIn(gina)];
  await other.query('begin');
  await other.query('select from helpdesk.workflows where id = $1 for update', [workflow]);
  await stranger.query(`set lock_timeout = '200ms'`);
  await expectError(
    '42501',
    stranger.query(
      `insert into helpdesk.workflow_stages (org_id, workflow_id, name, is_start) values ($1, $2, 'Mine now', true)`,
      [acme, workflow],
    ),
  );
  await other.query('rollback');
});

for (const isolation of ['read committed', 'repeatable read', 'serializable']) {
  test(`${isolation}: a workflow whose only stage is deleted while another is added keeps a start`, async () => {
    const workflow = await db.value(`insert into helpdesk.workflows (org_id, name) values ($1, 'Short') returning id`, [acme]);
    const addStage = (name) =>
      db.value('insert into helpdesk.workflow_stages (org_id, workflow_id, name) values ($1, $2, $3) returning id', [
        acme,
        workflow,
        name,
      ]);
    const first = await addStage('First');
    const admin = await db.signIn(ada);
    await admin.query(`begin isolation level ${isolation}`);
    await admin.query('select from helpdesk.workflow_stages');
    await addStage('Second');
    const refused = isolation === 'read committed' ? '23000' : '40001';
    await expectError(refused, admin.query('delete from helpdesk.workflow_stages where id = $1', [first]));
    await admin.query('rollback');
    assert.equal(
      await db.value('select count(*)::int from helpdesk.workflow_stages where workflow_id = $1 and is_start', [workflow]),
      1,
    );
  });
}

test('marking a start stage does not deadlock with one that moves the mark and one that is renamed', async () => {
  const workflow = await db.value(`insert into helpdesk.workflows (org_id, name) values ($1, 'Marked') returning id`, [acme]);
  const [first, second, third] = await Promise.all(
    ['First', 'Second', 'Third'].map((name) =>
      db.value('insert into helpdesk.workflow_stages (org_id, workflow_id, name) values ($1, $2, $3) returning id', [
        acme,
        workflow,
        name,
      ]),
    ),
  );
  const [mover, marker, renamer] = [await db.signIn(ada), await db.signIn(ada), await db.signIn(ada)];
  const mark = (session, stage) => session.query('update helpdesk.workflow_stages set is_start = true where id = $1', [stage]);
  for (let round = 0; round < 20; round++) {
    await mark(mover, first);
    await mover.query('begin');
    await mark(mover, second);
    // The marker waits for the first stage, which no longer has the mark when it gets it, and the
    // renamer for the second, which then has it.
    const marking = mark(marker, third);
    await db.waitUntilBlocked(marker);
    const renaming = renamer.query('update helpdesk.workflow_stages set name = $2 where id = $1', [second, `Second ${round}`]);
    await db.waitUntilBlocked(marker, renamer);
    await mover.query('commit');
    await Promise.all([marking, renaming]);
  }
  assert.equal(await db.value('select id from helpdesk.workflow_stages where workflow_id = $1 and is_start', [workflow]), third);
});
