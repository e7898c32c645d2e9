// The last word of a query also matches as a prefix: exact matches come first, then prefix matches,
// each once.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoOrganizations, openTicket } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, ada, alice, gina } = await createTwoOrganizations(db);

const EXACT_MATCHES = 25;
const PREFIX_MATCHES = 30;
const customer = await db.signIn(alice);
const titles = [];
// The two kinds of title alternate, so that age does not decide.
for (let n = 1; n <= PREFIX_MATCHES; n++) {
  if (n <= EXACT_MATCHES) titles.push(`print ${n}`);
  titles.push(`printer ${n}`);
}
for (const title of titles) await openTicket(customer, acme, title);
await openTicket(customer, acme, 'print and printer');
await openTicket(await db.signIn(gina), globex, 'print printer');
const agent = await db.signIn(ada);

/** The titles on each page. */
async function pages(session, query, filters = {}) {
  const found = [];
  for (let cursor; ; ) {
    const { rows } = await session.query('select helpdesk.search($1, $2, $3) as page', [
      acme,
      query,
      { ...filters, ...(cursor && { cursor }) },
    ]);
    found.push(rows[0].page.results.map(({ title }) => title));
    cursor = rows[0].page.pagination.nextCursor;
    if (!cursor) return found;
    assert.ok(found.length < 100, 'the list never ends');
  }
}

const hasWord = (title) => title.split(' ').includes('print');

test('staff find exact matches first, then prefix matches, each once, at every page size', async () => {
  for (const perPage of [100, 20, 13, 1]) {
    const found = (await pages(agent, 'print', { perPage })).flat();
    assert.deepEqual([...found].sort(), [...titles, 'print and printer'].sort(), `pages of ${perPage}`);
    assert.ok(found.slice(0, EXACT_MATCHES + 1).every(hasWord), `pages of ${perPage}`);
  }
});

test('all pages but the last are full, including the one where exact matches end', async () => {
  const found = await pages(agent, 'print', { perPage: 20 });
  assert.deepEqual(
    found.map((page) => page.length),
    [20, 20, 16],
  );
});

test('a prefix that is no lexeme finds all documents; a word followed by a space only exact matches', async () => {
  assert.equal((await pages(agent, 'prin')).flat().length, titles.length + 1);
  assert.deepEqual(
    (await pages(agent, 'print ')).flat().filter((title) => !hasWord(title)),
    [],
  );
  assert.equal((await pages(agent, 'print ')).flat().length, EXACT_MATCHES + 1);
});

test('the other conditions of a query apply to exact and prefix matches', async () => {
  assert.deepEqual((await pages(agent, '7 print')).flat(), ['print 7', 'printer 7']);
  assert.deepEqual(
    (await pages(agent, '-printer print')).flat().filter((title) => title.includes('printer')),
    [],
  );
  assert.equal((await pages(agent, '-printer print')).flat().length, EXACT_MATCHES);
  assert.equal((await pages(agent, 'xyzzy or print')).flat().length, titles.length + 1);
  // A negation in an OR: documents without that word match too.
  assert.equal((await pages(agent, '-and or print')).flat().length, titles.length + 1);
});

test('a customer finds the same documents', async () => {
  const found = (await pages(customer, 'print', { perPage: 20 })).flat();
  assert.deepEqual([...found].sort(), [...titles, 'print and printer'].sort());
});

test('a ticket found by number and articles appear once, not in both phases', async () => {
  await db.sql(
    `insert into helpdesk.tickets (org_id, number, title, created_by) values ($1, 300, 'the one', $2), ($1, 301, 'room 300', $2), ($1, 302, 'room 3000', $2)`,
    [acme, alice.profile],
  );
  await db.sql(
    `insert into helpdesk.articles (org_id, author, title, content, visibility, status)
     values ($1, $2, 'Building 300', 'x', 'public', 'published'), ($1, $2, 'Building 3000', 'x', 'public', 'published')`,
    [acme, ada.profile],
  );
  const found = (await pages(agent, '300')).flat();
  assert.equal(found[0], 'the one');
  assert.deepEqual([...found].sort(), ['Building 300', 'Building 3000', 'room 300', 'room 3000', 'the one']);
});

test('a cursor of the prefix phase returns prefix matches only', async () => {
  const { rows } = await agent.query('select helpdesk.search($1, $2, $3) as page', [
    acme,
    'print',
    { cursor: JSON.stringify({ scan: 'index', phase: 'prefix', before: null, after: null }), perPage: 100 },
  ]);
  const found = rows[0].page.results.map(({ title }) => title);
  assert.deepEqual(found.filter(hasWord), []);
  assert.equal(found.length, PREFIX_MATCHES);
});

test('without exact matches, articles do not rank above tickets', async () => {
  await db.sql(
    `insert into helpdesk.articles (org_id, author, title, content, visibility, status)
     values ($1, $2, 'Rooms', repeat('and so on ', 50) || 'toaster', 'public', 'published')`,
    [acme, ada.profile],
  );
  await openTicket(customer, acme, 'toaster');
  for (const query of ['toaster', 'toast']) {
    assert.deepEqual((await pages(agent, query)).flat(), ['toaster', 'Rooms'], query);
    assert.deepEqual(await pages(agent, query, { perPage: 1 }), [['toaster'], ['Rooms']], query);
  }
});

test('prefix matches in the title rank above those in the text', async () => {
  const ticket = await openTicket(customer, acme, 'About a lamp');
  await openTicket(customer, acme, 'lamps');
  await agent.query('select helpdesk.add_comment($1, $2)', [ticket, 'Both lamps, I think, in the second room.']);
  const { rows } = await agent.query(`select helpdesk.search($1, 'lamp')->'results' as results`, [acme]);
  assert.deepEqual(
    rows[0].results.map(({ kind, title }) => `${kind} ${title}`),
    ['ticket About a lamp', 'ticket lamps', 'comment About a lamp'],
  );
  assert.ok(rows[0].results.every(({ rank }) => rank > 1));
});

test('articles with a longer word come after all exact matches, each once, at every page size', async () => {
  const numbers = Array.from({ length: 25 }, (_, n) => n + 1);
  for (const n of numbers) await openTicket(customer, acme, `scan ${n}`);
  await db.sql(
    `insert into helpdesk.articles (org_id, author, title, content, visibility, status)
     select $1, $2, w.word || ' in article ' || n, repeat('and so on ', n), 'public', 'published'
       from generate_series(1, 4) n, (values ('Scan'), ('Scanner')) w (word)`,
    [acme, ada.profile],
  );
  const [all] = await pages(agent, 'scan', { perPage: 100 });
  const longer = all.filter((title) => title.startsWith('Scanner'));
  assert.deepEqual([all.length, new Set(all).size, longer.length], [33, 33, 4]);
  assert.deepEqual(all.slice(29), longer);
  for (const perPage of [1, 5, 10, 24, 25, 28, 29, 30]) {
    assert.deepEqual((await pages(agent, 'scan', { perPage })).flat(), all, `${perPage}`);
  }
});
