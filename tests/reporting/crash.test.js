// A server that is killed while tickets are written and counts are folded: what was committed is there, and is counted, once.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { emptyDatabase } from '../lib/database.js';
import { crashOwnServer, restartOwnServer, startOwnServer } from '../lib/own_server.js';
import { stagesOf, twoOrganizations } from '../lib/people.js';
import { pseudoRandom } from '../lib/random.js';
import { waitUntil } from '../lib/wait.js';

const SERVER = 'crash';
const SETTINGS = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', max_connections: 30 };
const SEED = Number(process.env.REPORTING_SEED ?? Math.floor(Math.random() * 2 ** 31));
const CRASHES = 3;
const WRITERS = 4;
/** Transactions that are acknowledged between two crashes, at least. */
const WORK = 120;
const PRIORITIES = ['low', 'medium', 'high', 'urgent'];

describe(`kill -9 (REPORTING_SEED=${SEED})`, () => {
  let db, org, admin, stages, stop;
  const random = pseudoRandom(SEED);
  const pick = (list) => list[Math.floor(random() * list.length)];

  before(async () => {
    stop = startOwnServer(SERVER, SETTINGS);
    db = await emptyDatabase();
    await db.createExtension();
    const story = await twoOrganizations(db);
    [org, admin] = [story.acme, story.ada];
    stages = Object.values(await stagesOf(db, org));
  });
  after(async () => {
    await db.disconnectAll();
    stop();
  });

  async function connect() {
    const client = new pg.Client({ database: db.name, statement_timeout: 30_000 });
    client.on('error', () => {}); // The query that fails says so, too.
    await client.connect();
    return client;
  }

  /** Runs until the server dies under it. Anything else that fails is a failure. */
  async function untilCrash(state, work) {
    let client;
    try {
      client = await connect();
      for (;;) await work(client);
    } catch (error) {
      if (!state.isCrashing || error instanceof assert.AssertionError) throw error;
      // SQLSTATEs of a server that goes down; no SQLSTATE at all when the connection broke.
      if (/^[0-9A-Z]{5}$/.test(error.code ?? '') && !/^(57P0|08)|^EPIPE$/.test(error.code)) throw error;
    } finally {
      client?.end().catch(() => {});
    }
  }

  /**
   * One transaction on the writer's own tickets. `writer.tickets` is what was acknowledged; `writer.pending` what there is if the
   * transaction in flight was committed; `writer.opened` and `writer.pendingOpened` how many it ever opened.
   */
  async function write(client, writer, state) {
    const next = new Map(writer.tickets);
    let opened = writer.opened;
    const isUndone = random() < 0.15;
    await client.query('begin');
    for (let n = 1 + Math.floor(random() * 3); n > 0; n--) {
      const known = [...next.keys()];
      const chance = random();
      if (chance < 0.45 || known.length < 3) {
        const ticket = { title: `${writer.name} ${++writer.attempts}`, priority: pick(PRIORITIES), stage: pick(stages), agent: null };
        const { rows: [{ id }] } = await client.query(
          `insert into helpdesk.tickets (org_id, title, priority, current_stage_id, created_by) values ($1, $2, $3, $4, $5) returning id`,
          [org, ticket.title, ticket.priority, ticket.stage, admin.profile],
        );
        next.set(id, ticket);
        opened++;
      } else if (chance < 0.85) {
        const id = pick(known);
        const ticket = { ...next.get(id), priority: pick(PRIORITIES), stage: pick(stages), agent: pick([null, admin.profile]) };
        await client.query(
          'update helpdesk.tickets set priority = $3, current_stage_id = $4, assigned_to = $5 where org_id = $1 and id = $2',
          [org, id, ticket.priority, ticket.stage, ticket.agent],
        );
        next.set(id, ticket);
      } else {
        const id = pick(known);
        await client.query('delete from helpdesk.tickets where org_id = $1 and id = $2', [org, id]);
        next.delete(id);
      }
    }
    if (isUndone) {
      await client.query('rollback');
      return;
    }
    Object.assign(writer, { pending: next, pendingOpened: opened });
    await client.query('commit');
    Object.assign(writer, { tickets: next, opened, pending: undefined });
    state.acknowledged++;
  }

  async function refreshOften(client, state) {
    await client.query(`begin; select helpdesk.refresh_ticket_stats(); select pg_sleep(${random() < 0.3 ? 0.01 : 0}); commit`);
    state.refreshes++;
  }

  const writers = Array.from({ length: WRITERS }, (_, i) => ({ name: `W${i}`, tickets: new Map(), opened: 0, attempts: 0 }));

  async function expectAllIsThere() {
    const present = await db.sql(
      'select id, title, priority, current_stage_id as stage, assigned_to as agent from helpdesk.tickets where org_id = $1',
      [org],
    );
    let survived = 0;
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
      // The COMMIT that nobody answered: all of it or nothing.
      if (writer.pending && !isSame(is, acknowledged)) {
        assert.deepEqual(is, asObject(writer.pending), `${writer.name}: its last transaction is there as a whole`);
        Object.assign(writer, { tickets: writer.pending, opened: writer.pendingOpened });
        survived++;
      } else {
        assert.deepEqual(is, acknowledged, `${writer.name}: what was acknowledged`);
      }
      writer.pending = undefined;
    }
    assert.equal(present.length, writers.reduce((sum, { tickets }) => sum + tickets.size, 0));
    return survived;
  }

  async function expectAllIsCounted() {
    const { rows: [{ wrong, totals, counted }] } = await (await db.superuser).query(
      `select (select count(*)::int from helpdesk.verify_ticket_stats()) as wrong,
              (select json_object_agg(stage_id, ticket_count) from helpdesk.workflow_stage_stats where org_id = $1) as totals,
              helpdesk.ticket_activity($1, current_date - 2, current_date + 2) -> 'total' as counted`,
      [org],
    );
    assert.equal(wrong, 0);
    const all = writers.flatMap(({ tickets }) => [...tickets.values()]);
    assert.deepEqual(totals, Object.fromEntries(stages.map((id) => [id, all.filter(({ stage }) => stage === id).length])));
    const opened = writers.reduce((sum, writer) => sum + writer.opened, 0);
    // A pending COMMIT that only opened and deleted the same tickets would be missed: no such transaction leaves the map as it was.
    assert.equal(counted.created, opened);
    return counted;
  }

  for (let crash = 1; crash <= CRASHES; crash++) {
    test(`crash ${crash} of ${CRASHES}: all that was acknowledged is there and counted, nothing else`, async () => {
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
      await Promise.race([waitUntil('enough was written', enough, 30), failure]);
      await new Promise((next) => setTimeout(next, random() * 40));
      state.isCrashing = true;
      await crashOwnServer(SERVER);
      await Promise.all(sessions);

      restartOwnServer(SERVER, SETTINGS);
      await expectAllIsThere();
      const counted = await expectAllIsCounted();
      while (await db.value('select helpdesk.refresh_ticket_stats()::int'));
      assert.equal(await db.value('select count(*)::int from helpdesk.ticket_stat_deltas'), 0);
      assert.deepEqual(await expectAllIsCounted(), counted);
    });
  }
});
