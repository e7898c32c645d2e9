// One statement in many sessions at the same time.

/** Waits for a statement and returns its SQLSTATE, or 'ok'. */
export const settledSqlstate = (statement) =>
  statement.then(
    () => 'ok',
    ({ code }) => code,
  );

/**
 * Runs a statement in `count` sessions that start together, session i as `whose(i)`. Returns their
 * SQLSTATEs.
 */
export async function race(db, count, whose, text, values) {
  const gate = await db.connect();
  await gate.query('select pg_advisory_lock(2)');
  const clients = [];
  for (let i = 0; i < count; i++) clients.push(await db.signIn(whose(i)));
  const running = clients.map(async (client) => {
    await client.query('select pg_advisory_lock_shared(2)');
    return settledSqlstate(client.query(text, values));
  });
  await db.waitUntilBlocked(...clients);
  await gate.query('select pg_advisory_unlock(2)');
  const codes = await Promise.all(running);
  await Promise.all([gate, ...clients].map((client) => db.disconnect(client)));
  return codes;
}
