// Integrity rules, which hold for everybody: the SQLSTATE with which a write is refused that rights
// would allow. 42501 counts as 'denied'.

const DENIED = 'denied';

/** Columns that triggers protect for everybody, with 22023. */
const FIXED = {
  org_members: ['org_id', 'user_id'],
  workflow_stages: ['org_id', 'id', 'workflow_id'],
  tickets: [
    ...['org_id', 'id', 'number', 'status', 'created_at', 'version', 'latest_history_id', 'stage_entered_at'],
    ...['resolved_at', 'closed_at', 'first_response_at', 'first_response_by', 'public_comment_count', 'public_attachment_count'],
    ...['last_public_comment_at', 'is_answered'],
  ],
  ticket_comments: ['org_id', 'id', 'ticket_id', 'requester_id', 'is_internal', 'created_by'],
  ticket_attachments: ['org_id', 'id', 'ticket_id', 'comment_id', 'requester_id', 'is_internal', 'uploaded_by'],
  articles: [
    ...[
      'org_id',
      'id',
      'author',
      'created_at',
      'version',
      'updated_at',
      'published_at',
      'helpful_count',
      'unhelpful_count',
      'title_key',
    ],
  ],
  article_feedback: ['org_id', 'article_id', 'user_id', 'created_at'],
  categories: ['org_id', 'id', 'created_at'],
};

/**
 * References: the values of new_values.js, which are unknown or of another organization, raise
 * 23503.
 */
const DANGLING = {
  workflow_transitions: ['org_id', 'workflow_id'],
  idempotency_keys: ['org_id', 'ticket_id'],
  ticket_internal_counts: ['org_id', 'ticket_id'],
  notifications: ['ticket_id', 'comment_id'],
  ticket_watchers: ['org_id', 'ticket_id'],
  queue_watchers: ['workflow_id'],
  article_versions: ['org_id', 'article_id'],
  ticket_articles: ['org_id', 'ticket_id', 'article_id'],
};

const isAssignable = (world, org, person) =>
  world.rows.org_members.some(
    (row) => row.org_id === org && row.user_id === person && (row.org_role !== 'org_customer' || row.may_be_assigned),
  );

const isMember = (world, org, person) => world.rows.org_members.some((row) => row.org_id === org && row.user_id === person);

/** Whether a member is the last admin who can sign in. */
const isLastAdmin = (world, member) =>
  member.org_role === 'org_admin' &&
  hasLogin(world, member) &&
  !world.rows.org_members.some(
    (row) =>
      row.org_id === member.org_id && row.org_role === 'org_admin' && row.user_id !== member.user_id && hasLogin(world, row),
  );

const hasLogin = (world, member) => world.rows.profiles.find((row) => row.id === member.user_id).auth_id !== null;

/** Tables derived from other rows, without foreign keys. */
const DERIVED = [
  'search_documents',
  'ticket_stat_deltas',
  'ticket_stage_counts',
  'ticket_agent_counts',
  'ticket_days_by_priority',
  'ticket_days_by_agent',
];

