// The look-ups that tables are queried by, with and without the organization, read what they return
// and do not scan.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createManyTickets, PAGE, planOf, rowsOf } from '../support/many_tickets.js';

const { db, acme, ada, ben, dave, alice } = await createManyTickets();
after(() => db.drop());

// A few tickets in a workflow of their own, assigned and changed by people who do little else.
const workflow = await db.value(`insert into helpdesk.workflows (org_id, name) values ($1, 'Returns') returning id`, [acme]);
const stage = await db.value(
  `insert into helpdesk.workflow_stages (org_id, workflow_id, name, position, status, is_start)
   values ($1, $2, 'Returned', 1, 'open', true) returning id`,
  [acme, workflow],
);
await db.sql(`update helpdesk.org_members set may_be_assigned = true where user_id = $1`, [dave.profile]);
await db.sql(
  `insert into helpdesk.tickets (org_id, workflow_id, title, created_by, assigned_to)
   select $1, $2, 'Return', $3, $4 from generate_series(1, 5)`,
  [acme, workflow, alice.profile, dave.profile],
);
const ticket = await db.value('select id from helpdesk.tickets where workflow_id = $1 limit 1', [workflow]);
await db.as(ada, (session) => session.query(`select helpdesk.update_ticket($1, '{"priority": "high"}')`, [ticket]));
await db.sql(
  `insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path, uploaded_by)
   select org_id, id, 'a.png', 'image/png', 1, id::text, created_by from helpdesk.tickets`,
);
await db.sql('vacuum analyze');

const LOOKUPS = {
  'tickets of a workflow': `tickets where workflow_id = '${workflow}'`,
  'tickets of a stage': `tickets where current_stage_id = '${stage}'`,
  'tickets of a workflow and stage': `tickets where workflow_id = '${workflow}' and current_stage_id = '${stage}'`,
  'newest tickets of a workflow': `tickets where workflow_id = '${workflow}' order by updated_at desc limit ${PAGE}`,
  'newest tickets of a stage': `tickets where current_stage_id = '${stage}' order by updated_at desc limit ${PAGE}`,
  'agent_tickets of a workflow': `agent_tickets where workflow_id = '${workflow}'`,
  'agent_tickets of a stage': `agent_tickets where current_stage_id = '${stage}'`,
  'history of a ticket': `ticket_history where ticket_id = '${ticket}'`,
  'history of a stage': `ticket_history where workflow_stage_id = '${stage}'`,
  'history of an assignee': `ticket_history where assigned_to = '${dave.profile}'`,
  'history by its author': `ticket_history where changed_by = '${ada.profile}' order by changed_at desc limit ${PAGE}`,
  'comments of a ticket': `ticket_comments where ticket_id = '${ticket}'`,
  'internal comments of a ticket': `ticket_comments where ticket_id = '${ticket}' and is_internal`,
  'attachments of a ticket': `ticket_attachments where ticket_id = '${ticket}'`,
};
const OF_AN_ORGANIZATION = {
  'latest changes': `ticket_history where org_id = '${acme}' order by changed_at desc limit ${PAGE}`,
  'latest comments': `ticket_comments where org_id = '${acme}' order by created_at desc limit ${PAGE}`,
  'latest attachments': `ticket_attachments where org_id = '${acme}' order by uploaded_at desc limit ${PAGE}`,
};
const inAcme = (lookup) => lookup.replace(' where ', ` where org_id = '${acme}' and `);

const everyLookup = [
  ...Object.entries(LOOKUPS).flatMap(([name, lookup]) => [
    [name, lookup],
    [`${name}, with the organization`, inAcme(lookup)],
  ]),
  ...Object.entries(OF_AN_ORGANIZATION),
];

for (const [who, inSession] of Object.entries({
  'the database administrator': async (work) => work(await db.superuser),
  staff: (work) => db.as(ben, work),
})) {
  for (const [name, lookup] of everyLookup) {
    test(`${name}, as ${who}: no row is read in vain`, async () => {
      const plan = await inSession((session) => planOf(session, `select * from helpdesk.${lookup}`));
      const about = JSON.stringify(plan.map(({ Plans, ...node }) => node));
      for (const node of plan.filter((node) => /^(tickets|ticket_\w+)$/.test(node['Relation Name']))) {
        assert.doesNotMatch(node['Node Type'], /Seq Scan/, about);
        assert.ok(rowsOf(node) + (node['Rows Removed by Filter'] ?? 0) * node['Actual Loops'] <= 2 * PAGE, about);
      }
    });
  }
}
