// New rows for every table, to attempt an INSERT with.

import { isAssignable, isMember } from './integrity.js';
import { later, newType, stagesOf, strangerTo } from './new_values.js';
import { sampleRows } from './sample_rows.js';
import { pick } from './statements.js';
import { digest } from './world.js';

/**
 * New rows of a table for a caller, in every organization: `{ base, row }`. The row has a valid
 * value for every column, and `base` lists the columns that are always given.
 */
export function newRows(me, table, random) {
  const make = NEW_ROWS[table];
  if (!make) throw new Error(`new_rows.js has no new rows for ${table}`);
  return make({ me, world: me.world, random, now: new Date().toISOString() });
}

/** Backends must give the authors, for which people use the default. */
const base = (me, columns, authors = '') => `${columns} ${me.bypassesRowSecurity ? authors : ''}`.trim().split(' ');

const everyOrg = (make) => (context) => context.world.orgs.flatMap((org) => make({ ...context, org }));

/** For a ticket of every kind, limited to those without a row in `table` if that is given. */
const everyTicket = (make, table) => (context) => {
  const { me, world, random } = context;
  const taken = table ? world.rows[table].map((row) => row.ticket_id) : [];
  const tickets = world.rows.tickets.filter((ticket) => !taken.includes(ticket.id));
  return sampleRows(me, 'tickets', random, tickets).flatMap((ticket) => make({ ...context, ticket }));
};

/** The columns of a day without events. */
const NOTHING = { created: 0, resolved: 0, closed: 0, reopened: 0, first_response_buckets: '{}', resolution_buckets: '{}' };

