// The rows, numbers and names that reporting views and functions show.

import { asCaller, attemptCalls } from './batch.js';
import { answer, everyOrg, testAnswers } from './questions.js';
import { call } from './statements.js';
import { inEveryWorld } from './worlds.js';

const HOUR = 3_600_000;
const isStaff = (me, row) => me.bypassesRowSecurity || me.isStaff(row.org_id);
const nameOf = (rows, id) => rows.find((row) => row.id === id)?.name ?? null;

/** What each view must show, and which columns are compared with that. */
const VIEWS = {
  agent_tickets: {
    expected: (me, { rows }) => {
      // Like list_org_tickets: with the names of people, including former members.
      const people = rows.profiles;
      const count = (table, ticket) => rows[table].filter((row) => row.ticket_id === ticket.id).length;
      return rows.tickets
        .filter((ticket) => isStaff(me, ticket))
        .map((ticket) => [
          ticket.id,
          nameOf(people, ticket.assigned_to),
          nameOf(people, ticket.created_by),
          count('ticket_comments', ticket),
          count('ticket_attachments', ticket),
        ]);
    },
    shown: (row) => [row.id, row.assigned_to_name, row.created_by_name, row.comment_count, row.attachment_count],
  },

  customer_tickets: {
    expected: (me, { rows }) =>
      rows.tickets
        .filter(
          (ticket) =>
            (me.is(ticket.created_by) || me.is(ticket.assigned_to)) && (me.bypassesRowSecurity || me.isMember(ticket.org_id)),
        )
        .map((ticket) => {
          const isCustomer = rows.org_members.some(
            (row) => row.org_id === ticket.org_id && row.user_id === ticket.assigned_to && row.org_role === 'org_customer',
          );
          const display = isCustomer ? nameOf(rows.profiles, ticket.assigned_to) : ticket.assigned_to && 'Support Team';
          const comments = rows.ticket_comments.filter((row) => row.ticket_id === ticket.id && !row.is_internal);
          return [ticket.id, display, comments.length];
        }),
    shown: (row) => [row.id, row.assigned_to_display, row.public_comment_count],
  },

  workflow_stage_stats: {
    expected: (me, { rows }) =>
      rows.workflow_stages
        .filter((stage) => isStaff(me, stage))
        .map((stage) => ({ stage, tickets: rows.tickets.filter((ticket) => ticket.current_stage_id === stage.id) }))
        .filter(({ stage, tickets }) => stage.is_active || tickets.length > 0)
        .map(({ stage, tickets }) => {
          const hours = tickets.map((ticket) => (Date.now() - Date.parse(ticket.stage_entered_at)) / HOUR);
          const average = hours.length > 0 ? Math.round(hours.reduce((sum, n) => sum + n) / hours.length / 10) : null;
          return [
            stage.id,
            tickets.length,
            average,
            tickets.filter(({ priority }) => ['high', 'urgent'].includes(priority)).length,
          ];
        }),
    // In tens of hours, because time passes during the test.
    shown: (row) => [
      row.stage_id,
      row.ticket_count,
      row.avg_hours_in_stage === null ? null : Math.round(row.avg_hours_in_stage / 10),
      row.high_priority_count,
    ],
  },
};

for (const [view, { expected, shown }] of Object.entries(VIEWS)) {
  inEveryWorld(`${view} shows what the model predicts`, async ({ world, db, callers, disagreements }) => {
    const lines = (rows) => rows.map((row) => JSON.stringify(row)).sort();
    for (const me of callers) {
      const question = `select coalesce(json_agg(v), '[]') from helpdesk.${view} v`;
      const [{ outcome, result, error }] = await asCaller(db, me, (session) => attemptCalls(session, [question]));
      const must = me.role === 'anon' ? 'denied' : lines(expected(me, world));
      const is = outcome === 'done' ? lines(JSON.parse(result).map(shown)) : outcome;
      if (JSON.stringify(is) === JSON.stringify(must)) continue;
      const without = (list, other) => (Array.isArray(list) ? list.filter((line) => !other.includes(line)) : list);
      disagreements.push(`${me}: ${view}\n  must show ${without(must, is)}\n  shows     ${without(is, must)} ${error ?? ''}`);
    }
  });
}

testAnswers('only staff can read ticket_activity and org_dashboard', (me, world) =>
  everyOrg(world).flatMap((org) => {
    const isThere = world.orgs.includes(org);
    const tickets = world.rows.tickets.filter((ticket) => ticket.org_id === org);
    const forStaff = (count) => answer(me, isThere && isStaff(me, { org_id: org }) ? count : undefined);
    const activity = {
      sql: call('ticket_activity', org, dayBefore(120), dayBefore(-1)),
      shown: ({ total }) => total.created,
      expected: forStaff(tickets.length),
    };
    const dashboard = {
      sql: call('org_dashboard', org),
      shown: ({ open }) => open,
      expected: forStaff(tickets.filter(({ status }) => ['open', 'pending'].includes(status)).length),
    };
    // For a backend, the dashboard of a missing organization is empty.
    return me.bypassesRowSecurity && !isThere ? [activity] : [activity, dashboard];
  }),
);

function dayBefore(days) {
  return new Date(Date.now() - days * 24 * HOUR).toISOString().slice(0, 10);
}
