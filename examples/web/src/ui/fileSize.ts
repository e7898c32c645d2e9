const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];

/** 348_000 as “348 kB”. */
export function fileSize(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const amount = bytes / 1000 ** power;
  const format = {
    style: 'unit',
    unit: UNITS[power],
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: amount < 10 ? 1 : 0,
  } as const;
  return new Intl.NumberFormat('en', format).format(amount);
}
