// Forged access tokens give access to no function and no table over HTTP.

import assert from 'node:assert/strict';
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { functionsFor, sensibleArguments, tablesFor, viewNames } from '../support/api_catalog.js';
import { serveHelpdesk } from '../support/helpdesk_server.js';
import { signToken } from '../support/jwt.js';
import { allRowsOf, createSecretFinder, createTwoTenants } from '../support/two_tenants.js';

const { db, api, acme } = await serveHelpdesk(createTwoTenants);
const findSecrets = await createSecretFinder(db, acme);
let before = await allRowsOf(db, acme);
const inAnHour = Math.floor(Date.now() / 1000) + 3600;
const good = { role: 'authenticated', sub: acme.admin.login, exp: inAnHour };

const functions = await functionsFor(db);
const tables = [...(await tablesFor(db)).map(({ name }) => name), ...(await viewNames(db))];
const { article, category } = acme.open;
const requests = [
  ...functions.map((fn) => ({ method: 'POST', path: `/rpc/${fn.name}`, body: sensibleArguments(fn, acme) })),
  ...tables.map((name) => ({ method: 'GET', path: `/${name}` })),
  { method: 'PATCH', path: `/tickets?id=eq.${acme.ids.ticket}`, body: { title: 'Forged' } },
  { method: 'POST', path: '/tickets', body: { org_id: acme.org, title: 'Forged' } },
  { method: 'DELETE', path: `/tickets?id=eq.${acme.ids.ticket}` },
  { method: 'PATCH', path: `/articles?id=eq.${article}`, body: { title: 'Forged' } },
  { method: 'POST', path: '/articles', body: { org_id: acme.org, title: 'Forged', content: 'Forged' } },
  { method: 'DELETE', path: `/articles?id=eq.${article}` },
  { method: 'POST', path: '/rpc/publish_article', body: { p_article_id: acme.ids['draft article'] } },
  { method: 'POST', path: '/rpc/rate_article', body: { p_article_id: article, p_helpful: false } },
];

/** The responses to all requests: { '401 PGRST301': [path, ..], .. }. */
async function sendAll(token) {
  const answers = {};
  await Promise.all(
    requests.map(async ({ method, path, body }) => {
      const answer = await api.http(method, path, { token, body });
      assert.deepEqual(findSecrets(answer.body), [], path);
      (answers[`${answer.status} ${answer.body?.code ?? ''}`.trim()] ??= []).push(path);
    }),
  );
  return answers;
}

