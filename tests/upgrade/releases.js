// Older releases: their frozen files, and how to install them on the library of today.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { postgresUnderTest, useOwnPostgres } from '../support/private_server.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = fileURLToPath(new URL('.', import.meta.url));
// Its files are hard links, so an existing one is replaced, not written to. The servers of a
// cluster have one of their own already.
const own = process.env.CITUS_HOSTS ? postgresUnderTest() : useOwnPostgres(basename(process.argv[1]));
const { extensions: EXTENSIONS, libraries: LIBRARIES } = own;

/** Call it when the server is stopped. */
export const removeOwnPostgres = own.remove;

/** The version of an invented next release. */
export const NEXT = '99.0.0';

/** The version of today's library. */
export const CURRENT = /^version = "(.*)"/m.exec(readFileSync(join(ROOT, 'Cargo.toml'), 'utf8'))[1];

/** The versions that are frozen here, oldest first. */
export const releases = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

export const readFrozen = (release, file) => readFileSync(join(FOLDER, release, file), 'utf8');
export const frozenPath = (release, file) => join(FOLDER, release, file);

/** The script that creates today's extension. */
export const currentScript = () => readFileSync(join(EXTENSIONS, `helpdesk--${CURRENT}.sql`), 'utf8');

/** The update script that is generated from a catalog, on a cluster of scripts/lib.sh. */
export function generateUpdate(cluster, catalogFile) {
  return execFileSync(join(ROOT, 'scripts/update-script'), [cluster, catalogFile], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The update script that ships with the sources; undefined if there is none. */
export function shippedUpdate(release) {
  try {
    return readFileSync(join(ROOT, `sql/helpdesk--${release}--${CURRENT}.sql`), 'utf8');
  } catch {
    return undefined;
  }
}

/** Today's script with a function more and one less. */
function nextScript() {
  const start = '-- sql/extension/retired.sql\n';
  const text = currentScript();
  if (!text.includes(start)) throw new Error('the script has no retired functions');
  return text
    .replace(
      start,
      `create function helpdesk.added_by_next_release() returns trigger
         language c set search_path = pg_catalog, pg_temp as 'MODULE_PATHNAME', 'refuse_write_to_view_wrapper';\n${start}`,
    )
    .concat('drop function helpdesk.verify_ticket_stats();');
}

/**
 * Installs the next release, whose library is built from today's sources with a step of its own
 * (next_release.sql). Its update script is generated on a cluster of scripts/lib.sh, from today's
 * catalog.
 */
export function installNextRelease(cluster, catalogFile) {
  const library = execFileSync(join(ROOT, 'scripts/build-next-release'), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
  installLibrary(library, NEXT);
  provideScript(NEXT, nextScript());
  provideScript(`${CURRENT}--${NEXT}`, generateUpdate(cluster, catalogFile));
}

/** Installs a script: 0.1.0, say, or 0.1.0--0.2.0. */
export function provideScript(name, text) {
  replaceFile(join(EXTENSIONS, `helpdesk--${name}.sql`), text);
}

/** Installs a library and makes its version the newest, as a package does. */
function installLibrary(file, version) {
  replaceFile(join(LIBRARIES, 'helpdesk.so'), readFileSync(file));
  const control = join(EXTENSIONS, 'helpdesk.control');
  replaceFile(control, readFileSync(control, 'utf8').replace(/default_version = '.*'/, `default_version = '${version}'`));
}

/** By a rename, so that sessions keep the library that they have loaded. */
function replaceFile(file, contents) {
  writeFileSync(`${file}.new`, contents);
  renameSync(`${file}.new`, file);
}

const CREATE_EXTENSION = 'CREATE EXTENSION IF NOT EXISTS helpdesk WITH SCHEMA helpdesk;';

/** A dump that creates this version of the extension instead of the newest one. */
export function atVersion(dump, version) {
  if (!dump.includes(CREATE_EXTENSION)) throw new Error('the dump does not create the extension');
  return dump.replace(CREATE_EXTENSION, `CREATE EXTENSION helpdesk WITH SCHEMA helpdesk VERSION '${version}';`);
}

/** The columns of all tables: { 'helpdesk.tickets': '"id", "org_id", ..', .. }. */
export async function columnsOf(db) {
  const rows = await db.sql(
    `select c.oid::regclass::text as name, string_agg(quote_ident(attname), ', ' order by attnum) as columns
       from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
      where c.relkind = 'r' and n.nspname in ('helpdesk', 'auth', 'public') and attnum > 0 and not attisdropped
        and c.relname <> 'schema_version' group by 1 order by 1`,
  );
  return Object.fromEntries(rows.map(({ name, columns }) => [name, columns]));
}

/** Every row of these columns as text, sorted. */
export async function rowsIn(db, columns) {
  const contents = {};
  for (const [table, list] of Object.entries(columns)) {
    contents[table] = (await db.sql(`select row(${list})::text as line from ${table} order by 1`)).map(({ line }) => line);
  }
  return contents;
}
