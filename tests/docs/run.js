// Runs the examples of the documents: node tests/docs/run.js FILE.. (PGHOST, PGPORT, PGUSER and
// PGBIN name the server). Each document has its own database, in which its blocks run from top to
// bottom. Prints what fails, and at last "examples: N passed, N failed".

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { createEmptyDatabase, createHelpdeskDatabase } from '../support/database.js';
import { startPostgrest } from '../support/postgrest.js';
import { readDocument } from './blocks.js';
import { assertPrinted, assertPrintedInOrder, assertSameJson } from './compare.js';
import { execute, Psql, runJavaScript, runShell } from './sessions.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DEFAULT_PERSON = 'ben@acme.example';
const ACME = `select id from helpdesk.organizations where name = 'Acme'`;
const AUTHENTICATOR = `
  do $$ begin
    if to_regrole('authenticator') is null then
      create role authenticator login noinherit;
    end if;
    grant anon, authenticated, service_role to authenticator;
  end $$`;
/** Blocks of these languages are neither run nor an example's output. */
const STATIC = new Set(['mermaid', 'ini', 'nginx', 'crontab', 'rust']);

const isDemo = ({ code }) => /^make demo\b/m.test(code);

let [passed, failed, skipped] = [0, 0, 0];

async function runDocument(file) {
  const { data, blocks, others } = await readDocument(file, ROOT + file);
  skipped += blocks.filter(({ notRun }) => notRun).length;
  for (const { line, language, reason } of others.filter((block) => !STATIC.has(block.language))) {
    if (reason) skipped++;
    else {
      await attempt(`${file}:${line}`, () => {
        assert.fail(`"${language}" neither runs nor shows what a block above it prints: say why in a comment`);
      });
    }
  }
  const runnable = blocks.filter(({ notRun }) => !notRun);
  if (runnable.length === 0) return;
  const db = data === 'none' ? await createEmptyDatabase() : await createHelpdeskDatabase();
  const example = new Example(db, runnable);
  try {
    if (data === 'demo') await loadDemo(db);
    for (const block of runnable) await attempt(`${file}:${block.line}`, () => example.run(block));
  } finally {
    await example.end().finally(() => db.drop());
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

async function loadDemo(db) {
  const files = ['data.sql', 'articles.sql'].flatMap((file) => ['-f', `${ROOT}demo/${file}`]);
  const { code, errors } = await execute(`${process.env.PGBIN}/psql`, ['-X', '-d', db.name, ...files]);
  assert.equal(code, 0, errors);
}

/** What `make demo` prints once the extension is built and its server runs. */
async function runDemo() {
  const db = await createHelpdeskDatabase();
  let api;
  try {
    await loadDemo(db);
    api = await startPostgrest(db);
    const org = await db.value(ACME);
    const { printed, errors, code } = await execute('node', [`${ROOT}demo/walkthrough.js`, api.url, api.secret, org]);
    assert.equal(code, 0, errors);
    return printed;
  } finally {
    await db.drop().finally(() => api?.stop());
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

  async run(block) {
    const printed = await this.#print(block);
    const { output } = block;
    if (output?.language === 'json') assertSameJson(printed, output.text);
    else if (output && isDemo(block)) assertPrintedInOrder(printed, output.text);
    else if (output) assertPrinted(printed, output.text);
    if (block.language === 'sql' && !/^ERROR:/m.test(output?.text ?? '')) assert.doesNotMatch(printed, /^ERROR:/m);
  }

  async #print(block) {
    if (block.language === 'sql') return this.#psql.run(block.code, { plain: block.output?.language === 'json' });
    if (isDemo(block)) return runDemo();
    const { url, token, org } = await this.#caller(block.as ?? DEFAULT_PERSON);
    if (block.language === 'js') {
      this.#printedByJavaScript ??= await runJavaScript(this.#javascript, { url, accessToken: token, org });
      return this.#printedByJavaScript[this.#javascript.indexOf(block)];
    }
    return runShell(block, { URL: url, TOKEN: token, ORG: org, PGDATABASE: this.#db.name });
  }

  async #caller(email) {
    if (!this.#api) {
      await this.#db.sql(AUTHENTICATOR);
      this.#api = await startPostgrest(this.#db);
    }
    const login = await this.#db.value('select id from auth.users where email = $1', [email]);
    const org = await this.#db.value(ACME);
    return { url: this.#api.url, token: this.#api.token({ login }), org };
  }

  async end() {
    await this.#psql.end();
    await this.#api?.stop();
  }
}

for (const file of process.argv.slice(2)) await runDocument(file);
if (skipped > 0) console.log(`${skipped} blocks cannot run in a test; the documents say why.`);
console.log(`examples: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
