// What nobody can do, however much they may: with which SQLSTATE the rules of the data refuse a write that rights allow. 42501 counts
// as denied: helpdesk answers so when a row points at something of another organization.

const DENIED = 'denied';

/** What these triggers keep: 22023 for everybody. */
const FIXED = {
  org_members: ['org_id', 'user_id'],
  workflow_stages: ['org_id', 'id', 'workflow_id'],
  tickets: [
    ...['org_id', 'id', 'number', 'status', 'created_by', 'created_at', 'version', 'latest_history_id', 'stage_entered_at'],
    ...['resolved_at', 'closed_at', 'first_response_at', 'first_response_by', 'public_comment_count', 'public_attachment_count'],
  ],
  ticket_comments: ['org_id', 'id', 'ticket_id', 'requester_id', 'is_internal', 'created_by'],
  ticket_attachments: ['org_id', 'id', 'ticket_id', 'requester_id', 'is_internal', 'uploaded_by'],
  articles: [
    ...['org_id', 'id', 'author', 'created_at', 'version', 'updated_at', 'published_at', 'helpful_count', 'unhelpful_count'],
  ],
  article_feedback: ['org_id', 'article_id', 'user_id', 'created_at'],
  categories: ['org_id', 'id', 'created_at'],
};

/** What points at something: 23503 with the values of new_values.js, an unknown id or another organization's. */
const DANGLING = {
  workflow_transitions: ['org_id', 'workflow_id'],
  ticket_idempotency_keys: ['org_id', 'ticket_id'],
  ticket_internal_counts: ['org_id', 'ticket_id'],
  notifications: ['org_id', 'ticket_id', 'comment_id'],
  ticket_watchers: ['org_id', 'ticket_id'],
  article_versions: ['org_id', 'article_id'],
  ticket_articles: ['org_id', 'ticket_id', 'article_id'],
};

const isAssignable = (world, org, person) =>
  world.rows.org_members.some(
    (row) => row.org_id === org && row.user_id === person && (row.org_role !== 'org_customer' || row.may_be_assigned),
  );

const isMember = (world, org, person) => world.rows.org_members.some((row) => row.org_id === org && row.user_id === person);

const isLastAdmin = (world, member) =>
  member.org_role === 'org_admin' &&
  !world.rows.org_members.some(
    (row) => row.org_id === member.org_id && row.org_role === 'org_admin' && row.user_id !== member.user_id,
  );

/** What is noted of other rows without pointing at them. */
const NOTES = [
  'search_documents', 'ticket_stat_deltas', 'ticket_stage_counts', 'ticket_agent_counts', 'ticket_days_by_priority', 'ticket_days_by_agent',
];

/** Whether other rows name this id, those of `except` aside. */
function isNamed(world, id, except = []) {
  return Object.entries(world.rows).some(
    ([table, rows]) =>
      ![...NOTES, ...except].includes(table) && rows.some((row) => row.id !== id && Object.values(row).includes(id)),
  );
}

/** Whether an organization has a pending invite to the same address. */
const isInvited = (world, org, invite) =>
  !invite.used_at &&
  world.rows.org_invites.some(
    (row) => row.org_id === org && !row.used_at && row.email.toLowerCase() === invite.email.toLowerCase(),
  );

const COUNTS = ['ticket_stage_counts', 'ticket_agent_counts', 'ticket_days_by_priority', 'ticket_days_by_agent'];
const COUNTED_BY = ['org_id', 'stage_id', 'day', 'priority', 'agent_id'];

/** Whether there is a number already of the same stage or day, priority .. */
const isCounted = (world, table, number) =>
  world.rows[table].some((row) => COUNTED_BY.every((column) => row[column] === number[column]));

/** The first SQLSTATE of those whose condition holds. */
const firstOf = (...cases) => cases.find(([, holds]) => holds)?.[0];

/** Whether a workflow cannot take a new ticket. */
const isClosed = (world, workflow) => world.rows.workflows.some((row) => row.id === workflow && !row.is_active);

export function refusesInsert(world, table, row) {
  switch (table) {
    case 'ticket_counters':
      return '23505'; // Every organization has one.
    case 'tickets':
      return firstOf(
        [DENIED, !isMember(world, row.org_id, row.created_by)],
        [DENIED, row.assigned_to && !isAssignable(world, row.org_id, row.assigned_to)],
        ['55000', isClosed(world, row.workflow_id)],
      );
    default:
      return undefined;
  }
}

export function refusesUpdate(world, table, row, column, value) {
  if (FIXED[table]?.includes(column)) return '22023';
  if (DANGLING[table]?.includes(column)) return '23503';
  if (COUNTS.includes(table) && COUNTED_BY.includes(column)) {
    return isCounted(world, table, { ...row, [column]: value }) ? '23505' : undefined;
  }
  switch (`${table}.${column}`) {
    case 'profiles.id':
    case 'organizations.id':
    case 'workflows.id':
      return isNamed(world, row.id) ? '23503' : undefined;
    case 'workflows.org_id':
      return isNamed(world, row.id) ? '23503' : undefined;
    case 'org_members.org_role':
      return value !== 'org_admin' && isLastAdmin(world, row) ? '55000' : undefined;
    case 'workflow_stages.is_start':
      return value ? undefined : '55000'; // The mark moves to another stage; it is not taken away.
    case 'ticket_counters.org_id':
      return '23505';
    case 'tickets.workflow_id':
      return DENIED; // The stage is not one of the other workflow.
    case 'tickets.assigned_to':
      return value && !isAssignable(world, row.org_id, value) ? DENIED : undefined;
    case 'org_invites.org_id':
      return isInvited(world, value, row) ? '23505' : undefined;
    case 'org_invites.used_at':
    case 'org_invites.used_by':
    case 'admin_invite_codes.used_at':
    case 'admin_invite_codes.used_by':
      return row.used_at ? undefined : '23514'; // When and who belong together.
    default:
      return table === 'ticket_history' ? DENIED : undefined;
  }
}

export function refusesDelete(world, table, row) {
  switch (table) {
    case 'profiles':
      return isNamed(world, row.id, ['notification_preferences', 'ticket_watchers', 'article_feedback']) ? '23503' : undefined;
    case 'organizations':
      return '23503'; // Each has tickets.
    case 'org_members':
      return isLastAdmin(world, row) ? '55000' : undefined;
    case 'workflows':
      return isNamed(world, row.id, ['workflow_stages', 'workflow_transitions']) ? '23503' : undefined;
    case 'workflow_stages':
      return firstOf(
        ['55000', row.is_start], // All have more stages than this one.
        ['23503', isNamed(world, row.id, ['workflow_transitions'])],
      );
    case 'ticket_history':
      return DENIED;
    default:
      return undefined;
  }
}

export { isAssignable, isLastAdmin, isMember };
