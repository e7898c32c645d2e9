// What the page offers where there is a Supabase: files, and changes as they happen.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, describe, test } from 'node:test';
import { waitUntil } from '../support/wait.js';
import { servePage, skip } from './page_server.js';
import { startSupabase } from './supabase_server.js';

const site = await servePage();
const { supabase, files, subscriptions, send, stop } = skip ? {} : await startSupabase(site.api);
after(() => stop?.());

describe('files', { skip }, () => {
  test('a customer sends a file, and an agent reads it and answers with another one', async () => {
    const pia = await site.openPage('/portal/new', { as: 'Pia', supabase });
    await pia.getByLabel('In one line').fill('The label is torn');
    await pia
      .locator('input[type=file]')
      .setInputFiles([file('label.png', 'image/png', 'a picture'), file('wrong.txt', 'text/plain', 'x')]);
    await pia.getByRole('button', { name: 'Remove wrong.txt' }).click();
    await pia.getByRole('button', { name: 'Send to Initech' }).click();
    await pia.getByRole('heading', { name: 'The label is torn' }).waitFor();
    await pia.getByRole('list', { name: 'Files' }).getByText('9 bytes').waitFor();
    assert.deepEqual([...files.values()].map(String), ['a picture']);

    const kim = await site.openPage('/inbox/open', { as: 'Kim', supabase });
    await kim.getByRole('link', { name: /The label is torn/ }).click();
    assert.equal(await download(kim, 'label.png'), 'a picture');
    await kim.getByLabel('Reply', { exact: true }).fill('Here is a new one.');
    await kim.locator('input[type=file]').setInputFiles(file('new label.pdf', 'application/pdf', 'a label'));
    await kim.getByRole('button', { name: 'Send reply' }).click();
    await kim
      .locator('.message', { hasText: 'Here is a new one.' })
      .getByRole('button', { name: 'new label.pdf', exact: true })
      .waitFor();
    await pia.reload();
    assert.equal(await download(pia, 'new label.pdf'), 'a label');
  });

  test('files of an internal note are for the staff', async () => {
    const jonas = await site.openPage('/inbox/open/43', { as: 'Jonas', supabase });
    await jonas.getByRole('button', { name: 'Internal note' }).click();
    await jonas.getByLabel('Internal note').fill('See the log.');
    await jonas.locator('input[type=file]').setInputFiles(file('scale.log', 'text/plain', 'secret'));
    await jonas.getByRole('button', { name: 'Add note' }).click();
    await jonas.getByRole('button', { name: 'scale.log', exact: true }).waitFor();
    const otto = await site.openPage('/portal/43', { as: 'Otto', supabase });
    await otto.getByRole('button', { name: 'gate-3.jpg', exact: true }).waitFor();
    assert.equal(await otto.getByText('scale.log').count(), 0);
  });

  test('what could not be uploaded is not lost, and is sent once', async () => {
    const otto = await site.openPage('/portal/43', { as: 'Otto', supabase });
    await otto.route('**/storage/v1/object/ticket-files/**', (route) => route.abort(), { times: 1 });
    await otto.getByLabel('Your answer').fill('This is the button.');
    await otto.locator('input[type=file]').setInputFiles(file('button.jpg', 'image/jpeg', 'a button'));
    await otto.getByRole('button', { name: 'Send', exact: true }).click();
    await otto.getByText('The storage of files cannot be reached. Please try again.').waitFor();
    await otto.getByRole('button', { name: 'Send', exact: true }).click();
    await otto
      .locator('.message', { hasText: 'This is the button.' })
      .getByRole('button', { name: 'button.jpg', exact: true })
      .waitFor();
    assert.equal(await site.db.value(`select count(*)::int from helpdesk.ticket_attachments where file_name = 'button.jpg'`), 1);

    // This file was never in the storage.
    await otto.getByRole('button', { name: 'gate-3.jpg', exact: true }).click();
    await otto.getByText('“gate-3.jpg” could not be read.').waitFor();
  });

  test('the path of a file leads to this file and nowhere else', async () => {
    const path = 'odd/%2e%2e/%2e%2e/rest?a#b';
    await site.db.sql(
      `insert into helpdesk.ticket_attachments (org_id, ticket_id, uploaded_by, file_name, file_type, file_size, storage_path)
       select org_id, id, created_by, 'odd.txt', 'text/plain', 1, $1 from helpdesk.tickets
        where title = 'Scales show grams instead of kilograms'`,
      [path],
    );
    const otto = await site.openPage('/portal/43', { as: 'Otto', supabase });
    const [request] = await Promise.all([
      otto.waitForRequest(/storage/),
      otto.getByRole('button', { name: 'odd.txt', exact: true }).click(),
    ]);
    const { pathname } = new URL(request.url());
    assert.equal(pathname.split('/ticket-files/').map(decodeURIComponent).at(-1), path);
    await otto.getByText('“odd.txt” could not be read.').waitFor();
  });

  test('without a storage, names and sizes are shown and the page says that it keeps no files', async () => {
    const otto = await site.openPage('/portal/43', { as: 'Otto' });
    const list = otto.getByRole('list', { name: 'Files' });
    await list.getByText('gate-3.jpg').waitFor();
    await list.getByText('348 kB').waitFor();
    assert.equal(await list.getByRole('button').count(), 0);
    await otto.getByRole('button', { name: 'Attach files' }).click();
    await otto.getByText('Files cannot be sent: this server has no storage for them.').waitFor();
  });
});

