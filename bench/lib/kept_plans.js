// Compares the plans that a session keeps with those made for the values of each call, by the pages
// that a call reads. A plan for any value may be worse, and Postgres may turn to it after five
// calls.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { callsByName, NOT_COMPARED } from '../calls.js';
import { query } from './psql.js';

/** Calls of each caller before the one that counts. Postgres plans for values five times. */
const CALLS_BEFORE = 8;
/**
 * A kept plan is worse if it takes longer than planning and reads more: so many times as much, and
 * more than the pages that vary from call to call.
 */
const MOST_TIMES = 1.5;
const MOST_MORE = 100;
const MODES = { custom: ['force_custom_plan', 1], generic: ['force_generic_plan', 1], kept: ['auto', CALLS_BEFORE] };

const quote = (text) => `'${text.replaceAll("'", "''")}'`;

/** The figures of the last call of each, in one session whose plans are of one kind. */
function measure([mode, before], calls) {
  const statements = [`set plan_cache_mode = ${mode};`, 'set role authenticated;'];
  for (const { callers } of calls) {
    const each = (statement) => {
      for (const { claims, call } of callers)
        statements.push('begin;', `set local request.jwt.claims = ${quote(claims)};`, statement(call), 'rollback;');
    };
    for (let i = 0; i < before; i++) each((call) => `\\o /dev/null\n${call};\n\\o\n`);
    each((call) => `explain (analyze, buffers, timing off, format json) ${call};`);
  }
  const plans = JSON.parse(
    `[${query(statements.join('\n'))
      .replaceAll(/^\]\n\[/gm, ',')
      .replaceAll(/^\[|\]$/g, '')}]`,
  );
  return plans.map(({ Plan, 'Execution Time': ms }) => ({ pages: Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks'], ms }));
}

function checkThatEveryReadIsCalled(calls) {
  const called = new Set([...calls.map(({ name }) => name.split('/')[0]), ...NOT_COMPARED]);
  const missing = query(`select proname from pg_proc
     where pronamespace = 'helpdesk'::regnamespace and provolatile = 's' and prorettype <> 'trigger'::regtype
       and has_function_privilege('authenticated', oid, 'execute')`)
    .split('\n')
    .filter((name) => !called.has(name));
  return missing.map((name) => `bench/calls.js does not call ${name}()`);
}

/** Writes a table, the worst plans first. Returns the problems found. */
export function compareKeptPlans(directory, values) {
  const calls = callsByName(values);
  const measured = Object.fromEntries(Object.entries(MODES).map(([name, mode]) => [name, measure(mode, calls)]));
  const rows = calls
    .flatMap(({ name, callers }) => callers.map(({ who }) => ({ name, who })))
    .map((row, i) => ({ ...row, custom: measured.custom[i], generic: measured.generic[i], kept: measured.kept[i] }))
    .map((row) => ({ ...row, worse: row.generic.pages / Math.max(row.custom.pages, 1) }))
    .sort((a, b) => b.worse - a.worse);
  const cells = ({ pages, ms }) => `${pages} | ${ms.toFixed(2)}`;
  const lines = rows.map(
    ({ name, who, custom, generic, kept }) => `| ${name} | ${who} | ${cells(custom)} | ${cells(generic)} | ${cells(kept)} |`,
  );
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, 'kept_plans.md'),
    `| call | caller | planned for its values: pages | ms | planned once: pages | ms | after ${CALLS_BEFORE} calls of each: pages | ms |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n${lines.join('\n')}\n`,
  );
  return [
    ...checkThatEveryReadIsCalled(calls),
    ...rows
      .filter(({ custom, kept }) => kept.pages > custom.pages * MOST_TIMES + MOST_MORE && kept.ms > custom.ms)
      .map(
        ({ name, who, custom, kept }) => `${name} as ${who}: the kept plan reads ${kept.pages} pages instead of ${custom.pages}`,
      ),
  ];
}
