import type { ListedTicket } from '@helpdesk/client';
import type { Ref } from 'react';
import { Link } from 'wouter';
import { useNotifications } from '../shell/useNotifications';
import { PriorityBadge, StageBadge } from '../ticket/badges';
import { Avatar } from '../ui/Avatar';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { Icon } from '../ui/Icon';
import { SkeletonRows } from '../ui/Loading';
import { TimeAgo } from '../ui/TimeAgo';
import type { TicketPages } from './useTicketPages';

interface TicketListProps {
  ref: Ref<HTMLUListElement>;
  pages: TicketPages;
  open: number | null;
  addressOf(ticket: number): string;
  selected: Set<string>;
  onToggle(id: string): void;
  emptyTitle: string;
}

export function TicketList({ ref, pages, open, addressOf, selected, onToggle, emptyTitle }: TicketListProps) {
  const notifications = useNotifications();
  if (pages.isLoadingError)
    return (
      <ErrorNote
        error={pages.error}
        actions={
          <button type="button" onClick={() => pages.refetch()}>
            Try again
          </button>
        }
      />
    );
  if (pages.isPending) return <SkeletonRows count={8} />;

  const tickets = pages.data.pages.flatMap((page) => page.tickets);
  if (tickets.length === 0) return <Empty title={emptyTitle} />;
  const unread = new Set(notifications.data?.filter(({ read }) => !read).map((notification) => notification.ticket_id));
  const total = pages.data.pages[0]?.pagination.total;
  return (
    <div className="list-scroll">
      <ul className="plain ticket-list" ref={ref}>
        {tickets.map((ticket) => (
          <li key={ticket.id} className={ticket.number === open ? 'ticket-row current' : 'ticket-row'}>
            <input
              type="checkbox"
              aria-label={`Select #${ticket.number}`}
              checked={selected.has(ticket.id)}
              onChange={() => onToggle(ticket.id)}
            />
            <Link
              href={addressOf(ticket.number)}
              className="ticket-link"
              aria-current={ticket.number === open ? 'true' : undefined}
              data-id={ticket.id}
              data-number={ticket.number}
            >
              <TicketRow ticket={ticket} isUnread={unread.has(ticket.id)} />
            </Link>
          </li>
        ))}
      </ul>
      <div className="list-end">
        <span className="muted">
          {tickets.length} of {total ?? 'many'}
        </span>
        {pages.hasNextPage && (
          <button type="button" className="small" onClick={() => pages.fetchNextPage()} disabled={pages.isFetchingNextPage}>
            Load more
          </button>
        )}
      </div>
    </div>
  );
}

function TicketRow({ ticket, isUnread }: { ticket: ListedTicket; isUnread: boolean }) {
  return (
    <>
      <span className="ticket-row-head">
        {isUnread && (
          <span className="unread-dot">
            <span className="hidden">Unread.</span>
          </span>
        )}
        <span className="muted">
          #{ticket.number} · {ticket.createdBy.name}
        </span>
        <span className="muted end">
          <TimeAgo at={ticket.updatedAt} />
        </span>
      </span>
      <span className={isUnread ? 'ticket-title unread' : 'ticket-title'}>{ticket.title}</span>
      <span className="ticket-row-foot">
        <StageBadge status={ticket.status} name={ticket.currentStage.name} />
        {ticket.priority !== 'low' && <PriorityBadge priority={ticket.priority} />}
        {ticket.commentCount > 0 && (
          <span className="muted comments">
            <Icon name="chat" /> {ticket.commentCount}
            <span className="hidden"> comments</span>
          </span>
        )}
        {ticket.assignedTo && (
          <span className="end" title={`Assigned to ${ticket.assignedTo.name}`}>
            <Avatar name={ticket.assignedTo.name} />
            <span className="hidden">Assigned to {ticket.assignedTo.name}</span>
          </span>
        )}
      </span>
    </>
  );
}
