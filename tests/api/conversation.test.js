// Comments and attachments over HTTP, through the functions and through the tables.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { granted, refused, serveHelpdesk } from '../support/helpdesk_server.js';

const { db, api, acme, globex, ada, ben, alice, dave, mallory } = await serveHelpdesk();
const [asAda, asBen, asAlice, asDave, asMallory] = [ada, ben, alice, dave, mallory].map((person) => api.supabase(person));
const NOWHERE = '00000000-0000-7000-8000-000000000000';

const open = async (title) => granted(await asAlice.rpc('create_ticket', { p_org_id: acme, p_title: title }));
const details = async (client, id) => granted(await client.rpc('get_ticket_details', { p_ticket_id: id }));
const comment = (client, ticket, content, isInternal) =>
  client.rpc('add_comment', { p_ticket_id: ticket, p_content: content, ...(isInternal && { p_is_internal: true }) });
const attach = (client, ticket, more = {}) =>
  client.rpc('add_attachment', {
    p_ticket_id: ticket,
    p_file_name: 'photo.png',
    p_file_type: 'image/png',
    p_file_size: 10,
    p_storage_path: `${acme}/${ticket}/${randomUUID()}/photo.png`,
    ...more,
  });
const file = (ticket, more = {}) => ({
  org_id: acme,
  ticket_id: ticket,
  file_name: 'table.txt',
  file_type: 'text/plain',
  file_size: 10,
  storage_path: `${acme}/${ticket}/table.txt`,
  ...more,
});

test('customer and agent comment on a ticket; the customer never sees internal comments', async () => {
  const id = await open('Conversation');
  const [question, internal, answer] = [
    granted(await comment(asAlice, id, 'Does it work?')),
    granted(await comment(asBen, id, 'She should restart it', true)),
    granted(await comment(asBen, id, 'Please restart it')),
  ];
  const summaryOf = (list) => list.map((entry) => [entry.id, entry.createdBy.name, entry.isInternal]);
  assert.deepEqual(summaryOf((await details(asBen, id)).comments), [
    [question, 'Alice', false],
    [internal, 'Ben', true],
    [answer, 'Ben', false],
  ]);
  assert.deepEqual(summaryOf((await details(asAlice, id)).comments), [
    [question, 'Alice', false],
    [answer, 'Ben', false],
  ]);
  const rows = async (client) =>
    granted(await client.from('ticket_comments').select('id').eq('ticket_id', id).order('created_at')).map((row) => row.id);
  assert.deepEqual(await rows(asBen), [question, internal, answer]);
  assert.deepEqual(await rows(asAlice), [question, answer]);
  assert.deepEqual([await rows(asDave), await rows(asMallory)], [[], []]);
  assert.deepEqual(granted(await asAlice.from('ticket_comments').select().eq('id', internal)), []);
});

test('an answer carries files and changes in one call, and a repeated request writes it once', async () => {
  const id = await open('Answered in one call');
  const answer = {
    p_ticket_id: id,
    p_content: 'Please try this driver',
    p_attachments: [
      { fileName: 'driver.zip', fileType: 'application/zip', fileSize: 10, storagePath: `${acme}/${id}/driver.zip` },
    ],
    p_changes: { priority: 'high', assignedTo: ben.profile },
    p_idempotency_key: randomUUID(),
  };
  const [comment, again] = [granted(await asBen.rpc('add_comment', answer)), granted(await asBen.rpc('add_comment', answer))];
  assert.equal(again, comment);
  for (const client of [asBen, asAlice]) {
    const { ticket, comments, attachments } = await details(client, id);
    assert.deepEqual(
      comments.map((entry) => [entry.id, entry.content]),
      [[comment, 'Please try this driver']],
    );
    assert.deepEqual(
      attachments.map((entry) => [entry.fileName, entry.commentId]),
      [['driver.zip', comment]],
    );
    assert.equal(ticket.priority, 'high');
  }
  // Whatever is wrong with a part of it, nothing is written.
  const wrong = { ...answer, p_idempotency_key: randomUUID() };
  refused(await asBen.rpc('add_comment', { ...wrong, p_changes: { priority: 'soon' } }), 400, '22023');
  refused(await asBen.rpc('add_comment', { ...wrong, p_attachments: [{ fileName: '' }] }), 400, '22023');
  refused(await asAlice.rpc('add_comment', wrong), 403, '42501');
  refused(await asMallory.rpc('add_comment', wrong), 403, '42501');
  assert.equal((await details(asBen, id)).comments.length, 1);
});

