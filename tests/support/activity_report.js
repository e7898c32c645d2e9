// An independent computation of ticket_activity() from a log of events, with days taken from
// Intl.DateTimeFormat, and an archive of every revision from which such a log can be read.

import assert from 'node:assert/strict';

export const PRIORITIES = ['low', 'medium', 'high', 'urgent'];
const DAY = 86_400_000;

/** A function that returns the ISO 8601 day of a timestamp in a time zone. */
export function dayIn(zone) {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return (timestamp) => format.format(timestamp);
}

export const plusDays = (day, n) => new Date(Date.parse(day) + n * DAY).toISOString().slice(0, 10);
export function daysBetween(from, to) {
  const days = [];
  for (let day = from; day <= to; day = plusDays(day, 1)) days.push(day);
  return days;
}

// ---- The log, a list of { metric, at, priority, agent, seconds }, and the expected report.

export const nearestRank = (sorted, percent) => sorted[Math.ceil((percent * sorted.length) / 100) - 1];

function numbersOf(events) {
  const numbers = { created: 0, resolved: 0, closed: 0, reopened: 0 };
  for (const { metric } of events) if (metric in numbers) numbers[metric]++;
  return numbers;
}

function durationsOf(events, metric) {
  const all = events
    .filter((event) => event.metric === metric)
    .map(({ seconds }) => Math.max(seconds, 1))
    .sort((a, b) => a - b);
  return { count: all.length, medianSeconds: nearestRank(all, 50) ?? null, p90Seconds: nearestRank(all, 90) ?? null };
}

const groupOf = (events) => ({
  ...numbersOf(events),
  firstResponse: durationsOf(events, 'first_response'),
  resolution: durationsOf(events, 'resolution'),
});

function grouped(events, key) {
  const groups = new Map();
  for (const event of events) groups.set(event[key], [...(groups.get(event[key]) ?? []), event]);
  return groups;
}

export function expectedReport(log, zone, people, from, to) {
  const dayOf = dayIn(zone);
  const events = log.map((event) => ({ ...event, day: dayOf(event.at) })).filter(({ day }) => day >= from && day <= to);
  const byDay = grouped(events, 'day');
  return {
    timeZone: zone,
    total: groupOf(events),
    days: daysBetween(from, to).map((day) => ({ day, ...numbersOf(byDay.get(day) ?? []) })),
    byPriority: PRIORITIES.map((priority) => [priority, events.filter((event) => event.priority === priority)])
      .filter(([, some]) => some.length)
      .map(([priority, some]) => ({ priority, ...groupOf(some) })),
    byAgent: [...grouped(events, 'agent')].map(([id, some]) => ({
      agent: id && { id, name: people.find(({ profile }) => profile === id).name },
      ...groupOf(some),
    })),
  };
}

/**
 * Compares two reports. Durations may differ by the documented error; agents may be in any order.
 */
export function assertReport(actual, expected) {
  const settle = (said, exact, where) => {
    for (const metric of ['firstResponse', 'resolution']) {
      for (const name of ['medianSeconds', 'p90Seconds']) {
        const [is, shouldBe] = [said[metric][name], exact[metric][name]];
        if (shouldBe === null) continue; // Covered by the deepEqual below.
        const allowed = 0.025 * shouldBe + 0.05; // Rounded to a tenth of a second.
        assert.ok(Math.abs(is - shouldBe) <= allowed, `${where}: ${metric}.${name} is ${is}, exactly ${shouldBe}`);
        said[metric][name] = shouldBe;
      }
    }
  };
  const said = structuredClone(actual);
  const byId = (a, b) => ((a.agent?.id ?? '') < (b.agent?.id ?? '') ? -1 : 1);
  said.byAgent.sort(byId);
  expected.byAgent.sort(byId);
  const groups = (of) => [of.total, ...of.byPriority, ...of.byAgent];
  const [mine, theirs] = [groups(expected), groups(said)];
  assert.equal(theirs.length, mine.length);
  for (const [i, group] of theirs.entries()) settle(group, mine[i], group.priority ?? group.agent?.name ?? `group ${i}`);
  assert.deepEqual(said, expected);
  // The parts must add up to the total, whatever the log contains.
  for (const parts of [said.days, said.byPriority, said.byAgent]) {
    const sum = (of) => parts.reduce((all, part) => all + of(part), 0);
    for (const name of ['created', 'resolved', 'closed', 'reopened'])
      assert.equal(
        sum((part) => part[name]),
        said.total[name],
      );
    if (parts === said.days) continue;
    for (const name of ['firstResponse', 'resolution'])
      assert.equal(
        sum((part) => part[name].count),
        said.total[name].count,
      );
  }
}

