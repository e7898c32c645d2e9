// Many sessions at the same thing at the same time.

/** The SQLSTATE of a statement that fails, or "ok". */
export const settledSqlstate = (statement) =>
  statement.then(
    () => 'ok',
    ({ code }) => code,
  );

/** One statement by `count` sessions that begin together; session i belongs to whoever `whose(i)` is. Returns their codes. */
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
