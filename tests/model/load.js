// Loads a generated world into a new database. For speed, the superuser inserts the rows with the
// triggers of helpdesk disabled, except those that maintain derived tables. Foreign keys are
// checked.

import { createHelpdeskDatabase } from '../support/database.js';
import { ATTEMPT } from './batch.js';
import { readTables } from './catalog.js';

/** An order that satisfies foreign keys. */
const ORDER = [
  'profiles',
  'organizations',
  'org_members',
  'org_invites',
  'admin_invite_codes',
  'workflows',
  'workflow_stages',
  'workflow_transitions',
  'ticket_counters',
  'search_rebuilds',
  'tickets',
  'ticket_history',
  'idempotency_keys',
  'ticket_comments',
  'ticket_attachments',
  'ticket_internal_counts',
  'notifications',
  'notification_preferences',
  'ticket_watchers',
  'queue_watchers',
  'categories',
  'articles',
  'article_versions',
  'article_feedback',
  'ticket_articles',
];

/** The triggers that maintain derived tables, which nobody may write. */
const DERIVING_TRIGGERS = [
  'tickets_count',
  'tickets_index_text',
  'ticket_comments_index_text',
  'ticket_attachments_index_text',
  'articles_index_text',
  'org_members_index_person',
];

/** Triggers that are disabled already stay disabled. */
const ENABLED_TRIGGERS = `
  select t.tgrelid::regclass::text as on, quote_ident(t.tgname) as name
    from pg_trigger t
    join pg_class c on c.oid = t.tgrelid
   where (c.relnamespace = 'helpdesk'::regnamespace or c.oid = 'auth.users'::regclass)
     and not t.tgisinternal and t.tgenabled = 'O' and c.relkind = 'r'
     and t.tgname <> all ($1)`;

/**
 * Returns the database, with its tables from the catalog as `tables`. Defaults are read back into
 * the world.
 */
export async function load(world) {
  const db = await createHelpdeskDatabase();
  db.tables = await readTables(db);
  const triggers = await db.sql(ENABLED_TRIGGERS, [DERIVING_TRIGGERS]);
  const make = (state) => triggers.map(({ on, name }) => `alter table ${on} ${state} trigger ${name}`).join(';');
  await db.sql('begin');
  await db.sql(make('disable'));
  await insertRows(db, 'auth.users', world.logins);
  for (const table of ORDER.slice(0, ORDER.indexOf('tickets'))) await insertRows(db, `helpdesk.${table}`, world.rows[table]);
  // Half of the tickets are folded into the counts.
  await insertRows(
    db,
    'helpdesk.tickets',
    world.rows.tickets.filter((_, i) => i % 2 === 0),
  );
  await db.sql('select helpdesk.refresh_ticket_stats()');
  await insertRows(
    db,
    'helpdesk.tickets',
    world.rows.tickets.filter((_, i) => i % 2 === 1),
  );
  for (const table of ORDER.slice(ORDER.indexOf('tickets') + 1)) await insertRows(db, `helpdesk.${table}`, world.rows[table]);
  await db.sql('set constraints all immediate');
  await db.sql(make('enable'));
  await db.sql(ATTEMPT);
  await db.sql('commit');
  await readWorld(db, world);
  return db;
}

/** Updates the world to the current rows of the database. */
export async function readWorld(db, world) {
  for (const table of db.tables.keys()) {
    // As JSON, so that JavaScript can compare and print all values. Sorted, so that a seed always
    // samples the same rows.
    const rows = await db.sql(`select to_json(t) as row from helpdesk.${table} t order by t::text`);
    world.rows[table] = rows.map(({ row }) => row);
  }
}

async function insertRows(db, table, rows) {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0]).join(', ');
  await db.sql(`insert into ${table} (${columns}) select ${columns} from json_populate_recordset(null::${table}, $1)`, [
    JSON.stringify(rows),
  ]);
}
