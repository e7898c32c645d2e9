// Direct access to the tables over HTTP: GET, POST, PATCH and DELETE, with PostgREST's filters and
// embedding.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { granted, refused, serveHelpdesk } from '../support/helpdesk_server.js';
import { stagesOf } from '../support/organizations.js';

const { db, api, acme, globex, ada, ben, alice, dave, mallory } = await serveHelpdesk();
const stages = await stagesOf(db, acme);
const asAda = api.supabase(ada);
const asBen = api.supabase(ben);
const asAlice = api.supabase(alice);

/** A ticket that Alice inserts into the table. */
async function ticket(title, more = {}) {
  const row = { org_id: acme, title, ...more };
  return granted(await asAlice.from('tickets').insert(row).select().single());
}

test('a customer posts a ticket; triggers set the other columns and write the history', async () => {
  const row = await ticket('  Kettle broken ', { priority: 'high' });
  assert.equal(row.title, 'Kettle broken');
  assert.deepEqual([row.created_by, row.status, row.version, row.current_stage_id], [alice.profile, 'open', 1, stages.New]);
  const history = granted(await asAlice.from('ticket_history').select().eq('ticket_id', row.id));
  assert.equal(history.length, 1);
  assert.equal(history[0].id, row.latest_history_id);
  assert.equal(history[0].changed_by, alice.profile);
});

test('an agent patches a ticket; the change appears in its history', async () => {
  const { id } = await ticket('Door jams');
  const change = { title: 'Door jams again', current_stage_id: stages.Closed, assigned_to: ben.profile };
  const row = granted(await asBen.from('tickets').update(change).eq('id', id).select().single());
  assert.deepEqual([row.version, row.status, row.closed_at !== null], [2, 'closed', true]);
  const { changes, changed_by } = granted(
    await asBen.from('ticket_history').select().eq('ticket_id', id).eq('version', 2).single(),
  );
  assert.equal(changed_by, ben.profile);
  assert.deepEqual(changes.fields.title, { from: 'Door jams', to: 'Door jams again' });
  assert.deepEqual(changes.fields.status, { from: 'open', to: 'closed' });
});

test('filters and order work on the rows that the caller can see', async () => {
  const made = [];
  for (const priority of ['low', 'urgent', 'medium']) made.push(await ticket(`Sorted ${priority}`, { priority }));
  await api.supabase(dave).from('tickets').insert({ org_id: acme, title: 'Sorted, but of Dave' });
  const mine = asAlice.from('tickets').select('title').like('title', 'Sorted%').order('priority', { ascending: false });
  assert.deepEqual(
    granted(await mine).map(({ title }) => title),
    ['Sorted urgent', 'Sorted medium', 'Sorted low'],
  );

  const count = await asBen.from('tickets').select('*', { count: 'exact', head: true }).like('title', 'Sorted%');
  assert.equal(count.count, 4);
  const paged = asBen.from('tickets').select('number').eq('org_id', acme).order('number').range(0, 1);
  assert.deepEqual(
    granted(await paged).map(({ number }) => number),
    [1, 2],
  );
  assert.deepEqual(
    granted(
      await api
        .supabase(mallory)
        .from('tickets')
        .select()
        .in(
          'id',
          made.map(({ id }) => id),
        ),
    ),
    [],
  );
});

test('customers cannot patch or delete tickets', async () => {
  const { id } = await ticket('Stays as it is');
  assert.deepEqual(granted(await asAlice.from('tickets').update({ title: 'x' }).eq('id', id).select()), []);
  assert.deepEqual(granted(await asAlice.from('tickets').delete().eq('id', id).select()), []);
  assert.equal(await db.value('select title from helpdesk.tickets where id = $1', [id]), 'Stays as it is');
});

test('admins can delete a ticket with its history, agents cannot', async () => {
  const { id } = await ticket('To be deleted');
  assert.deepEqual(granted(await asBen.from('tickets').delete().eq('id', id).select()), []);
  assert.deepEqual(granted(await asAda.from('tickets').delete().eq('id', id).select('id')), [{ id }]);
  assert.equal(await db.value('select count(*)::int from helpdesk.ticket_history where ticket_id = $1', [id]), 0);
});

test('system columns cannot be patched, not even by an admin', async () => {
  const { id } = await ticket('Fixed columns');
  const forbidden = {
    id: alice.profile,
    org_id: globex,
    status: 'closed',
    number: 99,
    created_at: '2001-01-01',
    version: 7,
    latest_history_id: id,
    resolved_at: '2001-01-01',
  };
  for (const [column, value] of Object.entries(forbidden)) {
    for (const client of [asAda, asBen]) {
      refused(
        await client
          .from('tickets')
          .update({ [column]: value })
          .eq('id', id),
        403,
        '42501',
      );
    }
  }
  assert.equal(await db.value('select version from helpdesk.tickets where id = $1', [id]), 1);
});

test('system columns cannot be posted', async () => {
  for (const column of ['id', 'number', 'status', 'version', 'created_at', 'current_stage_id', 'latest_history_id']) {
    refused(await asAda.from('tickets').insert({ org_id: acme, title: 'x', [column]: null }), 403, '42501');
  }
});

