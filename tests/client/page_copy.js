// A copy of examples/web, whose code tests change and check against the types of @helpdesk/client.

import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { checkTypes } from './package.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = `${ROOT}examples/web/`;
const TSC = `${PAGE}node_modules/typescript/bin/tsc`;

/** Why the page cannot be checked here, or false. */
export const skip = !existsSync(TSC) && 'the packages of examples/web are not installed: scripts/setup says why';

/** Checks the page as it is, and returns [{ file, line, code, message }]. */
export const checkPage = () => checkTypes(TSC, PAGE, '--noEmit');

/** Checks the page with changes, [{ file, from, to }], and returns their lines and the errors. */
export async function checkChangedPage(changes) {
  const root = await mkdtemp(`${tmpdir()}/helpdesk-page.`);
  try {
    const page = `${root}/examples/web/`;
    await mkdir(page, { recursive: true });
    for (const name of ['src', 'tsconfig.json', 'vite.config.ts']) await cp(PAGE + name, page + name, { recursive: true });
    await symlink(`${PAGE}node_modules`, `${page}node_modules`);
    await symlink(`${ROOT}clients`, `${root}/clients`);
    const lines = [];
    for (const { file, from, to } of changes) {
      const [before, after, ...more] = (await readFile(page + file, 'utf8')).split(from);
      if (after === undefined || more.length > 0) throw new Error(`${file} must have this once: ${from}`);
      await writeFile(page + file, before + to + after);
      lines.push(before.split('\n').length);
    }
    return { lines, errors: await checkTypes(TSC, page, '--noEmit') };
  } finally {
    await rm(root, { recursive: true });
  }
}
