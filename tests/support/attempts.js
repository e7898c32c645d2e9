// Statements that a caller attempts and that may be refused: their outcome and their effect, all
// rolled back.

import { UUID } from './two_tenants.js';

/**
 * The database role and JWT claims of a caller: a person, or { role, claims } itself. Without a
 * caller: a request that is not signed in.
 */
export function roleAndClaimsOf(caller = { role: 'anon', claims: { role: 'anon' } }) {
  return caller.login
    ? { role: 'authenticated', claims: { role: 'authenticated', sub: caller.login } }
    : { claims: {}, ...caller };
}

/**
 * Runs `work` as a caller in a transaction of a superuser's session, and rolls it back. `work`
 * receives
 *   attempt(text, values): runs a statement and returns { rows, rowCount } or { error };
 *   attemptAndUndo(text, values): the same, with the statement undone at once;
 *   asSuperuser(work): lets the superuser inspect what the attempts have done.
 */
export async function inRolledBackTransaction(session, caller, work) {
  await session.query('begin');
  try {
    await session.query('set local session authorization authenticator');
    await switchCaller(session, caller);
    return await work({
      attempt: (text, values) => attempt(session, text, values),
      attemptAndUndo: (text, values) => attempt(session, text, values, 'rollback to attempt'),
      asSuperuser: (work) => inSavepointAsSuperuser(session, work),
    });
  } finally {
    await session.query('rollback');
  }
}

/** The outcome of one statement of a caller, which is rolled back. */
export const outcomeOf = (session, caller, text, values) =>
  inRolledBackTransaction(session, caller, ({ attempt }) => attempt(text, values));

/** Sets role and claims for the transaction, as PostgREST does. */
export async function switchCaller(session, caller) {
  const { role, claims } = roleAndClaimsOf(caller);
  await session.query(`select pg_catalog.set_config('role', $1, true), pg_catalog.set_config('request.jwt.claims', $2, true)`, [
    role,
    typeof claims === 'string' ? claims : JSON.stringify(claims),
  ]);
}

/**
 * Runs a statement in a transaction that continues whatever the outcome: { rows, rowCount } or {
 * error }. If it succeeds, `afterwards` is run while the savepoint "attempt" exists.
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
    await session.query('rollback to as_superuser'); // Restores the role too.
  }
}

/** All fields of an error that a client receives, except the place in our source. */
function clientVisibleFields({
  severity,
  code,
  message,
  detail,
  hint,
  position,
  where,
  schema,
  table,
  column,
  dataType,
  constraint,
}) {
  return { severity, code, message, detail, hint, position, where, schema, table, column, dataType, constraint };
}

/** An outcome as text, with ids, timestamps and codes replaced, because they differ each time. */
export function withoutVolatileParts(outcome) {
  return JSON.stringify(outcome)
    .replace(UUID, '<id>')
    .replace(/\b[0-9a-f]{32}\b/g, '<code>')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:\d\d)?)?/g, '<timestamp>');
}

/** The SQLSTATE of an outcome, or 'ok'. */
export const sqlstateOf = ({ error }) => error?.code ?? 'ok';

/**
 * Where two objects differ: [[key, value here, value there], ..], which is shorter to read than
 * both objects.
 */
export function differingEntries(here, there) {
  const keys = new Set([...Object.keys(here), ...Object.keys(there)]);
  return [...keys]
    .filter((key) => JSON.stringify(here[key]) !== JSON.stringify(there[key]))
    .map((key) => [key, here[key], there[key]]);
}
