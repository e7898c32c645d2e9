// SQL injection over HTTP: in bodies, filters, headers, and invalid byte sequences.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionsFor, sensibleArguments, triggerFunctions } from '../support/api_catalog.js';
import { serveHelpdesk } from '../support/helpdesk_server.js';
import { INJECTIONS, installTrap } from '../support/injection_payloads.js';
import { allRowsOf, createSecretFinder, createTwoTenants } from '../support/two_tenants.js';

const { db, api, acme, globex } = await serveHelpdesk(createTwoTenants);
const trapWasTriggered = await installTrap(db);
const findSecrets = await createSecretFinder(db, acme);
const theirs = await allRowsOf(db, acme);
const functions = await functionsFor(db);
const token = api.token(globex.admin);
const { ids } = acme;

/**
 * Sends a request and expects no server error, no SQL syntax error and nothing of Acme in the
 * response.
 */
async function requestSafely(method, path, { known = [], broken = /^(XX|P0|42601|57014)/, ...options } = {}) {
  const { status, body } = await api.http(method, path, { token, ...options });
  const what = `${method} ${path.slice(0, 200)} ${JSON.stringify(options).slice(0, 200)}: ${status} ${JSON.stringify(body).slice(0, 200)}`;
  assert.ok(status < 500, what);
  assert.doesNotMatch(String(body?.code), broken, what);
  assert.deepEqual(findSecrets(body, known), [], what);
  return { status, body };
}

const inParallel = (items, work) => Promise.all(items.map(work));

test('SQL in the arguments of every function is not executed', async () => {
  for (const fn of functions.filter(({ name }) => !['leave_organization', 'remove_member'].includes(name))) {
    const good = sensibleArguments(fn, globex);
    for (const { name, type } of fn.args) {
      await inParallel(
        INJECTIONS.filter((_, i) => i % 9 === 0),
        (text) => {
          const value = { jsonb: { search: text, title: text }, 'uuid[]': [text] }[type] ?? text;
          return requestSafely('POST', `/rpc/${fn.name}`, { body: { ...good, [name]: value } });
        },
      );
    }
  }
  assert.equal(await trapWasTriggered(), false);
});

const filters = {
  'a value': (text) => `title=eq.${text}`,
  'a pattern': (text) => `title=ilike.${text}`,
  'a regular expression': (text) => `title=match.${text}`,
  'a list': (text) => `title=in.(${text})`,
  'a quoted list': (text) => `title=in.("${text}")`,
  'a range': (text) => `created_at=gt.${text}`,
  'an id': (text) => `id=eq.${text}`,
  'a logical filter': (text) => `or=(title.eq.${text},title.is.null)`,
  'a column': (text) => `${text}=eq.x`,
  'the selection': (text) => `select=${text}`,
  'an alias': (text) => `select=${text}:title`,
  'a cast': (text) => `select=title::${text}`,
  'a path in JSON': (text) => `select=title->>${text}`,
  'an embedded table': (text) => `select=title,${text}(*)`,
  'the order': (text) => `order=${text}`,
  'the limit': (text) => `limit=${text}`,
  'the offset': (text) => `offset=${text}`,
};
for (const [place, filter] of Object.entries(filters)) {
  test(`SQL in ${place} of a query is not executed`, async () => {
    // PostgREST passes a type name that is an SQL keyword, but nothing beyond a name.
    const broken = place === 'a cast' ? /^(XX|P0|57014)/ : undefined;
    await inParallel(INJECTIONS, (text) => requestSafely('GET', `/tickets?${filter(encodeURIComponent(text))}`, { broken }));
    assert.equal(await trapWasTriggered(), false);
  });
}

