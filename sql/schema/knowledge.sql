-- The knowledge base: articles, their versions, the category tree, and feedback from readers.

set local search_path = pg_catalog, pg_temp;

---- Tables

create table helpdesk.categories (
  org_id uuid not null,
  id uuid not null default helpdesk.uuid_generate_v7(),
  name text not null,
  description text,
  parent_id uuid,
  created_at timestamptz not null default pg_catalog.now(),
  constraint categories_pkey primary key (org_id, id),
  constraint categories_org_id_fkey foreign key (org_id)
    references helpdesk.organizations (id) on delete cascade,
  constraint categories_parent_id_fkey foreign key (org_id, parent_id)
    references helpdesk.categories (org_id, id)
    deferrable initially deferred,
  constraint categories_name_check
    check (helpdesk.is_text(name, 200)),
  constraint categories_description_check check (pg_catalog.char_length(description) <= 10000)
);

create table helpdesk.articles (
  org_id uuid not null,
  id uuid not null default helpdesk.uuid_generate_v7(),
  title text not null,
  content text not null,
  categories text[] not null default '{}',
  tags text[] not null default '{}',
  author uuid not null default helpdesk.my_profile_id(),
  visibility text not null default 'internal',
  status text not null default 'draft',
  created_at timestamptz not null default pg_catalog.now(),
  updated_at timestamptz not null default pg_catalog.now(),
  published_at timestamptz,
  version integer not null default 1,
  helpful_count integer not null default 0,
  unhelpful_count integer not null default 0,
  title_key bytea not null default '',
  constraint articles_pkey primary key (org_id, id),
  constraint articles_org_id_fkey foreign key (org_id) references helpdesk.organizations (id),
  constraint articles_author_fkey foreign key (author) references helpdesk.profiles (id),
  constraint articles_title_check
    check (helpdesk.is_text(title, 500)),
  constraint articles_content_check
    check (helpdesk.is_text(content, 500000)),
  constraint articles_visibility_check check (visibility in ('internal', 'members', 'public')),
  constraint articles_status_check check (status in ('draft', 'published', 'archived')),
  constraint articles_categories_check check (pg_catalog.cardinality(categories) <= 50),
  constraint articles_tags_check check (pg_catalog.cardinality(tags) <= 50)
);

create table helpdesk.article_versions (
  org_id uuid not null,
  id uuid not null default helpdesk.uuid_generate_v7(),
  article_id uuid not null,
  version integer not null,
  title text not null,
  content text not null,
  created_at timestamptz not null,
  created_by uuid,
  constraint article_versions_pkey primary key (org_id, id),
  constraint article_versions_article_id_version_key unique (org_id, article_id, version),
  constraint article_versions_article_id_fkey foreign key (org_id, article_id)
    references helpdesk.articles (org_id, id) on delete cascade,
  constraint article_versions_created_by_fkey foreign key (created_by)
    references helpdesk.profiles (id)
);

create table helpdesk.article_feedback (
  org_id uuid not null default '00000000-0000-0000-0000-000000000000',
  article_id uuid not null,
  user_id uuid not null default helpdesk.ensure_profile(),
  helpful boolean not null,
  comment text,
  created_at timestamptz not null default pg_catalog.now(),
  constraint article_feedback_pkey primary key (org_id, article_id, user_id),
  constraint article_feedback_article_id_fkey foreign key (org_id, article_id)
    references helpdesk.articles (org_id, id) on delete cascade,
  constraint article_feedback_user_id_fkey foreign key (user_id)
    references helpdesk.profiles (id) on delete cascade,
  constraint article_feedback_comment_check
    check (helpdesk.is_text(comment, 2000))
);

create table helpdesk.ticket_articles (
  org_id uuid not null default '00000000-0000-0000-0000-000000000000',
  ticket_id uuid not null,
  article_id uuid not null,
  linked_by uuid default helpdesk.my_profile_id(),
  linked_at timestamptz not null default pg_catalog.now(),
  constraint ticket_articles_pkey primary key (org_id, ticket_id, article_id),
  constraint ticket_articles_ticket_id_fkey foreign key (org_id, ticket_id)
    references helpdesk.tickets (org_id, id) on delete cascade,
  constraint ticket_articles_article_id_fkey foreign key (org_id, article_id)
    references helpdesk.articles (org_id, id) on delete cascade,
  constraint ticket_articles_linked_by_fkey foreign key (linked_by)
    references helpdesk.profiles (id)
);

