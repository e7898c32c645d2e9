// Queries that sqlsmith thinks up (https://github.com/anse1/sqlsmith; Debian's package of this name).

import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAX_OUTPUT = 1024 * 1024 * 1024;
/** sqlsmith knows all functions alike, and 20 of 2500 are ours. */
const WEIGHT_OF_OURS = 40;

/** Why there can be no queries; null when there can. */
export const reasonToSkipSqlsmith = () =>
  spawnSync('sqlsmith', ['--version']).status === 0 ? null : 'no sqlsmith here: apt-get install sqlsmith';

/**
 * What sqlsmith reads in place of the system catalogs, for each role. Left out: functions that the role may not call (it would try
 * mostly those), what a session does to the server or to itself, and the polymorphic types, of which it makes nothing that parses.
 */
export async function prepareSqlsmith(db, roles) {
  // Materialized, because sqlsmith uses all tables and views that it finds.
  for (const role of roles) {
    await db.sql(`
      create schema sqlsmith_${role};
      grant usage on schema sqlsmith_${role} to ${role};
      create materialized view sqlsmith_${role}.pg_proc as
        select (p.oid::int8 + copy * 10000000)::oid as oid, p.proname, p.pronamespace, p.prorettype, p.proargtypes, p.proretset, p.prokind
          from pg_catalog.pg_proc p,
               generate_series(1, case when p.pronamespace = 'helpdesk'::regnamespace then ${WEIGHT_OF_OURS} else 1 end) as copy
         where has_function_privilege('${role}', p.oid, 'execute')
           and (p.pronamespace in ('helpdesk'::regnamespace, 'auth'::regnamespace)
                or (p.pronamespace = 'pg_catalog'::regnamespace and p.provolatile <> 'v'
                    and not exists (select from unnest(p.proargtypes::oid[] || p.prorettype) as arg
                                      join pg_catalog.pg_type t on t.oid = arg
                                     where t.typtype = 'p' and t.typname not in ('anyelement', 'any'))))
         order by 1;
      create unique index on sqlsmith_${role}.pg_proc (oid);
      create materialized view sqlsmith_${role}.pg_type as
        select t.oid, t.typnamespace, t.typdelim, t.typrelid, t.typarray,
               case when t.typcategory = 'A' then t.typelem else 0 end as typelem,
               coalesce(stand_in, t.typname) as typname, case when stand_in is null then t.typtype else 'b' end as typtype
          from pg_catalog.pg_type t
          left join (values ('anyrange', 'int4range'::name), ('anymultirange', 'int4multirange'), ('anyenum', 'bool'))
                 as p (polymorphic, stand_in) on t.typname = polymorphic
         order by t.oid;
      grant select on all tables in schema sqlsmith_${role} to ${role};`);
  }
}

/** `count` statements for a role. The same seed and schema give the same statements. */
export async function generateStatements(db, { role, seed, count, catalog = false }) {
  const { PGHOST, PGPORT } = process.env;
  const options = `-c role=${role} -c search_path=sqlsmith_${role},pg_catalog`;
  const { stdout } = await run(
    'sqlsmith',
    [
      `--target=host=${PGHOST} port=${PGPORT} dbname=${db.name} user=authenticator options='${options}'`,
      '--dry-run', `--seed=${seed}`, `--max-queries=${count}`,
      ...(catalog ? [] : ['--exclude-catalog']),
    ],
    { maxBuffer: MAX_OUTPUT, timeout: 300_000 },
  );
  return stdout.split(/;\n/).filter((statement) => statement.trim() !== '');
}