test('SQL in written rows, column lists and paths is not executed', async () => {
  await inParallel(INJECTIONS, async (text) => {
    const encoded = encodeURIComponent(text);
    await requestSafely('POST', '/tickets', { body: { org_id: globex.org, title: text } });
    await requestSafely('POST', '/tickets', { body: { org_id: globex.org, title: 'x', [text]: 'x' } });
    await requestSafely('POST', `/tickets?columns=${encoded}`, { body: { org_id: globex.org, title: 'x' } });
    await requestSafely('POST', `/tickets?on_conflict=${encoded}`, {
      body: { org_id: globex.org, title: 'x' },
      headers: { prefer: 'resolution=merge-duplicates' },
    });
    await requestSafely('PATCH', `/tickets?id=eq.${globex.ids.ticket}`, { body: { description: text } });
    await requestSafely('GET', `/${encoded}`);
    await requestSafely('POST', `/rpc/${encoded}`, { body: {} });
  });
  assert.equal(await trapWasTriggered(), false);
});

test('a text is returned over HTTP exactly as it was sent', async () => {
  for (const text of INJECTIONS.filter((text) => text.trim() && !/[\u0085\u200b\ufeff]/.test(text))) {
    const { body: id } = await requestSafely('POST', '/rpc/create_ticket', {
      body: { p_org_id: globex.org, p_title: 'x', p_description: text },
    });
    const { body } = await requestSafely('GET', `/tickets?select=description&id=eq.${id}`);
    assert.deepEqual(body, [{ description: text }]);
    const { body: found } = await requestSafely(
      'GET',
      `/tickets?select=id&description=eq.${encodeURIComponent(text)}&id=eq.${id}`,
    );
    assert.deepEqual(found, [{ id }], text);
  }
});

test('headers are not executed as SQL and do not identify the caller', async () => {
  for (const text of INJECTIONS.filter((text, i) => /^[\x20-\x7e]+$/.test(text) && i % 6 === 0)) {
    for (const header of ['prefer', 'range', 'accept-profile', 'accept', 'x-forwarded-for', 'x-client-info', 'cookie', 'role']) {
      await requestSafely('GET', '/tickets', { headers: { [header]: text } });
    }
  }
  for (const headers of [
    { 'request.jwt.claims': JSON.stringify({ sub: acme.admin.login }) },
    { 'request.jwt.claim.sub': acme.admin.login },
    { role: 'service_role' },
    { 'x-user-id': acme.admin.login, 'x-hasura-role': 'admin' },
    { apikey: 'service_role' },
    { prefer: 'params=single-object' },
    { prefer: 'tx=commit, handling=strict, timezone=UTC' },
  ]) {
    await requestSafely('GET', '/tickets', { headers });
    await requestSafely('POST', '/rpc/list_org_tickets', { headers, body: { p_org_id: acme.org }, known: [acme.org] });
  }
  assert.equal(await trapWasTriggered(), false);
});

test('upserts, embeddings and exact counts reach nothing of another organization', async () => {
  const known = Object.values(ids);
  const upsert = { prefer: 'resolution=merge-duplicates,return=representation' };
  for (const [path, body] of [
    ['/tickets?on_conflict=org_id,id', { org_id: acme.org, id: ids.ticket, title: 'x' }],
    ['/org_members?on_conflict=org_id,user_id', { org_id: acme.org, user_id: globex.admin.profile, org_role: 'org_admin' }],
    ['/organizations?on_conflict=id', { id: acme.org, name: 'x' }],
    ['/profiles?on_conflict=id', { id: acme.admin.profile, name: 'x', role: 'customer' }],
  ]) {
    const { status } = await requestSafely('POST', path, { body, headers: upsert, known });
    assert.equal(status, 403, path);
  }
  const { status } = await requestSafely('PUT', `/tickets?org_id=eq.${acme.org}&id=eq.${ids.ticket}`, {
    body: { org_id: acme.org, id: ids.ticket, title: 'x' },
    known,
  });
  assert.equal(status, 403);
  for (const path of [
    '/organizations?select=*,org_members(*),tickets(*),workflows(*)',
    '/tickets?select=*,ticket_comments(*),ticket_attachments(*),workflow_stages(*),organizations(*)',
    '/tickets?select=*,ticket_history!ticket_history_ticket_id_fkey(*),ticket_watchers(*),notifications(*)',
    '/profiles?select=*,org_members!org_members_user_id_fkey(*,organizations(*))',
    `/tickets?org_id=eq.${acme.org}`,
    `/tickets?or=(org_id.eq.${acme.org},id.eq.${ids.ticket})`,
    `/ticket_comments?ticket_id=eq.${ids.ticket}`,
  ]) {
    await requestSafely('GET', path, { known });
  }
  const answer = await fetch(`${api.url}/tickets?org_id=eq.${acme.org}`, {
    headers: { authorization: `Bearer ${token}`, prefer: 'count=exact' },
  });
  assert.equal(answer.headers.get('content-range'), '*/0');
});

