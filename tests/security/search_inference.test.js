// What somebody may not see changes nothing in their search: neither results, ranks, totals,
// suggestions and forgiven typos, nor, from another organization, the number of rows read.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { addMember, openTicket, signUp } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const people = {};
for (const name of ['Ada', 'Alice', 'Dave', 'Gina', 'Mallory', 'Stan']) people[name] = await signUp(db, name);
const { Ada, Alice, Dave, Gina, Mallory, Stan } = people;

// The full-text index distinguishes organizations by the last 20 bits of their ids, which Globex
// shares with the victim; Initech does not.
const [ACME, GLOBEX, INITECH] = ['aaa12345', 'bbb12345', 'ccc54321'].map((end) => `01900000-0000-7000-8000-0000${end}`);
for (const [org, founder] of [
  [ACME, Ada],
  [GLOBEX, Gina],
  [INITECH, Gina],
]) {
  await db.sql('insert into helpdesk.organizations (id, name, created_by) values ($1, $2, $3)', [org, 'Org', founder.profile]);
}
for (const [org, person] of [
  [ACME, Alice],
  [ACME, Dave],
  [GLOBEX, Mallory],
  [INITECH, Mallory],
]) {
  await addMember(db, org, person, 'org_customer');
}

/** What everybody in an organization may know, and a ticket of its customer. */
async function writeOwn(org, customer) {
  for (const [title, content] of [
    ['Printer setup', 'Connect the printer and print a page.'],
    ['Password', 'How to change the password of your account.'],
    ['Toner', 'The printer needs a new toner each month.'],
  ]) {
    await db.sql(
      `insert into helpdesk.articles (org_id, author, title, content, tags, visibility, status)
       select $1, created_by, $2, $3, '{office}', 'public', 'published' from helpdesk.organizations where id = $1`,
      [org, title, content],
    );
  }
  return db.as(customer, (session) =>
    openTicket(session, org, 'The printer forgot my password', { description: 'Since the merger the toner is low.' }),
  );
}
const tickets = {
  [ACME]: await writeOwn(ACME, Alice),
  [GLOBEX]: await writeOwn(GLOBEX, Mallory),
  [INITECH]: await writeOwn(INITECH, Mallory),
};

const QUERIES = [
  ...['printer', 'prin', 'pritner', 'merger', 'mergre', 'layoffs', 'layof', 'layfofs', 'Wolfgang', 'wolfgang@secret.example'],
  ...[
    '"printer forgot"',
    '-printer',
    'printer or layoffs',
    'printer -layoffs',
    'password merger layoffs',
    'contract_2031.pdf',
    'secret',
  ],
  ...['how do I change the password of the printer after the layoffs', 'which toner does the merger need', '#2', '2', '[Org #3]'],
  ...['tag:office', 'tag:secret', 'status:closed', 'priority:urgent printer', 'assignee:me printer', 'in:comments printer'],
  ...[
    'assignee:wolfgang',
    '-assignee:wolfgang printer',
    'requester:wolfgang@secret.example printer',
    '-requester:"Wolfgang" printer',
    'in:internal',
  ],
  ...[
    'printer -in:internal',
    'stage:new printer',
    '-stage:secret printer',
    'category:secret printer',
    '-category:secret printer',
    '-tag:secret printer',
  ],
  ...[
    'status:draft printer',
    'created:2026 printer',
    'is:unassigned',
    'number:2',
    'in:title merger',
    'pritner status:open',
    'layfofs is:article',
  ],
];

const CALLS = [
  `search($1, $2, '{"perPage": 100}')`,
  `search($1, $2, '{"perPage": 1}')`,
  'search_articles($1, $2)',
  `list_org_tickets($1, jsonb_build_object('search', $2::text))`,
];

/** The answer to a call, or its error, and the rows that it read. */
async function ask(session, text, values) {
  await session.query('savepoint call');
  const answer = await session.query(`select helpdesk.${text} as answer`, values).then(
    ({ rows }) => rows[0].answer,
    ({ code, message }) => `${code} ${message}`,
  );
  await session.query('rollback to call');
  const { rows } = await session.query(
    `select coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::int as read
       from pg_stat_xact_user_tables where relname in ('search_documents', 'tickets', 'articles', 'ticket_comments')`,
  );
  return { answer, read: rows[0].read };
}

/** Without the times at which tickets changed, which internal comments change too. */
const withoutTimes = (answer) => JSON.parse(JSON.stringify(answer), (key, value) => (key === 'updatedAt' ? undefined : value));

