// Which access tokens open which doors.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveHelpdesk } from '../support/helpdesk_server.js';
import { signToken } from '../support/jwt.js';
import { signUp } from '../support/organizations.js';

const { db, api, acme, alice } = await serveHelpdesk();
const inAnHour = Math.floor(Date.now() / 1000) + 3600;

await db.as(alice, (session) => session.query(`select helpdesk.create_ticket($1, 'Here before')`, [acme]));

/** What this token gets at the doors. */
async function knock(token) {
  const door = async (method, path, body) => {
    const answer = await api.http(method, path, { token, body });
    return answer.status === 200 ? answer.body : `${answer.status} ${answer.body.code}`;
  };
  return {
    create: await door('POST', '/rpc/create_ticket', { p_org_id: acme, p_title: 'Not to be' }),
    list: await door('POST', '/rpc/list_org_tickets', { p_org_id: acme }),
    table: await door('GET', '/tickets?select=title'),
  };
}

const everywhere = (answer) => ({ create: answer, list: answer, table: answer });
const signedInAsNobody = { create: '403 42501', list: '403 42501', table: [] };

test('no token: the functions and the tables are closed', async () => {
  assert.deepEqual(await knock(undefined), everywhere('401 42501'));
});

test('a token of role anon: the same', async () => {
  assert.deepEqual(await knock(api.token({ role: 'anon', sub: alice.login })), everywhere('401 42501'));
});

test('a token signed with another secret is refused', async () => {
  const forged = signToken({ role: 'authenticated', sub: alice.login, exp: inAnHour }, 'x'.repeat(64));
  assert.deepEqual(await knock(forged), everywhere('401 PGRST301'));
});

test('a token without a signature is refused', async () => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${part({ alg: 'none' })}.${part({ role: 'service_role', exp: inAnHour })}.`;
  assert.deepEqual(await knock(unsigned), everywhere('401 PGRST301'));
});

test('an expired token is refused', async () => {
  const expired = api.token({ role: 'authenticated', sub: alice.login, exp: inAnHour - 7200 });
  assert.deepEqual(await knock(expired), everywhere('401 PGRST301'));
});

for (const role of ['postgres', 'helpdesk_owner', 'authenticator_of_nobody']) {
  test(`a token of role ${role} is refused`, async () => {
    const { create, list, table } = await knock(api.token({ role, sub: alice.login }));
    for (const answer of [create, list, table]) assert.match(answer, /^40[013] (42501|22023)$/);
  });
}

test('a token without sub is nobody: functions refuse, tables are empty', async () => {
  assert.deepEqual(await knock(api.token({ role: 'authenticated' })), signedInAsNobody);
});

for (const sub of ['', 'not-a-uuid', `${alice.login} `]) {
  test(`a token with sub "${sub.replace(alice.login, '<login>')}" is nobody`, async () => {
    assert.deepEqual(await knock(api.token({ role: 'authenticated', sub })), signedInAsNobody);
  });
}

test('a token whose sub is no text is refused', async () => {
  for (const sub of [17, [alice.login], { id: alice.login }]) {
    assert.deepEqual(await knock(api.token({ role: 'authenticated', sub })), everywhere('401 PGRST301'));
  }
});

test('a token for a login that never was is nobody', async () => {
  const sub = '00000000-0000-4000-8000-000000000000';
  assert.deepEqual(await knock(api.token({ role: 'authenticated', sub })), signedInAsNobody);
});

test('a token that outlives its login is nobody, and the profile stays as author', async () => {
  const cleo = await signUp(db, 'Cleo');
  await db.sql(`insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, 'org_agent')`, [
    acme,
    cleo.profile,
  ]);
  assert.deepEqual((await knock(api.token(cleo))).table.length, 2, 'her own and the one from before');
  await db.sql('delete from auth.users where id = $1', [cleo.login]);
  assert.deepEqual(await knock(api.token(cleo)), signedInAsNobody);
  assert.equal(await db.value('select count(*)::int from helpdesk.tickets where created_by = $1', [cleo.profile]), 1);
});

test('claims in a header or in the body change nothing', async () => {
  const { status, body } = await api.http('GET', '/tickets?select=title', {
    token: api.token({ role: 'authenticated' }),
    headers: { 'request.jwt.claims': JSON.stringify({ sub: alice.login }), role: 'service_role' },
  });
  assert.deepEqual({ status, body }, { status: 200, body: [] });
});

test('nothing was written by those who were refused', async () => {
  assert.equal(await db.value('select count(*)::int from helpdesk.tickets'), 2, 'the first one and Cleo’s');
});
