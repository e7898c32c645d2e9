// Applies each mutation and runs tests until one fails. Called by scripts/mutants, which lists its
// servers in WORKERS.
//   --list     prints the mutations
//   KIND=x     only mutations whose kind matches this regular expression
//   MUTANTS=n  an even sample of n mutations
//   QUICK=1    stops at the first failing test instead of the first failing test of behaviour
//   RESUME=1   continues an interrupted run

import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { existingDatabase } from '../support/database.js';
import { allMutations, sample } from './mutations.js';
import { allSuites } from './suites.js';

const DIR = process.env.MUTANTS_DIR;
const QUICK = Boolean(process.env.QUICK);
const RESULTS = join(DIR, 'results.jsonl');
/**
 * [{ env: { PGHOST, .. }, dir }]: one server per worker, because all databases of a server share
 * their roles.
 */
const servers = JSON.parse(process.env.WORKERS).map(({ host, log }, i) => ({
  dir: join(DIR, `worker-${i}`),
  env: { PGHOST: host, PGPORT: '5432', PGUSER: 'postgres', SERVER_LOG: log },
  async createEmptyDatabase(name) {
    await this.query(`drop database if exists ${name} with (force)`);
    await this.query(`create database ${name} template template0`);
  },
  async query(text) {
    const client = new pg.Client({ host, port: 5432, user: 'postgres', database: 'postgres' });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  },
  /** Removes what a killed test left. */
  async cleanUp() {
    for (const { datname } of await this.query(`select datname from pg_database where datname like 'test\\_%'`)) {
      await this.query(`drop database if exists ${datname} with (force)`);
    }
  },
}));

async function mutationsOfFreshInstallation(server) {
  Object.assign(process.env, server.env);
  await server.emptyDatabase('mutants');
  const db = existingDatabase('mutants');
  await db.sql('create extension helpdesk');
  const all = (await allMutations(db)).filter(({ kind }) => new RegExp(process.env.KIND ?? '').test(kind));
  const chosen = process.env.MUTANTS ? sample(all, Number(process.env.MUTANTS)) : all;
  for (const mutation of chosen) {
    await db.sql('begin');
    await db.sql(mutation.sql).catch((error) => {
      // Every test would "notice" it.
      throw new Error(`${error.message}: ${mutation.sql}`);
    });
    await db.sql('rollback');
  }
  await db.disconnectAll();
  return chosen;
}

async function testAll(mutations) {
  const started = Date.now();
  const suites = await suitesThatPass();
  const results = await earlierResults();
  const todo = mutations.filter(({ sql }) => !results.has(sql));
  const tries = new Tries(suites);
  await onAllServers(todo, async (mutation, server) => {
    const result = await testOne(mutation, server, tries);
    results.set(mutation.sql, result);
    await appendFile(RESULTS, `${JSON.stringify(result)}\n`);
    const how = result.by ? `killed by ${who(result)}` : 'SURVIVED';
    console.log(`${results.size}/${mutations.length} (${result.seconds} s) ${result.kind}: ${result.name}: ${how}`);
  });
  return report(
    mutations.map(({ sql }) => results.get(sql)),
    Math.round((Date.now() - started) / 1000),
  );
}

async function testOne(mutation, server, tries) {
  const started = Date.now();
  let first = null;
  for (const suite of tries.cheapestFirst(mutation.kind)) {
    const before = Date.now();
    const noticed = await suite.run(mutation.sql, server);
    await server.cleanUp();
    tries.record(suite, mutation.kind, noticed, Date.now() - before);
    if (noticed && (!first || noticed.behaviour)) first = { by: suite.name, ...noticed };
    if (noticed && (noticed.behaviour || QUICK)) break;
  }
  return { behaviour: false, ...mutation, ...first, seconds: Math.round((Date.now() - started) / 1000) };
}

/**
 * Runs all suites without a mutation and returns those that pass: others would seem to kill
 * everything.
 */
