-- One index of words over tickets, comments and articles. Written by triggers, in the transaction of what they say.

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

-- How many documents match is told by a sample: see search_documents_sample_idx.
alter table helpdesk.search_documents alter column lexemes set statistics 0;

---- Indexes

-- What was written last is in a list that every search reads: a short one costs a search little, and who writes nothing more.
create index search_documents_lexemes_idx on helpdesk.search_documents using gin (lexemes) with (gin_pending_list_limit = 256);
-- One document in 64, by chance: how many match there tells how many match. It has no list of what was written last: a search
-- would read a second one.
create index search_documents_sample_idx on helpdesk.search_documents using gin (lexemes) with (fastupdate = off)
  where uuid_hash(document_id) & 63 = 0;
create index search_documents_ticket_idx on helpdesk.search_documents (ticket_id) where ticket_id is not null;

---- Triggers

create trigger tickets_index_text
  after insert or update of title, description or delete on helpdesk.tickets
  for each row execute function helpdesk.update_search_document();

create trigger ticket_comments_index_text
  after insert or update of content or delete on helpdesk.ticket_comments
  for each row execute function helpdesk.update_search_document();

create trigger articles_index_text
  after insert or update of title, content or delete on helpdesk.articles
  for each row execute function helpdesk.update_search_document();

create trigger organizations_check_search_language
  before insert or update of search_language on helpdesk.organizations
  for each row execute function helpdesk.organizations_check_search_language();

create trigger organizations_rebuild_search_documents
  after update of search_language on helpdesk.organizations
  for each row when (old.search_language is distinct from new.search_language)
  execute function helpdesk.organizations_rebuild_search_documents();

---- Row security

-- Nobody reads it directly: words would tell what is in rows that they may not see. search() asks for them.
alter table helpdesk.search_documents enable row level security;

---- Comments

comment on table helpdesk.search_documents is
  'The words of tickets, comments and articles, for search(). Each begins with a letter for its kind and four for its organization, so that the index finds the words of one organization only, however large the others are.';
comment on column helpdesk.search_documents.org_id is 'The organization.';
comment on column helpdesk.search_documents.document_id is 'The ticket, comment or article.';
comment on column helpdesk.search_documents.kind is 'ticket, comment or article.';
comment on column helpdesk.search_documents.ticket_id is 'The ticket it is or is on; null for an article.';
comment on column helpdesk.search_documents.is_internal is 'True: for staff only.';
comment on column helpdesk.search_documents.lexemes is
  'Its words in the organization''s search_language, those of a title with weight A; of the first 100,000 characters; the words of an article''s title once more, as a kind of their own; and the beginning of its words alone, which finds all of a kind of an organization.';
comment on index helpdesk.search_documents_lexemes_idx is 'Serves search by words.';
comment on index helpdesk.search_documents_sample_idx is
  'Serves search in choosing how to find what matches: one document in 64 tells how many there are.';
comment on index helpdesk.search_documents_ticket_idx is 'Serves search in a customer''s own tickets, and the removal of a ticket.';
comment on trigger tickets_index_text on helpdesk.tickets is 'Keeps the words of a ticket in search_documents.';
comment on trigger ticket_comments_index_text on helpdesk.ticket_comments is 'Keeps the words of a comment in search_documents.';
comment on trigger articles_index_text on helpdesk.articles is 'Keeps the words of an article in search_documents.';
comment on trigger organizations_check_search_language on helpdesk.organizations is 'search_language names a text search configuration of Postgres.';
comment on trigger organizations_rebuild_search_documents on helpdesk.organizations is 'Indexes everything of the organization again in its new language.';
