import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { getArticle } from '../api/articles';
import { useSession } from '../session/Session';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { Icon } from '../ui/Icon';
import { SkeletonRows } from '../ui/Loading';
import { Markdown } from '../ui/Markdown';
import { READERS } from '../ui/names';
import { TimeAgo } from '../ui/TimeAgo';
import { HelpfulVote } from './HelpfulVote';

export function ArticleView({ org, article }: { org: string; article: string }) {
  const { client, isSignedIn, membership } = useSession();
  const isStaff = membership?.isStaff && membership.org.id === org;
  const found = useQuery({ queryKey: ['article', org, article], queryFn: () => getArticle(client, org, article) });
  return (
    <main className="narrow page">
      <Link href={`/help/${org}`} className="back-link">
        <Icon name="back" /> Help center
      </Link>
      {found.error && <ErrorNote error={found.error} />}
      {found.isPending && <SkeletonRows count={3} />}
      {found.data === null && (
        <Empty title="There is no such article" heading="h1">
          <p className="muted">It may be for members only.</p>
        </Empty>
      )}
      {found.data && (
        <>
          <article className="card article">
            <div className="spread">
              <h1>{found.data.title}</h1>
              {isStaff && (
                <Link href={`/articles/${article}`} className="button small">
                  <Icon name="pencil" /> Edit
                </Link>
              )}
            </div>
            <p className="muted">
              {found.data.categories.map((category) => `${category} · `)}changed <TimeAgo at={found.data.updatedAt} />
              {isStaff && ` · ${found.data.status}, ${READERS[found.data.visibility]}`}
            </p>
            <Markdown text={found.data.content} />
          </article>
          {isSignedIn ? (
            <HelpfulVote article={article} question="Did this article help?" />
          ) : (
            <p className="muted">Sign in to say whether this article helped.</p>
          )}
        </>
      )}
    </main>
  );
}
