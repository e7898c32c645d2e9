import type { Ticket } from '@helpdesk/client';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Link } from 'wouter';
import { watchTicket } from '../api/tickets';
import { useMembership } from '../session/Session';
import { ConflictDialog } from '../ticket/ConflictDialog';
import { Conversation } from '../ticket/Conversation';
import { useMarkTicketRead, useRefreshTickets, useTicket } from '../ticket/useTicket';
import { useTicketChanges } from '../ticket/useTicketChanges';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { Icon } from '../ui/Icon';
import { SkeletonRows } from '../ui/Loading';
import { TimeAgo } from '../ui/TimeAgo';
import { useToast } from '../ui/Toast';
import { useShortcuts } from '../ui/useShortcuts';
import { EditForm } from './EditForm';
import { ReplyBox, type ReplyBoxHandle } from './ReplyBox';
import { SuggestedArticles } from './SuggestedArticles';
import { TicketFields } from './TicketFields';
import { useNewestInView } from './useNewestInView';

export function TicketPane({ number, backTo }: { number: number; backTo: string }) {
  const { client, me } = useMembership();
  const { tellError } = useToast();
  const refresh = useRefreshTickets();
  const details = useTicket(number);
  const ticket = details.data?.ticket;
  const { save, settle, conflict, isSaving } = useTicketChanges();
  /** The ticket as it was when the person began to edit it. */
  const [edited, setEdited] = useState<Ticket | null>(null);
  const edit = (read: Ticket) => setEdited((begun) => begun ?? read);
  const reply = useRef<ReplyBoxHandle>(null);
  useMarkTicketRead(ticket?.id);
  const body = useNewestInView(details.data?.comments.length);

  const watch = useMutation({
    mutationFn: (ticket: Ticket) => watchTicket(client, ticket.id, !ticket.isWatching),
    onSuccess: refresh,
    onError: tellError,
  });

  useShortcuts({
    r: () => reply.current?.write('public'),
    c: () => reply.current?.write('internal'),
    a: () => ticket && !isSaving && save(ticket, { assignedTo: me }),
    e: () => ticket && edit(ticket),
  });

  const back = (
    <Link href={backTo} className="back" aria-label="Back to the list">
      <Icon name="back" />
    </Link>
  );
  if (details.isLoadingError) return <ErrorNote error={details.error} />;
  if (details.isPending) return <SkeletonRows count={4} />;
  if (!details.data || !ticket) {
    return (
      <Empty title="There is no such ticket">
        <p>{back}</p>
      </Empty>
    );
  }

  return (
    <article className="ticket">
      <header className="ticket-head">
        <div className="row">
          {back}
          <span className="muted">
            #{ticket.number} · {ticket.createdBy.name} · <TimeAgo at={ticket.createdAt} />
          </span>
          <span className="end row">
            <button
              type="button"
              className="small"
              aria-pressed={ticket.isWatching}
              onClick={() => watch.mutate(ticket)}
              disabled={watch.isPending}
            >
              <Icon name="eye" /> {ticket.isWatching ? 'Watching' : 'Watch'}
            </button>
            <button type="button" className="small" onClick={() => edit(ticket)}>
              <Icon name="pencil" /> Edit
            </button>
          </span>
        </div>
        {edited ? (
          <EditForm
            ticket={edited}
            onCancel={() => setEdited(null)}
            onSave={(changes) => save(edited, changes, () => setEdited(null))}
            isSaving={isSaving}
          />
        ) : (
          <h2>{ticket.title}</h2>
        )}
        <TicketFields ticket={ticket} onChange={(changes) => save(ticket, changes)} isSaving={isSaving} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it. */}
      <section className="ticket-body" ref={body} tabIndex={0} aria-label="Messages and articles">
        <Conversation details={details.data} withHistory />
        <SuggestedArticles ticket={ticket} />
      </section>
      <ReplyBox key={ticket.id} ref={reply} ticket={ticket} />
      {conflict && <ConflictDialog conflict={conflict} onSettle={settle} />}
    </article>
  );
}
