// claim_next_ticket() and update_tickets() over HTTP.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { granted, refused, serveHelpdesk } from '../support/helpdesk_server.js';
import { stagesOf } from '../support/organizations.js';

const { db, api, acme, globex, ada, ben, alice, gina, mallory } = await serveHelpdesk();
const stages = await stagesOf(db, acme);
const [asAda, asBen, asAlice, asGina, asMallory] = [ada, ben, alice, gina, mallory].map((person) => api.supabase(person));
const NOWHERE = '00000000-0000-7000-8000-000000000000';

const open = async (p_title, p_priority = 'low') =>
  granted(await asAlice.rpc('create_ticket', { p_org_id: acme, p_title, p_priority }));
const claim = (client, p_filters) => client.rpc('claim_next_ticket', { p_org_id: acme, ...(p_filters && { p_filters }) });
const update = (client, p_ticket_ids, p_changes) => client.rpc('update_tickets', { p_ticket_ids, p_changes });
const titlesOf = (ids) => db.value('select array_agg(title order by number) from helpdesk.tickets where id = any ($1)', [ids]);

test('agents claim the most urgent, oldest ticket first; an empty queue returns null', async () => {
  for (const [title, priority] of [
    ['Third', 'low'],
    ['First', 'urgent'],
    ['Second', 'high'],
    ['Fourth', 'low'],
  ]) {
    await open(title, priority);
  }
  const taken = [];
  for (let ticket; (ticket = granted(await claim(asBen))); ) {
    assert.equal(ticket.assignedTo.id, ben.profile);
    taken.push(ticket.title);
  }
  assert.deepEqual(taken, ['First', 'Second', 'Third', 'Fourth']);
});

test('filters narrow the queue; filters that do not apply to it are refused with 400', async () => {
  const [low, urgent] = [await open('Low'), await open('Urgent', 'urgent')];
  assert.equal(granted(await claim(asBen, { priority: 'low' })).id, low);
  assert.equal(granted(await claim(asBen, { priority: ['low', 'medium'] })), null);
  for (const filters of [{ status: 'closed' }, { assignedTo: 'me' }, { page: 2 }, { colour: 'red' }]) {
    const { message, hint } = refused(await claim(asBen, filters), 400, '22023');
    assert.match(message, new RegExp(Object.keys(filters)[0]));
    assert.ok(hint);
  }
  assert.equal(granted(await claim(asAda)).id, urgent);
});

test('customers and non-members cannot claim tickets: 403; claiming does not accept GET', async () => {
  const id = await open('Not for everybody');
  for (const client of [asAlice, asMallory, asGina]) refused(await claim(client), 403, '42501');
  refused(await asBen.rpc('claim_next_ticket', { p_org_id: globex }), 403, '42501');
  refused(await asBen.rpc('claim_next_ticket', { p_org_id: null }), 400, '22004');
  const got = await api.http('GET', `/rpc/claim_next_ticket?p_org_id=${acme}`, { token: api.token(ben) });
  assert.equal(got.status, 405);
  assert.equal(granted(await claim(asBen)).id, id);
});

test('a bulk update writes a revision for each ticket that it changes', async () => {
  const ids = [await open('A'), await open('B'), await open('C')];
  granted(await asBen.rpc('update_ticket', { p_ticket_id: ids[1], p_changes: { priority: 'high' } }));
  const answer = granted(await update(asBen, [...ids, ids[0]], { priority: 'high' }));
  assert.equal(answer.updated, 2);
  assert.deepEqual(
    answer.tickets.map(({ id, version }) => [id, version]).sort(),
    [
      [ids[0], 2],
      [ids[2], 2],
    ].sort(),
  );
  const history = await db.sql(
    'select distinct version, changed_by from helpdesk.ticket_history where ticket_id = any ($1) and version > 1',
    [ids],
  );
  assert.deepEqual(history, [{ version: 2, changed_by: ben.profile }]);
});

