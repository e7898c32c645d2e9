// Attempts to gain rights through every column and every function that grants them.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { tablesFor } from '../support/api_catalog.js';
import { inRolledBackTransaction, outcomeOf, sqlstateOf } from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { allRowsOf, createTwoTenants } from '../support/two_tenants.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, stan } = await createTwoTenants(db);
await db.sql('select helpdesk.create_admin_invite_code()');
// Creates a first response and daily statistics.
await db.as(acme.agent, (agent) => agent.query(`select helpdesk.add_comment($1, 'We look into it')`, [acme.ids.ticket]));
await db.sql('select helpdesk.refresh_ticket_stats()');
await db.as(acme.admin, (admin) => admin.query(`update helpdesk.tickets set priority = 'low' where id = $1`, [acme.ids.ticket]));
const session = await db.connect();
const tables = await tablesFor(db);

const insiders = { 'a customer': acme.customer, 'an agent': acme.agent, 'an admin': acme.admin };
const strangers = {
  'an admin of another organization': globex.admin,
  'an agent of another organization': globex.agent,
  'a customer of another organization': globex.customer,
  'somebody without organization': stan,
  'somebody not signed in': undefined,
};

/** The difference between a feedback counter and the feedback that exists, which must stay 0. */
const uncounted = (column, condition) =>
  `${column} - (select count(*) from helpdesk.article_feedback f
                 where f.org_id = articles.org_id and f.article_id = articles.id and ${condition}) as ${column}`;

/**
 * The columns that decide identity, authorship and visibility, which nobody may change in existing
 * rows; admins may change roles. Triggers change version, updated_at and published_at of articles;
 * old versions never change.
 */
const FIXED = {
  admin_invite_codes: '*',
  article_feedback: ['org_id', 'article_id', 'user_id', 'created_at'],
  article_versions: '*',
  articles: [
    'org_id',
    'id',
    'author',
    'created_at',
    `version - (select max(v.version) from helpdesk.article_versions v
                 where v.org_id = articles.org_id and v.article_id = articles.id) as version`,
    uncounted('helpful_count', 'f.helpful'),
    uncounted('unhelpful_count', 'not f.helpful'),
  ],
  categories: ['org_id', 'id', 'created_at'],
  installation_settings: '*',
  org_invites: '*',
  org_members: ['org_id', 'user_id', 'org_role', 'added_at', 'added_by', 'may_be_assigned'],
  organizations: ['id', 'created_at', 'created_by'],
  profiles: ['id', 'auth_id', 'role', 'email', 'email_is_confirmed', 'imported_for', 'teams', 'created_at'],
  notifications: [
    ...['org_id', 'id', 'user_id', 'ticket_id', 'comment_id', 'type', 'created_at', 'expires_at'],
    // Follows the comment, which its author may edit.
    `content - 'comment' as content`,
  ],
  notification_preferences: ['user_id'],
  queue_watchers: '*',
  schema_version: '*',
  search_rebuilds: '*',
  search_documents: ['org_id', 'document_id', 'kind', 'ticket_id', 'is_internal'],
  ticket_days_by_priority: '*',
  ticket_agent_counts: '*',
  ticket_days_by_agent: '*',
  ticket_articles: '*',
  ticket_attachments: '*',
  ticket_comments: ['org_id', 'id', 'ticket_id', 'requester_id', 'is_internal', 'created_by', 'created_at'],
  ticket_counters: '*',
  ticket_history: '*',
  idempotency_keys: '*',
  ticket_internal_counts: '*',
  ticket_stage_counts: '*',
  ticket_stat_deltas: '*',
  ticket_watchers: '*',
  tickets: [
    'org_id',
    'id',
    'number',
    'created_by',
    'created_at',
    'public_comment_count',
    'public_attachment_count',
    'last_public_comment_at',
    'is_answered',
    'first_response_at',
    'first_response_by',
    'external_id',
  ],
  workflow_stages: ['org_id', 'id', 'workflow_id'],
  workflow_transitions: ['org_id', 'workflow_id', 'from_stage_id', 'to_stage_id'],
  workflows: ['org_id', 'id', 'created_at'],
};
const BY_ADMINS = { org_members: ['org_role', 'may_be_assigned'] };

