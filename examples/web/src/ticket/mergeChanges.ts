// Two people change a ticket at once. The second one's call fails with version_conflict; this finds
// out whether both changed the same fields.

import type { Ticket, TicketChanges } from '@helpdesk/client';
/** What people change here. The API changes the requester and the workflow too. */
export type Edits = Pick<TicketChanges, 'title' | 'description' | 'priority' | 'assignedTo' | 'stageId'>;

/** The values of the fields that people change, under the names of p_changes. */
export function editableFields(ticket: Ticket): Required<Edits> {
  return {
    title: ticket.title,
    description: ticket.description,
    priority: ticket.priority,
    assignedTo: ticket.assignedTo?.id ?? null,
    stageId: ticket.currentStage.id,
  };
}

/** The fields that others have changed since `base` was read, and those that `mine` changes too. */
export function compareChanges(base: Ticket, fresh: Ticket, mine: Edits) {
  const before = editableFields(base);
  const now = editableFields(fresh);
  const theirs = (Object.keys(now) as (keyof Edits)[]).filter((field) => now[field] !== before[field]);
  const both = theirs.filter((field) => field in mine && mine[field] !== now[field]);
  return { theirs, both };
}
