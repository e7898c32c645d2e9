// Attempts to move rows to another organization or to reference its rows.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { tablesFor } from '../support/api_catalog.js';
import { inRolledBackTransaction, outcomeOf, sqlstateOf } from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { createSecretFinder, createTwoTenants, insertableRows, insertStatement } from '../support/two_tenants.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, stan } = await createTwoTenants(db);
const session = await db.connect();
const findSecrets = await createSecretFinder(db, acme);
await db.sql(`insert into helpdesk.workflows (org_id, name) values ($1, 'Without stages')`, [globex.org]);
const tables = await tablesFor(db);
const attackers = {
  'an admin': globex.admin,
  'an agent': globex.agent,
  'a customer': globex.customer,
  'somebody without organization': stan,
  'a backend': { role: 'service_role' },
};

const { organization: org_id, workflow: workflow_id, ticket: ticket_id } = globex.ids;
const rows = await insertableRows(db, globex);

test('every table with INSERT rights is covered, with a valid row', async () => {
  const open = tables.filter(({ columns }) => columns.some(({ mayInsert }) => mayInsert)).map(({ name }) => name);
  assert.deepEqual(open, Object.keys(rows));
  for (const [table, row] of Object.entries(rows)) {
    assert.equal(sqlstateOf(await outcomeOf(session, globex.admin, ...insertStatement(table, row))), 'ok', table);
  }
});

for (const [who, attacker] of Object.entries(attackers)) {
  test(`${who} cannot move a row of any table into another organization`, async () => {
    const moved = new Set();
    await inRolledBackTransaction(session, attacker, async ({ attemptAndUndo }) => {
      for (const { name, columns } of tables.filter(({ columns }) => columns.some(({ name }) => name === 'org_id'))) {
        const places = await db.sql(`select ctid::text as place from helpdesk.${name} where org_id = $1`, [globex.org]);
        const list = columns.map((column) => (column.name === 'org_id' ? '$1::uuid' : column.name)).join(', ');
        // One by one, so that an error for one row does not hide another row.
        for (const { place } of places) {
          const move = await attemptAndUndo(`update helpdesk.${name} set org_id = $1 where ctid = $2::tid`, [acme.org, place]);
          if (move.rowCount > 0) moved.add(name);
          assert.deepEqual(findSecrets(move, [acme.org]), [], name);
          // A backend may add rows to any organization.
          if (attacker.role === 'service_role') continue;
          assert.equal(sqlstateOf(move), '42501', name);
          const insert = `insert into helpdesk.${name} select ${list} from helpdesk.${name} where ctid = $2::tid`;
          const copy = await attemptAndUndo(insert, [acme.org, place]);
          assert.ok(sqlstateOf(copy) === '42501' || copy.rowCount === 0, `${name}: a copy`);
        }
      }
    });
    assert.deepEqual([...moved], []);
  });
}

for (const [who, attacker] of Object.entries(attackers).filter(([who]) => who !== 'a backend')) {
  test(`${who} cannot insert rows into another organization or references to it`, async () => {
    await inRolledBackTransaction(session, attacker, async ({ attemptAndUndo }) => {
      // Nothing is committed, so deferred checks must run now.
      await session.query('set constraints all immediate');
      for (const [table, row] of Object.entries(rows)) {
        for (const column of Object.keys(row).filter((column) => /_id$|_to$|_by$/.test(column))) {
          for (const [kind, id] of Object.entries(acme.ids)) {
            const outcome = await attemptAndUndo(...insertStatement(table, { ...row, [column]: id }));
            assert.match(sqlstateOf(outcome), /^(42501|22023|23503)$/, `${table}.${column} = a foreign ${kind}`);
            assert.deepEqual(findSecrets(outcome, [id]), [], `${table}.${column} = a foreign ${kind}`);
          }
        }
      }
    });
  });
}

