// Notifications over HTTP.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { granted, refused, serveHelpdesk } from '../support/helpdesk_server.js';

const { db, api, acme, globex, ada, ben, alice, dave, mallory } = await serveHelpdesk();
const [asAda, asBen, asAlice, asDave, asMallory] = [ada, ben, alice, dave, mallory].map((person) => api.supabase(person));

const open = async (title) => granted(await asAlice.rpc('create_ticket', { p_org_id: acme, p_title: title }));
/** Ben opens it for her, so that it arrives unread. */
const openForAlice = async (title) =>
  granted(await asBen.rpc('create_ticket', { p_org_id: acme, p_title: title, p_requester_id: alice.profile }));
const assign = async (id, person) =>
  granted(await asAda.rpc('update_ticket', { p_ticket_id: id, p_changes: { assignedTo: person.profile } }));
const say = async (client, id, isInternal = false) =>
  granted(await client.rpc('add_comment', { p_ticket_id: id, p_content: 'Words', p_is_internal: isInternal }));
const watch = async (client, id, on = true) => granted(await client.rpc('watch_ticket', { p_ticket_id: id, p_watch: on }));

/** The types of a person's notifications about a ticket, oldest first. */
const told = async (client, id) =>
  granted(await client.from('notifications').select('type').eq('ticket_id', id).order('id')).map(({ type }) => type);

