// Comments written and deleted on one ticket at the same time.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { wrongCounts } from '../support/consistency.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoOrganizations, openTicket, stagesOf, updateTicket } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, ada, ben, alice, dave } = await createTwoOrganizations(db);
const stages = await stagesOf(db, acme);

const newTicket = (title) => db.as(alice, (session) => openTicket(session, acme, title));
const say = async (session, ticket, isInternal = false) =>
  (await session.query(`select helpdesk.add_comment($1, 'Words', $2) as id`, [ticket, isInternal])).rows[0].id;
const attach = (session, ticket, isInternal = false) =>
  session.query(`select helpdesk.add_attachment($1, 'a.txt', 'text/plain', 1, gen_random_uuid()::text, $2)`, [
    ticket,
    isInternal,
  ]);
const remove = (session, comment) => session.query('delete from helpdesk.ticket_comments where id = $1', [comment]);

for (const [first, second] of [
  ['public', 'internal'],
  ['internal', 'public'],
]) {
  test(`deleting ${first}, then ${second} comments while an agent writes one: no deadlock, correct counts`, async () => {
    const ticket = await newTicket(`First ${first}`);
    const [dba, agent] = [await db.connect(), await db.signIn(ben)];
    const comments = { public: await say(agent, ticket), internal: await say(agent, ticket, true) };
    await dba.query('begin');
    await remove(dba, comments[first]);
    const waiting = say(agent, ticket, true);
    await db.waitUntilBlocked(agent);
    await Promise.all([waiting, remove(dba, comments[second]).then(() => dba.query('commit'))]);
    assert.deepEqual(await wrongCounts(db, [ticket]), []);
    assert.deepEqual(await db.sql('select is_internal from helpdesk.ticket_comments where ticket_id = $1', [ticket]), [
      { is_internal: true },
    ]);
  });
}

test('a comment waits for an update of its ticket, and neither is lost', async () => {
  const ticket = await newTicket('Changed and talked about');
  const [agent, customer] = [await db.signIn(ben), await db.signIn(alice)];
  await agent.query('begin');
  await updateTicket(agent, ticket, { stageId: stages['Waiting on customer'], title: 'Changed' });
  const waiting = say(customer, ticket);
  await db.waitUntilBlocked(customer);
  await agent.query('commit');
  await waiting;
  const [row] = await db.sql('select title, status, version, public_comment_count from helpdesk.tickets where id = $1', [ticket]);
  assert.deepEqual(
    row,
    { title: 'Changed', status: 'open', version: 3, public_comment_count: 1 },
    'the comment came after the ticket began to wait for the customer, so it reopened the ticket',
  );
});

test('deleting the last comment waits for a newer one and counts it', async () => {
  const ticket = await newTicket('Deleted while answered');
  const [dba, agent, customer] = [await db.connect(), await db.signIn(ben), await db.signIn(alice)];
  await say(customer, ticket);
  const last = await say(customer, ticket);
  await agent.query('begin');
  await say(agent, ticket);
  const waiting = remove(dba, last);
  await db.waitUntilBlocked(dba);
  await agent.query('commit');
  await waiting;
  assert.deepEqual(await wrongCounts(db, [ticket]), []);
});

for (const [what, write] of [
  ['comments', say],
  ['files', attach],
]) {
  test(`deleting all ${what} of a ticket while somebody else deletes one: no deadlock, correct counts`, async () => {
    const ticket = await newTicket(`Emptied of ${what}`);
    const [agent, all, one] = [await db.signIn(ben), await db.connect(), await db.connect()];
    for (let i = 0; i < 3; i++) await write(agent, ticket);
    const table = what === 'comments' ? 'ticket_comments' : 'ticket_attachments';
    await agent.query('begin');
    await updateTicket(agent, ticket, { title: 'Locked' });
    const waiting = [all.query(`delete from helpdesk.${table} where ticket_id = $1`, [ticket])];
    await db.waitUntilBlocked(all);
    waiting.push(
      one.query(
        `delete from helpdesk.${table} where id = (select max(id::text)::uuid from helpdesk.${table} where ticket_id = $1)`,
        [ticket],
      ),
    );
    await db.waitUntilBlocked(one);
    await agent.query('commit');
    assert.deepEqual(
      (await Promise.all(waiting)).map(({ rowCount }) => rowCount),
      [3, 0],
    );
    assert.deepEqual(await wrongCounts(db, [ticket]), []);
  });
}

