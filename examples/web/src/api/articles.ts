import type { ArticleStatus, RowOf } from '@helpdesk/client';
import { type Client, rows } from './client';

/** Only staff find drafts and archived articles. */
export const listArticles = (
  { helpdesk }: Client,
  org: string,
  { category, status, cursor }: { category: string | null; status: ArticleStatus; cursor: string | null },
) =>
  helpdesk.call('list_articles', {
    p_org_id: org,
    p_filters: { category, status, cursor, sort: 'title', perPage: 30 },
  });

export const listCategories = ({ helpdesk }: Client, org: string) => helpdesk.call('list_categories', { p_org_id: org });

/** Null if there is no such article, or the caller may not read it. */
export const getArticle = ({ helpdesk }: Client, org: string, article: string) =>
  helpdesk.call('get_article', { p_article_id: article, p_org_id: org });

export const searchArticles = ({ helpdesk }: Client, org: string, query: string) =>
  helpdesk.call('search_articles', { p_org_id: org, p_query: query });

/** Articles for a text that somebody is writing. */
export const suggestArticlesForText = ({ helpdesk }: Client, org: string, text: string) =>
  helpdesk.call('suggest_articles', { p_org_id: org, p_text: text });

/** Articles that help to answer a ticket. */
export const suggestArticlesForTicket = ({ helpdesk }: Client, ticket: string) =>
  helpdesk.call('suggest_articles', { p_ticket_id: ticket });

export const rateArticle = ({ helpdesk }: Client, article: string, helpful: boolean) =>
  helpdesk.call('rate_article', { p_article_id: article, p_helpful: helpful });

// For staff

/** What people write of an article; the system keeps its versions. */
export type ArticleText = Pick<RowOf<'articles'>, 'title' | 'content' | 'categories' | 'tags' | 'visibility'>;

/** An article as somebody has read or written it. */
export type ArticleVersion = Pick<RowOf<'articles'>, 'id' | 'version'>;

/** A draft. */
export const createArticle = ({ tables }: Client, org: string, text: ArticleText): Promise<ArticleVersion> =>
  rows(
    tables
      .from('articles')
      .insert({ org_id: org, ...text })
      .select('id, version')
      .single(),
  );

/** Null, without a change, if the article does not have this version any more. */
export async function updateArticle(
  { tables }: Client,
  org: string,
  { id, version }: ArticleVersion,
  text: ArticleText,
): Promise<ArticleVersion | null> {
  const [changed] = await rows(
    tables.from('articles').update(text).eq('org_id', org).eq('id', id).eq('version', version).select('id, version'),
  );
  return changed ?? null;
}

export const publishArticle = ({ helpdesk }: Client, article: string) =>
  helpdesk.call('publish_article', { p_article_id: article });

export const archiveArticle = ({ helpdesk }: Client, article: string) =>
  helpdesk.call('archive_article', { p_article_id: article });

export const createCategory = ({ tables }: Client, org: string, name: string) =>
  rows(tables.from('categories').insert({ org_id: org, name }));
