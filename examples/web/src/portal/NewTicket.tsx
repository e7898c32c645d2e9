import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { addAttachment, createTicket, getTicketById } from '../api/tickets';
import { useMembership } from '../session/Session';
import { FilePicker } from '../ticket/FilePicker';
import { useFiles } from '../ticket/useFiles';
import { useRefreshTickets } from '../ticket/useTicket';
import { ErrorNote } from '../ui/ErrorNote';
import { Suggestions } from './Suggestions';

export function NewTicket() {
  const { client, org } = useMembership();
  const [, navigate] = useLocation();
  const refresh = useRefreshTickets();
  const [title, setTitle] = useState('');
  const [description, setDescription] = useState('');
  const files = useFiles();
  // Pressing the button twice, or again after a lost connection, opens one ticket.
  const [key] = useState(() => crypto.randomUUID());

  const create = useMutation({
    mutationFn: async () => {
      const id = await createTicket(client, org.id, title, description, key);
      for (const file of await files.upload(id)) await addAttachment(client, id, file);
      return getTicketById(client, id);
    },
    onSuccess: async (details) => {
      await refresh();
      navigate(details ? `/portal/${details.ticket.number}` : '/portal');
    },
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
            onChange={(event) => setTitle(event.target.value)}
          />
        </label>
        <label className="field">
          What happened?
          <textarea rows={8} value={description} maxLength={100_000} onChange={(event) => setDescription(event.target.value)} />
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