test('deleting comments with files while somebody else deletes one of the files: no deadlock, correct counts', async () => {
  const ticket = await newTicket('Emptied of comments with files');
  const [agent, all, one] = [await db.signIn(ben), await db.connect(), await db.connect()];
  for (const path of ['a', 'b', 'c']) {
    const file = { fileName: 'a.txt', fileType: 'text/plain', fileSize: 1, storagePath: `emptied/${path}` };
    await agent.query(`select helpdesk.add_comment($1, 'Words', p_attachments => $2)`, [ticket, JSON.stringify([file])]);
  }
  await agent.query('begin');
  await updateTicket(agent, ticket, { title: 'Locked' });
  const waiting = [all.query('delete from helpdesk.ticket_comments where ticket_id = $1', [ticket])];
  await db.waitUntilBlocked(all);
  waiting.push(one.query(`delete from helpdesk.ticket_attachments where storage_path = 'emptied/c'`));
  await db.waitUntilBlocked(one);
  await agent.query('commit');
  assert.deepEqual(
    (await Promise.all(waiting)).map(({ rowCount }) => rowCount),
    [3, 0],
  );
  assert.deepEqual(await wrongCounts(db, [ticket]), []);
});

test('a deleted comment waits for its ticket before its notifications go', async () => {
  const ticket = await newTicket('Read while deleted');
  const [agent, dba] = [await db.signIn(ben), await db.connect()];
  const comment = await say(agent, ticket);
  await agent.query('begin');
  await updateTicket(agent, ticket, { title: 'Locked' });
  const waiting = remove(dba, comment);
  await db.waitUntilBlocked(dba);
  assert.equal((await db.sql('select from helpdesk.notifications where comment_id = $1 for update nowait', [comment])).length, 1);
  await agent.query('commit');
  await waiting;
  assert.equal(await db.value('select count(*)::int from helpdesk.notifications where comment_id = $1', [comment]), 0);
});

for (const [what, write] of [
  ['public comment', (session, ticket) => say(session, ticket)],
  ['internal comment', (session, ticket) => say(session, ticket, true)],
  ['public file', (session, ticket) => attach(session, ticket, false)],
  ['internal file', (session, ticket) => attach(session, ticket, true)],
]) {
  test(`one ${what} that waits while its ticket gets another requester belongs to the new one`, async () => {
    const ticket = await newTicket('For somebody else');
    const [admin, agent] = [await db.signIn(ada), await db.signIn(ben)];
    await admin.query('begin');
    await updateTicket(admin, ticket, { createdBy: dave.profile });
    const waiting = write(agent, ticket);
    await db.waitUntilBlocked(agent);
    await admin.query('commit');
    await waiting;
    for (const table of ['ticket_comments', 'ticket_attachments']) {
      assert.equal(
        await db.value(`select count(*)::int from helpdesk.${table} where ticket_id = $1 and requester_id <> $2`, [
          ticket,
          dave.profile,
        ]),
        0,
      );
    }
  });
}

test('a comment that waits while its ticket is deleted is refused and leaves nothing behind', async () => {
  const ticket = await newTicket('Vanishing');
  const [admin, customer] = [await db.signIn(ada), await db.signIn(alice)];
  await admin.query('begin');
  await admin.query('delete from helpdesk.tickets where id = $1', [ticket]);
  const waiting = say(customer, ticket).then(
    () => null,
    (error) => error.code,
  );
  await db.waitUntilBlocked(customer);
  await admin.query('commit');
  assert.ok(['42501', '23503'].includes(await waiting));
  assert.equal(await db.value('select count(*)::int from helpdesk.notifications where ticket_id = $1', [ticket]), 0);
});

test('deleting a ticket waits for an uncommitted comment and deletes it too', async () => {
  const ticket = await newTicket('Vanishing later');
  const [admin, agent] = [await db.signIn(ada), await db.signIn(ben)];
  await agent.query('begin');
  await say(agent, ticket, true);
  const waiting = admin.query('delete from helpdesk.tickets where id = $1', [ticket]);
  await db.waitUntilBlocked(admin);
  await agent.query('commit');
  assert.equal((await waiting).rowCount, 1);
  for (const table of ['ticket_comments', 'ticket_internal_counts', 'notifications']) {
    assert.equal(await db.value(`select count(*)::int from helpdesk.${table} where ticket_id = $1`, [ticket]), 0, table);
  }
});

