// A trigger of the administrator's calls helpdesk while a statement of helpdesk is running: its plan must stay.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { openTicket, createTwoOrganizations } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, ben, alice } = await createTwoOrganizations(db);
/** More lists than a backend keeps plans of. */
const LISTS = 100;
const TICKETS = 12;

await db.sql(`
  create function public.look_around() returns trigger language plpgsql security definer as $$
  begin
    for i in 1..${LISTS} loop
      perform helpdesk.list_org_tickets(new.org_id, json_build_object('perPage', 1 + i % 100, 'count', 'none', 'status', 'open')::jsonb);
    end loop;
    -- What was freed is used for something else.
    for i in 1..3000 loop perform pg_sleep(0); end loop;
    return null;
  end $$;
  create trigger look_around after update of assigned_to on helpdesk.tickets for each row execute function public.look_around()`);

test('a list within a claim does not take the plan of the claim away', async () => {
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
