// Authorship and visibility cannot be forged on INSERT or changed later.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { inRolledBackTransaction, sqlstateOf } from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoTenants } from '../support/two_tenants.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex } = await createTwoTenants(db);
const session = await db.connect();
const { ids, org } = acme;
const people = { customer: acme.customer, agent: acme.agent, admin: acme.admin };
const backend = { role: 'service_role' };
const file = `file_name, file_type, file_size, storage_path`;

/** The outcome of each statement for a caller: its SQLSTATE, or the number of rows it changed. */
async function outcomesFor(who, statements) {
  const results = {};
  for (const [name, text] of Object.entries(statements)) {
    await inRolledBackTransaction(session, who, async ({ attempt }) => {
      const outcome = await attempt(text);
      results[name] = outcome.error?.code ?? outcome.rowCount;
    });
  }
  return results;
}
const all = (statements, result) => Object.fromEntries(Object.keys(statements).map((name) => [name, result]));

for (const [who, person] of Object.entries(people)) {
  const someoneElse = person === acme.agent ? acme.customer : acme.agent;

  test(`no ${who} can write in the name of somebody else`, async () => {
    const statements = {
      comment: `insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by)
                values ('${org}', '${ids.ticket}', 'x', '${someoneElse.profile}')`,
      attachment: `insert into helpdesk.ticket_attachments (org_id, ticket_id, ${file}, uploaded_by)
                   values ('${org}', '${ids.ticket}', 'x', 'x', 1, 'x', '${someoneElse.profile}')`,
      'comment with a requester': `insert into helpdesk.ticket_comments (org_id, ticket_id, content, requester_id)
                values ('${org}', '${ids.ticket}', 'x', '${someoneElse.profile}')`,
      'comment of the past': `insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_at)
                values ('${org}', '${ids.ticket}', 'x', '2000-01-01')`,
      'organization': `insert into helpdesk.organizations (name, created_by) values ('x', '${someoneElse.profile}')`,
      'invite': `insert into helpdesk.org_invites (org_id, email, role, expires_at, created_by)
                 values ('${org}', 'x@example.com', 'agent', now() + interval '1 day', '${someoneElse.profile}')`,
      'preference': `insert into helpdesk.notification_preferences (user_id, type, enabled)
                     values ('${someoneElse.profile}', 'ticket_updated', false)`,
      'watcher': `insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id)
                  values ('${org}', '${ids.ticket}', '${someoneElse.profile}')`,
      'notification': `insert into helpdesk.notifications (org_id, user_id, ticket_id, type, content)
                       values ('${org}', '${someoneElse.profile}', '${ids.ticket}', 'ticket_closed', '{}')`,
      'notification to oneself': `insert into helpdesk.notifications (org_id, user_id, ticket_id, type, content)
                       values ('${org}', '${person.profile}', '${ids.ticket}', 'ticket_closed', '{}')`,
    };
    assert.deepEqual(await outcomesFor(person, statements), all(statements, '42501'));
  });

  test(`no ${who} can change the author or the visibility of something afterwards`, async () => {
    const statements = {
      'comment to internal': `update helpdesk.ticket_comments set is_internal = true`,
      'comment to public': `update helpdesk.ticket_comments set is_internal = false`,
      'author of a comment': `update helpdesk.ticket_comments set created_by = '${person.profile}'`,
      'ticket of a comment': `update helpdesk.ticket_comments set ticket_id = '${ids.ticket}'`,
      'requester of a comment': `update helpdesk.ticket_comments set requester_id = '${person.profile}'`,
      'attachment to public': `update helpdesk.ticket_attachments set is_internal = false`,
      'uploader': `update helpdesk.ticket_attachments set uploaded_by = '${person.profile}'`,
      'path of a file': `update helpdesk.ticket_attachments set storage_path = 'x'`,
      'recipient': `update helpdesk.notifications set user_id = '${person.profile}'`,
      'notification': `update helpdesk.notifications set content = '{}'`,
      'inviter': `update helpdesk.org_invites set created_by = '${person.profile}'`,
      'founder': `update helpdesk.organizations set created_by = '${person.profile}'`,
      'who added a member': `update helpdesk.org_members set added_by = '${person.profile}'`,
    };
    assert.deepEqual(await outcomesFor(person, statements), all(statements, '42501'));
    // Staff correct the requester of a ticket.
    const requester = { requester: `update helpdesk.tickets set created_by = '${person.profile}'` };
    if (who === 'customer') assert.deepEqual(await outcomesFor(person, requester), all(requester, 0));
  });

  test(`no ${who} can edit or delete what belongs to others`, async () => {
    const mine = person.profile;
    const statements = {
      'comment': `update helpdesk.ticket_comments set content = 'x' where created_by <> '${mine}'`,
      'notification': `update helpdesk.notifications set read = true where user_id <> '${mine}'`,
      'to delete a notification': `delete from helpdesk.notifications where user_id <> '${mine}'`,
      'preference': `update helpdesk.notification_preferences set enabled = false where user_id <> '${mine}'`,
      'to delete a preference': `delete from helpdesk.notification_preferences where user_id <> '${mine}'`,
      'to end their watching': `delete from helpdesk.ticket_watchers where user_id <> '${mine}'`,
      'profile': `update helpdesk.profiles set name = 'x' where id <> '${mine}'`,
    };
    assert.deepEqual(await outcomesFor(person, statements), all(statements, 0));
    await inRolledBackTransaction(session, person, async ({ attempt, asSuperuser }) => {
      const { rows: before } = await asSuperuser(() =>
        session.query('select id, read from helpdesk.notifications where user_id <> $1 order by id', [mine]),
      );
      const ids = before.map(({ id }) => id);
      assert.equal((await attempt('select helpdesk.mark_notifications_read($1) as n', [ids])).rows[0].n, '0');
      const { rows: now } = await asSuperuser(() =>
        session.query('select id, read from helpdesk.notifications where user_id <> $1 order by id', [mine]),
      );
      assert.deepEqual(now, before);
    });
  });
}

