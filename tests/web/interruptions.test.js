// What people see, and what happens to what they are writing, when something fails in between.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { servePage, skip } from './page_server.js';

const API = '**/api/**';
const EXPIRED = { code: 'PGRST301', details: null, hint: null, message: 'JWT expired' };
const site = await servePage();

/** An hour of polls in a moment. */
const laterOn = (page) => page.clock.runFor('01:00:00');

describe('the page, when something fails', { skip }, () => {
  test('what somebody is writing outlives a server that is away, and is sent when it is back', async () => {
    const jonas = await site.openPage('/inbox/open/43', { as: 'Jonas' });
    await jonas.getByLabel('Reply', { exact: true }).fill('Written before the server went away.');
    await jonas.route(API, (route) => route.abort());
    await jonas.getByText('The server cannot be reached. What you see may be out of date.').waitFor();
    await jonas.getByRole('link', { name: /Webhook delivered twice/ }).waitFor();
    await jonas.getByRole('button', { name: 'Send reply' }).click();
    await jonas.getByText('The server cannot be reached. Please try again.').waitFor();
    await jonas.unroute(API);
    await jonas.getByText('What you see may be out of date.').waitFor({ state: 'hidden' });
    await jonas.getByRole('button', { name: 'Send reply' }).click();
    await jonas.locator('.message', { hasText: 'Written before the server went away.' }).waitFor();
  });

  test('a form to edit stays open until its change is saved', async () => {
    const jonas = await site.openPage('/inbox/open/43', { as: 'Jonas' });
    await jonas.getByRole('button', { name: 'Edit' }).click();
    await jonas.getByLabel('Description').fill('A long text.');
    await jonas.route('**/update_ticket', (route) => route.abort(), { times: 1 });
    await jonas.getByRole('button', { name: 'Save' }).click();
    await jonas.getByText('The server cannot be reached. Please try again.').waitFor();
    await jonas.getByRole('button', { name: 'Save' }).click();
    await jonas.locator('.message', { hasText: 'A long text.' }).waitFor();
    await jonas.getByLabel('Description').waitFor({ state: 'detached' });
  });

  test('when a session ends, the page says so, keeps what is written and stops asking', async () => {
    const jonas = await site.openPage('/inbox/open/43', { as: 'Jonas' });
    await jonas.clock.install();
    await jonas.reload();
    await jonas.getByLabel('Reply', { exact: true }).fill('To be copied.');
    await jonas.getByRole('link', { name: /Webhook delivered twice/ }).waitFor();
    let requests = 0;
    await jonas.route(API, (route) => {
      requests++;
      return route.fulfill({ status: 401, json: EXPIRED });
    });
    await laterOn(jonas);
    await jonas.getByText('Your session has ended. Please sign in again.').waitFor();
    await laterOn(jonas);
    const before = requests;
    assert.ok(before > 0);
    await laterOn(jonas);
    assert.equal(requests, before);
    assert.equal(await jonas.getByLabel('Reply', { exact: true }).inputValue(), 'To be copied.');
    await jonas.getByRole('button', { name: 'Sign in again' }).click();
    await jonas.getByText('Who would you like to be?').waitFor();
  });

  test('times are those of now, also where nothing else happens', async () => {
    const jonas = await site.openPage('/inbox/open/43', { as: 'Jonas' });
    await jonas.clock.install();
    await jonas.reload();
    await jonas.getByLabel('Reply', { exact: true }).fill('Just now.');
    await jonas.getByRole('button', { name: 'Send reply' }).click();
    const time = jonas.locator('.message', { hasText: 'Just now.' }).locator('time');
    await time.waitFor();
    await jonas.clock.runFor('00:10:00');
    assert.match(await time.textContent(), /^1[01]m/);
  });

  test('while an answer is sent, it cannot be changed or sent a second time', async () => {
    const otto = await site.openPage('/portal/43', { as: 'Otto' });
    const field = otto.getByLabel('Your answer');
    await field.fill('Only once.');
    let release;
    const held = new Promise((resolve) => {
      release = resolve;
    });
    await otto.route('**/add_comment', (route) => held.then(() => route.continue()), { times: 1 });
    await otto.getByRole('button', { name: 'Send', exact: true }).click();
    for (const name of ['Send', 'Solved, thanks', 'Attach files']) {
      assert.equal(await otto.getByRole('button', { name, exact: true, disabled: true }).count(), 1, name);
    }
    assert.equal(await field.getAttribute('readonly'), '');
    release();
    await otto.locator('.message', { hasText: 'Only once.' }).waitFor();
    await otto.getByRole('button', { name: 'Solved, thanks', disabled: false }).waitFor();
    assert.equal(await field.inputValue(), '');
  });

  test('an article that was saved but not published is not saved twice', async () => {
    const nora = await site.openPage('/articles/new', { as: 'Nora' });
    await nora.getByLabel('Title').fill('Published at last');
    await nora.getByLabel('Text, in Markdown').fill('A text.');
    await nora.route('**/publish_article', (route) => route.abort(), { times: 1 });
    await nora.getByRole('button', { name: 'Publish' }).click();
    await nora.getByText('The server cannot be reached. Please try again.').waitFor();
    await nora.getByLabel('Text, in Markdown').fill('Another text.');
    await nora.getByRole('button', { name: 'Publish' }).click();
    await nora.getByText('published, for everybody').waitFor();
    const written = await site.db.sql(`select status, content from helpdesk.articles where title = 'Published at last'`);
    assert.deepEqual(written, [{ status: 'published', content: 'Another text.' }]);
  });

  test('an author does not write over a version that was read again in between', async () => {
    const id = await site.db.value(`select id from helpdesk.articles where title = 'Read your invoice'`);
    const nora = await site.openPage(`/articles/${id}`, { as: 'Nora' });
    await nora.clock.install();
    await nora.reload();
    await nora.getByLabel('Title').fill('Read this invoice');
    await laterOn(nora);
    await site.db.sql(`update helpdesk.articles set title = 'Read that invoice' where id = $1`, [id]);
    const read = nora.waitForResponse('**/get_article');
    await nora.context().setOffline(true);
    await nora.context().setOffline(false);
    await read;
    await nora.getByRole('button', { name: 'Save' }).click();
    await nora.getByText('Somebody else has changed this article in the meantime.').waitFor();
  });

  test('a part of the page that cannot be loaded is explained', async () => {
    const jonas = await site.openPage('/inbox/open', { as: 'Jonas' });
    const part = '**/assets/DashboardPage-*.js';
    await jonas.route(part, (route) => route.abort());
    await jonas.getByRole('link', { name: 'Dashboard' }).click();
    await jonas.getByRole('heading', { name: 'This page could not be shown' }).waitFor();
    await jonas.unroute(part);
    await jonas.getByRole('button', { name: 'Load it again' }).click();
    await jonas.getByRole('heading', { name: 'Dashboard' }).waitFor();
  });

  test('an address that leads nowhere is explained', async () => {
    const otto = await site.openPage('/portal/nonsense', { as: 'Otto' });
    await otto.getByText('There is no such ticket').waitFor();
    await otto.context().route('**/demo/people.json', (route) => route.fulfill({ status: 404 }));
    await otto.evaluate(() => sessionStorage.setItem('helpdesk session', 'null'));
    await otto.goto(`${site.url}/help`);
    await otto.getByText('No help center has this address').waitFor();
  });

  test('somebody whose role is unknown is not taken for staff', async () => {
    const jonas = await site.openPage('/', { as: 'Jonas' });
    await jonas.getByRole('navigation', { name: 'Views' }).waitFor();
    await jonas.route('**/list_org_members', (route) => route.fulfill({ json: [] }));
    await jonas.goto(site.url);
    await jonas.getByRole('heading', { name: 'My tickets' }).waitFor();
  });
});
