// The contents of schema helpdesk, read from the catalog so that everything new is tested.

const RELATIONS = `
  select c.relname as name,
         array(select json_build_object('name', a.attname, 'type', a.atttypid::regtype::text)
                 from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                order by a.attnum) as columns,
         array(select a.attname::text
                 from pg_index i
                 join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
                where i.indrelid = c.oid and i.indisprimary
                order by a.attnum) as key
    from pg_class c
   where c.relnamespace = 'helpdesk'::regnamespace and c.relkind = any ($1)
   order by c.relname`;

const GRANTS = `
  with tables as (
    select c.oid, c.relname from pg_class c
     where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'v', 'm', 'p', 'f'))
  select format('%s %s.%s', verb, t.relname, a.attname) as granted
    from tables t
    join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
   cross join unnest('{select,insert,update,references}'::text[]) verb
   where has_column_privilege($1, t.oid, a.attnum, verb)
  union all
  select format('%s %s', verb, t.relname)
    from tables t
   cross join unnest('{delete,truncate,trigger}'::text[] || case when current_setting('server_version_num')::int >= 170000 then '{maintain}'::text[] end) verb
   where has_table_privilege($1, t.oid, verb)
  union all
  select format('call %s', p.proname)
    from pg_proc p
   where p.pronamespace = 'helpdesk'::regnamespace and has_function_privilege($1, p.oid, 'execute')`;

/** The tables: Map(name -> { name, columns: [{ name, type }], key: [column] }) */
export const readTables = (db) => readRelations(db, ['r', 'm', 'p', 'f']);
/** The views, likewise; they have no key. */
export const readViews = (db) => readRelations(db, ['v']);

async function readRelations(db, kinds) {
  const relations = await db.sql(RELATIONS, [kinds]);
  return new Map(relations.map((relation) => [relation.name, relation]));
}

/** The grants of a role, as 'insert tickets.title', 'delete tickets', 'call my_org_ids'. */
export async function readGrants(db, role) {
  const rows = await db.sql(GRANTS, [role]);
  return rows.map(({ granted }) => granted);
}

/** The primary key of a row as text. */
export const keyOf = (table, row) => table.key.map((column) => row[column]).join(' ');
