-- The full-text index of tickets, comments, files, articles and people. Triggers update it in the
-- transaction that changes the texts.

set local search_path = pg_catalog, pg_temp;

---- Tables

create table helpdesk.search_documents (
  org_id uuid not null,
  document_id uuid not null,
  kind text not null,
  ticket_id uuid,
  is_internal boolean not null,
  lexemes tsvector not null,
  constraint search_documents_pkey primary key (org_id, document_id, kind)
);

create table helpdesk.search_rebuilds (
  org_id uuid not null,
  previous_languages text[] not null default '{}',
  documents bigint not null,
  done bigint not null default 0,
  step integer not null default 0,
  last_id uuid,
  started_at timestamptz not null default pg_catalog.now(),
  constraint search_rebuilds_pkey primary key (org_id),
  constraint search_rebuilds_org_id_fkey foreign key (org_id)
    references helpdesk.organizations (id) on delete cascade
);

-- Searches read the lexemes of hundreds of documents to rank them. To decompress those of an
-- article takes longer than to rank it, so only lexemes that fill half a page are compressed.
alter table helpdesk.search_documents set (toast_tuple_target = 4080);

-- search() estimates the number of matches with search_documents_sample_idx instead.
alter table helpdesk.search_documents alter column lexemes set statistics 0;

---- Indexes

-- src/fulltext/pending_list.rs decides how long its pending list may become.
create index search_documents_lexemes_idx on helpdesk.search_documents using gin (lexemes);
-- Random samples of one document in 64 and in 1,024, to estimate how many documents match. They
-- have no pending list, because a search would have to scan that as well.
create index search_documents_sample_idx
  on helpdesk.search_documents using gin (lexemes) with (fastupdate = off)
  where uuid_hash(document_id) & 63 = 0;
create index search_documents_small_sample_idx
  on helpdesk.search_documents using gin (lexemes) with (fastupdate = off)
  where uuid_hash(document_id) & 1023 = 0;
create index search_documents_block_idx
  on helpdesk.search_documents (org_id, document_id)
  where uuid_hash(document_id) & 1023 = 0 and ticket_id is not null;
create index search_documents_ticket_idx
  on helpdesk.search_documents (ticket_id);
create index search_documents_person_idx
  on helpdesk.search_documents (document_id) where kind = 'person';

---- Triggers

create trigger tickets_index_text
  after insert or delete
  or update of title, description, created_by, assigned_to,
    -- A ticket that is reopened can lose its assignee.
    status, current_stage_id, workflow_id
  on helpdesk.tickets
  for each row execute function helpdesk.update_search_document();

create trigger ticket_comments_index_text
  after insert or update of content or delete on helpdesk.ticket_comments
  for each row execute function helpdesk.update_search_document();

create trigger ticket_attachments_index_text
  after insert or update of file_name or delete on helpdesk.ticket_attachments
  for each row execute function helpdesk.update_search_document();

create trigger articles_index_text
  after insert or update of title, content, tags, categories or delete on helpdesk.articles
  for each row execute function helpdesk.update_search_document();

create trigger org_members_index_person
  after insert or delete on helpdesk.org_members
  for each row execute function helpdesk.update_person_documents();

create trigger profiles_index_person
  after update of name, email or delete on helpdesk.profiles
  for each row execute function helpdesk.update_person_documents();

create trigger organizations_check_search_language
  before insert or update of search_language, sort_locale on helpdesk.organizations
  for each row execute function helpdesk.organizations_check_search_language();

create trigger organizations_rebuild_search_documents
  after update of search_language, sort_locale on helpdesk.organizations
  for each row when (old.search_language is distinct from new.search_language
                     or old.sort_locale is distinct from new.sort_locale)
  execute function helpdesk.organizations_rebuild_search_documents();

create trigger organizations_delete_search_documents
  after delete on helpdesk.organizations
  for each row execute function helpdesk.organizations_rebuild_search_documents();

---- Row security

-- search_documents has no policies: lexemes would reveal the contents of rows that the reader may
-- not see. Only SECURITY DEFINER functions read it and search_rebuilds.

