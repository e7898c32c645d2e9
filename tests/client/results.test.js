// The JSON of functions and columns is as clients/json-schema.json describes it. Every test of this
// and other suites that uses PostgREST compares its answers; this one calls all functions.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callOf, functionsFor, keysOf, sensibleArguments } from '../support/api_catalog.js';
import { assertNoMismatches, assertShape, schema, validated, validatorOf } from '../support/api_schema.js';
import { serveHelpdesk } from '../support/helpdesk_server.js';
import { createTwoTenants } from '../support/two_tenants.js';

const { db, api, acme } = await serveHelpdesk(createTwoTenants);
const people = { admin: acme.admin, agent: acme.agent, customer: acme.customer };
const JSON_TYPES = new Set(['json', 'jsonb']);

/** The functions with a result or an argument that is JSON: [{ name, args }]. */
async function jsonFunctions() {
  const names = await db.sql(
    `select p.proname as name, p.prorettype::regtype::text as result, p.proargtypes::regtype[]::text[] as types,
            p.proargnames[:p.pronargs] as arguments
       from pg_proc p
      where p.pronamespace = 'helpdesk'::regnamespace
        and exists (select from pg_roles r where r.rolname in ('anon', 'authenticated', 'service_role')
                                             and has_function_privilege(r.oid, p.oid, 'execute'))`,
  );
  return names.filter(({ result, types }) => JSON_TYPES.has(result) || types.some((type) => JSON_TYPES.has(type)));
}

test('every JSON result and argument is described', async () => {
  for (const { name, result, types, arguments: args } of await jsonFunctions()) {
    if (JSON_TYPES.has(result)) assert.ok(schema.functions[name]?.result, `the result of ${name}()`);
    for (const [n, type] of types.entries()) {
      if (JSON_TYPES.has(type)) assert.ok(schema.functions[name]?.arguments[args[n]], `${args[n]} of ${name}()`);
    }
  }
});

test('all functions return what is described, for admins, agents and customers', async () => {
  const token = (person) => api.token({ login: person.login });
  // The administrator of the installation lists all organizations.
  await db.sql(`update helpdesk.profiles set role = 'admin' where id = $1`, [people.admin.profile]);
  await db.as(people.admin, (session) =>
    session.query('select helpdesk.create_org_invite($1, $2)', [acme.org, 'invited@example.com']),
  );
  const known = { ...acme, customer: acme.customer };
  for (const fn of await functionsFor(db)) {
    // Later calls need everybody.
    if (['remove_member', 'leave_organization', 'forget_person'].includes(fn.name)) continue;
    for (const person of Object.values(people)) {
      await api.http('POST', `/rpc/${fn.name}`, { token: token(person), body: sensibleArguments(fn, known) });
    }
  }
  const ask = (person, name, body) =>
    api.http('POST', `/rpc/${name}`, { token: token(person), body: { p_org_id: acme.org, ...body } });
  await ask(people.agent, 'create_ticket', { p_title: 'Unassigned' });
  await ask(people.agent, 'claim_next_ticket');
  await ask(people.agent, 'search', { p_query: 'acmesecret', p_filters: { perPage: 100 } });
  await ask(people.agent, 'search', { p_query: 'in:comments' });
  await ask(people.customer, 'get_ticket_details', { p_number: 1 });
  const requester = { email: 'imported@example.com' };
  await ask(people.admin, 'import_tickets', {
    p_rows: [{ externalId: 'a', title: 'Imported', requester, createdAt: '2024-03-01T09:00:00Z' }],
  });
  for (const table of ['ticket_history', 'notifications']) {
    for (const person of Object.values(people))
      await api.http('GET', `/${table}?org_id=eq.${acme.org}`, { token: token(person) });
  }
  const described = Object.keys(schema.functions).filter((name) => schema.functions[name].result);
  // Only backends may create notifications.
  const missed = described.filter((name) => !validated.has(name) && name !== 'create_notification');
  assert.deepEqual(missed, [], 'functions whose result was never compared');
  assertNoMismatches();
});

test('the keys of arguments are those that functions accept, and so are the words', async () => {
  const functions = await functionsFor(db);
  const session = await db.signIn(people.admin);
  for (const [name, { arguments: args }] of Object.entries(schema.functions)) {
    const fn = functions.find((each) => each.name === name);
    if (!fn) continue;
    for (const [argument, part] of Object.entries(args)) {
      const type = resolved(part.items ?? part);
      if (!type.properties) continue;
      const sensible = sensibleArguments(fn, { ...acme, customer: acme.customer });
      const keys = await keysOf(session, fn, argument, sensible);
      const described = Object.keys(type.properties);
      assert.deepEqual(
        described.filter((key) => !keys.includes(key)),
        [],
        `${argument} of ${name}()`,
      );
      if (argument === 'p_filters') await assertWordsAccepted(session, fn, sensible, type);
      // The hint of claim_next_ticket() for an unknown key lists the keys of list_org_tickets().
      for (const key of keys.filter((each) => !described.includes(each))) {
        const given = { [key]: sampleOf(schema.$defs.TicketFilters.properties[key]) };
        await assert.rejects(session.query(...callOf(fn, { ...sensible, [argument]: given })), { detail: 'unknown_key' }, key);
      }
    }
  }
});

/** A value that a key may have. */
function sampleOf(part) {
  const [word] = wordsOf(part);
  return word ?? (resolved(part).type.includes('integer') ? 1 : 'x');
}

/** Calls a function with each word that a key may be, and with one that is none. */
async function assertWordsAccepted(session, fn, args, type) {
  const required = fn.args.filter(({ name }) => ['p_org_id', 'p_query'].includes(name)).map(({ name }) => name);
  const call = async (filters) => {
    const values = [...required.map((name) => args[name]), filters];
    const list = [...required, 'p_filters'].map((name, n) => `${name} => $${n + 1}`).join(', ');
    await session.query('begin');
    try {
      await session.query(`select helpdesk.${fn.name}(${list})`, values);
    } finally {
      await session.query('rollback');
    }
  };
  for (const [key, part] of Object.entries(type.properties)) {
    const words = wordsOf(part);
    for (const word of words) await call({ [key]: word });
    if (words.length > 0) await assert.rejects(call({ [key]: 'no such word' }), { code: '22023' }, `${fn.name} ${key}`);
  }
}

const resolved = (part) => (part.$ref ? schema.$defs[part.$ref.split('/').at(-1)] : part);

function wordsOf(part) {
  const { enum: words = [], const: word, anyOf = [] } = resolved(part);
  return [...words, ...(word === undefined ? [] : [word]), ...anyOf.flatMap(wordsOf)];
}

test('what is described is compared: a missing, an unknown and a wrong key are noticed', () => {
  const valid = { id: '01a22519-c205-7108-8d61-6516954a3790', version: 1 };
  const part = { $ref: '#/$defs/UpdatedTicket' };
  assertShape('a ticket', part, valid);
  for (const wrong of [{ id: valid.id }, { ...valid, more: 1 }, { ...valid, version: '1' }, { ...valid, id: 'x' }]) {
    assert.equal(validatorOf(part)(wrong), false, JSON.stringify(wrong));
  }
});
