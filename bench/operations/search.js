// search(): against ILIKE, and against what a good DBA has: a tsvector with a GIN index under row security, ranked, with snippets.

const search = (name, what, words) => ({
  name,
  what,
  helpdesk: `select helpdesk.search(:org, '${words}')`,
  baseline: `select baseline.search_ilike(:org, '${words}')`,
  handwritten: `
    select d.ticket_id, ts_headline('simple', d.content, q), ts_rank(d.words, q)
      from baseline.documents d, to_tsquery('simple', '${words.replaceAll(' ', ' & ')}${name === 'search_prefix' ? ':*' : ''}') q
     where d.org_id = :org and d.words @@ q order by 3 desc limit 20`,
  handwrittenRole: 'authenticated',
});

export default [
  search('search_two_words', 'Two words of middling frequency.', 'word40 word300'),
  search('search_rare', 'A word that few tickets have.', 'word19990'),
  search('search_frequent', 'A word that is in every ticket.', 'happened'),
  search('search_prefix', 'The beginning of a word.', 'word1234'),
];
