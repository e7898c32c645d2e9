// The views of the inbox: what each lists, and where its count comes from.

import type { TicketFilters } from '@helpdesk/client';
import { useQuery } from '@tanstack/react-query';
import { orgDashboard } from '../api/reporting';
import { countTickets } from '../api/tickets';
import { useMembership } from '../session/Session';
import { usePolling } from '../shell/LiveUpdates';

const OPEN: TicketFilters = { status: ['open', 'pending'] };

export const VIEWS = {
  mine: { label: 'Mine', filters: { ...OPEN, assignedTo: 'me' } },
  unassigned: { label: 'Unassigned', filters: { ...OPEN, assignedTo: 'none', sort: 'queue' } },
  open: { label: 'All open', filters: OPEN },
  waiting: { label: 'Waiting for us', filters: { waitingFor: 'staff' } },
  urgent: { label: 'Urgent', filters: { ...OPEN, priority: ['urgent'] } },
  watching: { label: 'Watching', filters: { watching: true } },
  solved: { label: 'Solved', filters: { status: ['resolved', 'closed'] } },
} satisfies Record<string, { label: string; filters: TicketFilters }>;

export type ViewName = keyof typeof VIEWS;
export const isView = (name: string): name is ViewName => name in VIEWS;

/** Most counts are in the dashboard, which costs nothing; the others are totals of lists. */
export function useViewCounts() {
  const { client, org } = useMembership();
  const { data } = useQuery({
    queryKey: ['counts', org.id],
    queryFn: async (): Promise<Partial<Record<ViewName, number>>> => {
      const [dashboard, waiting, watching] = await Promise.all([
        orgDashboard(client, org.id),
        countTickets(client, org.id, VIEWS.waiting.filters),
        countTickets(client, org.id, VIEWS.watching.filters),
      ]);
      const { mine, unassigned, open, byPriority } = dashboard;
      return { mine, unassigned, open, urgent: byPriority.urgent ?? 0, waiting, watching };
    },
    refetchInterval: usePolling(2),
  });
  return data ?? {};
}
