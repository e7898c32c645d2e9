// Planner statistics cover all organizations, and estimates are visible in EXPLAIN and over HTTP
// with `Prefer: count=planned`. No estimate may depend on what another tenant has written.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tablesFor } from '../support/api_catalog.js';
import { inRolledBackTransaction } from '../support/attempts.js';
import { serveHelpdesk } from '../support/helpdesk_server.js';
import { createTwoTenants } from '../support/two_tenants.js';

const { db, api, acme, globex } = await serveHelpdesk(createTwoTenants);
const SECRET = 'Layoffs in May';
/** Columns with a few fixed values: they are not secret, and list queries need their statistics. */
const FIXED_VALUES = ['status', 'min_role', 'org_role'];
/** The same, by table: values named in a CHECK or a trigger, not user text. */
const FIXED_COLUMNS = ['articles.visibility', 'ticket_stat_deltas.metric'];

// Acme has written the same text often enough to be among the most common values, Globex never.
await db.sql(
  `insert into helpdesk.tickets (org_id, title, description, created_by) select $1, $2, $2, $3 from generate_series(1, 20)`,
  [acme.org, SECRET, acme.customer.profile],
);
await db.sql(
  `insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by)
   select $1, id, $2, $3 from helpdesk.tickets where title = $2`,
  [acme.org, SECRET, acme.customer.profile],
);
await db.sql(
  `insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path, uploaded_by)
   select $1, id, $2, $2, 1, $2, $3 from helpdesk.tickets where title = $2`,
  [acme.org, SECRET, acme.customer.profile],
);
await db.sql(`insert into helpdesk.workflows (org_id, name, description) select $1, $2, $2 from generate_series(1, 20)`, [
  acme.org,
  SECRET,
]);
await db.sql(
  `insert into helpdesk.workflow_stages (org_id, workflow_id, name, description)
   select $1, id, $2, $2 from helpdesk.workflows where name = $2`,
  [acme.org, SECRET],
);
await db.sql(`insert into helpdesk.organizations (name, created_by) select $1, $2 from generate_series(1, 20)`, [
  SECRET,
  acme.admin.profile,
]);
await db.sql(`update helpdesk.profiles set name = $1 where id in (select user_id from helpdesk.org_members where org_id = $2)`, [
  SECRET,
  acme.org,
]);
await db.sql('insert into helpdesk.categories (org_id, name, description) values ($1, $2, $2)', [acme.org, SECRET]);
await db.sql(
  `insert into helpdesk.articles (org_id, title, content, categories, tags, author)
   select $1, $2, $2, array[$2], array[$2], $3 from generate_series(1, 20)`,
  [acme.org, SECRET, acme.agent.profile],
);
await db.sql(
  `insert into helpdesk.article_feedback (org_id, article_id, user_id, helpful, comment)
   select $1, id, $3, true, $2 from helpdesk.articles where title = $2`,
  [acme.org, SECRET, acme.agent.profile],
);
await db.sql('select helpdesk.refresh_ticket_stats()');
await db.sql('update helpdesk.tickets set priority = $2 where title = $1', [SECRET, 'high']);
await db.sql('analyze');

test('count=planned does not reveal how many tickets of others have a title', async () => {
  const planned = async (filter) => {
    const headers = { authorization: `Bearer ${api.token(globex.admin)}`, prefer: 'count=planned' };
    const answer = await fetch(`${api.url}/tickets?select=id&${filter}`, { headers });
    return answer.headers.get('content-range');
  };
  assert.equal(await planned(`title=eq.${SECRET}`), await planned('title=eq.Nobody wrote that'));
});

/** Whether the estimates differ between a text of others and a text that nobody has. */
const estimatesDiffer = (session, rowsOf, theirs) =>
  inRolledBackTransaction(session, globex.admin, async ({ attemptAndUndo }) => {
    const estimates = async (text) => {
      const found = [];
      for (const operator of ['=', '<', '<>']) {
        const { rows: plan, error } = await attemptAndUndo(
          `explain (format json) select from helpdesk.${rowsOf(operator, text)}`,
        );
        found.push(error ? error.code : plan[0]['QUERY PLAN'][0].Plan['Plan Rows']);
      }
      return found.join(' ');
    };
    return (await estimates(theirs)) !== (await estimates('nobody wrote that'));
  });

test('no estimate on a text column depends on texts of other tenants', async () => {
  const leaks = [];
  const session = await db.connect();
  for (const { name, columns } of await tablesFor(db)) {
    const texts = columns.filter(({ type, name }) => type === 'text' && !FIXED_VALUES.includes(name));
    for (const { name: column } of texts.filter((column) => !FIXED_COLUMNS.includes(`${name}.${column.name}`))) {
      const theirs = await db.value(
        `select ${column} from helpdesk.${name} group by 1 order by ${column} is not distinct from $1 desc, count(*) desc limit 1`,
        [SECRET],
      );
      if (await estimatesDiffer(session, (operator, text) => `${name} where ${column} ${operator} $$${text}$$`, theirs))
        leaks.push(`${name}.${column}`);
    }
  }
  assert.deepEqual(leaks, []);
});

test('no estimate on an index expression depends on values of other tenants', async () => {
  const expressions = await db.sql(
    `select c.relname as name, pg_get_indexdef(i.indexrelid, n, true) as expression
       from pg_index i
       join pg_class c on c.oid = i.indrelid
       cross join generate_series(1, i.indnatts) n
       join pg_attribute a on a.attrelid = i.indexrelid and a.attnum = n
      where c.relnamespace = 'helpdesk'::regnamespace and i.indkey[n - 1] = 0 and a.atttypid = 'text'::regtype
      order by 1, 2`,
  );
  assert.ok(expressions.length >= 3);
  const leaks = [];
  const session = await db.connect();
  for (const { name, expression } of expressions) {
    const theirs = await db.value(
      `select ${expression} from helpdesk.${name} group by 1 order by ${expression} is not distinct from lower($1) desc, count(*) desc limit 1`,
      [SECRET],
    );
    // Many rows, so that small differences are not rounded away.
    const rows = (operator, text) =>
      `${name}, generate_series(1, 1000000000) g where ${expression} ${operator} $$${text}$$ or g < 0`;
    if (await estimatesDiffer(session, rows, theirs)) leaks.push(`${name}: ${expression}`);
  }
  assert.deepEqual(leaks, []);
});

test('no estimate on a text array depends on elements of other tenants', async () => {
  const leaks = [];
  const session = await db.connect();
  let asked = 0;
  await inRolledBackTransaction(session, globex.admin, async ({ attemptAndUndo }) => {
    for (const { name, columns } of await tablesFor(db)) {
      for (const { name: column } of columns.filter(({ type }) => type === 'text[]')) {
        for (const condition of [
          (text) => `${column} @> array[$$${text}$$]`,
          (text) => `${column} && array[$$${text}$$]`,
          (text) => `${column} = array[$$${text}$$]`,
          (text) => `$$${text}$$ = any (${column})`,
        ]) {
          const estimate = async (text) => {
            const { rows, error } = await attemptAndUndo(
              `explain (format json) select from helpdesk.${name} where ${condition(text)}`,
            );
            return error ? error.code : rows[0]['QUERY PLAN'][0].Plan['Plan Rows'];
          };
          asked++;
          const [theirs, nobodys] = [await estimate(SECRET), await estimate('Nobody wrote that')];
          if (theirs !== nobodys) leaks.push(`${condition('..')}: ${theirs} rather than ${nobodys} rows of ${name}`);
        }
      }
    }
  });
  assert.ok(asked >= 8);
  assert.deepEqual(leaks, []);
});
