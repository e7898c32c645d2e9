// Runs the JavaScript example of the README.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { serveHelpdesk } from '../support/helpdesk_server.js';

const { api, acme, alice } = await serveHelpdesk();

test('the JavaScript example of the README works as described', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [, example] = readme.match(/^```js\n(.*?)^```$/ms);
  const run = new Function('createClient', 'url', 'key', 'org', `return (async () => { ${example} return { ticket, page, details, rows } })()`);
  const asAlice = (_url, _key, options) => {
    assert.deepEqual(options, { db: { schema: 'helpdesk' } });
    return api.supabase(alice);
  };
  const { ticket, page, details, rows } = await run(asAlice, api.url, api.token(alice), acme);
  assert.equal(page.tickets[0].id, ticket);
  assert.equal(details.ticket.title, 'It smokes again');
  assert.equal(details.ticket.description, 'Since this morning');
  assert.deepEqual(rows, [{ number: 1, title: 'It smokes again', workflow_stages: { name: 'New' } }]);
});
