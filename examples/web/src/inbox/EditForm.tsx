import type { Ticket } from '@helpdesk/client';
import { type FormEvent, useState } from 'react';
import type { Edits } from '../ticket/mergeChanges';

/** Title and description. Only what differs is sent. */
export function EditForm(props: { ticket: Ticket; onSave(changes: Edits): void; onCancel(): void; isSaving: boolean }) {
  const { ticket, onSave, onCancel, isSaving } = props;
  const [title, setTitle] = useState(ticket.title);
  const [description, setDescription] = useState(ticket.description ?? '');

  function submit(event: FormEvent) {
    event.preventDefault();
    const changes: Edits = {};
    if (title.trim() !== ticket.title) changes.title = title;
    if (description !== (ticket.description ?? '')) changes.description = description || null;
    if (Object.keys(changes).length > 0) onSave(changes);
    else onCancel();
  }

  return (
    <form className="stack edit-form" onSubmit={submit} onKeyDown={(event) => event.key === 'Escape' && onCancel()}>
      <label className="field">
        Title
        {/* biome-ignore lint/a11y/noAutofocus: the person has just asked to edit. */}
        <input autoFocus value={title} required maxLength={500} onChange={(event) => setTitle(event.target.value)} />
      </label>
      <label className="field">
        Description
        <textarea rows={4} value={description} maxLength={100_000} onChange={(event) => setDescription(event.target.value)} />
      </label>
      <div className="actions">
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="primary" disabled={isSaving}>
          Save
        </button>
      </div>
    </form>
  );
}
