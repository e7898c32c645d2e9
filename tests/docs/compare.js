// Compares what an example prints with what the document shows. Ids and timestamps differ from run
// to run: any id matches any id, any timestamp any timestamp, and `…` in a document anything.

import assert from 'node:assert/strict';

const VARIABLE = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>'],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)?/g, '<timestamp>'],
  [/\b\d{4}-\d\d-\d\d\b/g, '<date>'],
  [/\b\d+(\.\d+)? ms\b/g, '<duration>'],
  [/-{3,}/g, '---'],
  [/ {2,}/g, ' '],
];

const settled = (text) => VARIABLE.reduce((all, [pattern, name]) => all.replace(pattern, name), text);

const linesOf = (text) =>
  settled(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const patternOf = (text, flags) =>
  new RegExp(
    `^${text
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    flags,
  );

/** The document's lines are the last that were printed. A line `…` stands for any lines. */
export function assertPrinted(printed, shown) {
  const actual = linesOf(printed);
  const expected = linesOf(shown);
  const pattern = new RegExp(
    `(^|\n)${expected.map((line) => (line === '…' ? '(.*\n)*' : `${patternOf(line).source.slice(1, -1)}\n`)).join('')}$`,
  );
  if (!pattern.test(`${actual.join('\n')}\n`)) assert.equal(actual.join('\n'), expected.join('\n'));
}

/** The document's lines were printed, in this order, with anything in between. */
export function assertPrintedInOrder(printed, shown) {
  let rest = linesOf(printed);
  for (const line of linesOf(shown)) {
    if (line === '…') continue;
    const found = rest.findIndex((candidate) => patternOf(line).test(candidate));
    assert.ok(found >= 0, `not printed (in this order): ${line}\nwhat is left of the output:\n${rest.join('\n')}`);
    rest = rest.slice(found + 1);
  }
}

/**
 * What was printed, or its last line, is this JSON value. The string "…" in the document matches
 * any value, and as the last element of an array any further elements.
 */
export function assertSameJson(printed, shown) {
  const actual = parse(printed) ?? parse(printed.trimEnd().split('\n').at(-1));
  assert.notEqual(actual, undefined, `no JSON: ${printed}`);
  assert.deepEqual(masked(actual, JSON.parse(shown)), JSON.parse(settled(shown)));
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The actual value, with what the document leaves open replaced by what the document has there. */
function masked(actual, shown) {
  if (shown === '…') return '…';
  if (typeof actual === 'string') {
    if (typeof shown === 'string' && patternOf(settled(shown), 's').test(settled(actual))) return settled(shown);
    return settled(actual);
  }
  if (Array.isArray(actual) && Array.isArray(shown)) {
    if (shown.at(-1) === '…') {
      const known = shown.slice(0, -1);
      return [...actual.slice(0, known.length).map((value, i) => masked(value, known[i])), '…'];
    }
    return actual.map((value, i) => masked(value, shown[i]));
  }
  if (actual !== null && typeof actual === 'object') {
    return Object.fromEntries(Object.entries(actual).map(([key, value]) => [key, masked(value, shown?.[key])]));
  }
  return actual;
}
