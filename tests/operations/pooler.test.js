// Many people share two sessions of a transaction pooler: nobody is taken for somebody else.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { createHelpdeskDatabase } from '../support/database.js';
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.js';
import { report, SECONDS, SEED } from '../support/torture.js';
import { sqlSession, Workload } from '../support/workload.js';

const SESSIONS = 2;

describe('PgBouncer', { skip: hasPgBouncer() ? false : 'pgbouncer is not installed' }, () => {
  let db, pooler, workload;

  before(async () => {
    db = await createHelpdeskDatabase();
    pooler = await startPgBouncer('authenticator', SESSIONS);
    workload = await Workload.create(db);
  });
  after(async () => {
    pooler.stop();
    await db.drop();
  });

  /** Each call is a transaction of its own, with the claims set for it alone, as in PostgREST. */
  async function connect({ login }) {
    const client = new pg.Client({ host: pooler.host, port: pooler.port, database: db.name, user: 'authenticator' });
    client.on('error', () => {}); // The failing call reports it too.
    await client.connect();
    const call = async (text, values) => {
      await client.query('begin');
      try {
        await client.query('set local role authenticated');
        await client.query(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify({ sub: login })]);
        const answer = await client.query(text, values);
        await client.query('commit');
        return answer;
      } catch (error) {
        await client.query('rollback');
        throw error;
      }
    };
    return sqlSession(call, () => client.end());
  }

  test('five people on two sessions: each sees and writes as themself', async () => {
    const end = Date.now() + SECONDS * 1000;
    await workload.run(SEED, () => Date.now() > end, connect);
    const sessions = await db.value(
      `select count(*)::int from pg_stat_activity where datname = current_database() and usename = 'authenticator'`,
    );
    assert.ok(sessions <= SESSIONS, `${sessions} sessions`);
    const problems = await workload.problems();
    report('pooler', { rounds: 1, workload, problems });
    assert.deepEqual(problems, []);
    assert.deepEqual(workload.errors, {});
    const strangers = await db.value(
      `select count(*)::int from helpdesk.ticket_comments c join helpdesk.profiles p on p.id = c.created_by
        where not starts_with(c.content, p.name)`,
    );
    assert.equal(strangers, 0, 'every comment has its own author');
  });
});
