import { useSyncExternalStore } from 'react';

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' });
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

export function timeAgo(timestamp: string): string {
  const seconds = (new Date(timestamp).getTime() - Date.now()) / 1000;
  const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  return unit ? relative.format(Math.round(seconds / unit[1]), unit[0]) : 'now';
}

const MINUTE_MS = 60_000;
const currentMinute = () => Math.floor(Date.now() / MINUTE_MS);

function everyMinute(listener: () => void) {
  const timer = setInterval(listener, MINUTE_MS);
  return () => clearInterval(timer);
}

export function TimeAgo({ at }: { at: string }) {
  // “now” does not stay “now” on a page that nothing else changes.
  useSyncExternalStore(everyMinute, currentMinute);
  return (
    <time dateTime={at} title={absolute.format(new Date(at))}>
      {timeAgo(at)}
    </time>
  );
}

export function duration(seconds: number | null): string {
  if (seconds === null) return '–';
  const unit = UNITS.slice(3).find(([, length]) => seconds >= length);
  if (!unit) return `${Math.round(seconds)} s`;
  const amount = seconds / unit[1];
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${unit[0] === 'minute' ? 'min' : unit[0] === 'hour' ? 'h' : 'd'}`;
}
