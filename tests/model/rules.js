// The rights, written as code from the documentation instead of the policies, so that the two can
// be compared. What is refused to everybody is in integrity.js.

export const nobody = () => false;
const words = (text) => text.trim().split(/\s+/).filter(Boolean);

/**
 * The rights on a table.
 *   read, insert, update, delete: whether a person (`me`) may do this with a row;
 *   inserts, updates: the columns that people may give; rest: the other columns;
 *   backend: what service_role may do, with all rows and columns;
 *   backendUpdates: the columns that service_role may update, if not all;
 *   isOpen: anon may read the table too, by the same rule.
 */
class Table {
  constructor({
    read = nobody,
    insert = nobody,
    inserts = '',
    update = nobody,
    updates = '',
    rest = '',
    backend = 'read',
    ...more
  }) {
    Object.assign(this, { read, insert, update, delete: more.delete ?? nobody });
    this.inserts = words(inserts);
    this.updates = words(updates);
    this.columns = [...new Set([...this.inserts, ...this.updates, ...words(rest)])];
    this.backend = words(backend);
    this.isOpen = more.isOpen ?? false;
    this.backendUpdates = more.backendUpdates && words(more.backendUpdates);
  }
}

export const TABLES = {
  schema_version: new Table({
    read: () => true,
    rest: 'version installed_at',
  }),

  installation_settings: new Table({
    read: (me) => me.id !== null,
    update: (me) => me.installationRole === 'admin',
    updates: 'who_may_found_organizations',
    rest: 'is_only_row',
    backend: 'read update',
    backendUpdates: 'who_may_found_organizations',
  }),

  profiles: new Table({
    read: (me, person) =>
      me.is(person.id) || me.world.rows.org_members.some((row) => row.user_id === person.id && me.isStaff(row.org_id)),
    update: (me, person) => me.is(person.id),
    updates: 'name avatar_url preferences last_active',
    rest: 'id auth_id role email email_is_confirmed imported_for teams created_at',
    backend: 'read insert update delete',
  }),

  organizations: new Table({
    read: (me, org) => me.isMember(org.id),
    insert: (me, org) => me.mayCreateOrganization() && me.is(org.created_by),
    inserts: 'name created_by',
    update: (me, org) => me.isAdmin(org.id),
    updates:
      'name agents_may_invite open_to_customers reopen_on_customer_comment closed_ticket_replies notification_retention search_ignores_accents search_language sort_locale time_zone',
    rest: 'id created_at',
    backend: 'read insert update delete',
  }),

  org_members: new Table({
    read: (me, row) =>
      me.isStaff(row.org_id) || (me.isMember(row.org_id) && (me.is(row.user_id) || row.org_role !== 'org_customer')),
    update: (me, row) => me.isAdmin(row.org_id),
    updates: 'org_role may_be_assigned',
    delete: (me, row) => me.isAdmin(row.org_id),
    rest: 'org_id user_id added_at added_by',
    backend: 'read insert update delete',
  }),

  org_invites: new Table({
    read: (me, row) => me.isAdmin(row.org_id) || (me.isStaff(row.org_id) && me.is(row.created_by)),
    insert: (me, row) => me.mayInvite(row.org_id, row.role ?? 'customer') && me.is(row.created_by),
    inserts: 'org_id email role expires_at created_by',
    delete: (me, row) => me.mayRevoke(row) && row.used_at === null,
    rest: 'id created_at used_at used_by',
    backend: 'read insert delete',
  }),

  admin_invite_codes: new Table({
    read: (me) => me.installationRole === 'admin',
    delete: (me, row) => me.installationRole === 'admin' && row.used_at === null,
    rest: 'code created_at expires_at created_by used_at used_by',
    backend: 'read delete',
  }),

  workflows: new Table({
    read: (me, row) => me.isMember(row.org_id),
    insert: (me, row) => me.isAdmin(row.org_id),
    inserts: 'org_id name description is_active',
    update: (me, row) => me.isAdmin(row.org_id),
    updates: 'name description is_active',
    delete: (me, row) => me.isAdmin(row.org_id),
    rest: 'id created_at',
    backend: 'read insert update delete',
    backendUpdates: 'name description is_active',
  }),

  workflow_stages: new Table({
    read: (me, row) => me.isMember(row.org_id),
    insert: (me, row) => me.isAdmin(row.org_id),
    inserts: 'org_id workflow_id name description position status is_start is_active',
    update: (me, row) => me.isAdmin(row.org_id),
    updates: 'name description position status is_start is_active',
    delete: (me, row) => me.isAdmin(row.org_id),
    rest: 'id',
    backend: 'read insert update delete',
  }),

  workflow_transitions: new Table({
    read: (me, row) => me.isMember(row.org_id),
    insert: (me, row) => me.isAdmin(row.org_id),
    inserts: 'org_id workflow_id from_stage_id to_stage_id min_role',
    update: (me, row) => me.isAdmin(row.org_id),
    updates: 'min_role',
    delete: (me, row) => me.isAdmin(row.org_id),
    backend: 'read insert update delete',
    backendUpdates: 'min_role',
  }),

  search_rebuilds: new Table({
    rest: 'org_id previous_languages documents done step last_id started_at',
    backend: '',
  }),

  ticket_counters: new Table({
    rest: 'org_id last_number',
    backend: '',
  }),

  tickets: new Table({
    read: (me, ticket) => me.sees(ticket),
    insert: (me, ticket) =>
      me.isStaff(ticket.org_id) || (me.isMember(ticket.org_id) && me.is(ticket.created_by) && !ticket.assigned_to),
    inserts: 'org_id workflow_id title description priority assigned_to created_by',
    update: (me, ticket) => me.isStaff(ticket.org_id),
    updates: 'title description priority assigned_to current_stage_id workflow_id created_by',
    delete: (me, ticket) => me.isAdmin(ticket.org_id),
    rest: `id number status created_at updated_at stage_entered_at resolved_at closed_at version latest_history_id
           first_response_at first_response_by public_comment_count public_attachment_count
           last_public_comment_at is_answered external_id`,
    backend: 'read insert update delete',
  }),

  ticket_history: new Table({
    read: (me, row) => me.seesTicketOf(row),
    rest: `org_id id ticket_id requester_id version title description priority status assigned_to workflow_stage_id
           changed_by changed_at previous_history_id changes`,
  }),

  idempotency_keys: new Table({
    rest: 'org_id actor_id key ticket_id object_id request_digest created_at',
    backend: '',
  }),

  ticket_comments: new Table({
    read: (me, row) => me.seesOnTicket(row),
    insert: (me, row) => me.is(row.created_by) && me.seesOnTicket(row),
    inserts: 'org_id ticket_id content is_internal created_by',
    update: (me, row) => me.is(row.created_by) && me.seesOnTicket(row),
    updates: 'content',
    rest: 'id requester_id created_at updated_at external_id',
    backend: 'read insert update delete',
  }),

  ticket_attachments: new Table({
    read: (me, row) => me.seesOnTicket(row),
    insert: (me, row) => me.is(row.uploaded_by) && me.seesOnTicket(row),
    inserts: 'org_id ticket_id comment_id file_name file_type file_size storage_path is_internal uploaded_by',
    delete: (me, row) => me.isStaff(row.org_id) || (me.is(row.uploaded_by) && me.seesOnTicket(row)),
    rest: 'id requester_id uploaded_at',
    backend: 'read insert update delete',
  }),

  ticket_internal_counts: new Table({
    read: (me, row) => me.isStaff(row.org_id),
    rest: 'org_id ticket_id comment_count attachment_count',
  }),

  notifications: new Table({
    read: (me, row) => me.is(row.user_id) && me.isMember(row.org_id),
    update: (me, row) => me.is(row.user_id) && me.isMember(row.org_id),
    updates: 'read',
    delete: (me, row) => me.is(row.user_id) && me.isMember(row.org_id),
    rest: 'org_id id user_id ticket_id comment_id type content created_at expires_at',
    backend: 'read update delete',
    backendUpdates: 'read',
  }),

  notification_preferences: new Table({
    read: (me, row) => me.is(row.user_id),
    insert: (me, row) => me.is(row.user_id),
    inserts: 'user_id type enabled',
    update: (me, row) => me.is(row.user_id),
    updates: 'user_id type enabled',
    delete: (me, row) => me.is(row.user_id),
    backend: 'read insert update delete',
    backendUpdates: 'type enabled',
  }),

  ticket_watchers: new Table({
    read: (me, row) => me.isStaff(row.org_id) || (me.is(row.user_id) && me.isMember(row.org_id)),
    // Includes tickets that they no longer see.
    delete: (me, row) => me.is(row.user_id),
    rest: 'org_id ticket_id user_id added_at',
    backend: 'read insert delete',
  }),

  queue_watchers: new Table({
    read: (me, row) => me.isStaff(row.org_id),
    delete: (me, row) => me.is(row.user_id) && me.isStaff(row.org_id),
    rest: 'org_id id workflow_id user_id added_at',
    backend: 'read insert delete',
  }),

  articles: new Table({
    isOpen: true,
    read: (me, row) => me.readsArticle(row),
    insert: (me, row) => me.isStaff(row.org_id) && me.is(row.author),
    inserts: 'org_id title content categories tags visibility status author',
    update: (me, row) => me.isStaff(row.org_id),
    updates: 'title content categories tags visibility status',
    delete: (me, row) => me.isStaff(row.org_id),
    rest: 'id created_at updated_at published_at version helpful_count unhelpful_count title_key',
    backend: 'read insert update delete',
  }),

  article_versions: new Table({
    read: (me, row) => me.isStaff(row.org_id),
    rest: 'org_id id article_id version title content created_at created_by',
  }),

  article_feedback: new Table({
    read: (me, row) => me.is(row.user_id) || me.isStaff(row.org_id),
    insert: (me, row) => me.is(row.user_id) && me.readsArticleOf(row),
    inserts: 'org_id article_id user_id helpful comment',
    // Includes articles that they can no longer read.
    update: (me, row) => me.is(row.user_id),
    updates: 'helpful comment',
    delete: (me, row) => me.is(row.user_id),
    rest: 'created_at',
    backend: 'read insert update delete',
  }),

  categories: new Table({
    read: (me, row) => me.isStaff(row.org_id),
    insert: (me, row) => me.isStaff(row.org_id),
    inserts: 'org_id name description parent_id',
    update: (me, row) => me.isStaff(row.org_id),
    updates: 'name description parent_id',
    delete: (me, row) => me.isStaff(row.org_id),
    rest: 'id created_at',
    backend: 'read insert update delete',
  }),

  ticket_articles: new Table({
    read: (me, row) => me.isStaff(row.org_id),
    insert: (me, row) => me.isStaff(row.org_id) && me.is(row.linked_by),
    inserts: 'org_id ticket_id article_id linked_by',
    delete: (me, row) => me.isStaff(row.org_id),
    rest: 'linked_at',
    backend: 'read insert delete',
  }),

  search_documents: new Table({
    rest: 'org_id document_id kind ticket_id is_internal lexemes',
    backend: '',
  }),

  ticket_stat_deltas: new Table({
    read: (me, row) => me.isStaff(row.org_id),
    rest: 'org_id id metric occurred_at stage_id priority agent_id ticket_delta seconds',
  }),

  ticket_stage_counts: new Table({
    read: (me, row) => me.isStaff(row.org_id),
    rest: 'org_id stage_id priority ticket_count entered_epoch_sum',
  }),

  ticket_agent_counts: new Table({
    read: (me, row) => me.isStaff(row.org_id),
    rest: 'org_id agent_id stage_id priority ticket_count',
  }),

  ticket_days_by_priority: new Table({
    read: (me, row) => me.isStaff(row.org_id),
    rest: 'org_id day priority created resolved closed reopened first_response_buckets resolution_buckets',
  }),

  ticket_days_by_agent: new Table({
    read: (me, row) => me.isStaff(row.org_id),
    rest: 'org_id day agent_id created resolved closed reopened first_response_buckets resolution_buckets',
  }),
};

