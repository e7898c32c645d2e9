// Counts are exact at any time and for every caller, under concurrent writes and interrupted
// refreshes.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import pg from 'pg';
import { assertActivityMatchesArchive, PRIORITIES, plusDays, startHistoryArchive } from '../support/activity_report.js';
import { createHelpdeskDatabase } from '../support/database.js';
import {
  addMember,
  createOrganization,
  createTwoOrganizations,
  openTicket,
  signUp,
  stagesOf,
  updateTicket,
} from '../support/organizations.js';
import { Random } from '../support/random.js';

const SEED = Number(process.env.REPORTING_SEED ?? Math.floor(Math.random() * 2 ** 31));
const ROUNDS = 3;
const TRANSACTIONS_EACH = 30;
const STATUSES = ['open', 'pending', 'resolved', 'closed'];
/**
 * Deadlocks and serialization failures, because transactions lock in any order; missing tickets,
 * members and stages; a start stage that would be resolved or closed.
 */
const EXPECTED = ['40P01', '40001', '42501', '23503', '22023', '23000'];
const LONG_AGO = '900 days';
const NOBODY = '00000000-0000-0000-0000-000000000000';

const db = await createHelpdeskDatabase();
after(() => db.drop());
await db.sql(`alter database ${db.name} set deadlock_timeout = '20ms'`);
await db.disconnectAll();
await startHistoryArchive(db);
const { acme, globex, ada, ben, alice, dave, gina } = await createTwoOrganizations(db);
const [cleo, iris] = [await signUp(db, 'Cleo'), await signUp(db, 'Iris')];
await addMember(db, acme, cleo, 'org_agent');
await addMember(db, acme, iris, 'org_agent');
const support = await db.value('select id from helpdesk.workflows where org_id = $1', [acme]);
const sales = await db.value(`insert into helpdesk.workflows (org_id, name) values ($1, 'Sales') returning id`, [acme]);
for (const [position, status] of ['open', 'pending', 'closed'].entries()) {
  await db.sql('insert into helpdesk.workflow_stages (org_id, workflow_id, name, position, status) values ($1, $2, $3, $4, $5)', [
    acme,
    sales,
    `Sales ${position}`,
    position,
    status,
  ]);
}
const rows = await db.sql('select id, workflow_id, name from helpdesk.workflow_stages where org_id = $1', [acme]);
const stages = { [support]: [], [sales]: [] };
for (const { id, workflow_id } of rows) stages[workflow_id].push(id);
const flipping = rows.filter(({ name }) => ['In progress', 'Resolved', 'Sales 1'].includes(name)).map(({ id }) => id);
const agents = [ada, ben, cleo, iris];

const refresh = async (session) => (await session.query('select helpdesk.refresh_ticket_stats()::int as n')).rows[0].n;
const findWrongStats = () => db.sql('select * from helpdesk.verify_ticket_stats()');
const unfolded = () => db.value('select count(*)::int from helpdesk.ticket_stat_deltas');

// ---- Comparisons. Each is one statement, so that both sides use the same snapshot.

const WRONG_STAGES = `
  select coalesce(v.stage_id, a.id) as stage, v.ticket_count, a.tickets, v.high_priority_count, a.high, v.avg_hours_in_stage, a.hours
    from (select s.id, s.workflow_id, s.name, count(t.id) as tickets, count(t.id) filter (where t.priority > 'medium') as high,
                 (avg(extract(epoch from now() - t.stage_entered_at)) / 3600)::float8 as hours
            from helpdesk.workflow_stages s left join helpdesk.tickets t on t.org_id = s.org_id and t.current_stage_id = s.id
           where s.org_id = $1
           group by s.id, s.workflow_id, s.name) a
    full join (select * from helpdesk.workflow_stage_stats where org_id = $1) v on v.stage_id = a.id
   where (v.workflow_id, v.stage_name, v.ticket_count, v.high_priority_count) is distinct from (a.workflow_id, a.name, a.tickets, a.high)
      or (v.avg_hours_in_stage is null) <> (a.hours is null)
      or abs(v.avg_hours_in_stage - a.hours) > 1e-6`;

async function assertStages(session, org) {
  assert.deepEqual((await session.query(WRONG_STAGES, [org])).rows, []);
}