test('a comment moves its ticket to the top of the list', async () => {
  const [older] = [await open('Older'), await open('Newer')];
  const titles = async () =>
    granted(await asBen.rpc('list_org_tickets', { p_org_id: acme, p_filters: { perPage: 2 } })).tickets.map((t) => t.title);
  assert.deepEqual(await titles(), ['Newer', 'Older']);
  granted(await comment(asAlice, older, 'Any news?'));
  assert.deepEqual(await titles(), ['Older', 'Newer']);
});

test('tickets include counts of comments and attachments; customers get counts of public ones only', async () => {
  const id = await open('Counted');
  for (const isInternal of [false, true]) {
    granted(await comment(asBen, id, 'Words', isInternal));
    granted(await attach(asBen, id, { p_is_internal: isInternal }));
  }
  const counted = async (client) =>
    granted(await client.from('tickets').select('public_comment_count, public_attachment_count').eq('id', id).single());
  for (const client of [asBen, asAlice]) {
    assert.deepEqual(await counted(client), { public_comment_count: 1, public_attachment_count: 1 });
  }
  const listed = async (client) => {
    const filters = { search: 'Counted' };
    const [row] = granted(await client.rpc('list_org_tickets', { p_org_id: acme, p_filters: filters })).tickets;
    return [row.commentCount, row.attachmentCount];
  };
  assert.deepEqual(
    [await listed(asBen), await listed(asAlice)],
    [
      [2, 2],
      [1, 1],
    ],
  );
  const internal = (client) =>
    client.from('ticket_internal_counts').select('comment_count, attachment_count').eq('ticket_id', id);
  assert.deepEqual(granted(await internal(asBen)), [{ comment_count: 1, attachment_count: 1 }]);
  assert.deepEqual(granted(await internal(asAlice)), []);
});

test('a comment by the customer reopens a ticket that waits for them', async () => {
  const id = await open('Waiting');
  const stages = granted(await asBen.from('workflow_stages').select('id, name').eq('org_id', acme));
  const stage = stages.find(({ name }) => name === 'Waiting on customer').id;
  granted(await asBen.rpc('update_ticket', { p_ticket_id: id, p_changes: { stageId: stage } }));
  granted(await comment(asBen, id, 'Are you there?'));
  assert.equal((await details(asAlice, id)).ticket.status, 'pending');
  granted(await comment(asAlice, id, 'Here I am'));
  const { ticket } = await details(asAlice, id);
  assert.deepEqual([ticket.status, ticket.currentStage.name], ['open', 'In progress']);
});

test('a ticket that the caller cannot see is indistinguishable from a missing one: 403', async () => {
  const id = await open('Of Alice');
  for (const client of [asDave, asMallory]) {
    for (const say of [
      (ticket) => comment(client, ticket, 'x'),
      (ticket) => attach(client, ticket),
      (ticket) => client.rpc('watch_ticket', { p_ticket_id: ticket }),
      (ticket) => client.from('ticket_comments').insert({ org_id: acme, ticket_id: ticket, content: 'x' }),
      (ticket) => client.from('ticket_attachments').insert(file(ticket)),
    ]) {
      const [hidden, absent] = [refused(await say(id), 403, '42501'), refused(await say(NOWHERE), 403, '42501')];
      assert.deepEqual({ ...hidden, stack: null }, { ...absent, stack: null });
    }
  }
});

test('customers cannot write internal comments or attachments: 403', async () => {
  const id = await open('No secrets of customers');
  refused(await comment(asAlice, id, 'x', true), 403, '42501');
  refused(await attach(asAlice, id, { p_is_internal: true }), 403, '42501');
  const row = { org_id: acme, ticket_id: id, content: 'x', is_internal: true };
  refused(await asAlice.from('ticket_comments').insert(row), 403, '42501');
  refused(await asAlice.from('ticket_attachments').insert(file(id, { is_internal: true })), 403, '42501');
});

test('through the tables, author and uploader are always the caller', async () => {
  const id = await open('By the table');
  const said = granted(
    await asAlice.from('ticket_comments').insert({ org_id: acme, ticket_id: id, content: 'Hello' }).select().single(),
  );
  assert.deepEqual([said.created_by, said.is_internal], [alice.profile, false]);
  const row = granted(await asAlice.from('ticket_attachments').insert(file(id)).select().single());
  assert.equal(row.uploaded_by, alice.profile);
  for (const column of ['created_by', 'requester_id', 'created_at', 'id']) {
    const forged = { org_id: acme, ticket_id: id, content: 'x', [column]: column === 'created_at' ? '2001-01-01' : dave.profile };
    refused(await asAlice.from('ticket_comments').insert(forged), 403, '42501');
  }
  refused(await asAlice.from('ticket_attachments').insert(file(id, { uploaded_by: dave.profile })), 403, '42501');
  refused(await asAlice.from('ticket_comments').insert({ org_id: globex, ticket_id: id, content: 'x' }), 403, '42501');
});

