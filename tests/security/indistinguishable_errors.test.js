// Objects of another organization are indistinguishable from missing ones, in functions, tables and
// HTTP.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { callOf, functionsFor, keysOf, sensibleArguments } from '../support/api_catalog.js';
import { inRolledBackTransaction, outcomeOf, sqlstateOf, switchCaller, withoutVolatileParts } from '../support/attempts.js';
import { serveHelpdesk } from '../support/helpdesk_server.js';
import { openTicket } from '../support/organizations.js';
import { allRowsOf, createSecretFinder, createTwoTenants, insertableRows, insertStatement } from '../support/two_tenants.js';

const { db, api, acme, globex, stan } = await serveHelpdesk(createTwoTenants);
const session = await db.connect();
const findSecrets = await createSecretFinder(db, acme);
const ticketOfOther = await db.as(acme.other, (other) => openTicket(other, acme.org, 'Of the other one'));
const theirs = await allRowsOf(db, acme);
const functions = await functionsFor(db);
/** Cursors of tickets, articles and searches that contain an id. */
const CURSORS = [
  (id) => JSON.stringify({ sort: '-updatedAt', priority: null, time: 0, id }),
  (id) => JSON.stringify({ sort: '-updatedAt', time: 0, title: 'x', id }),
  (id) => JSON.stringify({ scan: 'index', phase: 'all', before: id, after: [0, id] }),
  (id) => JSON.stringify({ scan: 'recent', phase: 'all', before: id, after: [0, id] }),
];
/** Callable by everybody: of another organization they return what they return to anon. */
const open = ['list_articles', 'list_categories', 'search', 'search_articles'];
const withUuids = functions
  .map((fn) => ({ fn, ids: fn.args.filter(({ type }) => type.startsWith('uuid')) }))
  .filter(({ ids }) => ids.length);

const attackers = {
  'an admin of another organization': globex.admin,
  'an agent of another organization': globex.agent,
  'a customer of another organization': globex.customer,
  'somebody without organization': stan,
};

/** Pairs of calls of a function: one with ids of Acme, the other with random ids. */
function pairs(fn, ids) {
  const mine = sensibleArguments(fn, globex);
  const put = (type, id) => (type === 'uuid[]' ? [id] : id);
  const one = ids.flatMap(({ name, type }) =>
    Object.entries(acme.ids).map(([kind, id]) => ({
      what: `${fn.name}(${name} => a foreign ${kind})`,
      known: [id],
      isPublished: open.includes(fn.name) && name === 'p_org_id' && id === acme.org,
      there: { ...mine, [name]: put(type, id) },
      nowhere: { ...mine, [name]: put(type, randomUUID()) },
    })),
  );
  const [everything, nothing] = [{ ...mine }, { ...mine }];
  const foreign = sensibleArguments(fn, acme);
  for (const { name, type } of ids) {
    everything[name] = foreign[name];
    nothing[name] = put(type, randomUUID());
  }
  return [
    ...one,
    {
      what: `${fn.name}(everything foreign)`,
      known: Object.values(foreign).flat(),
      isPublished: open.includes(fn.name),
      there: everything,
      nowhere: nothing,
    },
  ];
}

for (const [who, person] of Object.entries(attackers)) {
  test(`functions do not reveal to ${who} whether an id exists`, async () => {
    let refused = 0;
    let published = 0;
    await inRolledBackTransaction(session, person, async ({ attemptAndUndo }) => {
      for (const { fn, ids } of withUuids) {
        for (const { what, known, isPublished, there, nowhere } of pairs(fn, ids)) {
          const answer = await attemptAndUndo(...callOf(fn, there));
          if (isPublished) {
            await switchCaller(session);
            assert.deepEqual(answer, await attemptAndUndo(...callOf(fn, there)), what);
            await switchCaller(session, person);
            assert.match(JSON.stringify(answer), /How to print|Printing/, what);
            published++;
          } else
            assert.equal(withoutVolatileParts(answer), withoutVolatileParts(await attemptAndUndo(...callOf(fn, nowhere))), what);
          assert.deepEqual(findSecrets(answer, known), [], what);
          if (answer.error) refused++;
        }
      }
    });
    assert.ok(refused > 50, `${refused} refused`);
    assert.equal(published, 2 * open.length);
  });
}

