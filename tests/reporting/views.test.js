// The reporting views over HTTP.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { granted, refused, serveHelpdesk } from '../support/helpdesk_server.js';
import { addMember, createTwoOrganizations, openTicket, signUp, stagesOf, updateTicket } from '../support/organizations.js';

const { db, api, acme, globex, ada, ben, alice, dave, gina, mallory, cleo, bea } = await serveHelpdesk(async (db) => {
  const fixture = await createTwoOrganizations(db);
  const [cleo, bea] = [await signUp(db, 'Cleo'), await signUp(db, 'Bea')];
  await addMember(db, fixture.acme, cleo, 'org_agent');
  await addMember(db, fixture.acme, bea, 'org_customer');
  await addMember(db, fixture.globex, bea, 'org_agent');
  await db.sql('update helpdesk.org_members set may_be_assigned = true where org_id = $1 and user_id = $2', [
    fixture.acme,
    fixture.dave.profile,
  ]);
  return { ...fixture, cleo, bea };
});
const stages = await stagesOf(db, acme);
const PRIORITIES = ['low', 'medium', 'high', 'urgent'];

const ids = [];
await db.as(alice, async (session) => {
  for (let i = 0; i < 48; i++) ids.push(await openTicket(session, acme, `Ticket ${i}`, { priority: PRIORITIES[i % 4] }));
});
await db.as(ben, async (session) => {
  for (const [i, id] of ids.entries()) {
    if (i % 3 === 0) await updateTicket(session, id, { assignedTo: [ben, cleo, dave][(i % 9) / 3].profile });
    if (i % 5 === 0) await updateTicket(session, id, { stageId: Object.values(stages)[i % 4] });
  }
  for (const isInternal of [true, true, false]) {
    await session.query('select helpdesk.add_comment($1, $2, $3)', [ids[0], 'Words', isInternal]);
    await session.query(`select helpdesk.add_attachment($1, 'a.txt', 'text/plain', 1, $2, $3)`, [
      ids[0],
      `${acme}/${ids[0]}/${Math.random()}`,
      isInternal,
    ]);
  }
});
await db.as(bea, async (session) => {
  await openTicket(session, acme, 'As customer');
  await openTicket(session, globex, 'As agent');
});
await db.as(mallory, (session) => openTicket(session, globex, 'A ticket of Globex', { priority: 'urgent' }));
// Everything up to here is folded.
await db.sql('select helpdesk.refresh_ticket_stats()');
await db.as(dave, (session) => openTicket(session, acme, 'Dave’s', { priority: 'urgent' }));

const get = async (path, token) => api.http('GET', path, { token });
const rowsFor = async (person, path) => {
  const { status, body } = await get(path, api.token(person));
  assert.equal(status, 200, JSON.stringify(body));
  return body;
};
const service = api.token({ role: 'service_role' });
const FOR_STAFF = [
  'agent_tickets',
  'workflow_stage_stats',
  'ticket_stat_deltas',
  'ticket_stage_counts',
  'ticket_agent_counts',
  'ticket_days_by_priority',
  'ticket_days_by_agent',
];
const VIEWS = ['agent_tickets', 'customer_tickets', 'workflow_stage_stats'];

test('staff read agent_tickets with filters, order and limit', async () => {
  const expected = await db.sql(
    `select t.id, t.number::int, t.status, w.name as workflow_name, s.name as stage_name, a.name as assigned_to_name, c.name as created_by_name
       from helpdesk.tickets t join helpdesk.workflows w on w.id = t.workflow_id join helpdesk.workflow_stages s on s.id = t.current_stage_id
       left join helpdesk.profiles a on a.id = t.assigned_to join helpdesk.profiles c on c.id = t.created_by
      where t.org_id = $1 and t.priority = 'urgent' order by t.updated_at desc limit 10`,
    [acme],
  );
  const columns = 'id,number,status,workflow_name,stage_name,assigned_to_name,created_by_name';
  const path = `/agent_tickets?select=${columns}&priority=eq.urgent&order=updated_at.desc&limit=10`;
  assert.equal(expected.length, 10);
  for (const person of [ada, ben, cleo]) assert.deepEqual(await rowsFor(person, path), expected);
  assert.deepEqual(await rowsFor(ben, `${path}&org_id=eq.${acme}`), expected);
  const names = new Set(expected.map((row) => row.assigned_to_name));
  assert.ok(names.size > 1 && names.has(null));
});