async function suitesThatPass() {
  const todo = await allSuites();
  const passing = [];
  await onAllServers(todo, async (suite, server) => {
    const started = Date.now();
    const failed = await suite.run('', server);
    suite.milliseconds = Date.now() - started;
    console.log(`${suite.name}: ${failed ? `FAILS without a mutation (${failed.test}), excluded` : `${suite.milliseconds} ms`}`);
    if (failed) process.exitCode = 1;
    else passing.push(suite);
  });
  return passing;
}

/** Does the work for each item on the next free server. */
async function onAllServers(items, work) {
  const todo = [...items];
  await Promise.all(
    servers.map(async (server) => {
      while (todo.length > 0) {
        await work(todo.shift(), server);
        await server.cleanUp();
      }
    }),
  );
}

async function earlierResults() {
  if (!process.env.RESUME) await writeFile(RESULTS, '');
  const lines = (await readFile(RESULTS, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  return new Map(lines.map((line) => JSON.parse(line)).map((result) => [result.sql, result]));
}

/** Statistics of which suites killed which kinds of mutations. */
class Tries {
  #ofKind = new Map();

  constructor(suites) {
    this.suites = suites;
  }

  record(suite, kind, noticed, milliseconds) {
    const tries = this.#of(suite, kind);
    tries.count++;
    tries.noticed += noticed?.behaviour || (noticed && QUICK) ? 1 : 0;
    tries.milliseconds += milliseconds;
  }

  /** The suites, with the best chance per second of killing this kind first. */
  cheapestFirst(kind) {
    const cost = (suite) => {
      const { count, noticed, milliseconds } = this.#of(suite, kind);
      return (suite.milliseconds + milliseconds) / (count + 1) / ((noticed + 0.5) / (count + 1));
    };
    return [...this.suites].sort((a, b) => cost(a) - cost(b));
  }

  #of(suite, kind) {
    const key = `${suite.name}|${kind}`;
    if (!this.#ofKind.has(key)) this.#ofKind.set(key, { count: 0, noticed: 0, milliseconds: 0 });
    return this.#ofKind.get(key);
  }
}

const who = ({ by, test }) => (test ? `${by}: ${test}` : by);

function report(results, seconds) {
  const row = (cells) => console.log(`| ${cells.join(' | ')} |`);
  const count = (some) => [
    some.length,
    some.filter((r) => r.by).length,
    ...(QUICK ? [] : [some.filter((r) => r.behaviour).length]),
  ];
  console.log('');
  row(['kind', 'mutants', 'killed', ...(QUICK ? [] : ['by behaviour'])]);
  row(['---', '---:', '---:', ...(QUICK ? [] : ['---:'])]);
  for (const kind of new Set(results.map((r) => r.kind))) row([kind, ...count(results.filter((r) => r.kind === kind))]);
  row(['all', ...count(results)]);

  const quiet = results.filter((r) => (QUICK ? !r.by : !r.behaviour));
  if (quiet.length > 0) {
    console.log(`\n${QUICK ? 'Survived' : 'No test of behaviour fails'}:\n`);
    row(['kind', 'mutation', 'killed by']);
    row(['---', '---', '---']);
    for (const r of quiet) row([r.kind, r.name, r.by ? who(r) : '**nothing**']);
  }
  const [all, killed, byBehaviour] = count(results);
  console.log(`\nTook ${seconds} s.`);
  console.log(`mutants: ${killed} killed, ${all - killed} survived (${QUICK ? 'QUICK: not counted' : byBehaviour} by behaviour)`);
  return killed === all && !process.exitCode ? 0 : 1;
}

await mkdir(DIR, { recursive: true });
const mutations = await mutationsOfFreshInstallation(servers[0]);
if (process.argv.includes('--list')) {
  for (const { kind, name, sql } of mutations) console.log(`${kind}: ${name}\n    ${sql}`);
  console.log(`${mutations.length} mutations`);
} else {
  process.exitCode = await testAll(mutations);
}
