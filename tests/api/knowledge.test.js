// The knowledge base and search over HTTP, with and without a token.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { granted, refused, serveHelpdesk } from '../support/helpdesk_server.js';

const { api, acme, globex, ada, ben, alice, dave, gina, mallory } = await serveHelpdesk();
const [asAda, asBen, asAlice, asDave, asGina, asMallory] = [ada, ben, alice, dave, gina, mallory].map((p) => api.supabase(p));

const write = async (client, org_id, title, more = {}) => {
  const rows = granted(
    await client
      .from('articles')
      .insert({ org_id, title, content: `All about: ${title}`, ...more })
      .select('id'),
  );
  return rows[0].id;
};
const draft = await write(asBen, acme, 'Unfinished thoughts');
const members = await write(asBen, acme, 'Members and their printers', { visibility: 'members', status: 'published' });
const open = await write(asBen, acme, 'Printers for everybody', { visibility: 'public', status: 'published' });
const titles = (results) => results.map(({ title }) => title).sort();

test('without a token, only published public articles are readable', async () => {
  const rows = await api.http('GET', '/articles?select=title');
  assert.deepEqual(rows, { status: 200, body: [{ title: 'Printers for everybody' }] });
  const got = await api.http('GET', `/rpc/get_article?p_article_id=${open}`);
  assert.equal(got.body.content, 'All about: Printers for everybody');
  assert.equal(got.body.author, null);
  for (const id of [draft, members]) {
    assert.equal((await api.http('GET', `/rpc/get_article?p_article_id=${id}`)).body, null);
    assert.deepEqual((await api.http('GET', `/articles?id=eq.${id}`)).body, []);
  }
  const list = await api.http('GET', `/rpc/list_articles?p_org_id=${acme}`);
  assert.deepEqual(titles(list.body.articles), ['Printers for everybody']);
  const found = await api.http('GET', `/rpc/search?p_org_id=${acme}&p_query=printers`);
  assert.deepEqual(titles(found.body.results), ['Printers for everybody']);
  const articles = await api.http('POST', '/rpc/search_articles', { body: { p_org_id: acme, p_query: 'print' } });
  assert.deepEqual(titles(articles.body), ['Printers for everybody']);
  for (const path of ['/article_versions', '/article_feedback', '/categories', '/ticket_articles', '/search_documents']) {
    assert.equal((await api.http('GET', path)).status, 401, path);
  }
  assert.equal((await api.http('POST', '/articles', { body: { org_id: acme, title: 'x', content: 'y' } })).status, 401);
  assert.equal((await api.http('PATCH', `/articles?id=eq.${open}`, { body: { title: 'x' } })).status, 401);
});

test('members can read and find articles for members, other people cannot', async () => {
  for (const [client, expected] of [
    [asAlice, ['Members and their printers', 'Printers for everybody']],
    [asMallory, ['Printers for everybody']],
    [asGina, ['Printers for everybody']],
    [asBen, ['Members and their printers', 'Printers for everybody']],
  ]) {
    const found = granted(await client.rpc('search', { p_org_id: acme, p_query: 'printers' }));
    assert.deepEqual(titles(found.results), expected);
    assert.deepEqual(titles(granted(await client.rpc('search_articles', { p_org_id: acme, p_query: 'printers' }))), expected);
  }
});

test('an agent writes, publishes, corrects and reverts an article; all versions are kept', async () => {
  const published = granted(await asBen.rpc('publish_article', { p_article_id: draft }));
  assert.deepEqual([published.status, published.version, published.visibility], ['published', 2, 'internal']);
  granted(await asAda.from('articles').update({ content: 'Corrected', visibility: 'members' }).eq('id', draft));
  assert.equal(granted(await asAlice.rpc('get_article', { p_article_id: draft })).content, 'Corrected');
  const reverted = granted(await asBen.rpc('revert_article', { p_article_id: draft, p_version: 1 }));
  assert.deepEqual([reverted.content, reverted.version], ['All about: Unfinished thoughts', 4]);
  const versions = granted(
    await asBen.from('article_versions').select('version, content').eq('article_id', draft).order('version'),
  );
  assert.deepEqual(
    versions.map(({ content }) => content),
    ['All about: Unfinished thoughts', 'All about: Unfinished thoughts', 'Corrected', 'All about: Unfinished thoughts'],
  );
  assert.deepEqual(granted(await asAlice.from('article_versions').select()), []);
  granted(await asBen.rpc('archive_article', { p_article_id: draft }));
  assert.equal(granted(await asAlice.rpc('get_article', { p_article_id: draft })), null);
  for (const client of [asAlice, asGina, asMallory]) {
    refused(await client.rpc('publish_article', { p_article_id: draft }), 403, '42501');
    refused(await client.from('articles').insert({ org_id: acme, title: 'x', content: 'y' }), 403, '42501');
  }
  refused(await asBen.rpc('revert_article', { p_article_id: draft, p_version: 99 }), 400, '22023');
});

