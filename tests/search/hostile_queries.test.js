// Whatever somebody types, in up to 2,000 characters, is answered, and reads a bounded number of
// rows of an organization with many documents.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { addMember, createTwoOrganizations, openTicket, signUp } from '../support/organizations.js';
import { hostileTexts } from './hostile_text.js';

const SEED = Number(process.env.SEARCH_SEED ?? 1);
const QUERIES = Number(process.env.SEARCH_QUERIES ?? 40);
const TICKETS = 60_000;
const ARTICLES = 8_000;
/** Four windows of the newest 10,000 documents, and what a page needs beside them. */
const MAX_ROWS = 50_000;

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, ada, alice } = await createTwoOrganizations(db);
await fill();

/** Many tickets and articles, written without triggers and then indexed. */
async function fill() {
  const template = await db.as(alice, (session) => openTicket(session, acme, 'A template'));
  const session = await db.connect();
  await session.query('set session_replication_role = replica');
  await session.query(
    `insert into helpdesk.tickets
     select t.* from generate_series(1, $2::int) n, helpdesk.tickets o,
            jsonb_populate_record(o, jsonb_build_object(
              'id', lpad(to_hex(n), 8, '0') || '-0000-7000-8000-000000000000', 'number', n + 1, 'title', 'common ' || n,
              'description', case when n <= $2 / 3 then 'ancient ' else 'ordinary ' end || md5(n::text),
              'created_by', case when n % 200 = 0 then o.created_by else $3::uuid end)) t
      where o.id = $1`,
    [template, TICKETS, ada.profile],
  );
  await session.query(
    `insert into helpdesk.articles (org_id, author, title, content, visibility, status, published_at)
     select $1, $2, 'Common article ' || n, 'ordinary ' || md5(n::text), 'public', 'published', now()
       from generate_series(1, $3::int) n`,
    [acme, ada.profile, ARTICLES],
  );
  await session.query('reset session_replication_role');
  await session.query('select helpdesk.rebuild_search_index($1)', [acme]);
  await session.query('analyze');
  await db.disconnect(session);
}

const CALLS = [
  'search($1, $2)',
  `search($1, $2, '{"kind": "article"}')`,
  'search_articles($1, $2)',
  `list_org_tickets($1, jsonb_build_object('search', left('x ' || $2, 200), 'count', 'none'))`,
];

/** The rows of all tables that a session has read and not yet reported. */
async function rowsRead(session) {
  const { rows } = await session.query(
    `select coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::int as read
       from pg_stat_xact_user_tables where schemaname = 'helpdesk'`,
  );
  return rows[0].read;
}

/** Calls a function as a person. Returns what is wrong: an error, or too many rows read. */
async function problemOf(session, person, call, query) {
  await session.query('begin');
  try {
    const before = await rowsRead(session);
    await session.query(`set local statement_timeout = '10s'; set local role authenticated`);
    await session.query(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify({ sub: person.login })]);
    await session.query(`select helpdesk.${call}`, [acme, query]);
    await session.query('reset role');
    const read = (await rowsRead(session)) - before;
    return read > MAX_ROWS ? `${read} rows` : null;
  } catch ({ code, message }) {
    return `${code} ${message}`;
  } finally {
    await session.query('rollback');
  }
}

/** What is wrong with these queries, for staff and a customer, in every function. */
async function problemsOf(queries, calls = CALLS) {
  const session = await db.connect();
  const problems = [];
  for (const query of queries) {
    for (const person of [ada, alice]) {
      for (const call of calls) {
        const problem = await problemOf(session, person, call, query);
        const shown = JSON.stringify(query.length > 80 ? `${query.slice(0, 80)}… ${query.length} characters` : query);
        if (problem) problems.push(`${person.name}: ${call} of ${shown}: ${problem}`);
      }
    }
  }
  await db.disconnect(session);
  return problems;
}

test('words in every document, beginnings and alternatives read a bounded number of rows', async () => {
  const queries = [
    ...['common', 'comm', 'ordinary', '-ancient', '-xyzzy', 'xyzzy', 'common arti', '1', '12345', '"ancient common"'],
    ...['ancient or ordinary', 'abc or abd or abe or abf', 'a or b or c or com', '-a -b -c', 'common or '.repeat(50)],
  ];
  assert.deepEqual(await problemsOf(queries), []);
});

