// Plots time against rows, one line per operation, from the results of all sizes.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SHOWN = [
  'list_first_page',
  'list_priority',
  'list_page_1000',
  'get_ticket_details',
  'create_ticket',
  'table_customer',
  'search_two_words',
  'dashboard',
];
const BASELINE_SHOWN = ['list_first_page', 'list_priority', 'get_ticket_details', 'create_ticket'];

/** The results of all sizes in a directory, smallest first. */
const allResults = (directory) =>
  readdirSync(directory)
    .filter((name) => /^\d+\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')))
    .sort((a, b) => a.rows - b.rows);

/** Draws growth.svg if gnuplot is installed. Returns whether it did. */
export function plotGrowth(directory) {
  const all = allResults(directory);
  const line = (name, side) =>
    all.flatMap(({ rows, operations }) => {
      const median = operations[name]?.sides[side]?.median;
      return median === undefined ? [] : [`${rows} ${median}`];
    });
  const lines = [
    ...SHOWN.map((name) => ({ title: name, data: line(name, 'helpdesk'), style: 'lw 2' })),
    ...BASELINE_SHOWN.map((name) => ({ title: `${name}, plpgsql`, data: line(name, 'baseline'), style: 'lw 1 dt 2' })),
  ].filter(({ data }) => data.length > 0);
  const script = [
    'set terminal svg size 900,560 font "sans,12" background "white"',
    `set output "${join(directory, 'growth.svg')}"`,
    'set logscale xy',
    'set xlabel "tickets"',
    'set ylabel "median, ms"',
    'set format x "%.0s%c"',
    'set grid',
    'set key outside right noenhanced',
    `plot ${lines.map(({ title, style }) => `"-" with linespoints ${style} title "${title}"`).join(', ')}`,
    ...lines.flatMap(({ data }) => [...data, 'e']),
  ];
  const done = spawnSync('gnuplot', [], { input: script.join('\n'), encoding: 'utf8' });
  if (done.error?.code === 'ENOENT') return false;
  if (done.status !== 0) throw new Error(`gnuplot: ${done.stderr}`);
  return true;
}

/**
 * Operations that grow faster than the depth of a B-tree, as Markdown; nothing for a single size.
 */
export function growth(directory) {
  const all = allResults(directory);
  if (all.length < 2) return '';
  const [first, last] = [all[0], all.at(-1)];
  const inATree = (rows) => Math.log(rows) / Math.log(first.rows);
  const rows = Object.keys(first.operations).map((name) => {
    const times = all.map(({ operations }) => operations[name]?.sides.helpdesk?.median);
    // The largest size may contain reads only.
    const measured = times.findLastIndex((time) => time !== undefined);
    const factor = times[measured] / times[0];
    return { name, times, factor, note: factor > inATree(all[measured].rows) ? 'faster than log n' : '' };
  });
  return [
    `Medians of ours in ms. A search in a tree of ${last.rows.toLocaleString('en')} rows takes ${inATree(last.rows).toFixed(2)} times that of ${first.rows.toLocaleString('en')}.`,
    '',
    `| operation | ${all.map(({ rows }) => rows.toLocaleString('en')).join(' | ')} | last / first | |`,
    `| --- |${' ---: |'.repeat(all.length + 1)} --- |`,
    ...rows.map(
      ({ name, times, factor, note }) =>
        `| ${name} | ${times.map((time) => time?.toFixed(3) ?? '').join(' | ')} | ${factor.toFixed(2)} | ${note} |`,
    ),
    '',
  ].join('\n');
}
