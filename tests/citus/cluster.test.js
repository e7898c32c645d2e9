// One help desk on several servers: the same answers, no lost write, and the way back.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { createEmptyDatabase, createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { fillEveryTable } from '../support/full_database.js';
import { addMember, createTwoOrganizations, openTicket, signUp } from '../support/organizations.js';
import { catalogOf, dumpOf, privilegesIn, psql, rowsOf, shapeOf, tool, withTemporaryFile } from '../support/postgres_tools.js';
import { startPostgrest } from '../support/postgrest.js';
import { waitUntil } from '../support/wait.js';
import { Workload } from '../support/workload.js';
import {
  addWorker,
  asDba,
  createClusterDatabase,
  hosts,
  occurrences,
  onNode,
  restoreOn,
  skip,
  startWorker,
  stopWorker,
} from './cluster.js';
import { comparable, compare } from './comparison.js';
import { connectTo, notRetryable, settings } from './load.js';

const CLUSTER = 'helpdesk_cluster';
const LOAD_SECONDS = Number(process.env.LOAD_SECONDS ?? 30);

let single;
let cluster;
let fixture;

before(
  async () => {
    if (skip) return;
    single = await createHelpdeskDatabase();
    fixture = await fillEveryTable(single);
    cluster = await createClusterDatabase(CLUSTER);
    await restoreOn(cluster, single);
  },
  { timeout: 300_000 },
);

after(async () => {
  await cluster?.disconnectAll();
  await single?.drop();
});

test('what cannot be distributed is named before anything changes', { skip }, async () => {
  const error = await expectError('55000', cluster.sql('select helpdesk.distribute(8)'));
  assert.match(error.message, /invoices_org_id_fkey.*public\.invoices/);
  await cluster.sql('alter table public.invoices drop constraint invoices_org_id_fkey');
  await single.sql('alter table public.invoices drop constraint invoices_org_id_fkey');
  const session = await cluster.connect();
  await session.query('set synchronous_commit = off');
  const unsafe = await expectError('55000', session.query('select helpdesk.distribute(8)'));
  assert.match(unsafe.message, /synchronous_commit/);
});

test('rows, keys, rights and comments survive the way there and back', { skip, timeout: 300_000 }, async () => {
  const snapshot = () =>
    Promise.all([rowsOf(cluster), shapeOf(cluster), privilegesIn(cluster, 'helpdesk', 'public'), catalogOf(cluster)]);
  const earlier = await snapshot();
  await asDba(cluster, 'select helpdesk.distribute(8)');
  await expectError('55000', cluster.sql('select helpdesk.distribute(8)'));
  await asDba(cluster, 'select helpdesk.undistribute()');
  const later = await snapshot();
  for (const [i, part] of earlier.entries()) assert.deepEqual(sorted(later[i]), sorted(part));
  await asDba(cluster, 'select helpdesk.distribute(8)');
});

/** The order in which tables are created is no difference. */
const sorted = (value) =>
  typeof value === 'string'
    ? value
        .split(/;\n/)
        .map((part) => part.replace(/^(\s|--.*\n)*/, ''))
        .sort()
    : value;

test('everybody gets the same answers', { skip, timeout: 600_000 }, async (t) => {
  const { count, different } = await compare(single, cluster, fixture);
  t.diagnostic(`${count} compared`);
  assert.deepEqual(different, []);
});

test('a worker that was not told who the caller is refuses', { skip }, async () => {
  const session = await cluster.signIn(fixture.ben);
  const error = await expectError('55000', session.query('select count(*) from helpdesk.tickets'));
  assert.equal(error.detail, 'caller_is_unknown');
  await session.query('begin');
  await session.query('select helpdesk.pre_request()');
  const { rows } = await session.query('select count(*)::int from helpdesk.tickets where org_id = $1', [fixture.acme]);
  assert.ok(rows[0].count > 0);
  await session.query('rollback');
});

for (const isolation of ['read committed', 'repeatable read']) {
  test(`a transaction reads what it has written on a worker, ${isolation}`, { skip }, async () => {
    const { acme, alice } = fixture;
    const title = `Written, ${isolation}`;
    await cluster.as(alice, async (session) => {
      const titleOf = async (ticket) =>
        (
          await session.query(`select helpdesk.get_ticket_details($1, p_org_id => $2)::jsonb #>> '{ticket,title}'`, [
            ticket,
            acme,
          ])
        ).rows;
      await session.query(`begin isolation level ${isolation}`);
      await session.query('select helpdesk.count_unread_notifications()');
      const ticket = await openTicket(session, acme, title);
      assert.deepEqual(Object.values((await titleOf(ticket))[0]), [title]);
      await session.query('rollback');
      assert.deepEqual(Object.values((await titleOf(ticket))[0]), [null]);
    });
  });
}