test('a customer cannot post for other people or organizations, or assign a ticket', async () => {
  const post = (row) => asAlice.from('tickets').insert({ org_id: acme, title: 'Not so', ...row });
  refused(await post({ created_by: dave.profile }), 403, '42501');
  refused(await post({ org_id: globex }), 403, '42501');
  refused(await post({ assigned_to: ben.profile }), 403, '42501');
  assert.equal(await db.value(`select count(*)::int from helpdesk.tickets where title = 'Not so'`), 0);
});

test('an agent can post for a member, but not for a non-member', async () => {
  const post = (person) => asBen.from('tickets').insert({ org_id: acme, title: 'By phone', created_by: person.profile });
  granted(await post(dave));
  refused(await post(mallory), 400, '22023');
});

test('a ticket cannot get an assignee or a stage of another organization', async () => {
  const { id } = await ticket('Stays inside');
  const theirs = await stagesOf(db, globex);
  const patch = (change) => asBen.from('tickets').update(change).eq('id', id);
  refused(await patch({ assigned_to: mallory.profile }), 400, '22023');
  refused(await patch({ current_stage_id: theirs.Closed }), 400, '22023');
});

test('nobody can write ticket history', async () => {
  const { id } = await ticket('On the record');
  for (const client of [asAlice, asBen, asAda, api.supabaseWithToken(api.token({ role: 'service_role' }))]) {
    const history = () => client.from('ticket_history');
    refused(await history().insert({ org_id: acme, ticket_id: id }), 403, '42501');
    refused(await history().update({ title: 'x' }).eq('ticket_id', id), 403, '42501');
    refused(await history().delete().eq('ticket_id', id), 403, '42501');
  }
});

test('people can change their own name, but nothing that grants rights', async () => {
  const mine = () => api.supabase(dave).from('profiles');
  granted(
    await mine()
      .update({ name: 'Robert', preferences: { theme: 'dark' } })
      .eq('id', dave.profile),
  );
  assert.equal(await db.value('select name from helpdesk.profiles where id = $1', [dave.profile]), 'Robert');
  for (const change of [{ role: 'admin' }, { auth_id: ada.login }, { email: ada.email }, { id: ada.profile }]) {
    refused(await mine().update(change).eq('id', dave.profile), 403, '42501');
  }
  assert.deepEqual(granted(await mine().update({ name: 'x' }).eq('id', alice.profile).select()), []);
});

test('nobody can add themselves to an organization or become admin', async () => {
  const members = (person) => api.supabase(person).from('org_members');
  refused(await members(mallory).insert({ org_id: acme, user_id: mallory.profile, org_role: 'org_admin' }), 403, '42501');
  for (const person of [dave, ben, mallory]) {
    const promoted = await members(person).update({ org_role: 'org_admin' }).eq('org_id', acme).select();
    assert.deepEqual(granted(promoted), [], person.name);
  }
});

test('the last admin can be neither demoted nor removed', async () => {
  const me = () => asAda.from('org_members');
  // PostgREST answers 500 to every SQLSTATE of class 55.
  refused(await me().update({ org_role: 'org_agent' }).eq('user_id', ada.profile), 400, '23000');
  refused(await me().delete().eq('user_id', ada.profile), 400, '23000');
});

test('one request returns a ticket with its stage, workflow, people and history', async () => {
  const { id } = await ticket('Embedded');
  const select = `title, workflow_stages(name), workflows(name),
    requester:profiles!tickets_created_by_fkey(name), assignee:profiles!tickets_assigned_to_fkey(name),
    ticket_comments(content), history:ticket_history!ticket_history_ticket_id_fkey(version)`;
  const row = granted(await asBen.from('tickets').select(select).eq('id', id).single());
  assert.deepEqual(row, {
    title: 'Embedded',
    workflow_stages: { name: 'New' },
    workflows: { name: 'Support' },
    requester: { name: 'Alice' },
    assignee: null,
    ticket_comments: [],
    history: [{ version: 1 }],
  });
  await asBen.from('tickets').update({ assigned_to: ben.profile }).eq('id', id);
  const people = 'requester:profiles!tickets_created_by_fkey(name), assignee:profiles!tickets_assigned_to_fkey(name)';
  // Customers can read only their own profile.
  assert.deepEqual(granted(await asAlice.from('tickets').select(people).eq('id', id).single()), {
    requester: { name: 'Alice' },
    assignee: null,
  });
});

test('filtering by an embedded stage works', async () => {
  const { id } = await ticket('In a stage');
  granted(await asBen.from('tickets').update({ current_stage_id: stages['In progress'] }).eq('id', id));
  const found = asBen.from('tickets').select('id, workflow_stages!inner(name)').eq('workflow_stages.name', 'In progress');
  assert.deepEqual(
    granted(await found).map((row) => row.id),
    [id],
  );
});

test('an admin can rename a stage, an agent cannot', async () => {
  const rename = (client, name) =>
    client.from('workflow_stages').update({ name }).eq('id', stages['Waiting on customer']).select('name');
  assert.deepEqual(granted(await rename(asBen, 'x')), []);
  assert.deepEqual(granted(await rename(asAda, 'Waiting')), [{ name: 'Waiting' }]);
});
