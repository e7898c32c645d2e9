import type { ArticleStatus } from '@helpdesk/client';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { listArticles, listCategories, searchArticles } from '../api/articles';
import { useSession } from '../session/Session';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { Icon } from '../ui/Icon';
import { SkeletonRows } from '../ui/Loading';
import { Snippet } from '../ui/Markdown';
import { ARTICLE_STATUSES } from '../ui/names';
import { useDebounced } from '../ui/useDebounced';

export function ArticleList({ org, name }: { org: string; name: string }) {
  const [text, setText] = useState('');
  const query = useDebounced(text.trim(), 200);
  return (
    <main className="page help-center">
      <div className="hero">
        <h1>{name ? `${name} help center` : 'Help center'}</h1>
        <search>
          <div className="search large">
            <Icon name="search" />
            <input
              type="search"
              value={text}
              placeholder="What are you looking for?"
              aria-label="Search articles"
              onChange={(event) => setText(event.target.value)}
            />
          </div>
        </search>
      </div>
      {query ? <Results org={org} query={query} /> : <Browse org={org} />}
    </main>
  );
}

function Results({ org, query }: { org: string; query: string }) {
  const { client } = useSession();
  const found = useQuery({
    queryKey: ['articles', org, 'search', query],
    queryFn: () => searchArticles(client, org, query),
    placeholderData: keepPreviousData,
  });
  if (found.error) return <ErrorNote error={found.error} />;
  if (found.isPending) return <SkeletonRows count={4} />;
  if (found.data.length === 0) {
    return (
      <Empty title="No article matches">
        <p className="muted">Try fewer or other words.</p>
      </Empty>
    );
  }
  return (
    <ul className="plain results" aria-label="Results">
      {found.data.map(({ id, title, snippet }) => (
        <li key={id}>
          <Link href={`/help/${org}/${id}`} className="card result">
            <strong>{title}</strong>
            <Snippet html={snippet} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Browse({ org }: { org: string }) {
  const { client, membership } = useSession();
  const isStaff = membership?.isStaff && membership.org.id === org;
  const [status, setStatus] = useState<ArticleStatus>('published');
  const [category, setCategory] = useState<string | null>(null);
  const categories = useQuery({ queryKey: ['categories', org], queryFn: () => listCategories(client, org) });
  const pages = useInfiniteQuery({
    queryKey: ['articles', org, category, status],
    queryFn: ({ pageParam: cursor }) => listArticles(client, org, { category, status, cursor }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ pagination }) => pagination.nextCursor,
    placeholderData: keepPreviousData,
  });
  const articles = pages.data?.pages.flatMap((page) => page.articles);
  return (
    <>
      {isStaff && (
        <div className="spread">
          <select aria-label="Which articles" value={status} onChange={(event) => setStatus(event.target.value as ArticleStatus)}>
            {Object.entries(ARTICLE_STATUSES).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
          <Link href="/articles/new" className="button primary">
            Write an article
          </Link>
        </div>
      )}
      <div className="chips" role="group" aria-label="Categories">
        <button type="button" aria-pressed={category === null} onClick={() => setCategory(null)}>
          All
        </button>
        {categories.data?.map(({ id, name, totalCount }) => (
          <button type="button" key={id} aria-pressed={category === name} onClick={() => setCategory(name)}>
            {name} <span className="count">{totalCount}</span>
          </button>
        ))}
      </div>
      {pages.error && <ErrorNote error={pages.error} />}
      {pages.isPending && <SkeletonRows count={6} />}
      {articles?.length === 0 && <Empty title={status === 'published' ? 'There are no articles yet' : 'There are none'} />}
      <ul className="plain article-grid" aria-label="Articles">
        {articles?.map(({ id, title, categories, helpfulCount }) => (
          <li key={id}>
            <Link href={`/help/${org}/${id}`} className="card result">
              <strong>{title}</strong>
              <span className="muted">
                {categories.join(', ')}
                {helpfulCount > 0 && ` · helped ${helpfulCount}`}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {pages.hasNextPage && (
        <button type="button" onClick={() => pages.fetchNextPage()}>
          Load more
        </button>
      )}
    </>
  );
}