test('updates and reports know the cluster', { skip, timeout: 120_000 }, async () => {
  const report = 'select * from helpdesk.security_report()';
  assert.deepEqual(await cluster.sql(report), await single.sql(report));
  // They revoke what the administrator has granted to anon.
  await asDba(cluster, 'select helpdesk.install()', 'select helpdesk.migrate()');
  const errors = await cluster.sql(`select check_name from helpdesk.health_check() where status = 'error' order by 1`);
  // The server of the tests does without fsync, and the fixture has a policy that is not shipped.
  assert.deepEqual(errors, [{ check_name: 'durability' }, { check_name: 'security_report' }]);
});

test('addresses of people are compared with their logins', { skip }, async () => {
  for (const db of [single, cluster]) {
    await db.sql('alter table auth.users disable trigger helpdesk_handle_new_user');
    await db.sql(`update auth.users set email = 'ben.new@example.com' where id = $1`, [fixture.ben.login]);
    await db.sql('alter table auth.users enable trigger helpdesk_handle_new_user');
  }
  const wrong = 'select * from helpdesk.verify_derived_data()';
  assert.deepEqual(await cluster.sql(wrong), await single.sql(wrong));
  for (const db of [single, cluster]) {
    await db.sql('select helpdesk.rebuild_derived_data()');
    assert.deepEqual(await db.sql(wrong), []);
  }
});

test('a dump of the coordinator becomes an installation on one server', { skip, timeout: 120_000 }, async () => {
  await single.sql('select helpdesk.install()');
  await onSingleServer(async (copy) => {
    assert.deepEqual(await catalogOf(copy), await catalogOf(single));
    assert.deepEqual(await rowsOf(copy), await rowsOf(single));
  });
});

test('an import brings people, who are the same on all servers', { skip }, async () => {
  const { acme, ada } = fixture;
  const person = (name) => ({ email: `${name.toLowerCase()}@import.example`, name });
  const rows = [
    {
      externalId: 'old:1',
      title: 'Imported',
      requester: person('Rita'),
      assignee: person('Otto'),
      createdAt: '2024-03-01T09:00:00Z',
      comments: [
        { externalId: 'c1', content: 'Look', author: person('Otto'), isInternal: true, createdAt: '2024-03-02T09:00:00Z' },
      ],
    },
    { externalId: 'old:2', title: 'Also', requester: { email: ada.email }, createdAt: '2024-03-01T09:00:00Z' },
  ];
  const later = [
    { ...rows[0], comments: [...rows[0].comments, { ...rows[0].comments[0], externalId: 'c2', author: person('Nora') }] },
  ];
  for (const [list, key] of [
    [rows, 'first'],
    [rows, 'second'],
    [later, 'third'],
  ]) {
    const [one, other] = await Promise.all(
      [single, cluster].map((db) =>
        db.as(ada, async (session) => {
          const { rows } = await session.query('select helpdesk.import_tickets($1, $2) as done', [acme, JSON.stringify(list)]);
          return rows[0].done;
        }),
      ),
    );
    assert.deepEqual(other, one, key);
  }
  const people = `select p.name, m.org_role, m.added_by from helpdesk.profiles p left join helpdesk.org_members m on m.user_id = p.id
                   where p.imported_for = $1 order by 1`;
  assert.deepEqual(await cluster.sql(people, [acme]), await single.sql(people, [acme]));
  const found = (db) =>
    db.as(ada, async (session) => {
      const { rows } = await session.query(`select helpdesk.search($1, 'rita') as page`, [acme]);
      return comparable(rows[0].page, new Set());
    });
  assert.equal(await found(cluster), await found(single));
  assert.deepEqual(await cluster.sql('select * from helpdesk.verify_derived_data()'), []);
});