-- Planner statistics cover all organizations: row estimates for a text would reveal whether another
-- organization has it.
alter table helpdesk.categories
  alter column name set statistics 0,
  alter column description set statistics 0;
alter table helpdesk.articles
  alter column title set statistics 0,
  alter column title_key set statistics 0,
  alter column content set statistics 0,
  alter column categories set statistics 0,
  alter column tags set statistics 0;
alter table helpdesk.article_versions
  alter column title set statistics 0,
  alter column content set statistics 0;
alter table helpdesk.article_feedback
  alter column comment set statistics 0;

---- Indexes

create index categories_id_idx on helpdesk.categories (id);
create unique index categories_name_key
  on helpdesk.categories (org_id, parent_id, pg_catalog.lower(name)) nulls not distinct;
alter index helpdesk.categories_name_key alter column 3 set statistics 0;

create index articles_id_idx on helpdesk.articles (id);
create index articles_org_updated_idx on helpdesk.articles (org_id, updated_at desc, id desc);
create index articles_org_created_idx on helpdesk.articles (org_id, created_at desc, id desc);
create index articles_org_title_idx on helpdesk.articles (org_id, title_key, id);
create index articles_author_idx on helpdesk.articles (author);
create index articles_categories_idx on helpdesk.articles using gin (categories);
create index articles_tags_idx on helpdesk.articles using gin (tags);
create index articles_public_idx
  on helpdesk.articles (updated_at desc, id desc)
  where status = 'published' and visibility = 'public';

create index article_versions_id_idx on helpdesk.article_versions (id);
create index article_versions_article_id_idx on helpdesk.article_versions (article_id);
create index article_versions_created_by_idx on helpdesk.article_versions (created_by);
create index article_feedback_user_idx on helpdesk.article_feedback (user_id);
create index ticket_articles_article_idx on helpdesk.ticket_articles (org_id, article_id);
create index ticket_articles_linked_by_idx on helpdesk.ticket_articles (linked_by);

---- Triggers

create trigger categories_check
  before insert or update on helpdesk.categories
  for each row execute function helpdesk.categories_check();

create trigger categories_rename
  after update of name on helpdesk.categories
  for each row when (old.name is distinct from new.name)
  execute function helpdesk.categories_rename();

create trigger categories_detach
  after delete on helpdesk.categories
  referencing old table as deleted
  for each statement execute function helpdesk.categories_detach();

create trigger update_article_version
  before insert or update on helpdesk.articles
  for each row execute function helpdesk.update_article_version();

create trigger articles_record_version
  after insert or update on helpdesk.articles
  for each row execute function helpdesk.articles_record_version();

create trigger article_feedback_check
  before insert or update on helpdesk.article_feedback
  for each row execute function helpdesk.article_feedback_check();

create trigger ticket_articles_check
  before insert on helpdesk.ticket_articles
  for each row execute function helpdesk.ticket_articles_check();

create trigger article_feedback_count
  after insert or update or delete on helpdesk.article_feedback
  for each row execute function helpdesk.article_feedback_count();

---- Row security

create policy staff_full_access on helpdesk.categories for all to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()))
  with check (org_id = any (helpdesk.my_staff_org_ids()));

create policy staff_full_access on helpdesk.articles for all to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()))
  with check (org_id = any (helpdesk.my_staff_org_ids()));

create policy members_read_published on helpdesk.articles for select to authenticated
  using (status = 'published' and visibility in ('members', 'public')
         and org_id = any (helpdesk.my_org_ids()));

create policy everybody_reads_public on helpdesk.articles for select to anon, authenticated
  using (status = 'published' and visibility = 'public');

create policy staff_read_versions on helpdesk.article_versions for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

create policy own_feedback on helpdesk.article_feedback for all to authenticated
  using (user_id = helpdesk.my_profile_id())
  with check (user_id = helpdesk.my_profile_id());

create policy staff_read_feedback on helpdesk.article_feedback for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

