import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { markRead } from '../api/notifications';
import { getTicket } from '../api/tickets';
import { useMembership } from '../session/Session';
import { usePolling } from '../shell/LiveUpdates';
import { useNotifications } from '../shell/useNotifications';

/** A ticket with its conversation. Null: there is none. */
export function useTicket(number: number) {
  const { client, org } = useMembership();
  return useQuery({
    queryKey: ['ticket', org.id, number],
    queryFn: async () => (isTicketNumber(number) ? getTicket(client, org.id, number) : null),
    refetchInterval: usePolling(),
  });
}

/** The address may hold anything. */
const isTicketNumber = (number: number) => Number.isInteger(number) && number > 0 && number < 2 ** 31;

/** Everything that shows a ticket, or counts them, is read again. */
export function useRefreshTickets() {
  const queries = useQueryClient();
  return () =>
    Promise.all(['tickets', 'ticket', 'counts', 'dashboard'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
}

/** Whoever looks at a ticket has read its notifications. */
export function useMarkTicketRead(ticket: string | undefined) {
  const { client, org } = useMembership();
  const queries = useQueryClient();
  const { data: notifications } = useNotifications();
  useEffect(() => {
    const ids = notifications?.filter((n) => !n.read && ticket && n.ticket_id === ticket).map(({ id }) => id) ?? [];
    if (ids.length === 0) return;
    markRead(client, org.id, ids).then(() => {
      void queries.invalidateQueries({ queryKey: ['unread'] });
      void queries.invalidateQueries({ queryKey: ['notifications'] });
    }, console.error);
  }, [notifications, ticket, client, org.id, queries]);
}
