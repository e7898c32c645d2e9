// Times every operation on all its sides in the database filled by scripts/bench, and writes
// figures and a plot to one directory, plans to another: node bench/run.js FIGURES PLANS. Settings:
//   SECONDS_EACH or CALLS     the length of a turn; ROUNDS is the number of turns
//   WARM_UP                   how often a session has made each mixed call before
//   MEMORY_CALLS              calls of each function in the check for leaks (0: none)
//   ONLY=name,name            only these operations; SIDES=helpdesk: only this side

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { requestsPerSecond } from './lib/http.js';
import { compareKeptPlans } from './lib/kept_plans.js';
import { memoryOf } from './lib/memory.js';
import { OPERATIONS, SIDES, sessionFor } from './lib/operations.js';
import { readParameters } from './lib/parameters.js';
import { writePlans } from './lib/plans.js';
import { growth, plotGrowth } from './lib/plot.js';
import { pgbench, query, withValues } from './lib/psql.js';
import { figures, markdown, ratios } from './lib/report.js';
import { createWarmUp } from './lib/warm_up.js';

const [directory, planDirectory] = process.argv.slice(2);
const { SECONDS_EACH = '2', CALLS, ROUNDS = '3', WARM_UP = '6', MEMORY_CALLS = '20000', ONLY, SETTINGS_TEXT } = process.env;
const sidesAsked = process.env.SIDES?.split(',') ?? SIDES;
const values = readParameters();

function machine() {
  const [{ model }] = cpus();
  return {
    cpu: `${cpus().length} x ${model}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    postgres: `Postgres ${query('show server_version')}`,
    helpdesk: `helpdesk ${query("select extversion from pg_extension where extname = 'helpdesk'")}`,
  };
}

/** What sessions of helpdesk do first, and the seconds that it takes. */
const warmUp = `select bench.warm_up(${WARM_UP})`;
let secondsOfWarmUp = 0;
function timeWarmUp() {
  const started = Date.now();
  query(warmUp, sessionFor({}, 'helpdesk'));
  secondsOfWarmUp = Math.ceil((Date.now() - started) / 1000);
}

/** One turn of one side: many calls, or a few with a statement before each. */
function turn(operation, side) {
  const how = { options: sessionFor(operation, side), parameters: values, clients: operation.clients };
  if (side === 'helpdesk' && operation.as !== 'system') how.first = warmUp;
  const times = operation.times?.[side];
  const warmUps = how.first ? secondsOfWarmUp * Math.ceil((operation.clients ?? 1) / cpus().length) : 0;
  if (!times) return [pgbench(operation[side], { ...how, seconds: Number(SECONDS_EACH) + warmUps, times: CALLS })];
  return Array.from({ length: times }, () => {
    if (operation.each) query(withValues(operation.each[side], values));
    return pgbench(operation[side], { ...how, times: 1 });
  });
}

function measure(operation) {
  const sides = SIDES.filter((side) => operation[side] && sidesAsked.includes(side));
  const turns = Object.fromEntries(sides.map((side) => [side, []]));
  for (const side of sides) if (operation.before?.[side]) query(operation.before[side]);
  // Mixed calls take longer after writes, whose counts are not folded yet.
  if (operation.writes) timeWarmUp();
  for (let round = 0; round < Number(operation.times ? 1 : ROUNDS); round++) {
    // The sides take turns in going first, because the first one warms the cache for the others.
    const inTurn = sides.map((_, n) => sides[(n + round) % sides.length]);
    for (const side of inTurn) turns[side].push(...turn(operation, side));
  }
  for (const side of sides) if (operation.after?.[side]) query(operation.after[side]);
  return Object.fromEntries(
    sides.map((side) => {
      const sum = (what) => turns[side].reduce((total, one) => total + one[what], 0);
      const micros = turns[side].flatMap((one) => one.micros);
      if (micros.length === 0) throw new Error(`${side} finished no call: SECONDS_EACH is too short`);
      return [side, figures({ micros, wal: sum('wal'), clients: operation.clients })];
    }),
  );
}

const failures = [];
async function attempt(name, work) {
  try {
    return await work();
  } catch (error) {
    failures.push(name);
    console.error(`${name}: ${error.message}`);
    return undefined;
  }
}

function report(problems = []) {
  failures.push(...problems);
  for (const problem of problems) console.error(problem);
}

/** Reads all tables and indexes into memory, as in a server in use. */
function readIntoMemory() {
  query('create extension if not exists pg_prewarm');
  query(`select sum(pg_prewarm(oid)) from pg_class
          where relkind in ('r', 'i') and relnamespace in (to_regnamespace('helpdesk'), to_regnamespace('baseline'))`);
}

mkdirSync(directory, { recursive: true });
await attempt('reading into memory', readIntoMemory);
await attempt('mixed calls', () => {
  createWarmUp(values);
  timeWarmUp();
});
const results = {
  rows: Number(query('select count(*) from bench.tickets')),
  machine: machine(),
  settings: SETTINGS_TEXT,
  operations: {},
};
// Reads come first, because writes leave unfolded counts and dead rows; the plans of reads before
// all calls, because writes also leave rows behind that make another plan best.
const reads = OPERATIONS.filter(({ writes }) => !writes);
const writes = OPERATIONS.filter(({ writes }) => writes);
if (!ONLY) {
  report(await attempt('kept plans', () => compareKeptPlans(planDirectory, values)));
  report(await attempt('plans of reads', () => writePlans(reads, planDirectory, values)));
}
for (const operation of [...reads, ...writes].filter(({ name }) => !ONLY || ONLY.split(',').includes(name))) {
  const sides = await attempt(operation.name, () => measure(operation));
  if (sides) results.operations[operation.name] = { what: operation.what, sides, ratios: ratios(sides) };
  if (sides)
    console.log(
      `${operation.name}: ${Object.entries(sides)
        .map(([side, { median }]) => `${side} ${median} ms`)
        .join(', ')}`,
    );
}
if (!ONLY) {
  // Nobody else waits for autovacuum to remove the 100,000 rows of an operation above.
  query('vacuum analyze helpdesk.ticket_stat_deltas');
  results.http = await attempt('http', () =>
    requestsPerSecond(values, { sides: sidesAsked, seconds: CALLS ? 1 : 5, slowSeconds: CALLS ? 1 : 40, rounds: CALLS ? 1 : 3 }),
  );
  if (results.http === null) console.log('skipped: whole requests through PostgREST (there is no wrk here)');
  // Those that write many rows run some statements for each.
  const ofFewRows = writes.filter(({ isMany }) => !isMany);
  report(await attempt('plans of writes', () => writePlans(ofFewRows, planDirectory, values)));
}
writeFileSync(join(directory, `${results.rows}.json`), `${JSON.stringify(results, null, 1)}\n`);
writeFileSync(join(directory, `${results.rows}.md`), markdown(results));
writeFileSync(join(directory, 'growth.md'), growth(directory));
if ((await attempt('plot', () => plotGrowth(directory))) === false) console.log('skipped: the plot (there is no gnuplot here)');
if (!ONLY && Number(MEMORY_CALLS) > 0) {
  const memory = await attempt('memory', () => memoryOf(values, Number(MEMORY_CALLS)));
  report(memory?.grow);
  if (memory) writeFileSync(join(directory, 'memory.md'), memory.table);
}
process.stdout.write(`\n${markdown(results)}`);
console.log(`bench: ${Object.keys(results.operations).length} passed, ${failures.length} failed`);
process.exitCode = failures.length ? 1 : 0;
