// Rights that change while they are used, and the rules on the last admin and the only start stage
// under concurrency.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import {
  addMember,
  createOrganization,
  createTwoOrganizations,
  openTicket,
  signUp,
  updateTicket,
} from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, ada, ben, alice } = await createTwoOrganizations(db);
await db.as(alice, (session) => openTicket(session, acme, 'Visible to members'));

let guests = 0;

/** A new member of Acme, and a session of theirs. */
async function guest(role) {
  const person = await signUp(db, `Guest${++guests}`);
  await addMember(db, acme, person, role);
  return { person, session: await db.signIn(person) };
}

const remove = (person) => db.sql('delete from helpdesk.org_members where org_id = $1 and user_id = $2', [acme, person.profile]);

// A named prepared statement, as PostgREST and poolers use them.
const seenInTable = async (session) =>
  (await session.query({ name: 'seen', text: 'select title from helpdesk.tickets where org_id = $1', values: [acme] })).rowCount;
const list = (session) => session.query({ name: 'list', text: 'select helpdesk.list_org_tickets($1) as page', values: [acme] });

for (const isolation of [null, 'read committed']) {
  const where = isolation ? 'in an open transaction' : 'outside a transaction';

  test(`a removal by another session takes effect with the next statement, ${where}`, async () => {
    const { person, session } = await guest('org_agent');
    if (isolation) await session.query(`begin isolation level ${isolation}`);
    // Often enough that a generic plan is used.
    for (let i = 0; i < 7; i++) {
      assert.equal(await seenInTable(session), 1);
      assert.equal((await list(session)).rows[0].page.tickets.length, 1);
    }
    await remove(person);
    assert.equal(await seenInTable(session), 0);
    await expectError('42501', list(session));
  });

  test(`a membership added by another session takes effect with the next statement, ${where}`, async () => {
    const { person, session } = await guest('org_agent');
    await remove(person);
    if (isolation) await session.query(`begin isolation level ${isolation}`);
    for (let i = 0; i < 7; i++) assert.equal(await seenInTable(session), 0);
    await addMember(db, acme, person, 'org_agent');
    assert.equal(await seenInTable(session), 1);
    assert.equal((await list(session)).rows[0].page.tickets.length, 1);
  });

  test(`an agent demoted to customer by another session no longer sees all tickets, ${where}`, async () => {
    const { person, session } = await guest('org_agent');
    if (isolation) await session.query(`begin isolation level ${isolation}`);
    assert.equal(await seenInTable(session), 1);
    await db.sql(`update helpdesk.org_members set org_role = 'org_customer' where user_id = $1`, [person.profile]);
    assert.equal(await seenInTable(session), 0);
    assert.deepEqual((await list(session)).rows[0].page.tickets, []);
  });
}

test('a removal takes effect in an open transaction that has already written', async () => {
  const { person, session } = await guest('org_agent');
  await session.query('begin');
  const ticket = await openTicket(session, acme, 'Written before');
  assert.equal(await seenInTable(session), 2);
  await remove(person);
  assert.equal(await seenInTable(session), 0);
  await expectError('42501', session.query(`select helpdesk.update_ticket($1, '{"title": "x"}')`, [ticket]));
  await session.query('rollback');
});

test('a removal undone by ROLLBACK TO has no effect, even if the snapshots are equal otherwise', async () => {
  const { person, session } = await guest('org_admin');
  await session.query('begin');
  await openTicket(session, acme, 'Written first');
  const before = await seenInTable(session);
  // Repeated, because a transaction of another test that ends in between would make the snapshots
  // differ.
  for (let i = 0; i < 20; i++) {
    await session.query('savepoint here');
    await session.query('delete from helpdesk.org_members where user_id = $1', [person.profile]);
    // A later transaction that ends first, so that the end of the subtransaction moves no bound of
    // a snapshot.
    await db.sql('update helpdesk.profiles set last_active = now() where id = $1', [alice.profile]);
    assert.equal(await seenInTable(session), 0);
    await session.query('rollback to here');
    assert.equal(await seenInTable(session), before);
  }
  await session.query('rollback');
});

