import type { Ticket, TicketDetails } from '@helpdesk/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { isConflict } from '../api/errors';
import { getTicket, updateTicket } from '../api/tickets';
import { useMembership } from '../session/Session';
import { useToast } from '../ui/Toast';
import { compareChanges, type Edits } from './mergeChanges';
import { useRefreshTickets } from './useTicket';

export interface Conflict {
  mine: Edits;
  /** The ticket as it is now. */
  fresh: Ticket;
  /** The fields that both have changed. */
  fields: (keyof Edits)[];
  /** Who changed it in the meantime. */
  by: string;
}

/**
 * Changes a ticket as it was read (`base`). If somebody else has changed other fields, both changes
 * are kept; if they have changed the same ones, the person decides.
 */
export function useTicketChanges() {
  const { client, org } = useMembership();
  const { tell, tellError } = useToast();
  const refresh = useRefreshTickets();
  const [conflict, setConflict] = useState<Conflict | null>(null);

  const save = useMutation({
    mutationFn: async ({ base, changes }: { base: Ticket; changes: Edits }) => {
      try {
        await updateTicket(client, base.id, changes, base.version);
      } catch (error) {
        if (!isConflict(error)) throw error;
        await merge(base, changes, error);
      }
    },
    onError: tellError,
    onSettled: refresh,
  });

  async function merge(base: Ticket, mine: Edits, error: unknown) {
    const details = await getTicket(client, org.id, base.number);
    if (!details) throw error;
    const fresh = details.ticket;
    const by = lastAuthor(details);
    const { both } = compareChanges(base, fresh, mine);
    if (both.length > 0) return setConflict({ mine, fresh, fields: both, by });
    await updateTicket(client, fresh.id, mine, fresh.version);
    tell(`${by} has changed this ticket in the meantime. Both changes are kept.`);
  }

  return {
    conflict,
    isSaving: save.isPending,
    /** `onSaved` is not called if the change failed, and may be tried again. */
    save: (base: Ticket, changes: Edits, onSaved = () => {}) => save.mutate({ base, changes }, { onSuccess: onSaved }),
    /** Writes what the person has chosen, over the ticket as it is now. */
    settle(changes: Edits | null) {
      if (conflict && changes) save.mutate({ base: conflict.fresh, changes });
      setConflict(null);
    },
  };
}

const lastAuthor = ({ history }: TicketDetails) => history[0]?.changedBy?.name ?? 'Somebody else';
