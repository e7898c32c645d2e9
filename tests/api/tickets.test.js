// Tickets with supabase-js: a customer opens one, an agent works on it, and nobody else can see it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { granted, refused, serveHelpdesk } from '../support/helpdesk_server.js';

const { db, api, acme, globex, ada, ben, alice, dave, mallory } = await serveHelpdesk();
const asAlice = api.supabase(alice);
const asBen = api.supabase(ben);
const asMallory = api.supabase(mallory);

const open = async (client, args) => granted(await client.rpc('create_ticket', { p_org_id: acme, ...args }));
const details = async (client, id) => granted(await client.rpc('get_ticket_details', { p_ticket_id: id }));

test('a customer opens a ticket; an agent finds it in the list and reads it', async () => {
  const id = await open(asAlice, { p_title: 'Printer on fire', p_description: 'Third floor', p_priority: 'urgent' });

  const { tickets, pagination } = granted(await asBen.rpc('list_org_tickets', { p_org_id: acme }));
  assert.equal(pagination.total, 1);
  assert.equal(tickets[0].id, id);
  assert.deepEqual(tickets[0].createdBy, { id: alice.profile, name: 'Alice' });

  const { ticket, comments, attachments, history } = await details(asBen, id);
  assert.equal(ticket.title, 'Printer on fire');
  assert.equal(ticket.description, 'Third floor');
  assert.equal(ticket.priority, 'urgent');
  assert.equal(ticket.status, 'open');
  assert.equal(ticket.currentStage.name, 'New');
  assert.equal(ticket.number, 1);
  assert.deepEqual([comments, attachments], [[], []]);
  assert.deepEqual(
    history.map((entry) => entry.changes.type),
    ['created'],
  );
});

test('an agent moves a ticket to another stage, and the customer sees the change', async () => {
  const id = await open(asAlice, { p_title: 'Chair squeaks' });
  const stages = granted(await asBen.from('workflow_stages').select('id,name').eq('org_id', acme));
  const resolved = stages.find((stage) => stage.name === 'Resolved');

  const ticket = granted(
    await asBen.rpc('update_ticket', {
      p_ticket_id: id,
      p_changes: { stageId: resolved.id, assignedTo: ben.profile },
      p_expected_version: 1,
    }),
  );
  assert.equal(ticket.version, 2);
  assert.equal(ticket.status, 'resolved');
  assert.ok(ticket.resolvedAt);

  const seen = await details(asAlice, id);
  assert.equal(seen.ticket.status, 'resolved');
  assert.equal(seen.ticket.assignedTo.name, 'Ben');
  assert.equal(seen.ticket.assignedTo.email, null, 'customers do not get the e-mail addresses of staff');
  assert.deepEqual(seen.history[0].changedBy, { id: ben.profile, name: 'Ben' });
});

test('a stale version is refused at once with 409 and changes nothing', async () => {
  const id = await open(asAlice, { p_title: 'Window stuck' });
  const change = (title) => asBen.rpc('update_ticket', { p_ticket_id: id, p_changes: { title }, p_expected_version: 1 });
  granted(await change('Window stuck open'));

  const started = Date.now();
  const error = refused(await change('Window stuck shut'), 409, '23505');
  assert.ok(Date.now() - started < 2000, 'answered at once');
  assert.match(error.message, /p_expected_version/);
  assert.ok(error.hint);
  assert.equal((await details(asBen, id)).ticket.title, 'Window stuck open');
});

test('customers can read only their own tickets and change none', async () => {
  const id = await open(asAlice, { p_title: 'Private matter' });
  const asDave = api.supabase(dave);
  assert.equal(await details(asDave, id), null);
  assert.deepEqual(granted(await asDave.from('tickets').select()), []);
  assert.deepEqual(granted(await asDave.rpc('list_org_tickets', { p_org_id: acme })).tickets, []);
  for (const client of [asAlice, asDave]) {
    refused(await client.rpc('update_ticket', { p_ticket_id: id, p_changes: { title: 'x' } }), 403, '42501');
  }
  refused(await asDave.rpc('create_ticket', { p_org_id: acme, p_title: 'x', p_requester_id: alice.profile }), 403, '42501');
});