test('an uncommitted removal has no effect, and neither does one that is rolled back', async () => {
  const { person, session } = await guest('org_agent');
  const other = await db.connect();
  await other.query('begin');
  await other.query('delete from helpdesk.org_members where user_id = $1', [person.profile]);
  assert.equal(await seenInTable(session), 1);
  await other.query('rollback');
  assert.equal(await seenInTable(session), 1);
});

test('a login deleted by another session is nobody from the next statement on', async () => {
  const { person, session } = await guest('org_agent');
  await session.query('begin');
  assert.equal(await seenInTable(session), 1);
  await db.sql('delete from auth.users where id = $1', [person.login]);
  assert.equal(await seenInTable(session), 0);
  await expectError('42501', list(session));
});

test('of two admins, one cannot leave while the login of the other is being deleted', async () => {
  const [olga, pete] = [await signUp(db, 'Olga'), await signUp(db, 'Pete')];
  const org = await createOrganization(db, olga, 'Two admins');
  await addMember(db, org, pete, 'org_admin');
  const service = await db.connect();
  await service.query('begin');
  await service.query('delete from auth.users where id = $1', [olga.login]);
  const session = await db.signIn(pete);
  const leaving = session.query('select helpdesk.leave_organization($1)', [org]);
  const outcome = expectError('23000', leaving);
  await db.waitUntilBlocked(session);
  await service.query('commit');
  await outcome;
  assert.equal(await db.value('select count(*)::int from helpdesk.org_members where org_id = $1', [org]), 1);
});

test('the login of an admin can be deleted while the other admin leaves; the organization is reported', async () => {
  const [olga, pete] = [await signUp(db, 'Oleg'), await signUp(db, 'Petra')];
  const org = await createOrganization(db, olga, 'No admins');
  await addMember(db, org, pete, 'org_admin');
  const session = await db.signIn(pete);
  await session.query('begin');
  await session.query('select helpdesk.leave_organization($1)', [org]);
  const service = await db.connect();
  const deletion = service.query('delete from auth.users where id = $1', [olga.login]);
  await db.waitUntilBlocked(service);
  await session.query('commit');
  await deletion;
  assert.equal(await db.value('select auth_id from helpdesk.profiles where id = $1', [olga.profile]), null);
  const report = await db.sql(`select finding from helpdesk.security_report() where object = 'organization ' || $1`, [org]);
  assert.deepEqual(report, [{ finding: 'has no org_admin who can sign in' }]);
  await db.sql('select helpdesk.appoint_admin($1, $2)', [org, ada.profile]);
});

test('two logins that confirm the address of a former profile at once: one gets it', async () => {
  const quin = await signUp(db, 'Quin');
  await db.sql('delete from auth.users where id = $1', [quin.login]);
  // As on a server that allows several logins per address.
  await db.sql('drop index auth.users_email_key');
  const [one, two] = [await db.connect(), await db.connect()];
  await one.query('begin');
  const insert = 'insert into auth.users (email, email_confirmed_at) values ($1, now())';
  await one.query(insert, [quin.email]);
  const second = two.query(insert, [quin.email]);
  await db.waitUntilBlocked(two);
  await one.query('commit');
  await second;
  const profiles = await db.sql('select id, auth_id is not null as has_login from helpdesk.profiles where email = $1', [
    quin.email,
  ]);
  assert.equal(profiles.length, 2);
  assert.ok(profiles.every(({ has_login }) => has_login));
});

test('a repeatable read transaction keeps its snapshot, including memberships', async () => {
  const { person, session } = await guest('org_agent');
  await session.query('begin isolation level repeatable read');
  assert.equal(await seenInTable(session), 1);
  await remove(person);
  assert.equal(await seenInTable(session), 1);
  await session.query('commit');
  assert.equal(await seenInTable(session), 0);
});

const deletion = 'delete from helpdesk.org_members where org_id = $1 and user_id = $2';
const demotion = `update helpdesk.org_members set org_role = 'org_customer' where org_id = $1 and user_id = $2`;