test('a customer cannot write internally or open tickets for others, by function or table', async () => {
  const statements = {
    comment: `insert into helpdesk.ticket_comments (org_id, ticket_id, content, is_internal)
              values ('${org}', '${ids.ticket}', 'x', true)`,
    attachment: `insert into helpdesk.ticket_attachments (org_id, ticket_id, ${file}, is_internal)
                 values ('${org}', '${ids.ticket}', 'x', 'x', 1, 'x', true)`,
    'comment by function': `select helpdesk.add_comment('${ids.ticket}', 'x', true)`,
    'attachment by function': `select helpdesk.add_attachment('${ids.ticket}', 'x', 'x', 1, 'x', true)`,
    ticket: `insert into helpdesk.tickets (org_id, title, created_by) values ('${org}', 'x', '${acme.other.profile}')`,
    'assigned ticket': `insert into helpdesk.tickets (org_id, title, assigned_to) values ('${org}', 'x', '${acme.agent.profile}')`,
    'ticket by function': `select helpdesk.create_ticket('${org}', 'x', p_requester_id => '${acme.other.profile}')`,
    'comment on a ticket of another customer': `select helpdesk.add_comment(
       (select id from helpdesk.tickets where created_by = '${acme.other.profile}'), 'x')`,
  };
  assert.deepEqual(await outcomesFor(acme.customer, statements), {
    ...all(statements, '42501'),
    'comment on a ticket of another customer': '22004', // The subquery sees no ticket.
  });
});

test('another customer of the same organization can neither read nor change any of it', async () => {
  const statements = {
    read: `select 1 from helpdesk.tickets union all select 1 from helpdesk.ticket_comments
           union all select 1 from helpdesk.ticket_attachments union all select 1 from helpdesk.ticket_history
           union all select 1 from helpdesk.notifications union all select 1 from helpdesk.ticket_watchers`,
    update: `update helpdesk.tickets set priority = 'low'`,
    'delete': `delete from helpdesk.tickets`,
    'delete files': `delete from helpdesk.ticket_attachments`,
    details: `select 1 where helpdesk.get_ticket_details('${ids.ticket}') is not null`,
    comment: `select helpdesk.add_comment('${ids.ticket}', 'x')`,
    'comment by table': `insert into helpdesk.ticket_comments (org_id, ticket_id, content) values ('${org}', '${ids.ticket}', 'x')`,
    attach: `select helpdesk.add_attachment('${ids.ticket}', 'x', 'x', 1, 'x')`,
    watch: `select helpdesk.watch_ticket('${ids.ticket}')`,
    file: `select 1 where helpdesk.may_read_file('${org}/${ids.ticket}/public-acmesecret.txt')`,
    upload: `select 1 where helpdesk.may_upload_file('${org}/${ids.ticket}/x')`,
  };
  assert.deepEqual(await outcomesFor(acme.other, statements), {
    ...all(statements, 0),
    ...{ comment: '42501', 'comment by table': '42501', attach: '42501', watch: '42501' },
  });
});

