// Statements that may well be refused: what comes of them, what they would have changed, and nothing stays.

import { UUID } from './two_tenants.js';

/** Who somebody is to the database, as { role, claims }: a person, or { role, claims } itself; nothing: not signed in. */
export function roleAndClaimsOf(who = { role: 'anon', claims: { role: 'anon' } }) {
  return who.login ? { role: 'authenticated', claims: { role: 'authenticated', sub: who.login } } : { claims: {}, ...who };
}

/**
 * Lets somebody try things in a transaction of a superuser's session, and undoes it. `work` is given `attempt(text, values)`,
 * which returns { rows } or { error }; `attemptAndUndo(text, values)`, the same, undone at once; and `asSuperuser(work)`, which lets the
 * superuser see what the attempts have done.
 */
export async function inRolledBackTransaction(session, who, work) {
  await session.query('begin');
  try {
    await session.query('set local session authorization authenticator');
    await switchCaller(session, who);
    return await work({
      attempt: (text, values) => attempt(session, text, values),
      attemptAndUndo: (text, values) => attempt(session, text, values, 'rollback to attempt'),
      asSuperuser: (work) => inSavepointAsSuperuser(session, work),
    });
  } finally {
    await session.query('rollback');
  }
}

/** What comes of one statement of somebody's, undone. */
export const outcomeOf = (session, who, text, values) => inRolledBackTransaction(session, who, ({ attempt }) => attempt(text, values));

/** As PostgREST does it, for the transaction. */
export async function switchCaller(session, who) {
  const { role, claims } = roleAndClaimsOf(who);
  await session.query(`select pg_catalog.set_config('role', $1, true), pg_catalog.set_config('request.jwt.claims', $2, true)`, [
    role,
    typeof claims === 'string' ? claims : JSON.stringify(claims),
  ]);
}

/**
 * A statement within a transaction that goes on, whatever comes of it: { rows, rowCount } or { error }. When it succeeds,
 * `afterwards` is done with savepoint "attempt".
 */
export async function attempt(session, text, values, afterwards = 'release attempt') {
  await session.query('savepoint attempt');
  try {
    const { rows, rowCount } = await session.query(text, values);
    if (afterwards) await session.query(afterwards);
    return { rows, rowCount };
  } catch (error) {
    await session.query('rollback to attempt');
    return { error: clientVisibleFields(error) };
  }
}

async function inSavepointAsSuperuser(session, work) {
  await session.query('savepoint as_superuser; reset role; reset session authorization');
  try {
    return await work(session);
  } finally {
    await session.query('rollback to as_superuser'); // The role too.
  }
}

/** Every part of an error that a client gets to see, apart from where in our source it was raised. */
function clientVisibleFields({ severity, code, message, detail, hint, position, where, schema, table, column, dataType, constraint }) {
  return { severity, code, message, detail, hint, position, where, schema, table, column, dataType, constraint };
}

/** An outcome as text, without what is different every time: ids, moments and codes. */
export function withoutVolatileParts(outcome) {
  return JSON.stringify(outcome)
    .replace(UUID, '<id>')
    .replace(/\b[0-9a-f]{32}\b/g, '<code>')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:\d\d)?)?/g, '<moment>');
}

/** One word for an outcome: the SQLSTATE, or "ok". */
export const sqlstateOf = ({ error }) => error?.code ?? 'ok';

/** Where two objects differ: [[key, value here, value there], ..]; shorter to read than the objects. */
export function differingEntries(here, there) {
  const keys = new Set([...Object.keys(here), ...Object.keys(there)]);
  return [...keys]
    .filter((key) => JSON.stringify(here[key]) !== JSON.stringify(there[key]))
    .map((key) => [key, here[key], there[key]]);
}
