// Ranking and suggestion of articles among many.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoOrganizations, openTicket } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, ada, alice } = await createTwoOrganizations(db);

const write = (title, content, visibility = 'public') =>
  db.value(
    `insert into helpdesk.articles (org_id, author, title, content, visibility, status) values ($1, $2, $3, $4, $5, 'published') returning id`,
    [acme, ada.profile, title, content, visibility],
  );

const best = await write('Printer', 'How to set it up.');
const toner = await write('Changing the toner', 'Please open the printer. It takes a minute.');
await db.sql(
  `insert into helpdesk.articles (org_id, author, title, content, visibility, status)
   select $1, $2, 'Article ' || n, 'Please see the printer in room ' || n || repeat(' and so on', 20), 'public', 'published'
     from generate_series(1, 1500) n`,
  [acme, ada.profile],
);
const customer = await db.signIn(alice);

test('the best match of 1,500 articles is first, no matter how old it is', async () => {
  const { rows } = await customer.query(`select helpdesk.search_articles($1, 'printer', 1)->0->>'id' as id`, [acme]);
  assert.equal(rows[0].id, best);
});

test('articles are suggested for distinctive words, not for words that all articles contain', async () => {
  const suggested = async (title) => {
    const ticket = await openTicket(customer, acme, title);
    const { rows } = await customer.query('select helpdesk.suggest_articles($1) as articles', [ticket]);
    return rows[0].articles.map(({ id }) => id);
  };
  assert.deepEqual(await suggested('Please help: the printer wants toner'), [toner]);
  assert.deepEqual(await suggested('Please! The printer!'), []);
});

test('internal articles are not suggested to customers, and their text is not shown', async () => {
  const internal = await write('Wizardry', 'The wizard keeps the password', 'internal');
  const ticket = await openTicket(customer, acme, 'Where is the wizard of wizardry?');
  const ask = (session) => session.query('select helpdesk.suggest_articles($1) as found', [ticket]);
  assert.deepEqual((await ask(customer)).rows[0].found, []);
  assert.deepEqual(
    (await ask(await db.signIn(ada))).rows[0].found.map(({ id }) => id),
    [internal],
  );
  for (const query of ['wizard password', 'wizar', 'wizzardry']) {
    const { rows } = await customer.query('select helpdesk.search($1, $2) as found', [acme, query]);
    assert.doesNotMatch(JSON.stringify(rows), /password|Wizardry/);
  }
});

test('articles and tickets with a similar title are found after a ticket with the same typo', async () => {
  await openTicket(customer, acme, 'The tonner again');
  const { rows } = await customer.query(`select helpdesk.search($1, 'tonner')->'results' as found`, [acme]);
  assert.deepEqual(
    rows[0].found.map(({ kind, title }) => `${kind} ${title}`),
    ['ticket The tonner again', 'ticket Please help: the printer wants toner', 'article Changing the toner'],
  );
});
