import { useMutation, useQueryClient } from '@tanstack/react-query';
import { rateArticle } from '../api/articles';
import { useSession } from '../session/Session';
import { ErrorNote } from '../ui/ErrorNote';

/** A person has one vote for each article, which they can change. */
export function HelpfulVote(props: { article: string; question: string; onVoted?(helpful: boolean): void }) {
  const { article, question, onVoted } = props;
  const { client } = useSession();
  const queries = useQueryClient();
  const vote = useMutation({
    mutationFn: (helpful: boolean) => rateArticle(client, article, helpful),
    onSuccess: (_, helpful) => {
      void queries.invalidateQueries({ queryKey: ['articles'] });
      onVoted?.(helpful);
    },
  });
  const voted = vote.isSuccess ? vote.variables : null;
  return (
    <div className="vote">
      <div className="row" role="group" aria-label={question}>
        <span>{question}</span>
        <button
          type="button"
          className="small"
          aria-pressed={voted === true}
          disabled={vote.isPending}
          onClick={() => vote.mutate(true)}
        >
          Yes
        </button>
        <button
          type="button"
          className="small"
          aria-pressed={voted === false}
          disabled={vote.isPending}
          onClick={() => vote.mutate(false)}
        >
          No
        </button>
      </div>
      {voted !== null && <p role="status">Thank you for telling us.</p>}
      {vote.error && <ErrorNote error={vote.error} />}
    </div>
  );
}
