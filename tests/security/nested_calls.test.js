// A custom trigger calls helpdesk while a statement of helpdesk is running, whose plan must not be
// freed.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoOrganizations, openTicket } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, ben, alice } = await createTwoOrganizations(db);
/** More different lists than a backend caches plans for. */
const LISTS = 100;
const TICKETS = 12;

await db.sql(`
  create function public.list_tickets_often() returns trigger language plpgsql security definer as $$
  begin
    for i in 1..${LISTS} loop
      perform helpdesk.list_org_tickets(new.org_id, json_build_object('perPage', 1 + i % 100, 'count', 'none', 'status', 'open')::jsonb);
    end loop;
    -- Reuses memory that was freed.
    for i in 1..3000 loop perform pg_sleep(0); end loop;
    return null;
  end $$;
  create trigger list_tickets_often after update of assigned_to on helpdesk.tickets for each row execute function public.list_tickets_often()`);

test('lists within a claim do not free the plan of the claim', async () => {
  const started = await db.value('select pg_postmaster_start_time()::text');
  await db.as(alice, async (session) => {
    for (let i = 0; i < TICKETS; i++) await openTicket(session, acme, `Ticket ${i}`);
  });
  await db.as(ben, async (session) => {
    for (let i = 0; i < TICKETS; i++) {
      const filters = i % 2 ? { priority: 'low' } : {};
      const { rows } = await session.query('select helpdesk.claim_next_ticket($1, $2) as ticket', [acme, filters]);
      assert.equal(rows[0].ticket.assignedTo.id, ben.profile);
    }
  });
  const { boot, crashes } = {
    boot: await db.value('select pg_postmaster_start_time()::text'),
    crashes: await db.value(`select sessions_killed::int from pg_stat_database where datname = current_database()`),
  };
  assert.deepEqual({ boot, crashes }, { boot: started, crashes: 0 });
});
