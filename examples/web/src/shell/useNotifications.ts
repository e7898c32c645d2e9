import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { countUnread, listNotifications } from '../api/notifications';
import { useMembership } from '../session/Session';
import { usePollInterval, useReadAgain } from './LiveUpdates';

/** Cheap, so it is what is polled: when it changes, everything on the page is read again. */
export function useUnreadCount(): number {
  const { client, org } = useMembership();
  const readAgain = useReadAgain();
  const { data: unread } = useQuery({
    queryKey: ['unread', org.id],
    queryFn: () => countUnread(client, org.id),
    refetchInterval: usePollInterval(),
  });
  useEffect(() => {
    if (unread !== undefined) readAgain();
  }, [unread, readAgain]);
  return unread ?? 0;
}

export function useNotifications() {
  const { client, org } = useMembership();
  return useQuery({ queryKey: ['notifications', org.id], queryFn: () => listNotifications(client, org.id) });
}
