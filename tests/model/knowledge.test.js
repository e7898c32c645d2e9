// Functions on articles and search return the same as reads of the tables.

import assert from 'node:assert/strict';
import { asCaller, attemptCalls } from './batch.js';
import { visible } from './model.js';
import { answer, everyOrg, ids, sorted, testAnswers } from './questions.js';
import { call } from './statements.js';
import { WORD } from './world.js';
import { inEveryWorld } from './worlds.js';

const readable = (me, org) => visible('articles', me).filter((row) => row.org_id === org);
/** Whether the caller may see the author of an article. */
const isInside = (me, org) => me.bypassesRowSecurity || (me.role !== 'anon' && me.isMember(org));

testAnswers('get_article shows what the table shows', (me, world) => {
  const articles = visible('articles', me);
  const ask = (article, org, expected) => ({
    sql: call('get_article', article.id, org),
    shown: (shown) => shown && [shown.id, shown.content, shown.author?.id ?? null],
    expected,
  });
  return world.rows.articles.flatMap((article) => {
    const shown = [article.id, article.content, isInside(me, article.org_id) ? article.author : null];
    return [
      ask(article, null, articles.includes(article) ? shown : null),
      // With the id of another organization.
      ask(
        article,
        world.orgs.find((org) => org !== article.org_id),
        null,
      ),
    ];
  });
});

testAnswers('search_articles finds what the table shows', (me, world) =>
  everyOrg(world).map((org) => ({ sql: call('search_articles', org, WORD, 100), shown: ids, expected: ids(readable(me, org)) })),
);

testAnswers('list_categories counts what the table shows', (me, world) =>
  everyOrg(world).map((org) => {
    const articles = readable(me, org);
    const isStaff = me.bypassesRowSecurity || (me.role !== 'anon' && me.isStaff(org));
    const categories = world.rows.categories.filter((row) => row.org_id === org);
    const below = (category) => [category, ...categories.filter((row) => row.parent_id === category.id).flatMap(below)];
    const count = (list) => articles.filter((article) => list.some(({ name }) => article.categories.includes(name))).length;
    const lines = categories
      .map((row) => ({ name: row.name, own: count([row]), all: count(below(row)) }))
      .filter(({ all }) => isStaff || all > 0)
      .map(({ name, own, all }) => `${name} ${own} ${all}`);
    const shown = (tree) =>
      tree.flatMap((node) => [`${node.name} ${node.articleCount} ${node.totalCount}`, ...shown(node.children)]);
    return { sql: call('list_categories', org), shown: (tree) => sorted(shown(tree)), expected: sorted(lines) };
  }),
);

testAnswers('suggest_articles suggests readable published articles to those who see the ticket', (me, world) => {
  const tickets = visible('tickets', me);
  return world.rows.tickets.map((ticket) => {
    // Fewer than the maximum of suggestions.
    const articles = readable(me, ticket.org_id).filter((row) => row.status === 'published');
    return {
      sql: call('suggest_articles', ticket.id),
      shown: ids,
      expected: answer(me, tickets.includes(ticket) ? ids(articles) : undefined),
    };
  });
});

const WALKS = {
  list_articles: {
    ask: (org, filters) => call('list_articles', org, filters),
    found: ({ articles }) => articles.map(({ id }) => id),
    expected: (me, org) => readable(me, org).map(({ id }) => id),
  },
  search: {
    ask: (org, filters) => call('search', org, WORD, filters),
    found: ({ results }) => results.map(({ kind, id }) => `${kind} ${id}`),
    expected: (me, org) =>
      Object.entries({ ticket: 'tickets', comment: 'ticket_comments', article: 'articles' }).flatMap(([kind, table]) =>
        visible(table, me)
          .filter((row) => row.org_id === org)
          .map(({ id }) => `${kind} ${id}`),
      ),
  },
};

for (const [name, { ask, found, expected }] of Object.entries(WALKS)) {
  inEveryWorld(`all pages of ${name} together show what the tables show`, async ({ world, db, callers, disagreements }) => {
    for (const me of callers) {
      await asCaller(db, me, async (session) => {
        for (const org of everyOrg(world)) {
          const must = sorted(expected(me, org));
          const is = sorted(await walk(session, (filters) => ask(org, filters), found));
          const report = (what, list) =>
            list.length > 0 && disagreements.push(`${me}: ${name} of ${org} ${what} ${list.join(', ')}`);
          report(
            'shows, but must not:',
            is.filter((line) => !must.includes(line)),
          );
          report(
            'must show, but does not:',
            must.filter((line) => !is.includes(line)),
          );
          report(
            'shows twice:',
            is.filter((line, i) => line === is[i - 1]),
          );
        }
      });
    }
  });
}

/** The entries of all pages of a list. */
async function walk(session, ask, found) {
  const lines = [];
  for (let filters = { perPage: 7 }; ; ) {
    const [{ outcome, result, error }] = await attemptCalls(session, [ask(filters)]);
    assert.equal(outcome, 'done', error);
    const page = JSON.parse(result);
    lines.push(...found(page));
    const { total = lines.length, nextCursor } = page.pagination;
    if (!nextCursor) {
      assert.equal(lines.length, total, 'pagination.total');
      return lines;
    }
    assert.ok(lines.length < 1000, 'the list never ends');
    filters = { perPage: 7, cursor: nextCursor };
  }
}
