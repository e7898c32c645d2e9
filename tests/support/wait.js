// Waiting for a condition, never for a time.

const PAUSE_MS = 10;

/** Asks again and again until the answer is truthy, and returns it. Fails with `what` after `seconds`. */
export async function waitUntil(what, ask, seconds = 20) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain until ${what}`);
    await new Promise((next) => setTimeout(next, PAUSE_MS));
  }
}
