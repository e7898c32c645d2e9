// The plans of every operation of ours: written down, and looked at for what must not be in them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATIONS, sessionFor } from './operations.js';
import { plansOf, withValues } from './psql.js';

/** The tables that grow with the number of tickets. */
const LARGE = /\b(tickets|ticket_history|ticket_comments|ticket_attachments|notifications|search_documents)\b/;
/** A page, one more to see whether there is a next, and the same for both halves of what a customer sees. */
const MOST_SORTED = 210;
/** What has to read more than a page, and says so. */
const EXCUSED = {
  ticket_activity: 'sums the days of a month',
  refresh: 'folds what has changed',
  search_frequent: 'ranks a bounded window of matches',
  search_two_words: 'ranks a bounded window of matches',
  search_prefix: 'ranks a bounded window of matches',
  search_negation: 'puts the articles that match in order',
  search_only_negation: 'puts the articles that match in order',
  search_customer: 'looks through the tickets of the customer',
  get_ticket_details_500_comments: 'sorts the comments it shows',
};

const withoutTimes = (plan) =>
  plan
    .replaceAll(/^psql:.*?LOG: {2}/gm, 'LOG:  ')
    .replaceAll(/duration: [\d.]+ ms +plan:/g, 'plan:');

/** Each operation's plans in a file of its own. Returns what is wrong with them. */
export function writePlans(directory, given) {
  mkdirSync(directory, { recursive: true });
  const problems = [];
  for (const operation of OPERATIONS) {
    const script = operation.helpdesk.replaceAll(/^\\set.*$/gm, '').trim();
    const plans = withoutTimes(plansOf(withValues(script, { ...given, n: 1, s: 2 }), sessionFor(operation, 'helpdesk')));
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
