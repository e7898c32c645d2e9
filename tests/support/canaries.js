// Marks every row of an organization so that a leak of it is recognized anywhere: texts and JSON
// values get a marker word, numbers a prefix, timestamps the year 2077, and all ids are known.

const NUMBER = 770_077_000;
const YEAR = '2077';
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** For tables without org_id: the condition on the rows of organization $1. */
const ROWS_WITHOUT_ORG_ID = {
  organizations: 'id = $1',
  profiles: 'id in (select user_id from helpdesk.org_members where org_id = $1)',
  notification_preferences: 'user_id in (select user_id from helpdesk.org_members where org_id = $1)',
};

/** Tables whose rows belong to no organization. */
const OF_NO_ORGANIZATION = ['schema_version', 'installation_settings', 'admin_invite_codes'];

/**
 * Columns that a check constraint restricts to a few values, which reveal nothing about a tenant.
 */
const FIXED_VALUES = [
  'profiles.avatar_url',
  'org_members.org_role',
  'tickets.status',
  'ticket_history.status',
  'workflow_stages.status',
  'workflow_transitions.min_role',
  'articles.visibility',
  'articles.status',
  'search_documents.kind',
  'ticket_stat_deltas.metric',
  'organizations.closed_ticket_replies',
  'organizations.search_language',
  'organizations.sort_locale',
  'organizations.time_zone',
];

/** Stands for nobody in a key. */
const NIL = '00000000-0000-0000-0000-000000000000';

/** The tables of helpdesk as [name, condition on the rows of organization $1]. */
export async function tenantTables(db) {
  const tables = await db.sql(
    `select c.relname as name, bool_or(a.attname = 'org_id') as has_org_id
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p')
        and c.relname <> all ($1)
      group by c.relname order by c.relname`,
    [OF_NO_ORGANIZATION],
  );
  return tables.map(({ name, has_org_id }) => {
    const condition = has_org_id ? 'org_id = $1' : ROWS_WITHOUT_ORG_ID[name];
    if (!condition) throw new Error(`helpdesk.${name} has no org_id: add the condition on its rows to canaries.js`);
    return [name, condition];
  });
}

/**
 * Marks all rows of an organization with `word`; with `thoroughly` also their numbers and
 * timestamps. The organization must have a row in every table.
 */
export async function markOrganization(db, org, word, { thoroughly }) {
  const types = thoroughly ? '{text,jsonb,tsvector,timestamptz,int4,int8}' : '{text,jsonb,tsvector}';
  const marked = {
    // External ids are unique.
    text: (column) => `$2::text || '.' || coalesce(${column}, ${column === 'external_id' ? 'id::text' : "''"})`,
    jsonb: (column) => `coalesce(${column}, '{}') || jsonb_build_object($2::text, $2::text)`,
    tsvector: (column) => `${column} || to_tsvector('simple', $2::text)`,
    timestamptz: (column) => `$2::timestamptz + (${column} - now())`,
    int4: (column) => `$2::int4 + ${column}`,
    int8: (column) => `$2::int8 + ${column}`,
  };
  const values = { text: word, jsonb: word, tsvector: word, timestamptz: `${YEAR}-06-01`, int4: NUMBER, int8: NUMBER };
  for (const [table, condition] of await tenantTables(db)) {
    const columns = await db.sql(
      `select quote_ident(a.attname) as name, t.typname as type
         from pg_attribute a join pg_type t on t.oid = a.atttypid
        where a.attrelid = format('helpdesk.%I', $1::text)::regclass and a.attnum > 0 and not a.attisdropped
          and t.typname = any ($2)`,
      [table, types],
    );
    const rows = await db.sql(`select from helpdesk.${table} where ${condition}`, [org]);
    if (rows.length === 0) {
      throw new Error(`nothing in helpdesk.${table}, so no leak of it would be noticed: add a row in fuzz/fixture.js`);
    }
    // All timestamps of a row in one statement, so that their order is kept.
    for (const type of new Set(columns.map((column) => column.type))) {
      const settings = columns
        .filter((column) => column.type === type && !FIXED_VALUES.includes(`${table}.${column.name}`))
        .map((column) => `${column.name} = ${marked[type](column.name)}`);
      if (settings.length === 0) continue;
      await withoutTriggers(db, `update helpdesk.${table} set ${settings} where ${condition}`, [org, values[type]]);
    }
  }
}

/** All uuids in the rows of an organization, except those that others may know. */
export async function idsOf(db, org, except = []) {
  const ids = new Set();
  for (const [table, condition] of await tenantTables(db)) {
    const rows = await db.sql(`select t::text as row from helpdesk.${table} t where ${condition}`, [org]);
    for (const { row } of rows) for (const id of row.match(UUID) ?? []) ids.add(id);
  }
  for (const id of [...except, NIL]) ids.delete(id);
  return ids;
}

/** A function that returns the first marked value found in a text, or null. */
export function leakDetector({ words, ids, thoroughly }) {
  // bytea is printed in hexadecimal.
  const spellings = words.flatMap((word) => [word, Buffer.from(word).toString('hex')]);
  if (thoroughly) spellings.push(`\\b${YEAR}-\\d\\d-\\d\\d`, `\\b${String(NUMBER).slice(0, 6)}\\d{3}\\b`);
  const marks = new RegExp(spellings.join('|'), 'i');
  return (text) => {
    const mark = text.match(marks);
    if (mark) return mark[0];
    for (const id of text.toLowerCase().match(UUID) ?? []) if (ids.has(id)) return id;
    return null;
  };
}

/** Makes every write to a row of this organization fail with `word`, unless a superuser does it. */
export async function guardOrganization(db, org, word) {
  await db.sql(`
    create schema if not exists fuzz;
    grant usage on schema fuzz to public;
    create or replace function fuzz.refuse() returns trigger language plpgsql as $$
    begin
      raise exception '%: % of a row of another organization in %', reverse(tg_argv[0]), tg_op, tg_table_name using errcode = 'FUZZ1';
    end $$;`);
  // Reversed, because every role may read trigger definitions.
  const hidden = [...word].reverse().join('');
  for (const [table, condition] of await tenantTables(db)) {
    if (!condition.startsWith('org_id') && table !== 'organizations') continue;
    for (const [events, row] of [
      ['insert or update', 'new'],
      ['update or delete', 'old'],
    ]) {
      await db.sql(
        `create trigger zz_guard_${row} after ${events} on helpdesk.${table} for each row
           when (${row}.${condition.replace('$1', `'${org}'`)}) execute function fuzz.refuse('${hidden}')`,
      );
    }
  }
}

async function withoutTriggers(db, statement, values) {
  await db.sql(`set session_replication_role = replica`);
  try {
    await db.sql(statement, values);
  } catch (problem) {
    throw new Error(`${problem.message}, in: ${statement}`);
  } finally {
    await db.sql(`reset session_replication_role`);
  }
}
