// A coordinator and workers, which scripts/test-citus starts.

import pg from 'pg';
import { inBash } from '../support/bash.js';
import { existingDatabase } from '../support/database.js';

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

/** A database with Citus on the coordinator, and its first workers. */
export async function createClusterDatabase(name, workers = 2) {
  for (const node of hosts.keys()) {
    await onNode(node, 'postgres', `drop database if exists ${name} with (force)`, `create database ${name}`);
    await onNode(node, name, 'create extension citus');
  }
  await onNode(0, name, `select citus_set_coordinator_host('${hosts[0]}', 5432)`);
  for (let worker = 1; worker <= workers; worker += 1) await addWorker(name, worker);
  return existingDatabase(name);
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
