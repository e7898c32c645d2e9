// All mutations: SQL statements that break one rule of a fresh installation, derived from its
// catalog.

import { weakened } from './expressions.js';

const ROLES = ['anon', 'authenticated', 'service_role'];
const TABLE_PRIVILEGES = ['select', 'insert', 'update', 'delete', 'truncate'];
const COLUMN_PRIVILEGES = ['select', 'insert', 'update'];
/** For each function, the one that returns more organizations. */
const NEXT_WIDER = { my_admin_org_ids: 'my_staff_org_ids', my_staff_org_ids: 'my_org_ids' };

/** All mutations of a database with the extension, as [{ kind, name, sql }]. */
export async function allMutations(db) {
  return [
    ...(await ofPolicies(db)),
    ...(await ofTables(db)),
    ...(await ofColumns(db)),
    ...(await ofFunctions(db)),
    ...(await ofTriggers(db)),
    ...ofSchema(),
  ];
}

const mutation = (kind, name, sql) => ({ kind, name, sql });

async function ofPolicies(db) {
  const policies = await db.sql(`
    select p.polrelid::regclass::text as table, quote_ident(p.polname) as policy,
           pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as "with check"
      from pg_policy p join pg_class c on c.oid = p.polrelid
     where c.relnamespace = 'helpdesk'::regnamespace order by 1, 2`);
  return policies.flatMap(({ table, policy, ...expressions }) => {
    const name = `${policy} on ${table}`;
    const mutations = [
      mutation('policy dropped', name, `drop policy ${name}`),
      mutation('policy for everybody', name, `alter policy ${name} to public`),
    ];
    for (const [clause, expression] of Object.entries(expressions)) {
      if (expression === null || expression === 'true') continue;
      mutations.push(mutation(`policy: ${clause} true`, name, `alter policy ${name} ${clause} (true)`));
      const wider = expression.replace(/my_(admin|staff)_org_ids/, (name) => NEXT_WIDER[name]);
      if (wider !== expression) {
        mutations.push(mutation(`policy: ${clause} of a lower role`, name, `alter policy ${name} ${clause} (${wider})`));
      }
      for (const { left_out, expression: weaker } of weakened(expression)) {
        if (weaker === 'true') continue;
        const change = `alter policy ${name} ${clause} (${weaker})`;
        mutations.push(mutation(`policy: ${clause} without a condition`, `${name}: ${left_out}`, change));
      }
    }
    return mutations;
  });
}

async function ofTables(db) {
  const tables = await db.sql(
    `
    select c.oid::regclass::text as table, c.relkind as kind, privilege, role, has_table_privilege(role, c.oid, privilege) as granted
      from pg_class c, unnest($1::text[]) as role, unnest($2::text[]) as privilege
     where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
     order by 1, role, privilege`,
    [ROLES, TABLE_PRIVILEGES],
  );
  const unprotected = [...new Map(tables.map(({ table, kind }) => [table, kind]))].map(([table, kind]) =>
    kind === 'v'
      ? mutation('view with the rights of its owner', table, `alter view ${table} set (security_invoker = off)`)
      : mutation('row security disabled', table, `alter table ${table} disable row level security`),
  );
  const options = tables
    .filter(({ privilege, role, granted }) => privilege === 'select' && role === 'authenticated' && granted)
    .map(({ table }) => {
      const grant = `grant select on ${table} to authenticated with grant option`;
      return mutation('table privilege with grant option', table, grant);
    });
  const grants = tables.map(({ table, role, privilege, granted }) =>
    granted
      ? mutation(
          'table privilege revoked',
          `${privilege} on ${table} from ${role}`,
          `revoke ${privilege} on ${table} from ${role}`,
        )
      : mutation('table privilege granted', `${privilege} on ${table} to ${role}`, `grant ${privilege} on ${table} to ${role}`),
  );
  return [...unprotected, ...options, ...grants];
}