---- Comments

comment on table helpdesk.search_documents is
'Lexemes of tickets, comments, names of files, articles and people, for search(). Each lexeme is
  prefixed with one letter for the kind of document and four for the organization, so that a search
  reads only the index entries of one organization, no matter how large the others are.';
comment on column helpdesk.search_documents.org_id is 'The organization.';
comment on column helpdesk.search_documents.document_id is
  'The ticket, comment, attachment, article or person (helpdesk.profiles.id).';
comment on column helpdesk.search_documents.kind is
  'ticket, comment, attachment, article or person.';
comment on column helpdesk.search_documents.ticket_id is
  'The ticket, or that of the comment or attachment; null for an article or a person.';
comment on column helpdesk.search_documents.is_internal is 'Whether only staff can read it.';
comment on column helpdesk.search_documents.lexemes is
'Lexemes of the first 100,000 characters in the search_language of the organization, with weight A
  for those of the title. Made by document_lexemes(). Words with accents are added again without
  them, marked by ~. Lexemes of an article''s title are added again under a separate kind. The prefix
  alone is a lexeme too: it finds all documents of a kind. A ticket has the ids of its requester and
  assignee, marked by @.';

comment on table helpdesk.search_rebuilds is
  'The organizations whose full-text index is being rebuilt in batches, by '
  'continue_search_rebuild().';
comment on column helpdesk.search_rebuilds.org_id is 'The organization.';
comment on column helpdesk.search_rebuilds.previous_languages is
  'The languages of documents that are not rebuilt yet. Searches also use them.';
comment on column helpdesk.search_rebuilds.documents is
  'About how many documents are to be read: each twice, to write it and to find those without a row.';
comment on column helpdesk.search_rebuilds.done is 'How many have been read.';
comment on column helpdesk.search_rebuilds.step is 'What is being read: the number of the step.';
comment on column helpdesk.search_rebuilds.last_id is 'The last row that was read in this step.';
comment on column helpdesk.search_rebuilds.started_at is
  'When the rebuild was started, or the language changed last.';

comment on index helpdesk.search_documents_lexemes_idx is 'Serves full-text search.';
comment on index helpdesk.search_documents_sample_idx is
'Serves search() in choosing a plan: the matches in a sample of one document in 64 are an estimate of
  all matches.';
comment on index helpdesk.search_documents_small_sample_idx is
'Serves search() in choosing a plan for a frequent word, which even the larger sample finds in too
  many documents.';
comment on index helpdesk.search_documents_block_idx is
'Serves search() in going through the blocks of documents, newest first, and the writing of a
  document, which has a lexeme for its block.';
comment on index helpdesk.search_documents_ticket_idx is
  'Serves search() in a customer''s own tickets, and the deletion of a ticket.';

comment on index helpdesk.search_documents_person_idx is
  'Serves a change of a person''s name or address, in all their organizations.';

comment on trigger tickets_index_text on helpdesk.tickets is
  'Updates the row of the ticket in search_documents.';
comment on trigger ticket_comments_index_text on helpdesk.ticket_comments is
  'Updates the row of the comment in search_documents.';
comment on trigger ticket_attachments_index_text on helpdesk.ticket_attachments is
  'Updates the row of the attachment in search_documents.';
comment on trigger org_members_index_person on helpdesk.org_members is
  'Updates the row of the person in search_documents: somebody who leaves is found by name only.';
comment on trigger profiles_index_person on helpdesk.profiles is
  'Updates the rows of the person in search_documents.';
comment on trigger articles_index_text on helpdesk.articles is
  'Updates the row of the article in search_documents.';
comment on trigger organizations_check_search_language on helpdesk.organizations is
'Requires that search_language names a text search configuration, and that sort_locale is a language
  tag.';
comment on trigger organizations_rebuild_search_documents on helpdesk.organizations is
  'Rebuilds the full-text index of the organization in its new language, and sorts its articles.';
comment on trigger organizations_delete_search_documents on helpdesk.organizations is
  'Deletes the rows of the organization in search_documents.';
