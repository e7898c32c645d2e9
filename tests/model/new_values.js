// A new value for every column, to attempt an UPDATE with.

import { ARTICLE_STATUSES, digest, NOTIFICATION_TYPES, ORG_ROLES, PRIORITIES, VISIBILITIES } from './world.js';

const other = (random, list, value) => random.pick(list.filter((item) => item !== value));
export const later = (time) => new Date((time ? Date.parse(time) : Date.now()) + 1000).toISOString();

/** New values by type, for columns not listed below. Each differs from the old value. */
const NEW_VALUES = {
  text: (value) => `${value ?? ''} changed`,
  boolean: (value) => !value,
  integer: (value) => value + 1,
  bigint: (value) => value + 1,
  'smallint[]': (value) => `{${[...value, 1]}}`,
  numeric: (value) => value + 1,
  'double precision': (value) => value + 1,
  date: () => '2001-01-01',
  tsvector: () => "'changed':1",
  'text[]': () => '{changed}',
  bytea: () => '\\x01',
  jsonb: () => ({ changed: true }),
  interval: () => '60 days',
  uuid: (value, { random }) => random.uuid(),
  'uuid[]': (value, { random }) => `{${random.uuid()}}`,
  'timestamp with time zone': later,
  'helpdesk.user_role': (value, { random }) => other(random, ['customer', 'agent', 'admin'], value),
  'helpdesk.ticket_priority': (value, { random }) => other(random, PRIORITIES, value),
  'helpdesk.notification_type': (value, { random }) => other(random, NOTIFICATION_TYPES, value),
};

const org = (value, { random, world }) => other(random, world.orgs, value);
const person = (value, { random, world }) =>
  other(
    random,
    world.rows.profiles.map((row) => row.id),
    value,
  );
export const stagesOf = (world, workflow) =>
  world.rows.workflow_stages.filter((row) => row.workflow_id === workflow).map((row) => row.id);

/** Another end of a transition, such that the transition does not exist yet. */
function otherEnd(column) {
  const opposite = column === 'to_stage_id' ? 'from_stage_id' : 'to_stage_id';
  return (value, { random, world, row }) => {
    const taken = world.rows.workflow_transitions.filter((move) => move[opposite] === row[opposite]).map((move) => move[column]);
    return random.pick(stagesOf(world, row.workflow_id).filter((stage) => stage !== row[opposite] && !taken.includes(stage)));
  };
}

/** Columns whose new value must fit other rows. */
const FITTING = {
  org_id: org,
  added_by: person,
  created_by: person,
  changed_by: person,
  used_by: person,
  actor_id: person,
  uploaded_by: person,
  author: person,
  linked_by: person,
  first_response_by: person,
  status: (value, { random }) => other(random, ['open', 'pending', 'resolved', 'closed'], value),
  'installation_settings.who_may_found_organizations': (value, { random }) =>
    other(random, ['anyone', 'confirmed', 'administrators'], value),
  'profiles.avatar_url': () => 'https://example.org/changed.png',
  'profiles.auth_id': (value, { world }) => world.strayLogin,
  'organizations.closed_ticket_replies': (value) => (value === 'reopen' ? 'refuse' : 'reopen'),
  'organizations.search_language': (value, { random }) => other(random, ['simple', 'english', 'german'], value),
  'organizations.sort_locale': (value, { random }) => other(random, ['cs', 'de-AT', 'sv'], value),
  'search_rebuilds.previous_languages': () => '{english}',
  'articles.title_key': () => '\\x01',
  'organizations.time_zone': (value, { random }) => other(random, ['UTC', 'Europe/Berlin', 'Asia/Tokyo'], value),
  'articles.status': (value, { random }) => other(random, ARTICLE_STATUSES, value),
  'articles.visibility': (value, { random }) => other(random, VISIBILITIES, value),
  /** Every organization has this category. */
  'articles.categories': () => '{Unused}',
  'article_versions.version': (value) => value + 100,
  'article_feedback.user_id': person,
  /** The top level, or below the category without children. */
  'categories.parent_id': (value, { world, row }) => {
    const named = (name) => world.rows.categories.find((other) => other.org_id === row.org_id && other.name === name).id;
    return value === null ? named(row.name === 'Unused' ? 'Hardware' : 'Unused') : null;
  },
  'search_documents.kind': (value, { random }) => other(random, ['ticket', 'comment', 'attachment', 'article', 'person'], value),
  'ticket_stat_deltas.metric': (value, { random }) => other(random, ['opened', 'stage', 'created', 'resolved'], value),
  'org_members.org_role': (value, { random }) => other(random, ORG_ROLES, value),
  'org_invites.email': () => 'changed@example.org',
  'admin_invite_codes.code': (value) => digest(value),
  'workflow_stages.position': (value) => value + 100,
  'workflow_transitions.from_stage_id': otherEnd('from_stage_id'),
  'workflow_transitions.to_stage_id': otherEnd('to_stage_id'),
  'workflow_transitions.min_role': (value) => (value === 'org_agent' ? 'org_admin' : 'org_agent'),
  'tickets.workflow_id': (value, { random, world, row }) =>
    other(
      random,
      world.rows.workflows.filter((flow) => flow.org_id === row.org_id).map((flow) => flow.id),
      value,
    ),
  'tickets.current_stage_id': (value, { random, world, row }) => other(random, stagesOf(world, row.workflow_id), value),
  /** Any person, including those who may not be assigned. */
  'tickets.assigned_to': person,
  'notifications.user_id': person,
  'ticket_watchers.user_id': (value, { random, world, row }) => strangerTo(random, world, 'ticket_watchers', 'ticket_id', row),
  'queue_watchers.user_id': (value, { random, world, row }) => {
    const watching = world.rows.queue_watchers.filter((other) => other.org_id === row.org_id).map((other) => other.user_id);
    const members = world.rows.org_members.filter((member) => member.org_id === row.org_id).map((member) => member.user_id);
    return random.pick(members.filter((id) => !watching.includes(id)));
  },
  'notification_preferences.user_id': (value, { random, world, row }) =>
    strangerTo(random, world, 'notification_preferences', 'type', row),
  'notification_preferences.type': (value, { random, world, row }) => newType(random, world, row.user_id),
};

/** A person without a row in the table for the same ticket, type or the like. */
export function strangerTo(random, world, table, column, row) {
  const there = world.rows[table].filter((other) => other[column] === row[column]).map((other) => other.user_id);
  return random.pick(world.rows.profiles.map((profile) => profile.id).filter((id) => !there.includes(id)));
}

/** A notification type for which the person has no preference yet. */
export function newType(random, world, person) {
  const set = world.rows.notification_preferences.filter((row) => row.user_id === person).map((row) => row.type);
  return random.pick(NOTIFICATION_TYPES.filter((type) => !set.includes(type)));
}

/** `column` is `{ name, type }` of the catalog. */
export function newValue(world, table, row, column, random) {
  const choose = FITTING[`${table}.${column.name}`] ?? FITTING[column.name] ?? NEW_VALUES[column.type];
  if (!choose) throw new Error(`new_values.js has no new value for ${table}.${column.name} (${column.type})`);
  return choose(row[column.name], { random, world, row });
}
