// search() and search_articles(), compared with ILIKE and with hand-written SQL on a tsvector with
// a GIN index: with row security, ranking and snippets.

const withAnd = (words) => words.replaceAll('-', '!').replaceAll(' ', ' & ');

/** `hand`: the query for to_tsquery(); `of`: an additional condition on the documents. */
const search = ({ name, what, as, org = ':org', words, hand = withAnd(words), of = 'true', baseline = words }) => ({
  name,
  what,
  as,
  helpdesk: `select helpdesk.search(${org}, '${words}')`,
  baseline: baseline && `select baseline.search_ilike(${org}, '${baseline}')`,
  handwritten: `
    select d.ticket_id, ts_headline('simple', d.content, q), ts_rank(d.words, q)
      from baseline.documents d, to_tsquery('simple', '${hand}') q
     where d.org_id = ${org} and d.words @@ q and ${of} order by 3 desc limit 20`,
  handwrittenRole: 'authenticated',
});

const OWN = `not d.is_internal and d.ticket_id in (
  select t.id from helpdesk.tickets t where t.created_by in (select p.id from helpdesk.profiles p where p.auth_id = auth.uid()))`;

/** The hand-written SQL has no row security, because public articles are for everybody. */
const articles = ({ name, what, words }) => ({
  name,
  what,
  helpdesk: `select helpdesk.search_articles(:org, '${words}')`,
  handwritten: `
    select a.id, a.title, ts_headline('simple', a.content, q), ts_rank(a.words, q)
      from baseline.articles a, to_tsquery('simple', '${withAnd(words)}') q
     where a.org_id = :org and a.words @@ q order by 4 desc limit 20`,
});

/** What neither side compared with us can do. */
const ours = ({ name, what, as, words }) => {
  // pgbench would take :open for a variable.
  const text = words.replaceAll(':', "' || ':' || '");
  return { name, what, as, helpdesk: `select helpdesk.search(:org, '${text}')` };
};

export default [
  search({ name: 'search_two_words', what: 'Two words of middling frequency.', words: 'word40 word300' }),
  search({ name: 'search_rare', what: 'A word that few tickets have.', words: 'word19990' }),
  search({ name: 'search_frequent', what: 'A word that is in every ticket.', words: 'happened' }),
  search({ name: 'search_prefix', what: 'The beginning of a word.', words: 'word1234', hand: 'word1234:*' }),
  search({ name: 'search_negation', what: 'A word without another.', words: 'word300 -word40', baseline: null }),
  search({ name: 'search_only_negation', what: 'All without a word.', words: '-word40', baseline: null }),
  search({
    name: 'search_old',
    what: 'A word that only the older six of ten tickets and comments have.',
    words: 'ancient',
    baseline: null,
  }),
  search({ name: 'search_old_prefix', what: 'The beginning of that word.', words: 'anci', hand: 'anci:*', baseline: null }),
  ours({ name: 'search_phrase', what: 'Two words one after the other.', words: '"word40 word300"' }),
  ours({ name: 'search_filters', what: 'A word and two filters.', words: 'word300 status:open priority:urgent' }),
  ours({ name: 'search_person', what: 'A requester by name.', words: 'person 200' }),
  ours({ name: 'search_typo', what: 'A typo in the title of a ticket.', words: 'netwrok' }),
  search({
    name: 'search_small_organization',
    what: 'The two words in an organization of 16,000 tickets.',
    as: 'everywhere',
    org: ':smallOrg',
    words: 'word40 word300',
  }),
  search({
    name: 'search_customer',
    what: 'The two words in what a customer of the largest organization sees.',
    as: 'customer',
    words: 'word40 word300',
    of: OWN,
    baseline: null,
  }),
  articles({ name: 'search_articles', what: 'Two words in 8,000 articles.', words: 'word40 word300' }),
  {
    name: 'suggest_articles',
    what: 'A question, of which no article has all words.',
    helpdesk: `select helpdesk.suggest_articles(:org, 'How do I make word300 and word40 work with word1999 and word12000?')`,
  },
  { ...articles({ name: 'search_articles_typo', what: 'A typo in a title.', words: 'wrod19002' }), handwritten: undefined },
];
