// Writes the plans of operations of helpdesk, and checks them for unwanted nodes.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sessionFor } from './operations.js';
import { plansOf, withValues } from './psql.js';

/** The tables that grow with the number of tickets. */
const LARGE = /\b(tickets|ticket_history|ticket_comments|ticket_attachments|notifications|search_documents)\b/;
/**
 * A page, one more row to detect a next page, and the same for both halves of a customer's tickets.
 */
const MOST_SORTED = 210;
/** Operations that sort more rows, at most how many, and why. */
const SORTS = {
  ticket_activity: [1_000, 'sums the days of a month'],
  refresh: [Infinity, 'folds what has changed'],
  get_ticket_details_500_comments: [1_000, 'sorts the comments it shows'],
  // Windows of matches, candidates of blocks, articles that match and titles for typos are bounded.
  search: [20_000, 'ranks a bounded window of matches'],
  list_search: [20_000, 'takes the tickets that have a word from a bounded number of documents'],
  suggest: [20_000, 'ranks the articles that match'],
};
/** How many rows of the full-text index, or of a sample of it, one node may return. */
const MOST_DOCUMENTS = 25_000;

const withoutTimes = (plan) =>
  plan.replaceAll(/^psql:.*?LOG: {2}/gm, 'LOG:  ').replaceAll(/duration: [\d.]+ ms +plan:/g, 'plan:');

/** Writes one file per operation. Returns the problems found. */
export function writePlans(operations, directory, parameters) {
  mkdirSync(directory, { recursive: true });
  const problems = [];
  for (const operation of operations) {
    const script = operation.helpdesk.replaceAll(/^\\set.*$/gm, '').trim();
    const plans = withoutTimes(plansOf(withValues(script, { ...parameters, n: 1, s: 12 }), sessionFor(operation, 'helpdesk')));
    writeFileSync(join(directory, `${operation.name}.txt`), plans);
    problems.push(...problemsOf(plans, mostSorted(operation.name)).map((problem) => `${operation.name}: ${problem}`));
  }
  return problems;
}

/** Of an operation, or of the family that its name begins with. */
function mostSorted(name) {
  const family = Object.keys(SORTS).find((key) => name === key || name.startsWith(`${key}_`));
  return family ? SORTS[family][0] : MOST_SORTED;
}

/** How many rows a node has read in vain, of whose plan these are the lines after the first. */
function removedByFilter(lines) {
  const end = lines.findIndex((line) => /->|^LOG/.test(line));
  const removed = lines.slice(0, end < 0 ? undefined : end).map((line) => /Rows Removed by Filter: (\d+)/.exec(line)?.[1] ?? 0);
  return removed.reduce((sum, rows) => sum + Number(rows), 0);
}

function problemsOf(plans, mostSorted) {
  const lines = plans.split('\n');
  return lines.flatMap((line, n) => {
    const [, each, loops] = /actual rows=([\d.]+) loops=(\d+)/.exec(line) ?? [0, 0, 0];
    const rows = Number(each) * Number(loops);
    const isSmall = rows + removedByFilter(lines.slice(n + 1)) <= MOST_SORTED;
    if (/Seq Scan on/.test(line) && LARGE.test(line) && !isSmall) return [`reads a whole table: ${line.trim()}`];
    if (/->\s+(Incremental )?Sort\b/.test(line) && rows > mostSorted)
      return [`sorts more than ${mostSorted} rows: ${line.trim()}`];
    if (/search_documents/.test(line) && rows > MOST_DOCUMENTS) return [`reads too many documents: ${line.trim()}`];
    return [];
  });
}
