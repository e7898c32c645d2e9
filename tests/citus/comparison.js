// Calls and statements that a single server and a cluster must answer the same, each in a
// transaction that is rolled back.

import pg from 'pg';
import { callOf, functionsFor, sensibleArguments, tablesFor, viewNames } from '../support/api_catalog.js';

/** What a cluster answers differently, with the reason. docs/scaling.md says what works instead. */
const DIFFERENCES = [
  [/^call create_admin_invite_code\b/, 'returns a random code'],
  [/^delete workflow_stages\b/, 'fails for the stage that comes first'],
  [/^read workflow_stage_stats\b/, 'counts hours up to now'],
  [/^call (act_as|help|security_report|health_check|security_state)\b/, 'about the installation itself'],
];

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(\+00(:00)?|Z)?/g;
const TODAY = Date.now() - 86_400_000;

/** Text in which ids that only one of the two knows, and times of today, are the same. */
export function comparable(value, known) {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part))
    .replace(UUID, (id) => (known.has(id) ? id : 'new id'))
    .replace(TIME, (time) => (Date.parse(time.replace(' ', 'T').replace(/\+00$/, 'Z')) > TODAY ? 'now' : time));
}

/** Everybody who asks: { name, role, claims }. */
export function callers({ ada, ben, alice, dave, gina, mallory }) {
  const person = ({ name, login }) => ({ name, role: 'authenticated', claims: { role: 'authenticated', sub: login } });
  return [
    ...[ada, ben, alice, dave, gina, mallory].map(person),
    person({ name: 'a stranger', login: '00000000-0000-4000-8000-000000000001' }),
    { name: 'nobody', role: 'authenticated', claims: {} },
    { name: 'anon', role: 'anon', claims: { role: 'anon' } },
    { name: 'the backend', role: 'service_role', claims: { role: 'service_role' } },
    { name: 'the administrator', role: 'postgres', claims: {} },
  ];
}

/** The statements: [{ name, text, values }]. */
export async function statements(db, fixture) {
  const { acme, globex } = fixture;
  const one = (text, ...values) => db.value(text, values);
  const all = [];
  for (const org of [acme, globex]) {
    const ids = {
      ticket: await one('select id from helpdesk.tickets where org_id = $1 order by number limit 1', org),
      workflow: await one('select id from helpdesk.workflows where org_id = $1 order by is_active desc, id limit 1', org),
      invite: await one('select id from helpdesk.org_invites where org_id = $1 order by used_at is null desc, id limit 1', org),
      notification: await one('select id from helpdesk.notifications where org_id = $1 order by id limit 1', org),
      article: await one('select id from helpdesk.articles where org_id = $1 order by id limit 1', org),
    };
    const who = org === acme ? 'Acme' : 'Globex';
    const [customer, agent] = org === acme ? [fixture.alice, fixture.ben] : [fixture.mallory, fixture.gina];
    const stages = await one(
      'select array_agg(id order by position desc) from helpdesk.workflow_stages where workflow_id = $1',
      ids.workflow,
    );
    for (const fn of await functionsFor(db)) {
      const args = { ...sensibleArguments(fn, { org, customer, agent, ids }), p_stage_ids: stages, p_idempotency_key: 'a key' };
      const add = (more, changes) => {
        const [text, values] = callOf(fn, { ...args, ...changes });
        all.push({ name: `call ${fn.name} of ${who}${more}`, text, values });
      };
      add('', {});
      if (fn.args.some(({ name }) => name === 'p_org_id')) add(' without p_org_id', { p_org_id: undefined });
      for (const { name } of fn.args) add(` with ${name} null`, { [name]: null });
    }
    for (const { name, columns, mayDelete } of await tablesFor(db)) {
      const hasOrg = columns.some((column) => column.name === 'org_id');
      const where = hasOrg ? ' where org_id = $1' : '';
      const values = hasOrg ? [org] : [];
      const list = columns.map((column) => `"${column.name}"`).join(', ');
      all.push({
        name: `read ${name} of ${who}`,
        text: `select ${list} from helpdesk.${name}${where}`,
        values,
        isUnordered: true,
      });
      if (mayDelete && hasOrg)
        all.push({ name: `delete ${name} of ${who}`, text: `delete from helpdesk.${name}${where}`, values });
      const column = columns.find((column) => column.mayUpdate);
      if (column && hasOrg) {
        all.push({
          name: `update ${name} of ${who}`,
          text: `update helpdesk.${name} set ${column.name} = ${column.name}${where}`,
          values,
        });
      }
    }
    const inserts = {
      tickets: [`(org_id, title) values ($1, 'By table')`, [org]],
      ticket_comments: [`(org_id, ticket_id, content) values ($1, $2, 'By table')`, [org, ids.ticket]],
      ticket_attachments: [
        `(org_id, ticket_id, file_name, file_type, file_size, storage_path) values ($1, $2, 'a.png', 'image/png', 1, 'a/a.png')`,
        [org, ids.ticket],
      ],
      articles: [`(org_id, title, content) values ($1, 'By table', 'Text')`, [org]],
      categories: [`(org_id, name) values ($1, 'By table')`, [org]],
      workflows: [`(org_id, name) values ($1, 'By table')`, [org]],
      workflow_stages: [`(org_id, workflow_id, name) values ($1, $2, 'By table')`, [org, ids.workflow]],
      ticket_articles: [`(org_id, ticket_id, article_id) values ($1, $2, $3)`, [org, ids.ticket, ids.article]],
      article_feedback: [`(org_id, article_id, helpful) values ($1, $2, true)`, [org, ids.article]],
    };
    for (const [table, [text, values]] of Object.entries(inserts)) {
      all.push({ name: `insert ${table} of ${who}`, text: `insert into helpdesk.${table} ${text}`, values });
    }
    for (const view of await viewNames(db)) {
      all.push({
        name: `read ${view} of ${who}`,
        text: `select * from helpdesk.${view} where org_id = $1`,
        values: [org],
        isUnordered: true,
      });
    }
  }
  return all;
}

