// Only triggers and functions write history, counters, numbers, versions and notifications.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { tablesFor, triggerFunctions } from '../support/api_catalog.js';
import { inRolledBackTransaction, sqlstateOf } from '../support/attempts.js';
import { brokenHistories, wrongCounts } from '../support/consistency.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { createTwoTenants } from '../support/two_tenants.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme } = await createTwoTenants(db);
const session = await db.connect();
const inSession = { sql: (text, values) => session.query(text, values).then(({ rows }) => rows) };
const { ids, org } = acme;
const backend = { role: 'service_role' };
const everybody = { 'a customer': acme.customer, 'an agent': acme.agent, 'an admin': acme.admin, 'a backend': backend };

const SYSTEM_TABLES = ['ticket_history', 'ticket_counters', 'ticket_internal_counts', 'idempotency_keys', 'schema_version'];

for (const [who, person] of Object.entries(everybody)) {
  test(`${who} cannot write to the system tables`, async () => {
    const tables = (await tablesFor(db)).filter(({ name }) => SYSTEM_TABLES.includes(name));
    assert.equal(tables.length, SYSTEM_TABLES.length);
    for (const { name, columns } of tables) {
      const statements = columns.map((column) => `update helpdesk.${name} set ${column.name} = ${column.name}`);
      statements.push(
        `delete from helpdesk.${name}`,
        `insert into helpdesk.${name} select * from helpdesk.${name}`,
        `truncate helpdesk.${name}`,
      );
      await inRolledBackTransaction(session, person, async ({ attemptAndUndo }) => {
        for (const text of statements) assert.equal(sqlstateOf(await attemptAndUndo(text)), '42501', text);
      });
    }
  });

  test(`${who} cannot use our trigger functions on another table`, async () => {
    const triggers = await triggerFunctions(db);
    assert.ok(triggers.length >= 10);
    for (const signature of triggers) {
      await inRolledBackTransaction(session, person, async ({ attempt }) => {
        assert.equal(sqlstateOf(await attempt('create temp table mine (like helpdesk.tickets)')), 'ok');
        const made = await attempt(`create trigger forge after insert on mine for each row execute function ${signature}`);
        assert.equal(sqlstateOf(made), '42501', signature);
        assert.equal(sqlstateOf(await attempt(`select ${signature}`)), '42501', signature);
      });
    }
  });
}

test('not even a superuser can change a revision, or delete one without its ticket', async () => {
  await expectError('42501', db.sql(`update helpdesk.ticket_history set title = 'x'`));
  await expectError('42501', db.sql(`delete from helpdesk.ticket_history`));
  await expectError('42501', db.sql(`truncate helpdesk.ticket_history cascade`));
  await expectError('42501', db.sql(`truncate helpdesk.tickets cascade`));
});

const columns = {
  number: 1000,
  version: 1000,
  latest_history_id: await db.value('select id from helpdesk.ticket_history where ticket_id = $1 and version = 1', [ids.ticket]),
  public_comment_count: 1000,
  public_attachment_count: 1000,
  last_public_comment_at: '2000-01-01',
  is_answered: true,
  created_at: '2000-01-01',
  stage_entered_at: '2000-01-01',
  resolved_at: '2000-01-01',
  closed_at: '2000-01-01',
  status: 'closed',
};

for (const [who, person] of Object.entries(everybody)) {
  test(`${who} cannot set system columns of a ticket`, async () => {
    for (const [column, value] of Object.entries(columns)) {
      await inRolledBackTransaction(session, person, async ({ attempt }) => {
        const outcome = await attempt(`update helpdesk.tickets set ${column} = $1 where id = $2`, [value, ids.ticket]);
        assert.match(sqlstateOf(outcome), person === backend ? /^(42501|22023)$/ : /^42501$/, column);
      });
    }
  });
}

test('a ticket inserted by a backend starts with correct counters and history', async () => {
  for (const column of [
    'version',
    'latest_history_id',
    'public_comment_count',
    'public_attachment_count',
    'last_public_comment_at',
    'is_answered',
  ]) {
    await inRolledBackTransaction(session, backend, async ({ attempt, asSuperuser }) => {
      const { rows, error } = await attempt(
        `insert into helpdesk.tickets (org_id, title, created_by, ${column}) values ($1, 'x', $2, $3) returning id`,
        [org, acme.customer.profile, columns[column]],
      );
      if (error) return assert.match(error.code, /^(42501|22023)$/, column);
      const ids = rows.map(({ id }) => id);
      assert.deepEqual(await asSuperuser(() => wrongCounts(inSession, ids)), [], column);
      assert.deepEqual(await asSuperuser(() => brokenHistories(inSession, ids)), [], column);
    });
  }
});

test('a huge ticket number set by a backend does not stop the numbering', async () => {
  await inRolledBackTransaction(session, backend, async ({ attempt }) => {
    for (const number of ['9223372036854775807', '9223372036854775806']) {
      await attempt(`insert into helpdesk.tickets (org_id, title, created_by, number) values ($1, 'x', $2, $3)`, [
        org,
        acme.customer.profile,
        number,
      ]);
    }
    assert.equal(
      sqlstateOf(await attempt(`select helpdesk.create_ticket($1, 'x', p_requester_id => $2)`, [org, acme.customer.profile])),
      'ok',
    );
  });
});

test('inserting and deleting comments keeps the counters right', async () => {
  await inRolledBackTransaction(session, backend, async ({ attempt, asSuperuser }) => {
    const insert = `insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, is_internal)
                    select '${org}', '${ids.ticket}', 'x', '${acme.agent.profile}', i % 2 = 0 from generate_series(1, 9) i`;
    assert.equal(sqlstateOf(await attempt(insert)), 'ok');
    assert.equal(
      sqlstateOf(await attempt(`delete from helpdesk.ticket_comments where ticket_id = '${ids.ticket}' and content = 'x'`)),
      'ok',
    );
    assert.equal(sqlstateOf(await attempt(`delete from helpdesk.ticket_attachments where ticket_id = '${ids.ticket}'`)), 'ok');
    assert.deepEqual(await asSuperuser(() => wrongCounts(inSession, [ids.ticket])), []);
  });
});

test('nobody can insert or rewrite notifications', async () => {
  const notification = [org, acme.customer.profile, ids.ticket];
  for (const person of Object.values(everybody)) {
    for (const text of [
      `insert into helpdesk.notifications (org_id, user_id, ticket_id, type, content) values ($1, $2, $3, 'ticket_closed', '{}')`,
      `update helpdesk.notifications set content = '{"x": 1}' where (org_id, user_id, ticket_id) = ($1, $2, $3)`,
      `update helpdesk.notifications set expires_at = 'infinity' where (org_id, user_id, ticket_id) = ($1, $2, $3)`,
    ]) {
      await inRolledBackTransaction(session, person, async ({ attempt }) =>
        assert.equal(sqlstateOf(await attempt(text, notification)), '42501', text),
      );
    }
  }
});

test('only backends can clean up notifications', async () => {
  for (const person of [undefined, acme.customer, acme.agent, acme.admin]) {
    await inRolledBackTransaction(session, person, async ({ attempt }) => {
      assert.equal(sqlstateOf(await attempt('select helpdesk.cleanup_old_notifications()')), '42501');
    });
  }
});