/** A random filter of list_org_tickets with its meaning in SQL. */
function anyFilter(random, person) {
  const some = (list) => list.filter(() => random.chance(50));
  const oneOrMany = (list) => (random.chance(50) ? random.pick(list) : [random.pick(list), ...some(list)]);
  const filters = { perPage: 1 };
  const conditions = ['true'];
  const values = [];
  const narrow = (key, column, value) => {
    filters[key] = value;
    values.push([value].flat());
    conditions.push(`${column}::text = any ($${values.length + 2})`);
  };
  if (random.chance(40)) narrow('priority', 'priority', oneOrMany(PRIORITIES));
  if (random.chance(40)) narrow('status', 'status', oneOrMany(STATUSES));
  if (random.chance(30)) narrow('stageId', 'current_stage_id', oneOrMany([...stages[support], ...stages[sales]]));
  if (random.chance(30)) narrow('workflowId', 'workflow_id', oneOrMany([support, sales]));
  if (random.chance(50)) {
    const assignee = random.pick(['none', 'me', random.pick(agents)]);
    filters.assignedTo = assignee.profile ?? assignee;
    if (assignee === 'none') {
      conditions.push('assigned_to is null');
    } else if (assignee === 'me' && !person.profile) {
      conditions.push('false');
    } else {
      values.push((assignee === 'me' ? person : assignee).profile);
      conditions.push(`assigned_to = $${values.length + 2}`);
    }
  }
  return { filters, conditions: conditions.join(' and '), values };
}

async function assertTotal(session, org, { filters, conditions, values }) {
  const {
    rows: [row],
  } = await session.query(
    `select (helpdesk.list_org_tickets($1, $2) -> 'pagination' ->> 'total')::int as total,
            (select count(*)::int from helpdesk.tickets where org_id = $1 and ${conditions}) as counted`,
    [org, filters, ...values],
  );
  assert.equal(row.total, row.counted, `total for ${JSON.stringify(filters)}`);
}

async function assertDashboard(session, org, person) {
  const {
    rows: [{ dashboard, open_stages: openStages, tickets }],
  } = await session.query(
    `select helpdesk.org_dashboard($1) as dashboard,
            (select json_agg(json_build_object('id', s.id, 'name', s.name, 'status', s.status))
               from helpdesk.workflow_stages s where s.org_id = $1 and s.status in ('open', 'pending')) as open_stages,
            (select coalesce(json_agg(json_build_object(
                      'priority', t.priority, 'agent', t.assigned_to, 'stage', t.current_stage_id,
                      'oldest', json_build_object('id', t.id, 'number', t.number, 'title', t.title, 'createdAt', t.created_at))
                      order by t.created_at, t.id), '[]')
               from helpdesk.tickets t where t.org_id = $1 and t.status in ('open', 'pending')) as tickets`,
    [org],
  );
  const byStage = new Map(openStages.map((stage) => [stage.id, { ...stage, open: 0, byPriority: {} }]));
  const byPriority = {};
  const add = (counts, key) => (counts[key] = (counts[key] ?? 0) + 1);
  for (const { priority, stage: id } of tickets) {
    add(byPriority, priority);
    add(byStage.get(id), 'open');
    add(byStage.get(id).byPriority, priority);
  }
  const byId = (a, b) => (a.id < b.id ? -1 : 1);
  assert.deepEqual(
    { ...dashboard, byStage: dashboard.byStage.sort(byId) },
    {
      open: tickets.length,
      unassigned: tickets.filter(({ agent }) => !agent).length,
      mine: tickets.filter(({ agent }) => agent && agent === person.profile).length,
      byPriority,
      byStage: [...byStage.values()].sort(byId),
      oldestOpen: tickets[0]?.oldest ?? null,
    },
  );
}

async function assertAll(session, org, person, random, filters = 3) {
  await assertStages(session, org);
  await assertDashboard(session, org, person);
  await assertTotal(session, org, { filters: { perPage: 1 }, conditions: 'true', values: [] });
  for (let i = 0; i < filters; i++) await assertTotal(session, org, anyFilter(random, person));
}

// ---- The operations. Each returns the number of tickets that it opened in Acme.

const known = [];

