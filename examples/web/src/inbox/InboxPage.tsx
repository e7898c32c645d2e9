import type { TicketSort } from '@helpdesk/client';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { claimNextTicket } from '../api/tickets';
import { useMembership } from '../session/Session';
import { useRefreshTickets } from '../ticket/useTicket';
import { Empty } from '../ui/Empty';
import { useToast } from '../ui/Toast';
import { useShortcuts } from '../ui/useShortcuts';
import { BulkBar } from './BulkBar';
import { SearchBox } from './SearchBox';
import { ShortcutsDialog } from './ShortcutsDialog';
import { TicketList } from './TicketList';
import { TicketPane } from './TicketPane';
import { useTicketPages } from './useTicketPages';
import { ViewList } from './ViewList';
import { isView, VIEWS } from './views';

const ORDERS = {
  '': 'Sort',
  '-updatedAt': 'Last changed',
  '-createdAt': 'Newest',
  createdAt: 'Oldest',
  '-priority': 'Priority',
} satisfies Partial<Record<TicketSort | '', string>>;

/** A list of tickets, and beside it the one that is open. Its address names both. */
export function InboxPage({ viewName, number }: { viewName: string; number: number | null }) {
  const view = isView(viewName) ? viewName : 'open';
  const { client, org } = useMembership();
  const [, navigate] = useLocation();
  const query = new URLSearchParams(useSearch()).get('q') ?? '';
  const addressOf = (ticket: number | null) =>
    `/inbox/${view}${ticket ? `/${ticket}` : ''}${query ? `?q=${encodeURIComponent(query)}` : ''}`;

  const [sort, setSort] = useState<keyof typeof ORDERS>('');
  const pages = useTicketPages(view, query, sort);
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  // What has left the list is not changed unseen.
  const listed = pages.data?.pages.flatMap(({ tickets }) => tickets.map(({ id }) => id)) ?? [];
  const selected = new Set(listed.filter((id) => chosen.has(id)));
  const [helpIsOpen, setHelpIsOpen] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const { tell, tellError } = useToast();
  const refresh = useRefreshTickets();

  const claim = useMutation({
    mutationFn: () => claimNextTicket(client, org.id),
    onSuccess: async (ticket) => {
      await refresh();
      if (!ticket) return tell('Nobody is waiting: every open ticket is assigned.');
      tell(`#${ticket.number} is yours now.`);
      navigate(`/inbox/mine/${ticket.number}`);
    },
    onError: tellError,
  });

  /** Moves the focus in the list; an open ticket follows. */
  function step(distance: number) {
    const links = [...(list.current?.querySelectorAll<HTMLAnchorElement>('a.ticket-link') ?? [])];
    const from = links.findIndex((link) => link === document.activeElement || link.ariaCurrent === 'true');
    const next = links[from === -1 ? 0 : Math.min(Math.max(from + distance, 0), links.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
    if (number && next) navigate(addressOf(Number(next.dataset.number)), { replace: true });
  }

  function toggle(id: string) {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  }

  useShortcuts({
    j: () => step(1),
    k: () => step(-1),
    x: () => {
      const link = document.activeElement?.closest('li')?.querySelector<HTMLElement>('a.ticket-link');
      if (link?.dataset.id) toggle(link.dataset.id);
    },
    n: () => claim.mutate(),
    u: () => navigate(addressOf(null)),
    '/': () => search.current?.focus(),
    '?': () => setHelpIsOpen(true),
  });

  return (
    <main className={number ? 'inbox has-ticket' : 'inbox'}>
      <h1 className="hidden">Inbox of {org.name}</h1>
      <ViewList current={query ? null : view} />
      <section className="list-pane" aria-label="Tickets">
        <div className="list-tools">
          <SearchBox
            ref={search}
            query={query}
            onSearch={(text) => navigate(`/inbox/${view}${text ? `?q=${encodeURIComponent(text)}` : ''}`)}
          />
          <div className="spread">
            <h2>{query ? 'Results' : VIEWS[view].label}</h2>
            <span className="row">
              <select
                aria-label="Order"
                className="small"
                value={sort}
                onChange={(event) => setSort(event.target.value as keyof typeof ORDERS)}
              >
                {Object.entries(ORDERS).map(([order, label]) => (
                  <option key={order} value={order}>
                    {label}
                  </option>
                ))}
              </select>
              <button type="button" className="small" onClick={() => claim.mutate()} disabled={claim.isPending}>
                Claim next
              </button>
              <button type="button" className="small" aria-label="Keyboard shortcuts" onClick={() => setHelpIsOpen(true)}>
                ?
              </button>
            </span>
          </div>
        </div>
        {selected.size > 0 && <BulkBar selected={selected} onDone={() => setChosen(new Set())} />}
        <TicketList
          ref={list}
          pages={pages}
          open={number}
          addressOf={addressOf}
          selected={selected}
          onToggle={toggle}
          emptyTitle={query ? 'No ticket matches' : 'Nothing here'}
        />
      </section>
      <section className="ticket-pane" aria-label="Ticket">
        {number ? (
          <TicketPane key={`${org.id} ${number}`} number={number} backTo={addressOf(null)} />
        ) : (
          <Empty title="No ticket is open">
            <p className="muted">
              Choose one from the list, or press <kbd>j</kbd> and <kbd>k</kbd> to move and <kbd>Enter</kbd> to open.
            </p>
          </Empty>
        )}
      </section>
      {helpIsOpen && <ShortcutsDialog onClose={() => setHelpIsOpen(false)} />}
    </main>
  );
}
