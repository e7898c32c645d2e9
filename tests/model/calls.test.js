// Writes through the functions.

import { Random } from '../support/random.js';
import { asCaller, attemptCalls } from './batch.js';
import { writingCalls } from './calls.js';
import { inEveryWorld } from './worlds.js';

inEveryWorld(
  'writes through the functions have the outcome that the model predicts',
  async ({ world, db, callers, disagreements }) => {
    for (const [i, me] of callers.entries()) {
      const calls = writingCalls(me, new Random(world.seed * 1000 + i));
      const answers = await asCaller(db, me, (session) =>
        attemptCalls(
          session,
          calls.map(({ statement }) => statement),
        ),
      );
      for (const [n, { statement, expected, result }] of calls.entries()) {
        const { outcome, result: returned, error } = answers[n];
        if (outcome !== expected) {
          disagreements.push(`${me}: ${statement}\n  must be ${expected}, is ${outcome}${error ? `: ${error}` : ''}`);
        } else if (outcome === 'done' && result && !result(returned)) {
          disagreements.push(`${me}: ${statement}\n  returns ${returned}`);
        }
      }
    }
  },
);