const title = 'A ticket';
const change = (what) => async (session, random) => {
  await what(session, random);
  return 0;
};
const staffWork = {
  opens: async (session, random) => {
    known.push(await openTicket(session, acme, title, { priority: random.pick(PRIORITIES) }));
    return 1;
  },
  'opens, moves on': async (session, random) => {
    const id = await openTicket(session, acme, title);
    known.push(id);
    await updateTicket(session, id, { stageId: random.pick(stages[support]), assignedTo: random.pick([ada, ben, cleo]).profile });
    return 1;
  },
  moves: change((session, random) =>
    updateTicket(session, random.pick(known), { stageId: random.pick(stages[random.pick([support, support, sales])]) }),
  ),
  prioritizes: change((session, random) => updateTicket(session, random.pick(known), { priority: random.pick(PRIORITIES) })),
  assigns: change((session, random) =>
    updateTicket(session, random.pick(known), { assignedTo: random.pick([...agents, iris, {}]).profile ?? null }),
  ),
  'changes several columns': change((session, random) => {
    return updateTicket(session, random.pick(known), {
      title: `Title ${random.pick('abc')}`,
      priority: random.pick(PRIORITIES),
      assignedTo: random.pick(agents).profile,
      stageId: random.pick(stages[support]),
    });
  }),
  'changes several': change((session, random) => {
    const what = random.pick([
      { priority: random.pick(PRIORITIES) },
      { assignedTo: random.pick(agents).profile },
      { stageId: random.pick(stages[support]) },
    ]);
    return session.query('select helpdesk.update_tickets($1, $2)', [
      [random.pick(known), random.pick(known), random.pick(known)],
      what,
    ]);
  }),
  'changes many with one UPDATE': change((session, random) => {
    return session.query(`update helpdesk.tickets set priority = $2, assigned_to = $3 where org_id = $1 and number % 5 = $4`, [
      acme,
      random.pick(PRIORITIES),
      random.pick([ben.profile, null]),
      random.below(5),
    ]);
  }),
  'moves many with one UPDATE': change((session, random) =>
    session.query(
      `update helpdesk.tickets set current_stage_id = $2 where org_id = $1 and workflow_id = $3 and number % 4 = $4`,
      [acme, random.pick(stages[support]), support, random.below(4)],
    ),
  ),
  claims: change((session) => session.query('select helpdesk.claim_next_ticket($1)', [acme])),
  comments: change((session, random) =>
    session.query('select helpdesk.add_comment($1, $2, $3)', [random.pick(known), 'Words', random.chance(30)]),
  ),
};

const adminWork = {
  ...staffWork,
  'deletes one': change((session, random) =>
    session.query('delete from helpdesk.tickets where org_id = $1 and id = $2', [acme, random.pick(known)]),
  ),
  'gives a stage another status': change((session, random) =>
    session.query('update helpdesk.workflow_stages set status = $2 where id = $1', [
      random.pick(flipping),
      random.pick(STATUSES),
    ]),
  ),
  'demotes and promotes a member': change(async (session) => {
    for (const role of ['org_customer', 'org_agent']) {
      await session.query('select helpdesk.set_member_role($1, $2, $3)', [acme, iris.profile, role]);
    }
  }),
};

const customerWork = {
  opens: staffWork.opens,
  'opens and comments': async (session) => {
    const id = await openTicket(session, acme, title);
    await session.query('select helpdesk.add_comment($1, $2)', [id, 'More details']);
    known.push(id);
    return 1;
  },
  'comments, which may reopen': change(async (session, random) => {
    const { rows: mine } = await session.query('select id from helpdesk.tickets order by updated_at limit 30');
    if (mine.length) await session.query('select helpdesk.add_comment($1, $2)', [random.pick(mine).id, 'Words']);
  }),
};

