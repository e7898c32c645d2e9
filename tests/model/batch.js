// Statements that a caller attempts, with their outcomes. They are sent to the server in batches,
// and each is undone there in a subtransaction.

/** Small enough to stay far below the statement timeout. */
const AT_ONCE = 500;

/**
 * Checks deferred constraints at once. A statement is undone by raising our own error with its
 * result as message.
 */
export const ATTEMPT = `
  create function public.attempt(statement text, is_call boolean) returns json language plpgsql as $$
  declare
    affected bigint;
    result text;
  begin
    if is_call then
      execute statement into result;
      affected := 1;
    else
      execute statement;
      get diagnostics affected = row_count;
    end if;
    if affected > 0 then
      set constraints all immediate;
      raise exception using errcode = 'UNDO0', message = coalesce(result, 'null');
    end if;
    -- Nothing to undo: it is reported to have changed nothing, which the caller verifies.
    return json_build_object('outcome', 'denied');
  exception
    when sqlstate 'UNDO0' then
      return json_build_object('outcome', case affected when 1 then 'done' else affected || ' rows' end, 'result', sqlerrm);
    when sqlstate '42501' then
      return json_build_object('outcome', 'denied', 'error', sqlerrm);
    when others then
      return json_build_object('outcome', sqlstate, 'error', sqlerrm);
  end $$`;

/** Sessions by login role, shared by all callers as in a connection pool. */
const pools = new WeakMap();

function sessionOf(db, user) {
  if (!pools.has(db)) pools.set(db, new Map());
  const sessions = pools.get(db);
  if (!sessions.has(user)) sessions.set(user, db.connect(user));
  return sessions.get(user);
}

export async function endSessions(db) {
  pools.delete(db);
  await db.disconnectAll();
}

/**
 * Runs `work` in a transaction with a caller's role and claims, as PostgREST does, and commits it.
 */
export async function asCaller(db, caller, work) {
  const session = await sessionOf(db, caller.isSuperuser ? undefined : 'authenticator');
  try {
    await session.query('begin');
    if (!caller.isSuperuser) await session.query(`set local role ${caller.role}`);
    const claims = caller.login ? JSON.stringify({ sub: caller.login }) : '';
    await session.query(`select set_config('request.jwt.claims', $1, true)`, [claims]);
    const answer = await work(session);
    await session.query('commit');
    return answer;
  } catch (error) {
    await session.query('rollback');
    throw error;
  }
}

/**
 * The outcome of each write: `{ outcome, error }` with 'done' (one row), 'denied' (no row, or
 * 42501) or a SQLSTATE.
 */
export const attemptWrites = (session, statements) => attempt(session, statements, false);

/** The outcome of each function call: the same, with its `result` as text if it is done. */
export const attemptCalls = (session, statements) => attempt(session, statements, true);

async function attempt(session, statements, isCall) {
  const answers = [];
  for (let start = 0; start < statements.length; start += AT_ONCE) {
    const { rows } = await session.query(
      'select public.attempt(statement, $2) as answer from unnest($1::text[]) with ordinality s (statement, nth) order by nth',
      [statements.slice(start, start + AT_ONCE), isCall],
    );
    answers.push(...rows.map(({ answer }) => answer));
  }
  return answers;
}
