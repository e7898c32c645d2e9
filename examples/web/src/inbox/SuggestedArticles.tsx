import type { Ticket } from '@helpdesk/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { suggestArticlesForTicket } from '../api/articles';
import { useMembership } from '../session/Session';
import { Icon } from '../ui/Icon';

export function SuggestedArticles({ ticket }: { ticket: Ticket }) {
  const { client, org } = useMembership();
  const { data: articles } = useQuery({
    // The articles follow from the words of the ticket.
    queryKey: ['suggested articles', ticket.id, ticket.title, ticket.description],
    queryFn: () => suggestArticlesForTicket(client, ticket.id),
    staleTime: 60_000,
  });
  if (!articles?.length) return null;
  return (
    <aside className="suggested" aria-label="Suggested articles">
      <h2>Articles that may help</h2>
      <ul className="plain">
        {articles.slice(0, 3).map(({ id, title }) => (
          <li key={id}>
            <Link href={`/help/${org.id}/${id}`}>
              <Icon name="book" /> {title}
            </Link>
          </li>
        ))}
      </ul>
    </aside>
  );
}
