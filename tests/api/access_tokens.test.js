// Which access tokens are accepted, and what they give access to.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveHelpdesk } from '../support/helpdesk_server.js';
import { signToken } from '../support/jwt.js';
import { signUp } from '../support/organizations.js';

const { db, api, acme, alice } = await serveHelpdesk();
const inAnHour = Math.floor(Date.now() / 1000) + 3600;

await db.as(alice, (session) => session.query(`select helpdesk.create_ticket($1, 'Here before')`, [acme]));

/** What this token gets from two functions and a table. */
async function accessWith(token) {
  const request = async (method, path, body) => {
    const answer = await api.http(method, path, { token, body });
    return answer.status === 200 ? answer.body : `${answer.status} ${answer.body.code}`;
  };
  return {
    create: await request('POST', '/rpc/create_ticket', { p_org_id: acme, p_title: 'Not to be' }),
    list: await request('POST', '/rpc/list_org_tickets', { p_org_id: acme }),
    table: await request('GET', '/tickets?select=title'),
  };
}

const everywhere = (answer) => ({ create: answer, list: answer, table: answer });
const signedInAsNobody = { create: '403 42501', list: '403 42501', table: [] };

test('without a token, functions and tables are refused', async () => {
  assert.deepEqual(await accessWith(undefined), everywhere('401 42501'));
});

test('a token of role anon is refused like no token', async () => {
  assert.deepEqual(await accessWith(api.token({ role: 'anon', sub: alice.login })), everywhere('401 42501'));
});

test('a token signed with another secret is refused', async () => {
  const forged = signToken({ role: 'authenticated', sub: alice.login, exp: inAnHour }, 'x'.repeat(64));
  assert.deepEqual(await accessWith(forged), everywhere('401 PGRST301'));
});

test('a token without a signature is refused', async () => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${part({ alg: 'none' })}.${part({ role: 'service_role', exp: inAnHour })}.`;
  assert.deepEqual(await accessWith(unsigned), everywhere('401 PGRST301'));
});

test('an expired token is refused', async () => {
  const expired = api.token({ role: 'authenticated', sub: alice.login, exp: inAnHour - 7200 });
  assert.deepEqual(await accessWith(expired), everywhere('401 PGRST301'));
});

for (const role of ['postgres', 'helpdesk_owner', 'authenticator_of_nobody']) {
  test(`a token of role ${role} is refused`, async () => {
    const { create, list, table } = await accessWith(api.token({ role, sub: alice.login }));
    for (const answer of [create, list, table]) assert.match(answer, /^40[013] (42501|22023)$/);
  });
}

test('a token without sub is nobody: functions refuse, tables return no rows', async () => {
  assert.deepEqual(await accessWith(api.token({ role: 'authenticated' })), signedInAsNobody);
});

for (const sub of ['', 'not-a-uuid', `${alice.login} `]) {
  test(`a token with sub "${sub.replace(alice.login, '<login>')}" is nobody`, async () => {
    assert.deepEqual(await accessWith(api.token({ role: 'authenticated', sub })), signedInAsNobody);
  });
}

test('a token whose sub is not a string is refused', async () => {
  for (const sub of [17, [alice.login], { id: alice.login }]) {
    assert.deepEqual(await accessWith(api.token({ role: 'authenticated', sub })), everywhere('401 PGRST301'));
  }
});

test('a token for a login that never existed is nobody', async () => {
  const sub = '00000000-0000-4000-8000-000000000000';
  assert.deepEqual(await accessWith(api.token({ role: 'authenticated', sub })), signedInAsNobody);
});

test('a token that outlives its login is nobody, and the profile stays as author', async () => {
  const cleo = await signUp(db, 'Cleo');
  await db.sql(`insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, 'org_agent')`, [acme, cleo.profile]);
  assert.deepEqual((await accessWith(api.token(cleo))).table.length, 2, 'her own ticket and the earlier one');
  await db.sql('delete from auth.users where id = $1', [cleo.login]);
  assert.deepEqual(await accessWith(api.token(cleo)), signedInAsNobody);
  assert.equal(await db.value('select count(*)::int from helpdesk.tickets where created_by = $1', [cleo.profile]), 1);
});

test('claims in request headers are ignored', async () => {
  const { status, body } = await api.http('GET', '/tickets?select=title', {
    token: api.token({ role: 'authenticated' }),
    headers: { 'request.jwt.claims': JSON.stringify({ sub: alice.login }), role: 'service_role' },
  });
  assert.deepEqual({ status, body }, { status: 200, body: [] });
});

test('refused requests wrote nothing', async () => {
  assert.equal(await db.value('select count(*)::int from helpdesk.tickets'), 2, 'the first one and Cleo’s');
});
