import type { TicketStatus } from '@helpdesk/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { listTickets } from '../api/tickets';
import { useMembership } from '../session/Session';
import { useNotifications } from '../shell/useNotifications';
import { StageBadge } from '../ticket/badges';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { SkeletonRows } from '../ui/Loading';
import { TimeAgo } from '../ui/TimeAgo';

const OPEN: TicketStatus[] = ['open', 'pending'];
const SOLVED: TicketStatus[] = ['resolved', 'closed'];

export function MyTickets() {
  const { client, org } = useMembership();
  const [status, setStatus] = useState(OPEN);
  const notifications = useNotifications();
  const pages = useInfiniteQuery({
    queryKey: ['tickets', org.id, 'portal', status],
    queryFn: ({ pageParam: cursor }) => listTickets(client, org.id, { createdBy: 'me', status, count: 'none', cursor }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ pagination }) => pagination.nextCursor,
  });
  const tickets = pages.data?.pages.flatMap((page) => page.tickets);
  const unread = new Set(notifications.data?.filter(({ read }) => !read).map((notification) => notification.ticket_id));

  return (
    <main className="narrow page">
      <div className="spread">
        <h1>My tickets</h1>
        <Link href="/portal/new" className="button primary">
          Ask for help
        </Link>
      </div>
      <div className="tabs" role="group" aria-label="Which tickets">
        <button type="button" aria-pressed={status === OPEN} onClick={() => setStatus(OPEN)}>
          Open
        </button>
        <button type="button" aria-pressed={status === SOLVED} onClick={() => setStatus(SOLVED)}>
          Solved
        </button>
      </div>
      {pages.isLoadingError && <ErrorNote error={pages.error} />}
      {pages.isPending && <SkeletonRows count={4} />}
      {tickets?.length === 0 && (
        <Empty title={status === OPEN ? 'You have no open tickets' : 'Nothing was solved yet'}>
          <p className="muted">
            Look into the <Link href={`/help/${org.id}`}>help center</Link>, or ask us.
          </p>
        </Empty>
      )}
      <ul className="plain portal-list">
        {tickets?.map((ticket) => (
          <li key={ticket.id}>
            <Link href={`/portal/${ticket.number}`} className="portal-row">
              <span className={unread.has(ticket.id) ? 'ticket-title unread' : 'ticket-title'}>
                {unread.has(ticket.id) && (
                  <span className="unread-dot">
                    <span className="hidden">Unread.</span>
                  </span>
                )}
                {ticket.title}
              </span>
              <StageBadge status={ticket.status} name={ticket.currentStage.name} />
              <span className="muted">
                #{ticket.number} · {ticket.waitingFor === 'customer' ? 'waits for your answer ·' : 'changed'}{' '}
                <TimeAgo at={ticket.updatedAt} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {pages.hasNextPage && (
        <button type="button" onClick={() => pages.fetchNextPage()} disabled={pages.isFetchingNextPage}>
          Load more
        </button>
      )}
    </main>
  );
}
