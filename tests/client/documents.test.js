// The TypeScript in docs/typescript.md compiles, and prints what is shown.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { assertPrinted } from '../docs/compare.js';
import { serveHelpdesk } from '../support/helpdesk_server.js';
import { installPackage } from './package.js';

const DOCUMENT = readFileSync(new URL('../../docs/typescript.md', import.meta.url), 'utf8');
const VARIABLES = ['url', 'accessToken', 'org'];

const { api, acme, ben } = await serveHelpdesk();
const { folder, compile, remove } = await installPackage();
after(remove);

const blocks = (language) =>
  [...DOCUMENT.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text);

test('the examples compile, and print what is shown', async () => {
  const declared = VARIABLES.map((name) => `declare const ${name}: string;\n`).join('');
  const [first, ...others] = blocks('ts');
  assert.deepEqual(await compile({ 'example.ts': declared + [first, ...others].join('') }), []);
  const values = { url: api.url, accessToken: api.token({ login: ben.login }), org: acme };
  await writeFile(
    `${folder}/run.js`,
    `Object.assign(globalThis, ${JSON.stringify(values)});\nawait import('./out/example.js');\n`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [`${folder}/run.js`], { timeout: 60_000 });
  assertPrinted(stdout, blocks('text').join(''));
});
