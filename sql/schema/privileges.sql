-- Owners, row security and privileges of the tables and views. Privileges decide which columns a
-- role may write, policies (in the files of the domains) which rows. The system sets other columns.
-- install() runs this file again, because default privileges of a database into which a dump was
-- restored may have granted more. sql/extension has the privileges of functions and the schema.

set local search_path = pg_catalog, pg_temp;

-- Every table and view is named once. Default privileges are revoked from everybody when the tables
-- are new; later runs leave alone what an administrator has granted to other roles.
do $$
declare
  readable constant pg_catalog.regclass[] := '{
    helpdesk.schema_version, helpdesk.installation_settings, helpdesk.profiles,
    helpdesk.organizations, helpdesk.org_members, helpdesk.org_invites, helpdesk.admin_invite_codes,
    helpdesk.workflows, helpdesk.workflow_stages, helpdesk.workflow_transitions,
    helpdesk.tickets, helpdesk.ticket_history,
    helpdesk.ticket_comments, helpdesk.ticket_attachments, helpdesk.ticket_internal_counts,
    helpdesk.notifications, helpdesk.notification_preferences, helpdesk.ticket_watchers,
    helpdesk.queue_watchers,
    helpdesk.articles, helpdesk.article_versions, helpdesk.article_feedback,
    helpdesk.categories, helpdesk.ticket_articles,
    helpdesk.ticket_stat_deltas, helpdesk.ticket_stage_counts, helpdesk.ticket_agent_counts,
    helpdesk.ticket_days_by_priority, helpdesk.ticket_days_by_agent,
    helpdesk.agent_tickets, helpdesk.customer_tickets, helpdesk.workflow_stage_stats}';
  internal constant pg_catalog.regclass[] := '{
    helpdesk.ticket_counters, helpdesk.idempotency_keys, helpdesk.search_documents,
    helpdesk.search_rebuilds}';
  api_roles constant pg_catalog.oid[] := array[
    0::pg_catalog.oid, 'anon'::pg_catalog.regrole, 'authenticated'::pg_catalog.regrole,
    'service_role'::pg_catalog.regrole];
  is_new constant pg_catalog.bool := not exists (select from helpdesk.schema_version);
  relation pg_catalog.regclass;
  grantee pg_catalog.text;
begin
  foreach relation in array pg_catalog.array_cat(readable, internal) loop
    -- Only if it is needed, because both lock out everybody, while grants lock nobody out.
    if exists (select from pg_catalog.pg_class c
                where c.oid operator(pg_catalog.=) relation
                  and c.relowner operator(pg_catalog.<>) 'helpdesk_owner'::pg_catalog.regrole) then
      execute pg_catalog.format('alter table %s owner to helpdesk_owner', relation);
    end if;
    if exists (select from pg_catalog.pg_class c
                where c.oid operator(pg_catalog.=) relation
                  and c.relkind operator(pg_catalog.=) 'r' and not c.relrowsecurity) then
      execute pg_catalog.format('alter table %s enable row level security', relation);
    end if;
    -- Under FORCE, our own functions would see no rows.
    if exists (select from pg_catalog.pg_class c
                where c.oid operator(pg_catalog.=) relation and c.relforcerowsecurity) then
      execute pg_catalog.format('alter table %s no force row level security', relation);
    end if;

    for grantee in
      select distinct
             case when a.grantee operator(pg_catalog.=) 0::pg_catalog.oid then 'public'
                  else a.grantee::pg_catalog.regrole::pg_catalog.text end
        from (select c.relowner, c.relacl
                from pg_catalog.pg_class c
               where c.oid operator(pg_catalog.=) relation
              union all
              select c.relowner, t.attacl
                from pg_catalog.pg_class c
                join pg_catalog.pg_attribute t on t.attrelid operator(pg_catalog.=) c.oid
               where c.oid operator(pg_catalog.=) relation) o (owner, acl),
             pg_catalog.aclexplode(o.acl) a
       where a.grantee operator(pg_catalog.<>) o.owner
         and (is_new or a.grantee operator(pg_catalog.=) any (api_roles))
    loop
      execute pg_catalog.format('revoke all on table %s from %s cascade', relation, grantee);
    end loop;

    if relation operator(pg_catalog.=) any (readable) then
      execute pg_catalog.format('grant select on %s to authenticated, service_role', relation);
    end if;

    -- It permits nothing. A condition of an immutable function is evaluated when a statement is
    -- planned, which is before Postgres checks privileges.
    if relation operator(pg_catalog.=) any (readable)
       and exists (select from pg_catalog.pg_class c
                    where c.oid operator(pg_catalog.=) relation
                      and c.relkind operator(pg_catalog.=) 'r')
       and not exists (select from pg_catalog.pg_policy p
                        where p.polrelid operator(pg_catalog.=) relation
                          and p.polname operator(pg_catalog.=) 'load_library') then
      execute pg_catalog.format(
        'create policy load_library on %s to authenticated using (helpdesk.load_library()) '
        'with check (helpdesk.load_library())', relation);
      execute pg_catalog.format('comment on policy load_library on %s is %L', relation,
        'Permits nothing. It loads the library, which explains why a write is denied.');
    end if;
  end loop;