test('agent_tickets names former members to staff, like list_org_tickets', async () => {
  const leaver = await signUp(db, 'Left');
  await addMember(db, acme, leaver, 'org_agent');
  const id = await db.as(leaver, (session) => openTicket(session, acme, 'Left behind'));
  await db.sql('update helpdesk.tickets set assigned_to = $2, current_stage_id = $3 where id = $1', [
    id,
    leaver.profile,
    stages.Closed,
  ]);
  granted(await api.supabase(leaver).rpc('leave_organization', { p_org_id: acme }));
  const [row] = await rowsFor(ben, `/agent_tickets?id=eq.${id}&select=assigned_to_name,created_by_name`);
  assert.deepEqual(row, { assigned_to_name: 'Left', created_by_name: 'Left' });
  const { tickets } = granted(
    await api.supabase(ben).rpc('list_org_tickets', { p_org_id: acme, p_filters: { createdBy: leaver.profile } }),
  );
  assert.deepEqual([tickets[0].assignedTo.name, tickets[0].createdBy.name], ['Left', 'Left']);
  assert.deepEqual(await rowsFor(ben, `/profiles?id=eq.${leaver.profile}`), []);
  const nameFor = async (person, args) =>
    granted(await api.supabase(person).rpc('ticket_participant_name', { p_org_id: acme, p_ticket_id: id, ...args }));
  assert.equal(await nameFor(ben, { p_profile_id: leaver.profile }), 'Left');
  assert.equal(await nameFor(ben, { p_profile_id: gina.profile }), null);
  for (const person of [alice, dave, gina, leaver]) {
    assert.equal(await nameFor(person, { p_profile_id: leaver.profile }), null);
    assert.equal(await nameFor(person, { p_org_id: globex, p_profile_id: leaver.profile }), null);
  }
  await db.sql('delete from helpdesk.tickets where id = $1', [id]);
});

test('agent_tickets through supabase-js: ranges, counts, or', async () => {
  const client = api.supabase(ben);
  const { data, count, error } = await client
    .from('agent_tickets')
    .select('number, priority, assigned_to_name', { count: 'exact' })
    .or('assigned_to_name.eq.Ben,assigned_to.is.null')
    .in('priority', ['high', 'urgent'])
    .order('number')
    .range(3, 5);
  assert.equal(error, null);
  assert.equal(data.length, 3);
  const expected = await db.value(
    `select count(*)::int from helpdesk.tickets
      where org_id = $1 and priority >= 'high' and (assigned_to is null or assigned_to = $2)`,
    [acme, ben.profile],
  );
  assert.equal(count, expected);
});

test('agent_tickets counts comments and attachments, internal ones included', async () => {
  const [row] = await rowsFor(ben, `/agent_tickets?id=eq.${ids[0]}&select=comment_count,attachment_count`);
  assert.deepEqual(row, { comment_count: 3, attachment_count: 3 });
});

test('staff see their own organizations and no others', async () => {
  const count = (org) => db.value('select count(*)::int from helpdesk.tickets where org_id = $1', [org]);
  for (const [person, org] of [
    [ada, acme],
    [cleo, acme],
    [gina, globex],
    [bea, globex],
  ]) {
    const rows = await rowsFor(person, '/agent_tickets?select=org_id');
    assert.equal(rows.length, await count(org));
    assert.ok(rows.every((row) => row.org_id === org));
    const stats = await rowsFor(person, '/workflow_stage_stats');
    assert.equal(stats.length, 5);
    assert.ok(stats.every((row) => row.org_id === org));
    assert.equal(
      stats.reduce((sum, row) => sum + row.ticket_count, 0),
      await count(org),
    );
  }
});

