// Lists of tickets forgive typos only where nothing matches, and snippets are short and marked
// wherever in a text the word is.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoOrganizations, openTicket } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, ada, alice, dave } = await createTwoOrganizations(db);
const staff = await db.signIn(ada);
const customer = await db.signIn(alice);
for (let n = 0; n < 5; n += 1) await openTicket(customer, acme, 'Radiator leaking badly');
await openTicket(await db.signIn(dave), acme, 'Radiator cold');

async function list(session, filters) {
  const { rows } = await session.query('select helpdesk.list_org_tickets($1, $2) as page', [acme, filters]);
  return rows[0].page;
}

test('a list finds similar titles if nothing matches, with the total, page by page and by cursor', async () => {
  const expected = [
    [staff, 6],
    [customer, 5],
  ];
  for (const [session, total] of expected) {
    const numbers = [];
    for (const page of [1, 2, 3, 4]) {
      const { tickets, pagination } = await list(session, { search: 'raditaor', perPage: 2, page });
      assert.equal(pagination.total, total);
      numbers.push(...tickets.map(({ number }) => number));
    }
    assert.equal(new Set(numbers).size, total);
    const byCursor = [];
    let cursor;
    do {
      const { tickets, pagination } = await list(session, { search: 'raditaor', perPage: 2, ...(cursor && { cursor }) });
      byCursor.push(...tickets.map(({ number }) => number));
      cursor = pagination.nextCursor;
    } while (cursor);
    assert.deepEqual(byCursor, numbers);
  }
});

test('a list of what matches has no similar titles, and filters hold', async () => {
  const radar = await openTicket(customer, acme, 'Radiater');
  const { tickets, pagination } = await list(staff, { search: 'radiater' });
  assert.deepEqual([tickets.map(({ id }) => id), pagination.total], [[radar], 1]);
  assert.deepEqual((await list(staff, { search: 'radiater', page: 2 })).tickets, []);
  for (const filters of [{ search: 'raditaor', status: 'closed' }, { search: 'raditaor -cold' }, { search: '"raditaor"' }]) {
    const { pagination: none } = await list(staff, filters);
    assert.equal(none.total, 0, JSON.stringify(filters));
  }
});

test('a list finds longer words before similar titles, if nothing matches', async () => {
  await customer.query('select helpdesk.create_ticket($1, $2, $3)', [acme, 'Webhooks late', 'Every hour']);
  await openTicket(customer, acme, 'Wehbook late');
  for (const session of [staff, customer]) {
    const { tickets, pagination } = await list(session, { search: 'webhook late' });
    assert.deepEqual([tickets.map(({ title }) => title), pagination.total], [['Webhooks late'], 1]);
    assert.deepEqual((await list(session, { search: 'webhook late', page: 2 })).tickets, []);
    assert.equal((await list(session, { search: 'webhook late', status: 'closed' })).pagination.total, 0);
  }
});

test('similar titles come in the order of their typos', async () => {
  for (const title of ['Printer', 'Printed', 'Pointer', 'Sprinter']) await openTicket(customer, acme, title);
  const { rows } = await staff.query(`select helpdesk.search($1, 'printerr')->'results' as found`, [acme]);
  assert.equal(rows[0].found[0].title, 'Printer');
});

test('cafe comes before café, and both before Cafeteria', async () => {
  for (const title of ['cafe closed', 'café closed', 'Cafeteria closed']) await openTicket(customer, acme, title);
  for (const session of [staff, customer]) {
    const { rows } = await session.query(`select helpdesk.search($1, 'cafe')->'results' as found`, [acme]);
    assert.deepEqual(
      rows[0].found.map(({ title }) => title),
      ['cafe closed', 'café closed', 'Cafeteria closed'],
    );
  }
});

test('snippets mark what is far from the beginning, and are short', async () => {
  const texts = {
    far: `${'lorem ipsum '.repeat(2500)}zeppelin`,
    letters: `${'A'.repeat(19_000)} gondola`,
    newlines: `sailboat${'\n'.repeat(40_000)}`,
  };
  for (const text of Object.values(texts)) {
    await customer.query('select helpdesk.create_ticket($1, $2, $3)', [acme, 'Correspondence', text]);
  }
  for (const word of ['zeppelin', 'gondola', 'sailboat']) {
    const { rows } = await customer.query(`select helpdesk.search($1, $2)->'results' as found`, [acme, word]);
    assert.match(rows[0].found[0].snippet, new RegExp(`<mark>${word}</mark>`));
    assert.ok(rows[0].found[0].snippet.length < 2_000, word);
  }
  await customer.query('select helpdesk.create_ticket($1, $2, $3)', [acme, 'Version', 'Since release 2.10 it fails']);
  const { rows } = await customer.query(`select helpdesk.search($1, 'release 2.1')->'results' as found`, [acme]);
  assert.match(rows[0].found[0].snippet, /<mark>2<\/mark>.<mark>10<\/mark>/);
});
