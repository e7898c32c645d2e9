// Search with more documents than fit in one window, in one scan of the newest or on one page of
// the index.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoOrganizations } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, ada, alice, dave, gina } = await createTwoOrganizations(db);

/**
 * Tickets titled `<words> <n>`; in Acme every fourth is Alice's and every eighth is assigned to
 * Dave.
 */
async function openTickets(org, person, words, from, to) {
  await db.sql(
    `insert into helpdesk.tickets (org_id, title, description, created_by, assigned_to)
     select $1::uuid, $3::text || ' ' || n, case when n % 2 = 0 then 'half of 7' else 'seven 7' end,
            case when n % 4 = 0 then $6::uuid else $2 end, case when n % 8 = 1 then $7::uuid end
       from generate_series($4::int, $5::int) n`,
    org === acme
      ? [org, person.profile, words, from, to, alice.profile, dave.profile]
      : [org, person.profile, words, from, to, person.profile, null],
  );
}

/** Search documents of other comments, newer than all existing ones. */
const fill = (org, many) =>
  db.sql(
    `insert into helpdesk.search_documents (org_id, document_id, kind, ticket_id, is_internal, lexemes)
     select $1, helpdesk.uuid_generate_v7(), 'comment', null, false, helpdesk.document_lexemes($1, 't', 'simple', null, null, 'filler')::tsvector
       from generate_series(1, $2::int)`,
    [org, many],
  );

await db.sql('update helpdesk.org_members set may_be_assigned = true');
for (let from = 1; from <= 10_050; from += 2_010) await openTickets(acme, ada, 'common', from, from + 2_009);
await db.sql(
  `insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, is_internal)
   select org_id, id, 'common remark ' || number, $2, number % 3 = 0 from helpdesk.tickets where org_id = $1 and number <= 2450`,
  [acme, ada.profile],
);
const OLD = 8_000;
for (let from = 1; from <= OLD; from += 2_000) await openTickets(globex, gina, 'ancient common', from, from + 1_999);
await fill(globex, 42_000);
await db.sql('analyze');

const cursorOf = (scan, before = null) => JSON.stringify({ scan, phase: 'all', before, after: null });
const scanOf = (cursor) => JSON.parse(cursor).scan;

/** The cursor of the first page that uses the full-text index. */
const INDEX_CURSOR = cursorOf('index');

/** All pages of a search from `cursor` on; the cursors are added to `cursors`. */
async function walk(session, org, query, { cursor, ...filters } = {}, cursors = []) {
  const pages = [];
  for (;;) {
    const { rows } = await session.query('select helpdesk.search($1, $2, $3) as page', [
      org,
      query,
      { perPage: 100, ...filters, ...(cursor && { cursor }) },
    ]);
    pages.push(rows[0].page.results.map(({ kind, id }) => `${kind} ${id}`));
    cursor = rows[0].page.pagination.nextCursor;
    if (!cursor) return pages;
    cursors.push(cursor);
    assert.notEqual(pages.at(-1).length, 0, 'an empty page with a cursor');
    assert.ok(pages.length < 500, 'the list never ends');
  }
}

async function listed(session, org, search) {
  const ids = [];
  let total;
  for (let cursor; ; ) {
    const { rows } = await session.query('select helpdesk.list_org_tickets($1, $2) as page', [
      org,
      { search, perPage: 100, ...(cursor ? { cursor, count: 'none' } : {}) },
    ]);
    const { tickets, pagination } = rows[0].page;
    ids.push(...tickets.map(({ id }) => `ticket ${id}`));
    if (!cursor) total = pagination.total;
    cursor = pagination.nextCursor;
    if (!cursor) return { ids, total };
  }
}

/** The documents of Acme that the tables show to a person. */
const visible = async (session) =>
  (
    await session.query(
      `select 'ticket ' || id as document from helpdesk.tickets where org_id = $1
       union all select 'comment ' || id from helpdesk.ticket_comments where org_id = $1`,
      [acme],
    )
  ).rows.map(({ document }) => document);

const assertSameOnce = (found, expected, what) => {
  assert.equal(new Set(found).size, found.length, `${what}: something is found twice`);
  assert.deepEqual([...found].sort(), [...expected].sort(), what);
};

