import type { Ticket } from '@helpdesk/client';
import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { Link } from 'wouter';
import { addAttachment, addComment, resolveTicket } from '../api/tickets';
import { useMembership } from '../session/Session';
import { StageBadge } from '../ticket/badges';
import { Conversation } from '../ticket/Conversation';
import { FilePicker } from '../ticket/FilePicker';
import { useDraft } from '../ticket/useDraft';
import { useFiles } from '../ticket/useFiles';
import { useMarkTicketRead, useRefreshTickets, useTicket } from '../ticket/useTicket';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { Icon } from '../ui/Icon';
import { SkeletonRows } from '../ui/Loading';
import { useToast } from '../ui/Toast';

export function PortalTicket({ number }: { number: number }) {
  const details = useTicket(number);
  const ticket = details.data?.ticket;
  useMarkTicketRead(ticket?.id);

  return (
    <main className="narrow page">
      <Link href="/portal" className="back-link">
        <Icon name="back" /> My tickets
      </Link>
      {details.isLoadingError && <ErrorNote error={details.error} />}
      {details.isPending && <SkeletonRows count={4} />}
      {details.data === null && (
        <Empty title="There is no such ticket" heading="h1">
          <p className="muted">It may belong to somebody else.</p>
        </Empty>
      )}
      {details.data && ticket && (
        <>
          <div className="portal-head">
            <h1>{ticket.title}</h1>
            <p className="row">
              <StageBadge status={ticket.status} name={ticket.currentStage.name} />
              <span className="muted">
                #{ticket.number} ·{' '}
                {ticket.assignedTo ? `${ticket.assignedTo.name} takes care of it` : 'We will look into it soon'}
              </span>
            </p>
          </div>
          <Conversation details={details.data} />
          <Answer key={ticket.id} ticket={ticket} />
        </>
      )}
    </main>
  );
}

/** Writes an answer, or says that the ticket is solved, with or without a last word. */
function Answer({ ticket }: { ticket: Ticket }) {
  const { client } = useMembership();
  const { tell } = useToast();
  const refresh = useRefreshTickets();
  const { draft, change, sent, failed } = useDraft(`answer ${ticket.id}`, { content: '' });
  const { content, key } = draft;
  const files = useFiles();
  const isSolved = ticket.status === 'resolved' || ticket.status === 'closed';

  function clear() {
    sent();
    files.clear();
  }
  const answer = useMutation({
    mutationFn: async () => addComment(client, ticket.id, { content, files: await files.upload(ticket.id), key }),
    onSuccess: clear,
    onError: failed,
    onSettled: refresh,
  });
  const resolve = useMutation({
    mutationFn: async () => {
      for (const file of await files.upload(ticket.id)) await addAttachment(client, ticket.id, file);
      return resolveTicket(client, ticket.id, content.trim() || null, key);
    },
    onSuccess: () => {
      clear();
      tell('Thank you! Write again whenever it comes back.');
    },
    onError: failed,
    onSettled: refresh,
  });

  const isSending = answer.isPending || resolve.isPending;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (content.trim() && !isSending) answer.mutate();
  }

  return (
    <form className="card stack" onSubmit={submit}>
      <label className="field">
        {isSolved ? 'Not solved after all?' : 'Your answer'}
        <textarea
          rows={3}
          value={content}
          maxLength={100_000}
          readOnly={isSending}
          onChange={(event) => change({ content: event.target.value })}
        />
      </label>
      {(answer.error ?? resolve.error) && <ErrorNote error={answer.error ?? resolve.error} />}
      <div className="actions">
        <FilePicker files={files} isSending={isSending} />
        {!isSolved && (
          <button type="button" onClick={() => resolve.mutate()} disabled={isSending}>
            <Icon name="check" /> Solved, thanks
          </button>
        )}
        <button type="submit" className="primary" disabled={isSending}>
          Send
        </button>
      </div>
    </form>
  );
}