test('customers cannot read an internal file by attaching it again under another path', async () => {
  const path = `${org}/${ids.ticket}/internal-acmesecret.txt`;
  await inRolledBackTransaction(session, acme.customer, async ({ attempt }) => {
    const reads = async (path) => (await attempt('select helpdesk.may_read_file($1) as may', [path])).rows[0].may;
    assert.equal(await reads(`${org}/${ids.ticket}/public-acmesecret.txt`), true);
    assert.equal(await reads(path), false);
    for (const again of [path, path.toUpperCase(), path.replace('/', '//'), ` ${path}`, `${path} `, `./${path}`, `${path}/`]) {
      await attempt('select helpdesk.add_attachment($1, $2, $3, 1, $4)', [ids.ticket, 'x', 'x', again]);
      assert.equal(await reads(path), false, again);
    }
  });
});

test('the folder of a ticket has exactly one valid path', async () => {
  await inRolledBackTransaction(session, acme.agent, async ({ attempt }) => {
    const uploads = async (path) => (await attempt('select helpdesk.may_upload_file($1) as may', [path])).rows[0].may;
    assert.equal(await uploads(`${org}/${ids.ticket}/x`), true);
    for (const odd of [
      org.toUpperCase(),
      org.replaceAll('-', ''),
      `{${org}}`,
      `urn:uuid:${org}`,
      ` ${org}`,
      `${org}%2f`,
      `./${org}`,
    ]) {
      assert.equal(await uploads(`${odd}/${ids.ticket}/x`), false, odd);
    }
  });
});

test('a backend can write for anybody, but cannot change authorship', async () => {
  const statements = {
    'author': `update helpdesk.ticket_comments set created_by = '${acme.agent.profile}' where id = '${ids.comment}'`,
    'visibility': `update helpdesk.ticket_comments set is_internal = false where id = '${ids['internal comment']}'`,
    'ticket': `update helpdesk.ticket_comments set ticket_id = '${globex.ids.ticket}' where id = '${ids.comment}'`,
    'uploader': `update helpdesk.ticket_attachments set uploaded_by = '${acme.agent.profile}' where id = '${ids.attachment}'`,
    'file': `update helpdesk.ticket_attachments set is_internal = not is_internal where id = '${ids.attachment}'`,
    'member': `update helpdesk.org_members set user_id = '${globex.agent.profile}' where user_id = '${acme.agent.profile}'`,
  };
  assert.deepEqual(await outcomesFor(backend, statements), all(statements, '22023'));
  const recipient = { recipient: `update helpdesk.notifications set user_id = '${globex.agent.profile}'` };
  assert.deepEqual(await outcomesFor(backend, recipient), all(recipient, '42501'));
});

test('history records the real caller, whatever other claims contain', async () => {
  const claims = { sub: acme.agent.login, email: acme.admin.email, name: 'Ada', changed_by: acme.admin.profile };
  await inRolledBackTransaction(session, { role: 'authenticated', claims }, async ({ attempt, asSuperuser }) => {
    assert.equal(sqlstateOf(await attempt(`select helpdesk.update_ticket($1, '{"title": "x"}')`, [ids.ticket])), 'ok');
    const { rows } = await asSuperuser(() =>
      session.query('select changed_by from helpdesk.ticket_history where ticket_id = $1 order by version desc limit 1', [
        ids.ticket,
      ]),
    );
    assert.equal(rows[0].changed_by, acme.agent.profile);
  });
});
