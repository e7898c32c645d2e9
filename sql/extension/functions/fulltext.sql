-- The full-text index: from texts to lexemes.

-- Maintenance.
grant execute on function
  helpdesk.rebuild_search_index(uuid),
  helpdesk.start_search_rebuild(uuid),
  helpdesk.continue_search_rebuild(integer)
  to service_role;

comment on function helpdesk.rebuild_search_index(uuid) is
'Rebuilds the full-text index of one organization, or of all organizations if p_org_id is null.
Needed after changes that were made with triggers disabled. Writes to the indexed texts wait until
  it is finished.
Callers: service_role and the database administrator.
Errors: 55000 (isolation level above READ COMMITTED; a subscription writes the index).';

comment on function helpdesk.start_search_rebuild(uuid) is
'Makes the full-text index of one organization, or of all organizations if p_org_id is null, due to
be rebuilt in batches. A rebuild that is pending begins again.
Result: the number of organizations.
Callers: service_role and the database administrator.
Errors: 55000 (a subscription writes the index).';

comment on function helpdesk.continue_search_rebuild(integer) is
'Rebuilds the next part of the full-text indexes that are due. Commit after each call; writes to the
rows of the batch wait until then, everything else goes on. Another session that calls it waits.
A call reads documents of one kind in one organization.
Result: about how many documents are still to be read; 0 when nothing is due, and while a
  subscription writes the index.
Callers: service_role and the database administrator.
p_max_documents: 1 to 100,000, default 1000.
Errors: 22004 (null argument), 22023 (p_max_documents), 55000 (isolation level above READ
  COMMITTED).';

comment on function helpdesk.document_lexemes(uuid, text, text, text, text, text, uuid[]) is
'Returns the lexemes of a document as the text of a tsvector, in a search language.
p_title, p_keywords, p_text and p_people may be null. Words are divided by Unicode, not by the
  parser of Postgres; Chinese, Japanese, Thai, Lao, Khmer and Burmese into pairs of neighbouring
  characters. Each lexeme starts with one letter for the kind and four for the organization, which
  are also a lexeme by themselves, unless there are only keywords. The lexemes of article titles are
  added again under a separate kind. Only the first 100,000 characters count.
p_people: the requester and assignee of a ticket. Internal.';

comment on function helpdesk.update_search_document() is
'Trigger function on tickets, ticket_comments, ticket_attachments and articles: updates their row in
search_documents.';

comment on function helpdesk.update_person_documents() is
'Trigger function on org_members and profiles: updates the rows of a person in search_documents.';

comment on function helpdesk.organizations_check_search_language() is
'Trigger function on organizations: search_language must be a text search configuration, and
sort_locale a language tag.';

comment on function helpdesk.organizations_rebuild_search_documents() is
'Trigger function on organizations: rebuilds the full-text index when search_language changes, sorts
articles when sort_locale does, and deletes the index of a deleted organization.';

comment on function helpdesk.sort_key(text, text) is
'Returns bytes that compare as texts do in a language.
p_language: a text search configuration such as german, or a BCP 47 tag such as de. Others sort in
  the order of the root language, which suits most.
The key has at most 1,000 bytes: only the beginning of longer texts counts. Internal.';