/** The fixed columns of every row as text. */
function fixedFacts(session, isAdmin) {
  const parts = tables.map(({ name }) => {
    const columns = FIXED[name] === '*' ? ['*'] : FIXED[name].filter((column) => !(isAdmin && BY_ADMINS[name]?.includes(column)));
    return `select '${name}: ' || f::text as fact from (select ${columns.join(', ')} from helpdesk.${name}) f`;
  });
  return session.query(`${parts.join(' union all ')} order by 1`).then(({ rows }) => rows.map(({ fact }) => fact));
}

/** NULL, and values that a column has in some row or could have by its type. */
async function valuesOf(table, column) {
  const isEnum = await db.value(
    `select t.typtype = 'e' from pg_attribute a join pg_type t on t.oid = a.atttypid where attrelid = $1::regclass and attname = $2`,
    [`helpdesk.${table}`, column],
  );
  const labels = isEnum ? `union select unnest(enum_range(${column}))::text from helpdesk.${table}` : '';
  const rows = await db.sql(
    `select distinct ${column}::text as value from helpdesk.${table} where ${column} is not null ${labels} order by 1 limit 8`,
  );
  return [null, ...rows.map(({ value }) => value)];
}

test('FIXED covers every table', () => {
  assert.deepEqual(tables.map(({ name }) => name).sort(), Object.keys(FIXED).sort());
});

for (const [who, person] of Object.entries({ ...insiders, ...strangers })) {
  test(`${who} gains nothing by updating any column of any table`, async () => {
    const isStranger = who in strangers;
    const isAdmin = [acme.admin, globex.admin].includes(person);
    const facts = await fixedFacts(session, isAdmin);
    const theirs = await allRowsOf(db, acme);
    await inRolledBackTransaction(session, person, async ({ attempt, asSuperuser }) => {
      for (const { name, columns } of tables) {
        for (const { name: column, type, mayUpdate } of columns) {
          if (!mayUpdate || !person) {
            const outcome = await attempt(`update helpdesk.${name} set ${column} = null`);
            assert.equal(sqlstateOf(outcome), '42501', `${name}.${column}`);
            continue;
          }
          for (const value of await valuesOf(name, column)) {
            const { rowCount } = await attempt(`update helpdesk.${name} set ${column} = $1::${type}`, [value]);
            if (!rowCount) continue;
            const gone = await asSuperuser(async () => {
              const now = new Set(await fixedFacts(session, isAdmin));
              return facts.filter((fact) => !now.has(fact));
            });
            assert.deepEqual(gone, [], `${name}.${column} = ${value}`);
          }
        }
      }
      if (isStranger) assert.deepEqual(await asSuperuser(() => allRowsOf({ sql: sqlIn(session) }, acme)), theirs);
    });
  });
}

const sqlIn = (session) => (text, values) => session.query(text, values).then(({ rows }) => rows);

const roles = () =>
  session.query('select org_id, user_id, org_role from helpdesk.org_members order by 1, 2').then(({ rows }) => rows);