test('staff find each of 12,500 documents once, at every page size', async () => {
  const session = await db.signIn(ada);
  const expected = await visible(session);
  assert.equal(expected.length, 12_500);
  for (const perPage of [100, 37]) {
    const pages = await walk(session, acme, 'common', { perPage });
    assertSameOnce(pages.flat(), expected, `pages of ${perPage}`);
    assert.ok(pages.slice(0, -1).every((page) => page.length === perPage));
  }
});

test('both search strategies find the same documents, and cursors keep their strategy', async () => {
  const session = await db.signIn(ada);
  const [recentCursors, indexCursors] = [[], []];
  const expected = await visible(session);
  assertSameOnce((await walk(session, acme, 'common', {}, recentCursors)).flat(), expected, 'among the newest');
  assertSameOnce((await walk(session, acme, 'common', { cursor: INDEX_CURSOR }, indexCursors)).flat(), expected, 'in the index');
  assert.ok(recentCursors.every((cursor) => scanOf(cursor) === 'recent'));
  assert.ok(indexCursors.every((cursor) => scanOf(cursor) === 'index'));
});

test('the strategy is chosen by the number of matching documents', async () => {
  const session = await db.signIn(ada);
  for (const [query, scan] of [
    ['common', 'recent'],
    ['comm', 'recent'],
    ['rema', 'index'],
    ['seven or half', 'recent'],
    ['-remark', 'recent'],
    ['common -remark', 'recent'],
    ['"common remark"', 'index'],
    ['remark', 'index'],
    ['common remark', 'index'],
    ['-common or remark', 'index'],
  ]) {
    const cursors = [];
    await walk(session, acme, query, { kind: ['ticket', 'comment'] }, cursors);
    assert.equal(scanOf(cursors[0]), scan, query);
  }
});

test('customers find each of their documents once, and nothing internal', async () => {
  for (const person of [alice, dave]) {
    const session = await db.signIn(person);
    const expected = (await visible(session)).filter((document) => document.startsWith('ticket'));
    const comments = (await visible(session)).filter((document) => document.startsWith('comment'));
    if (person === dave) assert.ok(expected.length > 1000 && expected.length < 2000 && comments.length > 0);
    const found = (await walk(session, acme, 'common')).flat();
    // Of Alice's 2512 tickets the newest 2000 are searched, as documented.
    if (person === alice) {
      assert.equal(found.filter((document) => document.startsWith('ticket')).length, 2000);
      assert.equal(new Set(found).size, found.length);
      assert.deepEqual(
        found.filter((document) => !expected.includes(document) && !comments.includes(document)),
        [],
      );
    } else assertSameOnce(found, [...expected, ...comments], person.name);
  }
});

test('list_org_tickets finds the tickets that the table shows and counts up to 10,000', async () => {
  const session = await db.signIn(ada);
  const titles = (condition) =>
    session
      .query(`select 'ticket ' || id as document from helpdesk.tickets where org_id = $1 and ${condition}`, [acme])
      .then(({ rows }) => rows.map(({ document }) => document));
  const half = await listed(session, acme, 'half');
  assertSameOnce(half.ids, await titles(`description like 'half%'`), 'half');
  assert.equal(half.total, half.ids.length);
  const all = await listed(session, acme, 'common');
  assert.equal(new Set(all.ids).size, 10_050);
  assert.equal(all.total, null);
  const one = await listed(session, acme, 'remark 17');
  assert.deepEqual(one, { ids: await titles('number = 17'), total: 1 });
  assert.equal((await listed(await db.signIn(dave), acme, 'half')).total, 0);
  // Too many documents to be counted.
  assert.equal((await listed(await db.signIn(gina), globex, 'ancient')).total, OLD);
  const { rows } = await (await db.signIn(gina)).query(`select helpdesk.list_org_tickets($1, '{"search": "filler"}') as page`, [
    globex,
  ]);
  assert.equal(rows[0].page.pagination.total, null);
});

test('a ticket found by its number is first and does not appear again', async () => {
  const session = await db.signIn(ada);
  const found = (await walk(session, acme, '7', { kind: 'ticket' })).flat();
  assert.equal(found[0], `ticket ${await db.value('select id from helpdesk.tickets where org_id = $1 and number = 7', [acme])}`);
  assert.equal(found.length, 10_050);
  assert.equal(new Set(found).size, 10_050);
});

