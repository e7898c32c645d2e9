// Applies the rules to a caller in a generated world: what they see and what they may write.

import { CALLABLE, nobody, TABLES, VIEWS } from './rules.js';

export const tableNames = Object.keys(TABLES);
export const viewNames = Object.keys(VIEWS);
export const columnsOf = (name) => VIEWS[name] ?? rulesOf(name).columns;
/** The columns that people may change in rows that they may change. */
export const updatesOf = (table) => rulesOf(table).updates;

/** Whether any person may do this with a table. */
export const isForPeople = (table, verb) => rulesOf(table)[verb] !== nobody;

/** A new row with the defaults that matter for rights. */
export const withDefaults = (me, row) => ({
  ...{ created_by: me.profile, uploaded_by: me.profile, author: me.profile, user_id: me.profile, linked_by: me.profile },
  is_internal: false,
  ...row,
});

function rulesOf(table) {
  if (!TABLES[table]) throw new Error(`rules.js has no entry for the table ${table}`);
  return TABLES[table];
}

/** Whether a role may do this with a table: true, false, or undefined if person and row decide. */
function ofRole(table, me, verb) {
  if (me.isSuperuser) return true;
  if (me.role === 'service_role') return rulesOf(table).backend.includes(verb);
  if (me.role === 'anon') return rulesOf(table).isOpen && verb === 'read' ? undefined : false;
  return undefined;
}

export function mayRead(table, me, row) {
  return ofRole(table, me, 'read') ?? rulesOf(table).read(me, row);
}

export function visible(table, me) {
  return me.world.rows[table].filter((row) => mayRead(table, me, row));
}

/** `row` has the columns that the statement names. */
export function mayInsert(table, me, row) {
  const { inserts, insert } = rulesOf(table);
  const mayGive = () => Object.keys(row).every((column) => inserts.includes(column)) && insert(me, withDefaults(me, row));
  return ofRole(table, me, 'insert') ?? mayGive();
}

export function mayUpdate(table, me, row, column) {
  const { updates, update, backendUpdates } = rulesOf(table);
  if (me.role === 'service_role' && backendUpdates && !backendUpdates.includes(column)) return false;
  return ofRole(table, me, 'update') ?? (updates.includes(column) && update(me, row));
}

export function mayDelete(table, me, row) {
  return ofRole(table, me, 'delete') ?? rulesOf(table).delete(me, row);
}

/** Whether the transitions of the workflow let a caller move a ticket to a stage. */
export function mayMove(me, ticket, stage) {
  const transitions = me.world.rows.workflow_transitions.filter((row) => row.workflow_id === ticket.workflow_id);
  const isAdmin = me.bypassesRowSecurity || me.isAdmin(ticket.org_id);
  return (
    transitions.length === 0 ||
    transitions.some(
      (row) =>
        row.from_stage_id === ticket.current_stage_id && row.to_stage_id === stage && (isAdmin || row.min_role === 'org_agent'),
    )
  );
}

/** A file is readable with its attachment; if it is also attached internally, only by staff. */
export function mayReadFile(me, path) {
  const [org, ticket] = path.split('/');
  const attached = me.world.rows.ticket_attachments.filter(
    (row) => row.storage_path === path && row.org_id === org && row.ticket_id === ticket,
  );
  return attached.length > 0 && attached.every((row) => me.bypassesRowSecurity || me.seesOnTicket(row));
}

/** The grants that a role needs for the rules, in the format of readGrants() in catalog.js. */
export function grantsOf(role) {
  const grants = CALLABLE[role].map((name) => `call ${name}`);
  for (const [name, table] of Object.entries(TABLES)) {
    const columns = (verb, list) => list.map((column) => `${verb} ${name}.${column}`);
    const may = (verb) =>
      role === 'service_role' ? table.backend.includes(verb) : role === 'authenticated' && table[verb] !== nobody;
    const isBackend = role === 'service_role';
    if (may('read') || (role === 'anon' && table.isOpen)) grants.push(...columns('select', table.columns));
    if (may('insert')) grants.push(...columns('insert', isBackend ? table.columns : table.inserts));
    if (may('update')) grants.push(...columns('update', isBackend ? (table.backendUpdates ?? table.columns) : table.updates));
    if (may('delete')) grants.push(`delete ${name}`);
  }
  for (const [name, columns] of Object.entries(VIEWS)) {
    const verbs = { anon: [], authenticated: ['select', 'insert', 'update'], service_role: ['select'] }[role];
    grants.push(...verbs.flatMap((verb) => columns.map((column) => `${verb} ${name}.${column}`)));
    // Triggers refuse the writes.
    if (role === 'authenticated') grants.push(`delete ${name}`);
  }
  return grants;
}