test('customers, agents and outsiders cannot give themselves a role', async () => {
  const before = await roles();
  for (const person of [acme.customer, acme.agent, globex.admin, stan]) {
    const me = person.profile;
    for (const [text, values, expected] of [
      [`update helpdesk.org_members set org_role = 'org_admin' where org_id = $1 and user_id = $2`, [acme.org, me], 0],
      [`update helpdesk.org_members set org_id = $1 where user_id = $2`, [acme.org, me], '42501'],
      [`update helpdesk.org_members set user_id = $2 where org_id = $1`, [acme.org, me], '42501'],
      [`insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, 'org_admin')`, [acme.org, me], '42501'],
      [
        `insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, 'org_admin')
             on conflict (org_id, user_id) do update set org_role = 'org_admin'`,
        [acme.org, me],
        '42501',
      ],
      [
        `insert into helpdesk.org_invites (org_id, email, role, expires_at)
         values ($1, $2, 'admin', now() + interval '1 day')`,
        [acme.org, person.email],
        '42501',
      ],
      [`select helpdesk.set_member_role($1, $2, 'org_admin')`, [acme.org, me], '42501'],
      [`select helpdesk.create_org_invite($1, $2, 'admin')`, [acme.org, person.email], '42501'],
      [`select helpdesk.remove_member($1, $2)`, [acme.org, acme.admin.profile], '42501'],
      [`delete from helpdesk.org_members where org_id = $1 and user_id = $2`, [acme.org, acme.admin.profile], 0],
    ]) {
      await inRolledBackTransaction(session, person, async ({ attempt, asSuperuser }) => {
        const outcome = await attempt(text, values);
        assert.equal(typeof expected === 'number' ? outcome.rowCount : sqlstateOf(outcome), expected, text);
        assert.deepEqual(await asSuperuser(roles), before, text);
      });
    }
  }
});

test('nobody can make themselves installation administrator', async () => {
  for (const person of [acme.customer, acme.agent, acme.admin, stan]) {
    for (const text of [
      `update helpdesk.profiles set role = 'admin'`,
      `insert into helpdesk.profiles (auth_id, role, name) values ('${person.login}', 'admin', 'x')`,
      `insert into helpdesk.profiles (auth_id, role, name) values ('${person.login}', 'admin', 'x')
           on conflict (auth_id) where auth_id is not null do update set role = 'admin'`,
      `insert into helpdesk.admin_invite_codes (code, expires_at) values (repeat('0', 64), now() + interval '1 day')`,
      `update helpdesk.admin_invite_codes set used_at = null, used_by = null`,
      `select helpdesk.create_admin_invite_code()`,
      `select helpdesk.redeem_admin_invite_code((select code from helpdesk.admin_invite_codes limit 1))`,
      `select helpdesk.redeem_admin_invite_code('x')`,
      `update auth.users set email_confirmed_at = now()`,
      `insert into auth.users (id, email, email_confirmed_at) values (gen_random_uuid(), 'x@example.com', now())`,
    ]) {
      await inRolledBackTransaction(session, person, async ({ attempt, asSuperuser }) => {
        const outcome = await attempt(text);
        assert.ok(['42501', '22004'].includes(sqlstateOf(outcome)), `${text}: ${sqlstateOf(outcome)}`);
        const admins = await asSuperuser(() => session.query(`select name from helpdesk.profiles where role = 'admin'`));
        assert.deepEqual(admins.rows, [], text);
      });
    }
  }
});

test('the digest of an admin code is not a valid code', async () => {
  const [{ code }] = await db.sql('select code from helpdesk.admin_invite_codes');
  for (const guess of [code, code.slice(0, 32), code.toUpperCase(), `\\x${code}`]) {
    await inRolledBackTransaction(session, acme.customer, async ({ attempt }) => {
      assert.equal(sqlstateOf(await attempt('select helpdesk.redeem_admin_invite_code($1)', [guess])), '42501');
    });
  }
});

test('an installation agent (profiles.role) cannot create organizations', async () => {
  await db.sql(`update helpdesk.profiles set role = 'agent' where id = $1`, [stan.profile]);
  for (const text of [
    `select helpdesk.create_organization('Mine')`,
    `insert into helpdesk.organizations (name) values ('Mine')`,
    `update helpdesk.profiles set role = 'customer'`,
  ]) {
    await inRolledBackTransaction(session, stan, async ({ attempt }) =>
      assert.equal(sqlstateOf(await attempt(text)), '42501', text),
    );
  }
});

