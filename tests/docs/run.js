// Runs the examples of the documents: node tests/docs/run.js FILE.. (PGHOST, PGPORT, PGUSER and PGBIN say on which server).
// Each document has its own database, in which its blocks run from top to bottom. Prints one line per block that fails or that
// cannot run, and at last "examples: N passed, N failed".

import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { helpdeskDatabase } from '../lib/database.js';
import { startPostgrest } from '../lib/postgrest.js';
import { readDocument } from './blocks.js';
import { assertPrinted, assertPrintedInOrder, assertSameJson } from './compare.js';
import { execute, Psql, runJavaScript, runShell } from './sessions.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DEFAULT_PERSON = 'ben@acme.example';

let [passed, failed, skipped] = [0, 0, 0];

for (const file of process.argv.slice(2)) await runDocument(file);
if (skipped > 0) console.log(`${skipped} blocks cannot run in a test; the documents say why.`);
console.log(`examples: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

async function runDocument(file) {
  const { data, blocks, others } = await readDocument(file, ROOT + file);
  for (const { line, language, reason } of [...blocks.filter(({ notRun }) => notRun), ...others]) {
    const why = reason ?? blocks.find((block) => block.line === line)?.notRun;
    if (why) skipped++;
    else if (!['mermaid', 'ini', 'nginx', 'yaml', 'toml', 'rust'].includes(language)) await attempt(`${file}:${line}`, () => {
      throw new Error(`a block of "${language}" that neither runs nor is the output of one that does, without a reason`);
    });
  }
  const runnable = blocks.filter(({ notRun }) => !notRun);
  if (runnable.length === 0) return;
  const db = await helpdeskDatabase();
  const example = new Example(db, runnable);
  try {
    if (data === 'demo') await example.loadDemo();
    for (const block of runnable) await attempt(`${file}:${block.line}`, () => example.run(block));
  } finally {
    await example.end();
    await db.drop();
  }
}

async function attempt(name, work) {
  try {
    await work();
    passed++;
  } catch (problem) {
    failed++;
    console.log(`FAILED ${name}\n${problem.message}\n`);
  }
}

class Example {
  #db;
  #psql;
  #api;
  #javascript;
  #printedByJavaScript;

  constructor(db, blocks) {
    this.#db = db;
    this.#psql = new Psql(db.name);
    this.#javascript = blocks.filter(({ language }) => language === 'js');
  }

  async loadDemo() {
    const [file] = (await readdir(`${ROOT}demo`)).filter((name) => name.endsWith('.sql'));
    const { code, errors } = await execute(`${process.env.PGBIN}/psql`, ['-X', '-d', this.#db.name, '-f', `${ROOT}demo/${file}`]);
    assert.equal(code, 0, errors);
  }

  async run(block) {
    const printed = await this.#print(block);
    const { output } = block;
    if (output?.language === 'json') assertSameJson(printed, output.text);
    else if (output && /^make demo$/m.test(block.code)) assertPrintedInOrder(printed, output.text);
    else if (output) assertPrinted(printed, output.text);
    if (block.language === 'sql' && !/^ERROR:/m.test(output?.text ?? '')) assert.doesNotMatch(printed, /^ERROR:/m);
  }

  async #print(block) {
    if (block.language === 'sql') return this.#psql.run(block.code, { plain: block.output?.language === 'json' });
    const { url, token, org } = await this.#caller(block.as ?? DEFAULT_PERSON);
    if (block.language === 'js') {
      this.#printedByJavaScript ??= await runJavaScript(this.#javascript, { url, accessToken: token, org });
      return this.#printedByJavaScript[this.#javascript.indexOf(block)];
    }
    if (/^make demo$/m.test(block.code)) return this.#runDemo(url, org);
    return runShell(block, { URL: url, TOKEN: token, ORG: org });
  }

  /** What `make demo` does once the extension is built and its server runs. */
  async #runDemo(url, org) {
    const { printed, errors, code } = await execute('node', [`${ROOT}demo/main-job.js`, url, this.#api.secret, org]);
    assert.equal(code, 0, errors);
    return printed;
  }

  async #caller(email) {
    this.#api ??= await startPostgrest(this.#db);
    const login = await this.#db.value('select id from auth.users where email = $1', [email]);
    const org = await this.#db.value(`select id from helpdesk.organizations where name = 'Acme'`);
    return { url: this.#api.url, token: this.#api.token({ login }), org };
  }

  async end() {
    await this.#psql.end();
    await this.#api?.stop();
  }
}
