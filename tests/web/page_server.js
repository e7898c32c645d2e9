// The page with the data of the demo: a database, PostgREST, the server of the page, and a real
// Chromium.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { createHelpdeskDatabase } from '../support/database.js';
import { psql, tool } from '../support/postgres_tools.js';
import { freePort, startPostgrest } from '../support/postgrest.js';
import { waitUntil } from '../support/wait.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const PAGE = join(ROOT, 'examples/web');
const CHROMIUM = '/usr/bin/chromium';
const ANSWER_WITHIN_MS = 15_000;
// What is refused or cannot be reached is what some tests are about; the browser logs it.
const EXPECTED = /^Failed to load resource|^WebSocket connection to|Failed to fetch dynamically imported module/;

/** Why the tests of the page cannot run here, or false. */
export const skip =
  (!existsSync(CHROMIUM) && 'chromium is not installed') ||
  (!existsSync(join(PAGE, 'dist/index.html')) && 'the page is not built: scripts/setup says why');

/**
 * For the top of a file: returns { db, openPage(address, options), signUp(name), .. }. Everything
 * ends after the tests of the file, which fail if a page has logged an error. Nothing is returned
 * if the tests are skipped.
 */
export async function servePage() {
  if (skip) return undefined;
  const db = await createHelpdeskDatabase();
  for (const file of ['data', 'articles', 'initech']) await psql(db, join(ROOT, `demo/${file}.sql`));
  const api = await startPostgrest(db);
  const folder = await mkdtemp(join(tmpdir(), 'helpdesk-web-'));
  const people = join(folder, 'people.json');
  const server = await startPageServer(api.url, people);
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  });
  const problems = [];
  after(async () => {
    await browser.close();
    await server.stop();
    await api.stop();
    await rm(folder, { recursive: true });
    await db.drop();
    if (problems.length > 0) throw new Error(`a page has logged errors:\n${problems.join('\n')}`);
  });

  /** Writes the file of the sign-in menu, as demo/people.js does. */
  async function writePeople() {
    const rows = JSON.parse(await tool('psql', '-XAt', '-d', db.name, '-f', join(ROOT, 'demo/people.sql')));
    const signed = rows.people.map(({ login, ...person }) => ({ ...person, token: api.token({ login }) }));
    await writeFile(people, JSON.stringify({ ...rows, people: signed }));
    return signed;
  }
  await writePeople();

  /**
   * Opens an address in a separate browser, as a person of the demo or as nobody. `supabase` is
   * what the page's config.json names. Further options are those of Playwright, such as
   * { colorScheme: 'dark' }.
   */
  async function openPage(address, { as, supabase, ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    context.setDefaultTimeout(ANSWER_WITHIN_MS);
    if (supabase) await context.route('**/config.json', (route) => route.fulfill({ json: { supabase } }));
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(`${address}: ${error.stack}`));
    page.on('console', (message) => {
      if (message.type() === 'error' && !EXPECTED.test(message.text())) {
        problems.push(`${address}: ${message.text()}`);
      }
    });
    if (as) {
      const person = (await writePeople()).find(({ name }) => name === as);
      const session = JSON.stringify({ name: as, token: person.token });
      await page.addInitScript((stored) => {
        if (!sessionStorage.getItem('helpdesk session')) sessionStorage.setItem('helpdesk session', stored);
      }, session);
    }
    await page.addInitScript(() => {
      window.layoutShift = 0;
      new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.layoutShift += value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(server.url + address);
    return page;
  }

  /** As somebody who signs up in an application: a row of auth.users with a confirmed address. */
  async function signUp(name) {
    await db.sql(
      `insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data)
       values (gen_random_uuid(), lower($1::text) || '@mail.example', now(), jsonb_build_object('full_name', $1::text))`,
      [name],
    );
    await writePeople();
  }

  const organization = (name) => db.value('select id from helpdesk.organizations where name = $1', [name]);
  /** How much has moved on a page without being asked to, as browsers measure it. */
  async function layoutShift(page) {
    // The observer is told after the next frames.
    await page.evaluate(() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(next)))));
    return page.evaluate(() => window.layoutShift);
  }

  /** Waits until the stages of an organization are in this order in the database. */
  async function waitUntilStages(name, expected) {
    const stages = () =>
      db.sql(
        `select s.name from helpdesk.workflow_stages s join helpdesk.organizations o on o.id = s.org_id
          where o.name = $1 order by position`,
        [name],
      );
    await waitUntil(`the stages are ${expected.join(', ')}`, async () => {
      const names = (await stages()).map((stage) => stage.name);
      return names.join() === expected.join();
    });
  }

  /** Waits until exactly these moves from a stage are allowed in the database. */
  async function waitUntilMoves(name, from, expected) {
    const moves = () =>
      db.sql(
        `select b.name || case x.min_role when 'org_admin' then ' (org_admin)' else '' end as move
           from helpdesk.workflow_transitions x
           join helpdesk.organizations o on o.id = x.org_id
           join helpdesk.workflow_stages a on a.id = x.from_stage_id
           join helpdesk.workflow_stages b on b.id = x.to_stage_id
          where o.name = $1 and a.name = $2 order by b.name`,
        [name, from],
      );
    await waitUntil(`the moves from ${from} are ${expected.join(', ')}`, async () => {
      const found = (await moves()).map(({ move }) => move);
      return found.join() === expected.join();
    });
  }

  return { db, api, url: server.url, openPage, signUp, organization, layoutShift, waitUntilStages, waitUntilMoves };
}

async function startPageServer(api, people) {
  const port = await freePort();
  const args = ['preview', '--port', port, '--strictPort'];
  const server = spawn(process.execPath, [join(PAGE, 'node_modules/vite/bin/vite.js'), ...args], {
    cwd: PAGE,
    env: { ...process.env, HELPDESK_API: api, HELPDESK_PEOPLE: people },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  process.on('exit', () => server.kill());
  let output = '';
  server.stderr.on('data', (text) => (output += text));
  const url = `http://127.0.0.1:${port}`;
  await waitUntil('the page is served', async () => {
    if (server.exitCode !== null) throw new Error(`the server of the page stopped:\n${output}`);
    return fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
  });
  const stop = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill();
    await once(server, 'exit');
  };
  return { url, stop };
}