test('a ticket cannot get a stage, assignee or workflow of another organization', async () => {
  const { ids } = acme;
  const badValues = [
    `update helpdesk.tickets set current_stage_id = '${ids.stage}' where id = '${ticket_id}'`,
    `update helpdesk.tickets set assigned_to = '${acme.agent.profile}' where id = '${ticket_id}'`,
    `select helpdesk.update_ticket('${ticket_id}', '{"stageId": "${ids.stage}"}')`,
    `select helpdesk.update_ticket('${ticket_id}', '{"assignedTo": "${acme.agent.profile}"}')`,
    `select helpdesk.update_tickets(array['${ticket_id}']::uuid[], '{"stageId": "${ids.stage}"}')`,
    `select helpdesk.create_ticket('${org_id}', 'x', p_workflow_id => '${ids.workflow}')`,
    `select helpdesk.create_ticket('${org_id}', 'x', p_requester_id => '${acme.customer.profile}')`,
  ];
  const deniedObjects = [
    `select helpdesk.update_tickets(array['${ticket_id}', '${ids.ticket}']::uuid[], '{"priority": "low"}')`,
    `select helpdesk.create_ticket('${acme.org}', 'x', p_workflow_id => '${workflow_id}')`,
    `select helpdesk.set_member_role('${org_id}', '${acme.agent.profile}', 'org_admin')`,
    `select helpdesk.set_member_role('${acme.org}', '${globex.agent.profile}', 'org_admin')`,
    `select helpdesk.remove_member('${org_id}', '${acme.agent.profile}')`,
    `select helpdesk.add_comment('${ids.ticket}', 'x', p_org_id => '${org_id}')`,
    `select helpdesk.publish_article('${ids['draft article']}')`,
    `select helpdesk.archive_article('${acme.open.article}')`,
    `select helpdesk.revert_article('${acme.open.article}', 1)`,
    `select helpdesk.suggest_articles('${ids.ticket}', '${org_id}')`,
    `select helpdesk.rate_article('${ids.article}', true, p_org_id => '${org_id}')`,
  ];
  for (const [code, texts] of [
    ['22023', badValues],
    ['42501', deniedObjects],
  ]) {
    for (const text of texts) assert.equal(sqlstateOf(await outcomeOf(session, globex.admin, text)), code, text);
  }
});

test('a backend cannot mix organizations in a ticket either', async () => {
  const { ids } = acme;
  for (const text of [
    `update helpdesk.tickets set current_stage_id = '${ids.stage}' where id = '${ticket_id}'`,
    `update helpdesk.tickets set workflow_id = '${ids.workflow}' where id = '${ticket_id}'`,
    `update helpdesk.tickets set assigned_to = '${acme.agent.profile}' where id = '${ticket_id}'`,
    `update helpdesk.tickets set created_by = '${acme.customer.profile}' where id = '${ticket_id}'`,
    `insert into helpdesk.tickets (org_id, title, created_by) values ('${org_id}', 'x', '${acme.customer.profile}')`,
    `insert into helpdesk.tickets (org_id, title, created_by, workflow_id)
     values ('${org_id}', 'x', '${globex.customer.profile}', '${ids.workflow}')`,
    `insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by)
     values ('${org_id}', '${ids.ticket}', 'x', '${globex.customer.profile}')`,
    `insert into helpdesk.ticket_articles (org_id, ticket_id, article_id) values ('${org_id}', '${ticket_id}', '${ids.article}')`,
    `insert into helpdesk.ticket_articles (org_id, ticket_id, article_id) values ('${org_id}', '${ids.ticket}', '${globex.ids.article}')`,
    `insert into helpdesk.article_feedback (org_id, article_id, user_id, helpful)
     values ('${org_id}', '${ids.article}', '${globex.customer.profile}', true)`,
    `update helpdesk.article_feedback set article_id = '${ids.article}' where org_id = '${org_id}'`,
    `update helpdesk.articles set categories = array['Category acmesecret'] where org_id = '${org_id}'`,
    `set constraints all immediate;
     update helpdesk.categories set parent_id = '${ids.category}' where id = '${globex.ids.category}'`,
    `insert into helpdesk.workflow_stages (org_id, workflow_id, name) values ('${org_id}', '${ids.workflow}', 'x')`,
    `insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) values ('${org_id}', '${ids.ticket}', '${globex.agent.profile}')`,
    `select helpdesk.update_ticket('${ticket_id}', '{"stageId": "${ids.stage}"}')`,
    `select helpdesk.create_ticket('${org_id}', 'x', p_requester_id => '${acme.customer.profile}')`,
  ]) {
    await inRolledBackTransaction(session, { role: 'service_role' }, async ({ attempt }) => {
      const { error } = await attempt(text);
      assert.match(error?.code ?? 'ok', /^(42501|23503|22023)$/, text);
    });
  }
});

