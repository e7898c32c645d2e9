// The package @helpdesk/client, built and installed as a user has it, beside the clients of
// Supabase in both major versions of postgrest-js.

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../clients/typescript/', import.meta.url));
const TSC = `${PACKAGE}node_modules/typescript/bin/tsc`;

const OPTIONS = {
  target: 'ES2022',
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  lib: ['ES2022', 'DOM'],
  types: [],
  strict: true,
  // Those of the clients name modules of Node, which a browser lacks.
  skipLibCheck: true,
  outDir: 'out',
};

/** A new folder for programs: { folder, compile(), remove() }. */
export async function installPackage() {
  const folder = await realpath(await mkdtemp(`${tmpdir()}/helpdesk-client.`));
  const installed = `${folder}/node_modules/@helpdesk/client`;
  await mkdir(installed, { recursive: true });
  const build = await run(TSC, ['-p', PACKAGE, '--outDir', `${installed}/dist`]);
  if (build.code !== 0) throw new Error(`@helpdesk/client does not compile:\n${build.output}`);
  await cp(`${PACKAGE}package.json`, `${installed}/package.json`);
  // postgrest-js 2 at the top, and 1 inside supabase-js.
  await symlink(`${PACKAGE}node_modules/@supabase`, `${folder}/node_modules/@supabase`);
  await writeFile(`${folder}/package.json`, JSON.stringify({ type: 'module' }));
  return { folder, compile: (files) => compile(folder, files), remove: () => rm(folder, { recursive: true }) };
}

/** Writes programs, { name: text }, compiles them, and returns [{ file, line, code, message }]. */
async function compile(folder, files) {
  for (const [name, text] of Object.entries(files)) await writeFile(`${folder}/${name}`, text);
  await writeFile(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions: OPTIONS, files: Object.keys(files) }));
  return checkTypes(TSC, folder);
}

/** Runs a compiler in the folder of a project, and returns [{ file, line, code, message }]. */
export async function checkTypes(tsc, folder, ...options) {
  const { code, output } = await run(tsc, ['-p', folder, '--pretty', 'false', ...options], folder);
  const errors = [...output.matchAll(/^(\S+)\((\d+),\d+\): error (TS\d+): (.*(?:\n .*)*)/gm)].map(
    ([, file, line, code, message]) => ({
      file,
      line: Number(line),
      code,
      message,
    }),
  );
  if (code !== 0 && errors.length === 0) throw new Error(`${tsc} failed:\n${output}`);
  return errors;
}

function run(program, args, cwd) {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd, maxBuffer: 1 << 26 }, (error, out, errors) =>
      resolve({ code: error?.code ?? 0, output: out + errors }),
    );
  });
}
