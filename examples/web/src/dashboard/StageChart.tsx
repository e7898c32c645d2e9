import type { RowOf } from '@helpdesk/client';
import type { BarChartOptions } from 'chartist';
import { useMemo } from 'react';
import { Bars } from './Chart';

const OPTIONS: BarChartOptions = {
  horizontalBars: true,
  stackBars: true,
  low: 0,
  chartPadding: { top: 0, right: 20, bottom: 0, left: 10 },
  axisX: { onlyInteger: true, showGrid: false },
  axisY: { offset: 140, showGrid: false },
};

/** The chart begins at the bottom, so the stages are turned around. */
export function StageChart({ stages }: { stages: RowOf<'workflow_stage_stats'>[] }) {
  const rows = useMemo(() => stages.toReversed(), [stages]);
  const labels = useMemo(() => rows.map(({ stage_name }) => stage_name), [rows]);
  const series = useMemo(
    () => [
      { name: 'Low and medium', values: rows.map((stage) => (stage.ticket_count ?? 0) - (stage.high_priority_count ?? 0)) },
      { name: 'High and urgent', values: rows.map((stage) => stage.high_priority_count ?? 0) },
    ],
    [rows],
  );
  return <Bars title="Tickets in each stage" labels={labels} series={series} options={OPTIONS} />;
}
