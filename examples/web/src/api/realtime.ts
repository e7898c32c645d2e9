// Supabase Realtime, after enable_realtime(): it sends the rows that row security lets the caller
// read. Loaded only where there is one.

import { RealtimeClient } from '@supabase/realtime-js';
import type { Client } from './client';
import type { Supabase } from './config';

interface Subscriber {
  /** The caller's profile. */
  me: string;
  org: string;
  onChange(): void;
  /** Whether changes arrive: false until the server has agreed, and while it cannot be reached. */
  onLive(isLive: boolean): void;
}

/** Tells of changes until the function that it returns is called. */
export async function subscribe({ url, apiKey }: Supabase, { token }: Client, { me, org, onChange, onLive }: Subscriber) {
  const realtime = new RealtimeClient(`${url.replace(/^http/, 'ws')}/realtime/v1`, {
    params: { apikey: apiKey },
    accessToken: async () => token ?? null,
  });
  // Whoever joins without a token is nobody.
  await realtime.setAuth();
  const schema = 'helpdesk';
  realtime
    .channel('changes')
    .on('postgres_changes', { event: 'INSERT', schema, table: 'notifications', filter: `user_id=eq.${me}` }, onChange)
    .on('postgres_changes', { event: '*', schema, table: 'tickets', filter: `org_id=eq.${org}` }, onChange)
    .subscribe((status) => onLive(status === 'SUBSCRIBED'));
  return () => void realtime.disconnect();
}