create policy staff_read_links on helpdesk.ticket_articles for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

create policy staff_link on helpdesk.ticket_articles for insert to authenticated
  with check (org_id = any (helpdesk.my_staff_org_ids()) and linked_by = helpdesk.my_profile_id());

create policy staff_unlink on helpdesk.ticket_articles for delete to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

---- Comments

comment on table helpdesk.categories is
  'The category tree of the knowledge base. Deleting a category moves its sub-categories up.';
comment on column helpdesk.categories.org_id is 'The organization.';
comment on column helpdesk.categories.id is 'The category. UUIDv7.';
comment on column helpdesk.categories.name is
'Display name, 1 to 200 characters; unique among its siblings, ignoring case. Articles refer to
  categories by name; renaming a category renames it in them.';
comment on column helpdesk.categories.description is 'Description, up to 10,000 characters.';
comment on column helpdesk.categories.parent_id is
  'The parent category; null at the top. Cycles are refused, and so are more than 20 levels.';
comment on column helpdesk.categories.created_at is 'When the category was created.';

comment on table helpdesk.articles is 'The current state of the articles of the knowledge base.';
comment on column helpdesk.articles.org_id is 'The organization. Never changes.';
comment on column helpdesk.articles.id is 'The article. UUIDv7. Never changes.';
comment on column helpdesk.articles.title is
  'Title, 1 to 500 characters; surrounding white space is trimmed.';
comment on column helpdesk.articles.content is
  'The text, 1 to 500,000 characters, in any markup that the application uses.';
comment on column helpdesk.articles.categories is
  'Names of categories of the organization, up to 50.';
comment on column helpdesk.articles.tags is 'Tags, up to 50.';
comment on column helpdesk.articles.author is 'The author of the first version. Never changes.';
comment on column helpdesk.articles.visibility is
'Who can read it once it is published: internal (staff), members (members of the organization) or
  public (everybody).';
comment on column helpdesk.articles.status is
  'draft, published or archived. Only staff can read drafts and archived articles.';
comment on column helpdesk.articles.created_at is 'When the article was created. Never changes.';
comment on column helpdesk.articles.updated_at is 'When it last changed.';
comment on column helpdesk.articles.published_at is
  'When it was last published; null if it never was.';
comment on column helpdesk.articles.version is
  'Number of its versions. article_versions keeps title and content of each.';
comment on column helpdesk.articles.helpful_count is 'Number of readers who found it helpful.';
comment on column helpdesk.articles.unhelpful_count is 'Number of readers who did not.';
comment on column helpdesk.articles.title_key is
  'Sorts by title in the language of the organization: bytes made of the title. A trigger sets it.';

comment on table helpdesk.article_versions is
  'Title and content of all versions of articles, including the current one. Only triggers write '
  'it.';
comment on column helpdesk.article_versions.org_id is 'The organization.';
comment on column helpdesk.article_versions.id is 'The row. UUIDv7.';
comment on column helpdesk.article_versions.article_id is 'The article.';
comment on column helpdesk.article_versions.version is 'articles.version after the change.';
comment on column helpdesk.article_versions.title is 'Title after the change.';
comment on column helpdesk.article_versions.content is 'Content after the change.';
comment on column helpdesk.article_versions.created_at is 'When the change was made.';
comment on column helpdesk.article_versions.created_by is
  'Author of the change; null for the database administrator or a backend.';

comment on table helpdesk.article_feedback is
  'Whether an article helped its readers. Each reader has one rating, which they can change.';
comment on column helpdesk.article_feedback.org_id is 'The organization.';
comment on column helpdesk.article_feedback.article_id is 'The article.';
comment on column helpdesk.article_feedback.user_id is 'The reader (helpdesk.profiles.id).';
comment on column helpdesk.article_feedback.helpful is 'Whether the article helped.';
comment on column helpdesk.article_feedback.comment is
  'Comment of the reader, 1 to 2,000 characters; may be null.';
comment on column helpdesk.article_feedback.created_at is
  'When the reader first rated the article.';