test('filters read a bounded number of rows, with words and without', async () => {
  const filters = [
    ...[
      'status:open',
      'status:closed',
      'status:pending,resolved',
      '-status:open',
      'priority:low',
      'priority:urgent,high',
      'assignee:me',
      'assignee:none',
    ],
    ...[
      '-assignee:none',
      'requester:me',
      'requester:ada',
      '-requester:ada',
      'requester:alice',
      'is:unassigned',
      'is:answered',
      'is:unanswered',
      'stage:new',
    ],
    ...[
      'workflow:support',
      'number:7',
      '-number:7',
      'created:today',
      'created:<2020',
      'created:>2020',
      '-created:>2020',
      'updated:2020..2021',
    ],
    ...['status:published', 'status:draft', 'in:internal', 'in:articles'],
    ...[
      'status:open priority:urgent',
      'requester:ada assignee:ada',
      'status:open -requester:ada assignee:none',
      'priority:low -status:open in:title',
    ],
  ];
  const words = ['', 'common', 'ancient', 'comm', 'xyzzy', '-ancient', '"ancient common"'];
  const queries = filters.flatMap((filter) => words.map((word) => `${word} ${filter}`));
  const many = (key, value) => Array.from({ length: 200 }, (_, n) => `${key}:${value},x${n}`).join(' ');
  for (const [key, value] of [
    ['assignee', 'ada'],
    ['requester', 'alice'],
    ['tag', 'office'],
    ['category', 'a'],
    ['stage', 'new'],
    ['created', '2026'],
  ]) {
    queries.push(many(key, value), `common ${many(key, value)}`, many(key, value).replaceAll(/,x\d+/g, ''));
  }
  const calls = CALLS.slice(0, 2);
  assert.deepEqual(await problemsOf(queries, calls), []);
});

test('words that only older documents have read a bounded number of rows', async () => {
  const queries = [
    ...['ancient', 'anci', 'ancient common', 'ancient -xyzzy', 'common -ordinary'],
    ...['common in:comments', 'ancient in:title', '-ancient in:comments', 'ancient -in:tickets', 'ancient -tag:office'],
  ];
  assert.deepEqual(await problemsOf(queries), []);
});

test('of blocks in which many documents match, a search reads one at a time', async () => {
  const read = await db.as(ada, async (session) => {
    await session.query(`select helpdesk.search($1, 'ancient', '{"kind": "ticket"}')`, [acme]);
    await session.query('reset role');
    return rowsRead(session);
  });
  assert.ok(read < 20_000, `${read} rows`);
});

test(`${QUERIES} random queries are answered and read a bounded number of rows (seed ${SEED})`, async () => {
  const generated = hostileTexts(SEED, 2000);
  const queries = Array.from({ length: QUERIES }, () => generated.next().value);
  assert.deepEqual(await problemsOf(queries), []);
});

test('alternatives that only older documents have read a bounded number of rows', async () => {
  assert.deepEqual(
    await problemsOf(['xyzzy or -ordinary', 'ancient or xyzzy', '-ordinary in:title', '"ancient" status:open']),
    [],
  );
});

/** How often a query of Ada's reads an index of tickets, and the tickets that it finds. */
async function lookUpsOf(query) {
  const session = await db.connect();
  await session.query('begin; set local role authenticated');
  await session.query(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify({ sub: ada.login })]);
  const { rows: answers } = await session.query(`select helpdesk.search($1, $2) as page`, [acme, query]);
  await session.query('reset role');
  const { rows } = await session.query(
    `select idx_scan::int as scans from pg_stat_xact_user_tables where relid = 'helpdesk.tickets'::regclass`,
  );
  await session.query('rollback');
  await db.disconnect(session);
  return { scans: rows[0].scans, ids: answers[0].page.results.map(({ id }) => id) };
}

test('a filter with many values, each the name of many people, looks up few of them', async () => {
  await db.sql('update helpdesk.ticket_counters set last_number = 1000000 where org_id = $1', [acme]);
  let ticket;
  for (let n = 0; n < 50; n += 1) {
    const sam = await signUp(db, `Sam ${n}`, `sam${n}@crowd.example`);
    await addMember(db, acme, sam, 'org_customer');
    if (n === 7) ticket = await db.as(sam, (session) => openTicket(session, acme, 'A ticket of one of many'));
  }
  for (const names of [['sam'], ['sam', 'sam'], Array(20).fill('sam')]) {
    const { scans, ids } = await lookUpsOf(`requester:${names.join(',')}`);
    assert.ok(scans < 150, `${names.length} names: ${scans} look-ups`);
    assert.deepEqual(ids, [ticket], `${names.length} names`);
  }
});
