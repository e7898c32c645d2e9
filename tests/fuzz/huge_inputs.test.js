// No value, however large, occupies a processor beyond statement_timeout, causes an internal error
// or ends the server: in every argument of every function, and in every column. HUGE_SIZE is the
// number of elements; texts have five times as many characters.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { functionsFor, keysOf, sensibleArguments, tablesFor } from '../support/api_catalog.js';
import { roleAndClaimsOf } from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoTenants } from '../support/two_tenants.js';
import { storeHugeValues } from './huge_values.js';

const SIZE = Number(process.env.HUGE_SIZE ?? 250_000);
const TIMEOUT = '1s';
/** Processor time, and not time, because the machine may be busy with something else. */
const MAX_CPU_SECONDS = 3;
/** A statement that does not answer for so long does not look for interrupts. */
const WATCHDOG_MS = 120_000;
const CLOCK_TICKS = 100;

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme } = await createTwoTenants(db);
const huge = await storeHugeValues(db, SIZE);
const witness = await db.connect();

const BACKEND = { role: 'service_role', claims: { role: 'service_role' } };

const ofPeople = await functionsFor(db);
const isOfPeople = ({ name }) => ofPeople.some((fn) => fn.name === name);
const ofBackends = (await functionsFor(db, 'service_role')).filter((fn) => !isOfPeople(fn));
const isOfBackends = ({ name }) => ofBackends.some((fn) => fn.name === name);
const ofTheDba = (await functionsFor(db, process.env.PGUSER)).filter((fn) => !isOfPeople(fn) && !isOfBackends(fn));

for (const [name, caller, functions] of [
  ['an admin', acme.admin, ofPeople],
  ['a backend', BACKEND, ofBackends],
  ['the DBA', null, ofTheDba],
]) {
  test(`huge arguments of every function of ${name}`, async (t) => {
    const attempts = new Attempts(await callerSession(caller));
    for (const fn of functions) {
      const args = sensibleArguments(fn, { ...acme, customer: acme.customer });
      for (const arg of fn.args) {
        for (const [what, value] of await valuesOf(attempts.session, fn, arg, args)) {
          await attempts.run(`${fn.name}(${arg.name} => ${what})`, ...callWith(fn, args, arg, value));
        }
      }
    }
    t.diagnostic(attempts.summary());
    await attempts.assertHarmless();
  });
}

for (const [name, caller] of Object.entries({ 'an admin': acme.admin, 'the DBA': null })) {
  test(`huge values in every column as ${name}`, async (t) => {
    const attempts = new Attempts(await callerSession(caller));
    const tables = [...(await tablesFor(db)), ...(caller ? [] : [await loginTable()])];
    for (const table of tables) {
      for (const column of table.columns) {
        for (const [what, value] of huge.valuesFor(column.type)) {
          const place = `${table.name}.${column.name} = ${what}`;
          const name = table.schema ? `${table.schema}.${table.name}` : `helpdesk.${table.name}`;
          if (!caller || column.mayUpdate) await attempts.run(`update ${place}`, updateOf(name, column, value));
          if (!caller || column.mayInsert) await attempts.run(`insert ${place}`, insertOf(name, table, column, value, caller));
        }
      }
    }
    t.diagnostic(attempts.summary());
    await attempts.assertHarmless();
  });
}

test('huge claims are handled', async () => {
  const session = await callerSession(acme.admin);
  for (const [claims, person] of [
    [`jsonb_build_object('sub', repeat('x', ${5 * SIZE}))`, null],
    [`jsonb_build_object('sub', '${acme.admin.login}', 'name', repeat('x', ${5 * SIZE}))`, acme.admin.profile],
    [`jsonb_build_object('sub', '${acme.admin.login}', 'name', repeat('x', 17000000))`, null],
    [`(select jsonb_agg(i) from generate_series(1, ${SIZE}) i)`, null],
  ]) {
    await session.query('savepoint claims');
    await session.query('set local statement_timeout = 0'); // Building them takes long.
    await session.query(`select set_config('request.jwt.claims', (${claims})::text, true)`);
    await session.query(`set local statement_timeout = '${TIMEOUT}'`);
    const { rows } = await session.query('select helpdesk.my_profile_id() as id');
    assert.equal(rows[0].id, person, claims);
    await session.query('rollback to claims');
  }
  await db.disconnect(session);
});