const NEW_ROWS = {
  schema_version: ({ now }) => [{ base: ['version'], row: { version: 1000, installed_at: now } }],

  installation_settings: () => [{ base: ['is_only_row'], row: { is_only_row: true, who_may_found_organizations: 'anyone' } }],

  profiles: ({ world, random, now }) => [
    {
      base: ['name'],
      row: {
        ...{ id: random.uuid(), auth_id: world.strayLogin, role: 'admin', name: 'New', email: 'new@example.org' },
        ...{
          email_is_confirmed: true,
          imported_for: null,
          avatar_url: 'https://example.org/new.png',
          teams: '{}',
          created_at: now,
          last_active: now,
          preferences: {},
        },
      },
    },
  ],

  organizations: ({ me, world, random, now }) => [
    {
      base: base(me, 'name', 'created_by'),
      row: {
        ...{ id: random.uuid(), name: 'New', created_at: now, created_by: me.id ?? random.pick(world.rows.profiles).id },
        ...{ agents_may_invite: true, open_to_customers: true },
        ...{ reopen_on_customer_comment: false, closed_ticket_replies: 'refuse', notification_retention: '1 day' },
        ...{ search_ignores_accents: false },
        ...{ search_language: 'english', sort_locale: 'cs', time_zone: 'Europe/Berlin' },
      },
    },
  ],

  org_members: everyOrg(({ me, world, org, random, now }) => {
    const strangers = world.rows.profiles.map((row) => row.id).filter((id) => !isMember(world, org, id));
    // The caller, if they are not a member: an intruder would try that.
    const user = strangers.includes(me.id) ? me.id : random.pick(strangers);
    return {
      base: ['org_id', 'user_id', 'org_role'],
      row: { org_id: org, user_id: user, org_role: 'org_admin', added_at: now, added_by: me.id, may_be_assigned: true },
    };
  }),

  org_invites: everyOrg(({ me, org, random, now }) => ({
    base: ['org_id', 'email'],
    row: {
      ...{ org_id: org, id: random.uuid(), email: 'new@example.org', role: 'admin', created_at: now },
      ...{ expires_at: later(now), created_by: me.id, used_at: null, used_by: null },
    },
  })),

  admin_invite_codes: ({ me, random, now }) => [
    {
      base: ['code', 'expires_at'],
      row: {
        ...{ code: digest(random.uuid()), created_at: now, expires_at: later(now), created_by: me.id },
        ...{ used_at: null, used_by: null },
      },
    },
  ],

  workflows: everyOrg(({ org, random, now }) => ({
    base: ['org_id', 'name'],
    row: { org_id: org, id: random.uuid(), name: 'New', description: 'New', is_active: false, created_at: now },
  })),

  workflow_stages: everyOrg(({ world, org, random }) => ({
    base: ['org_id', 'workflow_id', 'name'],
    row: {
      ...{
        org_id: org,
        id: random.uuid(),
        workflow_id: random.pick(world.rows.workflows.filter((row) => row.org_id === org)).id,
      },
      ...{ name: 'New', description: 'New', position: 9, status: 'pending', is_start: true, is_active: true },
    },
  })),

  workflow_transitions: everyOrg(({ world, org, random }) => {
    const flow = world.rows.workflows.find((row) => row.org_id === org && row.name === 'Never used');
    const [from, to] = random.some(stagesOf(world, flow.id), 2);
    return {
      base: ['org_id', 'workflow_id', 'from_stage_id', 'to_stage_id'],
      row: { org_id: org, workflow_id: flow.id, from_stage_id: from, to_stage_id: to, min_role: 'org_admin' },
    };
  }),

  ticket_counters: everyOrg(({ org }) => ({ base: ['org_id'], row: { org_id: org, last_number: 1000 } })),

  search_rebuilds: everyOrg(({ org, random, now }) => ({
    base: ['org_id', 'documents'],
    row: {
      ...{
        org_id: org,
        previous_languages: '{english}',
        documents: 1,
        done: 1,
        step: 2,
        last_id: random.uuid(),
        started_at: now,
      },
    },
  })),

  tickets: everyOrg(({ me, world, org, random, now }) => {
    const workflows = world.rows.workflows.filter((row) => row.org_id === org);
    const support = workflows.find((row) => row.name === 'Support');
    const people = world.rows.profiles.map((row) => row.id);
    const members = people.filter((id) => isMember(world, org, id));
    const row = {
      ...{ org_id: org, id: random.uuid(), number: 1000, title: 'New', description: 'New', priority: 'urgent', status: 'open' },
      ...{ workflow_id: support.id, current_stage_id: stagesOf(world, support.id)[0] },
      ...{
        assigned_to: random.pick(members.filter((id) => isAssignable(world, org, id))),
        created_by: me.id ?? random.pick(members),
      },
      ...{ created_at: now, updated_at: now, stage_entered_at: now, resolved_at: null, closed_at: null },
      ...{ first_response_at: null, first_response_by: null },
      ...{ version: 1, latest_history_id: random.uuid(), public_comment_count: 0, public_attachment_count: 0 },
      ...{ last_public_comment_at: null, is_answered: false, external_id: 'other:1' },
    };
    const columns = base(me, 'org_id title', 'created_by');
    return [
      { base: columns, row },
      { base: ['org_id', 'title', 'created_by'], row: { ...row, created_by: random.pick(members) } },
      { base: ['org_id', 'title', 'created_by'], row: { ...row, created_by: random.pick(people) } },
      { base: [...columns, 'assigned_to'], row: { ...row, assigned_to: random.pick(people) } },
      { base: [...columns, 'workflow_id'], row: { ...row, workflow_id: workflows.find((row) => !row.is_active).id } },
    ];
  }),

  ticket_history: everyTicket(({ world, random, ticket, now }) => {
    const latest = world.rows.ticket_history.find((row) => row.id === ticket.latest_history_id);
    const row = {
      ...{ ...latest, id: random.uuid(), version: latest.version + 1, previous_history_id: latest.id },
      ...{ description: 'New', changed_by: null, changed_at: now },
    };
    const given = Object.keys(row).filter((column) => !['description', 'assigned_to', 'changed_by'].includes(column));
    return { base: given, row };
  }),

  idempotency_keys: everyTicket(
    ({ me, ticket, now }) => ({
      base: ['org_id', 'key', 'ticket_id', 'object_id', 'request_digest'],
      row: {
        ...{ org_id: ticket.org_id, actor_id: me.id, key: 'new', ticket_id: ticket.id },
        ...{ object_id: ticket.id, request_digest: '\\x00', created_at: now },
      },
    }),
    'idempotency_keys',
  ),

  ticket_comments: everyTicket(({ me, random, ticket, now }) =>
    [false, true].map((is_internal) => ({
      base: base(me, is_internal ? 'org_id ticket_id content is_internal' : 'org_id ticket_id content', 'created_by'),
      row: {
        ...{ org_id: ticket.org_id, id: random.uuid(), ticket_id: ticket.id, requester_id: ticket.created_by },
        ...{ content: 'New', is_internal, created_by: me.id ?? ticket.created_by, created_at: now, updated_at: now },
        external_id: 'other:1',
      },
    })),
  ),

  ticket_attachments: everyTicket(({ me, random, ticket, now }) =>
    ['', ' is_internal'].map((internally) => ({
      base: base(me, `org_id ticket_id file_name file_type file_size storage_path${internally}`, 'uploaded_by'),
      row: {
        ...{ org_id: ticket.org_id, id: random.uuid(), ticket_id: ticket.id, comment_id: null, requester_id: ticket.created_by },
        ...{ file_name: 'New', file_type: 'text/plain', file_size: 1, storage_path: `${ticket.org_id}/${ticket.id}/new.txt` },
        ...{ is_internal: internally !== '', uploaded_by: me.id ?? ticket.created_by, uploaded_at: now },
      },
    })),
  ),

  ticket_internal_counts: everyTicket(
    ({ ticket }) => ({
      base: ['org_id', 'ticket_id'],
      row: { org_id: ticket.org_id, ticket_id: ticket.id, comment_count: 0, attachment_count: 0 },
    }),
    'ticket_internal_counts',
  ),

  notifications: everyTicket(({ me, random, ticket, now }) => ({
    base: ['org_id', 'user_id', 'ticket_id', 'type', 'content'],
    row: {
      ...{
        org_id: ticket.org_id,
        id: random.uuid(),
        user_id: me.id ?? ticket.created_by,
        ticket_id: ticket.id,
        comment_id: null,
      },
      ...{ type: 'ticket_updated', content: {}, read: true, created_at: now, expires_at: now },
    },
  })),

  notification_preferences: ({ me, world, random }) => {
    const user = me.id ?? random.pick(world.rows.profiles).id;
    return [
      { base: base(me, 'type enabled', 'user_id'), row: { user_id: user, type: newType(random, world, user), enabled: false } },
    ];
  },

  ticket_watchers: everyTicket(({ me, world, random, ticket, now }) => {
    const watching = world.rows.ticket_watchers.some((row) => row.ticket_id === ticket.id && me.is(row.user_id));
    const user = me.id && !watching ? me.id : strangerTo(random, world, 'ticket_watchers', 'ticket_id', { ticket_id: ticket.id });
    return {
      base: ['org_id', 'ticket_id', 'user_id'],
      row: { org_id: ticket.org_id, ticket_id: ticket.id, user_id: user, added_at: now },
    };
  }),

  queue_watchers: everyOrg(({ me, world, org, random, now }) => {
    const watching = world.rows.queue_watchers.filter((row) => row.org_id === org).map((row) => row.user_id);
    const members = world.rows.org_members.filter((row) => row.org_id === org && !watching.includes(row.user_id));
    const user_id = (members.find((row) => me.is(row.user_id)) ?? random.pick(members)).user_id;
    const workflow_id = random.pick(world.rows.workflows.filter((row) => row.org_id === org)).id;
    return { base: ['org_id', 'user_id'], row: { org_id: org, id: random.uuid(), workflow_id, user_id, added_at: now } };
  }),

  articles: everyOrg(({ me, world, org, random, now }) => ({
    base: base(me, 'org_id title content', 'author'),
    row: {
      ...{ org_id: org, id: random.uuid(), title: 'New', content: 'New', categories: '{Hardware}', tags: '{new}' },
      ...{ author: me.id ?? random.pick(world.rows.profiles).id, visibility: 'public', status: 'published', created_at: now },
      ...{ updated_at: now, published_at: now, version: 1, helpful_count: 0, unhelpful_count: 0 },
      title_key: '\\x01',
    },
  })),

  article_versions: everyOrg(({ me, world, org, random, now }) => ({
    base: ['org_id', 'article_id', 'version', 'title', 'content', 'created_at'],
    row: {
      ...{ org_id: org, id: random.uuid(), article_id: random.pick(world.rows.articles.filter((row) => row.org_id === org)).id },
      ...{ version: 100, title: 'New', content: 'New', created_at: now, created_by: me.id },
    },
  })),

  /** For an article of every kind. */
  article_feedback: ({ me, world, random, now }) => {
    const hasRated = ({ id }) => world.rows.article_feedback.some((row) => row.article_id === id && me.is(row.user_id));
    return sampleRows(
      me,
      'articles',
      random,
      world.rows.articles.filter((row) => !hasRated(row)),
    ).map((article) => ({
      base: base(me, 'org_id article_id helpful', 'user_id'),
      row: {
        ...{ org_id: article.org_id, article_id: article.id, helpful: true, comment: 'New', created_at: now },
        user_id: me.id ?? strangerTo(random, world, 'article_feedback', 'article_id', { article_id: article.id }),
      },
    }));
  },

  categories: everyOrg(({ world, org, random, now }) => ({
    base: ['org_id', 'name'],
    row: {
      ...{ org_id: org, id: random.uuid(), name: 'New', description: 'New', created_at: now },
      parent_id: random.pick(world.rows.categories.filter((row) => row.org_id === org)).id,
    },
  })),

  ticket_articles: everyTicket(({ me, world, random, ticket, now }) => {
    const linked = world.rows.ticket_articles.filter((row) => row.ticket_id === ticket.id).map((row) => row.article_id);
    const articles = world.rows.articles.filter((row) => row.org_id === ticket.org_id && !linked.includes(row.id));
    return {
      base: ['org_id', 'ticket_id', 'article_id'],
      row: {
        org_id: ticket.org_id,
        ticket_id: ticket.id,
        article_id: random.pick(articles).id,
        linked_by: me.id,
        linked_at: now,
      },
    };
  }),

  search_documents: everyOrg(({ org, random }) => ({
    base: ['org_id', 'document_id', 'kind', 'is_internal', 'lexemes'],
    row: { org_id: org, document_id: random.uuid(), kind: 'article', ticket_id: null, is_internal: false, lexemes: "'new':1" },
  })),

  ticket_stat_deltas: everyOrg(({ org, random, now }) => ({
    base: ['org_id', 'metric', 'occurred_at', 'priority', 'ticket_delta'],
    row: {
      ...{ org_id: org, id: random.uuid(), metric: 'stage', occurred_at: now, stage_id: random.uuid(), priority: 'low' },
      ...{ agent_id: random.uuid(), ticket_delta: 1, seconds: 1 },
    },
  })),

  ticket_stage_counts: everyOrg(({ org, random }) => ({
    base: ['org_id', 'stage_id', 'priority', 'ticket_count', 'entered_epoch_sum'],
    row: { org_id: org, stage_id: random.uuid(), priority: 'low', ticket_count: 1, entered_epoch_sum: 1 },
  })),

  ticket_agent_counts: everyOrg(({ org, random }) => ({
    base: ['org_id', 'agent_id', 'stage_id', 'priority', 'ticket_count'],
    row: { org_id: org, agent_id: random.uuid(), stage_id: random.uuid(), priority: 'low', ticket_count: 1 },
  })),

  ticket_days_by_priority: everyOrg(({ org, random }) => ({
    base: ['org_id', 'day', 'priority', ...Object.keys(NOTHING)],
    row: { org_id: org, day: '2001-01-01', priority: 'low', ...NOTHING },
  })),

  ticket_days_by_agent: everyOrg(({ org, random }) => ({
    base: ['org_id', 'day', 'agent_id', ...Object.keys(NOTHING)],
    row: { org_id: org, day: '2001-01-01', agent_id: random.uuid(), ...NOTHING },
  })),
};

/** The row with the base columns and one more. */
export const given = ({ base, row }, column) => pick(row, column ? [...base, column] : base);
