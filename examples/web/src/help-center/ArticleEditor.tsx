import type { ArticleVisibility, ArticleWithContent } from '@helpdesk/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import {
  type ArticleText,
  type ArticleVersion,
  archiveArticle,
  createArticle,
  getArticle,
  publishArticle,
  updateArticle,
} from '../api/articles';
import { useMembership } from '../session/Session';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { Icon } from '../ui/Icon';
import { SkeletonRows } from '../ui/Loading';
import { Markdown } from '../ui/Markdown';
import { capitalize, READERS } from '../ui/names';
import { useToast } from '../ui/Toast';
import { CategoryPicker } from './CategoryPicker';

/** For staff. The article is an id, or `new`. */
export default function ArticleEditor({ article }: { article: string }) {
  const { client, org } = useMembership();
  const isNew = article === 'new';
  const found = useQuery({
    queryKey: ['article', org.id, article],
    queryFn: () => getArticle(client, org.id, article),
    enabled: !isNew,
    // What somebody is writing is not replaced by what others have written since.
    refetchOnWindowFocus: false,
  });

  return (
    <main className="page">
      <Link href={isNew ? `/help/${org.id}` : `/help/${org.id}/${article}`} className="back-link">
        <Icon name="back" /> {isNew ? 'Help center' : 'The article'}
      </Link>
      <h1>{isNew ? 'A new article' : 'Edit the article'}</h1>
      {found.error && <ErrorNote error={found.error} />}
      {!isNew && found.isPending && <SkeletonRows count={3} />}
      {found.data === null && <Empty title="There is no such article" />}
      {(isNew || found.data) && <ArticleForm article={found.data ?? null} />}
    </main>
  );
}

/** What the buttons do, and what the person is told. */
const DONE = { save: 'The article is saved.', publish: 'The article is published.', archive: 'The article is archived.' };

const EMPTY: ArticleText = { title: '', content: '', categories: [], tags: [], visibility: 'public' };

function ArticleForm({ article }: { article: ArticleWithContent | null }) {
  const { client, org } = useMembership();
  const { tell } = useToast();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [text, setText] = useState(article ? textOf(article) : EMPTY);
  // The version that the text was written over: not one that was read since, but one that was saved.
  const base = useRef<ArticleVersion | null>(article);
  const [tags, setTags] = useState(text.tags.join(', '));
  const [isPreview, setIsPreview] = useState(false);
  const set = (change: Partial<ArticleText>) => setText({ ...text, ...change });

  /** Saves what was written, and does more if the person wants it. */
  const save = useMutation({
    mutationFn: async (then: keyof typeof DONE) => {
      const written = {
        ...text,
        tags: tags
          .split(',')
          .map((tag) => tag.trim())
          .filter(Boolean),
      };
      const saved = base.current
        ? await updateArticle(client, org.id, base.current, written)
        : await createArticle(client, org.id, written);
      // Somebody else has written another version in the meantime.
      if (!saved) return null;
      base.current = saved;
      const { id } = saved;
      if (then === 'publish') await publishArticle(client, id);
      if (then === 'archive') await archiveArticle(client, id);
      return id;
    },
    onSuccess: async (id, then) => {
      if (!id) return;
      await Promise.all(['article', 'articles', 'categories'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
      tell(DONE[then]);
      navigate(`/help/${org.id}/${id}`);
    },
  });
  const isOutdated = save.data === null;

  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate('save');
  }

  return (
    <form className="with-aside" onSubmit={submit}>
      <div className="card stack">
        <label className="field">
          Title
          <input value={text.title} required maxLength={500} onChange={(event) => set({ title: event.target.value })} />
        </label>
        <div className="tabs" role="group" aria-label="View of the text">
          <button type="button" aria-pressed={!isPreview} onClick={() => setIsPreview(false)}>
            Write
          </button>
          <button type="button" aria-pressed={isPreview} onClick={() => setIsPreview(true)}>
            Preview
          </button>
        </div>
        {isPreview ? (
          <section className="preview" aria-label="Preview">
            {text.content.trim() ? <Markdown text={text.content} /> : <p className="muted">There is nothing to show yet.</p>}
          </section>
        ) : (
          <textarea
            aria-label="Text, in Markdown"
            rows={18}
            required
            maxLength={500_000}
            placeholder={'What is it about?\n\n## First step\n\n1. **Bold**, *italic*, `code`'}
            value={text.content}
            onChange={(event) => set({ content: event.target.value })}
          />
        )}
        {save.error && <ErrorNote error={save.error} />}
        {isOutdated && (
          <ErrorNote
            error={null}
            text="Somebody else has changed this article in the meantime. Copy what you have written, then load it again."
            actions={
              <button type="button" onClick={() => queries.resetQueries({ queryKey: ['article', org.id, article?.id] })}>
                Load again
              </button>
            }
          />
        )}
        <div className="actions">
          {article && article.status !== 'archived' && (
            <button type="button" onClick={() => save.mutate('archive')} disabled={save.isPending}>
              Archive
            </button>
          )}
          <button type="submit" className={article?.status === 'published' ? 'primary' : ''} disabled={save.isPending}>
            {article ? 'Save' : 'Save as draft'}
          </button>
          {article?.status !== 'published' && (
            <button
              type="button"
              className="primary"
              disabled={save.isPending || !text.title.trim() || !text.content.trim()}
              onClick={() => save.mutate('publish')}
            >
              Publish
            </button>
          )}
        </div>
      </div>
      <aside className="card stack" aria-label="About the article">
        <label className="field">
          Readers
          <select value={text.visibility} onChange={(event) => set({ visibility: event.target.value as ArticleVisibility })}>
            {Object.entries(READERS).map(([visibility, readers]) => (
              <option key={visibility} value={visibility}>
                {capitalize(readers)}
              </option>
            ))}
          </select>
        </label>
        <CategoryPicker chosen={text.categories} onChange={(categories) => set({ categories })} />
        <label className="field">
          Tags, separated by commas
          <input value={tags} onChange={(event) => setTags(event.target.value)} />
        </label>
      </aside>
    </form>
  );
}

const textOf = ({ title, content, categories, tags, visibility }: ArticleWithContent): ArticleText => ({
  title,
  content,
  categories,
  tags,
  visibility,
});
