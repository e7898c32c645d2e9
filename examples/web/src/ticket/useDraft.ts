import { isHelpdeskError } from '@helpdesk/client';
import { useState } from 'react';
import { useMembership } from '../session/Session';

/**
 * What a person is writing in one place, with the idempotency key of the request that sends it. It
 * is kept in this tab of the browser, as the session is: it outlives other pages and a reload.
 */
export function useDraft<Text extends object>(place: string, empty: Text) {
  type Draft = Text & { key: string };
  const { me } = useMembership();
  const name = `helpdesk draft ${me} ${place}`;
  const read = (): Draft | null => JSON.parse(sessionStorage.getItem(name) ?? 'null');
  const begin = (): Draft => ({ ...empty, key: crypto.randomUUID() });
  const [draft, setDraft] = useState(() => read() ?? begin());

  function change(part: Partial<Draft>) {
    const next = { ...(read() ?? draft), ...part };
    setDraft(next);
    sessionStorage.setItem(name, JSON.stringify(next));
  }

  return {
    draft,
    change,
    sent() {
      setDraft(begin());
      sessionStorage.removeItem(name);
    },
    failed(error: Error) {
      if (isHelpdeskError(error, 'idempotency_key_used')) change({ key: crypto.randomUUID() } as Partial<Draft>);
    },
  };
}
