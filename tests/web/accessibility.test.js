// axe-core finds nothing on any page, in light and dark, on a desk and on a phone, and no page is
// wider than a phone.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { servePage, skip } from './page_server.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const site = await servePage();
const pages = skip ? {} : await listPages();

describe('accessibility of every page', { skip }, () => {
  // One window for each person is enough for all of their pages.
  const windows = new Map();

  for (const [name, [address, as, text, prepare]] of Object.entries(pages)) {
    test(`nothing to find: ${name}`, async () => {
      const page = windows.get(as) ?? (await site.openPage('/', { as, reducedMotion: 'reduce' }));
      windows.set(as, page);
      await look(page, 'light', DESK);
      await page.goto(site.url + address);
      await prepare?.(page);
      const shown = page
        .getByText(text)
        .or(page.getByPlaceholder(text))
        .or(page.getByLabel(text, { exact: true }));
      await shown.filter({ visible: true }).first().waitFor();
      await page.addScriptTag({ path: AXE });

      const findings = [];
      for (const [scheme, size, rules] of [
        ['light', DESK, {}],
        // Between desk and phone colours are the same, between light and dark only colours differ.
        ['light', PHONE, { rules: { 'color-contrast': { enabled: false } } }],
        ['dark', DESK, { runOnly: ['color-contrast'] }],
      ]) {
        await look(page, scheme, size);
        const { violations } = await page.evaluate((options) => window.axe.run(options), {
          ...rules,
          resultTypes: ['violations'],
        });
        for (const { id, nodes } of violations) {
          findings.push(`${scheme} ${size.width}: ${id}: ${nodes[0].html} ${nodes[0].failureSummary}`);
        }
        const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (excess > 0) findings.push(`${excess} pixels wider than ${size.width}`);
      }
      assert.deepEqual(findings, []);
    });
  }
});

describe('a ticket on a phone', { skip }, () => {
  test('the conversation ends where the box for answers begins', async () => {
    const page = await site.openPage('/inbox/open/43', { as: 'Jonas', viewport: PHONE });
    await page.getByText('Articles that may help').waitFor();
    const reply = await page.locator('.reply').boundingBox();
    const { y, height } = await page.locator('.ticket-body').boundingBox();
    const end = await page.locator('.ticket-body').evaluate((body) => body.lastElementChild.getBoundingClientRect().bottom);
    assert.ok(y + height <= reply.y + 1, `${y + height} ${reply.y}`);
    assert.ok(end <= reply.y + 1, `${end} ${reply.y}`);
  });
});

async function look(page, colorScheme, size) {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize(size);
}

/** Each: the address, who opens it, what has to be there, and what is done before. */
async function listPages() {
  const org = await site.organization('Initech');
  const article = await site.db.value(`select id from helpdesk.articles where title = 'Read your invoice'`);
  const clickOn = (role, name) => async (page) => page.getByRole(role, { name }).click();
  return {
    'sign-in': ['/', undefined, 'Who would you like to be?'],
    'welcome': ['/', 'Stan', 'Or start a help desk'],
    'inbox': ['/inbox/open', 'Jonas', 'Webhook delivered twice'],
    'inbox with a ticket': ['/inbox/open/43', 'Jonas', 'Jonas, can you prepare'],
    'inbox without tickets': ['/inbox/mine', 'Ada', 'Nothing here'],
    'internal note': ['/inbox/open/43', 'Jonas', 'Only the staff will see this', clickOn('button', 'Internal note')],
    'editing a ticket': ['/inbox/open/43', 'Jonas', 'Description', clickOn('button', 'Edit')],
    'selected tickets': ['/inbox/open', 'Jonas', '1 selected', (page) => page.getByLabel('Select #42').check()],
    'shortcuts': ['/inbox/open', 'Jonas', 'Claim the next ticket', clickOn('button', 'Keyboard shortcuts')],
    'notifications': ['/dashboard', 'Kim', 'Mark all as read', clickOn('button', /Notifications/)],
    'people': ['/dashboard', 'Kim', 'Be somebody else', clickOn('button', /Signed in as/)],
    'dashboard': ['/dashboard', 'Nora', 'By agent'],
    'members': ['/admin/members', 'Nora', 'No invite is pending.'],
    'workflow': ['/admin/workflow', 'Nora', 'Add stage'],
    'allowed moves': [
      '/admin/workflow',
      'Nora',
      'From New to Closed',
      async (page) => {
        const restrict = page.getByRole('button', { name: /Restrict moves|Allow every move/ });
        await restrict.waitFor();
        if ((await restrict.textContent()) === 'Restrict moves') await restrict.click();
      },
    ],
    'settings': ['/admin/settings', 'Nora', 'Anybody may join as customer'],
    'my tickets': ['/portal', 'Otto', 'Scales show grams instead of kilograms'],
    'a ticket of mine': ['/portal/43', 'Otto', 'Solved, thanks'],
    'no such ticket': ['/portal/9999', 'Otto', 'There is no such ticket'],
    'new ticket': [
      '/portal/new',
      'Otto',
      'Connect a label printer',
      (page) => page.getByLabel('In one line').fill('printer labels'),
    ],
    'help center': [`/help/${org}`, undefined, 'Read your invoice'],
    'help center of staff': [`/help/${org}`, 'Nora', 'Write an article'],
    'new article': ['/articles/new', 'Nora', 'Tags, separated by commas'],
    'article in preview': [`/articles/${article}`, 'Nora', 'the subscription of the month', clickOn('button', 'Preview')],
    'search': [
      `/help/${org}`,
      undefined,
      'Limits of the API',
      (page) => page.getByLabel('Search articles').fill('calls a minute'),
    ],
    'article': [`/help/${org}/${article}`, undefined, 'the subscription of the month'],
  };
}
