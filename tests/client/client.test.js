// Helpdesk, the client: results, errors and pages.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { refused, serveHelpdesk } from '../support/helpdesk_server.js';
import { installPackage } from './package.js';

const { db, api, acme, ben, alice } = await serveHelpdesk();
const { folder, remove } = await installPackage();
after(remove);
const { CallError, errorWord, Helpdesk, isHelpdeskError } = await import(`${folder}/node_modules/@helpdesk/client/dist/index.js`);

const asBen = new Helpdesk(api.supabase(ben));
const asAlice = new Helpdesk(api.supabase(alice));

async function numbers(list) {
  const found = [];
  for await (const { number } of list) found.push(number);
  return found;
}

test('call() returns the result of a function, also of one without arguments', async () => {
  const id = await asAlice.call('create_ticket', { p_org_id: acme, p_title: 'One' });
  const { ticket } = await asBen.call('get_ticket_details', { p_ticket_id: id });
  assert.equal(ticket.title, 'One');
  assert.equal(await asBen.call('my_profile_id'), ben.profile);
});

test('call() of a function without a result returns null', async () => {
  const id = await asAlice.call('create_ticket', { p_org_id: acme, p_title: 'Watched' });
  assert.equal(await asBen.call('watch_ticket', { p_ticket_id: id }), null);
});

test('call() throws the error with its word', async () => {
  const error = await asAlice.call('list_org_tickets', { p_org_id: alice.profile }).catch((problem) => problem);
  assert.ok(error instanceof CallError);
  assert.equal(error.code, '42501');
  assert.equal(errorWord(error), 'not_a_member');
  assert.match(error.message, /^list_org_tickets: p_org_id: /);
  assert.ok(error.hint);
  assert.equal(isHelpdeskError(error), true);
  assert.equal(isHelpdeskError(error, 'not_staff', 'not_a_member'), true);
  assert.equal(isHelpdeskError(error, 'not_staff'), false);
});

test('an error that rpc() returns has its word; those of Postgres and others have none', async () => {
  const error = refused(await api.supabase(ben).rpc('list_org_tickets', { p_org_id: alice.profile }), 403, '42501');
  assert.equal(errorWord(error), 'not_a_member');
  const invalid = refused(await api.supabase(ben).rpc('list_org_tickets', { p_org_id: 'x' }), 400, '22P02');
  assert.equal(errorWord(invalid), undefined);
  // Another application's error with the same text.
  assert.equal(errorWord({ code: '23505', details: 'not_a_member' }), undefined);
  for (const other of [null, undefined, 'blank', new Error('blank'), { details: 'toString', code: undefined }]) {
    assert.equal(isHelpdeskError(other), false);
  }
});

test('lists and searches go through all pages, each row once', async () => {
  for (let n = 0; n < 6; n++) await asAlice.call('create_ticket', { p_org_id: acme, p_title: `Paged ${n}` });
  const expected = await db.sql(`select number::int from helpdesk.tickets where org_id = $1 order by created_at`, [acme]);
  const list = asBen.tickets.list(acme, { sort: 'createdAt', perPage: 2 });
  assert.deepEqual(
    await numbers(list),
    expected.map(({ number }) => number),
  );
  // What the iteration decides itself is ignored where a program passes it all the same.
  assert.equal((await numbers(asBen.tickets.list(acme, { page: 2, perPage: 2, count: 'exact' }))).length, expected.length);
  const found = await numbers(asBen.search(acme, 'paged', { kind: 'ticket', perPage: 4 }));
  assert.equal(new Set(found).size, 6);
  assert.deepEqual(await numbers(asBen.articles.list(acme)), []);
  await db.sql(`update helpdesk.profiles set role = 'admin' where id = $1`, [ben.profile]);
  const names = [];
  for await (const { name } of asBen.organizations.list({ perPage: 1 })) names.push(name);
  assert.deepEqual(names, ['Acme', 'Globex']);
});
