// ticket_activity() compared with an independent log of events.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  assertReport,
  dayIn,
  daysBetween,
  expectedReport,
  nearestRank,
  PRIORITIES,
  plusDays,
} from '../support/activity_report.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
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

const SEED = Number(process.env.REPORTING_SEED ?? 20250330);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Time zones with the days on which their clocks change, and an ordinary day. */
const ZONES = {
  'Europe/Berlin': ['2025-03-30', '2025-10-26', '2025-06-15'],
  'America/New_York': ['2025-03-09', '2025-11-02', '2025-06-15'],
  'Asia/Kolkata': ['2025-06-15', '2024-12-31'],
  'Pacific/Chatham': ['2025-04-06', '2025-09-28', '2025-06-15'],
};

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, ada, ben, alice, dave, gina, mallory } = await createTwoOrganizations(db);
const cleo = await signUp(db, 'Cleo');

const report = (org, from, to) => db.value('select helpdesk.ticket_activity($1, $2, $3)', [org, from, to]);
const fold = async () => {
  while (await db.value('select helpdesk.refresh_ticket_stats()::int'));
  assert.equal(await db.value('select count(*)::int from helpdesk.ticket_stat_deltas'), 0);
};

/** The first instants of a day and of the next day in a time zone, found by trying each minute. */
function midnights(dayOf, day) {
  const start = Date.parse(day) - DAY;
  const found = [];
  for (let time = start; time < start + 4 * DAY; time += MINUTE) {
    if (dayOf(time) !== dayOf(time - MINUTE) && [day, plusDays(day, 1)].includes(dayOf(time))) found.push(time);
  }
  assert.equal(found.length, 2);
  return found;
}

/** Imports tickets with a history and comments. Returns them with the log expected of them. */
async function importTickets(org, stages, times, random) {
  // 2 s to 80 days, in ms.
  const duration = () => Math.round(1000 * Math.exp(Math.log(2) + random.fraction() * Math.log(40 * 86_400)));
  const [tickets, comments, log] = [[], [], []];
  for (const at of times) {
    const id = randomUUID();
    const [priority, agent] = [random.pick(PRIORITIES), random.pick([null, ada.profile, ben.profile, cleo.profile])];
    const ticket = {
      id,
      priority,
      agent,
      created: new Date(at),
      entered: new Date(at),
      stage: stages.New,
      resolved: null,
      closed: null,
    };
    const event = (metric, when, more) => log.push({ metric, at: when, priority, agent, ...more });
    event('created', at);
    const course = random.fraction();
    if (course < 0.4) {
      const took = duration();
      ticket.resolved = new Date(at + took);
      ticket.stage = stages.Resolved;
      ticket.entered = ticket.resolved;
      event('resolved', at + took);
      event('resolution', at + took, { seconds: took / 1000 });
      if (course < 0.2) {
        ticket.stage = stages.Closed;
        ticket.closed = new Date(at + took + MINUTE);
        ticket.entered = ticket.closed;
        event('closed', at + took + MINUTE);
      }
    } else if (course < 0.6) {
      ticket.entered = new Date(at + duration());
      ticket.stage = stages['In progress'];
    }
    tickets.push(ticket);
    const say = (who, when, isInternal = false) =>
      comments.push({ ticket: id, who: who.profile, when: new Date(when), isInternal });
    if (random.chance(60)) {
      const took = duration();
      const responder = random.pick([ada, ben, cleo]);
      if (random.chance(30)) say(alice, at + took / 2); // By the requester, who is not staff.
      if (random.chance(30)) say(ben, at + took / 2, true); // Internal, so no response.
      say(responder, at + took);
      event('first_response', at + took, { agent: responder.profile, seconds: took / 1000 });
      // Not the first response.
      if (random.chance(30)) say(random.pick([ada, cleo]), at + took + MINUTE);
    }
  }
  await db.sql(
    `insert into helpdesk.tickets (org_id, id, title, priority, assigned_to, created_by, created_at, updated_at, stage_entered_at,
                                   current_stage_id, resolved_at, closed_at)
     select $1, x.id, 'Imported', x.priority::helpdesk.ticket_priority, x.agent, $2, x.created, x.created, x.entered, x.stage,
            x.resolved, x.closed
       from jsonb_to_recordset($3) as x (id uuid, priority text, agent uuid, created timestamptz, entered timestamptz, stage uuid,
                                         resolved timestamptz, closed timestamptz)`,
    [org, alice.profile, JSON.stringify(tickets)],
  );
  for (const { ticket, who, when, isInternal } of comments) {
    await db.sql(
      `insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at, is_internal)
       values ($1, $2, 'Words', $3, $4, $5)`,
      [org, ticket, who, when, isInternal],
    );
  }
  return { log, tickets };
}

