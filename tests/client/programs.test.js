// The types of @helpdesk/client: programs that are right compile, programs with a mistake do not.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { installPackage } from './package.js';
import { BEGINNING, WRONG_PROGRAMS } from './wrong_programs.js';

const RIGHT = new URL('programs/', import.meta.url);

const { compile, remove } = await installPackage();
after(remove);

test('right programs compile, with both versions of postgrest-js', async () => {
  const names = await readdir(RIGHT);
  const programs = await Promise.all(names.map(async (name) => [name, await readFile(new URL(name, RIGHT), 'utf8')]));
  assert.deepEqual(await compile(Object.fromEntries([...programs, ['beginning.ts', BEGINNING]])), []);
});

test('each wrong program is refused, because of its mistake and nothing else', async (t) => {
  const files = WRONG_PROGRAMS.map(({ code }, n) => [`wrong_${n}.ts`, `${BEGINNING}${code}\n`]);
  const errors = await compile(Object.fromEntries(files));
  assert.ok(WRONG_PROGRAMS.length >= 40);
  for (const [n, { name, error }] of WRONG_PROGRAMS.entries()) {
    const found = errors.filter(({ file }) => file === `wrong_${n}.ts`);
    await t.test(name, () => {
      assert.equal(found.length, 1, `${found.length} errors: ${JSON.stringify(found)}`);
      assert.equal(found[0].line, BEGINNING.split('\n').length, JSON.stringify(found));
      assert.match(found[0].message, error);
    });
  }
});
