// What runs the examples: one psql for all SQL of a document, one program for all its JavaScript, a
// shell for each curl.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MARK = 'end of the example';
/** SQL that waits longer than this, or an unfinished quote, fails. */
const TIMEOUT_MS = 60_000;
const BROWSER = new URL('browser.js', import.meta.url).href;

/** A psql session; `run` returns what a piece of SQL prints, errors included. */
export class Psql {
  #psql;
  #printed = '';
  #wake = () => {};

  constructor(database) {
    // One stream, so that errors come where they happened.
    this.#psql = spawn('sh', ['-c', 'exec "$PGBIN/psql" -X -q -d "$0" 2>&1', database]);
    this.#psql.stdout.setEncoding('utf8').on('data', (text) => {
      this.#printed += text;
      this.#wake();
    });
    this.#psql.on('exit', () => this.#wake());
    this.#psql.stdin.on('error', () => {});
  }

  async run(sql, { plain = false } = {}) {
    this.#printed = '';
    const [before, after] = plain
      ? ['\\pset tuples_only on\n\\pset format unaligned\n', '\\pset tuples_only off\n\\pset format aligned\n']
      : ['', ''];
    this.#psql.stdin.write(`${before}${sql}\n;\n${after}\\echo ${MARK}\n`);
    const end = `${MARK}\n`;
    const timeout = setTimeout(() => this.#psql.kill(), TIMEOUT_MS);
    while (!this.#printed.endsWith(end)) {
      if (this.#psql.exitCode !== null || this.#psql.killed) throw new Error(`psql stopped: ${this.#printed}`);
      await new Promise((resolve) => (this.#wake = resolve));
    }
    clearTimeout(timeout);
    return this.#printed.slice(0, -end.length);
  }

  async end() {
    this.#psql.stdin.end('\\q\n');
    if (this.#psql.exitCode === null && this.#psql.signalCode === null) await once(this.#psql, 'exit');
  }
}

/** Runs the JavaScript blocks of a document as one program. Returns what each of them printed. */
export async function runJavaScript(blocks, globals) {
  // In this folder, so that imports find the packages of the tests.
  const file = fileURLToPath(new URL(`example-${process.pid}.mjs`, import.meta.url));
  await writeFile(file, blocks.map(({ code }) => `${code}\nconsole.log('${MARK}');\n`).join(''));
  try {
    const { printed, errors, code } = await execute('node', ['--import', BROWSER, file], {
      EXAMPLE: JSON.stringify(globals),
      URL: globals.url,
      TOKEN: globals.accessToken,
      ORG: globals.org,
    });
    if (code !== 0) throw new Error(errors);
    return printed.split(`${MARK}\n`).slice(0, -1);
  } finally {
    await rm(file, { force: true });
  }
}

/** Runs a shell block in an empty folder, with Postgres's programs. Returns what it printed. */
export async function runShell(block, environment) {
  const folder = await mkdtemp(join(tmpdir(), 'helpdesk-docs-'));
  try {
    const { printed, errors, code } = await execute(
      'bash',
      ['-euo', 'pipefail', '-c', block.code],
      { PATH: `${process.env.PGBIN}:${process.env.PATH}`, ...environment },
      folder,
    );
    if (code !== 0) throw new Error(`exit code ${code}: ${printed}${errors}`);
    return printed;
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function execute(command, args, environment, cwd) {
  const env = { ...process.env, ...environment };
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [printed, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  const [code] = await once(child, 'close');
  return { printed, errors, code };
}
