// Writes the plans of all operations of helpdesk, and checks them for unwanted nodes.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATIONS, sessionFor } from './operations.js';
import { plansOf, withValues } from './psql.js';

/** The tables that grow with the number of tickets. */
const LARGE = /\b(tickets|ticket_history|ticket_comments|ticket_attachments|notifications|search_documents)\b/;
/**
 * A page, one more row to detect a next page, and the same for both halves of a customer's tickets.
 */
const MOST_SORTED = 210;
/** Operations that must read more than a page, with the reason. */
const EXCUSED = {
  ticket_activity: 'sums the days of a month',
  refresh: 'folds what has changed',
  search_frequent: 'ranks a bounded window of matches',
  search_two_words: 'ranks a bounded window of matches',
  search_prefix: 'ranks a bounded window of matches',
  search_negation: 'puts the articles that match in order',
  search_only_negation: 'puts the articles that match in order',
  search_rare: 'compares the newest titles with a word that is nowhere',
  search_customer: 'looks through the tickets of the customer',
  get_ticket_details_500_comments: 'sorts the comments it shows',
};

const withoutTimes = (plan) =>
  plan.replaceAll(/^psql:.*?LOG: {2}/gm, 'LOG:  ').replaceAll(/duration: [\d.]+ ms +plan:/g, 'plan:');

/** Writes one file per operation. Returns the problems found. */
export function writePlans(directory, parameters) {
  mkdirSync(directory, { recursive: true });
  const problems = [];
  for (const operation of OPERATIONS) {
    const script = operation.helpdesk.replaceAll(/^\\set.*$/gm, '').trim();
    const plans = withoutTimes(plansOf(withValues(script, { ...parameters, n: 1, s: 2 }), sessionFor(operation, 'helpdesk')));
    writeFileSync(join(directory, `${operation.name}.txt`), plans);
    if (!(operation.name in EXCUSED)) problems.push(...problemsOf(plans).map((problem) => `${operation.name}: ${problem}`));
  }
  return problems;
}

function problemsOf(plans) {
  const lines = plans.split('\n');
  return lines.flatMap((line) => {
    const rows = Number(/actual rows=(\d+)/.exec(line)?.[1] ?? 0);
    if (/Seq Scan on/.test(line) && LARGE.test(line)) return [`reads a whole table: ${line.trim()}`];
    if (/->\s+(Incremental )?Sort\b/.test(line) && rows > MOST_SORTED) return [`sorts more than a page: ${line.trim()}`];
    return [];
  });
}