/** All answers for a person in an organization: { 'call of query': { answer, read } }. */
async function answersFor(person, org) {
  const session = await db.connect();
  // Small tables are scanned whole; large ones are not.
  await session.query('begin; set local enable_seqscan = off');
  await session.query(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify(person ? { sub: person.login } : {})]);
  await session.query(`set local role ${person ? 'authenticated' : 'anon'}`);
  const answers = {};
  let before = 0;
  const add = async (name, text, values) => {
    const { answer, read } = await ask(session, text, values);
    answers[name] = { answer: withoutTimes(answer), read: read - before };
    before = read;
  };
  for (const query of QUERIES) {
    for (const call of CALLS) await add(`${call} of ${query}`, call, [org, query]);
    if (hasTextSuggestions) await add(`suggestions for ${query}`, 'suggest_articles(p_org_id => $1, p_text => $2)', [org, query]);
  }
  await add('suggestions for the ticket', 'suggest_articles($1)', [tickets[org]]);
  await session.query('rollback');
  await db.disconnect(session);
  return answers;
}

const hasTextSuggestions = await db.value(
  `select exists (select from pg_proc where proname = 'suggest_articles' and 'p_text' = any (proargnames))`,
);

/** Everything that Alice, Gina, Mallory, Stan and anonymous readers may not see in Acme. */
async function writeSecrets() {
  const wolfgang = await signUp(db, 'Wolfgang', 'wolfgang@secret.example');
  await addMember(db, ACME, wolfgang, 'org_agent');
  await db.sql(
    `insert into helpdesk.tickets (org_id, title, description, priority, created_by, assigned_to)
     select $1, (array['Printer layoffs', 'Pritner', 'Merger', 'Password toner'])[n % 4 + 1] || ' ' || n,
            repeat('printer merger password toner layoffs ', n % 5), 'urgent', $2, $3
       from generate_series(1, 400) n`,
    [ACME, Dave.profile, wolfgang.profile],
  );
  await db.sql(
    `insert into helpdesk.ticket_comments (org_id, ticket_id, content, is_internal, created_by)
     select $1, $2, 'The printer and the layoffs after the merger ' || n, true, $3 from generate_series(1, 100) n`,
    [ACME, tickets[ACME], Ada.profile],
  );
  await db.sql(
    `insert into helpdesk.ticket_attachments
            (org_id, ticket_id, file_name, file_type, file_size, storage_path, is_internal, uploaded_by)
     values ($1, $2, 'contract_2031.pdf', 'application/pdf', 1, $1::uuid || '/' || $2::uuid || '/x', true, $3)`,
    [ACME, tickets[ACME], Ada.profile],
  );
  await db.sql(
    `insert into helpdesk.articles (org_id, author, title, content, tags, visibility, status)
     select $1, $2, (array['Printer layoffs', 'Password merger', 'Toner'])[n % 3 + 1] || ' ' || n,
            'change printer password toner merger layoffs account', '{office,secret}', 'internal',
            (array['published', 'draft'])[n % 2 + 1]
       from generate_series(1, 400) n`,
    [ACME, Ada.profile],
  );
  await db.sql('vacuum analyze');
}

/** A plan for larger tables may read a few rows more. */
const NOISE = 20;

const OTHER_ORGANIZATIONS = [
  ['Gina in Initech', Gina, INITECH],
  ['Mallory in Initech', Mallory, INITECH],
  ['Stan in Initech', Stan, INITECH],
  ['somebody anonymous in Initech', null, INITECH],
];
/** Who may be answered from more rows, but with the same answer. */
const SAME_INDEX_ENTRIES = [
  ['Gina in Globex', Gina, GLOBEX],
  ['Mallory in Globex', Mallory, GLOBEX],
  ['Alice, a customer of Acme', Alice, ACME],
  ['Mallory in Acme', Mallory, ACME],
  ['Stan in Acme', Stan, ACME],
  ['somebody anonymous in Acme', null, ACME],
];

await db.sql('vacuum analyze');
const before = new Map();
for (const [name, person, org] of [...OTHER_ORGANIZATIONS, ...SAME_INDEX_ENTRIES])
  before.set(name, await answersFor(person, org));
await writeSecrets();

for (const [name, person, org] of [...OTHER_ORGANIZATIONS, ...SAME_INDEX_ENTRIES]) {
  test(`${name} gets the same answers, whatever is hidden from them`, async () => {
    const now = await answersFor(person, org);
    for (const [call, { answer }] of Object.entries(before.get(name))) assert.deepEqual(now[call].answer, answer, call);
  });
}

for (const [name, person, org] of OTHER_ORGANIZATIONS) {
  test(`${name} is answered from no more rows, whatever Acme has`, async () => {
    const now = await answersFor(person, org);
    const more = Object.entries(before.get(name)).filter(([call, { read }]) => now[call].read > read + NOISE);
    assert.deepEqual(more, []);
  });
}

test('these calls do find what is not hidden', async () => {
  const found = Object.values(before.get('Alice, a customer of Acme')).filter(({ answer }) =>
    /Printer setup/.test(JSON.stringify(answer)),
  );
  assert.ok(found.length > 10, `${found.length} answers`);
  const staff = await answersFor(Ada, ACME);
  assert.match(JSON.stringify(staff), /Merger 2/);
  for (const query of ['Wolfgang', 'wolfgang@secret.example', 'contract_2031.pdf', 'secret']) {
    const { answer } = staff[`${CALLS[0]} of ${query}`];
    assert.notEqual(answer.results.length, 0, query);
  }
});
