import type { TicketActivity } from '@helpdesk/client';
import type { LineChartOptions } from 'chartist';
import { useMemo } from 'react';
import { Lines } from './Chart';

const LABELS_AT_MOST = 8;

export function ActivityChart({ days }: { days: TicketActivity['days'] }) {
  const labels = useMemo(() => days.map(({ day }) => shortDay(day)), [days]);
  const series = useMemo(
    () => [
      { name: 'Opened', values: days.map(({ created }) => created) },
      { name: 'Resolved', values: days.map(({ resolved }) => resolved) },
    ],
    [days],
  );
  const options = useMemo((): LineChartOptions => {
    const step = Math.ceil(days.length / LABELS_AT_MOST);
    return {
      low: 0,
      showArea: true,
      showPoint: false,
      fullWidth: true,
      lineSmooth: false,
      chartPadding: { top: 20, right: 30, bottom: 0, left: -10 },
      axisX: { showGrid: false, labelInterpolationFnc: (label, index) => (index % step === 0 ? label : null) },
      axisY: { onlyInteger: true },
    };
  }, [days]);
  return <Lines title="Tickets opened and resolved each day" labels={labels} series={series} options={options} />;
}

const shortDay = (day: string) =>
  new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(new Date(day));
