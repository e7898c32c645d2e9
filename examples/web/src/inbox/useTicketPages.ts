import type { TicketFilters, TicketPage, TicketSort } from '@helpdesk/client';
import { type InfiniteData, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { listTickets } from '../api/tickets';
import { useMembership } from '../session/Session';
import { usePolling } from '../shell/LiveUpdates';
import { VIEWS, type ViewName } from './views';

const PER_PAGE = 20;

/**
 * The pages of a list that have been loaded so far. `nextCursor` of a page leads to the next one,
 * which costs the same however far into the list it is.
 */
export function useTicketPages(view: ViewName, search: string, sort: TicketSort | '') {
  const { client, org } = useMembership();
  // A search covers all tickets; its text narrows it down, as in `status:open`.
  const selected: TicketFilters = search ? { search } : VIEWS[view].filters;
  const filters: TicketFilters = sort ? { ...selected, sort } : selected;
  return useInfiniteQuery({
    queryKey: ['tickets', org.id, filters],
    queryFn: ({ pageParam: cursor }) =>
      listTickets(client, org.id, {
        ...filters,
        perPage: PER_PAGE,
        cursor,
        count: cursor ? 'none' : 'exact',
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ pagination }) => pagination.nextCursor,
    refetchInterval: usePolling(2),
    ...(search && { placeholderData: keepPreviousData<InfiniteData<TicketPage, string | null>> }),
  });
}

export type TicketPages = ReturnType<typeof useTicketPages>;