async function ofColumns(db) {
  const columns = await db.sql(
    `
    select c.oid::regclass::text as table, quote_ident(a.attname) as column, role, privilege,
           has_column_privilege(role, c.oid, a.attnum, privilege) as granted
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped,
           unnest($1::text[]) as role, unnest($2::text[]) as privilege
     where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p')
       and not has_table_privilege(role, c.oid, privilege)
       -- Column rights matter for what authenticated writes and anon reads; otherwise the table is mutated.
       and (role = case privilege when 'select' then 'anon' else 'authenticated' end
            or has_column_privilege(role, c.oid, a.attnum, privilege))
     order by 1, a.attnum, role, privilege`,
    [ROLES, COLUMN_PRIVILEGES],
  );
  return columns.map(({ table, column, role, privilege, granted }) =>
    granted
      ? mutation(
          'column privilege revoked',
          `${privilege} (${column}) on ${table} from ${role}`,
          `revoke ${privilege} (${column}) on ${table} from ${role}`,
        )
      : mutation(
          'column privilege granted',
          `${privilege} (${column}) on ${table} to ${role}`,
          `grant ${privilege} (${column}) on ${table} to ${role}`,
        ),
  );
}

async function ofFunctions(db) {
  const functions = await db.sql(
    `
    select p.oid::regprocedure::text as function, p.prosecdef as definer, p.proconfig is not null as pinned,
           array(select role from unnest($1::text[]) role where has_function_privilege(role, p.oid, 'execute')) as callers
      from pg_proc p where p.pronamespace = 'helpdesk'::regnamespace order by 1`,
    [ROLES],
  );
  return functions.flatMap(({ function: name, definer, pinned, callers }) => [
    mutation('function granted', `${name} to public`, `grant execute on function ${name} to public`),
    ...ROLES.map((role) =>
      callers.includes(role)
        ? mutation('function revoked', `${name} from ${role}`, `revoke execute on function ${name} from ${role}`)
        : mutation('function granted', `${name} to ${role}`, `grant execute on function ${name} to ${role}`),
    ),
    definer
      ? mutation('function with the rights of its caller', name, `alter function ${name} security invoker`)
      : mutation('function with the rights of its owner', name, `alter function ${name} security definer`),
    ...(pinned ? [mutation('function with any search_path', name, `alter function ${name} reset search_path`)] : []),
  ]);
}

async function ofTriggers(db) {
  const triggers = await db.sql(`
    select t.tgrelid::regclass::text as table, quote_ident(t.tgname) as trigger
      from pg_trigger t join pg_proc p on p.oid = t.tgfoid
     where not t.tgisinternal and p.pronamespace = 'helpdesk'::regnamespace order by 1, 2`);
  return triggers.map(({ table, trigger }) =>
    mutation('trigger disabled', `${trigger} on ${table}`, `alter table ${table} disable trigger ${trigger}`),
  );
}

function ofSchema() {
  return ROLES.flatMap((role) => [
    mutation('schema privilege granted', `create to ${role}`, `grant create on schema helpdesk to ${role}`),
    mutation('schema privilege revoked', `usage from ${role}`, `revoke usage on schema helpdesk from ${role}`),
  ]);
}

/**
 * An even sample of `count` mutations: the same number of each kind if possible, spread over the
 * kind.
 */
export function sample(mutations, count) {
  const kinds = new Map();
  for (const one of mutations) kinds.set(one.kind, [...(kinds.get(one.kind) ?? []), one]);
  const quotas = new Map([...kinds.keys()].map((kind) => [kind, 0]));
  for (let left = Math.min(count, mutations.length); left > 0; ) {
    for (const [kind, ofKind] of kinds) {
      if (left === 0 || quotas.get(kind) === ofKind.length) continue;
      quotas.set(kind, quotas.get(kind) + 1);
      left--;
    }
  }
  return [...kinds].flatMap(([kind, ofKind]) =>
    Array.from({ length: quotas.get(kind) }, (_, i) => ofKind[Math.floor((i * ofKind.length) / quotas.get(kind))]),
  );
}