test('authors can edit the content of their own comments and nothing else', async () => {
  const [id, other] = [await open('Edited'), await open('Another')];
  const said = granted(await comment(asAlice, id, 'Teh printer'));
  const edit = (client, change) => client.from('ticket_comments').update(change).eq('id', said).select('content');
  assert.deepEqual(granted(await edit(asAlice, { content: 'The printer' })), [{ content: 'The printer' }]);
  for (const client of [asBen, asAda, asDave]) assert.deepEqual(granted(await edit(client, { content: 'x' })), []);
  for (const change of [{ is_internal: true }, { created_by: dave.profile }, { ticket_id: other }, { org_id: globex }]) {
    refused(await edit(asAlice, change), 403, '42501');
  }
  refused(await asAlice.from('ticket_comments').delete().eq('id', said), 403, '42501');
});

test('an attachment can be deleted by its uploader and by staff', async () => {
  const id = await open('Files');
  const remove = async (client, attachment) =>
    granted(await client.from('ticket_attachments').delete().eq('id', attachment).select('id')).length;
  const [mine, theirs] = [granted(await attach(asAlice, id)), granted(await attach(asBen, id))];
  assert.equal(await remove(asAlice, theirs), 0);
  assert.equal(await remove(asDave, mine), 0);
  assert.equal(await remove(asAlice, mine), 1);
  assert.equal(await remove(asAda, theirs), 1);
  assert.deepEqual((await details(asBen, id)).attachments, []);
});

test('invalid input is refused with a 400 that names the argument, and writes nothing', async () => {
  const id = await open('Bad input');
  const cases = [
    [comment(asAlice, id, ' \n\t '), '22023', /p_content/],
    [comment(asAlice, id, null), '22004', /p_content/],
    [comment(asAlice, null, 'x'), '22004', /p_ticket_id/],
    [comment(asAlice, id, 'x'.repeat(1_000_000)), '22023', /p_content/, /100,?000/],
    [attach(asAlice, id, { p_file_size: -1 }), '22023', /p_file_size/],
    [attach(asAlice, id, { p_file_size: null }), '22004', /p_file_size/],
    [attach(asAlice, id, { p_file_name: ' ' }), '22023', /p_file_name/],
    [attach(asAlice, id, { p_storage_path: `${acme}/../${globex}/x` }), '22023', /p_storage_path/],
    [attach(asAlice, id, { p_storage_path: '/etc/passwd' }), '22023', /p_storage_path/],
    [
      asAlice.from('ticket_comments').insert({ org_id: acme, ticket_id: id, content: ' ' }),
      '23514',
      /ticket_comments_content_check/,
    ],
    [asAlice.from('ticket_attachments').insert(file(id, { file_size: -1 })), '23514', /file_size/],
    [asAlice.from('ticket_attachments').insert(file(id, { storage_path: 'a/../b' })), '23514', /storage_path/],
  ];
  for (const [call, code, mentions, hints] of cases) {
    const { message, hint } = refused(await call, 400, code);
    assert.match(message, mentions);
    if (hints) assert.match(`${message} ${hint}`, hints);
  }
  const { comments, attachments } = await details(asBen, id);
  assert.deepEqual([comments, attachments], [[], []]);
});

test('a backend without a caller must name the author of a comment', async () => {
  const id = await open('By a backend');
  const backend = api.supabaseWithToken(api.token({ role: 'service_role' }));
  refused(await comment(backend, id, 'x'), 403, '42501');
  const row = { org_id: acme, ticket_id: id, content: 'By e-mail', created_by: alice.profile };
  assert.equal(granted(await backend.from('ticket_comments').insert(row).select().single()).created_by, alice.profile);
});

test('deleting a ticket deletes everything that belongs to it', async () => {
  const id = await open('With everything');
  granted(await asBen.rpc('watch_ticket', { p_ticket_id: id }));
  for (const isInternal of [false, true]) {
    granted(await comment(asAlice, id, 'Words'));
    granted(await comment(asBen, id, 'Words', isInternal));
    granted(await attach(asBen, id, { p_is_internal: isInternal }));
  }
  granted(await asAda.from('tickets').delete().eq('id', id));
  for (const table of ['ticket_comments', 'ticket_attachments', 'ticket_internal_counts', 'notifications', 'ticket_watchers']) {
    assert.equal(await db.value(`select count(*)::int from helpdesk.${table} where ticket_id = $1`, [id]), 0, table);
  }
});
