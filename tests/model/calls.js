// Calls of the functions that write, with the outcome that each must have for a caller. Where a
// function does what can also be done through a table, the rule of the table decides.

import { isAssignable, isLastAdmin, isMember, refusesInsert, refusesUpdate } from './integrity.js';
import { mayDelete, mayInsert, mayMove, mayRead, mayUpdate } from './model.js';
import { stagesOf } from './new_values.js';
import { sampleRows } from './sample_rows.js';
import { call } from './statements.js';
import { ORG_ROLES, PRIORITIES } from './world.js';

/**
 * 'denied' without the right; otherwise 'done', or the SQLSTATE with which integrity rules refuse
 * it.
 */
const outcome = (may, refusal) => (may ? (refusal ?? 'done') : 'denied');

/**
 * All calls: `{ name, statement, expected, result }`; `result` checks the return value where it is
 * known.
 */
export function writingCalls(me, random) {
  const context = { me, world: me.world, random, isPerson: me.isSignedIn };
  return Object.entries(CALLS).flatMap(([name, make]) =>
    make(context).map(({ args, expected, result }) => ({
      name,
      statement: call(name, ...args),
      // The role anon may call none of these functions.
      expected: me.role === 'anon' ? 'denied' : expected,
      result,
    })),
  );
}

/** The calls for each ticket of the sample. */
const onTickets = (make) => (context) =>
  sampleRows(context.me, 'tickets', context.random).flatMap((ticket) => make({ ...context, ticket }));

/** The calls for each article of the sample. */
const onArticles = (make) => (context) =>
  sampleRows(context.me, 'articles', context.random).flatMap((article) => make({ ...context, article }));

const inOrgs = (make) => (context) => [...context.world.orgs, context.random.uuid()].flatMap((org) => make({ ...context, org }));

