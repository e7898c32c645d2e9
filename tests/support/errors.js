// Errors that are expected.

import assert from 'node:assert/strict';

/** The statement fails with this SQLSTATE. Returns the error, for a look at its message and hint. */
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