/** Moves an organization as docs/scaling.md describes. */
async function moveOrganization(org, from, to) {
  const guide = await readFile(new URL('../../docs/scaling.md', import.meta.url), 'utf8');
  const [, script] = /```sql\n((?:(?!```).)*begin isolation level repeatable read;.*?) *```/s.exec(guide);
  await withTemporaryFile(async (file) => {
    await writeFile(file, script);
    await writeFile(file, await tool('psql', '-XqAt', '-v', `org_id=${org}`, '-d', from.name, '-f', file));
    await psql(to, file);
  });
}

test('an organization moves into a cluster, and out of it', { skip, timeout: 120_000 }, async () => {
  const [source, target] = [await createHelpdeskDatabase(), await createHelpdeskDatabase()];
  const cast = await createTwoOrganizations(source, 'moving.example');
  const workload = new Workload(source, cast);
  await workload.run(1, () => workload.total > 200);
  await source.sql('select helpdesk.refresh_ticket_stats()');
  const tables = await source.sql(
    `select attrelid::regclass::text as name from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'helpdesk'::regnamespace and c.relkind = 'r' and a.attname = 'org_id'`,
  );
  // The user of the fixture has added a column to tickets.
  await target.sql('alter table helpdesk.tickets add column external_ref text');
  const rowsIn = (db, table) =>
    db.sql(`select to_jsonb(t) - 'external_ref' as row from ${table} t where org_id = $1 order by row`, [cast.acme]);
  const expectSame = async (db) => {
    for (const { name } of tables) assert.deepEqual(await rowsIn(db, name), await rowsIn(source, name), name);
    assert.deepEqual(await db.sql('select * from helpdesk.verify_derived_data()'), []);
    assert.deepEqual(await db.sql('select * from helpdesk.verify_ticket_stats()'), []);
  };
  const last = await source.value('select max(number)::int from helpdesk.tickets where org_id = $1', [cast.acme]);
  const openNext = async (db, title) => {
    const ticket = await db.as(cast.alice, (session) => openTicket(session, cast.acme, title));
    return db.value('select number::int from helpdesk.tickets where id = $1', [ticket]);
  };

  await moveOrganization(cast.acme, source, cluster);
  await expectSame(cluster);
  await moveOrganization(cast.acme, cluster, target);
  await expectSame(target);
  for (const db of [cluster, target]) assert.equal(await openNext(db, 'In the new place'), last + 1);
  await assert.rejects(moveOrganization(cast.acme, source, cluster), /duplicate key/);
  for (const [table, key] of [
    ['tickets', 'org_id'],
    ['articles', 'org_id'],
    ['organizations', 'id'],
  ]) {
    await cluster.sql(`delete from helpdesk.${table} where ${key} = $1`, [cast.acme]);
  }
  await source.drop();
  await target.drop();
});

test('a person is forgotten on all servers, or on none', { skip, timeout: 120_000 }, async () => {
  const { acme, globex, alice, gina } = fixture;
  const zach = await signUp(cluster, 'Zacharias');
  await addMember(cluster, acme, zach, 'org_agent');
  await cluster.as(gina, (session) => session.query('select helpdesk.create_org_invite($1, $2)', [globex, zach.email]));
  await addMember(cluster, globex, zach, 'org_customer');
  for (const org of [acme, globex]) {
    await cluster.as(zach, (session) => openTicket(session, org, 'Mine', { key: `${zach.email}: Mine` }));
  }
  const hers = await cluster.as(alice, (session) => openTicket(session, acme, 'Hers'));
  await cluster.as(zach, async (session) => {
    await session.query(`select helpdesk.add_comment($1, 'Hello')`, [hers]);
    await session.query('select helpdesk.watch_ticket($1)', [hers]);
  });
  const before = await occurrences(CLUSTER, zach.name);
  const tables = new Set(before.map((place) => /^helpdesk\.[a-z_]+[a-z]/.exec(place)?.[0]));
  for (const table of ['profiles', 'notifications', 'idempotency_keys', 'search_documents', 'org_invites'])
    assert.ok(tables.has(`helpdesk.${table}`), table);

  const forget = () => cluster.sql('select helpdesk.forget_person($1)', [zach.profile]);
  stopWorker(2);
  await assert.rejects(forget());
  startWorker(2);
  assert.deepEqual(await occurrences(CLUSTER, zach.name), before);

  await forget();
  assert.deepEqual(await occurrences(CLUSTER, zach.name), []);
  const written = 'select count(*)::int from helpdesk.tickets where created_by = $1';
  assert.equal(await cluster.value(written, [zach.profile]), 2);
  assert.deepEqual(await cluster.sql('select * from helpdesk.verify_derived_data()'), []);
});

test('nothing of the rows before distribute() stays on the coordinator', { skip }, async () => {
  const hidden = await cluster.sql(
    `select c.oid::regclass::text as name from pg_class c join pg_dist_partition p on p.logicalrelid = c.oid
      where c.relnamespace = 'helpdesk'::regnamespace and pg_relation_size(c.oid) > 0`,
  );
  assert.deepEqual(hidden, []);
});

test('no acknowledged write is lost when shards move and a worker dies', { skip, timeout: 1_800_000 }, async (t) => {
  const end = Date.now() + LOAD_SECONDS * 1000;
  const session = await cluster.connect();
  await session.query('set statement_timeout = 0');
  const cast = await createTwoOrganizations(cluster, 'load.example');
  const workload = new Workload(cluster, cast);
  const api = await startPostgrest(cluster, 'helpdesk', settings(8));
  let isOver = false;
  const working = Promise.all([1, 2].map((seed) => workload.run(seed, () => isOver, connectTo(api))));
  const progress = async (count) => {
    const before = workload.total;
    await waitUntil('people have worked', () => workload.total >= before + count, 120);
  };
  const failures = () => Object.values(workload.losses).reduce((sum, count) => sum + count, 0);
  let moves = 0;
  try {
    await progress(50);
    await addWorker(CLUSTER, 3);
    await onNode(3, CLUSTER, 'select helpdesk.prepare_worker()');
    await session.query(`select rebalance_table_shards('helpdesk.tickets', shard_transfer_mode => 'force_logical')`);
    await progress(50);
    const worker = hosts.indexOf(await hostOf(cast.acme));
    const before = failures();
    stopWorker(worker);
    await waitUntil('somebody has met an error', () => failures() > before);
    startWorker(worker);
    await progress(200);
    while (Date.now() < end) {
      await moveShardOf(session, cast.acme);
      moves += 1;
      await progress(50);
    }
  } finally {
    isOver = true;
    await working.finally(() => api.stop());
  }
  const { total, errors, losses } = workload;
  t.diagnostic(
    `${total} acknowledged, ${workload.leaks.length} of another organization, ${moves} more moves; ` +
      `refused: ${JSON.stringify(errors)}; outcome unknown: ${JSON.stringify(losses)}`,
  );
  assert.deepEqual(notRetryable([...Object.keys(errors), ...Object.keys(losses)]), []);
  assert.deepEqual(await cluster.sql('select * from helpdesk.verify_derived_data()'), []);
  assert.deepEqual(await cluster.sql('select org_id, number from helpdesk.tickets group by 1, 2 having count(*) > 1'), []);
  // Where all rows can be compared.
  await onSingleServer(async (copy) => assert.deepEqual(await workload.problems(copy), []));
});

/** The server that holds an organization. */
const hostOf = (org) =>
  cluster.value(
    `select nodename from citus_shards where shardid = get_shard_id_for_distribution_column('helpdesk.tickets', $1::uuid) limit 1`,
    [org],
  );

/** Moves an organization to the next server. A move may fail, too, if it meets a deadlock. */
async function moveShardOf(session, org) {
  const from = await hostOf(org);
  const to = hosts[(hosts.indexOf(from) % (hosts.length - 1)) + 1];
  await session
    .query(
      `select citus_move_shard_placement(get_shard_id_for_distribution_column('helpdesk.tickets', $1::uuid), $2, 5432, $3, 5432, 'force_logical')`,
      [org, from, to],
    )
    .catch(({ code }) => assert.deepEqual(notRetryable([code]), []));
}

/** Restores a dump of the coordinator on one server, and drops it after the work. */
async function onSingleServer(work) {
  const copy = await createEmptyDatabase();
  try {
    await withTemporaryFile(async (file) => {
      // Which that server need not have.
      await writeFile(file, await dumpOf(cluster, '--exclude-extension=citus*'));
      await psql(copy, file);
    });
    await copy.sql('select helpdesk.install()');
    await work(copy);
  } finally {
    await copy.drop();
  }
}

test('the copies of shared tables are the same on all servers', { skip }, async () => {
  for (const table of [
    'profiles',
    'organizations',
    'org_members',
    'notification_preferences',
    'installation_settings',
    'schema_version',
  ]) {
    const hashes = await cluster.sql(
      `select distinct result from run_command_on_placements('helpdesk.${table}', $$select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from %s t$$)`,
    );
    assert.equal(hashes.length, 1, table);
  }
});