/** Ways to take the admin role away, through the table and by function. */
const WAYS_OUT = {
  removing: (session, org, person) => session.query(deletion, [org, person.profile]),
  demoting: (session, org, person) => session.query(demotion, [org, person.profile]),
  'removing, by function,': (session, org, person) =>
    session.query('select helpdesk.remove_member($1, $2)', [org, person.profile]),
};
// READ COMMITTED waits and then sees the other change; at the other levels the snapshot is too old
// to decide.
const LATE = { 'read committed': '23000', 'repeatable read': '40001', serializable: '40001' };

for (const [isolation, refusal] of Object.entries(LATE)) {
  for (const [name, end] of Object.entries(WAYS_OUT)) {
    for (const [whom, ofFirst, ofSecond, left] of [
      ['each other', ben, ada, 'Ada'],
      ['themselves', ada, ben, 'Ben'],
    ]) {
      test(`two admins ${name} ${whom} at once, ${isolation}: one stays`, async () => {
        const org = await createOrganization(db, ada, 'Two admins');
        await addMember(db, org, ben, 'org_admin');
        const [first, second] = [await db.signIn(ada), await db.signIn(ben)];
        for (const session of [first, second]) {
          await session.query(`begin isolation level ${isolation}`);
          await session.query('select from helpdesk.org_members limit 1');
        }
        await end(first, org, ofFirst);
        const waiting = expectError(refusal, end(second, org, ofSecond));
        await db.waitUntilBlocked(second);
        await first.query('commit');
        await waiting;
        assert.deepEqual(await adminsOf(org), [left]);
        for (const session of [first, second]) await db.disconnect(session);
      });
    }
  }
}

async function adminsOf(org) {
  const rows = await db.sql(
    `select p.name from helpdesk.org_members m join helpdesk.profiles p on p.id = m.user_id
      where m.org_id = $1 and m.org_role = 'org_admin'`,
    [org],
  );
  return rows.map(({ name }) => name);
}

for (const [ending, start] of Object.entries({ commit: 'A', rollback: 'B' })) {
  test(`two first stages added at once, then ${ending} of one: the workflow has one start stage`, async () => {
    const workflow = await emptyWorkflow();
    const [first, second] = [await db.signIn(ada), await db.signIn(ada)];
    await first.query('begin');
    await addStage(first, workflow, 'A');
    const waiting = addStage(second, workflow, 'B');
    await db.waitUntilBlocked(second);
    await first.query(ending);
    await waiting;
    assert.deepEqual(await startStages(workflow), [start]);
  });
}

test('two sessions marking different start stages at once: exactly one is marked', async () => {
  const workflow = await emptyWorkflow();
  const [first, second] = [await db.signIn(ada), await db.signIn(ada)];
  for (const name of ['A', 'B', 'C']) await addStage(first, workflow, name);
  const mark = (session, name) =>
    session.query('update helpdesk.workflow_stages set is_start = true where workflow_id = $1 and name = $2', [workflow, name]);
  await first.query('begin');
  await mark(first, 'B');
  const waiting = mark(second, 'C');
  await db.waitUntilBlocked(second);
  await first.query('commit');
  await waiting;
  assert.deepEqual(await startStages(workflow), ['C']);
});

async function emptyWorkflow() {
  return db.value(`insert into helpdesk.workflows (org_id, name) values ($1, 'Empty') returning id`, [acme]);
}

function addStage(session, workflow, name) {
  return session.query('insert into helpdesk.workflow_stages (org_id, workflow_id, name) values ($1, $2, $3)', [
    acme,
    workflow,
    name,
  ]);
}

async function startStages(workflow) {
  const rows = await db.sql('select name from helpdesk.workflow_stages where workflow_id = $1 and is_start', [workflow]);
  return rows.map(({ name }) => name);
}

const ticketsOf = (person) =>
  db.sql('select title from helpdesk.tickets where assigned_to = $1 order by number', [person.profile]);

const assign = (session, ticket, person) => updateTicket(session, ticket, { assignedTo: person.profile });
const assignInTable = (session, ticket, person) =>
  session.query('update helpdesk.tickets set assigned_to = $2 where id = $1', [ticket, person.profile]);
const openAssigned = (session, _ticket, person) =>
  session.query(`insert into helpdesk.tickets (org_id, title, assigned_to) values ($1, 'New', $2)`, [acme, person.profile]);