for (const [zone, days] of Object.entries(ZONES)) {
  describe(zone, () => {
    const people = [ada, ben, cleo];
    const dayOf = dayIn(zone);
    const random = new Random(SEED + zone.length);
    const log = [];
    let org, stages, imported;

    const agreesOn = async (from, to) => {
      const said = await report(org, from, to);
      assertReport(said, expectedReport(log, zone, people, from, to));
      return said;
    };
    const ranges = [['2024-11-01', '2026-02-28'], ...days.map((day) => [day, day])];
    for (const day of days)
      ranges.push([plusDays(day, -1), plusDays(day, 1)], [plusDays(day, 1), plusDays(day, 40)], ['2024-12-31', day]);
    const agreesEverywhere = async () => {
      const all = [];
      for (const range of ranges) all.push(await agreesOn(...range));
      return all;
    };

    before(async () => {
      org = await createOrganization(db, ada, zone);
      for (const agent of [ben, cleo]) await addMember(db, org, agent, 'org_agent');
      await addMember(db, org, alice, 'org_customer');
      await db.as(ada, (session) => session.query('update helpdesk.organizations set time_zone = $2 where id = $1', [org, zone]));
      stages = await stagesOf(db, org);
      const times = [];
      for (const day of days) {
        for (const midnight of midnights(dayOf, day)) {
          for (const off of [-3 * MINUTE, -MINUTE, -1, 0, 1, MINUTE, 5 * MINUTE]) times.push(midnight + off);
        }
        for (let i = 0; i < 40; i++) times.push(Date.parse(day) - DAY + random.below(3 * DAY));
      }
      imported = await importTickets(org, stages, times, random);
      log.push(...imported.log);
    });

    test('with nothing folded, days agree with Intl.DateTimeFormat', agreesEverywhere);

    test('a report of one day excludes the days before and after', async () => {
      for (const day of days) {
        const three = await report(org, plusDays(day, -1), plusDays(day, 1));
        const one = await report(org, day, day);
        assert.ok(one.total.created > 0 && three.total.created > one.total.created);
        assert.deepEqual(one.days, [three.days[1]]);
      }
    });

    test('folding does not change a report', async () => {
      const earlier = await agreesEverywhere();
      await fold();
      assert.deepEqual(await agreesEverywhere(), earlier);
    });

    test('partly folded, events of now are reported as they happened', async () => {
      const session = await db.signIn(ben);
      const now = new Set();
      const change = async (ticket, changes, metrics) => {
        await session.query('begin');
        const {
          rows: [{ at }],
        } = await session.query('select now() as at');
        await updateTicket(session, ticket.id, changes);
        await session.query('commit');
        Object.assign(
          ticket,
          changes.priority && { priority: changes.priority },
          changes.assignedTo && { agent: changes.assignedTo },
        );
        now.add(dayOf(at));
        for (const metric of metrics) {
          const seconds = metric === 'resolution' ? (at - ticket.created) / 1000 : undefined;
          log.push({ metric, at: +at, priority: ticket.priority, agent: ticket.agent, seconds });
        }
      };
      const open = imported.tickets.filter(({ resolved }) => !resolved).slice(0, 4);
      const [resolved] = imported.tickets.filter(({ resolved, closed }) => resolved && !closed);
      await change(open[0], { stageId: stages.Resolved }, ['resolved', 'resolution']);
      await change(open[0], { stageId: stages['In progress'] }, ['reopened']);
      await change(open[0], { stageId: stages.Closed, priority: 'urgent' }, ['resolved', 'resolution', 'closed']);
      await change(open[1], { stageId: stages.Resolved, assignedTo: cleo.profile }, ['resolved', 'resolution']);
      await change(open[1], { stageId: stages.Closed }, ['closed']);
      await change(open[1], { stageId: stages.Resolved }, []); // It is resolved already.
      await change(open[2], { stageId: stages['Waiting on customer'], priority: 'low' }, []);
      await change(resolved, { stageId: stages.New }, ['reopened']);
      await db.disconnect(session);
      // Its history still counts.
      await db.sql('delete from helpdesk.tickets where org_id = $1 and id = $2', [org, open[3].id]);

      const [from, to] = [[...now].sort()[0], [...now].sort().at(-1)];
      const today = await agreesOn(from, to);
      assert.ok(today.total.resolved >= 3 && today.total.reopened >= 2 && today.total.closed >= 2);
      await agreesEverywhere();
      await fold();
      assert.deepEqual(await agreesOn(from, to), today);
      await agreesEverywhere();
    });
  });
}

