// Attempts: statements that a caller tries, and what became of each. They go to the server many at once, and each is undone there, in a
// subtransaction.

/** Far fewer than take as long as a statement may. */
const AT_ONCE = 500;

/** What is checked at commit is checked at once. An undone statement is an error of our own, with the outcome as its message. */
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
    -- Not undone: it is said to have done nothing, and whoever asked looks whether that is so.
    return json_build_object('outcome', 'denied');
  exception
    when sqlstate 'UNDO0' then
      return json_build_object('outcome', case affected when 1 then 'done' else affected || ' rows' end, 'result', sqlerrm);
    when sqlstate '42501' then
      return json_build_object('outcome', 'denied', 'error', sqlerrm);
    when others then
      return json_build_object('outcome', sqlstate, 'error', sqlerrm);
  end $$`;

/** Sessions by login role: everybody takes turns in them, as in a connection pool. */
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
 * Runs `work` in a transaction of somebody as PostgREST would have it: their role, and the claims of their token. What it wrote is
 * committed.
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

/** What became of each write: `{ outcome, error }`, outcome being 'done' (one row), 'denied' (none, or 42501), or a SQLSTATE. */
export const attemptWrites = (session, statements) => attempt(session, statements, false);

/** What became of each call of a function: the same, with its `result` as text when it is done. */
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