/** Whether rows of other tables reference this id, except those in `except`. */
function isReferenced(world, id, except = []) {
  return Object.entries(world.rows).some(
    ([table, rows]) =>
      ![...DERIVED, ...except].includes(table) && rows.some((row) => row.id !== id && Object.values(row).includes(id)),
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

/** Whether a count with the same key exists. */
const isCounted = (world, table, number) =>
  world.rows[table].some((row) => COUNTED_BY.every((column) => row[column] === number[column]));

/** The SQLSTATE of the first case whose condition holds. */
const firstOf = (...cases) => cases.find(([, holds]) => holds)?.[0];

const hasStages = (world, workflow) => world.rows.workflow_stages.some((row) => row.workflow_id === workflow);

/** Whether a workflow accepts no new tickets. */
const isClosed = (world, workflow) => world.rows.workflows.some((row) => row.id === workflow && !row.is_active);

export function refusesInsert(world, table, row) {
  switch (table) {
    case 'installation_settings':
    case 'ticket_counters':
    case 'search_rebuilds':
      return '23505'; // There is a row, of every organization.
    case 'tickets':
      return firstOf(
        [DENIED, !world.orgs.includes(row.org_id)],
        ['22023', !isMember(world, row.org_id, row.created_by)],
        ['22023', row.assigned_to && !isAssignable(world, row.org_id, row.assigned_to)],
        ['23000', isClosed(world, row.workflow_id)],
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
    case 'installation_settings.is_only_row':
      return '23514';
    case 'profiles.id':
    case 'organizations.id':
    case 'workflows.id':
      return isReferenced(world, row.id) ? '23503' : undefined;
    case 'workflows.org_id':
      return isReferenced(world, row.id) ? '23503' : undefined;
    case 'org_members.org_role':
      return value !== 'org_admin' && isLastAdmin(world, row) ? '23000' : undefined;
    case 'workflow_stages.is_start':
      // The mark can move to another stage that is not resolved, but not be removed.
      return value && !['resolved', 'closed'].includes(row.status) ? undefined : '23000';
    case 'ticket_counters.org_id':
    case 'search_rebuilds.org_id':
      return '23505';
    case 'search_documents.org_id':
      // A person is indexed in each of their organizations.
      return world.rows.search_documents.some((other) => other.org_id === value && other.document_id === row.document_id)
        ? '23505'
        : undefined;
    case 'workflow_stages.is_active':
      return row.is_start ? '23000' : undefined; // The start stage cannot be retired.
    case 'workflow_stages.status':
      return row.is_start && ['resolved', 'closed'].includes(value) ? '23000' : undefined;
    case 'tickets.workflow_id':
      return isClosed(world, value) || !hasStages(world, value) ? '23000' : undefined;
    case 'tickets.created_by':
      return isMember(world, row.org_id, value) ? undefined : '22023';
    case 'tickets.assigned_to':
      return value && !isAssignable(world, row.org_id, value) ? '22023' : undefined;
    case 'notifications.org_id':
      return row.ticket_id ? '23503' : undefined; // An application's notification needs no ticket.
    case 'queue_watchers.org_id':
      return firstOf(
        ['23503', row.workflow_id || !isMember(world, value, row.user_id)],
        [
          '23505',
          world.rows.queue_watchers.some(
            (other) => other.org_id === value && other.user_id === row.user_id && !other.workflow_id,
          ),
        ],
      );
    case 'org_invites.org_id':
      return isInvited(world, value, row) ? '23505' : undefined;
    case 'org_invites.used_at':
    case 'org_invites.used_by':
    case 'admin_invite_codes.used_at':
    case 'admin_invite_codes.used_by':
      return row.used_at ? undefined : '23514'; // used_at and used_by must be set together.
    default:
      return table === 'ticket_history' ? DENIED : undefined;
  }
}

export function refusesDelete(world, table, row) {
  switch (table) {
    case 'profiles':
      return isReferenced(world, row.id, ['notification_preferences', 'ticket_watchers', 'article_feedback'])
        ? '23503'
        : undefined;
    case 'organizations':
      return '23503'; // Every organization has tickets.
    case 'org_members':
      return isLastAdmin(world, row) ? '23000' : undefined;
    case 'workflows':
      return isReferenced(world, row.id, ['workflow_stages', 'workflow_transitions', 'queue_watchers']) ? '23503' : undefined;
    case 'workflow_stages':
      return firstOf(
        ['23000', row.is_start], // Every workflow in the world has other stages.
        ['23503', isReferenced(world, row.id, ['workflow_transitions'])],
      );
    case 'ticket_history':
      return DENIED;
    default:
      return undefined;
  }
}

export { hasLogin, isAssignable, isLastAdmin, isMember };
