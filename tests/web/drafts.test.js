// What people are writing is kept until it is sent, for each ticket and each person.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { servePage, skip } from './page_server.js';

const site = await servePage();

/** The names of the drafts that a page keeps. */
const draftsOf = (page) => page.evaluate(() => Object.keys(sessionStorage).filter((name) => name.startsWith('helpdesk draft')));

const comments = (text) => site.db.value('select count(*)::int from helpdesk.ticket_comments where content = $1', [text]);

/** Sends a request that reaches the server, but whose answer is lost. */
const loseAnswer = (page, call) =>
  page.route(
    `**/${call}`,
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );

describe('drafts', { skip }, () => {
  test('an answer and a note wait at their tickets until they are sent', async () => {
    const jonas = await site.openPage('/inbox/open/42', { as: 'Jonas' });
    const stage = jonas.getByLabel('Stage after sending');
    await jonas.getByLabel('Reply', { exact: true }).fill('Almost an answer.');
    await stage.selectOption({ label: 'Then move to Waiting on customer' });
    await jonas.getByRole('link', { name: /Scales show grams/ }).click();
    await jonas.getByRole('heading', { name: /Scales show grams/ }).waitFor();
    assert.equal(await jonas.getByLabel('Reply', { exact: true }).inputValue(), '');
    await jonas.getByRole('button', { name: 'Internal note' }).click();
    await jonas.getByLabel('Internal note').fill('Almost a note.');
    await jonas.getByRole('link', { name: 'Dashboard' }).click();
    await jonas.getByRole('heading', { name: 'Dashboard' }).waitFor();

    // A note stays a note, also after the page was loaded again.
    await jonas.goBack();
    await jonas.reload();
    await jonas.getByRole('button', { name: 'Add note' }).waitFor();
    assert.equal(await jonas.getByLabel('Internal note').inputValue(), 'Almost a note.');
    await jonas.getByRole('button', { name: 'Add note' }).click();
    await jonas.locator('.message.internal', { hasText: 'Almost a note.' }).waitFor();
    await jonas.getByRole('button', { name: /^Reply to/ }).click();
    assert.equal(await jonas.getByLabel('Reply', { exact: true }).inputValue(), '');

    await jonas.goto(`${site.url}/inbox/open/42`);
    await jonas.getByRole('button', { name: 'Send reply' }).waitFor();
    assert.equal(await jonas.getByLabel('Reply', { exact: true }).inputValue(), 'Almost an answer.');
    assert.equal(await stage.locator('option:checked').textContent(), 'Then move to Waiting on customer');
    await jonas.getByRole('button', { name: 'Send reply' }).click();
    await jonas.locator('.message', { hasText: 'Almost an answer.' }).waitFor();
    await jonas.reload();
    await jonas.getByRole('button', { name: 'Send reply' }).waitFor();
    assert.equal(await jonas.getByLabel('Reply', { exact: true }).inputValue(), '');
  });

  test('the next person in the same tab does not see them', async () => {
    const page = await site.openPage('/inbox/open/42', { as: 'Jonas' });
    await page.getByLabel('Reply', { exact: true }).fill('Written by Jonas.');
    const become = async (name) => {
      await page.getByRole('button', { name: /^Signed in as/ }).click();
      await page.locator('#person-menu').getByRole('button', { name }).click();
      await page.getByRole('button', { name: `Signed in as ${name}` }).waitFor();
      await page.goto(`${site.url}/inbox/open/42`);
      await page.getByRole('button', { name: 'Send reply' }).waitFor();
      return page.getByLabel('Reply', { exact: true }).inputValue();
    };
    assert.equal(await become('Kim'), '');
    assert.equal(await become('Jonas'), 'Written by Jonas.');
  });

  test('a new ticket waits until it is sent', async () => {
    const pia = await site.openPage('/portal/new', { as: 'Pia' });
    await pia.getByLabel('In one line').fill('The labels are upside down');
    await pia.getByLabel('What happened?').fill('Since this morning.');
    await pia.getByRole('link', { name: 'My tickets' }).click();
    await pia.getByRole('link', { name: 'Ask for help' }).click();
    assert.equal(await pia.getByLabel('In one line').inputValue(), 'The labels are upside down');
    await pia.reload();
    assert.equal(await pia.getByLabel('What happened?').inputValue(), 'Since this morning.');
    await pia.getByRole('button', { name: 'Send to Initech' }).click();
    await pia.getByRole('heading', { name: 'The labels are upside down' }).waitFor();
    assert.deepEqual(await draftsOf(pia), []);
    await pia.goto(`${site.url}/portal/new`);
    assert.equal(await pia.getByLabel('In one line').inputValue(), '');
  });

  test('what was sent, but not confirmed, is not sent twice by opening it again', async () => {
    const otto = await site.openPage('/portal/43', { as: 'Otto' });
    await otto.getByLabel('Your answer').fill('Thank you for everything.');
    await loseAnswer(otto, 'resolve_ticket');
    await otto.getByRole('button', { name: 'Solved, thanks' }).click();
    await otto.getByText('The server cannot be reached. Please try again.').waitFor();
    // Somebody reopens the ticket: the repeated call must not solve it again.
    await site.db.sql(
      `update helpdesk.tickets t set current_stage_id = s.id from helpdesk.workflow_stages s
        where s.org_id = t.org_id and s.workflow_id = t.workflow_id and s.name = 'New' and t.number = 43`,
    );
    await otto.getByRole('link', { name: 'My tickets' }).first().click();
    await otto.goto(`${site.url}/portal/43`);
    await otto.getByRole('button', { name: 'Solved, thanks' }).click();
    await otto.getByText('Thank you! Write again whenever it comes back.').waitFor();
    assert.equal(await comments('Thank you for everything.'), 1);
    assert.equal(await otto.getByLabel('Your answer').inputValue(), '');
  });

  test('a text that was changed after it was sent is sent only if the person insists', async () => {
    const otto = await site.openPage('/portal/43', { as: 'Otto' });
    await otto.getByLabel('Your answer').fill('A first version.');
    await loseAnswer(otto, 'add_comment');
    const send = otto.getByRole('button', { name: 'Send', exact: true });
    await send.click();
    await otto.getByText('The server cannot be reached. Please try again.').waitFor();
    await otto.getByLabel('Your answer').fill('A second version.');
    await send.click();
    await otto.getByText('This was sent already, with another text.').waitFor();
    assert.equal(await comments('A second version.'), 0);
    await send.click();
    await otto.locator('.message', { hasText: 'A second version.' }).waitFor();
    assert.equal(await comments('A first version.'), 1);
  });
});
