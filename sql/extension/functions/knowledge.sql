-- Articles of the knowledge base, their categories and feedback on them.

-- Public articles are readable without signing in.
grant execute on function
  helpdesk.get_article(uuid, uuid),
  helpdesk.list_articles(uuid, jsonb),
  helpdesk.list_categories(uuid)
  to anon, authenticated, service_role;

grant execute on function
  helpdesk.publish_article(uuid, uuid),
  helpdesk.archive_article(uuid, uuid),
  helpdesk.revert_article(uuid, integer, uuid),
  helpdesk.rate_article(uuid, boolean, text, uuid)
  to authenticated, service_role;

comment on function helpdesk.get_article(uuid, uuid) is
'Returns an article with its content, as an object.
Returns null if there is no such article or the caller may not read it. Only members see the author.
Callers: everybody, signed in or not.
p_org_id: optional; the article must belong to this organization.
Errors: 22004 (null argument).';

comment on function helpdesk.list_articles(uuid, jsonb) is
'Returns a page of the articles that the caller may read, without their content.
Result: {articles, pagination: {total, perPage, nextCursor}}.
Callers: everybody, signed in or not.
Filters (p_filters), where null and "" mean not filtered:
- category: a name; includes its sub-categories. tag: a tag.
- status, visibility: a value or a list.
- author: an id or "me".
- sort: updatedAt, createdAt or title; a leading - sorts descending. Default: -updatedAt.
- perPage: 1 to 100, default 20. cursor: nextCursor of the previous page.
- count: "exact" or "none".
Errors: 22004 (null argument), 22023 (filter).';

comment on function helpdesk.list_categories(uuid) is
'Returns the categories of an organization as a tree.
Result: [{id, name, description, articleCount, totalCount, children}].
articleCount is the number of articles that the caller may read; totalCount includes those in the
  sub-categories.
Callers: everybody, signed in or not. Callers who are not staff see only categories with articles.
Errors: 22004 (null argument).';

comment on function helpdesk.publish_article(uuid, uuid) is
'Publishes an article and returns it. Its visibility decides who can read it.
Callers: staff of the organization.
p_org_id: optional; the article must belong to this organization.
Errors: 22004 (null argument), 42501 (no such article).';

comment on function helpdesk.archive_article(uuid, uuid) is
'Archives an article, which hides it from readers, and returns it.
Callers: staff of the organization.
p_org_id: optional; the article must belong to this organization.
Errors: 22004 (null argument), 42501 (no such article).';

comment on function helpdesk.revert_article(uuid, integer, uuid) is
'Restores title and content of an earlier version as a new version, and returns the article.
Callers: staff of the organization.
p_org_id: optional; the article must belong to this organization.
Errors: 22004 (null argument), 22023 (no such version), 42501 (no such article).';

comment on function helpdesk.rate_article(uuid, boolean, text, uuid) is
'Records whether an article helped the caller. A second call changes the rating.
Callers: anyone who is signed in and may read the article.
p_comment: optional, up to 2,000 characters.
p_org_id: optional; the article must belong to this organization.
Errors: 22004 (null argument), 22023 (comment), 42501 (not signed in, or no such article).';

comment on function helpdesk.categories_check() is
'Trigger function on categories: refuses cycles, too many levels, and equal names side by side.';

comment on function helpdesk.categories_rename() is
'Trigger function on categories: renames the category in articles.';

comment on function helpdesk.categories_detach() is
'Trigger function on categories: moves the sub-categories of deleted categories up and removes the
  names of the deleted ones from articles.';

comment on function helpdesk.update_article_version() is
'Trigger function on articles: counts versions, sets the system''s columns and checks the others.';

comment on function helpdesk.articles_record_version() is
'Trigger function on articles: writes each version to article_versions.';

comment on function helpdesk.article_feedback_check() is
'Trigger function on article_feedback: requires that the person may read the article.';

comment on function helpdesk.article_feedback_count() is
'Trigger function on article_feedback: updates the counts of the article.';

comment on function helpdesk.ticket_articles_check() is
'Trigger function on ticket_articles: fills in the organization, and checks what the link names.';