test('readers can rate the articles that they can read', async () => {
  granted(await asAlice.rpc('rate_article', { p_article_id: members, p_helpful: true }));
  granted(
    await asDave.from('article_feedback').insert({ org_id: acme, article_id: members, helpful: false, comment: 'Too short' }),
  );
  refused(await asMallory.rpc('rate_article', { p_article_id: members, p_helpful: true }), 403, '42501');
  const { helpfulCount, unhelpfulCount } = granted(await asAlice.rpc('get_article', { p_article_id: members }));
  assert.deepEqual([helpfulCount, unhelpfulCount], [1, 1]);
  assert.deepEqual(granted(await asBen.from('article_feedback').select('comment').eq('helpful', false)), [
    { comment: 'Too short' },
  ]);
  assert.deepEqual(granted(await asAlice.from('article_feedback').select('helpful')), [{ helpful: true }]);
});

test('one search covers tickets, comments and articles, and customers never find internal text', async () => {
  const ticket = granted(await asAlice.rpc('create_ticket', { p_org_id: acme, p_title: 'My printers are gone' }));
  granted(
    await asBen.rpc('add_comment', { p_ticket_id: ticket, p_content: 'The printers were stolen by elves', p_is_internal: true }),
  );
  const search = async (client, p_query, p_filters = {}) =>
    granted(await client.rpc('search', { p_org_id: acme, p_query, p_filters }))
      .results.map(({ kind }) => kind)
      .sort();
  assert.deepEqual(await search(asBen, 'printers'), ['article', 'article', 'comment', 'ticket']);
  assert.deepEqual(await search(asAlice, 'printers'), ['article', 'article', 'ticket']);
  assert.deepEqual(await search(asDave, 'printers'), ['article', 'article']);
  assert.deepEqual(await search(asAlice, 'elves'), []);
  assert.deepEqual(await search(asBen, 'elves', { kind: ['ticket', 'comment'] }), ['comment']);
  assert.deepEqual(titles(granted(await asAlice.rpc('suggest_articles', { p_ticket_id: ticket }))), [
    'Members and their printers',
    'Printers for everybody',
  ]);
  const suggested = async (args) => titles(granted(await asAlice.rpc('suggest_articles', args)));
  const question = 'Which printers are for everybody?';
  assert.equal((await suggested({ p_ticket_id: ticket, p_org_id: acme })).length, 2);
  assert.equal((await suggested({ p_ticket_id: ticket, p_org_id: null })).length, 2);
  assert.equal((await suggested({ p_org_id: acme, p_text: question })).length, 2);
  assert.deepEqual(await suggested({ p_org_id: acme, p_text: ticket }), []);
  assert.equal((await asAlice.rpc('suggest_articles', { p_org_id: acme, p_text: null })).error.code, '22004');
  granted(await asBen.from('ticket_articles').insert({ org_id: acme, ticket_id: ticket, article_id: open }));
  assert.deepEqual(granted(await asAlice.from('ticket_articles').select()), []);
  assert.equal(
    granted(await asBen.from('ticket_articles').select('articles(title)'))[0].articles.title,
    'Printers for everybody',
  );
  const page = granted(await asBen.rpc('list_org_tickets', { p_org_id: acme, p_filters: { search: 'elves' } }));
  assert.equal(page.pagination.total, 1);
  assert.equal(
    granted(await asAlice.rpc('list_org_tickets', { p_org_id: acme, p_filters: { search: 'elves' } })).pagination.total,
    0,
  );
});

test('each reader sees the part of the category tree that has articles for them', async () => {
  const [parent] = granted(await asBen.from('categories').insert({ org_id: acme, name: 'Hardware' }).select('id'));
  granted(
    await asBen.from('categories').insert([
      { org_id: acme, name: 'Printers', parent_id: parent.id },
      { org_id: acme, name: 'Empty', parent_id: null },
    ]),
  );
  granted(
    await asBen
      .from('articles')
      .update({ categories: ['Printers'] })
      .eq('id', open),
  );
  const shape = (nodes) => nodes.map(({ name, totalCount, children }) => [name, totalCount, shape(children)]);
  assert.deepEqual(shape(granted(await asBen.rpc('list_categories', { p_org_id: acme }))), [
    ['Empty', 0, []],
    ['Hardware', 1, [['Printers', 1, []]]],
  ]);
  const anonymous = await api.http('GET', `/rpc/list_categories?p_org_id=${acme}`);
  assert.deepEqual(shape(anonymous.body), [['Hardware', 1, [['Printers', 1, []]]]]);
  const page = granted(await asAlice.rpc('list_articles', { p_org_id: acme, p_filters: { category: 'Hardware' } }));
  assert.deepEqual(titles(page.articles), ['Printers for everybody']);
  refused(
    await asBen
      .from('articles')
      .update({ categories: ['Nowhere'] })
      .eq('id', open),
    400,
    '22023',
  );
  refused(await asGina.from('categories').insert({ org_id: acme, name: 'Theirs' }), 403, '42501');
  refused(await asBen.from('articles').insert({ org_id: globex, title: 'x', content: 'y' }), 403, '42501');
});