test('non-members are refused by the functions and see no rows in the tables', async () => {
  const id = await open(asAlice, { p_title: 'Not for Mallory' });
  refused(await asMallory.rpc('create_ticket', { p_org_id: acme, p_title: 'x' }), 403, '42501');
  refused(await asMallory.rpc('list_org_tickets', { p_org_id: acme }), 403, '42501');
  refused(await asMallory.rpc('list_org_members', { p_org_id: acme }), 403, '42501');
  refused(await asMallory.rpc('update_ticket', { p_ticket_id: id, p_changes: { title: 'x' } }), 403, '42501');
  assert.equal(await details(asMallory, id), null);
  for (const table of ['tickets', 'ticket_history', 'workflows', 'workflow_stages', 'org_members']) {
    assert.deepEqual(granted(await asMallory.from(table).select().eq('org_id', acme)), [], table);
  }
  assert.deepEqual(granted(await asMallory.from('organizations').select('id')), [{ id: globex }]);
  assert.deepEqual(granted(await asMallory.from('profiles').select('name')), [{ name: 'Mallory' }]);
});

test('a repeated idempotency key returns the first ticket, or 409 if the request differs', async () => {
  const request = { p_org_id: acme, p_title: 'Sent twice', p_idempotency_key: 'key-1' };
  const first = granted(await asAlice.rpc('create_ticket', request));
  assert.equal(granted(await asAlice.rpc('create_ticket', request)), first);
  refused(await asAlice.rpc('create_ticket', { ...request, p_title: 'Another' }), 409, '23505');
  assert.equal(await db.value(`select count(*)::int from helpdesk.tickets where title = 'Sent twice'`), 1);
});

test('a backend opens a ticket for a member and must name the requester', async () => {
  const backend = api.supabaseWithToken(api.token({ role: 'service_role' }));
  const id = await open(backend, { p_title: 'By phone', p_requester_id: dave.profile });
  const { ticket, history } = await details(api.supabase(dave), id);
  assert.equal(ticket.createdBy.name, 'Dave');
  assert.equal(history[0].changedBy, null, 'the system did it');
  const error = refused(await backend.rpc('create_ticket', { p_org_id: acme, p_title: 'For whom?' }), 400, '22004');
  assert.match(error.message, /p_requester_id/);
  refused(await backend.rpc('create_ticket', { p_org_id: acme, p_title: 'x', p_requester_id: mallory.profile }), 400, '22023');
});

test('a new organization numbers its tickets from 1', async () => {
  const org = granted(await asMallory.rpc('create_organization', { p_name: 'Startup' }));
  granted(await asMallory.rpc('create_ticket', { p_org_id: org, p_title: 'First' }));
  const { tickets } = granted(await asMallory.rpc('list_org_tickets', { p_org_id: org }));
  assert.deepEqual(
    tickets.map(({ number, title }) => ({ number, title })),
    [{ number: 1, title: 'First' }],
  );
});

test('functions that read also accept GET, functions that write do not', async () => {
  const token = api.token(ada);
  const listed = await api.http('GET', `/rpc/list_org_tickets?p_org_id=${acme}`, { token });
  assert.equal(listed.status, 200);
  const [{ id }] = listed.body.tickets;
  const read = await api.http('GET', `/rpc/get_ticket_details?p_ticket_id=${id}`, { token });
  assert.equal(read.status, 200);
  assert.equal(read.body.ticket.id, id);
  const members = await api.http('GET', `/rpc/list_org_members?p_org_id=${acme}`, { token });
  assert.equal(members.body.length, 4);
  const before = await db.value('select count(*) from helpdesk.tickets');
  const written = await api.http('GET', `/rpc/create_ticket?p_org_id=${acme}&p_title=x`, { token });
  assert.equal(written.status, 405);
  assert.equal(await db.value('select count(*) from helpdesk.tickets'), before);
});

test('a GET of the list accepts filters as JSON in the URL', async () => {
  const filters = encodeURIComponent(JSON.stringify({ perPage: 1, sort: 'createdAt' }));
  const { status, body } = await api.http('GET', `/rpc/list_org_tickets?p_org_id=${acme}&p_filters=${filters}`, {
    token: api.token(ben),
  });
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(
    body.tickets.map(({ number }) => number),
    [1],
  );
});

test('following the cursors returns every ticket exactly once', async () => {
  for (let i = 0; i < 12; i++) await open(asAlice, { p_title: `Page filler ${i}` });
  const all = granted(await asBen.rpc('list_org_tickets', { p_org_id: acme, p_filters: { perPage: 100 } }));
  const walked = [];
  let cursor;
  do {
    const filters = { perPage: 5, ...(cursor && { cursor }) };
    const page = granted(await asBen.rpc('list_org_tickets', { p_org_id: acme, p_filters: filters }));
    walked.push(...page.tickets);
    cursor = page.pagination.nextCursor;
  } while (cursor);
  assert.equal(walked.length, all.pagination.total);
  assert.deepEqual(
    walked.map((ticket) => ticket.id),
    all.tickets.map((ticket) => ticket.id),
  );
});
