-- The full-text index: from texts to lexemes.

-- Maintenance.
grant execute on function helpdesk.rebuild_search_index(uuid) to service_role;

comment on function helpdesk.rebuild_search_index(uuid) is
'Rebuilds the full-text index of one organization, or of all organizations if p_org_id is null.
Needed after changes that were made with triggers disabled. Writes to the indexed texts wait until
  it is finished.
Callers: service_role and the database administrator.
Errors: 55000 (isolation level above READ COMMITTED).';

comment on function helpdesk.indexable_text(text) is
'Returns the part of a text that is indexed: its first 100,000 characters.
Words of more than 1,000 bytes are split, because Postgres cannot index them. Internal.';

comment on function helpdesk.prefix_lexemes(uuid, text, text) is
'Puts the prefix of a kind of document and an organization before each lexeme of a tsvector.
The prefix is one letter for the kind and four for the organization. It is also added as a
  separate lexeme, and the lexemes of article titles are added again under a separate kind. The
  tsvector is passed as text. Internal.';

comment on function helpdesk.update_search_document() is
'Trigger function on tickets, ticket_comments and articles: updates their row in search_documents.';

comment on function helpdesk.organizations_check_search_language() is
'Trigger function on organizations: search_language must be a text search configuration.';

comment on function helpdesk.organizations_rebuild_search_documents() is
'Trigger function on organizations: rebuilds the full-text index when search_language changes.';