end
$$;

-- pg_restore --disable-triggers ends by enabling all triggers, these no longer for subscriptions.
do $$
declare
  place pg_catalog.record;
begin
  for place in
    select t.tgrelid::pg_catalog.regclass as relation, t.tgname
      from pg_catalog.pg_trigger t
     where t.tgfoid operator(pg_catalog.=) 'helpdesk.receive_only_row()'::pg_catalog.regprocedure
       and t.tgenabled operator(pg_catalog.<>) 'A'
  loop
    execute pg_catalog.format('alter table %s enable always trigger %I', place.relation, place.tgname);
  end loop;
end
$$;

-- Users who are not signed in read one table. Its policy shows them the public articles.
grant select on helpdesk.articles to anon;

-- Users.
grant update (name, avatar_url, preferences, last_active) on helpdesk.profiles to authenticated;
grant update (who_may_found_organizations) on helpdesk.installation_settings
  to authenticated, service_role;

grant insert (name, created_by),
  update (name, agents_may_invite, open_to_customers, reopen_on_customer_comment,
    closed_ticket_replies, notification_retention, search_ignores_accents, search_language,
    sort_locale, time_zone)
  on helpdesk.organizations to authenticated;
grant update (org_role, may_be_assigned), delete on helpdesk.org_members to authenticated;
grant insert (org_id, email, role, expires_at, created_by), delete
  on helpdesk.org_invites to authenticated;
grant delete on helpdesk.admin_invite_codes to authenticated;

grant insert (org_id, name, description, is_active), update (name, description, is_active), delete
  on helpdesk.workflows to authenticated;
grant insert (org_id, workflow_id, name, description, position, status, is_start, is_active),
  update (name, description, position, status, is_start, is_active), delete
  on helpdesk.workflow_stages to authenticated;
grant insert (org_id, workflow_id, from_stage_id, to_stage_id, min_role), update (min_role), delete
  on helpdesk.workflow_transitions to authenticated;

grant insert (org_id, workflow_id, title, description, priority, assigned_to, created_by),
  update (title, description, priority, assigned_to, current_stage_id, workflow_id, created_by),
  delete
  on helpdesk.tickets to authenticated;

grant insert (org_id, ticket_id, content, is_internal, created_by), update (content)
  on helpdesk.ticket_comments to authenticated;
grant insert (
    org_id, ticket_id, comment_id, file_name, file_type, file_size, storage_path, is_internal,
    uploaded_by),
  delete on helpdesk.ticket_attachments to authenticated;

grant update (read), delete on helpdesk.notifications to authenticated;
-- With the key in both lists, PostgREST can merge a row into an existing one.
grant insert (user_id, type, enabled), update (user_id, type, enabled), delete
  on helpdesk.notification_preferences to authenticated;
grant delete on helpdesk.ticket_watchers, helpdesk.queue_watchers to authenticated;

grant insert (org_id, title, content, categories, tags, visibility, status, author),
  update (title, content, categories, tags, visibility, status), delete
  on helpdesk.articles to authenticated;
grant insert (org_id, article_id, user_id, helpful, comment), update (helpful, comment), delete
  on helpdesk.article_feedback to authenticated;
grant insert (org_id, name, description, parent_id), update (name, description, parent_id), delete
  on helpdesk.categories to authenticated;
grant insert (org_id, ticket_id, article_id, linked_by), delete on helpdesk.ticket_articles to authenticated;

-- Postgres checks privileges on views before anything of ours runs. Triggers refuse every write.
grant insert, update, delete
  on helpdesk.agent_tickets, helpdesk.customer_tickets, helpdesk.workflow_stage_stats
  to authenticated;

-- Trusted backends write what users write. Only the system writes history, counts and keys.
grant insert, update, delete on
  helpdesk.profiles, helpdesk.organizations, helpdesk.org_members, helpdesk.workflow_stages,
  helpdesk.tickets, helpdesk.ticket_comments, helpdesk.ticket_attachments,
  helpdesk.articles, helpdesk.article_feedback, helpdesk.categories
  to service_role;
-- No trigger stops rows of these tables from changing their organization, so the columns do.
grant insert, delete on
  helpdesk.org_invites, helpdesk.workflows, helpdesk.workflow_transitions,
  helpdesk.notification_preferences, helpdesk.ticket_watchers, helpdesk.queue_watchers,
  helpdesk.ticket_articles
  to service_role;
grant update (name, description, is_active) on helpdesk.workflows to service_role;
grant update (min_role) on helpdesk.workflow_transitions to service_role;
grant update (type, enabled) on helpdesk.notification_preferences to service_role;
grant update (read), delete on helpdesk.notifications to service_role;
grant delete on helpdesk.admin_invite_codes to service_role;
