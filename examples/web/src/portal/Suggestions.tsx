import type { ArticleHit } from '@helpdesk/client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { getArticle, suggestArticlesForText } from '../api/articles';
import { HelpfulVote } from '../help-center/HelpfulVote';
import { useMembership } from '../session/Session';
import { Markdown } from '../ui/Markdown';
import { useToast } from '../ui/Toast';
import { useDebounced } from '../ui/useDebounced';

const FEWEST_LETTERS = 4;

/** Articles that may answer the question while somebody is still writing it. */
export function Suggestions({ text }: { text: string }) {
  const { client, org } = useMembership();
  const question = useDebounced(text.trim(), 250);
  const { data: articles } = useQuery({
    queryKey: ['suggestions', org.id, question],
    queryFn: () => suggestArticlesForText(client, org.id, question),
    enabled: question.length >= FEWEST_LETTERS,
    placeholderData: keepPreviousData,
  });
  return (
    <aside className="suggestions" aria-label="Suggested articles" aria-live="polite">
      <h2>Perhaps this helps</h2>
      {articles?.length ? (
        articles.map((article) => <Suggestion key={article.id} article={article} />)
      ) : (
        <p className="muted">Articles that fit your question appear here while you write.</p>
      )}
    </aside>
  );
}

function Suggestion({ article }: { article: ArticleHit }) {
  const { client, org } = useMembership();
  const [isOpen, setIsOpen] = useState(false);
  const { tell } = useToast();
  const [, navigate] = useLocation();
  const { data } = useQuery({
    queryKey: ['article', org.id, article.id],
    queryFn: () => getArticle(client, org.id, article.id),
    enabled: isOpen,
  });
  return (
    <details className="card suggestion" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{article.title}</summary>
      {data && <Markdown text={data.content} />}
      <HelpfulVote
        article={article.id}
        question="Did this solve it?"
        onVoted={(helpful) => {
          if (!helpful) return;
          tell('Glad to hear that!');
          navigate('/portal');
        }}
      />
    </details>
  );
}