/** The values for an argument; in objects with known keys, for each key too. */
async function valuesOf(session, fn, arg, args) {
  const values = huge.valuesFor(arg.type);
  if (arg.type !== 'jsonb' || ['p_content', 'p_people'].includes(arg.name)) return values;
  await session.query('savepoint keys');
  const keys = await keysOf(session, fn, arg.name, args);
  await session.query('rollback to keys');
  return [...values, ...keys.flatMap((key) => huge.keyValues(key, arg.name === 'p_attachments'))];
}

/** A call with an SQL expression for one argument: [text, values]. */
function callWith(fn, args, arg, expression) {
  const values = [];
  const list = fn.args
    .filter(({ name }) => name === arg.name || args[name] !== undefined)
    .map(({ name, type }) => {
      if (name === arg.name) return `${name} => ${expression}`;
      values.push(type === 'jsonb' ? JSON.stringify(args[name]) : args[name]);
      return `${name} => $${values.length}::${type}`;
    });
  return [`select helpdesk.${fn.name}(${list.join(', ')})`, values];
}

const updateOf = (table, column, value) =>
  `update ${table} set ${column.name} = ${value} where ctid = (select ctid from ${table} limit 1)`;

/** Inserts a copy of a row, without the columns that are filled in. */
function insertOf(name, table, column, value, caller) {
  const others = table.columns.filter(
    (other) => other !== column && !['id', 'number'].includes(other.name) && (!caller || other.mayInsert),
  );
  const columns = [column, ...others].map((other) => other.name).join(', ');
  const copied = [value, ...others.map((other) => `t.${other.name}`)].join(', ');
  return `insert into ${name} (${columns}) select ${copied} from ${name} t limit 1`;
}

async function loginTable() {
  const columns = await db.sql(
    `select attname as name, atttypid::regtype::text as type from pg_attribute
      where attrelid = 'auth.users'::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
  );
  return { schema: 'auth', name: 'users', columns };
}

/** A session in a transaction of a caller; of the DBA without one. */
async function callerSession(caller) {
  const session = await db.connect(caller ? 'authenticator' : undefined);
  await session.query(`set statement_timeout = '${TIMEOUT}'`);
  if (caller) {
    const { role, claims } = roleAndClaimsOf(caller);
    await session.query(`select set_config('request.jwt.claims', $1, false), set_config('role', $2, false)`, [
      JSON.stringify(claims),
      role,
    ]);
  }
  await session.query('begin');
  return session;
}

/** Statements that are run and rolled back, and what is wrong with them. */
class Attempts {
  problems = [];
  count = 0;
  #outcomes = {};
  #slowest = [0, 'none'];

  constructor(session) {
    this.session = session;
  }

  async run(what, text, values) {
    await this.session.query('savepoint attempt');
    const before = cpuSecondsOf(this.session);
    const error = await withWatchdog(
      what,
      this.session.query(text, values).then(
        () => null,
        (problem) => problem,
      ),
    );
    const spent = cpuSecondsOf(this.session) - before;
    this.count++;
    const code = error ? (error.code ?? 'no SQLSTATE') : 'succeeded';
    this.#outcomes[code] = (this.#outcomes[code] ?? 0) + 1;
    if (spent > this.#slowest[0]) this.#slowest = [spent, what];
    if (spent > MAX_CPU_SECONDS) this.problems.push(`${what}: ${spent} s of processor time`);
    if (/^(XX|58|57P|no)/.test(code)) this.problems.push(`${what}: ${code} ${error.message}`);
    await this.session.query('rollback to attempt');
  }

  summary() {
    const outcomes = Object.entries(this.#outcomes).sort(([, a], [, b]) => b - a);
    const [spent, what] = this.#slowest;
    return `${this.count} statements: ${outcomes.map(([code, n]) => `${n} ${code}`).join(', ')}; slowest: ${spent.toFixed(2)} s, ${what}`;
  }

  /** Nothing was slow or internal, and the server has not restarted. */
  async assertHarmless() {
    assert.deepEqual(this.problems, []);
    await witness.query('select 1');
    await db.disconnect(this.session);
  }
}

/** Of the server's process that serves a session. */
function cpuSecondsOf(session) {
  const fields = readFileSync(`/proc/${session.processID}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
}

async function withWatchdog(what, outcome) {
  let timer;
  const alarm = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer for ${WATCHDOG_MS / 1000} s`)), WATCHDOG_MS);
  });
  return Promise.race([outcome, alarm]).finally(() => clearTimeout(timer));
}