const CALLS = {
  act_as: ({ me, world, random }) =>
    [null, random.pick(world.logins).email].map((email) => ({ args: [email], expected: outcome(me.isSuperuser) })),

  create_organization: ({ me }) => [
    {
      args: ['New'],
      // A backend creates it for the person in its claims.
      expected: outcome(me.mayCreateOrganization()),
    },
  ],

  create_ticket: inOrgs(({ me, world, random, org }) => {
    const open = (args, requester) => {
      const row = { org_id: org, created_by: requester };
      // The requester is missing.
      if (requester === null && me.bypassesRowSecurity) return { args, expected: '22004' };
      return { args, expected: outcome(mayInsert('tickets', me, row), refusesInsert(world, 'tickets', row)) };
    };
    const someone = random.pick(world.rows.profiles).id;
    const member = random.pick(world.rows.org_members.filter((row) => row.org_id === org))?.user_id ?? someone;
    return [
      open([org, 'New'], me.id),
      ...[someone, member].map((person) => open([org, 'New', { sql: `p_requester_id => '${person}'` }], person)),
    ];
  }),

  import_tickets: inOrgs(({ me, world, random, org }) => {
    const rows = [
      {
        externalId: `other:${random.uuid()}`,
        title: 'Imported',
        requester: { email: 'somebody@example.org' },
        createdAt: '2024-01-01T00:00:00Z',
      },
    ];
    const may = world.orgs.includes(org) && (me.bypassesRowSecurity || me.isAdmin(org));
    return [{ args: [org, { sql: `'${JSON.stringify(rows)}'` }], expected: outcome(may) }];
  }),

  update_ticket: onTickets(({ me, world, random, ticket }) => [
    ...changesOf(me, world, random, ticket).map(({ changes, expected }) => ({ args: [ticket.id, changes], expected })),
    // With the id of another organization.
    { args: [ticket.id, { title: 'Changed' }, null, world.orgs.find((org) => org !== ticket.org_id)], expected: 'denied' },
  ]),

  resolve_ticket: onTickets(({ me, ticket }) => {
    const may =
      mayRead('tickets', me, ticket) && (mayUpdate('tickets', me, ticket, 'current_stage_id') || me.is(ticket.created_by));
    const isStaffOnly = !me.is(ticket.created_by) && !['resolved', 'closed'].includes(ticket.status);
    const stage = me.world.rows.workflow_stages.find(
      (row) => row.workflow_id === ticket.workflow_id && row.status === 'resolved',
    ).id;
    return [{ args: [ticket.id], expected: outcome(may && (!isStaffOnly || mayMove(me, ticket, stage))) }];
  }),

  reorder_stages: ({ me, world, random }) => {
    const workflow = random.pick(world.rows.workflows.filter((row) => row.name === 'Strict'));
    const stages = stagesOf(world, workflow.id).toReversed();
    const may = mayUpdate('workflows', me, workflow, 'name');
    const call = (ids) => [workflow.id, { sql: `array['${ids.join("', '")}']::uuid[]` }];
    return [
      { args: call(stages), expected: outcome(may) },
      { args: call(stages.slice(1)), expected: outcome(may, '22023') },
    ];
  },

  /** All or nothing: also with one ticket that they may change and one that they may not. */
  update_tickets: ({ me, world, random }) => {
    const may = (ticket) => mayUpdate('tickets', me, ticket, 'title');
    const [first, second] = [true, false].map((allowed) => random.pick(world.rows.tickets.filter((row) => may(row) === allowed)));
    const lists = [[first], [second], [first, second]].filter((list) => list.every(Boolean));
    return lists.map((list) => ({
      args: [{ sql: `array['${list.map((ticket) => ticket.id).join("', '")}']::uuid[]` }, { title: 'Changed' }],
      expected: outcome(list.every(may)),
    }));
  },

  claim_next_ticket: inOrgs(({ me, world, org }) => [
    {
      args: [org],
      // The membership of the person in the claims decides, also for backends.
      expected: outcome(me.isStaff(org)),
      result: (text) => (JSON.parse(text)?.id ?? null) === (nextInQueue(world, org)?.id ?? null),
    },
  ]),

  add_comment: onTickets(({ me, isPerson, ticket }) =>
    [false, true].map((is_internal) => ({
      args: [ticket.id, 'New', is_internal],
      expected: outcome(isPerson && mayWriteOn(me, ticket, is_internal)),
    })),
  ),

  add_attachment: onTickets(({ me, isPerson, ticket }) =>
    [false, true].map((is_internal) => ({
      args: [ticket.id, 'New', 'text/plain', 1, 'new.txt', is_internal],
      expected: outcome(isPerson && mayWriteOn(me, ticket, is_internal)),
    })),
  ),

  watch_ticket: onTickets(({ me, isPerson, ticket }) => [
    { args: [ticket.id], expected: outcome(isPerson && mayRead('tickets', me, ticket)) },
    { args: [ticket.id, false], expected: outcome(isPerson) },
  ]),

  watch_queue: inOrgs(({ me, world, random, org }) => {
    const may = me.isStaff(org);
    const workflow = random.pick(world.rows.workflows.filter((row) => row.org_id === org))?.id;
    const foreign = random.pick(world.rows.workflows.filter((row) => row.org_id !== org)).id;
    return [
      { args: [org], expected: outcome(may) },
      { args: [org, null, false], expected: outcome(may) },
      { args: [org, foreign], expected: outcome(may, '22023') },
      ...(workflow ? [true, false].map((watch) => ({ args: [org, workflow, watch], expected: outcome(may) })) : []),
    ];
  }),

  create_notification: inOrgs(({ me, world, random, org }) => {
    const [ticket] = random.some(
      world.rows.tickets.filter((row) => row.org_id === org),
      1,
    );
    return peopleToTry(me, world, random, org).flatMap(({ person, member }) => {
      const may = me.bypassesRowSecurity && member !== undefined;
      const sees = ticket && (member?.org_role !== 'org_customer' || [ticket.created_by, ticket.assigned_to].includes(person));
      return [
        { args: [org, person, 'New', '/new'], expected: outcome(may) },
        ...(ticket ? [{ args: [org, person, 'New', null, ticket.id], expected: outcome(may && sees) }] : []),
      ];
    });
  }),

  mark_notifications_read: ({ me, isPerson }) => [
    { args: [], expected: outcome(isPerson), result: (text) => Number(text) === unread(me).length },
  ],

  publish_article: onArticles(({ me, article }) => [
    { args: [article.id], expected: outcome(mayUpdate('articles', me, article, 'status')) },
  ]),

  archive_article: onArticles(({ me, article }) => [
    { args: [article.id], expected: outcome(mayUpdate('articles', me, article, 'status')) },
  ]),

  revert_article: onArticles(({ me, world, article }) => {
    const may = mayUpdate('articles', me, article, 'content');
    return [
      { args: [article.id, 1], expected: outcome(may) },
      { args: [article.id, 100], expected: outcome(may, '22023') },
      // With the id of another organization.
      { args: [article.id, 1, world.orgs.find((org) => org !== article.org_id)], expected: 'denied' },
    ];
  }),

  rate_article: onArticles(({ me, isPerson, article }) => [
    { args: [article.id, true, 'New'], expected: outcome(isPerson && mayRead('articles', me, article)) },
  ]),

  ...Object.fromEntries(
    [
      'refresh_ticket_stats',
      'verify_ticket_stats',
      'rebuild_ticket_stats',
      'verify_derived_data',
      'rebuild_derived_data',
      'rebuild_search_index',
      'start_search_rebuild',
      'continue_search_rebuild',
    ].map((name) => [name, ({ me }) => [{ args: [], expected: outcome(me.bypassesRowSecurity) }]]),
  ),

  cleanup_old_notifications: ({ me }) => [{ args: [], expected: outcome(me.bypassesRowSecurity) }],

  create_org_invite: inOrgs(({ me, world, random, org }) => {
    const members = world.rows.profiles.filter((row) => row.email && row.auth_id && isMember(world, org, row.id));
    const invite = (email, refusal) => {
      const exists = world.orgs.includes(org);
      const role = random.pick(['customer', 'agent', 'admin', 'org_customer', 'org_agent', 'org_admin']);
      const may = me.bypassesRowSecurity || me.mayInvite(org, role.replace('org_', ''));
      return { args: [org, email, role], expected: outcome(may && exists, refusal) };
    };
    const pending = random.pick(world.rows.org_invites.filter((row) => row.org_id === org && !row.used_at));
    const member = random.pick(members);
    return [
      invite('new@example.org'),
      // Agents replace only their own invites, and expired ones.
      ...(pending ? [invite(pending.email, mayReplace(me, pending) ? undefined : '23505')] : []),
      ...(member ? [invite(member.email.toUpperCase(), '23505')] : []),
    ];
  }),

  accept_org_invite: ({ me, world, random }) =>
    [...world.rows.org_invites.filter((row) => isFor(me, row)), ...sampleRows(me, 'org_invites', random)].map((row) => ({
      args: [row.id],
      expected: outcome(isFor(me, row), row.used_at ? '23505' : hasExpired(row) ? '23000' : undefined),
    })),

  revoke_org_invite: ({ me, random }) =>
    sampleRows(me, 'org_invites', random).map((row) => ({
      args: [row.id],
      expected: outcome(me.bypassesRowSecurity || me.mayRevoke(row), row.used_at ? '23505' : undefined),
    })),

  set_member_role: inOrgs(({ me, world, random, org }) =>
    peopleToTry(me, world, random, org).flatMap(({ person, member }) =>
      ORG_ROLES.map((role) => ({
        args: [org, person, role],
        expected: outcome(
          member && mayUpdate('org_members', me, member, 'org_role'),
          member && isLastAdmin(world, member) && role !== 'org_admin' ? '23000' : undefined,
        ),
      })),
    ),
  ),

  remove_member: inOrgs(({ me, world, random, org }) =>
    peopleToTry(me, world, random, org).map(({ person, member }) => ({
      args: [org, person],
      expected: outcome(
        member && mayDelete('org_members', me, member),
        member && isLastAdmin(world, member) ? '23000' : undefined,
      ),
    })),
  ),

  leave_organization: inOrgs(({ me, world, org }) => {
    const member = world.rows.org_members.find((row) => row.org_id === org && me.is(row.user_id));
    return [{ args: [org], expected: outcome(member, member && isLastAdmin(world, member) ? '23000' : undefined) }];
  }),

  join_organization: inOrgs(({ me, world, org }) => {
    const { open_to_customers: isOpen } = world.rows.organizations.find((row) => row.id === org) ?? {};
    const hasWorkedThere = world.rows.tickets.some((row) => row.org_id === org && me.is(row.assigned_to));
    return [{ args: [org], expected: outcome(me.isMember(org) || (isOpen && confirmedEmail(me) && !hasWorkedThere)) }];
  }),

  appoint_admin: inOrgs(({ me, world, random, org }) => {
    const [here, gone] = [true, false].map((has) =>
      random.pick(world.rows.profiles.filter((row) => (row.auth_id !== null) === has)),
    );
    const may = (me.bypassesRowSecurity || me.installationRole === 'admin') && world.orgs.includes(org);
    return [
      { args: [org, gone.id], expected: outcome(may, '22023') },
      // Every organization in the world has an admin who can sign in.
      { args: [org, here.id], expected: outcome(may, me.bypassesRowSecurity ? undefined : '23000') },
    ];
  }),

  forget_person: ({ me, world, random }) => [
    { args: [random.pick(world.rows.profiles).id], expected: outcome(me.bypassesRowSecurity) },
  ],

  create_admin_invite_code: ({ me }) => [
    {
      args: [],
      expected: outcome(me.bypassesRowSecurity || me.installationRole === 'admin'),
      result: (text) => /^[0-9a-f]{32}$/.test(text),
    },
  ],

  redeem_admin_invite_code: ({ me, world, isPerson }) =>
    world.codes.map(({ code, row }) => ({
      args: [code],
      expected:
        me.installationRole === 'admin'
          ? '23505' // Is administrator already.
          : outcome(isPerson && confirmedEmail(me) && !row.used_at && !hasExpired(row)),
    })),
};

