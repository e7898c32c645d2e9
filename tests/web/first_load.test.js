// What a browser loads before it shows the inbox, and that nothing moves once it is shown.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { PAGE, servePage, skip } from './page_server.js';

const LIMIT = 200_000;
const site = await servePage();
/** What Google calls good is 0.1. */
const LAYOUT_SHIFT_LIMIT = 0.02;

test('the first load is below 200 kB, compressed', { skip }, async () => {
  const dist = join(PAGE, 'dist');
  const manifest = JSON.parse(await readFile(join(dist, '.vite/manifest.json'), 'utf8'));
  const files = new Set(['index.html']);
  function add(name) {
    const { file, css = [], imports = [] } = manifest[name];
    for (const each of [file, ...css]) files.add(each);
    for (const each of imports) add(each);
  }
  add('index.html');
  let size = 0;
  for (const file of files) size += gzipSync(await readFile(join(dist, file))).length;
  assert.ok(files.size >= 3, [...files].join());
  assert.ok(size < LIMIT, `${size} bytes in ${[...files].join(', ')}`);
});

test('nothing moves while the inbox and a ticket load', { skip }, async () => {
  const page = await site.openPage('/inbox/open/43', { as: 'Jonas' });
  await page.getByText('Articles that may help').waitFor();
  await page.getByRole('link', { name: /Webhook delivered twice/ }).waitFor();
  const shift = await site.layoutShift(page);
  assert.ok(shift < LAYOUT_SHIFT_LIMIT, `layout shift ${shift}`);

  // The measurement notices when something moves.
  await page.evaluate(() => {
    const late = document.createElement('div');
    late.style.height = '200px';
    document.querySelector('header').after(late);
  });
  const moved = await site.layoutShift(page);
  assert.ok(moved > LAYOUT_SHIFT_LIMIT, `layout shift ${moved}`);
});