describe('Realtime', { skip }, () => {
  test('a change is shown when Realtime sends it, without a poll', async () => {
    subscriptions.length = 0;
    const nora = await site.openPage('/inbox/open', { as: 'Nora', supabase });
    await nora.getByRole('link', { name: /Second warehouse/ }).click();
    await waitUntil('Nora is subscribed', () => subscriptions.length === 1);
    const [{ changes, token }] = subscriptions;
    const me = await site.db.value(`select id from helpdesk.profiles where name = 'Nora'`);
    const org = await site.organization('Initech');
    assert.deepEqual(
      changes.map(({ event, schema, table, filter }) => `${event} ${schema}.${table} ${filter}`),
      [`INSERT helpdesk.notifications user_id=eq.${me}`, `* helpdesk.tickets org_id=eq.${org}`],
    );
    assert.ok(token, 'Realtime knows whose rows it may send');

    await nora.getByRole('heading', { name: 'Second warehouse does not appear' }).waitFor();
    // The page would have asked twice by then.
    await assert.rejects(nora.waitForRequest(/count_unread/, { timeout: 7_000 }), { name: 'TimeoutError' });
    const milo = await site.db.value(`select auth_id from helpdesk.profiles where name = 'Milo'`);
    const ticket = await site.db.value(`select id from helpdesk.tickets where title = 'Second warehouse does not appear'`);
    await site.db.as({ login: milo }, (session) => session.query(`select helpdesk.add_comment($1, 'Friday is here.')`, [ticket]));
    send('tickets', { id: ticket, org_id: org });
    await nora.locator('.message', { hasText: 'Friday is here.' }).waitFor();
  });

  test('without Realtime, the page polls', async () => {
    const unreachable = { ...supabase, url: 'http://127.0.0.1:1' };
    const jonas = await site.openPage('/inbox/mine', { as: 'Jonas', supabase: unreachable });
    await jonas.getByRole('link', { name: /Second warehouse/ }).waitFor();
    await site.db.sql(`update helpdesk.tickets set title = 'A second warehouse' where title like 'Second warehouse%'`);
    await jonas.getByRole('link', { name: /A second warehouse/ }).waitFor();
  });
});

const file = (name, mimeType, text) => ({ name, mimeType, buffer: Buffer.from(text) });

async function download(page, name) {
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name, exact: true }).click()]);
  assert.equal(saved.suggestedFilename(), name);
  return readFile(await saved.path(), 'utf8');
}
