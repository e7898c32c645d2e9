// The measure of search quality: what is found, kind by kind, and what comes first. README.md
// describes the cases and the recorded levels.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createHelpdeskDatabase } from '../../support/database.js';
import { serveHelpdesk } from '../../support/helpdesk_server.js';
import { psql } from '../../support/postgres_tools.js';
import { startPostgrest } from '../../support/postgrest.js';
import { readKinds, readRanking } from './cases.js';
import { writeCorpus } from './corpus.js';

const LEVELS = fileURLToPath(new URL('levels.json', import.meta.url));
const DEMO = fileURLToPath(new URL('../../../demo/', import.meta.url));

const PER_PAGE = 100;
/** In the ranking, what comes later than this is not found. */
const RANKED = 10;
/** As many requests at once as PostgREST has connections. */
const AT_ONCE = 5;

const isRecording = process.env.ACCEPT === '1';
const levels = JSON.parse(readFileSync(LEVELS, 'utf8'));
after(() => {
  const lines = Object.entries(levels).map(([name, level]) => `  "${name}": ${JSON.stringify(level)}`);
  if (isRecording) writeFileSync(LEVELS, `{\n${lines.join(',\n')}\n}\n`);
});

/** Fails if a level is below the recorded one, or records it. */
function compareWithRecorded(name, level, isBelow) {
  if (isRecording) levels[name] = level;
  const recorded = levels[name];
  const problem = `${name}: ${JSON.stringify(level)}, but ${JSON.stringify(recorded)} is recorded in levels.json`;
  assert.ok(recorded && !isBelow(level, recorded), problem);
}

async function inParallel(items, work) {
  const waiting = [...items];
  const worker = async () => {
    for (let item; (item = waiting.shift()); ) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** The results of a call over HTTP. */
async function ask(api, person, name, org, text) {
  const args = name === 'search' ? { p_query: text, p_filters: { perPage: PER_PAGE } } : { p_text: text };
  const { status, body } = await api.http('POST', `/rpc/${name}`, { token: api.token(person), body: { p_org_id: org, ...args } });
  if (status !== 200) throw new Error(`${status} ${body.code}`);
  return name === 'search' ? body.results : body;
}

/** Whether a case is found by a person as the query wants it. */
async function isRight(api, person, { org, id }, { marker, isWanted }, text) {
  const call = marker === 'suggest' ? 'suggest_articles' : 'search';
  const results = await ask(api, person, call, org, text);
  const position = results.findIndex((hit) => hit.id === id || hit.ticketId === id);
  return isWanted && marker === 'first' ? position === 0 : position >= 0 === isWanted;
}

/** What is wrong with the answers to a query, if anything. */
async function findProblem(api, staff, item, query) {
  const text = query.query.replaceAll('{number}', item.number);
  const forCustomers = { ...query, isWanted: query.isWanted && query.marker !== 'staff' };
  const wrong = [];
  try {
    if (!(await isRight(api, staff, item, query, text))) wrong.push('staff');
    if (!(await isRight(api, item.customer, item, forCustomers, text))) wrong.push('customer');
  } catch ({ message }) {
    return `${query.where}: ${message}: ${text}`;
  }
  const what = query.isWanted ? (query.marker === 'first' ? 'not first' : 'not as wanted') : 'found';
  return wrong.length === 0 ? null : `${query.where}: ${what} for ${wrong.join(' and ')}: ${text}`;
}

test('what must be found is found, and what must not is not', async (t) => {
  const { db, api, ...cast } = await serveHelpdesk();
  const kinds = readKinds();
  await writeCorpus(db, cast, kinds);
  for (const { kind, cases } of kinds) {
    await t.test(kind, async () => {
      const queries = cases.flatMap((item) => item.queries.map((query) => ({ item, query })));
      const level = { right: queries.length, excused: 0, of: queries.length };
      const problems = [];
      await inParallel(queries, async ({ item, query }) => {
        const problem = await findProblem(api, cast.ada, item, query);
        if (!problem) return query.reason && problems.push(`${query.where}: right, although marked: ${query.reason}`);
        level.right -= 1;
        if (query.reason) level.excused += 1;
        else problems.push(problem);
      });
      for (const problem of problems.sort()) console.log(`  ${problem}`);
      console.log(`${kind}: ${level.right} of ${level.of} right, ${level.excused} excused`);
      compareWithRecorded(kind, level, (now, then) => now.right < then.right || now.excused > then.excused || now.of !== then.of);
    });
  }
});

test('what should come first comes first', async () => {
  const db = await createHelpdeskDatabase();
  after(() => db.drop());
  for (const file of ['data.sql', 'articles.sql']) await psql(db, `${DEMO}${file}`);
  const api = await startPostgrest(db);
  after(() => api.stop());
  const org = await db.value(`select id from helpdesk.organizations where name = 'Acme'`);
  const people = await db.sql('select lower(name) as name, auth_id as login from helpdesk.profiles');

  const groups = new Map();
  await inParallel(readRanking(), async ({ where, group, query, titles }) => {
    const [name, call] = group.split(' ');
    const person = people.find((other) => other.name === name);
    const results = await ask(api, person, call, org, query).catch(() => []);
    const index = results.slice(0, RANKED).findIndex(({ title }) => titles.includes(title));
    const place = index < 0 ? 'not found' : `at ${index + 1}`;
    if (index !== 0) console.log(`  ${where}: ${place}: ${query} => ${titles.join(' | ')}`);
    groups.set(group, [...(groups.get(group) ?? []), index < 0 ? 0 : 1 / (index + 1)]);
  });
  const mean = (ranks) => Math.round((ranks.reduce((sum, rank) => sum + rank) / ranks.length) * 1000) / 1000;
  for (const [group, ranks] of groups) console.log(`${group}: mean reciprocal rank ${mean(ranks)} of ${ranks.length} queries`);
  const all = [...groups.values()].flat();
  const level = { meanReciprocalRank: mean(all), of: all.length };
  console.log(`ranking: mean reciprocal rank ${level.meanReciprocalRank} of ${level.of} queries`);
  compareWithRecorded('ranking', level, (now, then) => now.meanReciprocalRank < then.meanReciprocalRank || now.of !== then.of);
});
