// The full-text index distinguishes organizations by 20 bits of their ids. Creating an organization
// with the same bits as another reveals nothing about it.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { signUp } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const [ada, gina] = [await signUp(db, 'Ada'), await signUp(db, 'Gina')];
const [VICTIM, GLOBEX, OTHER] = ['aaa12345', 'bbb12345', 'bbb54321'].map((end) => `01900000-0000-7000-8000-0000${end}`);
/** Ids of documents that are in the sample used to estimate the number of matches. */
const SAMPLED =
  'select id from (select helpdesk.uuid_generate_v7() as id from generate_series(1, 20000)) v where uuid_hash(id) & 63 = 0';
/** One less than the number that counts as common. */
const OWN = 78;

const ticketsOf = (org, person, title, many) =>
  db.sql(
    `insert into helpdesk.tickets (id, org_id, title, created_by) select id, $1, $2, $3 from (${SAMPLED} limit $4) s returning id`,
    [org, title, person.profile, many],
  );
for (const [org, founder] of [
  [VICTIM, ada],
  [GLOBEX, gina],
  [OTHER, gina],
]) {
  await db.sql('insert into helpdesk.organizations (id, name, created_by) values ($1, $2, $3)', [org, 'Org', founder.profile]);
}
const [{ id: ticket }] = await ticketsOf(VICTIM, ada, 'Staff', 1);
await db.sql(
  `insert into helpdesk.ticket_comments (id, org_id, ticket_id, content, is_internal, created_by)
   select id, $1, $2, 'We plan layoffs in May', true, $3 from (${SAMPLED} limit 50) s`,
  [VICTIM, ticket, ada.profile],
);
for (const org of [GLOBEX, OTHER]) await ticketsOf(org, gina, 'mine', OWN);
await db.sql('analyze');

const searchFor = async (org, words) => {
  const query = `mine or "${words}" `;
  return db.as(gina, async (session) => {
    const { rows } = await session.query(
      `select (helpdesk.search($1, $2, '{"kind": ["ticket", "comment"], "perPage": 1}')->'pagination'->>'nextCursor')::jsonb
                - '{before,after}'::text[] as position,
              helpdesk.list_org_tickets($1, jsonb_build_object('search', $2::text))->'pagination'->>'total' as total`,
      [org, query],
    );
    return rows[0];
  });
};

test('neither cursor nor total reveals whether another organization has a word', async () => {
  const nobodys = await searchFor(OTHER, 'layoffs in june');
  assert.equal(nobodys.total, String(OWN));
  assert.deepEqual(Object.keys(nobodys.position).sort(), ['phase', 'scan']);
  for (const org of [GLOBEX, OTHER]) {
    for (const words of ['layoffs in may', 'layoffs in june'])
      assert.deepEqual(await searchFor(org, words), nobodys, `${org} ${words}`);
  }
});
