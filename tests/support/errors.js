// Statements that must fail.

import assert from 'node:assert/strict';

/**
 * Expects a statement to fail with this SQLSTATE. Returns the error, so that its message can be
 * checked.
 */
export async function expectError(sqlstate, statement) {
  let outcome;
  try {
    outcome = await statement;
  } catch (error) {
    assert.equal(error.code, sqlstate, `SQLSTATE of "${error.message}"`);
    return error;
  }
  const result = String(JSON.stringify(outcome?.rows ?? outcome)).slice(0, 500);
  assert.fail(`expected SQLSTATE ${sqlstate}, but it succeeded with ${result}`);
}
