// Puts a generated world into a database of its own, in no time: the superuser writes the rows as they are, foreign keys checked
// but the triggers of helpdesk off, those aside that note what follows from the rows.

import { createHelpdeskDatabase } from '../support/database.js';
import { ATTEMPT } from './batch.js';
import { readTables } from './catalog.js';

/** An order in which foreign keys find what they refer to. */
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
  'tickets',
  'ticket_history',
  'ticket_idempotency_keys',
  'ticket_comments',
  'ticket_attachments',
  'ticket_internal_counts',
  'notifications',
  'notification_preferences',
  'ticket_watchers',
  'categories',
  'articles',
  'article_versions',
  'article_feedback',
  'ticket_articles',
];

/** What follows from the rows and is nobody's to write: helpdesk's own triggers note it. */
const NOTED = ['tickets_count', 'tickets_index_text', 'ticket_comments_index_text', 'articles_index_text'];

/** Those that are disabled stay so. */
const ENABLED_TRIGGERS = `
  select t.tgrelid::regclass::text as on, t.tgname as name
    from pg_trigger t
    join pg_class c on c.oid = t.tgrelid
   where (c.relnamespace = 'helpdesk'::regnamespace or c.oid = 'auth.users'::regclass)
     and not t.tgisinternal and t.tgenabled = 'O'
     and t.tgname <> all ($1)`;

/** Returns the database, with its tables as the catalog has them as `tables`. The world learns what the database filled in. */
export async function load(world) {
  const db = await createHelpdeskDatabase();
  db.tables = await readTables(db);
  const triggers = await db.sql(ENABLED_TRIGGERS, [NOTED]);
  const make = (state) => triggers.map(({ on, name }) => `alter table ${on} ${state} trigger ${name}`).join(';');
  await db.sql('begin');
  await db.sql(make('disable'));
  await insertRows(db, 'auth.users', world.logins);
  for (const table of ORDER.slice(0, ORDER.indexOf('tickets'))) await insertRows(db, `helpdesk.${table}`, world.rows[table]);
  // Some of what happened to tickets is folded into the counts already.
  await insertRows(db, 'helpdesk.tickets', world.rows.tickets.filter((_, i) => i % 2 === 0));
  await db.sql('select helpdesk.refresh_ticket_stats()');
  await insertRows(db, 'helpdesk.tickets', world.rows.tickets.filter((_, i) => i % 2 === 1));
  for (const table of ORDER.slice(ORDER.indexOf('tickets') + 1)) await insertRows(db, `helpdesk.${table}`, world.rows[table]);
  await db.sql('set constraints all immediate');
  await db.sql(make('enable'));
  await db.sql(ATTEMPT);
  await db.sql('commit');
  await readWorld(db, world);
  return db;
}

/** Makes the world what the database is now. */
export async function readWorld(db, world) {
  for (const table of db.tables.keys()) {
    // As JSON, so that every value is one that JavaScript compares and prints: times as text, numbers as numbers. In an order, so
    // that the same seed samples the same rows.
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