test('workflow_stage_stats agrees with a full count', async () => {
  const expected = await db.sql(
    `select s.name as stage_name, count(t.id)::int as ticket_count, count(t.id) filter (where t.priority >= 'high')::int as high_priority_count
       from helpdesk.workflow_stages s left join helpdesk.tickets t on t.current_stage_id = s.id
      where s.org_id = $1 group by s.id, s.name order by s.name`,
    [acme],
  );
  const path = '/workflow_stage_stats?order=stage_name&select=stage_name,ticket_count,high_priority_count';
  assert.deepEqual(await rowsFor(ben, path), expected);
  const { status, body } = await get(`${path}&org_id=eq.${acme}`, service);
  assert.deepEqual({ status, body }, { status: 200, body: expected });
  const hours = await rowsFor(ben, '/workflow_stage_stats?ticket_count=gt.0');
  assert.ok(
    hours.every((row) => row.avg_hours_in_stage >= 0 && row.avg_hours_in_stage < 1),
    JSON.stringify(hours),
  );
});

test('customers and non-members see no rows of the views for staff', async () => {
  const stan = await signUp(db, 'Stan');
  for (const person of [alice, dave, mallory, stan]) {
    for (const view of FOR_STAFF) {
      assert.deepEqual(await rowsFor(person, `/${view}`), [], `${person.name}, ${view}`);
    }
  }
  for (const person of [gina, bea]) {
    for (const view of FOR_STAFF) {
      assert.deepEqual(await rowsFor(person, `/${view}?org_id=eq.${acme}`), [], `${person.name}, ${view}`);
    }
  }
  assert.deepEqual(await rowsFor(stan, '/customer_tickets'), []);
});

test('nobody can write through the views, and anon cannot read them', async () => {
  for (const view of VIEWS) {
    for (const token of [undefined, api.token({ role: 'anon' })]) {
      const { status, body } = await get(`/${view}`, token);
      assert.deepEqual([status, body.code], [401, '42501'], view);
    }
    for (const token of [api.token(ada), service]) {
      const { body } = await api.http('DELETE', `/${view}?org_id=eq.${acme}`, { token });
      // No privilege, or not an updatable view.
      assert.ok(['42501', '55000'].includes(body.code), `${view}: ${JSON.stringify(body)}`);
    }
  }
});

