// Sessions that stop for a moment wherever they are, as on a machine that is short of processors.
// Races that a fast machine hardly ever shows then appear within seconds.

import { Random } from './random.js';

const LONGEST_MS = 90;
const AT_ONCE = 2;

/** Pauses random ones of these processes of a local server until `isOver()`. */
export async function pauseProcesses(pids, isOver, seed = 1) {
  const random = new Random(seed);
  while (!isOver()) {
    const paused = random.some(pids, AT_ONCE).filter((pid) => signal(pid, 'SIGSTOP'));
    try {
      await new Promise((next) => setTimeout(next, random.between(1, LONGEST_MS)));
    } finally {
      for (const pid of paused) signal(pid, 'SIGCONT');
    }
  }
}

/** Whether the process still exists. */
function signal(pid, name) {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
}
