// Reads through the functions return the same as reads of the tables.

import assert from 'node:assert/strict';
import { asCaller, attemptCalls } from './batch.js';
import { pendingInvites, unread } from './calls.js';
import { hasLogin } from './integrity.js';
import { mayReadFile, visible } from './model.js';
import { answer, everyOrg, ids, json, sorted, testAnswers } from './questions.js';
import { call } from './statements.js';
import { inEveryWorld } from './worlds.js';

/** Small, so that there are several pages. */
const PER_PAGE = 4;

testAnswers('functions on the caller return what the model predicts', (me, world) => {
  // The claims decide, except for the role anon, which is nobody.
  const assigned = world.rows.tickets.filter(
    (row) => me.is(row.assigned_to) && me.isMember(row.org_id) && !me.isStaff(row.org_id),
  );
  return [
    { sql: json('my_profile_id'), expected: me.id },
    { sql: json('my_org_ids'), expected: sorted(me.orgs()), shown: sorted },
    { sql: json('my_customer_org_ids'), expected: sorted(me.orgs((org) => !me.isStaff(org))), shown: sorted },
    { sql: json('my_staff_org_ids'), expected: sorted(me.orgs((org) => me.isStaff(org))), shown: sorted },
    { sql: json('my_admin_org_ids'), expected: sorted(me.orgs((org) => me.isAdmin(org))), shown: sorted },
    { sql: json('my_assigned_ticket_ids'), expected: ids(assigned), shown: sorted },
    { sql: json('may_create_organization'), expected: me.mayCreateOrganization() },
    {
      sql: json('my_inviting_org_ids'),
      expected: sorted(me.orgs((org) => me.mayInvite(org, 'customer'))),
      shown: sorted,
    },
    { sql: json('is_installation_admin'), expected: me.installationRole === 'admin' },
    ...world.rows.profiles.map((row) => ({
      sql: json('is_member_of_my_orgs', row.id),
      expected: world.rows.org_members.some((member) => member.user_id === row.id && me.isStaff(member.org_id)),
    })),
  ];
});

testAnswers('get_ticket_details shows what the tables show', (me, world) => {
  const tickets = visible('tickets', me);
  const parts = { comments: 'ticket_comments', attachments: 'ticket_attachments', history: 'ticket_history' };
  const rows = Object.fromEntries(Object.entries(parts).map(([part, table]) => [part, visible(table, me)]));
  const shown = (details) =>
    details && {
      id: details.ticket.id,
      ...Object.fromEntries(Object.keys(parts).map((part) => [part, ids(details[part])])),
      email: details.ticket.assignedTo?.email ?? null,
    };
  const details = (ticket) => ({
    id: ticket.id,
    ...Object.fromEntries(Object.keys(parts).map((part) => [part, ids(rows[part].filter((row) => row.ticket_id === ticket.id))])),
    email: me.bypassesRowSecurity || me.isStaff(ticket.org_id) ? emailOf(world, ticket.assigned_to) : null,
  });
  const ask = (ticket, org, expected) => ({
    sql: call('get_ticket_details', ticket.id, org),
    expected: answer(me, expected),
    shown,
  });
  return world.rows.tickets.flatMap((ticket) => [
    ask(ticket, null, tickets.includes(ticket) ? details(ticket) : null),
    // With the id of another organization.
    ask(
      ticket,
      world.orgs.find((org) => org !== ticket.org_id),
      null,
    ),
  ]);
});

testAnswers('ticket_participant_name tells staff the people on their tickets', (me, world) =>
  world.rows.tickets.flatMap((ticket) =>
    world.rows.profiles.map(({ id, name }) => {
      const isTheirs =
        (me.bypassesRowSecurity || me.isStaff(ticket.org_id)) && [ticket.created_by, ticket.assigned_to].includes(id);
      return { sql: json('ticket_participant_name', ticket.org_id, ticket.id, id), expected: answer(me, isTheirs ? name : null) };
    }),
  ),
);

testAnswers('customer_assignee_name tells who sees a ticket the customer who is assigned', (me, world) =>
  world.rows.tickets.map((ticket) => {
    const isCustomer = world.rows.org_members.some(
      (row) => row.org_id === ticket.org_id && row.user_id === ticket.assigned_to && row.org_role === 'org_customer',
    );
    const { name } = world.rows.profiles.find(({ id }) => id === ticket.assigned_to) ?? {};
    const isShown = isCustomer && visible('tickets', me).includes(ticket);
    return { sql: json('customer_assignee_name', ticket.org_id, ticket.id), expected: answer(me, isShown ? name : null) };
  }),
);

testAnswers('list_org_members shows what the table shows', (me, world) =>
  everyOrg(world).map((org) => {
    const members = visible('org_members', me).filter((row) => row.org_id === org);
    const isStaff = me.bypassesRowSecurity || me.isStaff(org);
    const shown = (list) => sorted(list.map((member) => [member.id, member.orgRole, member.hasLogin, member.email].join(' ')));
    return {
      sql: call('list_org_members', org),
      shown,
      expected: answer(
        me,
        me.bypassesRowSecurity || me.isMember(org)
          ? sorted(
              members.map((row) =>
                [row.user_id, row.org_role, hasLogin(world, row), isStaff ? emailOf(world, row.user_id) : ''].join(' '),
              ),
            )
          : undefined,
      ),
    };
  }),
);

