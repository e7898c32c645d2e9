// Unusual and hostile input over HTTP is stored unchanged or refused with a clear error.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { granted, refused, serveHelpdesk } from '../support/helpdesk_server.js';

const { db, api, acme, ben, alice } = await serveHelpdesk();
const asAlice = api.supabase(alice);
const asBen = api.supabase(ben);
const MEGABYTE = 1_000_000;

const open = (args) => asAlice.rpc('create_ticket', { p_org_id: acme, p_title: 'x', ...args });
const list = (filters) => asBen.rpc('list_org_tickets', { p_org_id: acme, p_filters: filters });
const tickets = () => db.value('select count(*)::int from helpdesk.tickets');

const texts = {
  'SQL': `Robert'); drop table helpdesk.tickets; --`,
  'a dollar quote': `$$; select pg_sleep(10); $$ $1 %s %I`,
  'backslashes and quotes': `\\' \\" '' "" \\\\ \\x41 E'\\n'`,
  'emoji and combining marks': `👩‍👩‍👧‍👦 naïve é ﷽ 𝔘𝔫𝔦`,
  'text from right to left': `שלום \u202Eevil\u202C مرحبا`,
  'markup': `<script>alert(1)</script> &amp; {{7*7}}`,
  'control characters': `a\u0001\t\n\r\u007f\u0085z`,
};

for (const [name, oddity] of Object.entries(texts)) {
  test(`${name} is stored unchanged and found`, async () => {
    const text = `${oddity} in a haystack`;
    const id = granted(await open({ p_title: text, p_description: text }));
    const { ticket } = granted(await asBen.rpc('get_ticket_details', { p_ticket_id: id }));
    assert.deepEqual([ticket.title, ticket.description], [text, text]);
    granted(await asBen.rpc('update_ticket', { p_ticket_id: id, p_changes: { description: `${text}!` } }));
    const found = granted(await list({ search: 'haystack' })).tickets.find((item) => item.id === id);
    assert.equal(found?.title, text);
    granted(await list({ search: oddity }));
    granted(await asBen.rpc('search', { p_org_id: acme, p_query: oddity }));
  });
}

test('a NUL character is refused', async () => {
  refused(await open({ p_title: 'a\u0000b' }), 400, '22P05');
  refused(await asAlice.from('tickets').insert({ org_id: acme, title: 'a\u0000b' }), 400, '22P05');
  refused(await list({ search: 'a\u0000b' }), 400, '22P05');
});

test('an unpaired surrogate is refused', async () => {
  const body = `{"p_org_id": "${acme}", "p_title": "\\ud800"}`;
  const { status } = await api.http('POST', '/rpc/create_ticket', { token: api.token(alice), body });
  assert.equal(status, 400);
});

test('a body of 10 MB is refused and not stored', async () => {
  const before = await tickets();
  const huge = 'x'.repeat(10 * MEGABYTE);
  refused(await open({ p_title: huge }), 400, '22023');
  refused(await open({ p_description: huge }), 400, '22023');
  refused(await open({ p_idempotency_key: huge }), 400, '22023');
  refused(await asAlice.from('tickets').insert({ org_id: acme, title: huge }), 400, '23514');
  refused(await list({ search: huge }), 400, '22023');
  refused(await list({ cursor: huge }), 400, '22023');
  assert.equal(await tickets(), before);
});

test('an error does not return 10 MB of input', async () => {
  const huge = 'k'.repeat(10 * MEGABYTE);
  for (const filters of [{ [huge]: 1 }, { priority: huge }, { createdAfter: huge }, { stageId: huge }, { sort: huge }]) {
    const { message, hint } = refused(await list(filters), 400, '22023');
    assert.ok(message.length + hint.length < 1000, `an error of ${message.length + hint.length} characters`);
  }
});

test('JSON nested 10,000 levels deep is refused', async () => {
  const deep = '['.repeat(10_000) + ']'.repeat(10_000);
  const call = (name, body) => api.http('POST', `/rpc/${name}`, { token: api.token(ben), body });
  const listed = await call('list_org_tickets', `{"p_org_id": "${acme}", "p_filters": {"search": ${deep}}}`);
  const changed = await call('update_ticket', `{"p_ticket_id": "${acme}", "p_changes": {"title": ${deep}}}`);
  for (const { status, body } of [listed, changed]) {
    assert.ok(['22023', '54001'].includes(body.code), JSON.stringify(body));
    assert.ok(status >= 400);
  }
});

test('errors for invalid values name the argument and contain a hint', async () => {
  const cases = [
    [open({ p_title: null }), 400, '22004', /p_title/],
    [open({ p_title: ' \t ' }), 400, '22023', /p_title/],
    [open({ p_title: 'x'.repeat(501) }), 400, '22023', /p_title/],
    [list({ perPage: 0 }), 400, '22023', /perPage/],
    [list({ perPage: 101 }), 400, '22023', /perPage/],
    [list({ page: 0 }), 400, '22023', /page/],
    [list({ cursor: 'garbage' }), 400, '22023', /cursor/],
    [list({ colour: 'red' }), 400, '22023', /colour/],
    [list({ priority: 'huge' }), 400, '22023', /priority/],
    [list('x'), 400, '22023', /p_filters/],
    [list(17), 400, '22023', /p_filters/],
  ];
  for (const [call, status, code, mentions] of cases) {
    const { message, hint } = refused(await call, status, code);
    assert.match(message, mentions);
    assert.ok(hint, `${message} has a hint`);
    assert.doesNotMatch(`${message} ${hint}`, /struct |src\/|\.rs\b/, 'no mention of Rust');
  }
});

test('an array in place of an object is refused, not matched by position', async () => {
  const id = granted(await open({ p_title: 'Not by position' }));
  for (const changes of [[], ['Changed by position']]) {
    refused(await asBen.rpc('update_ticket', { p_ticket_id: id, p_changes: changes }), 400, '22023');
  }
  for (const filters of [[], ['urgent']]) refused(await list(filters), 400, '22023');
});
