// Writes the pictures of the documentation to docs/images: scripts/screenshots. They are made by
// hand, because their dates and times differ each time.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { servePage, skip } from './page_server.js';

const IMAGES = process.env.IMAGES ?? fileURLToPath(new URL('../../docs/images', import.meta.url));
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };
const DESK = { viewport: { width: 1360, height: 880 } };
const TALL = { viewport: { width: 1360, height: 1040 } };
const LOW = { viewport: { width: 1360, height: 640 } };

/** Some that an admin may have forbidden, or kept for themself. */
const MOVES = [
  ['From New to Closed', 'Admins'],
  ['From In progress to New', 'Nobody'],
  ['From Resolved to New', 'Nobody'],
  ['From Closed to New', 'Nobody'],
  ['From Closed to In progress', 'Admins'],
];

const site = await servePage();

test('the pictures of the documentation', { skip }, async () => {
  const { openPage, organization } = site;
  const initech = await organization('Initech');
  await mkdir(IMAGES, { recursive: true });

  async function take(name, address, options, prepare = async () => {}) {
    const page = await openPage(address, options);
    await prepare(page);
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: join(IMAGES, `${name}.png`), animations: 'disabled' });
    await page.context().close();
  }

  const scales = async (page) => {
    await page.getByRole('link', { name: /Scales show grams/ }).click();
    await page.getByRole('heading', { name: /Scales show grams/ }).waitFor();
    await page.getByText('Articles that may help').waitFor();
  };
  await take('inbox-light', '/inbox/open', { as: 'Jonas', colorScheme: 'light', ...DESK }, scales);
  await take('inbox-dark', '/inbox/open', { as: 'Jonas', colorScheme: 'dark', ...DESK }, scales);
  await take('inbox-phone', '/inbox/open', { as: 'Jonas', ...PHONE }, (page) =>
    page.getByRole('link', { name: /Second warehouse/ }).waitFor(),
  );
  await take('portal', '/portal/new', { as: 'Pia', ...DESK }, async (page) => {
    await page.getByLabel('In one line').fill('My printer prints no labels');
    await page.getByLabel('What happened?').fill('It worked until yesterday. The light is green.');
    await page.getByText('Connect a label printer').click();
    await page.getByText('Plug the printer in').waitFor();
  });
  await take('help-center', `/help/${initech}`, LOW, (page) => page.getByText('Read your invoice').waitFor());
  await take('admin-workflow', '/admin/workflow', { as: 'Nora', ...TALL }, async (page) => {
    await page.getByRole('button', { name: 'Restrict moves' }).click();
    for (const [move, who] of MOVES) await page.getByLabel(move).selectOption(who);
    await page.getByRole('button', { name: 'Move Waiting on customer' }).waitFor();
    const grip = await page.getByRole('button', { name: 'Move Waiting on customer' }).boundingBox();
    await page.mouse.move(grip.x + 10, grip.y + 10);
    await page.mouse.down();
    await page.mouse.move(grip.x + 10, grip.y - 20, { steps: 5 });
  });
  const article = await site.db.value(`select id from helpdesk.articles where title = 'Connect a label printer'`);
  await take('article-editor', `/articles/${article}`, { as: 'Nora', ...DESK }, (page) => page.getByLabel('Shipping').waitFor());
  await take('dashboard', '/dashboard', { as: 'Nora', ...TALL }, (page) =>
    page.locator('.ct-bar').first().waitFor({ state: 'attached' }),
  );
});
