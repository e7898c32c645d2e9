import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { listWorkflows } from '../api/organizations';
import { orgDashboard, stageStats, ticketActivity } from '../api/reporting';
import { useMembership } from '../session/Session';
import { ErrorNote } from '../ui/ErrorNote';
import { duration } from '../ui/TimeAgo';
import { ActivityChart } from './ActivityChart';
import { AgentTable } from './AgentTable';
import { StageChart } from './StageChart';

export default function DashboardPage() {
  const { client, org } = useMembership();
  const [days, setDays] = useState(30);
  const dashboard = useQuery({
    queryKey: ['dashboard', org.id],
    queryFn: async () => {
      const [counts, stats, workflows] = await Promise.all([
        orgDashboard(client, org.id),
        stageStats(client, org.id),
        listWorkflows(client, org.id),
      ]);
      // The view has no order of its own: stages are shown in that of their workflows.
      const order = workflows.flatMap((workflow) => workflow.workflow_stages.map(({ id }) => id));
      return { counts, stages: stats.sort((a, b) => order.indexOf(a.stage_id) - order.indexOf(b.stage_id)) };
    },
  });
  const activity = useQuery({
    queryKey: ['dashboard', 'activity', org.id, days],
    queryFn: () => ticketActivity(client, org.id, day(1 - days, org.time_zone), day(0, org.time_zone)),
    placeholderData: keepPreviousData,
  });

  const counts = dashboard.data?.counts;
  const total = activity.data?.total;
  return (
    <main className="page dashboard">
      <div className="spread">
        <h1>Dashboard</h1>
        <label className="row">
          <span className="muted">The last</span>
          <select value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {[7, 30, 90].map((choice) => (
              <option key={choice} value={choice}>
                {choice} days
              </option>
            ))}
          </select>
        </label>
      </div>
      {(dashboard.error ?? activity.error) && <ErrorNote error={dashboard.error ?? activity.error} />}
      <dl className="tiles">
        <Tile label="Open" value={counts?.open} href="/inbox/open" />
        <Tile label="Unassigned" value={counts?.unassigned} href="/inbox/unassigned" />
        <Tile label="Urgent" value={counts && (counts.byPriority.urgent ?? 0)} href="/inbox/urgent" />
        <Tile label="Median response" value={total && duration(total.firstResponse.medianSeconds)} />
        <Tile label="Median resolution" value={total && duration(total.resolution.medianSeconds)} />
        <Tile
          label="Oldest open"
          value={counts && (counts.oldestOpen ? duration(secondsSince(counts.oldestOpen.createdAt)) : '–')}
          {...(counts?.oldestOpen && { href: `/inbox/open/${counts.oldestOpen.number}` })}
        />
      </dl>
      <section className="card chart-card">
        <h2>Tickets a day</h2>
        {activity.data && <ActivityChart days={activity.data.days} />}
      </section>
      <div className="charts">
        <section className="card chart-card">
          <h2>By stage</h2>
          {dashboard.data && <StageChart stages={dashboard.data.stages} />}
        </section>
        <section className="card">
          <h2>By agent</h2>
          {activity.data && <AgentTable activity={activity.data} />}
        </section>
      </div>
    </main>
  );
}

const secondsSince = (timestamp: string) => (Date.now() - new Date(timestamp).getTime()) / 1000;

/** A day relative to today in a time zone, as 2026-01-31. */
function day(offset: number, timeZone: string): string {
  const date = new Date(Date.now() + offset * 86_400_000);
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(date);
}

function Tile(props: { label: string; value: string | number | undefined; href?: string }) {
  const { label, value, href } = props;
  return (
    <div className="card tile">
      <dt>{label}</dt>
      <dd>{href && value !== undefined ? <Link href={href}>{value}</Link> : value}</dd>
    </div>
  );
}
