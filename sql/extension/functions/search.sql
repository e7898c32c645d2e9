-- Search over tickets, comments and articles.

-- Public articles are searchable without signing in.
grant execute on function
  helpdesk.search(uuid, text, jsonb),
  helpdesk.search_articles(uuid, text, integer)
  to anon, authenticated, service_role;

grant execute on function helpdesk.suggest_articles(uuid, uuid) to authenticated, service_role;
grant execute on function helpdesk.suggest_articles(uuid, text) to anon, authenticated, service_role;

comment on function helpdesk.search_rank(tsvector, tsquery, tsquery, tsquery) is
'Returns the rank of a document for a query: that of ts_rank in millionths, more if the document
  also matches p_whole, the whole words in any spelling, and still more if it matches p_literal, the
  words as they are written.';

comment on function helpdesk.search(uuid, text, jsonb) is
'Searches the tickets, comments and articles that the caller may see, best matches first.
Result: {results: [{kind, id, ticketId, number, title, snippet, status, priority, isInternal,
  helpfulCount, createdAt, rank}], pagination: {perPage, nextCursor}}. snippet is HTML: escaped text
  in which <mark> highlights the matches.
Callers: everybody, signed in or not. People who are not members find public articles only.
p_query: words, "phrases", or, -not, and filters. 42, #42 and ticket no. 42 find the ticket with
  that number.
- All words must occur in one ticket (title and description), one comment or one article, within its
  first 100,000 characters.
- The last word, from three letters on, also matches as a prefix. Tickets and comments that contain
  the word itself come first.
- A word without accents also finds those with accents, after the others, unless
  organizations.search_ignores_accents is false.
- Staff find a ticket by the names and addresses of its requester and assignee, also together with
  other words.
- A ticket is found by the names of its files, too: those that the caller may see. The snippet is
  then the name. Tags and categories count as words of an article.
- If nothing has all words, longer words that begin with them match too.
- If no article has all words of a question, articles match that share enough of its telling words.
- If no article matches, or hardly anything else, typos in the titles of articles and tickets are
  forgiven. They come last.
- Filters: status:open, priority:urgent, assignee:me, assignee:none, assignee:"Ben Miller",
  requester:, stage:, workflow:, number:, tag:, category:, created:>2026-01-31, updated:,
  in:title, in:tickets, in:comments, in:internal, in:articles, is:unassigned, is:unanswered.
  status:open,pending selects either, -status:closed the others; different filters must all hold.
  What is unknown is words, and so are names of people to customers.
- A query of filters only lists the newest tickets and articles. Without words and filters it finds
  nothing.
Ranking: articles are ranked together; tickets and comments are ranked within windows of a few
  hundred matches, newest window first. Customers search their 2,000 most recently changed tickets.
Filters (p_filters), where null and "" mean not filtered: kind (ticket, comment, article, or a
  list), perPage (1 to 100, default 20), cursor (nextCursor of the previous page).
Errors: 22004 (null argument), 22023 (filter).
Example: select helpdesk.search(:''org_id'', ''printer status:open'');';

comment on function helpdesk.search_articles(uuid, text, integer) is
'Searches the articles that the caller may read and returns a list of results as search() does.
Callers: everybody, signed in or not.
p_query: words and filters as in search().
p_limit: 1 to 100, default 20.
Errors: 22004 (null argument), 22023 (limit).
Example: select helpdesk.search_articles(:''org_id'', ''reset password'');';

comment on function helpdesk.suggest_articles(uuid, uuid) is
'Returns up to five published articles that share words with a ticket, best matches first.
Words that occur in most articles do not count. The results look like those of search().
Callers: anyone who can see the ticket.
p_org_id: optional; the ticket must belong to this organization.
Errors: 22004 (null argument), 42501 (no such ticket).';

comment on function helpdesk.suggest_articles(uuid, text) is
'Returns up to 5 published articles that share the telling words of a text, best first.
For a ticket that is not opened yet, or a question. Words that most articles have do not count.
Callers: everybody; the articles are those that the caller may read.
Two literals without a type are p_org_id and p_text to Postgres. If they are a ticket and an
  organization of the caller, the result is that of suggest_articles(p_ticket_id, p_org_id).
Errors: 22004 (an argument is null).';
