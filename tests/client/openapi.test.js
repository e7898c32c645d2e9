// clients/openapi.json is valid OpenAPI, and describes what PostgREST serves.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { functionsFor, sensibleArguments } from '../support/api_catalog.js';
import { granted, serveHelpdesk } from '../support/helpdesk_server.js';
import { createTwoTenants } from '../support/two_tenants.js';

const document = JSON.parse(readFileSync(new URL('../../clients/openapi.json', import.meta.url), 'utf8'));
const { db, api, acme } = await serveHelpdesk(createTwoTenants);

const ajv = addFormats(new Ajv({ strict: false }));
/** The validator of a schema in the document. */
const validatorOf = (schema) => ajv.compile({ components: document.components, ...schema });

test('the document is valid OpenAPI 3.1', async () => {
  const result = await new Validator().validate(document);
  assert.equal(result.valid, true, JSON.stringify(result.errors, null, 1));
});

test('a document with a mistake is not', async () => {
  const wrong = structuredClone(document);
  wrong.paths['/rpc/search'].post.requestBody = { required: 'yes' };
  assert.equal((await new Validator().validate(wrong)).valid, false);
});

test('it describes each function that PostgREST serves, with its arguments', async () => {
  const { body: served } = await api.http('GET', '/', { token: api.token({ role: 'service_role' }) });
  const paths = Object.keys(served.paths).filter((path) => path.startsWith('/rpc/'));
  assert.ok(paths.length > 50);
  for (const path of paths) assert.ok(document.paths[path], path);
  for (const fn of await functionsFor(db)) {
    const { schema } = document.paths[`/rpc/${fn.name}`].post.requestBody.content['application/json'];
    const bodies = (schema.oneOf ?? [schema]).map(({ properties }) => Object.keys(properties).join());
    assert.ok(bodies.includes(fn.args.map(({ name }) => name).join()), fn.name);
  }
});

test('arguments that functions accept are valid, others are not; results and errors are valid', async () => {
  const asAgent = api.supabase(acme.agent);
  for (const fn of await functionsFor(db)) {
    // The agent must stay.
    if (['leave_organization', 'forget_person'].includes(fn.name)) continue;
    const { requestBody, responses } = document.paths[`/rpc/${fn.name}`].post;
    const { schema } = requestBody.content['application/json'];
    const args = JSON.parse(JSON.stringify(sensibleArguments(fn, { ...acme, customer: acme.customer })));
    const { status, body } = await api.http('POST', `/rpc/${fn.name}`, {
      token: api.token({ login: acme.agent.login }),
      body: args,
    });
    if (status < 300) assert.ok(validatorOf(schema)(args), `${fn.name} ${JSON.stringify(args)}`);
    assert.equal(validatorOf(schema)({ ...args, p_no_such: 1 }), false, fn.name);
    const described = responses[status] ?? document.components.responses.Error;
    const answer = described.content?.['application/json'].schema;
    if (!answer) continue;
    const validate = validatorOf(answer);
    assert.ok(validate(body), `${fn.name} ${JSON.stringify(validate.errors)} ${JSON.stringify(body)}`);
  }
  const { schema } = document.paths['/rpc/list_org_tickets'].post.requestBody.content['application/json'];
  const filters = { priority: ['high'], assignedTo: 'me', perPage: 5, search: null };
  granted(await asAgent.rpc('list_org_tickets', { p_org_id: acme.org, p_filters: filters }));
  assert.equal(validatorOf(schema)({ p_org_id: acme.org, p_filters: filters }), true);
  assert.equal(validatorOf(schema)({ p_org_id: acme.org, p_filters: { ...filters, state: 'open' } }), false);
});
