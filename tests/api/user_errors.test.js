// A user's mistake is never HTTP 5xx, and whoever may not write something is told why.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { functionsFor, sensibleArguments, tablesFor, viewNames } from '../support/api_catalog.js';
import { granted, refused, serveHelpdesk } from '../support/helpdesk_server.js';
import { createTwoTenants } from '../support/two_tenants.js';

const { db, api, acme, globex } = await serveHelpdesk(createTwoTenants);
const people = { 'a customer': acme.customer, 'an admin': acme.admin, 'somebody else': globex.agent };

const MISTAKES = [null, '', 'x', '\u202e', 'x'.repeat(100_000), -1, 0, 1e15, 1.5, true, [], ['x'], [null], {}, { x: [] }];
const IDS = [randomUUID(), globex.ids.ticket, acme.ids.article, acme.ids.workflow, acme.customer.profile];

async function send(person, method, path, options) {
  const { status, body } = await api.http(method, path, { token: api.token(person), ...options });
  const what = `${method} ${path} ${JSON.stringify(options).slice(0, 200)}: ${status} ${JSON.stringify(body)?.slice(0, 300)}`;
  assert.ok(status < 500, what);
  assert.doesNotMatch(String(body?.message), /^permission denied for (table|view)/, what);
  return { status, body };
}

const inTurn = async (items, work) => {
  for (let i = 0; i < items.length; i += 8) await Promise.all(items.slice(i, i + 8).map(work));
};

/** The keys of a jsonb argument, from the hint of the error for an unknown one. */
async function keysOf(fn, name, good) {
  const { body } = await send(acme.admin, 'POST', `/rpc/${fn.name}`, { body: { ...good, [name]: { 'no such key': 1 } } });
  return /(?:Allowed keys:|with the keys) (.*)\.$/.exec(body?.hint)?.[1].split(', ') ?? [];
}

for (const who of ['a customer', 'an admin']) {
  test(`no value of an argument that ${who} sends is answered with 5xx`, async () => {
    for (const fn of await functionsFor(db)) {
      if (['leave_organization', 'remove_member', 'set_member_role'].includes(fn.name)) continue;
      const good = sensibleArguments(fn, acme);
      for (const { name, type } of fn.args) {
        const keys = type === 'jsonb' ? await keysOf(fn, name, good) : [];
        const values = [...MISTAKES, ...IDS, ...keys.flatMap((key) => MISTAKES.map((value) => ({ [key]: value })))];
        await inTurn(values, (value) => send(people[who], 'POST', `/rpc/${fn.name}`, { body: { ...good, [name]: value } }));
      }
    }
  });
}

for (const [who, person] of Object.entries(people)) {
  test(`nothing that ${who} writes to a table or view is answered with 5xx`, async () => {
    const views = (await viewNames(db)).map((name) => ({ name, columns: [{ name: 'org_id' }] }));
    const merge = { Prefer: 'resolution=merge-duplicates' };
    for (const { name: table, columns } of [...(await tablesFor(db)), ...views]) {
      const writes = columns.flatMap(({ name }) => [
        ...[null, 'x', {}, globex.ids.ticket].map((value) => [
          'POST',
          `/${table}`,
          { body: { org_id: acme.org, [name]: value } },
        ]),
        ['POST', `/${table}`, { body: { org_id: acme.org, [name]: acme.ids.ticket }, headers: merge }],
      ]);
      await inTurn([...writes, ['DELETE', `/${table}?${columns[0].name}=is.null`, {}]], (write) => send(person, ...write));
      // One after the other, because updates of all rows at the same time may deadlock.
      for (const { name } of columns)
        for (const value of [null, 'x', -1, globex.org])
          await send(person, 'PATCH', `/${table}?${name}=not.is.null`, { body: { [name]: value } });
    }
  });
}

test('whoever may not write a column, a table or a view is told what they may do', async () => {
  const admin = api.supabase(acme.admin);
  const { ticket, comment } = acme.ids;
  const cases = {
    'status: you may not write this column': admin.from('tickets').update({ status: 'closed' }).eq('id', ticket),
    'id, status, org_id: you may not write these columns': admin
      .from('tickets')
      .upsert({ org_id: acme.org, id: ticket, title: 'x', status: 'closed' }),
    'number: you may not write this column': admin
      .from('tickets')
      .upsert({ org_id: acme.org, title: 'x', number: 9 }, { onConflict: 'org_id,number', ignoreDuplicates: true }),
    'ticket_comments: you may not delete rows of this table': admin.from('ticket_comments').delete().eq('id', comment),
    'org_members: you may not insert rows into this table': admin.from('org_members').insert({ org_id: acme.org }),
    'agent_tickets: you may not update rows of this table': admin.from('agent_tickets').update({ title: 'x' }).eq('id', ticket),
    'workflow_stage_stats: you may not insert rows into this table': admin
      .from('workflow_stage_stats')
      .insert({ org_id: acme.org }),
    'created_by: not your profile': admin
      .from('ticket_comments')
      .insert({ ticket_id: ticket, content: 'x', created_by: acme.agent.profile }),
  };
  for (const [message, call] of Object.entries(cases)) {
    const error = refused(await call, 403, '42501');
    assert.equal(error.message, message);
    assert.match(error.details, /^(read_only_column|read_only_table|not_your_profile)$/);
    assert.ok(error.hint);
  }
});

test('rows need neither their organization nor their author, and founders get the new row', async () => {
  const admin = api.supabase(acme.admin);
  const me = acme.admin.profile;
  const { ticket, article } = acme.ids;
  const [comment] = granted(await admin.from('ticket_comments').insert({ ticket_id: ticket, content: 'Hi' }).select());
  assert.deepEqual([comment.org_id, comment.created_by], [acme.org, me]);
  granted(await admin.from('ticket_comments').insert({ ticket_id: ticket, content: 'Hi', created_by: me }));
  granted(await admin.from('articles').insert({ org_id: acme.org, title: 'Hi', content: 'x', author: me }));
  const links = admin.from('ticket_articles');
  granted(await links.upsert({ ticket_id: ticket, article_id: article }, { ignoreDuplicates: true }));
  assert.equal(
    refused(await links.insert({ ticket_id: ticket, article_id: randomUUID() }), 400, '22023').details,
    'not_linkable',
  );
  for (const enabled of [false, true]) {
    granted(await admin.from('notification_preferences').upsert({ user_id: me, type: 'ticket_closed', enabled }));
  }
  const [founded] = granted(await admin.from('organizations').insert({ name: 'Adaco', created_by: me }).select());
  assert.equal(founded.name, 'Adaco');
});
