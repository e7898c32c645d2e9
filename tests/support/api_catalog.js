// The functions and tables of the API, read from the catalog so that new ones are tested
// automatically.

import { randomUUID } from 'node:crypto';

/**
 * The functions that a role may call: [{ name, args: [{ name, type, label }] }]. `label` is a label
 * of the enum, if the type is one.
 */
export function functionsFor(db, role = 'authenticated') {
  return db.sql(
    `select p.proname as name,
            array(select json_build_object('name', p.proargnames[i], 'type', p.proargtypes[i - 1]::regtype::text,
                                           'label', (select min(e.enumlabel) from pg_enum e where e.enumtypid = p.proargtypes[i - 1]))
                    from generate_series(1, p.pronargs) i order by i) as args
       from pg_proc p
      where p.pronamespace = 'helpdesk'::regnamespace and p.prorettype <> 'trigger'::regtype
        and has_function_privilege($1, p.oid, 'execute')
      order by p.proname collate "C"`,
    [role],
  );
}

/** The SECURITY DEFINER functions: ['accept_org_invite', ..]. */
export async function definerFunctions(db) {
  const rows = await db.sql(
    `select distinct proname as name from pg_proc where pronamespace = 'helpdesk'::regnamespace and prosecdef order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** The trigger functions: ['helpdesk.org_members_keep_admin()', ..]. */
export async function triggerFunctions(db) {
  const rows = await db.sql(
    `select p.oid::regprocedure::text as signature from pg_proc p
      where p.pronamespace = 'helpdesk'::regnamespace and p.prorettype = 'trigger'::regtype order by 1`,
  );
  return rows.map(({ signature }) => signature);
}

/**
 * Arguments, by name, with which staff of an organization could call a function. An argument that
 * is not listed here gets some value of its type.
 */
export function sensibleArguments(fn, { org, customer, agent, ids }) {
  const known = {
    p_org_id: org,
    p_ticket_id: ids.ticket,
    p_ticket_ids: [ids.ticket],
    p_workflow_id: ids.workflow,
    p_requester_id: customer.profile,
    p_user_id: agent.profile,
    p_profile_id: agent.profile,
    p_invite_id: ids.invite,
    p_ids: [ids.notification],
    p_article_id: ids.article,
    p_query: 'acmesecret or globexsecret or print',
    p_limit: 100,
    p_version: 1,
    p_from: today(),
    p_to: today(),
    p_org_role: 'org_customer',
    p_role: undefined,
    p_changes: { title: 'Plain' },
    p_attachments: [],
    p_number: undefined,
    p_filters: {},
    p_expected_version: undefined,
    p_email: `plain-${randomUUID()}@example.com`,
    p_expires_in: '1 day',
    p_file_size: 1,
    p_storage_path: 'folder/plain.txt',
    p_idempotency_key: randomUUID(),
  };
  return Object.fromEntries(
    fn.args.map(({ name, type, label }) => [name, name in known ? known[name] : anyOfType(type, label, ids)]),
  );
}

const today = () => new Date().toISOString().slice(0, 10);

function anyOfType(type, label, ids) {
  const values = { uuid: ids.ticket, 'uuid[]': [ids.ticket], text: 'Plain', jsonb: {}, boolean: false, interval: '1 day' };
  return label ?? values[type] ?? 1;
}

/**
 * The statement that calls a function with these arguments: [text, values]. Undefined ones are
 * omitted.
 */
export function callOf(fn, args, { isCast = true } = {}) {
  const given = fn.args.filter(({ name }) => args[name] !== undefined);
  const list = given.map(({ name, type }, i) => `${name} => $${i + 1}${isCast ? `::${type}` : ''}`).join(', ');
  const values = given.map(({ name, type }) => (type === 'jsonb' ? jsonOf(name, args[name]) : args[name]));
  return [`select helpdesk.${fn.name}(${list}) as result`, values];
}

/** JSON text of an argument. `p_attachments` is a list, so an object is put into one. */
function jsonOf(name, value) {
  if (value === null) return null;
  const json = typeof value === 'string' ? value : JSON.stringify(value);
  return name === 'p_attachments' && json.startsWith('{') ? `[${json}]` : json;
}

/** The keys that a jsonb argument may have, taken from the hint of the error for an unknown key. */
export async function keysOf(session, fn, argument, args) {
  try {
    await session.query(...callOf(fn, { ...args, [argument]: { 'no such key': 1 } }));
  } catch (error) {
    const keys = /(?:Allowed keys:|with the keys) (.*)\.$/.exec(error.hint)?.[1];
    if (keys) return keys.split(', ');
    throw error;
  }
  throw new Error(`${fn.name} accepts unknown keys in ${argument}`);
}

/** The views: ['agent_tickets', ..]. */
export async function viewNames(db) {
  const rows = await db.sql(
    `select relname as name from pg_class where relnamespace = 'helpdesk'::regnamespace and relkind in ('v', 'm') order by 1`,
  );
  return rows.map(({ name }) => name);
}

/**
 * Every table with a role's rights: [{ name, mayDelete, columns: [{ name, type, mayInsert,
 * mayUpdate }] }].
 */
export function tablesFor(db, role = 'authenticated') {
  return db.sql(
    `select c.relname as name, has_table_privilege($1, c.oid, 'delete') as "mayDelete",
            (select json_agg(json_build_object(
                      'name', a.attname, 'type', a.atttypid::regtype::text,
                      'mayInsert', has_column_privilege($1, c.oid, a.attnum, 'insert'),
                      'mayUpdate', has_column_privilege($1, c.oid, a.attnum, 'update')) order by a.attnum)
               from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
       from pg_class c where c.relnamespace = 'helpdesk'::regnamespace and c.relkind = 'r'
      order by c.relname collate "C"`,
    [role],
  );
}