comment on table helpdesk.ticket_articles is 'Articles that staff have linked to tickets.';
comment on column helpdesk.ticket_articles.org_id is 'The organization.';
comment on column helpdesk.ticket_articles.ticket_id is 'The ticket.';
comment on column helpdesk.ticket_articles.article_id is 'The article.';
comment on column helpdesk.ticket_articles.linked_by is
  'The profile that linked them; null for the database administrator or a backend.';
comment on column helpdesk.ticket_articles.linked_at is 'When they were linked.';

comment on index helpdesk.categories_id_idx is 'Serves lookups of a category by id alone.';
comment on index helpdesk.categories_name_key is
'Serves the search for a sibling of the same name, moving sub-categories up, and the foreign key;
  keeps names unique among siblings, ignoring case.';
comment on index helpdesk.articles_id_idx is 'Serves lookups of an article by id alone.';
comment on index helpdesk.articles_org_updated_idx is
  'Serves list_articles() in its default order, and the same order in queries on the table.';
comment on index helpdesk.articles_org_created_idx is 'Serves list_articles() sorted by createdAt.';
comment on index helpdesk.articles_org_title_idx is 'Serves list_articles() sorted by title.';
comment on index helpdesk.articles_author_idx is
  'Serves list_articles() filtered by author, and the foreign key to profiles.';
comment on index helpdesk.articles_categories_idx is
  'Serves list_articles() filtered by category, and renaming a category.';
comment on index helpdesk.articles_tags_idx is 'Serves list_articles() filtered by tag.';
comment on index helpdesk.articles_public_idx is
  'Serves the most recently changed public articles in queries on the table.';
comment on index helpdesk.article_versions_id_idx is 'Serves lookups of a version by id alone.';
comment on index helpdesk.article_versions_article_id_idx is
  'Serves the versions of an article in queries on the table, and the foreign key to articles.';
comment on index helpdesk.article_versions_created_by_idx is 'Serves the foreign key to profiles.';
comment on index helpdesk.article_feedback_user_idx is
  'Serves a reader''s own feedback, and the foreign key to profiles.';
comment on index helpdesk.ticket_articles_article_idx is
  'Serves the tickets of an article, and the foreign key to articles.';
comment on index helpdesk.ticket_articles_linked_by_idx is 'Serves the foreign key to profiles.';

comment on trigger categories_check on helpdesk.categories is
  'Refuses cycles, more than 20 levels, and siblings of the same name.';
comment on trigger categories_rename on helpdesk.categories is 'Renames the category in articles.';
comment on trigger categories_detach on helpdesk.categories is
  'Moves sub-categories of deleted categories up and removes the deleted names from articles.';
comment on trigger update_article_version on helpdesk.articles is
  'Checks the row and sets the system''s columns, such as version and timestamps.';
comment on trigger articles_record_version on helpdesk.articles is
  'Writes each version to article_versions.';
comment on trigger article_feedback_check on helpdesk.article_feedback is
  'Requires that the reader may read the article, and refuses to change reader and article.';
comment on trigger ticket_articles_check on helpdesk.ticket_articles is
  'Fills in the organization, and checks the author, the ticket and the article.';
comment on trigger article_feedback_count on helpdesk.article_feedback is
  'Updates the counts of the article.';

comment on policy staff_full_access on helpdesk.categories is
  'Staff read and write the categories of their organizations. Others call list_categories().';
comment on policy staff_full_access on helpdesk.articles is
  'Staff read and write all articles of their organizations.';
comment on policy members_read_published on helpdesk.articles is
  'Members read articles that are published for members or for everybody.';
comment on policy everybody_reads_public on helpdesk.articles is
  'Everybody, signed in or not, reads articles that are published for everybody.';
comment on policy staff_read_versions on helpdesk.article_versions is
  'Staff read the versions of all articles of their organizations.';
comment on policy own_feedback on helpdesk.article_feedback is
  'Readers read and write their own feedback.';
comment on policy staff_read_feedback on helpdesk.article_feedback is
  'Staff read the feedback on articles of their organizations.';
comment on policy staff_read_links on helpdesk.ticket_articles is
  'Staff read which articles are linked to tickets.';
comment on policy staff_link on helpdesk.ticket_articles is
  'Staff link articles to tickets of their organizations, in their own name.';
comment on policy staff_unlink on helpdesk.ticket_articles is
  'Staff remove links of their organizations.';