test('a bulk update with one missing ticket changes nothing', async () => {
  const ids = [await open('Kept'), await open('As well')];
  const theirs = granted(await asMallory.rpc('create_ticket', { p_org_id: globex, p_title: 'A ticket of Globex' }));
  const errors = [];
  for (const other of [NOWHERE, theirs]) {
    errors.push(refused(await update(asBen, [...ids, other], { title: 'x' }), 403, '42501').message);
  }
  assert.equal(errors[0], errors[1], 'a ticket of another organization is indistinguishable from a missing one');
  refused(await update(asAlice, ids, { title: 'x' }), 403, '42501');
  refused(await update(asMallory, ids, { title: 'x' }), 403, '42501');
  assert.deepEqual(await titlesOf(ids), ['Kept', 'As well']);
});

test('a stage of another workflow or a non-member as assignee: 400, and nothing changes', async () => {
  const ids = [await open('Stays')];
  const theirs = await stagesOf(db, globex);
  for (const changes of [{ stageId: theirs.Closed }, { assignedTo: mallory.profile }, { assignedTo: alice.profile }]) {
    refused(await update(asBen, ids, { title: 'x', ...changes }), 400, '22023');
    refused(await asBen.rpc('update_ticket', { p_ticket_id: ids[0], p_changes: { title: 'x', ...changes } }), 400, '22023');
  }
  assert.deepEqual(await titlesOf(ids), ['Stays']);
});

test('invalid input is refused with a 400 that names the argument', async () => {
  const ids = [await open('Bad input')];
  const cases = [
    [update(asBen, null, { title: 'x' }), '22004', /p_ticket_ids/],
    [update(asBen, [null], { title: 'x' }), '22004', /p_ticket_ids/],
    [update(asBen, [], { title: 'x' }), '22023', /p_ticket_ids/],
    [
      update(
        asBen,
        Array.from({ length: 1001 }, () => randomUUID()),
        { title: 'x' },
      ),
      '22023',
      /1001/,
    ],
    [update(asBen, ids, null), '22004', /p_changes/],
    [update(asBen, ids, {}), '22023', /p_changes/],
    [update(asBen, ids, { colour: 'red' }), '22023', /colour/],
    [update(asBen, ids, { title: ' ' }), '22023', /title/],
  ];
  for (const [call, code, mentions] of cases) assert.match(refused(await call, 400, code).message, mentions);
});

test('with transitions, only allowed moves succeed, and the hint lists them', async () => {
  const [workflow] = granted(await asAda.from('workflows').select('id').eq('org_id', acme));
  const move = (from, to, min_role = 'org_agent') => ({
    org_id: acme,
    workflow_id: workflow.id,
    from_stage_id: stages[from],
    to_stage_id: stages[to],
    min_role,
  });
  const allow = (client, ...moves) => client.from('workflow_transitions').insert(moves);
  refused(await allow(asBen, move('New', 'Closed')), 403, '42501');
  granted(await allow(asAda, move('New', 'In progress'), move('New', 'Closed', 'org_admin')));

  const id = await open('On rails');
  const go = (client, to) => client.rpc('update_ticket', { p_ticket_id: id, p_changes: { stageId: stages[to] } });
  for (const to of ['Resolved', 'Closed']) {
    const { hint } = refused(await go(asBen, to), 403, '42501');
    assert.match(hint, /In progress/);
    assert.doesNotMatch(hint, /Closed/, 'only for admins');
  }
  refused(await update(asBen, [id], { stageId: stages.Resolved }), 403, '42501');
  refused(await asBen.from('tickets').update({ current_stage_id: stages.Resolved }).eq('id', id), 403, '42501');
  assert.match(refused(await go(asAda, 'Resolved'), 403, '42501').hint, /In progress, Closed/);
  assert.equal(granted(await go(asAda, 'Closed')).status, 'closed');
  refused(await go(asAda, 'New'), 403, '42501');
  granted(await asAda.from('workflow_transitions').delete().eq('org_id', acme));
  assert.equal(granted(await go(asBen, 'New')).status, 'open');
});