const dbaWork = {
  imports: async (session, random) => {
    const workflow = random.pick([support, sales]);
    const { rows: imported } = await session.query(
      `insert into helpdesk.tickets (org_id, title, priority, created_by, workflow_id, current_stage_id, assigned_to,
                                     created_at, updated_at, stage_entered_at)
       select $1, $2, (enum_range(null::helpdesk.ticket_priority))[1 + i % 4], $3, $4, $5, $6, time, time,
              case when i % 3 = 0 then time else time + interval '3 days 00:00:00.123456' end
         from generate_series(1, $7::int) i, lateral (select now() - random() * $8::interval as time) x
       returning id`,
      [
        acme,
        title,
        random.pick([alice, dave]).profile,
        workflow,
        random.pick(stages[workflow]),
        random.pick([cleo.profile, null]),
        random.pick([1, 4, 9]),
        LONG_AGO,
      ],
    );
    for (const { id } of imported) known.push(id);
    return imported.length;
  },
  'moves to another workflow': change((session, random) => {
    const workflow = random.pick([support, sales]);
    return session.query(
      'update helpdesk.tickets set workflow_id = $2, current_stage_id = $3 where org_id = $1 and id = any ($4)',
      [acme, workflow, random.pick(stages[workflow]), [random.pick(known), random.pick(known)]],
    );
  }),
  'deletes some': change((session, random) =>
    session.query('delete from helpdesk.tickets where org_id = $1 and number % 23 = $2', [acme, random.below(23)]),
  ),
  'removes and adds a member': change(async (session) => {
    await session.query('delete from helpdesk.org_members where org_id = $1 and user_id = $2', [acme, iris.profile]);
    await session.query(
      `insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, 'org_agent') on conflict do nothing`,
      [acme, iris.profile],
    );
  }),
  'moves many with one UPDATE': staffWork['moves many with one UPDATE'],
  'writes in another organization': change((session) =>
    session.query('insert into helpdesk.tickets (org_id, title, created_by) values ($1, $2, $3)', [globex, title, gina.profile]),
  ),
};

/**
 * A transaction of a few operations; some are rolled back in part or as a whole. `tally` counts
 * what was committed.
 */
async function transaction(writer, random, tally) {
  const { session, work, person } = writer;
  const done = [];
  let opened = 0;
  await session.query(`begin isolation level ${random.chance(15) ? 'repeatable read' : 'read committed'}`);
  for (let n = 1 + random.below(3); n > 0; n--) {
    const name = random.pick(Object.keys(work));
    const isSaved = random.chance(50);
    if (isSaved) await session.query('savepoint here');
    try {
      const count = await work[name](session, random);
      if (isSaved && random.chance(40)) {
        await session.query('rollback to here');
        tally.undone++;
        continue;
      }
      opened += count;
      done.push(name);
    } catch (error) {
      if (!EXPECTED.includes(error.code)) throw error;
      tally.refused[error.code] = (tally.refused[error.code] ?? 0) + 1;
      if (!isSaved || error.code === '40001') {
        await session.query('rollback');
        return;
      }
      await session.query('rollback to here');
    }
  }
  if (person && random.chance(25)) {
    await assertAll(session, acme, person, random, 2);
    tally.checks++;
  }
  if (random.chance(25)) {
    await session.query('rollback');
    tally.undone++;
    return;
  }
  await session.query('commit');
  tally.opened += opened;
  for (const name of done) tally.done[name] = (tally.done[name] ?? 0) + 1;
}

/** Refreshes until the end of the round, in sessions that are killed now and then. */
async function refreshAndDie(random, tally, state) {
  while (!state.isOver) {
    const client = new pg.Client({ database: db.name, statement_timeout: 30_000 });
    client.on('error', () => {});
    await client.connect();
    const pid = (await client.query('select pg_backend_pid() as pid')).rows[0].pid;
    const isToDie = random.chance(50);
    let death;
    try {
      for (let i = 0; i < 5 && !state.isOver; i++) {
        if (isToDie && i === 2) {
          death = new Promise((dead) => setTimeout(dead, random.fraction() * 6)).then(() =>
            db.sql('select pg_terminate_backend($1)', [pid]),
          );
        }
        const lingers = random.chance(50);
        if (lingers) await client.query('begin');
        const n = await refresh(client);
        if (lingers) {
          await client.query('select pg_sleep(0.004)');
          await client.query(random.chance(20) ? 'rollback' : 'commit');
        }
        tally.refreshes += n > 0;
      }
    } catch (error) {
      if (!isToDie) throw error;
      tally.killed++;
    }
    await death;
    await client.end().catch(() => {});
  }
}

/** Another agent checks all counts continuously. */
async function watch(session, random, tally, state) {
  while (!state.isOver) {
    await assertAll(session, acme, ben, random, 4);
    tally.checks++;
  }
}