/**
 * The columns of the views, which authenticated and service_role may read. Their rows are in
 * views.test.js.
 */
export const VIEWS = {
  agent_tickets: words(`
    id org_id number workflow_id current_stage_id title description priority status assigned_to created_by created_at updated_at
    workflow_name stage_name assigned_to_name created_by_name comment_count attachment_count`),
  customer_tickets: words(`
    id org_id number title priority status stage_name assigned_to_display created_at updated_at public_comment_count`),
  workflow_stage_stats: words('stage_id workflow_id stage_name org_id ticket_count avg_hours_in_stage high_priority_count'),
};

/**
 * The functions by caller. Nobody listed here may call trigger functions and functions for DBAs.
 */
const FUNCTIONS = {
  anon: words(`
    help jwt_subject uuid_generate_v7 is_text my_profile_id my_org_ids my_customer_org_ids my_staff_org_ids my_admin_org_ids
    my_inviting_org_ids my_assigned_ticket_ids is_member_of_my_orgs
    may_create_organization is_installation_admin load_library bypasses_row_security may_read_file may_upload_file
    get_article list_articles list_categories search_articles suggest_articles search pre_request`),
  people: words(`
    create_organization list_org_members import_tickets create_ticket update_ticket get_ticket_details list_org_tickets count_tickets update_tickets resolve_ticket reorder_stages
    claim_next_ticket add_comment add_attachment watch_ticket watch_queue mark_notifications_read count_unread_notifications
    create_org_invite accept_org_invite revoke_org_invite my_pending_invites set_member_role remove_member leave_organization
    join_organization appoint_admin list_organizations ensure_profile
    create_admin_invite_code redeem_admin_invite_code publish_article archive_article revert_article rate_article
    ticket_activity org_dashboard ticket_participant_name customer_assignee_name`),
  backends: words(`
    create_notification cleanup_old_notifications refresh_ticket_stats verify_ticket_stats rebuild_ticket_stats rebuild_search_index
    start_search_rebuild continue_search_rebuild verify_derived_data rebuild_derived_data
    forget_person`),
  // act_as() checks the login role itself; a DBA who acts as a person is authenticated, and must be
  // able to stop.
  acting: ['act_as'],
};

export const CALLABLE = {
  anon: FUNCTIONS.anon,
  authenticated: [...FUNCTIONS.anon, ...FUNCTIONS.people, ...FUNCTIONS.acting],
  service_role: [...FUNCTIONS.anon, ...FUNCTIONS.people, ...FUNCTIONS.backends],
};