test('after a change of time zone folded events keep their day, unfolded ones move', async () => {
  const org = await createOrganization(db, ada, 'Moving');
  const insert = () =>
    db.sql(
      `insert into helpdesk.tickets (org_id, title, created_by, created_at) values ($1, 'Late at night', $2, '2025-06-15 23:30Z')`,
      [org, ada.profile],
    );
  const created = async () => (await report(org, '2025-06-15', '2025-06-16')).days.map((day) => day.created);
  await insert();
  assert.deepEqual(await created(), [1, 0]);
  await fold();
  await insert();
  assert.deepEqual(await created(), [2, 0]);
  await db.sql(`update helpdesk.organizations set time_zone = 'Asia/Kolkata' where id = $1`, [org]);
  assert.deepEqual(await created(), [1, 1]);
  await fold();
  assert.deepEqual(await created(), [1, 1]);
  await db.as(ada, async (session) => {
    for (const zone of ['Europe/Nowhere', '', 'europe/berlin ', '+02']) {
      await expectError('22023', session.query('update helpdesk.organizations set time_zone = $2 where id = $1', [org, zone]));
    }
  });
});

test('an unknown time zone is treated as UTC and does not stop folding', async () => {
  const orgs = [await createOrganization(db, ada, 'Elsewhere'), await createOrganization(db, ada, 'Here')];
  await db.sql('begin');
  await db.sql('set local session_replication_role = replica');
  await db.sql(`update helpdesk.organizations set time_zone = 'Mars/Olympus_Mons' where id = $1`, [orgs[0]]);
  await db.sql('commit');
  const insert = (org) =>
    db.sql(`insert into helpdesk.tickets (org_id, title, created_by, created_at) values ($1, 'There', $2, '2025-06-15 23:30Z')`, [
      org,
      ada.profile,
    ]);
  for (const org of orgs) await insert(org);
  for (const isFolded of [false, true]) {
    if (isFolded) await fold();
    for (const org of orgs) {
      const said = await report(org, '2025-06-15', '2025-06-16');
      assert.deepEqual([said.timeZone, said.days.map((day) => day.created)], ['UTC', [1, 0]]);
    }
  }
});