/** Compares the activity of Acme, imported tickets included, with the archived history. */
const checkActivity = async () => {
  const today = new Date().toISOString().slice(0, 10);
  return assertActivityMatchesArchive(db, acme, plusDays(today, -910), plusDays(today, 10));
};

test(`random writes by 6 sessions during killed refreshes: exact counts (REPORTING_SEED=${SEED})`, async () => {
  const writers = [
    { session: await db.signIn(ada), work: adminWork, person: ada },
    { session: await db.signIn(ben), work: staffWork, person: ben },
    { session: await db.signIn(cleo), work: staffWork, person: cleo },
    { session: await db.signIn(alice), work: customerWork },
    { session: await db.connect(), work: dbaWork, person: {} },
    { session: await db.connect(), work: dbaWork, person: {} },
  ];
  const observer = await db.signIn(ben);
  const tally = { done: {}, refused: {}, opened: 0, undone: 0, checks: 0, refreshes: 0, killed: 0 };
  for (const priority of PRIORITIES) known.push(await openTicket(writers[3].session, acme, title, { priority }));
  tally.opened += PRIORITIES.length;

  // Chance, and what others lock, may leave a kind of work out of the first rounds.
  const kinds = Object.keys({ ...adminWork, ...customerWork, ...dbaWork });
  const isComplete = () => kinds.every((name) => tally.done[name] > 0);
  try {
    for (let round = 0; round < ROUNDS || (!isComplete() && round < 5 * ROUNDS); round++) {
      const randomOf = (i) => new Random(SEED + 1000 * round + i);
      const state = { isOver: false };
      const there = await db.sql('select id from helpdesk.tickets where org_id = $1', [acme]);
      known.splice(0, known.length, ...there.map(({ id }) => id));
      const others = [
        refreshAndDie(randomOf(100), tally, state),
        refreshAndDie(randomOf(101), tally, state),
        watch(observer, randomOf(102), tally, state),
      ];
      const work = writers.map(async (writer, i) => {
        const random = randomOf(i);
        try {
          for (let n = 0; n < TRANSACTIONS_EACH && !state.isOver; n++) await transaction(writer, random, tally);
        } catch (error) {
          await writer.session.query('rollback'); // Releases its locks.
          throw error;
        }
      });
      // A failure ends the round too; the first one is reported.
      const first = await Promise.race([Promise.all(work), Promise.all(others)]).then(
        () => {},
        (error) => ({ error }),
      );
      state.isOver = true;
      await Promise.allSettled([...work, ...others]);
      if (first) throw first.error;
      await Promise.all(others);

      // All sessions are idle now.
      const checkAll = async () => {
        assert.deepEqual(await findWrongStats(), []);
        await assertAll(observer, acme, ben, randomOf(103), 25);
        await assertAll(await db.superuser, acme, {}, randomOf(104), 5);
        await assertStages(await db.superuser, globex);
        const report = await checkActivity();
        assert.equal(report.total.created, tally.opened, 'all tickets ever opened');
        return report;
      };
      const before = await checkAll();
      while (await refresh(await db.superuser));
      assert.equal(await unfolded(), 0);
      assert.deepEqual(await checkAll(), before, 'activity after folding');
    }
  } catch (error) {
    console.error(`REPORTING_SEED=${SEED} ${JSON.stringify(tally)}`);
    throw error;
  } finally {
    for (const { session } of writers) await db.disconnect(session);
  }

  for (const name of kinds) assert.ok(tally.done[name] > 0, `"${name}" was run`);
  assert.ok(tally.undone > 30 && tally.checks > 30, JSON.stringify(tally));
  assert.ok(tally.refreshes > 10 && tally.killed > 3, JSON.stringify(tally));
  if (process.env.REPORTING_TALLY) console.log(tally);
});