test('functions that are not for people are refused or hidden', async () => {
  const triggers = (await triggerFunctions(db)).map((signature) => signature.replace(/helpdesk\.|\(.*/g, ''));
  const forDba = [
    'install',
    'migrate',
    'enable_cron',
    'enable_realtime',
    'enable_storage',
    'distribute',
    'undistribute',
    'prepare_worker',
    'call_organization',
    'call_workers',
    'answer_call',
    'answer_maintenance',
    'create_missing_people',
    'find_missing_people',
    'find_organization',
    'find_organizations',
    'function_routes',
    'organization_of_path',
    'rebuild_profiles',
    'security_report',
    'security_state',
    'verify_profiles',
  ];
  for (const name of [...triggers, ...forDba, 'cleanup_old_notifications', 'act_as', 'pg_sleep', 'set_config', 'version']) {
    const { status } = await requestSafely('POST', `/rpc/${name}`, { body: {} });
    assert.ok([403, 404].includes(status), `${name}: ${status}`);
  }
  const { status } = await requestSafely('POST', '/rpc/act_as', { body: { p_email: acme.admin.email } });
  assert.equal(status, 403);
  for (const fn of ['create_ticket', 'update_ticket', 'create_organization']) {
    const { status } = await requestSafely('GET', `/rpc/${fn}?p_org_id=${globex.org}&p_title=x&p_name=x`);
    assert.ok([404, 405].includes(status), `${fn} by GET: ${status}`);
  }
});

test('invalid byte sequences are refused in bodies and harmless in URLs', async () => {
  const bytes = (...parts) =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));
  for (const odd of [0xff, 0x80, 0xc0, 0x00]) {
    const body = bytes(`{"p_org_id": "${globex.org}", "p_title": "a`, odd, 'b"}');
    const answer = await fetch(`${api.url}/rpc/create_ticket`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    });
    assert.equal(answer.status, 400, `byte ${odd}`);
  }
  for (const path of [
    '/tickets?title=eq.%00',
    '/tickets?title=eq.a%00b',
    '/tickets?title=eq.%ff',
    '/tickets?title=eq.%c0%a7%20or%201=1',
    '/tickets?%00=eq.x',
    '/tickets?select=%00',
    '/tickets?order=%ff',
    '/%00',
    '/tickets%00',
    '/rpc/%ff',
    '/rpc/list_org_tickets?p_org_id=%00',
    `/rpc/list_org_tickets?p_org_id=${globex.org}&p_filters=%00`,
    `/rpc/list_org_tickets?p_org_id=${globex.org}&p_filters=%ff`,
    `/rpc/list_org_tickets?p_org_id=${globex.org}&p_filters={"search":"%00"}`,
    `/rpc/may_read_file?p_storage_path=%00`,
  ]) {
    // PostgREST truncates its statement at a NUL, fails on invalid UTF-8 and may return it in a
    // header, which fetch() rejects. None of that reaches helpdesk.
    const { status, body } = await api.http('GET', path, { token }).catch((problem) => ({ status: 400, body: String(problem) }));
    if (status >= 500) assert.equal(body, 'Something went wrong', path);
    assert.doesNotMatch(String(body?.code), /^(XX|P0|57014)/, path);
    assert.deepEqual(findSecrets(body), [], path);
  }
});

test('none of the attempts above changed Acme or was executed', async () => {
  assert.deepEqual(await allRowsOf(db, acme), theirs);
  assert.equal(await trapWasTriggered(), false);
});