test('one idempotency key in 8 racing sessions writes one comment with its file and its change', async () => {
  const ticket = await newTicket('Answered twice');
  const agents = await Promise.all(Array.from({ length: 8 }, () => db.signIn(ben)));
  const file = { fileName: 'a.png', fileType: 'image/png', fileSize: 1, storagePath: 'folder/a.png' };
  const text = `
    select helpdesk.add_comment($1, 'Once', p_attachments => $2, p_idempotency_key => $3, p_changes => $4) as id`;
  for (let round = 0; round < 10; round++) {
    const title = `Round ${round}`;
    const values = [ticket, JSON.stringify([file]), title, JSON.stringify({ title })];
    const answers = await Promise.all(agents.map((session) => session.query(text, values)));
    const ids = new Set(answers.map(({ rows }) => rows[0].id));
    assert.equal(ids.size, 1);
    const written = await db.sql(
      `select (select count(*)::int from helpdesk.ticket_comments where ticket_id = $1) as comments,
              (select count(*)::int from helpdesk.ticket_attachments where ticket_id = $1 and comment_id = $2) as files,
              (select version from helpdesk.tickets where id = $1) as version`,
      [ticket, [...ids][0]],
    );
    assert.deepEqual(written, [{ comments: round + 1, files: 1, version: round + 2 }]);
  }
});

for (const [what, write] of [
  ['a comment', (session, ticket) => say(session, ticket)],
  ['an internal comment', (session, ticket) => say(session, ticket, true)],
  ['a customer file', (session, ticket) => attach(session, ticket, false)],
]) {
  for (const [how, changes] of [
    ['is unassigned', { assignedTo: null }],
    ['gets another assignee', { assignedTo: ada.profile }],
  ]) {
    test(`a customer who ${how} while ${what} waits keeps no notification of the ticket`, async () => {
      await db.sql('update helpdesk.org_members set may_be_assigned = true where org_id = $1 and user_id = $2', [
        acme,
        dave.profile,
      ]);
      const ticket = await newTicket(`Lost during ${what}`);
      const [agent, writer] = [await db.signIn(ben), await db.signIn(what === 'a customer file' ? alice : ada)];
      await updateTicket(agent, ticket, { assignedTo: dave.profile });
      await agent.query('begin');
      await updateTicket(agent, ticket, changes);
      const waiting = write(writer, ticket);
      await db.waitUntilBlocked(writer);
      await agent.query('commit');
      await waiting;
      const kept = 'select type from helpdesk.notifications where ticket_id = $1 and user_id = $2';
      assert.deepEqual(await db.sql(kept, [ticket, dave.profile]), []);
      assert.ok((await db.sql(kept, [ticket, alice.profile])).length > 0, 'the requester keeps theirs');
    });
  }
}

test('a requester who loses the ticket while a comment waits keeps no notification of it', async () => {
  const ticket = await newTicket('Of somebody else');
  const [agent, writer] = [await db.signIn(ben), await db.signIn(ada)];
  await agent.query('begin');
  await updateTicket(agent, ticket, { createdBy: dave.profile });
  const waiting = say(writer, ticket);
  await db.waitUntilBlocked(writer);
  await agent.query('commit');
  await waiting;
  assert.deepEqual(
    await db.sql('select from helpdesk.notifications where ticket_id = $1 and user_id = $2', [ticket, alice.profile]),
    [],
  );
});

for (const [what, write, type] of [
  ['a comment', say, 'ticket_commented'],
  ['a file', attach, 'ticket_file_added'],
]) {
  for (const [how, assignedTo] of [
    ['unassigned: the queue', null],
    ['assigned to another agent: this one', ada.profile],
  ]) {
    test(`${what} of a customer while the ticket is ${how} is told, once`, async () => {
      const ticket = await newTicket(`Reassigned during ${what}`);
      const [agent, customer] = [await db.signIn(ada), await db.signIn(alice)];
      await updateTicket(agent, ticket, { assignedTo: ben.profile });
      await db.as(ben, (session) => session.query('select helpdesk.watch_ticket($1)', [ticket]));
      await agent.query('begin');
      await updateTicket(agent, ticket, { assignedTo });
      const waiting = write(customer, ticket);
      await db.waitUntilBlocked(customer);
      await agent.query('commit');
      await waiting;
      const told = 'select type from helpdesk.notifications where ticket_id = $1 and user_id = $2 and type = $3';
      for (const person of [ada, ben]) {
        assert.deepEqual(await db.sql(told, [ticket, person.profile, type]), [{ type }], person.name);
      }
    });
  }
}
