// From this Postgres to a later one, with pg_upgrade and with a dump: every row, object and right
// arrives, and helpdesk works there. `make test-versions` builds the other version first.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createEmptyDatabase, existingDatabase } from '../support/database.js';
import { fillEveryTable, ownerAdditionsIn } from '../support/full_database.js';
import { openTicket } from '../support/organizations.js';
import { memberKinds, privilegesIn, rowsOf, shapeOf, tool, withTemporaryFile } from '../support/postgres_tools.js';
import { programsOf, startPrivateServer, upgradePrivateServer } from '../support/private_server.js';

const FROM = process.env.PG ?? '15';
const later = ['18', '17', '16'].filter((version) => Number(version) > Number(FROM));
const TO = later.find((version) => programsOf(version));
const skip = TO ? false : `no later Postgres than ${FROM} has been built: make test-versions`;

const SETTINGS = { fsync: 'off', wal_level: 'logical' };
const servers = [];

// Before a column in a view, which Postgres 15 writes also where it is not needed.
const QUALIFIER = /\b([a-z]|tickets)\./g;
// Debian's 15.20 numbers columns in an option that only a pg_dump of the same age hides.
const OF_NEWER_MINOR = /^ALTER TABLE .* SET \(pg_attver=\d+\);\n/gm;
const knowsIt = (version) => readFileSync(join(programsOf(version), 'pg_dump')).includes('pg_attver');
const tooOld =
  !skip && knowsIt(FROM) && !knowsIt(TO) && `Postgres ${TO} is of an older minor release, which cannot read this ${FROM}`;
after(() => {
  for (const stop of servers) stop();
});

/** Starts a server of a version. What this process runs from now on concerns it. */
function start(version, name) {
  use(version);
  servers.push(startPrivateServer(name, SETTINGS));
}

function use(version) {
  process.env.PG = version;
  process.env.PGBIN = programsOf(version);
}

async function snapshotOf(db) {
  return {
    rows: await rowsOf(db),
    shape: (await shapeOf(db))
      .replace(/^-- Dumped from .*$/m, '')
      .replace(OF_NEWER_MINOR, '')
      .replace(QUALIFIER, ''),
    privileges: withoutMaintain(await privilegesIn(db, 'helpdesk', 'auth', 'public')),
    additions: await ownerAdditionsIn(db),
    members: await memberKinds(db),
    // What the owner added is in it, and nothing else may be.
    findings: await db.sql('select * from helpdesk.security_report()'),
  };
}

/** Owners have one right more since Postgres 17. */
function withoutMaintain(privileges) {
  const entries = Object.entries(privileges);
  return Object.fromEntries(
    entries.map(([name, acl]) => [name, acl.map((item) => item.replace(/^(\w+)=arwdDxtm\/\1$/, '$1=arwdDxt/$1'))]),
  );
}

async function assertWorks(db, { acme, alice, mallory }) {
  const ticket = await db.as(alice, (session) => openTicket(session, acme, 'After the upgrade'));
  const countFor = (person) =>
    db.as(person, async (session) => (await session.query('select from helpdesk.tickets where id = $1', [ticket])).rowCount);
  assert.equal(await countFor(alice), 1);
  assert.equal(await countFor(mallory), 0);
}

/** A filled database on the older server, and what it must be on the later one. */
async function fillOldServer() {
  start(FROM, 'old-major');
  const old = await createEmptyDatabase();
  await old.createExtension();
  const fixture = await fillEveryTable(old);
  process.env.PGBIN = programsOf(TO); // The same pg_dump must describe both.
  const before = await snapshotOf(old);
  await old.disconnectAll();
  return { name: old.name, fixture, before };
}

test(`pg_dumpall of Postgres ${FROM} is restored on Postgres ${TO}`, { skip }, async () => {
  const { name, fixture, before } = await fillOldServer();
  await withTemporaryFile(async (file) => {
    process.env.PGBIN = programsOf(FROM); // As a nightly backup does.
    await tool('pg_dumpall', '-f', file);
    start(TO, 'new-major');
    // The only error: the superuser exists already.
    await assert.rejects(tool('psql', '-X', '-q', '-o', '/dev/null', '-d', 'postgres', '-f', file), (error) => {
      const errors = error.message.split('\n').filter((line) => /ERROR|FATAL|WARNING/.test(line));
      assert.equal(errors.length, 1, error.message);
      assert.match(errors[0], /role "postgres" already exists/);
      return true;
    });
  });
  const restored = existingDatabase(name);
  assert.deepEqual(await snapshotOf(restored), before);
  await assertWorks(restored, fixture);
  await restored.disconnectAll();
  restored.assertCleanLog();
});

test(`pg_upgrade takes Postgres ${FROM} to ${TO}`, { skip: skip || tooOld }, async () => {
  const { name, fixture, before } = await fillOldServer();
  use(TO);
  servers.push(upgradePrivateServer('old-major', FROM, 'upgraded-major', SETTINGS));
  const upgraded = existingDatabase(name);
  assert.deepEqual(await snapshotOf(upgraded), before);
  await assertWorks(upgraded, fixture);
  await upgraded.disconnectAll();
  upgraded.assertCleanLog();
});