const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const hmac = (digest, key, text) => createHmac(digest, key).update(text).digest('base64url');
const signed = (header, claims, key = api.secret, digest = 'sha256') => {
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${hmac(digest, key, text)}`;
};
const [head, , signature] = signToken(good, api.secret).split('.');
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsa = (header) => {
  const text = `${part(header)}.${part(good)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
};

const forged = {
  'signed with another secret': signToken(good, 'x'.repeat(64)),
  'signed with an empty secret': signToken(good, ''),
  'signed with the name of the setting': signToken(good, 'PGRST_JWT_SECRET'),
  'without algorithm': `${part({ alg: 'none', typ: 'JWT' })}.${part(good)}.`,
  'without algorithm, in capitals': `${part({ alg: 'NONE' })}.${part(good)}.`,
  'without algorithm, but signed': signed({ alg: 'none' }, good),
  'without signature': `${head}.${part(good)}.`,
  'of two parts': `${head}.${part(good)}`,
  'with the signature of another': `${head}.${part({ ...good, sub: acme.agent.login, role: 'service_role' })}.${signature}`,
  'with a truncated signature': `${head}.${part(good)}.${signature.slice(0, 20)}`,
  'with its own key in the header': rsa({ alg: 'RS256', jwk: publicKey.export({ format: 'jwk' }) }),
  'with a key from elsewhere': rsa({ alg: 'RS256', kid: 'x', jku: 'http://127.0.0.1:1/keys.json' }),
  'with a key id that is a file': signed({ alg: 'HS256', kid: '../../../../dev/null' }, good, ''),
  'signed with the public key as a secret': signed({ alg: 'HS256' }, good, publicKey.export({ type: 'spki', format: 'pem' })),
  'expired': signToken({ ...good, exp: inAnHour - 7200 }, api.secret),
  'not valid yet': signToken({ ...good, nbf: inAnHour }, api.secret),
  'whose claims are no object': signToken([good], api.secret),
  'whose claims are no JSON': signed({ alg: 'HS256' }, 'sub=admin'),
  'that is no token': 'service_role',
};

test('the valid token from which the others are derived is accepted', async () => {
  const { status, body } = await api.http('GET', '/tickets', { token: signToken(good, api.secret) });
  assert.equal(status, 200);
  assert.notDeepEqual(findSecrets(body), []);
});

for (const [name, token] of Object.entries(forged)) {
  test(`a token ${name} is refused everywhere`, async () => {
    for (const answer of Object.keys(await sendAll(token))) assert.match(answer, /^401 PGRST30\d$/);
  });
}

const roles = {
  'a superuser': 'postgres',
  'the owner of the tables': 'helpdesk_owner',
  'pg_read_all_data': 'pg_read_all_data',
  'pg_write_all_data': 'pg_write_all_data',
  'pg_execute_server_program': 'pg_execute_server_program',
  'none': 'none',
  'none, in quotes': '"none"',
  'the login role of PostgREST': 'authenticator',
  'a role that does not exist': 'nobody_at_all',
  'a valid role and SQL': 'authenticated; reset role',
  'a valid role in quotes': '"authenticated"',
  'a valid role in capitals': 'AUTHENTICATED',
  'a valid role after a space': ' authenticated',
  'a list': ['authenticated', 'service_role'],
  'an object': { role: 'service_role' },
  'a number': 10,
};

for (const [name, role] of Object.entries(roles)) {
  test(`a token whose role is ${name} is refused everywhere`, async () => {
    for (const [answer, paths] of Object.entries(await sendAll(signToken({ ...good, role }, api.secret)))) {
      assert.match(answer, /^40[0134] (42501|22023|PGRST\d+)$/, paths.join(' '));
    }
  });
}

test('a valid token of a removed member gives access to nothing', async () => {
  const token = api.token(acme.other);
  const tickets = () => api.http('GET', '/tickets', { token });
  const open = () => api.http('POST', '/rpc/create_ticket', { token, body: { p_org_id: acme.org, p_title: 'Mine' } });
  const { body: mine } = await open();
  assert.deepEqual(
    (await tickets()).body.map(({ id }) => id),
    [mine],
  );
  await db.as(acme.admin, (admin) => admin.query('select helpdesk.remove_member($1, $2)', [acme.org, acme.other.profile]));
  assert.deepEqual((await tickets()).body, []);
  assert.equal((await open()).status, 403);
  await db.sql('delete from helpdesk.tickets where id = $1', [mine]);
  before = await allRowsOf(db, acme);
});

test('without a valid token only public functions and articles are accessible', async () => {
  for (const token of [undefined, '']) {
    const open = ['/articles', ...(await functionsFor(db, 'anon')).map(({ name }) => `/rpc/${name}`)];
    for (const [answer, paths] of Object.entries(await sendAll(token))) {
      if (!answer.startsWith('401'))
        assert.deepEqual(
          paths.filter((path) => !open.includes(path)),
          [],
          answer,
        );
    }
  }
  const basic = { authorization: `Basic ${Buffer.from('postgres:postgres').toString('base64')}` };
  const { status } = await api.http('GET', '/tickets', { headers: basic });
  assert.equal(status, 401);
});

test('without a token, articles and search return only published public articles', async () => {
  const ids = (rows) => rows.map(({ id }) => id);
  const titles = (rows) => rows.map(({ title }) => title);
  for (const token of [undefined, '']) {
    const get = async (path) => (await api.http('GET', path, { token })).body;
    const ask = async (fn, body) => (await api.http('POST', `/rpc/${fn}`, { token, body: { p_org_id: acme.org, ...body } })).body;
    assert.deepEqual(ids(await get(`/articles?org_id=eq.${acme.org}`)), [article]);
    assert.deepEqual(titles(await get('/articles')), ['How to print', 'How to print']);
    for (const filter of ['status=neq.published', 'visibility=neq.public', 'or=(status.eq.draft,visibility.eq.internal)']) {
      assert.deepEqual(await get(`/articles?${filter}`), [], filter);
    }
    assert.deepEqual(ids((await ask('list_articles')).articles), [article]);
    for (const filter of [
      { status: ['draft', 'archived'] },
      { visibility: ['internal', 'members'] },
      { tag: 'Category acmesecret' },
    ]) {
      const { articles = [] } = await ask('list_articles', { p_filters: filter });
      assert.deepEqual(articles, [], JSON.stringify(filter));
    }
    assert.deepEqual(ids(await ask('list_categories')), [category]);
    assert.equal((await ask('get_article', { p_article_id: article })).author, null);
    for (const [kind, id] of Object.entries(acme.ids)) {
      assert.equal(await ask('get_article', { p_article_id: id }), null, kind);
    }
    const query = 'print or acmesecret or ticket or draft or internal or members or archived or said';
    assert.deepEqual(ids(await ask('search_articles', { p_query: query })), [article]);
    assert.deepEqual(ids((await ask('search', { p_query: query })).results), [article]);
    for (const embedded of [
      'profiles!articles_author_fkey',
      'organizations',
      'article_versions',
      'article_feedback',
      'tickets',
    ]) {
      const { status } = await api.http('GET', `/articles?select=title,${embedded}(*)`, { token });
      assert.equal(status, 401, embedded);
    }
  }
});

test('other schemas cannot be requested', async () => {
  for (const schema of ['pg_catalog', 'public', 'auth', 'information_schema']) {
    const headers = { 'accept-profile': schema, 'content-profile': schema };
    const { status } = await api.http('GET', '/users', { token: api.token(acme.admin), headers });
    assert.equal(status, 406, schema);
  }
});

test('query plans are not served', async () => {
  const headers = { accept: 'application/vnd.pgrst.plan+text' };
  const { status } = await api.http('GET', '/tickets', { token: api.token(acme.admin), headers });
  assert.ok([406, 415].includes(status), `status ${status}`);
});

test('none of the attempts above changed anything', async () => {
  assert.deepEqual(await allRowsOf(db, acme), before);
});