async function unread(person, query = '') {
  const { status, body } = await api.http('GET', `/rpc/count_unread_notifications${query}`, { token: api.token(person) });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

test('the requester is notified of all public events of a ticket, the agent of what concerns them', async () => {
  const id = await open('From beginning to end');
  await assign(id, ben);
  const spoken = await say(asAlice, id);
  await say(asBen, id);
  const stages = granted(await asBen.from('workflow_stages').select('id, name').eq('org_id', acme));
  for (const name of ['In progress', 'Resolved', 'Closed']) {
    const stage = stages.find((one) => one.name === name).id;
    granted(await asBen.rpc('update_ticket', { p_ticket_id: id, p_changes: { stageId: stage } }));
  }
  assert.deepEqual(await told(asAlice, id), [
    'ticket_created',
    'ticket_commented',
    'ticket_updated',
    'ticket_resolved',
    'ticket_closed',
  ]);
  assert.deepEqual(await told(asBen, id), ['ticket_assigned', 'ticket_commented']);
  assert.deepEqual(await told(asAda, id), ['ticket_created'], 'she founded the organization');
  for (const client of [asDave, asMallory]) assert.deepEqual(await told(client, id), []);

  const content = async (client, type) =>
    granted(await client.from('notifications').select('content').eq('ticket_id', id).eq('type', type).single()).content;
  const number = await db.value('select number::int from helpdesk.tickets where id = $1', [id]);
  const about = { ticket_id: id, number, title: 'From beginning to end', is_internal: false };
  const named = ({ profile, name }) => ({ id: profile, name });
  assert.deepEqual(await content(asBen, 'ticket_assigned'), { ...about, actor: named(ada) });
  assert.deepEqual(await content(asBen, 'ticket_commented'), {
    ...about,
    actor: named(alice),
    comment_id: spoken,
    commenter: alice.profile,
    comment: 'Words',
  });
  assert.deepEqual(await content(asAlice, 'ticket_resolved'), {
    ...about,
    actor: named(ben),
    old_status: 'open',
    new_status: 'resolved',
    old_stage: 'In progress',
    new_stage: 'Resolved',
  });
});

test('internal comments notify assigned and watching staff, never the customer', async () => {
  const id = await open('Whispered about');
  await assign(id, ben);
  await watch(asAda, id);
  await say(asAda, id, true);
  assert.deepEqual(await told(asBen, id), ['ticket_assigned', 'ticket_commented']);
  assert.deepEqual(await told(asAlice, id), ['ticket_created']);
  assert.deepEqual(await told(asAda, id), ['ticket_created'], 'not of her own comment');
});

test('watchers are notified until they stop watching', async () => {
  const id = await open('Watched');
  await watch(asBen, id);
  await watch(asBen, id);
  const watchers = () => asAda.from('ticket_watchers').select('user_id').eq('ticket_id', id);
  assert.deepEqual(granted(await watchers()), [{ user_id: ben.profile }]);
  await say(asAlice, id);
  await watch(asBen, id, false);
  await say(asAlice, id);
  assert.deepEqual(await told(asBen, id), ['ticket_commented']);
  assert.deepEqual(granted(await watchers()), []);

  await watch(asBen, id);
  granted(await asBen.from('ticket_watchers').delete().eq('ticket_id', id));
  assert.deepEqual(granted(await watchers()), [], 'stopping through the table');
});

test('nobody can watch a ticket that they cannot see, or add another watcher', async () => {
  const id = await open('Not to be watched');
  for (const client of [asDave, asMallory]) refused(await client.rpc('watch_ticket', { p_ticket_id: id }), 403, '42501');
  const row = { org_id: acme, ticket_id: id, user_id: ben.profile };
  for (const client of [asDave, asAda]) refused(await client.from('ticket_watchers').insert(row), 403, '42501');
});

test('a watcher who becomes a customer is no longer notified', async () => {
  const id = await open('Watched by somebody who goes');
  await watch(asBen, id);
  const role = (name) => asAda.from('org_members').update({ org_role: name }).eq('user_id', ben.profile).select();
  assert.equal(granted(await role('org_customer')).length, 1);
  await say(asAlice, id);
  granted(await role('org_agent'));
  assert.deepEqual(await told(asBen, id), []);
});

test('disabled notification types are not written', async () => {
  const mine = () => asAlice.from('notification_preferences');
  granted(await mine().insert({ type: 'ticket_commented', enabled: false }));
  const id = await open('Quiet');
  await say(asBen, id);
  assert.deepEqual(await told(asAlice, id), ['ticket_created']);
  granted(await mine().update({ enabled: true }).eq('type', 'ticket_commented'));
  await say(asBen, id);
  assert.deepEqual(await told(asAlice, id), ['ticket_created', 'ticket_commented']);
  const upserted = await mine().upsert({ type: 'ticket_commented', enabled: false }, { onConflict: 'user_id,type' }).select();
  assert.deepEqual(granted(upserted), [{ user_id: alice.profile, type: 'ticket_commented', enabled: false }]);
  granted(await mine().delete().eq('type', 'ticket_commented'));

  refused(
    await asDave.from('notification_preferences').insert({ user_id: alice.profile, type: 'ticket_closed', enabled: false }),
    403,
    '42501',
  );
  assert.deepEqual(granted(await asDave.from('notification_preferences').select()), []);
});

test('notifications can be marked as read by id, all at once and through the table', async () => {
  granted(await asAlice.rpc('mark_notifications_read'));
  assert.equal(await unread(alice), 0);
  const ids = [];
  for (const title of ['One', 'Two', 'Three', 'Four']) ids.push(await openForAlice(title));
  assert.equal(await unread(alice), 4);
  assert.equal(await unread(alice, `?p_org_id=${acme}`), 4);
  assert.equal(await unread(alice, `?p_org_id=${globex}`), 0);
  const list = granted(await asAlice.from('notifications').select('id').in('ticket_id', ids).order('id'));
  const [one, two, three, four] = list.map(({ id }) => id);

  assert.equal(granted(await asAlice.rpc('mark_notifications_read', { p_ids: [one, one] })), 1);
  assert.equal(granted(await asAlice.rpc('mark_notifications_read', { p_ids: [one] })), 0, 'it was read before');
  assert.equal(granted(await asAlice.rpc('mark_notifications_read', { p_ids: [] })), 0, 'none are not all');
  const patch = (id, read) => asAlice.from('notifications').update({ read }).eq('id', id).select('read');
  assert.deepEqual(granted(await patch(two, true)), [{ read: true }]);
  assert.equal(await unread(alice), 2);
  assert.deepEqual(granted(await patch(two, false)), [{ read: false }]);
  assert.deepEqual(granted(await asAlice.from('notifications').delete().eq('id', three).select('id')), [{ id: three }]);
  assert.equal(await unread(alice), 2);
  assert.equal(granted(await asAlice.rpc('mark_notifications_read')), 2);
  assert.equal(await unread(alice), 0);
  assert.equal(await db.value('select read from helpdesk.notifications where id = $1', [four]), true);
});

test('nobody can read, mark or delete the notifications of others', async () => {
  const id = await openForAlice('Of Alice alone');
  const [{ id: hers }] = granted(await asAlice.from('notifications').select('id').eq('ticket_id', id));
  for (const client of [asDave, asBen, asAda, asMallory]) {
    const it = () => client.from('notifications');
    assert.deepEqual(granted(await it().select().eq('id', hers)), []);
    assert.deepEqual(granted(await it().update({ read: true }).eq('id', hers).select()), []);
    assert.deepEqual(granted(await it().delete().eq('id', hers).select()), []);
    assert.equal(granted(await client.rpc('mark_notifications_read', { p_ids: [hers] })), 0);
  }
  assert.equal(await db.value('select read from helpdesk.notifications where id = $1', [hers]), false);
});

test('only "read" can be changed in a notification, and nobody can insert one', async () => {
  const id = await open('Forged');
  const mine = () => asAlice.from('notifications');
  for (const change of [{ content: {} }, { user_id: dave.profile }, { type: 'ticket_closed' }, { expires_at: '2999-01-01' }]) {
    refused(await mine().update(change).eq('ticket_id', id), 403, '42501');
  }
  const forged = { org_id: acme, ticket_id: id, user_id: alice.profile, type: 'ticket_closed', content: {} };
  refused(await mine().insert(forged), 403, '42501');
});

test('without a token, notifications are refused: 401', async () => {
  for (const [method, path] of [
    ['GET', '/rpc/count_unread_notifications'],
    ['GET', '/notifications'],
    ['POST', '/rpc/mark_notifications_read'],
    ['POST', '/rpc/cleanup_old_notifications'],
  ]) {
    const { status, body } = await api.http(method, path);
    assert.deepEqual({ status, code: body.code }, { status: 401, code: '42501' }, path);
  }
});

test('marking as read does not accept GET, because it writes', async () => {
  await open('Stays unread');
  const before = await unread(alice);
  const { status } = await api.http('GET', '/rpc/mark_notifications_read', { token: api.token(alice) });
  assert.equal(status, 405);
  assert.equal(await unread(alice), before);
});

test('a backend can clean up notifications, people cannot', async () => {
  const id = await open('Expired');
  await db.sql(`update helpdesk.notifications set expires_at = now() - interval '1 second' where ticket_id = $1`, [id]);
  for (const client of [asAlice, asAda]) refused(await client.rpc('cleanup_old_notifications'), 403, '42501');
  const backend = api.supabaseWithToken(api.token({ role: 'service_role' }));
  assert.equal(granted(await backend.rpc('cleanup_old_notifications')), 2, 'of Alice and of Ada');
  assert.equal(granted(await backend.rpc('cleanup_old_notifications')), 0);
  assert.deepEqual(await told(asAlice, id), []);
});

test('staff watch a queue until they stop; others cannot', async () => {
  const queue = async (client, p_watch) => client.rpc('watch_queue', { p_org_id: acme, p_watch });
  for (const client of [asAlice, asMallory]) refused(await queue(client, true), 403, '42501');
  granted(await queue(asBen, true));
  const id = await open('For the queue');
  await say(asAlice, id);
  assert.deepEqual(await told(asBen, id), ['ticket_created', 'ticket_commented']);
  granted(await queue(asBen, false));
  await say(asAlice, id);
  assert.deepEqual(await told(asBen, id), ['ticket_created', 'ticket_commented']);
  const watchers = granted(await asBen.from('queue_watchers').select('user_id, workflow_id').eq('org_id', acme));
  assert.deepEqual(watchers, [{ user_id: ada.profile, workflow_id: null }]);
  assert.deepEqual(granted(await asAlice.from('queue_watchers').select()), []);
});

test('a ticket that one opens oneself arrives read', async () => {
  const id = await open('My own');
  const row = granted(await asAlice.from('notifications').select('type, read').eq('ticket_id', id).single());
  assert.deepEqual(row, { type: 'ticket_created', read: true });
});

test('a backend creates custom notifications, people cannot', async () => {
  const args = { p_org_id: acme, p_user_id: alice.profile, p_title: 'Your export is ready', p_link: '/exports/7' };
  for (const client of [asAlice, asAda]) refused(await client.rpc('create_notification', args), 403, '42501');
  const backend = api.supabaseWithToken(api.token({ role: 'service_role' }));
  const id = granted(await backend.rpc('create_notification', { ...args, p_content: { size: 7 } }));
  const row = granted(await asAlice.from('notifications').select('type, ticket_id, content, read').eq('id', id).single());
  const content = { title: 'Your export is ready', link: '/exports/7', size: 7 };
  assert.deepEqual(row, { type: 'custom', ticket_id: null, content, read: false });
  refused(await backend.rpc('create_notification', { ...args, p_user_id: mallory.profile }), 403, '42501');
  refused(await backend.rpc('create_notification', { ...args, p_title: ' ' }), 400, '22023');
});
