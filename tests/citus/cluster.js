// A coordinator and workers, which scripts/test-citus starts.

import { writeFile } from 'node:fs/promises';
import pg from 'pg';
import { inBash } from '../support/bash.js';
import { existingDatabase } from '../support/database.js';
import { dumpOf, psql, withTemporaryFile } from '../support/postgres_tools.js';

/** The socket directories: of the coordinator, then of the workers. Empty without Citus. */
export const hosts = (process.env.CITUS_HOSTS ?? '').split(',').filter(Boolean);

/** Why tests of clusters are skipped; false if they are not. */
export const skip = hosts.length === 0 && 'make test-citus starts the servers';

/** Runs statements on one server. */
export async function onNode(node, database, ...statements) {
  const client = new pg.Client({ host: hosts[node], database });
  await client.connect();
  try {
    let result;
    for (const statement of statements) result = await client.query(statement);
    return result.rows;
  } finally {
    await client.end();
  }
}

/**
 * A database with Citus on the coordinator, and its first workers. `fill` is called before the
 * coordinator has Citus.
 */
export async function createClusterDatabase(name, fill = () => {}, workers = 2) {
  const db = existingDatabase(name);
  for (const node of hosts.keys()) {
    await onNode(node, 'postgres', `drop database if exists ${name} with (force)`, `create database ${name}`);
    if (node === 0) await fill(db);
    await onNode(node, name, 'create extension citus');
  }
  await onNode(0, name, `select citus_set_coordinator_host('${hosts[0]}', 5432)`);
  for (let worker = 1; worker <= workers; worker += 1) await addWorker(name, worker);
  return db;
}

/** Copies the database of a single server to the coordinator, before distribute(). */
export async function restoreOn(cluster, single) {
  // Citus warns that views are not distributed yet.
  const dump = (await dumpOf(single)).replace('SET client_min_messages = warning', 'SET client_min_messages = error');
  await withTemporaryFile(async (file) => {
    await writeFile(file, dump);
    await psql(cluster, file);
  });
}

/** Statements that take longer than a test's others, by the administrator. */
export async function asDba(db, ...statements) {
  const session = await db.connect();
  try {
    await session.query('set statement_timeout = 0');
    for (const statement of statements) await session.query(statement);
  } finally {
    await db.disconnect(session);
  }
}

export const addWorker = (name, worker) => onNode(0, name, `select citus_add_node('${hosts[worker]}', 5432)`);

export const stopWorker = (worker) =>
  inBash(
    'cluster_dir "$1" >/dev/null; as_db_user "$PGBIN/pg_ctl" -m immediate -D "$(cluster_dir "$1")/data" stop',
    `citus${worker}`,
  );

/** With the settings that it was started with. */
export const startWorker = (worker) =>
  inBash('as_db_user "$PGBIN/pg_ctl" -w -D "$(cluster_dir "$1")/data" -l "$(cluster_dir "$1")/log" restart', `citus${worker}`);

/** The tables in which a text occurs: shards, copies, and what is not distributed. */
export async function occurrences(database, word) {
  const found = [];
  const nodes = await onNode(0, database, 'select nodename from pg_dist_node order by groupid');
  for (const node of nodes.map(({ nodename }) => hosts.indexOf(nodename))) {
    const tables = await onNode(
      node,
      database,
      'set citus.override_table_visibility = off',
      `select c.oid::regclass::text as name from pg_class c
        where c.relnamespace in ('helpdesk'::regnamespace, 'auth'::regnamespace) and c.relkind = 'r'
          and not exists (select from pg_dist_partition p where p.logicalrelid = c.oid)
        order by 1`,
    );
    for (const { name } of tables) {
      const where = `strpos(lower(t::text), lower('${word}')) > 0`;
      const [{ count }] = await onNode(node, database, `select count(*)::int from ${name} t where ${where}`);
      if (count > 0) found.push(`${name} on ${node}: ${count}`);
    }
  }
  return found;
}
