// Triggers of the user that change memberships in the middle of our functions.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { addMember, createTwoOrganizations, openTicket, signUp } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme } = await createTwoOrganizations(db);

test('a removal by a trigger takes effect within the function that fired it', async () => {
  const person = await signUp(db, 'Guest');
  await addMember(db, acme, person, 'org_agent');
  await db.as(person, async (session) => {
    const ticket = await openTicket(session, acme, 'Ends a membership');
    await db.sql(`
      create function public.dismiss() returns trigger language plpgsql as $$
        begin
          delete from helpdesk.org_members where org_id = new.org_id and user_id = '${person.profile}';
          perform helpdesk.add_comment(new.id, 'As one who is no member any more');
          return new;
        end $$;
      create trigger z_dismiss after update of title on helpdesk.tickets for each row execute function public.dismiss()`);
    await expectError('42501', session.query(`select helpdesk.update_ticket($1, '{"title": "x"}')`, [ticket]));
    assert.equal(await db.value('select title from helpdesk.tickets where id = $1', [ticket]), 'Ends a membership');
    await db.sql('drop function public.dismiss() cascade');
  });
});

test('an invite cannot be accepted where a trigger suppresses memberships', async () => {
  const person = await signUp(db, 'Newcomer');
  const invite = await db.value(`select helpdesk.create_org_invite($1, $2, 'customer')`, [acme, person.email]);
  await db.sql(`
    create function public.suppress() returns trigger language plpgsql as $$ begin return null; end $$;
    create trigger suppress before insert on helpdesk.org_members for each row execute function public.suppress()`);
  await db.as(person, async (session) => {
    const accept = () => session.query('select helpdesk.accept_org_invite($1)', [invite]);
    assert.equal((await expectError('55000', accept())).detail, 'membership_suppressed');
    await db.sql('drop function public.suppress() cascade');
    await accept();
  });
});
