// A server killed while tickets are written and counts are folded: committed changes survive and
// are counted once.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { assertActivityMatchesArchive, PRIORITIES, plusDays, startHistoryArchive } from '../support/activity_report.js';
import { createEmptyDatabase } from '../support/database.js';
import { createTwoOrganizations, stagesOf } from '../support/organizations.js';
import { crashPrivateServer, restartPrivateServer, startPrivateServer } from '../support/private_server.js';
import { Random } from '../support/random.js';
import { waitUntil } from '../support/wait.js';

const SERVER = 'crash';
const SETTINGS = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', max_connections: 30 };
const SEED = Number(process.env.REPORTING_SEED ?? Math.floor(Math.random() * 2 ** 31));
const CRASHES = 3;
const WRITERS = 4;
/** The minimum number of acknowledged transactions between two crashes. */
const WORK = 120;

describe(`kill -9 (REPORTING_SEED=${SEED})`, () => {
  let db, org, admin, customer, stages, stop;
  const random = new Random(SEED);

  before(async () => {
    stop = startPrivateServer(SERVER, SETTINGS);
    db = await createEmptyDatabase();
    await db.createExtension();
    await startHistoryArchive(db);
    const fixture = await createTwoOrganizations(db);
    [org, admin, customer] = [fixture.acme, fixture.ada, fixture.alice];
    stages = Object.values(await stagesOf(db, org));
  });
  after(async () => {
    await db.drop();
    stop();
  });

  async function connect() {
    const client = new pg.Client({ database: db.name, statement_timeout: 30_000 });
    client.on('error', () => {}); // The failing query reports it too.
    await client.connect();
    return client;
  }

  /** Runs `work` until the server crashes. Any other error fails the test. */
  async function untilCrash(state, work) {
    let client;
    try {
      client = await connect();
      for (;;) await work(client);
    } catch (error) {
      if (!state.isCrashing || error instanceof assert.AssertionError) throw error;
      // SQLSTATEs of a server that shuts down, or none because the connection broke.
      if (/^[0-9A-Z]{5}$/.test(error.code ?? '') && !/^(57P0|08)|^EPIPE$/.test(error.code)) throw error;
    } finally {
      client?.end().catch(() => {});
    }
  }

  /**
   * One transaction on the writer's own tickets. `writer.tickets` are those acknowledged as
   * committed, `writer.pending` those that exist if the transaction in flight was committed too.
   */
  async function write(client, writer, state) {
    const next = new Map(writer.tickets);
    const isUndone = random.chance(15);
    await client.query('begin');
    for (let n = 1 + random.below(3); n > 0; n--) {
      const known = [...next.keys()];
      const chance = random.fraction();
      // One or several tickets in a single statement.
      const some = known.length < 3 || random.chance(70) ? [random.pick(known)] : known.filter(() => random.chance(30));
      if (chance < 0.4 || known.length < 3) {
        const ticket = {
          title: `${writer.name} ${++writer.attempts}`,
          priority: random.pick(PRIORITIES),
          stage: random.pick(stages),
          agent: null,
        };
        const { rows } = await client.query(
          `insert into helpdesk.tickets (org_id, title, priority, current_stage_id, created_by)
           select $1, $2, $3, $4, $5 from generate_series(1, $6) returning id`,
          [org, ticket.title, ticket.priority, ticket.stage, customer.profile, random.pick([1, 1, 1, 4])],
        );
        for (const { id } of rows) next.set(id, ticket);
      } else if (chance < 0.75) {
        const change = {
          priority: random.pick(PRIORITIES),
          stage: random.pick(stages),
          agent: random.pick([null, admin.profile]),
        };
        await client.query(
          'update helpdesk.tickets set priority = $3, current_stage_id = $4, assigned_to = $5 where org_id = $1 and id = any ($2)',
          [org, some, change.priority, change.stage, change.agent],
        );
        for (const id of some) next.set(id, { ...next.get(id), ...change });
      } else if (chance < 0.9) {
        await client.query(
          `insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by) select $1, id, 'Words', $3 from unnest($2::uuid[]) id`,
          [org, some, admin.profile],
        );
      } else {
        await client.query('delete from helpdesk.tickets where org_id = $1 and id = any ($2)', [org, some]);
        for (const id of some) next.delete(id);
      }
    }
    if (isUndone) {
      await client.query('rollback');
      return;
    }
    writer.pending = next;
    await client.query('commit');
    Object.assign(writer, { tickets: next, pending: undefined });
    state.acknowledged++;
  }

  async function refreshOften(client, state) {
    await client.query(`begin; select helpdesk.refresh_ticket_stats(); select pg_sleep(${random.chance(30) ? 0.01 : 0}); commit`);
    state.refreshes++;
  }

  const writers = Array.from({ length: WRITERS }, (_, i) => ({ name: `W${i}`, tickets: new Map(), attempts: 0 }));

  async function assertTickets() {
    const present = await db.sql(
      'select id, title, priority, current_stage_id as stage, assigned_to as agent from helpdesk.tickets where org_id = $1',
      [org],
    );
    for (const writer of writers) {
      const found = present.filter(({ title }) => title.startsWith(`${writer.name} `));
      const asObject = (map) => Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
      const is = asObject(new Map(found.map(({ id, ...ticket }) => [id, ticket])));
      const acknowledged = asObject(writer.tickets);
      const isSame = (a, b) => {
        try {
          assert.deepEqual(a, b);
          return true;
        } catch {
          return false;
        }
      };
      // A COMMIT without an answer took effect as a whole or not at all.
      if (writer.pending && !isSame(is, acknowledged)) {
        assert.deepEqual(is, asObject(writer.pending), `${writer.name}: its last transaction is complete`);
        writer.tickets = writer.pending;
      } else {
        assert.deepEqual(is, acknowledged, `${writer.name}: the acknowledged tickets`);
      }
      writer.pending = undefined;
    }
    assert.equal(
      present.length,
      writers.reduce((sum, { tickets }) => sum + tickets.size, 0),
    );
  }

  async function assertCounts() {
    const [{ wrong, totals }] = await db.sql(
      `select (select count(*)::int from helpdesk.verify_ticket_stats()) as wrong,
              (select json_object_agg(stage_id, ticket_count) from helpdesk.workflow_stage_stats where org_id = $1) as totals`,
      [org],
    );
    assert.equal(wrong, 0);
    const all = writers.flatMap(({ tickets }) => [...tickets.values()]);
    assert.deepEqual(totals, Object.fromEntries(stages.map((id) => [id, all.filter(({ stage }) => stage === id).length])));
    const today = new Date().toISOString().slice(0, 10);
    return assertActivityMatchesArchive(db, org, plusDays(today, -2), plusDays(today, 2));
  }

  for (let crash = 1; crash <= CRASHES; crash++) {
    test(`crash ${crash} of ${CRASHES}: exactly the acknowledged changes survive and are counted`, async () => {
      const state = { isCrashing: false, acknowledged: 0, refreshes: 0 };
      await db.disconnectAll();
      const sessions = [
        ...writers.map((writer) => untilCrash(state, (client) => write(client, writer, state))),
        untilCrash(state, (client) => refreshOften(client, state)),
      ];
      const failure = Promise.race(sessions).then(() => {
        if (!state.isCrashing) throw new Error('a session ended before the crash');
      });
      const enough = () => state.acknowledged >= WORK && state.refreshes >= 10;
      await Promise.race([waitUntil('enough transactions are acknowledged', enough, 30), failure]);
      await new Promise((next) => setTimeout(next, random.fraction() * 40));
      state.isCrashing = true;
      await crashPrivateServer(SERVER);
      await Promise.all(sessions);

      restartPrivateServer(SERVER, SETTINGS);
      await assertTickets();
      const counted = await assertCounts();
      while (await db.value('select helpdesk.refresh_ticket_stats()::int'));
      assert.equal(await db.value('select count(*)::int from helpdesk.ticket_stat_deltas'), 0);
      assert.deepEqual(await assertCounts(), counted);
    });
  }
});