test('a common word in old documents only is found, on full pages', async () => {
  const session = await db.signIn(gina);
  for (const cursor of [undefined, INDEX_CURSOR]) {
    const pages = await walk(session, globex, 'ancient', { cursor });
    assert.equal(pages.flat().length, OLD);
    assert.equal(new Set(pages.flat()).size, OLD);
    assert.ok(pages.slice(0, -1).every((page) => page.length === 100));
  }
});

test('a word that only titles must not have may be in the texts of old tickets', async () => {
  const found = (await walk(await db.signIn(gina), globex, 'common -seven in:title')).flat();
  assert.equal(new Set(found).size, OLD);
});

/** The number of search documents that a person's call reads, and its result. */
async function reading({ login }, call, args) {
  const session = await db.connect();
  await session.query('begin; set local role authenticated');
  await session.query(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify({ sub: login })]);
  const { rows: answers } = await session.query(`select helpdesk.${call} as answer`, args);
  await session.query('reset role');
  const { rows } = await session.query(
    `select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relid = 'helpdesk.search_documents'::regclass`,
  );
  await session.query('rollback');
  return { read: rows[0].read, answer: answers[0].answer };
}

test('a search for a common word reads one window of documents, on every page', async () => {
  const middle = await db.value(
    'select document_id from helpdesk.search_documents where org_id = $1 order by document_id offset 6000 limit 1',
    [acme],
  );
  for (const cursor of [{}, { cursor: cursorOf('recent', middle) }]) {
    const { read } = await reading(ada, `search($1, 'common', $2)`, [acme, { kind: 'ticket', ...cursor }]);
    assert.ok(read < 4_000, `${read} documents`);
  }
});

test('a search reads only documents of its organization', async () => {
  const small = await db.as(ada, async (session) => {
    const { rows } = await session.query(`select helpdesk.create_organization('Small') as id`);
    for (const title of ['common printer', 'common toner']) {
      await session.query('select helpdesk.create_ticket($1, $2)', [rows[0].id, title]);
    }
    await session.query(
      `insert into helpdesk.articles (org_id, title, content, visibility, status)
       values ($1, 'common words', 'x', 'public', 'published'), ($1, 'printer', 'x', 'public', 'published')`,
      [rows[0].id],
    );
    return rows[0].id;
  });
  for (const [query, results] of [
    ['common', 3],
    ['comm', 3],
    ['-printer', 2],
    ['xyzzy or -printer', 2],
    ['common -printer', 2],
  ]) {
    for (const call of [
      'search($1, $2)',
      `list_org_tickets($1, jsonb_build_object('search', $2::text))`,
      'search_articles($1, $2)',
    ]) {
      const { read, answer } = await reading(ada, call, [small, query]);
      assert.ok(read < 100, `${call} of ${query} reads ${read} documents`);
      if (call === 'search($1, $2)') assert.equal(answer.results.length, results, query);
    }
  }
});

test('new prefix matches come after old exact matches', async () => {
  await db.sql(
    `insert into helpdesk.search_documents (org_id, document_id, kind, ticket_id, is_internal, lexemes)
     select $1, helpdesk.uuid_generate_v7(), 'comment', null, false, helpdesk.document_lexemes($1, 't', 'simple', null, null, 'ancientness')::tsvector
       from generate_series(1, 5)`,
    [globex],
  );
  const found = (await walk(await db.signIn(gina), globex, 'ancient')).flat();
  assert.equal(new Set(found).size, OLD + 5);
  assert.ok(found.slice(0, OLD).every((document) => document.startsWith('ticket')));
});

test('the other documents of a block are found when the ticket that starts it is deleted', async () => {
  await db.sql('delete from helpdesk.tickets where org_id = $1 and uuid_hash(id) & 1023 = 0', [globex]);
  const left = await db.value('select count(*)::int from helpdesk.tickets where org_id = $1', [globex]);
  const found = (await walk(await db.signIn(gina), globex, 'ancient ')).flat();
  assert.equal(new Set(found).size, left);
  await db.sql('delete from helpdesk.tickets where org_id = $1 and number % 2 = 0', [globex]);
  const others = (await walk(await db.signIn(gina), globex, 'ancient ')).flat();
  assert.equal(others.length, await db.value('select count(*)::int from helpdesk.tickets where org_id = $1', [globex]));
});
