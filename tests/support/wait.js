// Waiting for a condition instead of sleeping.

const PAUSE_MS = 10;

/** Polls `ask` until its answer is truthy and returns it. Fails with `what` after `seconds`. */
export async function waitUntil(what, ask, seconds = 20) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`timed out after ${seconds} s waiting until ${what}`);
    await new Promise((next) => setTimeout(next, PAUSE_MS));
  }
}