testAnswers('list_organizations shows administrators of the installation how large each organization is', (me, world) => {
  const of = (table, org) => world.rows[table].filter((row) => row.org_id === org);
  const shown = ({ organizations }) =>
    organizations.map(({ id, memberCount, ticketCount, admins }) =>
      [id, memberCount, ticketCount, sorted(ids(admins))].join(' '),
    );
  const expected = [...world.rows.organizations]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ id }) => {
      const admins = of('org_members', id).filter((row) => row.org_role === 'org_admin');
      const sizes = [of('org_members', id).length, of('tickets', id).length];
      return [id, ...sizes, sorted(admins.map((row) => row.user_id))].join(' ');
    });
  const isAllowed = me.bypassesRowSecurity || (me.role !== 'anon' && me.installationRole === 'admin');
  return [{ sql: call('list_organizations'), shown, expected: answer(me, isAllowed ? expected : undefined) }];
});

testAnswers('callers get the number of their notifications and their pending invites', (me) => [
  { sql: json('count_unread_notifications'), expected: answer(me, !me.isSignedIn ? undefined : unread(me).length) },
  ...me.world.orgs.map((org) => ({
    sql: json('count_unread_notifications', org),
    expected: answer(me, !me.isSignedIn ? undefined : unread(me).filter((row) => row.org_id === org).length),
  })),
  { sql: call('my_pending_invites'), shown: ids, expected: answer(me, !me.isSignedIn ? undefined : ids(pendingInvites(me))) },
]);

testAnswers('may_read_file follows attachments, may_upload_file follows tickets', (me, world) => [
  ...world.rows.ticket_attachments.map(({ storage_path: path }) => ({
    sql: json('may_read_file', path),
    expected: mayReadFile(me, path),
  })),
  ...world.rows.tickets.flatMap((ticket) => [
    { sql: json('may_read_file', `${ticket.org_id}/${ticket.id}/none.png`), expected: false },
    {
      sql: json('may_upload_file', `${ticket.org_id}/${ticket.id}/new.png`),
      expected: me.bypassesRowSecurity || me.sees(ticket),
    },
  ]),
]);

const emailOf = (world, person) => world.rows.profiles.find((row) => row.id === person)?.email ?? null;

inEveryWorld(
  'all pages of list_org_tickets together show what the table shows',
  async ({ world, db, callers, disagreements }) => {
    for (const me of callers) {
      await asCaller(db, me, async (session) => {
        const tickets = visible('tickets', me);
        for (const org of everyOrg(world)) {
          const isAllowed = me.role !== 'anon' && (me.bypassesRowSecurity || me.isMember(org));
          const expected = isAllowed
            ? listing(
                me,
                tickets.filter((ticket) => ticket.org_id === org),
              )
            : 'denied';
          for (const walk of [byCursor, byPage]) {
            const listed = await walk(session, org);
            if (JSON.stringify(listed) === JSON.stringify(expected)) continue;
            disagreements.push(
              `${me} lists ${org} ${walk.name}\n  must be ${JSON.stringify(expected)}\n  is      ${JSON.stringify(listed)}`,
            );
          }
        }
      });
    }
  },
);

const LISTS = { all: {}, mine: { assignedTo: 'me' }, open: { status: ['open', 'pending'] } };

testAnswers('count_tickets counts the tickets that the table shows', (me, world) =>
  everyOrg(world).map((org) => {
    const tickets = visible('tickets', me).filter((ticket) => ticket.org_id === org);
    const isAllowed = me.role !== 'anon' && (me.bypassesRowSecurity || me.isMember(org));
    const totals = {
      all: tickets.length,
      mine: tickets.filter((ticket) => me.is(ticket.assigned_to)).length,
      open: tickets.filter(({ status }) => ['open', 'pending'].includes(status)).length,
    };
    return { sql: call('count_tickets', org, LISTS), expected: answer(me, isAllowed ? totals : undefined) };
  }),
);

/**
 * The expected list: the total, and each ticket with its comments and attachments visible to the
 * caller.
 */
function listing(me, tickets) {
  const count = (table, ticket) => visible(table, me).filter((row) => row.ticket_id === ticket.id).length;
  const lines = tickets.map((ticket) =>
    [ticket.id, count('ticket_comments', ticket), count('ticket_attachments', ticket)].join(' '),
  );
  return { total: tickets.length, tickets: sorted(lines) };
}

const byCursor = (session, org) => list(session, org, (page) => page.nextCursor && { cursor: page.nextCursor });
const byPage = (session, org) => list(session, org, (page) => page.page * page.perPage < page.total && { page: page.page + 1 });

/** All pages of a list. `next` returns the filters of the next page for a page's pagination. */
async function list(session, org, next) {
  const lines = [];
  for (let filters = { perPage: PER_PAGE }; ; ) {
    const [{ outcome, result }] = await attemptCalls(session, [call('list_org_tickets', org, filters)]);
    if (outcome !== 'done') return outcome;
    const { tickets, pagination } = JSON.parse(result);
    lines.push(...tickets.map((ticket) => [ticket.id, ticket.commentCount, ticket.attachmentCount].join(' ')));
    const more = next(pagination);
    if (!more) return { total: pagination.total, tickets: sorted(lines) };
    assert.ok(lines.length < 1000, 'the list never ends');
    filters = { perPage: PER_PAGE, ...more };
  }
}
