import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { countUnread, listNotifications } from '../api/notifications';
import { useMembership } from '../session/Session';
import { usePolling, useReadAgain } from './LiveUpdates';

/** The number of unread notifications: cheap, so it is what is polled. */
export function useUnread() {
  const { client, org } = useMembership();
  return useQuery({
    queryKey: ['unread', org.id],
    queryFn: () => countUnread(client, org.id),
    refetchInterval: usePolling(),
  });
}

/** When the number changes, everything on the page is read again. */
export function useUnreadCount(): number {
  const { data: unread } = useUnread();
  const readAgain = useReadAgain();
  const last = useRef(unread);
  useEffect(() => {
    if (last.current !== undefined && last.current !== unread) readAgain();
    last.current = unread;
  }, [unread, readAgain]);
  return unread ?? 0;
}

export function useNotifications() {
  const { client, org } = useMembership();
  return useQuery({ queryKey: ['notifications', org.id], queryFn: () => listNotifications(client, org.id) });
}