for (const [how, work] of Object.entries({
  'by update_ticket': assign,
  'through the table': assignInTable,
  'when it is opened': openAssigned,
})) {
  test(`a ticket assigned ${how} during the removal of its assignee does not stay assigned`, async () => {
    const { person } = await guest('org_agent');
    const [admin, agent] = [await db.signIn(ada), await db.signIn(ben)];
    const ticket = await openTicket(agent, acme, 'Whose?');
    // The removal comes first: the assignment waits and is refused.
    await admin.query('begin');
    await admin.query('select helpdesk.remove_member($1, $2)', [acme, person.profile]);
    const waiting = expectError('22023', work(agent, ticket, person));
    await db.waitUntilBlocked(agent);
    await admin.query('commit');
    await waiting;
    assert.deepEqual(await ticketsOf(person), []);
    // The assignment comes first: the removal waits and unassigns the ticket.
    await addMember(db, acme, person, 'org_agent');
    await agent.query('begin');
    await work(agent, ticket, person);
    const removal = admin.query('select helpdesk.remove_member($1, $2)', [acme, person.profile]);
    await db.waitUntilBlocked(admin);
    await agent.query('commit');
    await removal;
    assert.deepEqual(await ticketsOf(person), []);
  });

  test(`a ticket assigned ${how} during the demotion of its assignee does not stay assigned`, async () => {
    const { person } = await guest('org_agent');
    const [admin, agent] = [await db.signIn(ada), await db.signIn(ben)];
    const ticket = await openTicket(agent, acme, 'Whose?');
    await agent.query('begin');
    await work(agent, ticket, person);
    const demotion = admin.query(`select helpdesk.set_member_role($1, $2, 'org_customer')`, [acme, person.profile]);
    await db.waitUntilBlocked(admin);
    await agent.query('commit');
    await demotion;
    assert.deepEqual(await ticketsOf(person), []);
  });
}

test('a bulk assignment during the removal of the assignee does not deadlock', async () => {
  const { person } = await guest('org_agent');
  const [admin, agent] = [await db.signIn(ada), await db.signIn(ben)];
  const ids = [await openTicket(agent, acme, 'Theirs'), await openTicket(agent, acme, 'Not yet')];
  await assign(agent, ids[0], person);
  await admin.query('begin');
  await admin.query('select helpdesk.set_member_role($1, $2, $3)', [acme, person.profile, 'org_admin']);
  const waiting = expectError(
    '22023',
    agent.query('select helpdesk.update_tickets($1, $2)', [ids, { assignedTo: person.profile }]),
  );
  await db.waitUntilBlocked(agent);
  await admin.query('select helpdesk.remove_member($1, $2)', [acme, person.profile]);
  await admin.query('commit');
  await waiting;
  assert.deepEqual(await ticketsOf(person), []);
});

const inviteFor = (person, role = 'agent') =>
  db.value('select helpdesk.create_org_invite($1, $2, $3)', [acme, person.email, role]);
const accept = (session, invite) => session.query('select helpdesk.accept_org_invite($1)', [invite]);

test('an invite accepted in two sessions at once creates one membership', async () => {
  const person = await signUp(db, `Guest${++guests}`);
  const invite = await inviteFor(person);
  const [first, second] = [await db.signIn(person), await db.signIn(person)];
  await first.query('begin');
  await accept(first, invite);
  const waiting = accept(second, invite);
  await db.waitUntilBlocked(second);
  await first.query('commit');
  await waiting;
  assert.equal(await db.value('select count(*)::int from helpdesk.org_members where user_id = $1', [person.profile]), 1);
});

test('an invite whose role changes while it is being accepted is refused', async () => {
  const person = await signUp(db, `Guest${++guests}`);
  const invite = await inviteFor(person);
  const [session, backend] = [await db.signIn(person), await db.connect()];
  await backend.query('begin');
  await backend.query(`update helpdesk.org_invites set role = 'customer' where id = $1`, [invite]);
  const accepting = expectError('42501', accept(session, invite));
  await db.waitUntilBlocked(session);
  await backend.query('commit');
  assert.equal((await accepting).detail, 'no_such_invite');
  await accept(session, invite);
  assert.equal(await db.value('select org_role from helpdesk.org_members where user_id = $1', [person.profile]), 'org_customer');
});

