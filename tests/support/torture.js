// How long the tests of operations go on, and what they have counted. `make torture` makes them run
// for hours and adds their counts up.

/** Seconds for each test file. */
export const SECONDS = Number(process.env.TORTURE_SECONDS ?? 5);

export const SEED = Number(process.env.TORTURE_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Prints what a test has counted. scripts/torture reads these lines. */
export function report(what, { rounds, workload, problems }) {
  const count = (pattern) => problems.filter((problem) => pattern.test(problem)).length;
  const lost = count(/^lost/);
  const leaked = workload.leaks.length;
  console.log(
    `torture: ${what}: ${rounds} rounds, ${workload.total} acknowledged, ${lost} lost, ${leaked} leaked, ${problems.length - lost - leaked} otherwise wrong`,
  );
}