/** What one caller gets: the rows, or the error. */
export async function answer(session, caller, { text, values, isUnordered }) {
  await session.query('begin');
  try {
    if (caller.role !== 'postgres') await session.query(`set local role ${caller.role}`);
    await session.query(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify(caller.claims)]);
    if (caller.role !== 'postgres') await session.query('select helpdesk.pre_request()');
    const { rows, rowCount } = await session.query(text, values);
    const lines = rows.map((row) => JSON.stringify(row));
    if (isUnordered) lines.sort();
    return { rowCount, lines };
  } catch (error) {
    if (!error.code) throw error;
    const { code, message, detail, hint } = error;
    return { code, message, detail, hint };
  } finally {
    await session.query('rollback');
  }
}

/** Where the two answer differently: [{ caller, name, single, cluster }]. */
export async function compare(single, cluster, fixture, report = () => {}) {
  const known = new Set(JSON.stringify(Object.values(await allRows(single))).match(UUID));
  const list = await statements(single, fixture);
  const connect = (db) => db.connect();
  const sessions = [await connect(single), await connect(cluster)];
  const different = [];
  let count = 0;
  for (const caller of callers(fixture)) {
    for (const statement of list) {
      const [one, other] = await Promise.all(sessions.map((session) => answer(session, caller, statement)));
      count += 1;
      const [expected, actual] = [one, other].map((value) => comparable(value, known));
      if (expected === actual || DIFFERENCES.some(([pattern]) => pattern.test(statement.name))) continue;
      different.push({ caller: caller.name, name: statement.name, single: expected, cluster: actual });
    }
    report(`${caller.name}: ${count} compared, ${different.length} different`);
  }
  return { count, different };
}

async function allRows(db) {
  const tables = await db.sql(`select c.oid::regclass::text as name from pg_class c
    where c.relnamespace = any ('{helpdesk,auth}'::regnamespace[]) and c.relkind = 'r'`);
  const rows = {};
  for (const { name } of tables) rows[name] = await db.sql(`select t::text from ${name} t`);
  return rows;
}

export { pg };
