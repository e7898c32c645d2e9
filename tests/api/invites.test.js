// Memberships over HTTP: invites, admin codes, roles, leaving.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { granted, refused, serveHelpdesk } from '../support/helpdesk_server.js';
import { signUp } from '../support/organizations.js';

const { db, api, acme, globex, ada, ben, alice, gina } = await serveHelpdesk();
const [asAda, asBen, asAlice, asGina] = [ada, ben, alice, gina].map((person) => api.supabase(person));
const invite = (client, p_email, more = {}) => client.rpc('create_org_invite', { p_org_id: acme, p_email, ...more });
const rolesOf = async (person) =>
  (await db.sql('select org_role from helpdesk.org_members where user_id = $1', [person.profile])).map((m) => m.org_role);

test('an invited person finds the invite, accepts it and works as an agent', async () => {
  const iris = await signUp(db, 'Iris');
  const asIris = api.supabase(iris);
  const id = granted(await invite(asAda, 'IRIS@example.com', { p_role: 'agent', p_expires_in: '2 days' }));
  const [pending] = granted(await asIris.rpc('my_pending_invites'));
  assert.deepEqual(
    [pending.id, pending.orgId, pending.orgName, pending.role, pending.invitedBy],
    [id, acme, 'Acme', 'agent', { id: ada.profile, name: 'Ada' }],
  );
  assert.equal(new Date(pending.expiresAt) - new Date(pending.createdAt), 2 * 24 * 3600 * 1000);
  assert.equal(granted(await asIris.rpc('accept_org_invite', { p_invite_id: id })), acme);
  assert.deepEqual(granted(await asIris.rpc('my_pending_invites')), []);
  assert.deepEqual(await rolesOf(iris), ['org_agent']);
  granted(await asIris.rpc('list_org_tickets', { p_org_id: acme }));
  assert.equal(granted(await asIris.rpc('accept_org_invite', { p_invite_id: id })), acme);
});

test('agents, customers and admins of other organizations cannot invite: 403', async () => {
  for (const client of [asBen, asAlice, asGina]) refused(await invite(client, 'x@example.com'), 403, '42501');
  refused(await invite(asAda, 'not an address'), 400, '22023');
  refused(await invite(asAda, alice.email), 409, '23505');
  refused(await asAda.from('org_invites').insert({ org_id: globex, email: 'x@example.com' }), 403, '42501');
});

test('admins can also read, create and revoke invites through the table', async () => {
  granted(await asAda.from('org_invites').insert({ org_id: acme, email: 'table@example.com', role: 'customer' }));
  const rows = granted(await asAda.from('org_invites').select('email, role, created_by').eq('email', 'table@example.com'));
  assert.deepEqual(rows, [{ email: 'table@example.com', role: 'customer', created_by: ada.profile }]);
  for (const client of [asBen, asAlice, asGina]) {
    assert.deepEqual(granted(await client.from('org_invites').select()), []);
    granted(await client.from('org_invites').delete().eq('org_id', acme));
  }
  const gone = granted(await asAda.from('org_invites').delete().eq('email', 'table@example.com').select('email'));
  assert.deepEqual(gone, [{ email: 'table@example.com' }]);
});

test('a revoked invite cannot be accepted', async () => {
  const lou = await signUp(db, 'Lou');
  const id = granted(await invite(asAda, lou.email));
  granted(await asAda.rpc('revoke_org_invite', { p_invite_id: id }));
  refused(await api.supabase(lou).rpc('accept_org_invite', { p_invite_id: id }), 403, '42501');
  assert.deepEqual(await rolesOf(lou), []);
});

test('an admin promotes and removes members; a member leaves', async () => {
  const [moe, ned] = [await signUp(db, 'Moe'), await signUp(db, 'Ned')];
  for (const person of [moe, ned]) {
    const id = granted(await invite(asAda, person.email));
    granted(await api.supabase(person).rpc('accept_org_invite', { p_invite_id: id }));
  }
  granted(await asAda.rpc('set_member_role', { p_org_id: acme, p_user_id: moe.profile, p_org_role: 'org_admin' }));
  assert.deepEqual(await rolesOf(moe), ['org_admin']);
  granted(await api.supabase(moe).rpc('remove_member', { p_org_id: acme, p_user_id: ned.profile }));
  assert.deepEqual(await rolesOf(ned), []);
  refused(await api.supabase(ned).rpc('leave_organization', { p_org_id: acme }), 403, '42501');
  granted(await api.supabase(moe).rpc('leave_organization', { p_org_id: acme }));
  refused(await asAda.rpc('leave_organization', { p_org_id: acme }), 400, '23000');
  assert.deepEqual(await rolesOf(ada), ['org_admin']);
});

test('an admin code makes one person an installation administrator, once', async () => {
  const [ingrid, second, third] = [await signUp(db, 'Ingrid'), await signUp(db, 'Second'), await signUp(db, 'Third')];
  const backend = api.supabaseWithToken(api.token({ role: 'service_role' }));
  refused(await asAda.rpc('create_admin_invite_code'), 403, '42501');
  const code = granted(await backend.rpc('create_admin_invite_code'));
  granted(await api.supabase(ingrid).rpc('redeem_admin_invite_code', { p_code: code }));
  const used = refused(await api.supabase(second).rpc('redeem_admin_invite_code', { p_code: code }), 403, '42501');
  const wrong = refused(await api.supabase(second).rpc('redeem_admin_invite_code', { p_code: 'guess' }), 403, '42501');
  assert.deepEqual(used, wrong);
  const another = granted(await api.supabase(ingrid).rpc('create_admin_invite_code', { p_expires_in: '1 hour' }));
  granted(await api.supabase(third).rpc('redeem_admin_invite_code', { p_code: another }));
  assert.equal(await db.value('select count(*)::int from helpdesk.profiles where role = $1', ['admin']), 2);
});

test('history attributes changes by a backend without a caller to the system', async () => {
  const backend = api.supabaseWithToken(api.token({ role: 'service_role' }));
  const id = granted(await backend.rpc('create_ticket', { p_org_id: acme, p_title: 'By mail', p_requester_id: alice.profile }));
  granted(await backend.rpc('update_ticket', { p_ticket_id: id, p_changes: { priority: 'high', assignedTo: ben.profile } }));
  granted(
    await backend.from('ticket_comments').insert({ org_id: acme, ticket_id: id, content: 'My reply', created_by: alice.profile }),
  );
  const { ticket, history, comments } = granted(await asAlice.rpc('get_ticket_details', { p_ticket_id: id }));
  assert.equal(ticket.createdBy.name, 'Alice');
  assert.deepEqual(
    history.map((h) => h.changedBy),
    [null, null],
  );
  assert.equal(comments[0].createdBy.name, 'Alice');
  // With a login in its token, the backend acts as that person.
  const forBen = api.supabaseWithToken(api.token({ role: 'service_role', sub: ben.login }));
  granted(await forBen.rpc('add_comment', { p_ticket_id: id, p_content: 'On it', p_is_internal: true }));
  granted(await forBen.rpc('update_ticket', { p_ticket_id: id, p_changes: { priority: 'urgent' } }));
  const details = granted(await asBen.rpc('get_ticket_details', { p_ticket_id: id }));
  assert.equal(details.history[0].changedBy.name, 'Ben');
  assert.equal(details.comments.at(-1).createdBy.name, 'Ben');
});

test('act_as cannot be called over the API', async () => {
  refused(await asAlice.rpc('act_as', { p_email: ada.email }), 403, '42501');
  refused(await asAlice.rpc('act_as', { p_email: null }), 403, '42501');
});