/** The changes that update_ticket() is called with. */
function changesOf(me, world, random, ticket) {
  const may = (column) => mayUpdate('tickets', me, ticket, column);
  const stages = world.rows.workflow_stages.filter((row) => row.workflow_id === ticket.workflow_id);
  const stage = random.pick(stages.filter((row) => row.id !== ticket.current_stage_id)).id;
  const person = random.pick(world.rows.profiles.filter((row) => row.id !== ticket.assigned_to)).id;
  const requester = random.pick(world.rows.profiles.filter((row) => row.id !== ticket.created_by)).id;
  const workflows = world.rows.workflows.filter((row) => row.org_id === ticket.org_id && row.id !== ticket.workflow_id);
  const workflow = random.pick(workflows).id;
  return [
    { changes: { title: 'Changed' }, expected: outcome(may('title')) },
    { changes: { description: 'Changed' }, expected: outcome(may('description')) },
    { changes: { priority: random.pick(PRIORITIES) }, expected: outcome(may('priority')) },
    {
      changes: { assignedTo: person },
      expected: outcome(may('assigned_to'), isAssignable(world, ticket.org_id, person) ? undefined : '22023'),
    },
    { changes: { assignedTo: null }, expected: outcome(may('assigned_to')) },
    {
      changes: { createdBy: requester },
      expected: outcome(may('created_by'), refusesUpdate(world, 'tickets', ticket, 'created_by', requester)),
    },
    {
      changes: { workflowId: workflow },
      expected: outcome(may('workflow_id'), refusesUpdate(world, 'tickets', ticket, 'workflow_id', workflow)),
    },
    { changes: { stageId: stage }, expected: outcome(may('current_stage_id') && mayMove(me, ticket, stage)) },
  ];
}

