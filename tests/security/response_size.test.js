// Long conversations must not produce a response that is too large for the server.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { createTwoOrganizations, openTicket } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, ben, alice } = await createTwoOrganizations(db);
const ticket = await db.as(alice, (session) => openTicket(session, acme, 'Long'));
const LONGEST = 100_000;

const write = (many) =>
  db.sql(
    `insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by)
     select $1, $2, repeat('a ', $3 / 2 - 1) || 'b', $4 from generate_series(1, $5)`,
    [acme, ticket, LONGEST, alice.profile, many],
  );
const details = (session) => session.query('select helpdesk.get_ticket_details($1) as details', [ticket]);

test('a history of more than 128 MiB is refused', async () => {
  const other = await db.as(alice, (session) => openTicket(session, acme, 'Edited'));
  await db.sql(
    `insert into helpdesk.ticket_history (id, org_id, ticket_id, version, changes, changed_by)
     select helpdesk.uuid_generate_v7(), $1, $2, i, jsonb_build_object('description', jsonb_build_object('from', repeat('a', $3), 'to', repeat('b', $3))), $4
       from generate_series(1000, 1700) i`,
    [acme, other, LONGEST, ben.profile],
  );
  const agent = await db.signIn(ben);
  const error = await expectError('54000', agent.query('select helpdesk.get_ticket_details($1)', [other]));
  assert.equal(error.detail, 'too_large');
});

test('details of more than 64 MiB are refused, and comments can be read through the table', async () => {
  await db.sql('alter table helpdesk.ticket_comments disable trigger ticket_comments_index_text');
  await write(20);
  const agent = await db.signIn(ben);
  assert.equal((await details(agent)).rows[0].details.comments.length, 20);
  await write(660);
  const error = await expectError('54000', details(agent));
  assert.match(error.hint, /ticket_comments/);
  const { rows } = await agent.query(
    'select content from helpdesk.ticket_comments where ticket_id = $1 order by created_at limit 20',
    [ticket],
  );
  assert.equal(rows.length, 20);
});
