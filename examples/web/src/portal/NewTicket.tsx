import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useLocation } from 'wouter';
import { addAttachment, createTicket, getTicketById } from '../api/tickets';
import { useMembership } from '../session/Session';
import { FilePicker } from '../ticket/FilePicker';
import { useDraft } from '../ticket/useDraft';
import { useFiles } from '../ticket/useFiles';
import { useRefreshTickets } from '../ticket/useTicket';
import { ErrorNote } from '../ui/ErrorNote';
import { Suggestions } from './Suggestions';

export function NewTicket() {
  const { client, org } = useMembership();
  const [, navigate] = useLocation();
  const refresh = useRefreshTickets();
  const { draft, change, sent, failed } = useDraft(`new ticket ${org.id}`, { title: '', description: '' });
  const { title, description, key } = draft;
  const files = useFiles();

  const create = useMutation({
    mutationFn: async () => {
      const id = await createTicket(client, org.id, title, description, key);
      for (const file of await files.upload(id)) await addAttachment(client, id, file);
      return getTicketById(client, id);
    },
    onSuccess: async (details) => {
      await refresh();
      sent();
      navigate(details ? `/portal/${details.ticket.number}` : '/portal');
    },
    onError: failed,
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!create.isPending) create.mutate();
  }

  return (
    <main className="page with-aside">
      <form className="card stack" onSubmit={submit}>
        <h1>How can we help?</h1>
        <label className="field">
          In one line
          <input
            value={title}
            required
            maxLength={500}
            placeholder="The printer on the second floor is on fire"
            onChange={(event) => change({ title: event.target.value })}
          />
        </label>
        <label className="field">
          What happened?
          <textarea
            rows={8}
            value={description}
            maxLength={100_000}
            onChange={(event) => change({ description: event.target.value })}
          />
        </label>
        {create.error && <ErrorNote error={create.error} />}
        <div className="actions">
          <FilePicker files={files} isSending={create.isPending} />
          <button type="submit" className="primary" disabled={create.isPending}>
            Send to {org.name}
          </button>
        </div>
      </form>
      <Suggestions text={`${title}\n${description}`} />
    </main>
  );
}