test('functions do not reveal hidden objects to a customer of the same organization', async () => {
  const tenant = { ...acme, ids: { ...acme.ids, ticket: ticketOfOther } };
  const articles = ['category', 'internal article', 'draft article', 'archived article', 'article version'];
  const tickets = ['profile', 'invite', 'ticket', 'comment', 'internal comment', 'attachment', 'notification', 'revision'];
  const hidden = [...tickets, ...articles];
  await inRolledBackTransaction(session, acme.other, async ({ attemptAndUndo }) => {
    for (const { fn, ids } of withUuids) {
      for (const { name, type } of ids) {
        for (const kind of hidden) {
          const ask = async (id) => {
            const value = type === 'uuid[]' ? [id] : id;
            return withoutVolatileParts(await attemptAndUndo(...callOf(fn, { ...sensibleArguments(fn, tenant), [name]: value })));
          };
          assert.equal(await ask(acme.ids[kind]), await ask(randomUUID()), `${fn.name}(${name} => ${kind})`);
        }
      }
    }
  });
});

test('keys of filters and changes do not reveal whether an id exists', async () => {
  await inRolledBackTransaction(session, globex.admin, async ({ attemptAndUndo }) => {
    for (const fn of functions) {
      const mine = sensibleArguments(fn, globex);
      for (const { name } of fn.args.filter(({ type }) => type === 'jsonb')) {
        await session.query('savepoint keys');
        const keys = await keysOf(session, fn, name, mine).finally(() => session.query('rollback to keys'));
        for (const key of keys) {
          for (const kind of ['organization', 'profile', 'ticket', 'stage', 'workflow', 'article', 'category']) {
            const id = acme.ids[kind];
            for (const value of [(id) => id, (id) => [id], ...CURSORS]) {
              const ask = (id) => attemptAndUndo(...callOf(fn, { ...mine, [name]: { [key]: value(id) } }));
              const answer = await ask(id);
              assert.equal(
                withoutVolatileParts(answer),
                withoutVolatileParts(await ask(randomUUID())),
                `${fn.name} ${key}: a foreign ${kind}`,
              );
              assert.deepEqual(findSecrets(answer, [id]), [], `${fn.name} ${key}: a foreign ${kind}`);
            }
          }
        }
      }
    }
  });
});

test('text arguments do not reveal paths, addresses, titles or keys of others', async () => {
  const { organization, ticket } = acme.ids;
  const texts = {
    'path of a file': [
      `${organization}/${ticket}/public-acmesecret.txt`,
      `${randomUUID()}/${randomUUID()}/public-acmesecret.txt`,
    ],
    'folder of a ticket': [`${organization}/${ticket}/new`, `${randomUUID()}/${randomUUID()}/new`],
    'foreign ticket in my folder': [`${globex.org}/${ticket}/new`, `${globex.org}/${randomUUID()}/new`],
    'address of a member': [acme.customer.email, 'nobody@example.com'],
    'address of a guest': ['guest-acmesecret@example.com', 'guest-nobody@example.com'],
    'title of an article': ['Draft acmesecret', 'Draft nobody'],
    'name of a category': ['Category acmesecret', 'Category nobody'],
    'key of a request': ['Key 1 acmesecret', 'Key 1 nobody'],
  };
  for (const person of Object.values(attackers)) {
    await inRolledBackTransaction(session, person, async ({ attemptAndUndo }) => {
      for (const fn of functions) {
        for (const { name } of fn.args.filter(({ type }) => type === 'text')) {
          for (const [what, [there, nowhere]] of Object.entries(texts)) {
            const ask = async (text) =>
              withoutVolatileParts(await attemptAndUndo(...callOf(fn, { ...sensibleArguments(fn, globex), [name]: text })));
            assert.equal(await ask(there), await ask(nowhere), `${fn.name}(${name} => ${what})`);
          }
        }
      }
    });
  }
});

test('writes to tables do not reveal whether a referenced id exists', async () => {
  const rows = await insertableRows(db, globex);
  for (const person of [globex.admin, stan]) {
    await inRolledBackTransaction(session, person, async ({ attemptAndUndo }) => {
      // Nothing is committed, so deferred checks must run now.
      await session.query('set constraints all immediate');
      const same = async (what, statement) => {
        for (const [kind, id] of Object.entries(acme.ids)) {
          const ask = async (id) => withoutVolatileParts(await attemptAndUndo(...statement(id)));
          assert.equal(await ask(id), await ask(randomUUID()), `${what} = a foreign ${kind}`);
        }
      };
      for (const [table, row] of Object.entries(rows)) {
        for (const column of Object.keys(row).filter((column) => /_id$|_to$|_by$/.test(column))) {
          await same(`${table}.${column}`, (id) => insertStatement(table, { ...row, [column]: id }));
        }
      }
      for (const column of ['assigned_to', 'current_stage_id']) {
        await same(`tickets.${column}`, (id) => [`update helpdesk.tickets set ${column} = $1`, [id]]);
      }
      await same('categories.parent_id', (id) => ['update helpdesk.categories set parent_id = $1', [id]]);
      for (const words of ['Category acmesecret', 'Printing acmesecret']) {
        const texts = ['categories', 'tags'].map((column) => [`update helpdesk.articles set ${column} = array[$1]`, [words]]);
        for (const [text] of texts) {
          const ask = async (word) => withoutVolatileParts(await attemptAndUndo(text, [word])).replaceAll(word, '<word>');
          assert.equal(await ask(words), await ask('Nobody wrote that'), text);
        }
      }
    });
  }
});

