import type { TicketActivity } from '@helpdesk/client';
import type { LineChartOptions } from 'chartist';
import { useMemo } from 'react';
import { Lines } from './Chart';

const OPTIONS: LineChartOptions = {
  low: 0,
  showArea: true,
  showPoint: false,
  fullWidth: true,
  lineSmooth: false,
  chartPadding: { top: 20, right: 30, bottom: 0, left: -10 },
  axisY: { onlyInteger: true },
};

export function ActivityChart({ days }: { days: TicketActivity['days'] }) {
  const labels = useMemo(() => days.map(({ day }) => shortDay(day)), [days]);
  const series = useMemo(
    () => [
      { name: 'Opened', values: days.map(({ created }) => created) },
      { name: 'Resolved', values: days.map(({ resolved }) => resolved) },
    ],
    [days],
  );
  const [options, onPhones] = useMemo((): [LineChartOptions, LineChartOptions] => {
    const withLabels = (atMost: number): LineChartOptions => {
      const step = Math.ceil(days.length / atMost);
      return { axisX: { showGrid: false, labelInterpolationFnc: (label, index) => (index % step === 0 ? label : null) } };
    };
    return [{ ...OPTIONS, ...withLabels(8) }, withLabels(4)];
  }, [days]);
  return (
    <Lines title="Tickets opened and resolved each day" labels={labels} series={series} options={options} onPhones={onPhones} />
  );
}

const shortDay = (day: string) =>
  new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(new Date(day));