test('timestamps outside the years 1 to 9999 are refused', async () => {
  const org = await createOrganization(db, ada, 'Timestamps');
  const stages = await stagesOf(db, org);
  const columns = ['created_at', 'updated_at', 'stage_entered_at', 'resolved_at', 'closed_at', 'first_response_at'];
  for (const column of columns) {
    for (const timestamp of ['infinity', '-infinity', '0001-12-31 BC', '10000-01-01', '294276-12-31']) {
      const error = await expectError(
        '23514',
        db.sql(
          `insert into helpdesk.tickets (org_id, title, created_by, current_stage_id, ${column}) values ($1, 'When?', $2, $3, $4)`,
          [org, ada.profile, stages.Closed, timestamp],
        ),
      );
      assert.match(error.message, /tickets_timestamps_check/);
    }
  }
  for (const timestamp of ['0001-01-01 00:00Z', '9999-12-31 00:00Z']) {
    await db.sql(
      `insert into helpdesk.tickets (org_id, title, created_by, current_stage_id, ${columns.join(', ')})
       values ($1, 'Then', $2, $3, $4, $4, $4, $4, $4, $4)`,
      [org, ada.profile, stages.Closed, timestamp],
    );
  }
  await fold();
  for (const zone of ['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
    await db.sql('update helpdesk.organizations set time_zone = $2 where id = $1', [org, zone]);
    for (const day of ['0001-01-01', '9999-12-31']) await report(org, day, day);
  }
});

test('the first response of an imported ticket counts in every stage', async () => {
  const org = await createOrganization(db, ada, 'Imported responses');
  const stages = await stagesOf(db, org);
  for (const stage of ['New', 'Resolved']) {
    for (const entered of ['2025-06-15 10:00Z', '2025-06-15 12:00Z']) {
      await db.sql(
        `insert into helpdesk.tickets (org_id, title, created_by, created_at, stage_entered_at, current_stage_id, first_response_at,
                                       first_response_by)
         values ($1, 'Imported', $2, '2025-06-15 10:00Z', $3, $4, '2025-06-15 11:00Z', $2)`,
        [org, ada.profile, entered, stages[stage]],
      );
    }
  }
  const { total } = await report(org, '2025-06-15', '2025-06-15');
  assert.equal(total.created, 4);
  assert.equal(total.resolved, 2);
  assert.equal(total.firstResponse.count, 4);
});

test('percentiles of small and large samples, of short and long durations', async () => {
  const org = await createOrganization(db, ada, 'Percentiles');
  const random = new Random(SEED);
  const samples = [
    [60],
    [60, 3600],
    [1, 5, 30, 86_400],
    Array.from({ length: 10 }, (_, i) => 100 * (i + 1)),
    Array(11).fill(3600),
  ];
  samples.push(Array.from({ length: 501 }, () => Math.ceil(Math.exp(random.fraction() * 17))));
  samples.push(Array.from({ length: 70 }, (_, i) => 1 + i ** 3));
  for (const [i, seconds] of samples.entries()) {
    const day = plusDays('2025-01-01', i);
    await db.sql(
      `insert into helpdesk.tickets (org_id, title, created_by, current_stage_id, created_at, resolved_at, stage_entered_at)
       select $1, 'Imported', $2, $3, resolved - s * interval '1 second', resolved, resolved
         from unnest($4::float8[]) s, (select ($5::date + time '12:00') at time zone 'UTC' as resolved) x`,
      [org, ada.profile, (await stagesOf(db, org)).Resolved, seconds, day],
    );
    const sorted = [...seconds].sort((a, b) => a - b);
    for (const isFolded of [false, true]) {
      if (isFolded) await fold();
      const { resolution } = (await report(org, day, day)).total;
      assert.equal(resolution.count, seconds.length);
      for (const [name, percent] of Object.entries({ medianSeconds: 50, p90Seconds: 90 })) {
        const exact = nearestRank(sorted, percent);
        assert.ok(
          Math.abs(resolution[name] - exact) <= 0.025 * exact + 0.05,
          `sample ${i}: ${name} is ${resolution[name]}, not ${exact}`,
        );
      }
    }
  }
});

describe('rights and arguments', () => {
  const ask = (session, org, from, to) => session.query('select helpdesk.ticket_activity($1, $2, $3) as report', [org, from, to]);

  test('only staff can read reports', async () => {
    for (const person of [ada, ben]) await db.as(person, (session) => ask(session, acme, '2025-01-01', '2025-01-31'));
    for (const person of [alice, dave, gina, mallory]) {
      await db.as(person, async (session) => {
        await expectError('42501', ask(session, acme, '2025-01-01', '2025-01-31'));
        await expectError('42501', session.query('select helpdesk.org_dashboard($1)', [acme]));
        // The answer does not depend on valid arguments or an existing organization.
        await expectError('42501', ask(session, acme, '2025-01-31', '2025-01-01'));
        await expectError('42501', ask(session, randomUUID(), '2025-01-01', '2025-01-31'));
      });
    }
    await db.as(gina, (session) => ask(session, globex, '2025-01-01', '2025-01-31'));
    const anon = await db.connect('authenticator');
    await anon.query('set role anon');
    await expectError('42501', ask(anon, acme, '2025-01-01', '2025-01-31'));
    await expectError('42501', anon.query('select helpdesk.org_dashboard($1)', [acme]));
    await anon.query('reset role; set role service_role');
    await ask(anon, acme, '2025-01-01', '2025-01-31');
    await expectError('42501', ask(anon, randomUUID(), '2025-01-01', '2025-01-31'));
    await db.disconnect(anon);
  });

  test('a customer to whom tickets may be assigned is still refused', async () => {
    await db.sql('update helpdesk.org_members set may_be_assigned = true where user_id = $1', [dave.profile]);
    await db.as(dave, (session) => expectError('42501', ask(session, acme, '2025-01-01', '2025-01-31')));
  });

  test('reversed, too long, infinite and missing ranges of days are refused', async () => {
    await db.as(ben, async (session) => {
      const {
        rows: [one],
      } = await ask(session, acme, '2024-02-29', '2024-02-29');
      assert.deepEqual(
        one.report.days.map(({ day }) => day),
        ['2024-02-29'],
      );
      const {
        rows: [{ report: most }],
      } = await ask(session, acme, '2022-01-01', plusDays('2022-01-01', 1099));
      assert.equal(most.days.length, 1100);
      assert.deepEqual(
        most.days.map(({ day }) => day),
        daysBetween('2022-01-01', plusDays('2022-01-01', 1099)),
      );
      for (const [from, to] of [
        ['2025-01-02', '2025-01-01'],
        ['2022-01-01', plusDays('2022-01-01', 1100)],
        ['2025-01-01', 'infinity'],
        ['-infinity', '2025-01-01'],
        ['infinity', 'infinity'],
        ['-infinity', '-infinity'],
        ['infinity', '-infinity'],
        ['4713-01-01 BC', '5874897-12-31'],
      ]) {
        const error = await expectError('22023', ask(session, acme, from, to));
        assert.match(error.message, /p_to|p_from/);
        assert.ok(error.hint);
      }
      for (const args of [
        [null, '2025-01-01', '2025-01-01'],
        [acme, null, '2025-01-01'],
        [acme, '2025-01-01', null],
      ]) {
        await expectError('22004', ask(session, ...args));
      }
      await expectError('22004', session.query('select helpdesk.org_dashboard(null)'));
    });
  });

  test('extreme days are reported or refused, but never an internal error', async () => {
    await db.as(ben, async (session) => {
      for (const [from, to] of [
        ['9999-12-30', '10000-01-02'],
        ['5874897-01-01', '5874897-01-02'],
        ['4713-01-01 BC', '4713-01-02 BC'],
      ]) {
        const days = await ask(session, acme, from, to).then(
          ({ rows: [row] }) => row.report.days,
          (error) => assert.equal(error.code, '22023', error.message) ?? [],
        );
        assert.ok(
          days.every(({ day }) => day),
          `${from} to ${to}: every day has its date: ${JSON.stringify(days.map(({ day }) => day))}`,
        );
      }
    });
  });

  test('an empty organization reports every day with zeros', async () => {
    const org = await createOrganization(db, ada, 'Empty');
    const nothing = { created: 0, resolved: 0, closed: 0, reopened: 0 };
    const durations = { count: 0, medianSeconds: null, p90Seconds: null };
    assert.deepEqual(await report(org, '2025-01-01', '2025-01-02'), {
      timeZone: 'UTC',
      total: { ...nothing, firstResponse: durations, resolution: durations },
      days: [
        { day: '2025-01-01', ...nothing },
        { day: '2025-01-02', ...nothing },
      ],
      byPriority: [],
      byAgent: [],
    });
  });

  test('other organizations are not counted', async () => {
    await db.as(alice, (session) => openTicket(session, acme, 'Acme alone'));
    const range = [plusDays(new Date().toISOString().slice(0, 10), -1), plusDays(new Date().toISOString().slice(0, 10), 1)];
    assert.equal((await report(acme, ...range)).total.created, 1);
    assert.equal((await report(globex, ...range)).total.created, 0);
  });
});
