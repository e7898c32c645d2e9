// What `npm pack` puts into the package @helpdesk/client.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PACKAGE = fileURLToPath(new URL('../../clients/typescript', import.meta.url));

test('the package has its code, its types, its sources and both licenses', async () => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--silent'], { cwd: PACKAGE });
  const [{ files }] = JSON.parse(stdout.slice(stdout.indexOf('[')));
  const paths = files.map(({ path }) => path);
  for (const name of ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts']) {
    assert.ok(paths.includes(name), `${name} is missing: ${paths}`);
  }
  assert.deepEqual(
    paths.filter((path) => !/^(dist|src)\/|^LICENSE-|^README\.md$|^package\.json$/.test(path)),
    [],
  );
});
