// How the page learns of what others do. Where Supabase Realtime runs, it sends changes; elsewhere,
// and while it cannot be reached, the page asks every few seconds.

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { readConfig } from '../api/config';
import { isSessionOver } from '../api/errors';
import { useSession } from '../session/Session';

const POLL_MS = 3_000;
/** Realtime may lose a message, so the page asks now and then. */
const POLL_WHILE_LIVE_MS = 60_000;

/** The keys of everything that others may change. */
const SHARED = ['notifications', 'tickets', 'ticket', 'counts'];

const PollContext = createContext(POLL_MS);

/** For refetchInterval: how often to ask whether something has changed, until the session is over. */
export function usePolling(times = 1) {
  const interval = times * useContext(PollContext);
  return ({ state }: { state: { error: Error | null } }) => !isSessionOver(state.error) && interval;
}

/** Reads again what others may have changed. */
export function useReadAgain() {
  const queries = useQueryClient();
  return useCallback(() => {
    for (const key of SHARED) void queries.invalidateQueries({ queryKey: [key] });
  }, [queries]);
}

export function useConfig() {
  return useQuery({ queryKey: ['config'], queryFn: readConfig, staleTime: Number.POSITIVE_INFINITY });
}

export function LiveUpdates({ children }: { children: ReactNode }) {
  const { client, membership } = useSession();
  const { data: config } = useConfig();
  const queries = useQueryClient();
  const readAgain = useReadAgain();
  const [isLive, setIsLive] = useState(false);
  const supabase = config?.supabase;
  const me = membership?.me;
  const org = membership?.org.id;

  useEffect(() => {
    if (!supabase || !me || !org) return;
    let isOver = false;
    const onChange = () => {
      void queries.invalidateQueries({ queryKey: ['unread'] });
      readAgain();
    };
    const onLive = (isNow: boolean) => setIsLive(isNow && !isOver);
    const subscription = import('../api/realtime').then(({ subscribe }) =>
      subscribe(supabase, client, { me, org, onChange, onLive }),
    );
    subscription.catch(console.error);
    return () => {
      isOver = true;
      setIsLive(false);
      subscription.then(
        (stop) => stop(),
        () => {},
      );
    };
  }, [supabase, client, me, org, queries, readAgain]);

  return <PollContext value={isLive ? POLL_WHILE_LIVE_MS : POLL_MS}>{children}</PollContext>;
}
