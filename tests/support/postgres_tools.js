// pg_dump, pg_restore and psql from the installation in PGBIN, and snapshots to compare databases
// with.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAX_OUTPUT = 64 * 1024 * 1024;

/** Runs a tool, which must succeed and write nothing to stderr. Returns its output. */
export async function tool(name, ...args) {
  const { stdout, stderr } = await run(join(process.env.PGBIN, name), args, { maxBuffer: MAX_OUTPUT });
  if (stderr) throw new Error(`${name} ${args.join(' ')} wrote to stderr:\n${stderr}`);
  return stdout;
}

/** Runs a file in psql, which stops at the first error. */
export function psql(db, file, ...args) {
  return tool('psql', '-X', '-q', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1', '-d', db.name, '-f', file, ...args);
}

/**
 * Calls `work` with the name of a new file in a temporary directory, which is removed afterwards.
 */
export async function withTemporaryFile(work) {
  const directory = await mkdtemp(join(tmpdir(), 'helpdesk-test-'));
  try {
    return await work(join(directory, 'dump'));
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** A plain dump that psql of any minor release accepts. */
export async function dumpOf(db, ...args) {
  // \restrict has a random key, and older psql do not know it.
  return (await tool('pg_dump', ...args, db.name)).replace(/^\\(un)?restrict .*\n/gm, '');
}

/** The schema of a database as SQL text. */
export function shapeOf(db, ...args) {
  return dumpOf(db, '--schema-only', ...args);
}

const CATALOG = await readFile(new URL('../upgrade/catalog.sql', import.meta.url), 'utf8');

/** What the catalog of a database has of helpdesk, one fact per line. */
export async function catalogOf(db) {
  const session = await db.connect();
  try {
    const results = await session.query(CATALOG);
    return results.at(-1).rows.map((row) => Object.values(row)[0]);
  } finally {
    await db.disconnect(session);
  }
}

/** Every row of every user table as text, sorted: { 'helpdesk.tickets': [..], .. }. */
export async function rowsOf(db) {
  const tables = await db.sql(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  const contents = {};
  for (const { name } of tables) {
    contents[name] = (await db.sql(`select t::text as line from ${name} t order by 1`)).map(({ line }) => line);
  }
  return contents;
}

/** All privileges: { 'table helpdesk.tickets': ['authenticated=rd/helpdesk_owner', ..], .. }. */
export async function privilegesIn(db, ...schemas) {
  const rows = await db.sql(
    `with mine as (select oid, nspname, nspowner, nspacl from pg_namespace where nspname = any ($1)),
     objects as (
       select 'schema ' || nspname as name, coalesce(nspacl, acldefault('n', nspowner)) as acl from mine
       union all
       select 'table ' || c.oid::regclass, coalesce(relacl, acldefault('r', relowner))
         from pg_class c join mine on mine.oid = relnamespace where relkind in ('r', 'v', 'm', 'p')
       union all
       select 'column ' || attrelid::regclass || '.' || attname, attacl
         from pg_attribute join pg_class c on c.oid = attrelid join mine on mine.oid = c.relnamespace
        where attacl is not null and attnum > 0
       union all
       select 'function ' || p.oid::regprocedure, coalesce(proacl, acldefault('f', proowner))
         from pg_proc p join mine on mine.oid = pronamespace
       union all
       select 'type ' || t.oid::regtype, coalesce(typacl, acldefault('T', typowner))
         from pg_type t join mine on mine.oid = typnamespace where typtype = 'e')
     select name, array(select item::text from unnest(acl) item order by 1) as acl from objects order by name`,
    [schemas],
  );
  return Object.fromEntries(rows.map(({ name, acl }) => [name, acl]));
}

/** The system catalogs of the extension's member objects. */
export async function memberKinds(db) {
  const rows = await db.sql(
    `select distinct d.classid::regclass::text as kind
       from pg_depend d join pg_extension e on e.oid = d.refobjid and d.refclassid = 'pg_extension'::regclass
      where e.extname = 'helpdesk' and d.deptype = 'e' order by 1`,
  );
  return rows.map(({ kind }) => kind);
}