test('status and body over HTTP do not reveal whether an id exists', async () => {
  const token = api.token(globex.admin);
  for (const { fn, ids } of withUuids) {
    const mine = sensibleArguments(fn, globex);
    // Arguments that change Globex itself are left out, because nothing is undone here.
    for (const { name, type } of ids.filter(({ name }) => /_org_id$|_ticket_ids?$|_invite_id$|_article_id$/.test(name))) {
      for (const [kind, id] of Object.entries(acme.ids)) {
        const ask = async (id, as = { token }) => {
          const body = { ...mine, [name]: type === 'uuid[]' ? [id] : id };
          return withoutVolatileParts(await api.http('POST', `/rpc/${fn.name}`, { ...as, body }));
        };
        if (open.includes(fn.name) && id === acme.org) assert.equal(await ask(id), await ask(id, {}), `${fn.name}(${name})`);
        else assert.equal(await ask(id), await ask(randomUUID()), `${fn.name}(${name} => a foreign ${kind})`);
      }
    }
  }
  for (const table of [
    'tickets',
    'ticket_comments',
    'ticket_history',
    'organizations',
    'profiles',
    'org_invites',
    'articles',
    'article_versions',
    'categories',
    'agent_tickets',
    'customer_tickets',
  ]) {
    const ask = (id) => api.http('GET', `/${table}?id=eq.${id}`, { token });
    for (const [kind, id] of Object.entries(acme.ids)) {
      assert.deepEqual(await ask(id), await ask(randomUUID()), `${table}: a foreign ${kind}`);
    }
  }
});

test('values used by another organization are still available: addresses, keys, names', async () => {
  for (const text of [
    `insert into helpdesk.org_invites (org_id, email, role, expires_at)
     values ('${globex.org}', 'guest-acmesecret@example.com', 'customer', now() + interval '1 day')`,
    `select helpdesk.create_org_invite('${globex.org}', 'guest-acmesecret@example.com')`,
    `select helpdesk.create_org_invite('${globex.org}', '${acme.admin.email}')`,
    `select helpdesk.create_ticket('${globex.org}', 'x', p_idempotency_key => 'Key 1 acmesecret')`,
    `insert into helpdesk.workflows (org_id, name) values ('${globex.org}', 'Flow acmesecret')`,
    `select helpdesk.create_organization('Org acmesecret')`,
    `insert into helpdesk.categories (org_id, name) values ('${globex.org}', 'Category acmesecret')`,
    `insert into helpdesk.articles (org_id, title, content) values ('${globex.org}', 'Draft acmesecret', 'x')`,
  ]) {
    assert.equal(sqlstateOf(await outcomeOf(session, globex.admin, text)), 'ok', text);
  }
});

test('errors of unique and foreign keys in the own organization show no rows', async () => {
  const { workflow, stage } = globex.ids;
  for (const [code, text] of [
    [
      '23505',
      `insert into helpdesk.org_invites (org_id, email, role, expires_at)
               values ('${globex.org}', 'GUEST-globexsecret@example.com', 'customer', now() + interval '1 day')`,
    ],
    ['23503', `delete from helpdesk.workflows where id = '${workflow}'`],
    ['23503', `delete from helpdesk.workflow_stages where id = '${stage}'`],
    [
      '23505',
      `insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id)
               select org_id, workflow_id, from_stage_id, to_stage_id from helpdesk.workflow_transitions`,
    ],
    [
      '23505',
      `insert into helpdesk.categories (org_id, name, parent_id)
               values ('${globex.org}', 'Category globexsecret', '${globex.open.category}')`,
    ],
    [
      '23505',
      `insert into helpdesk.ticket_articles (org_id, ticket_id, article_id)
               values ('${globex.org}', '${globex.ids.ticket}', '${globex.ids.article}')`,
    ],
  ]) {
    const outcome = await outcomeOf(session, globex.admin, text);
    assert.equal(sqlstateOf(outcome), code, text);
    assert.doesNotMatch(outcome.error.detail ?? '', /globexsecret|acmesecret/, text);
    assert.deepEqual(findSecrets(outcome), [], text);
  }
});

test('none of the attempts above changed Acme', async () => {
  assert.deepEqual(await allRowsOf(db, acme), theirs);
});