test('an invite revoked while it is being accepted: the first operation succeeds', async () => {
  const [person, other] = [await signUp(db, `Guest${++guests}`), await signUp(db, `Guest${++guests}`)];
  const [admin, session] = [await db.signIn(ada), await db.signIn(person)];
  let invite = await inviteFor(person);
  await session.query('begin');
  await accept(session, invite);
  const revoking = expectError('23505', admin.query('select helpdesk.revoke_org_invite($1)', [invite]));
  await db.waitUntilBlocked(admin);
  await session.query('commit');
  await revoking;
  invite = await inviteFor(other);
  const late = await db.signIn(other);
  await admin.query('begin');
  await admin.query('select helpdesk.revoke_org_invite($1)', [invite]);
  const accepting = expectError('42501', accept(late, invite));
  await db.waitUntilBlocked(late);
  await admin.query('commit');
  await accepting;
});

test('an invite is accepted while its addressee is added and removed again: no deadlock', async () => {
  const person = await signUp(db, `Guest${++guests}`);
  const invite = await inviteFor(person);
  const [session, admin] = [await db.signIn(person), await db.connect()];
  await admin.query('begin');
  await admin.query(`insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, 'org_customer')`, [
    acme,
    person.profile,
  ]);
  const accepting = expectError('42501', accept(session, invite));
  await db.waitUntilBlocked(session);
  // Their invites are deleted with the membership.
  await admin.query('select helpdesk.remove_member($1, $2)', [acme, person.profile]);
  await admin.query('commit');
  assert.equal((await accepting).detail, 'no_such_invite');
  assert.equal(await db.value('select count(*)::int from helpdesk.org_members where user_id = $1', [person.profile]), 0);
});

test('a member removed while accepting a second invite stays removed', async () => {
  const { person, session } = await guest('org_customer');
  // Inserted directly, because create_org_invite() does not invite members.
  const invite = await db.value(`insert into helpdesk.org_invites (org_id, email, role) values ($1, $2, 'admin') returning id`, [
    acme,
    person.email,
  ]);
  const admin = await db.signIn(ada);
  await admin.query('begin');
  await admin.query('select helpdesk.remove_member($1, $2)', [acme, person.profile]);
  const accepting = expectError('42501', accept(session, invite));
  await db.waitUntilBlocked(session);
  await admin.query('commit');
  await accepting;
});

for (const [how, statement] of Object.entries({
  removed: 'select helpdesk.remove_member($1, $2)',
  demoted: `select helpdesk.set_member_role($1, $2, 'org_agent')`,
})) {
  test(`an uncommitted invite is void when its sender is ${how} meanwhile`, async () => {
    const [sender, invited] = [await guest('org_admin'), await signUp(db, `Guest${++guests}`)];
    await sender.session.query('begin');
    const { rows } = await sender.session.query(`select helpdesk.create_org_invite($1, $2, 'admin') as id`, [
      acme,
      invited.email,
    ]);
    await db.as(ada, (admin) => admin.query(statement, [acme, sender.person.profile]));
    await sender.session.query('commit');
    await db.as(invited, async (session) => {
      const pending = await session.query('select helpdesk.my_pending_invites() as invites');
      assert.deepEqual(pending.rows[0].invites, []);
      await expectError('42501', accept(session, rows[0].id));
    });
  });
}

test('an uncommitted admin code is void while its creator is no installation administrator', async () => {
  const [maker, redeemer] = [await signUp(db, `Guest${++guests}`), await signUp(db, `Guest${++guests}`)];
  const setRole = (role) => db.sql('update helpdesk.profiles set role = $2 where id = $1', [maker.profile, role]);
  await setRole('admin');
  const session = await db.signIn(maker);
  await session.query('begin');
  const { rows } = await session.query('select helpdesk.create_admin_invite_code() as code');
  await setRole('customer');
  await session.query('commit');
  const redeem = () => db.as(redeemer, (later) => later.query('select helpdesk.redeem_admin_invite_code($1)', [rows[0].code]));
  await expectError('42501', redeem());
  await setRole('admin');
  await redeem();
});
