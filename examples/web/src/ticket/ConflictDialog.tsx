import type { Ticket } from '@helpdesk/client';
import { type FormEvent, useEffect, useRef } from 'react';
import { useMembership } from '../session/Session';
import { capitalize } from '../ui/names';
import { type Edits, editableFields } from './mergeChanges';
import type { Conflict } from './useTicketChanges';

const LABELS: Record<keyof Edits, string> = {
  title: 'Title',
  description: 'Description',
  priority: 'Priority',
  assignedTo: 'Assignee',
  stageId: 'Stage',
};

/** Shows both values of each field that two people have changed. The second one chooses. */
export function ConflictDialog({ conflict, onSettle }: { conflict: Conflict; onSettle(changes: Edits | null): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const show = useValueNames(conflict.fresh);
  const { fields, by, mine } = conflict;
  const theirs = editableFields(conflict.fresh);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const choice = new FormData(event.currentTarget);
    const kept = Object.entries(mine).filter(([field]) => choice.get(field) !== 'theirs');
    onSettle(kept.length > 0 ? Object.fromEntries(kept) : null);
  }

  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="conflict-title" onCancel={() => onSettle(null)}>
      <form onSubmit={submit} className="stack">
        <h2 id="conflict-title">{by} has changed this too</h2>
        <p className="muted">Choose what the ticket shall say. Nothing is lost: the history keeps both.</p>
        {fields.map((field) => (
          <fieldset key={field} className="choice">
            <legend>{LABELS[field]}</legend>
            <label>
              <input type="radio" name={field} value="theirs" defaultChecked />
              <span>
                <small>{by}</small>
                {show(field, theirs[field])}
              </span>
            </label>
            <label>
              <input type="radio" name={field} value="mine" />
              <span>
                <small>You</small>
                {show(field, mine[field])}
              </span>
            </label>
          </fieldset>
        ))}
        <div className="actions">
          <button type="button" onClick={() => onSettle(null)}>
            Discard my change
          </button>
          <button type="submit" className="primary">
            Save
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** Shows a value as people know it: the name for an id. */
function useValueNames(ticket: Ticket) {
  const { members } = useMembership();
  const stages = [ticket.currentStage, ...ticket.availableStages];
  return (field: keyof Edits, value: string | null | undefined): string => {
    if (field === 'assignedTo') return members.find(({ id }) => id === value)?.name ?? 'Nobody';
    if (field === 'stageId') return stages.find(({ id }) => id === value)?.name ?? 'Another stage';
    if (field === 'priority') return capitalize(value ?? '');
    return value || 'Empty';
  };
}
