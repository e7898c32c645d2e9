// The statements of scripts/instructions. `prepare DIRECTORY` writes two files per statement, with
// few and with more calls. `report DIRECTORY` prints the difference per call, for the statement and
// for some functions in it.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATIONS, sessionFor } from './lib/operations.js';
import { readParameters, sessionOf } from './lib/parameters.js';
import { withValues } from './lib/psql.js';

/** The first calls create the cached plans, so that the difference does not include planning. */
const FEW = 20;
const MORE = 60;
const WITHIN =
  /helpdesk::(access::caller::Caller::load|tickets::list::filters::Filters::parse|platform::datum::JsonText::serialize|platform::json::input::parse)$|^(RI_FKey_check_ins|ExecInsertIndexTuples|ExecConstraints|ExecutorStart)$/;

const reading = ({ org, quiet, chatty }) => ({
  nothing: 'select 1',
  uuid_generate_v7: 'select helpdesk.uuid_generate_v7()',
  my_profile_id: 'select helpdesk.my_profile_id()',
  policy_1000_calls: 'select count(helpdesk.my_staff_org_ids()) from generate_series(1, 1000)',
  list_org_tickets: `select helpdesk.list_org_tickets('${org}', '{"count": "none"}')`,
  list_org_tickets_total: `select helpdesk.list_org_tickets('${org}')`,
  get_ticket_details: `select helpdesk.get_ticket_details('${quiet}')`,
  get_ticket_details_500_comments: `select helpdesk.get_ticket_details('${chatty}')`,
  table_page: `select count(*) from (select id from helpdesk.tickets where org_id = '${org}' order by updated_at desc limit 20) t`,
});

/** The statements that write, and what an expert writes by hand for the same rows. */
const WRITES = ['create_ticket', 'add_comment', 'update_ticket', 'move_ticket'];

/** A script of pgbench as statements in one line, about one ticket, in each of three stages. */
function statementsOf(script, parameters) {
  const line = script
    .replaceAll(/\\set .*\n/g, '')
    .replaceAll('(select id from bench.largest where n = :n)', `'${parameters.busy}'`);
  const stages = /:s\b/.test(line) ? [11, 12, 13] : [undefined];
  return stages.map((s) => withValues(line.replaceAll(/\s+/g, ' ').trim().replaceAll(/:s\b/g, s), parameters));
}

/** { name, session, statements } of everything that is counted. */
function allCounted(parameters) {
  const reads = Object.entries(reading(parameters)).map(([name, sql]) => ({
    name,
    session: sessionOf('agent'),
    statements: [sql],
  }));
  const writes = WRITES.flatMap((name) => {
    const operation = OPERATIONS.find((one) => one.name === name);
    return ['helpdesk', 'handwritten'].map((side) => ({
      name: side === 'helpdesk' ? name : `${name}_${side}`,
      session: sessionFor(operation, side),
      statements: statementsOf(operation[side], parameters),
    }));
  });
  return [...reads, ...writes];
}

function prepareFiles(directory) {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const { name, session, statements } of allCounted(readParameters())) {
    // A setting that needs a superuser comes before the role.
    const { role, ...settings } = session;
    const set = Object.entries({ ...settings, ...(role && { role }) }).map(([key, value]) => `set ${key} = '${value}';`);
    for (const times of [FEW, MORE]) {
      const prepare = statements.map((sql, n) => `prepare p${n} as ${sql};`);
      const execute = Array.from({ length: times }, (_, n) => `execute p${n % statements.length};`);
      const lines = [...set, ...prepare, ...execute];
      writeFileSync(join(directory, `${name}.${times}.in`), `${lines.join('\n')}\n`);
    }
  }
}

/**
 * Reads a callgrind file: total instructions, inclusive instructions and calls of each function.
 */
function counted(file) {
  const names = new Map();
  const nameOf = (text) => {
    const [, id, name] = /^\((\d+)\)(?: (.*))?$/.exec(text);
    if (name) names.set(id, name.replace(/'\d+$/, ''));
    return names.get(id);
  };
  const cost = new Map();
  const calls = new Map();
  const add = (map, key, value) => map.set(key, (map.get(key) ?? 0) + value);
  let current;
  let callee;
  let isCall = false;
  let total = 0;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line.startsWith('fn=')) current = nameOf(line.slice(3));
    else if (line.startsWith('cfn=')) callee = nameOf(line.slice(4));
    else if (line.startsWith('calls=')) {
      add(calls, callee, Number(line.slice(6).split(' ')[0]));
      isCall = true;
    } else if (/^[+\-*\d]/.test(line)) {
      const instructions = Number(line.split(' ')[1]);
      if (isCall && callee !== current) add(cost, callee, instructions);
      isCall = false;
    } else if (line.startsWith('totals:')) total = Number(line.split(' ')[1]);
  }
  return { cost, calls, total };
}

function report(directory) {
  console.log('| statement | instructions a call | palloc family | malloc | of which |\n| --- | ---: | ---: | ---: | --- |');
  const names = readdirSync(directory)
    .filter((name) => name.endsWith(`.${FEW}.in`))
    .map((name) => name.replace(`.${FEW}.in`, ''));
  for (const name of names) {
    const [few, more] = [FEW, MORE].map((times) => counted(join(directory, `${name}.${times}.out`)));
    const each = (map, key) => ((more[map].get(key) ?? 0) - (few[map].get(key) ?? 0)) / (MORE - FEW);
    const sum = (map, pattern) =>
      [...more[map].keys()].filter((key) => pattern.test(key)).reduce((n, key) => n + each(map, key), 0);
    const show = (n) => Math.round(n).toLocaleString('en');
    const parts = [...more.cost.keys()]
      .filter((key) => WITHIN.test(key) && each('cost', key) > 500)
      .map((key) => `${key.replace('helpdesk::', '')} ${show(each('cost', key))}`);
    const allocations = sum('calls', /^(palloc|palloc0|palloc_extended|MemoryContextAlloc\w*|repalloc)$/);
    console.log(
      `| ${[name, show((more.total - few.total) / (MORE - FEW)), show(allocations), show(sum('calls', /^malloc$/)), parts.join(', ')].join(' | ')} |`,
    );
  }
}

const [what, directory] = process.argv.slice(2);
if (what === 'prepare') prepareFiles(directory);
else report(directory);