test('a customer with an assigned ticket can see it but change nothing', async () => {
  await db.sql('update helpdesk.org_members set may_be_assigned = true where user_id = $1', [acme.other.profile]);
  await db.sql('update helpdesk.tickets set assigned_to = $1 where id = $2', [acme.other.profile, acme.ids.ticket]);
  await inRolledBackTransaction(session, acme.other, async ({ attempt }) => {
    assert.equal((await attempt('select * from helpdesk.tickets')).rows.length, 1);
    assert.equal((await attempt(`update helpdesk.tickets set priority = 'low'`)).rowCount, 0);
    assert.equal((await attempt('delete from helpdesk.tickets')).rowCount, 0);
    assert.equal(
      sqlstateOf(await attempt(`select helpdesk.update_ticket($1, '{"priority": "low"}')`, [acme.ids.ticket])),
      '42501',
    );
    assert.equal((await attempt('select * from helpdesk.ticket_comments where is_internal')).rows.length, 0);
    assert.equal(sqlstateOf(await attempt(`select helpdesk.add_comment($1, 'x', true)`, [acme.ids.ticket])), '42501');
  });
  await db.sql('update helpdesk.tickets set assigned_to = $1 where id = $2', [acme.agent.profile, acme.ids.ticket]);
});

// The grants that Supabase's documentation recommends for an exposed schema.
const GRANT_ALL = ['tables', 'routines', 'sequences']
  .map((kind) => `grant all on all ${kind} in schema helpdesk to anon, authenticated, service_role`)
  .join('; ');

/**
 * Columns protected by column grants only: dates and names in rows of the caller or their
 * organization.
 */
const OPENED = {
  notifications: ['id', 'ticket_id', 'comment_id', 'type', 'content', 'created_at', 'expires_at'],
  organizations: ['created_at', 'created_by'],
  org_members: ['added_at', 'added_by'],
  ticket_comments: ['created_at'],
  workflows: ['created_at'],
};

test('after GRANT ALL, row security and triggers still hold: nobody sees more or gains rights', async () => {
  const everybody = { ...insiders, ...strangers };
  const seen = async (person) => {
    const counts = {};
    for (const { name } of tables) {
      const { rows, error } = await outcomeOf(session, person, `select count(*) from helpdesk.${name}`);
      counts[name] = error ? '0' : rows[0].count;
    }
    return counts;
  };
  const before = {};
  for (const [who, person] of Object.entries(everybody)) before[who] = await seen(person);
  await db.sql(GRANT_ALL);
  assert.notDeepEqual(await db.sql('select * from helpdesk.security_report()'), []);
  for (const [who, person] of Object.entries(everybody)) {
    assert.deepEqual(await seen(person), before[who], who);
    const isAdmin = [acme.admin, globex.admin].includes(person);
    const facts = await fixedFacts(session, isAdmin);
    for (const { name, columns } of tables) {
      for (const { name: column, type } of columns.filter((each) => !OPENED[name]?.includes(each.name))) {
        for (const value of await valuesOf(name, column)) {
          await inRolledBackTransaction(session, person, async ({ attempt, asSuperuser }) => {
            const { rowCount } = await attempt(`update helpdesk.${name} set ${column} = $1::${type}`, [value]);
            if (!rowCount) return;
            const now = new Set(await asSuperuser(() => fixedFacts(session, isAdmin)));
            assert.deepEqual(
              facts.filter((fact) => !now.has(fact)),
              [],
              `${who}: ${name}.${column} = ${value}`,
            );
          });
        }
      }
    }
  }
  for (const person of [acme.customer, acme.agent]) {
    const last = `insert into helpdesk.tickets (org_id, title, number) values ($1, 'x', 1000000000000)`;
    const opened = await outcomeOf(session, person, last, [acme.org]);
    assert.equal(sqlstateOf(opened), '42501', 'the last number there is');
    for (const column of ['role', 'auth_id', 'email', 'teams', 'id', 'created_at']) {
      const outcome = await outcomeOf(session, person, `update helpdesk.profiles set ${column} = ${ANOTHER[column]}`);
      assert.equal(sqlstateOf(outcome), '42501', `profiles.${column}`);
    }
  }
});

const ANOTHER = {
  role: `'admin'`,
  auth_id: 'null',
  email: `'x@example.com'`,
  teams: 'array[gen_random_uuid()]',
  id: 'gen_random_uuid()',
  created_at: 'now()',
};
