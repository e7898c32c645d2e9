// A hot standby answers reads like its primary, and notices members removed there.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import pg from 'pg';
import { callOf, functionsFor, sensibleArguments, tablesFor, viewNames } from '../support/api_catalog.js';
import { inRolledBackTransaction, switchCaller } from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { startPrivateServer, startStandby } from '../support/private_server.js';
import { createTwoTenants } from '../support/two_tenants.js';
import { waitUntil } from '../support/wait.js';

const stop = startPrivateServer('primary', { fsync: 'off', wal_level: 'replica', hot_standby_feedback: 'on' });
const db = await createHelpdeskDatabase();
const { acme } = await createTwoTenants(db);
const standby = startStandby('standby');
const onStandby = new pg.Client({ host: standby.host, port: standby.port, user: process.env.PGUSER, database: db.name });
await onStandby.connect();
after(async () => {
  await onStandby.end();
  standby.stop();
  await db.drop();
  stop();
});

/** Waits until the standby has replayed everything. */
async function waitForStandby() {
  const { lsn } = (await db.sql('select pg_current_wal_lsn() as lsn'))[0];
  await waitUntil(`the standby has replayed ${lsn}`, async () => {
    const { rows } = await onStandby.query('select pg_last_wal_replay_lsn() >= $1 as has', [lsn]);
    return rows[0].has;
  });
}

const PEOPLE = {
  anon: undefined,
  customer: acme.customer,
  agent: acme.agent,
  admin: acme.admin,
  service_role: { role: 'service_role', claims: {} },
};
const reads = await db.sql(
  `select distinct proname::text as name from pg_proc where pronamespace = 'helpdesk'::regnamespace and provolatile in ('s', 'i')`,
);

test('everything that reads answers on the standby as on the primary, for every caller', async () => {
  await waitForStandby();
  const onPrimary = await db.connect();
  let asked = 0;
  for (const [name, who] of Object.entries(PEOPLE)) {
    const role = who?.login ? 'authenticated' : (who?.role ?? 'anon');
    const functions = (await functionsFor(db, role)).filter((fn) => reads.some((read) => read.name === fn.name));
    const statements = [
      ...functions.map((fn) => callOf(fn, sensibleArguments(fn, acme))),
      ...(await tablesFor(db)).map((table) => [`select t.* from helpdesk.${table.name} t order by t::text`]),
      ...(await viewNames(db)).map((view) => [`select t.* from helpdesk.${view} t order by t::text`]),
    ];
    for (const statement of statements) {
      const answers = [];
      for (const session of [onPrimary, onStandby]) {
        answers.push(await inRolledBackTransaction(session, who, ({ attemptAndUndo }) => attemptAndUndo(...statement)));
      }
      // Rows and errors must be equal, except ages in hours.
      const [served, followed] = answers.map(({ rows, error }) =>
        JSON.stringify({ rows, error: error && `${error.code} ${error.message}` }, (key, value) =>
          /hours/i.test(key) ? null : value,
        ),
      );
      assert.deepEqual(followed, served, `${name}: ${statement[0]}`);
      if (!served.includes('"error"')) asked++;
    }
  }
  assert.ok(asked > 150, `${asked} answers`);
});

test('functions that write are refused on the standby', async () => {
  await inRolledBackTransaction(onStandby, acme.customer, async ({ attempt }) => {
    const { error } = await attempt(`select helpdesk.create_ticket($1, 'No')`, [acme.org]);
    assert.equal(error.code, '25006');
  });
});

test('a member removed on the primary loses access on the standby, in the same session', async () => {
  const tickets = async () => {
    await onStandby.query('begin read only');
    await switchCaller(onStandby, acme.agent);
    const { rows } = await onStandby.query(
      'select helpdesk.my_org_ids() as orgs, (select count(*)::int from helpdesk.tickets) as tickets',
    );
    await onStandby.query('commit');
    return rows[0];
  };
  assert.ok((await tickets()).tickets > 0);
  await db.sql('delete from helpdesk.org_members where org_id = $1 and user_id = $2', [acme.org, acme.agent.profile]);
  await waitForStandby();
  assert.deepEqual(await tickets(), { orgs: [], tickets: 0 });
  await db.sql(`insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, 'org_agent')`, [
    acme.org,
    acme.agent.profile,
  ]);
  await waitForStandby();
  assert.ok((await tickets()).tickets > 0);
});