describe('single steps', () => {
  let org, stageOf, writer, other;
  before(async () => {
    org = await createOrganization(db, ada, 'Quiet');
    await addMember(db, org, ben, 'org_agent');
    await addMember(db, org, iris, 'org_agent');
    await addMember(db, org, alice, 'org_customer');
    stageOf = await stagesOf(db, org);
    [writer, other] = [await db.signIn(ada), await db.signIn(ben)];
  });
  // A failed test must not leave locks.
  afterEach(() => Promise.all([writer.query('rollback'), other.query('rollback'), db.sql('rollback')]));

  const total = async (session, filters = {}) =>
    (await session.query('select helpdesk.list_org_tickets($1, $2) as page', [org, filters])).rows[0].page.pagination.total;
  const open = async (session) => (await session.query('select helpdesk.org_dashboard($1) as d', [org])).rows[0].d.open;
  const inStage = async (session, name) =>
    (await session.query('select ticket_count::int as n from helpdesk.workflow_stage_stats where stage_id = $1', [stageOf[name]]))
      .rows[0].n;
  const numbers = async (session) => ({
    total: await total(session),
    urgent: await total(session, { priority: 'urgent' }),
    unassigned: await total(session, { assignedTo: 'none' }),
    bens: await total(session, { assignedTo: ben.profile }),
    open: await open(session),
    new: await inStage(session, 'New'),
    closed: await inStage(session, 'Closed'),
  });

  for (const isFolded of [false, true]) {
    for (const end of ['rollback', 'commit']) {
      test(`before ${end} only the writer sees its changes in the counts${isFolded ? ', folded' : ''}`, async () => {
        const [first, second] = [await openTicket(writer, org, 'One'), await openTicket(writer, org, 'Two')];
        if (isFolded) while (await refresh(await db.superuser));
        const before = await numbers(other);
        assert.deepEqual(await numbers(writer), before);

        await writer.query('begin');
        await openTicket(writer, org, 'Three', { priority: 'urgent' });
        await updateTicket(writer, first, { assignedTo: ben.profile, priority: 'urgent' });
        await updateTicket(writer, second, { stageId: stageOf.Closed });
        await writer.query('savepoint here');
        await updateTicket(writer, first, { stageId: stageOf.Closed });
        await writer.query('rollback to here');
        const expected = {
          total: before.total + 1,
          urgent: before.urgent + 2,
          unassigned: before.unassigned,
          bens: before.bens + 1,
          open: before.open,
          new: before.new,
          closed: before.closed + 1,
        };
        assert.deepEqual(await numbers(writer), expected);
        assert.deepEqual(await numbers(other), before);
        await writer.query(end);
        const afterwards = end === 'commit' ? expected : before;
        assert.deepEqual(await numbers(writer), afterwards);
        assert.deepEqual(await numbers(other), afterwards);
        assert.deepEqual(await findWrongStats(), []);
      });
    }
  }

  test('a customer gets the number of their own tickets', async () => {
    const session = await db.signIn(alice);
    await openTicket(session, org, 'Mine');
    assert.equal(await total(session), 1);
    assert.equal(await total(session, { status: 'closed' }), 0);
    assert.ok((await total(other)) > 1);
    await db.disconnect(session);
  });

  test('a concurrent second refresh returns 0 without waiting', async () => {
    const [first, second] = [await db.connect(), await db.connect()];
    while (await refresh(first));
    await openTicket(writer, org, 'To be folded');
    await first.query('begin');
    assert.equal(await refresh(first), 1);
    await openTicket(writer, org, 'While somebody else folds');
    await second.query(`set lock_timeout = '50ms'`);
    assert.equal(await refresh(second), 0);
    assert.equal(await unfolded(), 2, 'nothing is folded before the first refresh commits');
    await first.query('commit');
    assert.equal(await refresh(second), 1);
    assert.equal(await refresh(second), 0);
    assert.equal(await unfolded(), 0);
    for (const client of [first, second]) await db.disconnect(client);
  });

  test('a rolled-back refresh folds nothing, and the next one folds everything', async () => {
    const session = await db.connect();
    while (await refresh(session));
    const id = await openTicket(writer, org, 'Folded twice, counted once');
    await session.query('begin');
    assert.equal(await refresh(session), 1);
    await session.query('rollback');
    assert.deepEqual(await findWrongStats(), []);
    assert.equal(await refresh(session), 1);
    await updateTicket(writer, id, { stageId: stageOf.Resolved });
    assert.deepEqual(await findWrongStats(), []);
    await assertStages(other, org);
    await db.disconnect(session);
  });

  test('writes do not wait for a refresh, and a refresh does not wait for writes', async () => {
    const refreshing = await db.connect();
    const ids = [];
    for (let i = 0; i < 5; i++) ids.push(await openTicket(writer, org, `Ticket ${i}`));
    const before = await open(other);
    await refreshing.query('begin');
    assert.ok((await refresh(refreshing)) > 0);

    await writer.query(`set lock_timeout = '100ms'`);
    await openTicket(writer, org, 'Meanwhile');
    await updateTicket(writer, ids[0], { stageId: stageOf.Closed, priority: 'urgent', assignedTo: iris.profile });
    await writer.query('select helpdesk.update_tickets($1, $2)', [ids, { priority: 'high' }]);
    await writer.query('update helpdesk.tickets set assigned_to = $2 where org_id = $1', [org, iris.profile]);
    await writer.query('select helpdesk.add_comment($1, $2)', [ids[1], 'Words']);
    await writer.query('select helpdesk.claim_next_ticket($1)', [org]);
    await writer.query('delete from helpdesk.tickets where org_id = $1 and id = $2', [org, ids[2]]);
    await writer.query(`update helpdesk.workflow_stages set status = 'pending' where id = $1`, [stageOf['In progress']]);
    await writer.query(`update helpdesk.organizations set time_zone = 'Europe/Berlin' where id = $1`, [org]);
    await writer.query('select helpdesk.remove_member($1, $2)', [org, iris.profile]);
    assert.equal(await open(writer), before - 1); // One opened, one closed, one deleted.
    assert.deepEqual(await findWrongStats(), []);
    await refreshing.query('commit');
    assert.deepEqual(await findWrongStats(), []);
    await assertStages(other, org);

    await writer.query('begin');
    await openTicket(writer, org, 'Not committed');
    await writer.query(`update helpdesk.tickets set priority = 'medium' where org_id = $1`, [org]);
    await refreshing.query(`set lock_timeout = '100ms'`);
    assert.ok((await refresh(refreshing)) > 0);
    assert.deepEqual(await findWrongStats(), []);
    await assertStages(writer, org);
    await writer.query('commit');
    await writer.query('reset lock_timeout');
    assert.deepEqual(await findWrongStats(), []);
    await assertStages(other, org);
    await db.disconnect(refreshing);
  });

  test('a status change of a stage in repeatable read reaches all of its tickets or fails', async () => {
    const id = await openTicket(other, org, 'On the move');
    const stage = stageOf['Waiting on customer'];
    await other.query('begin');
    await updateTicket(other, id, { stageId: stage });
    await writer.query('begin isolation level repeatable read');
    await writer.query('select from helpdesk.tickets limit 1'); // Takes the snapshot.
    const waiting = writer.query(`update helpdesk.workflow_stages set status = 'closed' where id = $1`, [stage]).then(
      () => writer.query('commit'),
      (error) => assert.equal(error.code, '40001', error.message),
    );
    await db.waitUntilBlocked(writer);
    await other.query('commit');
    await waiting;
    await writer.query('rollback');
    const [ticket] = await db.sql(
      `select t.status, s.status as stage_status from helpdesk.tickets t join helpdesk.workflow_stages s on s.id = t.current_stage_id
        where t.id = $1`,
      [id],
    );
    assert.equal(ticket.status, ticket.stage_status);
    await assertDashboard(other, org, ben);
  });

  test('verify finds changes made with triggers off, and rebuild_ticket_stats() repairs the counts', async () => {
    const id = await openTicket(writer, org, 'Changed without triggers');
    const before = await checkActivity();
    await db.sql('begin');
    await db.sql('set local session_replication_role = replica');
    await db.sql(`update helpdesk.tickets set priority = 'urgent' where org_id = $1 and id = $2`, [org, id]);
    await db.sql('commit');
    const wrong = await findWrongStats();
    assert.deepEqual(
      wrong.map(({ stage_id, priority, agent_id, counted, actual }) => [stage_id, priority, agent_id, counted - actual]),
      [
        [stageOf.New, 'low', null, 1],
        [stageOf.New, 'low', NOBODY, 1],
        [stageOf.New, 'urgent', null, -1],
        [stageOf.New, 'urgent', NOBODY, -1],
      ],
    );
    await assert.rejects(assertStages(other, org));
    await db.sql('select helpdesk.rebuild_ticket_stats()');
    assert.deepEqual(await findWrongStats(), []);
    await assertStages(other, org);
    assert.deepEqual(await checkActivity(), before);
    while (await refresh(await db.superuser));
    assert.deepEqual(await findWrongStats(), []);
    assert.deepEqual(await checkActivity(), before);
  });

  test('verify finds a wrong stage_entered_at even if the numbers of tickets are right', async () => {
    const id = await openTicket(writer, org, 'Entered earlier');
    await db.sql('begin');
    await db.sql('set local session_replication_role = replica');
    await db.sql(
      `update helpdesk.tickets set stage_entered_at = stage_entered_at - interval '1 hour' where org_id = $1 and id = $2`,
      [org, id],
    );
    await db.sql('commit');
    const [wrong, ...others] = await findWrongStats();
    assert.deepEqual(others, []);
    assert.deepEqual([wrong.stage_id, wrong.agent_id, wrong.counted === wrong.actual], [stageOf.New, null, true]);
    assert.equal(Math.round(wrong.counted_seconds - wrong.actual_seconds), 3600);
    await db.sql('select helpdesk.rebuild_ticket_stats()');
    assert.deepEqual(await findWrongStats(), []);
  });

  test('one refresh folds more than a batch, for every organization, and leaves no zero rows', async () => {
    while (await refresh(await db.superuser));
    // Deltas that cancel each other, in two organizations and between two agents.
    await db.sql(
      `insert into helpdesk.ticket_stat_deltas (org_id, metric, occurred_at, stage_id, priority, agent_id, ticket_delta)
       select (array[$1, $2]::uuid[])[1 + i % 2], 'stage', now(), $3, 'medium', (array[$4, $5]::uuid[])[1 + i / 2 % 2], 1 - 2 * (i / 4 % 2)
         from generate_series(0, 119999) i`,
      [org, globex, stageOf.Closed, ben.profile, iris.profile],
    );
    const [counts, numbersBefore] = [
      await db.sql('select * from helpdesk.ticket_agent_counts order by 1, 2, 3, 4'),
      await numbers(other),
    ];
    assert.deepEqual(await findWrongStats(), []);
    assert.equal(await refresh(await db.superuser), 120_000);
    assert.equal(await unfolded(), 0);
    assert.deepEqual(await db.sql('select * from helpdesk.ticket_agent_counts order by 1, 2, 3, 4'), counts);
    assert.deepEqual(await numbers(other), numbersBefore);
    assert.deepEqual(await findWrongStats(), []);
  });

  for (const isFolded of [false, true]) {
    test(`a recreated organization with the same id counts from zero${isFolded ? ', after folding' : ''}`, async () => {
      const gone = await createOrganization(db, ada, 'Gone');
      await db.sql(`insert into helpdesk.tickets (org_id, title, created_by) select $1, 'Gone', $2 from generate_series(1, 7)`, [
        gone,
        ada.profile,
      ]);
      if (isFolded) await refresh(await db.superuser);
      await db.sql('delete from helpdesk.tickets where org_id = $1', [gone]);
      await db.sql('delete from helpdesk.organizations where id = $1', [gone]);
      assert.deepEqual(await findWrongStats(), []);
      await db.sql(`insert into helpdesk.organizations (id, name, created_by) values ($1, 'Back', $2)`, [gone, ada.profile]);
      for (const isFoldedNow of [false, true]) {
        if (isFoldedNow) await refresh(await db.superuser);
        assert.deepEqual(await findWrongStats(), []);
        await assertDashboard(writer, gone, ada);
        await assertStages(writer, gone);
        await assertTotal(writer, gone, { filters: { assignedTo: 'none' }, conditions: 'assigned_to is null', values: [] });
      }
      await openTicket(writer, gone, 'After it was recreated');
      await db.sql('delete from helpdesk.tickets where org_id = $1', [gone]);
      await db.sql('delete from helpdesk.organizations where id = $1', [gone]);
      await refresh(await db.superuser);
      for (const table of ['ticket_stage_counts', 'ticket_agent_counts', 'ticket_days_by_priority', 'ticket_days_by_agent']) {
        assert.equal(await db.value(`select count(*)::int from helpdesk.${table} where org_id = $1`, [gone]), 0, table);
      }
    });
  }
});
