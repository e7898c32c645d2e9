// Computes figures from times, and a table from the figures.

/** Median, 99th percentile and more of many calls. */
export function figures({ micros, wal, clients }) {
  const sorted = Float64Array.from(micros).sort();
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] / 1000;
  return {
    calls: sorted.length,
    median: at(0.5),
    p99: at(0.99),
    walPerCall: Math.round(wal / sorted.length),
    ...(clients > 1 && { perSecond: Math.round((clients * 1e6 * sorted.length) / sorted.reduce((all, one) => all + one, 0)) }),
  };
}

const number = (value) =>
  value === undefined ? '' : value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(3);
const ratio = (value) =>
  value === undefined ? '' : value >= 20 ? `${Math.round(value).toLocaleString('en')}x` : `${value.toFixed(2)}x`;

/** The baseline's time divided by ours, and ours divided by that of the hand-written SQL. */
export function ratios(sides) {
  const { helpdesk, baseline, handwritten } = sides;
  return {
    ...(baseline && { fasterThanBaseline: baseline.median / helpdesk.median }),
    ...(handwritten && { timesHandwritten: helpdesk.median / handwritten.median }),
  };
}

export function markdown({ rows, machine, settings, operations, http }) {
  const lines = [
    `${rows.toLocaleString('en')} tickets. ${Object.values(machine).join(', ')}. Settings: ${settings}.`,
    '',
    '| operation | helpdesk ms | p99 | plpgsql ms | p99 | faster | hand-written ms | p99 | times hand-written | WAL bytes: ours | plpgsql | by hand |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  ];
  for (const [name, { sides, ratios }] of Object.entries(operations)) {
    const { helpdesk, baseline, handwritten } = sides;
    const wal = (side) => (side?.walPerCall > 100 ? side.walPerCall.toLocaleString('en') : '');
    lines.push(
      `| ${[
        name,
        ...[number(helpdesk.median), number(helpdesk.p99)],
        ...[number(baseline?.median), number(baseline?.p99), ratio(ratios.fasterThanBaseline)],
        ...[number(handwritten?.median), number(handwritten?.p99), ratio(ratios.timesHandwritten)],
        ...[wal(helpdesk), wal(baseline), wal(handwritten)],
      ].join(' | ')} |`,
    );
  }
  if (http) {
    lines.push(
      '',
      '| whole requests through PostgREST | helpdesk a second | plpgsql a second | ratio |',
      '| --- | ---: | ---: | ---: |',
    );
    for (const [name, { helpdesk, baseline }] of Object.entries(http)) {
      lines.push(`| ${[name, number(helpdesk), number(baseline), ratio(baseline && helpdesk / baseline)].join(' | ')} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}
