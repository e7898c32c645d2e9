// The JSON of the API as clients/json-schema.json describes it. Every answer that a test gets from
// PostgREST is compared with it: a key that is missing or unknown fails the test.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const FILE = new URL('../../clients/json-schema.json', import.meta.url);

export const schema = JSON.parse(readFileSync(FILE, 'utf8'));

const ajv = addFormats(new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }));
const validators = new Map();

/** How many results of each function were valid, in this process. */
export const validated = new Map();

/** The validator of a part of the schema, as `validate` of ajv. */
export function validatorOf(part) {
  const key = JSON.stringify(part);
  if (!validators.has(key)) validators.set(key, ajv.compile({ $defs: schema.$defs, ...part }));
  return validators.get(key);
}

/** Fails unless a value has the shape that a part of the schema describes. */
export function assertShape(name, part, value) {
  const validate = validatorOf(part);
  if (validate(value)) return;
  const problems = validate.errors.map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
  assert.fail(
    `clients/json-schema.json describes ${name} otherwise:\n${problems.join('\n')}\n${JSON.stringify(value).slice(0, 2000)}`,
  );
}

const mismatches = [];

/**
 * Compares an answer of PostgREST with what is described. The client would make an exception an
 * answer that a test may expect, so assertNoMismatches() fails later.
 */
export function compareAnswer(url, status, body) {
  const { pathname, searchParams } = new URL(url);
  if (status !== 200 || searchParams.has('select')) return;
  const name = pathname.replace(/^\/rpc\//, '');
  const result = pathname.startsWith('/rpc/') ? schema.functions[name]?.result : undefined;
  try {
    if (result !== undefined) {
      assertShape(`the result of ${name}()`, result, body);
      validated.set(name, (validated.get(name) ?? 0) + 1);
    } else if (Array.isArray(body)) {
      for (const row of body) compareRow(name, row);
    }
  } catch (problem) {
    mismatches.push(problem.message);
  }
}

function compareRow(table, row) {
  for (const [column, part] of Object.entries(schema.columns)) {
    const [of, key] = column.split('.');
    if (of === table && row[key] !== undefined) assertShape(column, partFor(column, row) ?? part, row[key]);
  }
}

/** Applications add keys of their own to custom notifications only. */
function partFor(column, { type }) {
  if (column !== 'notifications.content' || type === undefined) return undefined;
  return { $ref: `#/$defs/${type === 'custom' ? 'CustomContent' : 'EventContent'}` };
}

/** Fails if an answer was not as described. */
export function assertNoMismatches() {
  const found = [...new Set(mismatches.splice(0))];
  assert.deepEqual(found.slice(0, 5), [], `${found.length} answers were not as described`);
}
