// People who open tickets, comment and change them, each in a session of their own.

const RETRY_AFTER_MS = 100;

/** Starts so many people. Returns what was acknowledged, the errors by their SQLSTATE,
 * and ways to wait and to stop. */
export function load(db, { acme, globex, alice, ben, gina, mallory }, people) {
  const cast = [
    [alice, acme],
    [ben, acme],
    [mallory, globex],
    [gina, globex],
  ];
  const acknowledged = [];
  const errors = {};
  const done = Array(people).fill(0);
  let isRunning = true;

  async function work(i) {
    const [person, org] = cast[i % cast.length];
    let session;
    while (isRunning) {
      try {
        session ??= await db.signIn(person);
        const { rows } = await session.query(`select helpdesk.create_ticket($1, 'Under load') as id`, [org]);
        acknowledged.push({ id: rows[0].id, org });
        await session.query('select helpdesk.add_comment($1, $2)', [rows[0].id, 'A comment']);
        await session.query('select helpdesk.list_org_tickets($1)', [org]);
        done[i] += 1;
      } catch (error) {
        errors[error.code ?? error.message] = (errors[error.code ?? error.message] ?? 0) + 1;
        await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
      }
    }
  }

  const workers = done.map((_, i) => work(i));
  return {
    async untilEach(count) {
      const goal = done.map((before) => before + count);
      while (!done.every((now, i) => now >= goal[i])) await new Promise((resolve) => setTimeout(resolve, 50));
    },
    /** Until somebody has met an error that they had not met before. */
    async untilErrors() {
      const count = () => Object.values(errors).reduce((sum, each) => sum + each, 0);
      const before = count();
      while (count() === before) await new Promise((resolve) => setTimeout(resolve, 50));
    },
    async stop() {
      isRunning = false;
      await Promise.all(workers);
    },
    acknowledged,
    errors,
  };
}
