// The suites run against a mutation, each until its first failure.

import { spawn } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const TESTS = fileURLToPath(new URL('..', import.meta.url));
const BEHAVIOUR = ['model', 'security'];
/**
 * Tests that compare the catalog with a snapshot: they notice almost every mutation, harmful or
 * not.
 */
const FINGERPRINTS = /^(model\/catalog|security|security_report|contents)$/;
const STOP_AFTER_MS = 10 * 60 * 1000;

/** All suites: the node test files of BEHAVIOUR, and the SQL tests. */
export async function allSuites() {
  const suites = [];
  for (const dir of BEHAVIOUR) {
    const files = await readdir(join(TESTS, dir)).catch(() => []);
    for (const file of files.filter((name) => name.endsWith('.test.js')).sort()) {
      const name = `${dir}/${file.replace('.test.js', '')}`;
      suites.push({ name, run: (mutation, server) => runNodeFile(name, mutation, server) });
    }
  }
  return [...suites, { name: 'regress', run: runRegress }];
}

/** Runs a test file until its first failure. Returns null or { test, behaviour }. */
async function runNodeFile(name, mutation, server) {
  const env = { ...process.env, ...server.env, HELPDESK_MUTATION: mutation };
  const failure = /^\s*not ok \d+ - (.*)/;
  const { found, problem } = await untilLine(
    'node',
    ['--test-reporter=tap', `${name}.test.js`],
    { env, cwd: TESTS },
    (line) => line.match(failure)?.[1],
  );
  return found || problem ? { test: found ?? problem, behaviour: !FINGERPRINTS.test(name) } : null;
}

/**
 * Runs a copy of the SQL tests with the mutation in their setup. Fingerprints count if no other
 * test fails.
 */
async function runRegress(mutation, server) {
  const dir = join(server.dir, 'regress');
  const source = join(TESTS, 'regress');
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  for (const part of ['sql', 'expected']) await cp(join(source, part), join(dir, part), { recursive: true });
  // psql echoes statements, so the mutation must be in the expected output too.
  for (const file of ['sql/setup.sql', 'expected/setup.out']) {
    const text = await readFile(join(dir, file), 'utf8');
    await writeFile(
      join(dir, file),
      text.replace(/^create extension helpdesk;$/m, (line) => `${line} ${mutation ?? ''};`),
    );
  }
  const names = (await readdir(join(source, 'sql'))).map((file) => file.replace('.sql', '')).sort();
  const isSetup = (name) => /^setup(_|$)/.test(name);
  const { PGBIN } = process.env;
  let fingerprint = null;
  const { found, problem } = await untilLine(
    join(PGBIN, '../lib/pgxs/src/test/regress/pg_regress'),
    [
      '--use-existing',
      '--dbname=helpdesk_regress',
      `--launcher=${join(source, 'launch')}`,
      `--bindir=${PGBIN}`,
      `--inputdir=${dir}`,
      `--outputdir=${dir}`,
      ...names.filter(isSetup),
      ...names.filter((name) => !isSetup(name)),
    ],
    { env: { ...process.env, ...server.env }, cwd: dir },
    (line) => {
      // Postgres 15 prints "test setup ... FAILED", 16 and later "not ok 1 - setup".
      const failed = line.match(/^test (\S+) .*FAILED|^not ok \d+ +[-+] (\S+)/);
      const name = failed && (failed[1] ?? failed[2]);
      if (name && FINGERPRINTS.test(name)) fingerprint ??= name;
      return name && !FINGERPRINTS.test(name) && name;
    },
  );
  if (found) return { test: found, behaviour: true };
  if (fingerprint) return { test: fingerprint, behaviour: false };
  return problem ? { test: problem, behaviour: true } : null;
}

/**
 * Runs a command until `wanted(line)` is truthy for a line of its output, and returns { found }.
 * Returns { problem } if it fails without such a line, and {} otherwise, including timeouts.
 */
async function untilLine(command, args, options, wanted) {
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((done) => child.on('close', done));
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += text));
  let tooLong = false;
  const timer = setTimeout(() => {
    tooLong = true;
    end(child);
  }, STOP_AFTER_MS);
  let found = null;
  for await (const line of createInterface({ input: child.stdout })) {
    found ||= wanted(line) || null;
    if (found) end(child);
  }
  const code = await ended;
  clearTimeout(timer);
  if (found) return { found };
  if (tooLong) console.log(`${args.at(-1)}: not done after ${STOP_AFTER_MS / 1000} s`);
  if (tooLong || code === 0) return {};
  return { problem: `ends early: ${stderr.match(/^\w*error: .*/im)?.[0] ?? stderr.slice(-200)}` };
}

/** Kills a command and its children. */
function end(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