test('MERGE, updatable views, ON CONFLICT and data-modifying WITH do not circumvent the rules', async () => {
  for (const text of [
    `merge into helpdesk.tickets t using (select '${acme.org}'::uuid as org) s on t.id = '${ticket_id}'
       when matched then update set org_id = s.org`,
    `merge into helpdesk.workflows w using (select 1) s on false
       when not matched then insert (org_id, name) values ('${acme.org}', 'x')`,
    `with moved as (update helpdesk.workflows set org_id = '${acme.org}' returning *) select * from moved`,
    `with new as (insert into helpdesk.workflows (org_id, name) values ('${acme.org}', 'x') returning *) select * from new`,
    `insert into helpdesk.workflows (org_id, name) values ('${org_id}', 'x') on conflict (org_id, id) do update set org_id = '${acme.org}'`,
    `create temp view mine as select * from helpdesk.workflows; update mine set org_id = '${acme.org}'`,
    `create temp view mine as select * from helpdesk.workflows; insert into mine (org_id, name) values ('${acme.org}', 'x')`,
    `merge into helpdesk.articles a using (select 1) s on a.id = '${acme.open.article}' when matched then delete
       when not matched then insert (org_id, title, content) values ('${acme.org}', 'x', 'x')`,
    `insert into helpdesk.categories (org_id, name) values ('${acme.org}', 'x')`,
    `insert into helpdesk.articles (org_id, title, content) values ('${acme.org}', 'x', 'x')`,
    `create temp table mine as select * from helpdesk.workflows; update mine set org_id = '${acme.org}';
     insert into helpdesk.workflows select * from mine`,
  ]) {
    assert.equal(sqlstateOf(await outcomeOf(session, globex.admin, text)), '42501', text);
  }
});

test('writes by non-members do not wait for locks in another organization', async () => {
  const holder = await db.connect();
  await holder.query('begin');
  await holder.query('select from helpdesk.tickets where org_id = $1 for update', [acme.org]);
  await holder.query('select from helpdesk.org_members where org_id = $1 for update', [acme.org]);
  await holder.query('select from helpdesk.workflow_stages where org_id = $1 for update', [acme.org]);
  await holder.query('select from helpdesk.organizations where id = $1 for update', [acme.org]);
  await holder.query('select from helpdesk.articles where org_id = $1 for update', [acme.org]);
  await holder.query('select from helpdesk.categories where org_id = $1 for update', [acme.org]);
  const { ids } = acme;
  for (const text of [
    `update helpdesk.tickets set priority = 'low' where id = '${ids.ticket}'`,
    `delete from helpdesk.tickets where id = '${ids.ticket}'`,
    `select * from helpdesk.tickets where id = '${ids.ticket}' for update`,
    `delete from helpdesk.org_members where org_id = '${acme.org}'`,
    `select helpdesk.update_ticket('${ids.ticket}', '{"priority": "low"}')`,
    `select helpdesk.update_tickets(array['${ids.ticket}']::uuid[], '{"stageId": "${ids.stage}"}')`,
    `select helpdesk.update_tickets(array['${ids.ticket}']::uuid[], '{"assignedTo": "${acme.agent.profile}"}')`,
    `select helpdesk.update_ticket('${ticket_id}', '{"stageId": "${ids.stage}"}')`,
    `select helpdesk.update_ticket('${ticket_id}', '{"assignedTo": "${acme.agent.profile}"}')`,
    `select helpdesk.add_comment('${ids.ticket}', 'x')`,
    `select helpdesk.create_ticket('${acme.org}', 'x')`,
    `select helpdesk.claim_next_ticket('${acme.org}')`,
    `select helpdesk.watch_ticket('${ids.ticket}')`,
    `select helpdesk.accept_org_invite('${ids.invite}')`,
    `select helpdesk.remove_member('${acme.org}', '${acme.agent.profile}')`,
    `select helpdesk.publish_article('${ids['draft article']}')`,
    `select helpdesk.archive_article('${acme.open.article}')`,
    `select helpdesk.rate_article('${ids.article}', true)`,
    `select helpdesk.suggest_articles('${ids.ticket}')`,
    `select helpdesk.search('${acme.org}', 'print or acmesecret')`,
    `update helpdesk.articles set title = 'x' where id = '${acme.open.article}'`,
    `select * from helpdesk.articles where id = '${acme.open.article}' for update`,
    `update helpdesk.categories set parent_id = '${ids.category}' where org_id = '${org_id}'`,
    `insert into helpdesk.articles (org_id, title, content, categories) values ('${acme.org}', 'x', 'x', array['Category acmesecret'])`,
    `insert into helpdesk.articles (org_id, title, content, categories) values ('${org_id}', 'x', 'x', array['Category acmesecret'])`,
    `insert into helpdesk.categories (org_id, name, parent_id) values ('${acme.org}', 'x', '${ids.category}')`,
    `insert into helpdesk.categories (org_id, name, parent_id) values ('${org_id}', 'x', '${ids.category}')`,
    `insert into helpdesk.tickets (org_id, title) values ('${acme.org}', 'x')`,
    `insert into helpdesk.workflow_stages (org_id, workflow_id, name) values ('${acme.org}', '${ids.workflow}', 'x')`,
  ]) {
    await inRolledBackTransaction(session, globex.admin, async ({ attempt }) => {
      await session.query(`set local lock_timeout = '5s'`);
      assert.notEqual(sqlstateOf(await attempt(text)), '55P03', text);
    });
  }
  await holder.query('rollback');
});
