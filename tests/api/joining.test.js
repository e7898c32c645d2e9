// How people come to an organization over HTTP: founding, joining, agents who invite; and what the
// administrator of the installation does about organizations.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { granted, refused, serveHelpdesk } from '../support/helpdesk_server.js';
import { signUp } from '../support/organizations.js';

const { db, api, acme, ada, ben } = await serveHelpdesk();
const [asAda, asBen] = [ada, ben].map((person) => api.supabase(person));
const ingrid = await signUp(db, 'Ingrid');
await db.sql(`update helpdesk.profiles set role = 'admin' where id = $1`, [ingrid.profile]);
const asIngrid = api.supabase(ingrid);

const found = (client, p_name = 'New') => client.rpc('create_organization', { p_name });

test('people with a confirmed address found organizations, unless the setting says something else', async () => {
  const una = await signUp(db, 'Una');
  await db.sql('update auth.users set email_confirmed_at = null where id = $1', [una.login]);
  const [asUna, asVera] = [una, await signUp(db, 'Vera')].map((person) => api.supabase(person));
  const set = (client, who_may_found_organizations) =>
    client.from('installation_settings').update({ who_may_found_organizations }).eq('is_only_row', true).select();
  assert.equal(granted(await asVera.rpc('may_create_organization')), true);
  granted(await found(asVera));
  assert.equal(refused(await found(asUna), 403, '42501').details, 'email_not_confirmed');
  refused(await asUna.from('organizations').insert({ name: 'New' }), 403, '42501');

  assert.deepEqual(granted(await set(asVera, 'anyone')), []);
  assert.equal(granted(await set(asIngrid, 'anyone')).length, 1);
  granted(await found(asUna));
  granted(await set(asIngrid, 'administrators'));
  assert.equal(refused(await found(asVera), 403, '42501').details, 'not_an_installation_admin');
  granted(await found(asIngrid));
  refused(await set(asIngrid, 'nobody'), 400, '23514');
  granted(await set(asIngrid, 'confirmed'));
});

test('somebody joins an organization that is open to customers, and opens a ticket', async () => {
  const asWanda = api.supabase(await signUp(db, 'Wanda'));
  const join = () => asWanda.rpc('join_organization', { p_org_id: acme });
  assert.equal(refused(await join(), 403, '42501').details, 'not_open_to_customers');
  granted(await asAda.from('organizations').update({ open_to_customers: true }).eq('id', acme));
  assert.equal(granted(await join()), acme);
  assert.equal(granted(await join()), acme);
  granted(await asWanda.rpc('create_ticket', { p_org_id: acme, p_title: 'Hello' }));
  const members = granted(await asAda.rpc('list_org_members', { p_org_id: acme }));
  const { orgRole, hasLogin, avatarUrl } = members.find(({ name }) => name === 'Wanda');
  assert.deepEqual([orgRole, hasLogin, avatarUrl], ['org_customer', true, null]);
  granted(await asAda.from('organizations').update({ open_to_customers: false }).eq('id', acme));
});

test('agents invite customers if the organization lets them; both spellings of roles are accepted', async () => {
  const invite = (client, p_email, more) => client.rpc('create_org_invite', { p_org_id: acme, p_email, ...more });
  refused(await invite(asBen, 'x@example.com'), 403, '42501');
  granted(await asAda.from('organizations').update({ agents_may_invite: true }).eq('id', acme));
  const xena = await signUp(db, 'Xena');
  const id = granted(await invite(asBen, xena.email, { p_org_role: 'org_customer' }));
  refused(await invite(asBen, 'x@example.com', { p_role: 'org_agent' }), 403, '42501');
  const [pending] = granted(await api.supabase(xena).rpc('my_pending_invites'));
  assert.deepEqual([pending.id, pending.role, pending.orgRole], [id, 'customer', 'org_customer']);
  const row = { org_id: acme, email: 'table@example.com', role: 'org_customer' };
  assert.deepEqual(granted(await asBen.from('org_invites').insert(row).select('role')), [{ role: 'customer' }]);
  assert.equal(granted(await asBen.from('org_invites').select()).length, 2);
  granted(await asBen.rpc('revoke_org_invite', { p_invite_id: id }));

  const yuri = await signUp(db, 'Yuri');
  granted(await api.supabase(yuri).rpc('accept_org_invite', { p_invite_id: granted(await invite(asAda, yuri.email)) }));
  for (const role of [{ p_org_role: 'agent' }, { p_role: 'org_customer' }]) {
    granted(await asAda.rpc('set_member_role', { p_org_id: acme, p_user_id: yuri.profile, ...role }));
  }
  const update = { org_role: 'agent' };
  const changed = await asAda.from('org_members').update(update).eq('user_id', yuri.profile).select('org_role');
  assert.deepEqual(granted(changed), [{ org_role: 'org_agent' }]);
});

test('an organization whose last admin is gone gets another one', async () => {
  const [zoe, zack] = [await signUp(db, 'Zoe'), await signUp(db, 'Zack')];
  const org = granted(await found(api.supabase(zoe), 'Lost'));
  await db.sql('delete from auth.users where id = $1', [zoe.login]);
  refused(await asAda.rpc('list_organizations'), 403, '42501');
  const { organizations } = granted(await asIngrid.rpc('list_organizations', { p_filters: { withoutAdmin: true } }));
  assert.deepEqual(
    organizations.map(({ id, name, memberCount, admins }) => [id, name, memberCount, admins]),
    [[org, 'Lost', 0, []]],
  );
  const appoint = (client, person) => client.rpc('appoint_admin', { p_org_id: org, p_profile_id: person.profile });
  refused(await appoint(asAda, ada), 403, '42501');
  refused(await appoint(asIngrid, ingrid), 403, '42501');
  granted(await appoint(asIngrid, zack));
  refused(await appoint(asIngrid, ben), 400, '23000');
  assert.deepEqual(granted(await api.supabase(zack).rpc('my_admin_org_ids')), [org]);
  assert.deepEqual(granted(await asIngrid.from('organizations').select().eq('id', org)), []);
});
