// The views of the inbox: what each lists, and how many tickets that are.

import type { TicketFilters } from '@helpdesk/client';
import { useQuery } from '@tanstack/react-query';
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

const FILTERS = Object.fromEntries(Object.entries(VIEWS).map(([name, { filters }]) => [name, filters]));

/** The counts of all views, in one call. */
export function useViewCounts() {
  const { client, org } = useMembership();
  const { data } = useQuery({
    queryKey: ['counts', org.id],
    queryFn: () => countTickets(client, org.id, FILTERS),
    refetchInterval: usePolling(2),
  });
  return data ?? {};
}
