// Everything that agents and admins do often works without a mouse.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { servePage, skip } from './page_server.js';

const site = await servePage();

describe('the page by keyboard only', { skip }, () => {
  test('an agent finds, opens, answers and assigns a ticket', async () => {
    const page = await site.openPage('/inbox/open', { as: 'Jonas' });
    const { keyboard } = page;
    await page.getByRole('link', { name: /Scales show grams/ }).waitFor();
    const focused = () => page.evaluate(() => document.activeElement.textContent);

    await keyboard.press('j');
    assert.match(await focused(), /Scales show grams/);
    await keyboard.press('j');
    const second = await focused();
    assert.doesNotMatch(second, /Scales show grams/);
    await keyboard.press('k');
    assert.match(await focused(), /Scales show grams/);
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Scales show grams instead of kilograms' }).waitFor();

    await keyboard.press('c');
    await keyboard.type('Written without a mouse. j k n');
    await keyboard.press('Control+Enter');
    await page.locator('.message.internal', { hasText: 'Written without a mouse. j k n' }).waitFor();
    await keyboard.press('Escape');
    await keyboard.press('r');
    await keyboard.type('At noon, Otto.');
    await keyboard.press('Control+Enter');
    await page.locator('.message:not(.internal)', { hasText: 'At noon, Otto.' }).waitFor();
    await keyboard.press('Escape');
    await keyboard.press('a');
    await page.getByText('Jonas assigned it to Jonas').waitFor();

    await keyboard.press('/');
    await keyboard.type('#40');
    await keyboard.press('Enter');
    await page.getByText('1 of 1').waitFor();
    await keyboard.press('Escape');
    await keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await keyboard.press('u');
    await page.getByText('No ticket is open').waitFor();
    assert.equal(await page.title(), 'Inbox · Initech · helpdesk');
  });

  test('an agent selects tickets, and claims the next one', async () => {
    const page = await site.openPage('/inbox/unassigned', { as: 'Kim' });
    await page.getByRole('link', { name: /Carrier refuses/ }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByText('1 selected').waitFor();
    await page.keyboard.press('n');
    await page.getByRole('heading', { name: /Carrier refuses our parcels/ }).waitFor();
    await page.getByText('#40 is yours now.').waitFor();
  });

  test('everything in the inbox can be reached with Tab, and shows that it has the focus', async () => {
    const page = await site.openPage('/inbox/open/3', { as: 'Ben' });
    await page.getByText('Articles that may help').waitFor();
    await page.getByLabel('Reply', { exact: true }).waitFor();
    const reached = new Set();
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press('Tab');
      const { name, outline } = await page.evaluate(() => {
        const { activeElement: element } = document;
        return { name: element.ariaLabel ?? element.textContent, outline: getComputedStyle(element).outlineStyle };
      });
      if (reached.has('Send reply')) break;
      assert.notEqual(outline, 'none', `${name} shows no focus`);
      reached.add(name);
    }
    for (const name of ['Notifications: 0 unread', 'Search tickets', 'Claim next', 'Select #3', 'Reply', 'Send reply']) {
      assert.ok(reached.has(name), `${name} is not reached: ${[...reached].join(', ')}`);
    }
  });

  test('a field that is saved keeps the focus', async () => {
    const jonas = await site.openPage('/inbox/open/43', { as: 'Jonas' });
    const focused = (page) =>
      page.evaluate(() => document.activeElement.labels?.[0]?.textContent ?? document.activeElement.ariaLabel);
    await jonas
      .locator('.ticket-fields')
      .getByLabel(/^Priority/)
      .focus();
    await jonas.keyboard.press('U');
    await jonas.getByText('to urgent').waitFor();
    assert.match(await focused(jonas), /^Priority/);

    const gina = await site.openPage('/admin/workflow', { as: 'Gina' });
    await gina.getByRole('button', { name: 'Restrict moves' }).click();
    await gina.getByLabel('From New to Closed').focus();
    await gina.keyboard.press('A');
    await site.waitUntilMoves('Globex', 'New', ['Closed (org_admin)', 'In progress', 'Resolved', 'Waiting on customer']);
    assert.equal(await focused(gina), 'From New to Closed');
  });

  test('an admin moves a stage', async () => {
    const page = await site.openPage('/admin/workflow', { as: 'Ada' });
    const handle = page.getByRole('button', { name: 'Move Closed' });
    await handle.focus();
    await page.keyboard.press('Space');
    await page.getByText('Picked up Closed.').waitFor({ state: 'attached' });
    await page.keyboard.press('ArrowUp');
    await page.getByText('Closed is at the place of Resolved.').waitFor({ state: 'attached' });
    await page.keyboard.press('Space');
    await site.waitUntilStages('Acme', ['New', 'In progress', 'Waiting on customer', 'Closed', 'Resolved']);
  });
});