/** The most urgent, oldest open ticket without an assignee. */
function nextInQueue(world, org) {
  const rank = (ticket) => PRIORITIES.indexOf(ticket.priority);
  return world.rows.tickets
    .filter((ticket) => ticket.org_id === org && ticket.status === 'open' && !ticket.assigned_to)
    .sort((a, b) => rank(b) - rank(a) || Date.parse(a.created_at) - Date.parse(b.created_at) || (a.id < b.id ? -1 : 1))[0];
}

/** A person's unread notifications. */
export function unread(me) {
  return me.world.rows.notifications.filter((row) => !row.read && me.is(row.user_id) && me.isMember(row.org_id));
}

const mayWriteOn = (me, ticket, is_internal) =>
  me.bypassesRowSecurity || me.seesOnTicket({ org_id: ticket.org_id, ticket_id: ticket.id, is_internal });

const mayReplace = (me, invite) =>
  me.bypassesRowSecurity || me.isAdmin(invite.org_id) || me.is(invite.created_by) || hasExpired(invite);

const hasExpired = (row) => Date.parse(row.expires_at) < Date.now();

/** The caller's confirmed address. */
function confirmedEmail(me) {
  const login = me.world.logins.find((row) => row.id === me.login);
  return me.isSignedIn && login.email_confirmed_at ? login.email : null;
}

/** Whether an invite was sent to the caller's confirmed address. */
export function isFor(me, invite) {
  return confirmedEmail(me)?.toLowerCase() === invite.email.toLowerCase();
}

/** The invites that a person can accept. */
export function pendingInvites(me) {
  return me.world.rows.org_invites.filter((row) => isFor(me, row) && !row.used_at && !hasExpired(row));
}

/** A member of each role in an organization, the caller, and a non-member. */
function peopleToTry(me, world, random, org) {
  const members = world.rows.org_members.filter((row) => row.org_id === org);
  const ofRoles = ORG_ROLES.map((role) => random.pick(members.filter((row) => row.org_role === role))?.user_id);
  const stranger = random.pick(world.rows.profiles.filter((row) => !isMember(world, org, row.id))).id;
  return [...new Set([...ofRoles, me.id, stranger])]
    .filter(Boolean)
    .map((person) => ({ person, member: members.find((row) => row.user_id === person) }));
}
