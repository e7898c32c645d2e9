// A chart for the eyes, and the same numbers as a table for everybody else.

import { BarChart, type BarChartOptions, LineChart, type LineChartOptions, type ResponsiveOptions } from 'chartist';
import { type Ref, useEffect, useRef } from 'react';
import 'chartist/dist/index.css';
import './dashboard.css';

interface ChartProps {
  title: string;
  labels: string[];
  series: { name: string; values: number[] }[];
}

interface LinesProps extends ChartProps {
  options: LineChartOptions;
  onPhones: LineChartOptions;
}

export function Lines(props: LinesProps) {
  const { labels, series, options, onPhones } = props;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const data = { labels, series: series.map(({ values }) => values) };
    const responsive: ResponsiveOptions<LineChartOptions> = [['(max-width: 700px)', onPhones]];
    const chart = new LineChart(box.current, data, options, responsive);
    return () => void chart.detach();
  }, [labels, series, options, onPhones]);
  return <Figure {...props} box={box} />;
}

export function Bars(props: ChartProps & { options: BarChartOptions }) {
  const { labels, series, options } = props;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const chart = new BarChart(box.current, { labels, series: series.map(({ values }) => values) }, options);
    return () => void chart.detach();
  }, [labels, series, options]);
  return <Figure {...props} box={box} />;
}

function Figure({ title, labels, series, box }: ChartProps & { box: Ref<HTMLDivElement> }) {
  return (
    <figure className="chart">
      {series.length > 1 && (
        <ul className="plain legend" aria-hidden="true">
          {series.map(({ name }, index) => (
            <li key={name} className={`series-${index}`}>
              {name}
            </li>
          ))}
        </ul>
      )}
      <div ref={box} className="plot" aria-hidden="true" />
      <div className="hidden">
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <td />
              {series.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {labels.map((label, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: labels may be equal.
              <tr key={row}>
                <th scope="row">{label}</th>
                {series.map(({ name, values }) => (
                  <td key={name}>{values[row]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