test('customer_tickets shows customers their own tickets and no names of staff', async () => {
  const people = [ada, ben, cleo, alice, dave, gina, mallory, bea];
  for (const person of [alice, dave, mallory, bea]) {
    const rows = await rowsFor(person, '/customer_tickets?order=number');
    assert.deepEqual(
      rows.map((row) => row.id).sort(),
      (
        await db.sql('select id from helpdesk.tickets where created_by = $1 or assigned_to = $1 order by id::text', [
          person.profile,
        ])
      ).map(({ id }) => id),
    );
    const text = JSON.stringify(rows.map(({ title, ...rest }) => rest));
    // Dave, a customer, is assigned to some of Alice's.
    for (const other of people.filter((one) => one !== person && one !== dave)) {
      for (const secret of [other.name, other.email, other.profile, other.login])
        assert.ok(!text.includes(secret), `${person.name}: ${secret}`);
    }
    assert.ok(!/internal|assigned_to"|created_by|agent/.test(text), text.slice(0, 300));
  }
  assert.deepEqual(Object.keys((await rowsFor(alice, '/customer_tickets?limit=1'))[0]), [
    'id',
    'org_id',
    'number',
    'title',
    'priority',
    'status',
    'stage_name',
    'assigned_to_display',
    'created_at',
    'updated_at',
    'public_comment_count',
  ]);
});

test('customer_tickets counts public comments, and names an assignee who is a customer', async () => {
  const [row] = await rowsFor(alice, `/customer_tickets?id=eq.${ids[0]}`);
  assert.deepEqual([row.public_comment_count, row.assigned_to_display], [1, 'Support Team']);
  const [daves] = await db.sql('select id from helpdesk.tickets where assigned_to = $1 limit 1', [dave.profile]);
  const display = async (person) => (await rowsFor(person, `/customer_tickets?id=eq.${daves.id}`))[0].assigned_to_display;
  assert.equal(await display(dave), 'Dave');
  assert.equal(await display(alice), 'Dave');
  const [nobodys] = await rowsFor(alice, '/customer_tickets?assigned_to_display=is.null&limit=1');
  assert.equal(await db.value('select assigned_to from helpdesk.tickets where id = $1', [nobodys.id]), null);
});

test('customer_tickets shows staff the tickets that they opened or are assigned', async () => {
  const numbers = (await rowsFor(ben, '/customer_tickets')).length;
  assert.equal(numbers, await db.value('select count(*)::int from helpdesk.tickets where assigned_to = $1', [ben.profile]));
  assert.ok(numbers > 0);
  const shown = await rowsFor(ben, '/customer_tickets?select=assigned_to_display');
  assert.ok(shown.every((row) => row.assigned_to_display === 'Support Team'));
});

test('former members no longer see their tickets', async () => {
  const leaver = await signUp(db, 'Leaver');
  await addMember(db, acme, leaver, 'org_customer');
  await db.as(leaver, (session) => openTicket(session, acme, 'Leaving'));
  assert.equal((await rowsFor(leaver, '/customer_tickets')).length, 1);
  granted(await api.supabase(leaver).rpc('leave_organization', { p_org_id: acme }));
  assert.deepEqual(await rowsFor(leaver, '/customer_tickets'), []);
});

test('service_role and the superuser see everything', async () => {
  const tickets = await db.value('select count(*)::int from helpdesk.tickets');
  const stageCount = await db.value('select count(*)::int from helpdesk.workflow_stages');
  for (const [view, count] of [
    ['agent_tickets', tickets],
    ['workflow_stage_stats', stageCount],
  ]) {
    assert.equal((await get(`/${view}?limit=1000`, service)).body.length, count);
    assert.equal(await db.value(`select count(*)::int from helpdesk.${view}`), count);
  }
});

test('reports are for staff (else 403, anon 401), maintenance is for service_role', async () => {
  const range = { p_org_id: acme, p_from: '2025-01-01', p_to: '2025-01-02' };
  assert.equal(granted(await api.supabase(ben).rpc('ticket_activity', range)).days.length, 2);
  const got = await get(`/rpc/org_dashboard?p_org_id=${acme}`, api.token(cleo));
  assert.equal(got.status, 200);
  assert.equal(
    got.body.mine,
    await db.value(`select count(*)::int from helpdesk.tickets where assigned_to = $1 and status in ('open', 'pending')`, [
      cleo.profile,
    ]),
  );
  for (const person of [alice, dave, gina]) {
    refused(await api.supabase(person).rpc('ticket_activity', range), 403, '42501');
    refused(await api.supabase(person).rpc('org_dashboard', { p_org_id: acme }), 403, '42501');
  }
  refused(await api.supabase(ben).rpc('ticket_activity', { ...range, p_to: '2024-01-01' }), 400, '22023');
  for (const name of ['refresh_ticket_stats', 'verify_ticket_stats', 'rebuild_ticket_stats']) {
    refused(await api.supabase(ada).rpc(name), 403, '42501');
    assert.equal((await api.http('POST', `/rpc/${name}`)).status, 401);
    granted(await api.supabaseWithToken(service).rpc(name));
  }
  assert.deepEqual(granted(await api.supabaseWithToken(service).rpc('verify_ticket_stats')), []);
  assert.equal((await api.http('POST', '/rpc/ticket_activity', { body: range })).status, 401);
});