// ---- The archive: all of ticket_history, even of deleted tickets, and what history lacks.

const ARCHIVE = `
  create schema archive;
  create table archive.history (like helpdesk.ticket_history);
  create table archive.imports as select id, created_at, resolved_at, closed_at from helpdesk.tickets limit 0;
  create table archive.responses as
    select org_id, created_at, priority, first_response_at, first_response_by from helpdesk.tickets limit 0;
  create function archive.keep() returns trigger language plpgsql security definer as $$
  begin
    if tg_argv[0] = 'history' then
      insert into archive.history select new.*;
    elsif tg_argv[0] = 'import' then
      insert into archive.imports values (new.id, new.created_at, new.resolved_at, new.closed_at);
    else
      insert into archive.responses values (new.org_id, new.created_at, new.priority, new.first_response_at, new.first_response_by);
    end if;
    return null;
  end $$;
  create trigger archive after insert on helpdesk.ticket_history for each row execute function archive.keep('history');
  create trigger archive after insert on helpdesk.tickets for each row execute function archive.keep('import');
  create trigger archive_response after update on helpdesk.tickets for each row
    when (old.first_response_at is null and new.first_response_at is not null) execute function archive.keep('response')`;

/**
 * Changes have the time of their revision; what an imported ticket came with has the ticket's own
 * times.
 */
const EVENTS = `
  with revisions as (
    select h.priority, h.assigned_to, h.status, lag(h.status) over (partition by h.ticket_id order by h.version) as before, h.version,
           i.created_at,
           case when h.version = 1 then i.resolved_at else h.changed_at end as resolved_at,
           case when h.version = 1 then i.closed_at else h.changed_at end as closed_at,
           h.changed_at
      from archive.history h join archive.imports i on i.id = h.ticket_id
     where h.org_id = $1
  ), is_done as (
    select *, status in ('resolved', 'closed') as is_done, coalesce(before in ('resolved', 'closed'), false) as was_done from revisions
  )
  select metric, at, priority, agent, extract(epoch from at - created_at)::float8 as seconds from (
    select 'created' as metric, created_at as at, priority, assigned_to as agent, created_at from is_done where version = 1
    union all
    select metric, resolved_at, priority, assigned_to, created_at from is_done, unnest('{resolved,resolution}'::text[]) metric
     where is_done and not was_done
    union all
    select 'closed', closed_at, priority, assigned_to, created_at from is_done where status = 'closed' and before is distinct from 'closed'
    union all
    select 'reopened', changed_at, priority, assigned_to, created_at from is_done where was_done and not is_done
    union all
    select 'first_response', first_response_at, priority, first_response_by, created_at from archive.responses where org_id = $1
  ) event`;

/** Archives every revision from now on. */
export const startHistoryArchive = (db) => db.sql(ARCHIVE);

/**
 * Checks ticket_activity() for these days against the archive and returns it. The organization must
 * be in UTC.
 */
export async function assertActivityMatchesArchive(db, org, from, to) {
  const log = await db.sql(EVENTS, [org]);
  const people = await db.sql('select id as profile, name from helpdesk.profiles');
  const said = await db.value('select helpdesk.ticket_activity($1, $2, $3)', [org, from, to]);
  assertReport(said, expectedReport(log, 'UTC', people, from, to));
  return said;
}
