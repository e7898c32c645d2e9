-- The functions: who owns and who may call them, what they mean. They are members of the extension, so this runs inside
-- CREATE EXTENSION, also while a dump is restored. Every one is closed, then opened by name. The last step makes the tables.

---- Owners and privileges

do $$
declare
  member pg_catalog.regprocedure;
  grantee pg_catalog.text;
  enum pg_catalog.regtype;
begin
  for member in
    select d.objid from pg_catalog.pg_depend d
      join pg_catalog.pg_extension e on e.oid operator(pg_catalog.=) d.refobjid
     where d.refclassid operator(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
       and d.classid operator(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
       and d.deptype operator(pg_catalog.=) 'e' and e.extname operator(pg_catalog.=) 'helpdesk'
       and d.objid in (select p.oid from pg_catalog.pg_proc p
                        where p.pronamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace)
  loop
    execute pg_catalog.format('alter function %s owner to helpdesk_owner', member);
    for grantee in
      select distinct case when a.grantee operator(pg_catalog.=) 0::pg_catalog.oid then 'public' else a.grantee::pg_catalog.regrole::pg_catalog.text end
        from pg_catalog.pg_proc p, pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a
       where p.oid operator(pg_catalog.=) member and a.grantee operator(pg_catalog.<>) p.proowner
    loop
      execute pg_catalog.format('revoke all on function %s from %s', member, grantee);
    end loop;
  end loop;
  foreach enum in array '{helpdesk.user_role,helpdesk.ticket_priority,helpdesk.notification_type}'::pg_catalog.regtype[] loop
    execute pg_catalog.format('alter type %s owner to helpdesk_owner', enum);
  end loop;
end
$$;

-- Asked by policies, column defaults and constraints. A SET search_path would cost five times the call. jwt_subject, uuid_generate_v7,
-- is_blank, bypasses_row_security and prefix_lexemes look nothing up by name; the others set the path inside, when they look (viewer.rs).
grant execute on function
  helpdesk.jwt_subject(), helpdesk.uuid_generate_v7(), helpdesk.is_blank(text), helpdesk.my_profile_id(),
  helpdesk.my_org_ids(), helpdesk.my_customer_org_ids(), helpdesk.my_staff_org_ids(), helpdesk.my_admin_org_ids(),
  helpdesk.my_assigned_ticket_ids(),
  helpdesk.is_member_of_my_orgs(uuid), helpdesk.may_create_organization(), helpdesk.is_installation_admin(), helpdesk.bypasses_row_security(), helpdesk.may_read_file(text),
  helpdesk.may_upload_file(text)
  to anon, authenticated, service_role;

-- The API.
grant execute on function
  helpdesk.create_organization(text),
  helpdesk.list_org_members(uuid),
  helpdesk.set_member_role(uuid, uuid, text),
  helpdesk.remove_member(uuid, uuid),
  helpdesk.leave_organization(uuid),
  helpdesk.create_org_invite(uuid, text, helpdesk.user_role, interval),
  helpdesk.accept_org_invite(uuid),
  helpdesk.revoke_org_invite(uuid),
  helpdesk.my_pending_invites(),
  helpdesk.create_admin_invite_code(interval),
  helpdesk.redeem_admin_invite_code(text),
  helpdesk.create_ticket(uuid, text, text, helpdesk.ticket_priority, uuid, uuid, text),
  helpdesk.update_ticket(uuid, jsonb, integer, uuid),
  helpdesk.get_ticket_details(uuid, uuid),
  helpdesk.list_org_tickets(uuid, jsonb),
  helpdesk.update_tickets(uuid[], jsonb, uuid),
  helpdesk.claim_next_ticket(uuid, jsonb),
  helpdesk.add_comment(uuid, text, boolean, uuid),
  helpdesk.add_attachment(uuid, text, text, integer, text, boolean, uuid),
  helpdesk.watch_ticket(uuid, boolean, uuid),
  helpdesk.publish_article(uuid, uuid),
  helpdesk.archive_article(uuid, uuid),
  helpdesk.revert_article(uuid, integer, uuid),
  helpdesk.rate_article(uuid, boolean, text, uuid),
  helpdesk.suggest_articles(uuid, uuid),
  helpdesk.ticket_activity(uuid, date, date),
  helpdesk.org_dashboard(uuid),
  helpdesk.ticket_participant_name(uuid, uuid, uuid),
  helpdesk.mark_notifications_read(uuid[], uuid),
  helpdesk.count_unread_notifications()
  to authenticated, service_role;

-- Maintenance.
grant execute on function
  helpdesk.cleanup_old_notifications(), helpdesk.refresh_ticket_stats(), helpdesk.verify_ticket_stats(), helpdesk.rebuild_ticket_stats(),
  helpdesk.rebuild_search_index(uuid)
  to service_role;

-- The part of the API that is open to people who are not signed in: they read what is published for everybody.
grant execute on function
  helpdesk.get_article(uuid, uuid),
  helpdesk.list_articles(uuid, jsonb),
  helpdesk.list_categories(uuid),
  helpdesk.search_articles(uuid, text, integer),
  helpdesk.search(uuid, text, jsonb)
  to anon, authenticated, service_role;

-- Whoever acts as somebody else must be able to stop. The function itself asks who logged in.
grant execute on function helpdesk.act_as(text) to authenticated;

---- Comments

comment on function helpdesk.jwt_subject() is
  'The login that the access token names: request.jwt.claim.sub, else sub in request.jwt.claims; null when there is none or it is not a uuid.';
comment on function helpdesk.uuid_generate_v7() is
  'A new UUIDv7 (RFC 9562): ascending, so that rows made together lie together in an index.';
comment on function helpdesk.is_blank(text) is
  'Whether a text is empty or has only white space: characters that Unicode calls so, whatever the locale is.';
comment on function helpdesk.my_profile_id() is 'The profile of the signed-in person; null when nobody is signed in.';
comment on function helpdesk.my_org_ids() is 'The organizations that the signed-in person is a member of.';
comment on function helpdesk.my_customer_org_ids() is 'The organizations in which the signed-in person is org_customer.';
comment on function helpdesk.my_staff_org_ids() is 'The organizations in which the signed-in person is org_agent or org_admin.';
comment on function helpdesk.my_admin_org_ids() is 'The organizations in which the signed-in person is org_admin.';
comment on function helpdesk.my_assigned_ticket_ids() is
  'The tickets that the signed-in person is assigned to in organizations in which they are not staff.';
comment on function helpdesk.is_member_of_my_orgs(uuid) is
  'Whether this profile is a member of an organization in which the signed-in person is staff.';
comment on function helpdesk.may_create_organization() is
  'Whether the signed-in person''s role on the installation (customer or admin) lets them found organizations.';

comment on function helpdesk.is_installation_admin() is
  'Whether the signed-in person is an administrator of the installation (profiles.role is admin).';

comment on function helpdesk.create_organization(text) is
  'Founds an organization: the signed-in person becomes its org_admin, and it gets the workflow "Support". p_name: 1 to 200 characters. Returns its id. Errors: 22004, 22023 (name), 42501 (not signed in, or an agent).';
comment on function helpdesk.list_org_members(uuid) is
  'The members of an organization as [{id, name, email, orgRole, addedAt}]. Staff see all; customers see the staff without e-mail addresses, and themselves. Errors: 22004, 42501 (not a member).';
comment on function helpdesk.set_member_role(uuid, uuid, text) is
  'Makes a member (p_user_id: profiles.id) org_admin, org_agent or org_customer. Admins of the organization. Who becomes org_customer and may not be assigned loses the tickets that are not closed. Errors: 22004, 22023 (role), 42501 (not an admin, or no such member), 55000 (the last org_admin).';
comment on function helpdesk.remove_member(uuid, uuid) is
  'Ends a membership (p_user_id: profiles.id). Admins of the organization. The person''s tickets that are not closed become unassigned, pending invites to their address are revoked. Errors: 22004, 42501 (not an admin, or no such member), 55000 (the last org_admin).';
comment on function helpdesk.leave_organization(uuid) is
  'Ends one''s own membership, as remove_member does. Errors: 22004, 42501 (not a member), 55000 (the last org_admin).';
comment on function helpdesk.create_org_invite(uuid, text, helpdesk.user_role, interval) is
  'Invites the owner of an e-mail address to an organization and returns the invite''s id. Admins of the organization. p_role: customer, agent or admin; p_expires_in: more than 0, at most 366 days. A pending invite to the same address is replaced. Sends no mail: the application does, with the id in its link. Errors: 22004, 22023 (address, lifetime), 42501 (not an admin), 23505 (a member already).';
comment on function helpdesk.accept_org_invite(uuid) is
  'Joins the organization that the signed-in person was invited to, and returns its id; again when they accepted it before. Only who has confirmed the e-mail address that the invite names. Who is a member already keeps their role. Errors: 22004, 42501 (no such invite to this person, address not confirmed), 55000 (somebody else accepted it, or it was yours and you have left since; or it has expired).';
comment on function helpdesk.revoke_org_invite(uuid) is
  'Takes back an invite that was not accepted yet. Admins of the organization. Errors: 22004, 42501 (no such invite there), 55000 (accepted already).';
comment on function helpdesk.my_pending_invites() is
  'The invites that the signed-in person can accept now, as [{id, orgId, orgName, role, invitedBy, createdAt, expiresAt}]: those to their confirmed e-mail address. Errors: 42501 (not signed in).';
comment on function helpdesk.create_admin_invite_code(interval) is
  'Makes a code (128 random bits, 32 hex digits) with which one person becomes an administrator of the installation, and returns it this once. Administrators of the installation, service_role, the database administrator. p_expires_in: more than 0, at most 366 days. Errors: 22004, 22023 (lifetime), 42501.';
comment on function helpdesk.redeem_admin_invite_code(text) is
  'Makes the signed-in person, whose e-mail address is confirmed, an administrator of the installation. A code works once. Errors: 22004, 42501 (whatever is wrong with the code: always the same), 55000 (an administrator already).';
comment on function helpdesk.create_ticket(uuid, text, text, helpdesk.ticket_priority, uuid, uuid, text) is
  'Opens a ticket and returns its id. Any member of the organization. p_title: 1 to 500 characters; p_description: up to 100,000; p_workflow_id: else the earliest active one; p_requester_id: staff and backends open a ticket for a member; p_idempotency_key: the same key by the same person in the same organization returns the first ticket. Errors: 22004, 22023, 42501 (not a member, or a thing of another organization), 55000 (no active workflow), 23505 (key used for another request).';
comment on function helpdesk.update_ticket(uuid, jsonb, integer, uuid) is
  'Changes title, description, priority, assignedTo, stageId of a ticket, any of them in one revision, and returns the ticket object. Staff of the organization. p_expected_version: change only if the ticket still has this version. Nothing to change: no revision. p_org_id: never needed; with it the ticket is looked for in that organization only. Errors: 22004, 22023, 42501 (no such ticket, stage or member there, or a move that the workflow does not allow), 23505 (another version).';
comment on function helpdesk.get_ticket_details(uuid, uuid) is
  'A ticket with its comments, attachments and history as {ticket, comments, attachments, history}. Null when there is no such ticket or the caller may not see it. Customers get no internal comments and attachments, and no e-mail addresses. p_org_id: never needed; with it the ticket is looked for in that organization only. Errors: 22004, 54000 (more than 64 MiB of comments: page through ticket_comments).';
comment on function helpdesk.list_org_tickets(uuid, jsonb) is
  'A page of tickets as {tickets, pagination: {total, page, perPage, nextCursor}}. Filters: priority, status, stageId, workflowId (a value or a list), assignedTo (id, "me", "none"), createdBy (id, "me"), createdAfter, createdBefore, updatedAfter, updatedBefore (RFC 3339; from the first moment, up to but not including the second), search, sort (updatedAt, createdAt, priority; - before it: descending; default -updatedAt), perPage (1..100, default 20), page or cursor, count ("exact", "none"; total is null when a search finds more than 10,000). Customers get the tickets they opened or are assigned to. Errors: 22004, 22023 (filter), 42501 (not a member).';

comment on function helpdesk.update_tickets(uuid[], jsonb, uuid) is
  'Changes up to 1000 tickets at once as update_ticket does, all or none, each with its revision. Staff of their organizations. p_org_id: all of them are of that organization. Returns {updated, tickets: [{id, version}]} of those that really changed. Errors: 22004, 22023, 42501 (a ticket, stage or member that is not there, or a move that the workflow does not allow).';
comment on function helpdesk.claim_next_ticket(uuid, jsonb) is
  'Assigns the most urgent, oldest unassigned open ticket to the signed-in member of staff and returns the ticket object; null when there is none. Who asks at the same time gets another one, and nobody waits. Filters: priority, stageId, workflowId, createdBy, createdAfter, createdBefore, updatedAfter, updatedBefore, search, as in list_org_tickets. Errors: 22004, 22023, 42501 (not staff).';
comment on function helpdesk.add_comment(uuid, text, boolean, uuid) is
  'Says something on a ticket and returns the comment''s id. Whoever sees the ticket; internal comments: staff. p_content: 1 to 100,000 characters. A public comment by somebody who is not staff reopens a pending or resolved ticket, unless the organization does not want it. Errors: 22004, 22023, 42501 (no such ticket, or not for you).';
comment on function helpdesk.add_attachment(uuid, text, text, integer, text, boolean, uuid) is
  'Attaches a file that is in storage to a ticket and returns the attachment''s id. Whoever sees the ticket; internal ones: staff. p_file_size in bytes; p_storage_path relative, without . and .. parts. Errors: 22004, 22023, 42501 (no such ticket, or not for you).';
comment on function helpdesk.get_article(uuid, uuid) is
  'An article with its content, as an object; null when there is none or the caller may not read it. Everybody, signed in or not, reads public ones; author is for members. Errors: 22004.';
comment on function helpdesk.list_articles(uuid, jsonb) is
  'A page of the articles of an organization that the caller may read, as {articles, pagination: {total, perPage, nextCursor}}, without their content. Filters: category (a name; with its sub-categories), tag, status, visibility (a value or a list), author (id, "me"), sort (updatedAt, createdAt, title; - before it: descending; default -updatedAt), perPage (1..100, default 20), cursor, count ("exact", "none"). Errors: 22004, 22023 (filter).';
comment on function helpdesk.list_categories(uuid) is
  'The categories of an organization as a tree, [{id, name, description, articleCount, totalCount, children}]: with how many articles that the caller may read, in each and with its sub-categories. Who is not staff sees those with articles only. Errors: 22004.';
comment on function helpdesk.publish_article(uuid, uuid) is
  'Publishes an article for those whom its visibility names, and returns it. Staff of its organization. Errors: 22004, 42501 (no such article there).';
comment on function helpdesk.archive_article(uuid, uuid) is
  'Takes an article away from its readers, and returns it. Staff of its organization. Errors: 22004, 42501 (no such article there).';
comment on function helpdesk.revert_article(uuid, integer, uuid) is
  'Gives an article the title and the content of one of its versions, as a new version, and returns it. Staff of its organization. Errors: 22004, 22023 (no such version), 42501 (no such article there).';
comment on function helpdesk.rate_article(uuid, boolean, text, uuid) is
  'Says whether an article helped, with up to 2,000 characters of comment; once more changes it. Whoever is signed in and may read the article. Errors: 22004, 22023 (comment), 42501 (not signed in, or no such article).';
comment on function helpdesk.search(uuid, text, jsonb) is
  'Tickets (title, description, number: 42 or #42), comments and articles with these words, best first, as {results: [{kind, id, ticketId, number, title, snippet, status, priority, isInternal, helpfulCount, createdAt, rank}], pagination: {perPage, nextCursor}}; of what the caller may see. Query: words (all of them), "phrases", or, -not; the last word also as a beginning, from three letters on (tickets and comments with the word itself come first); all of them in one ticket (title and description), one comment or one article; a typo in an article''s title is forgiven when no article matches. snippet is HTML: escaped text with <mark>. Tickets and comments are ranked among the newest few hundred matches, then the next few hundred; customers search their 2,000 tickets that changed last. Of a text the first 100,000 characters are searched. Filters: kind (ticket, comment, article, or a list), perPage (1..100, default 20), cursor. No query is an error; one without words finds nothing. Errors: 22004, 22023 (filter).';
comment on function helpdesk.search_articles(uuid, text, integer) is
  'Articles with these words, best first, as a list of results of search(). p_limit: 1 to 100. Everybody finds public ones. Errors: 22004, 22023 (limit).';
comment on function helpdesk.suggest_articles(uuid, uuid) is
  'Up to five published articles that have words of a ticket, best first (words that most articles have do not count), as a list of results of search(). Whoever sees the ticket. Errors: 22004, 42501 (no such ticket).';
comment on function helpdesk.rebuild_search_index(uuid) is
  'Makes the words of search_documents, of one organization or of all, what the texts say, after a change with triggers off. Who writes texts waits meanwhile. service_role and the database administrator. Errors: 55000 (above READ COMMITTED).';
comment on function helpdesk.indexable_text(text) is
  'What of a text is indexed: the first 100,000 characters, words of more than 1,000 bytes cut into several. For the search index.';
comment on function helpdesk.prefix_lexemes(uuid, text, text) is
  'Puts a letter for the kind of document and four for the organization in front of every word of a tsvector, given as text, and alone as one more word; the words of an article''s title come twice. For the search index.';
comment on function helpdesk.ticket_activity(uuid, date, date) is
  'What happened in an organization from p_from to p_to, both included (up to 1100 days), in its time zone, as {timeZone, total, days, byPriority, byAgent}: created, resolved, closed, reopened; firstResponse (the first public comment by staff) and resolution as {count, medianSeconds, p90Seconds}, since the ticket was created, within 2.5 %. Staff of the organization. Errors: 22004, 22023 (days), 42501.';
comment on function helpdesk.org_dashboard(uuid) is
  'The numbers of an organization at this moment, as {open, unassigned, mine, byPriority, byStage, oldestOpen}; open: open and pending tickets; mine: assigned to the signed-in person. Staff of the organization. Errors: 22004, 42501.';
comment on function helpdesk.ticket_participant_name(uuid, uuid, uuid) is
  'The name of the requester or the assignee of a ticket, to staff of the organization; null to others, and for anybody else. Asked by agent_tickets for who has left the organization.';
comment on function helpdesk.refresh_ticket_stats() is
  'Folds what happened to tickets into the counts, all of it, in batches, and returns how many changes; 0 when another call is at it. Nobody waits for it, and what is not folded yet is counted all the same. service_role and the database administrator.';
comment on function helpdesk.verify_ticket_stats() is
  'Where the counts of stages (agent_id is null) and of agents (00000000-0000-0000-0000-000000000000: nobody) differ from a full count of the tickets: nowhere, unless triggers were off. Of stages also the sums of the moments at which the tickets entered them. service_role and the database administrator.';
comment on function helpdesk.rebuild_ticket_stats() is
  'Counts the tickets of all stages and agents anew, after a change with triggers off. Who writes tickets waits meanwhile. What ticket_activity() tells of the days stays as it was noted: of tickets that were deleted nothing else tells, nor in which time zone a day was. service_role and the database administrator.';
comment on function helpdesk.bypasses_row_security() is
  'Whether the database role bypasses row security (superuser, service_role): views for staff show it everything.';
comment on function helpdesk.may_read_file(text) is
  'Whether the signed-in person may read the attachment stored at this path: asked by the policies on a storage bucket.';
comment on function helpdesk.may_upload_file(text) is
  'Whether the signed-in person may put a file at <organization>/<ticket>/<anything>: they see the ticket. Asked by the policies on a storage bucket.';
comment on function helpdesk.watch_ticket(uuid, boolean, uuid) is
  'Starts (or with p_watch false stops) watching a ticket that the signed-in person sees: they are told what its requester and assignee are told, as far as they may read it. Errors: 22004, 42501 (no such ticket).';
comment on function helpdesk.mark_notifications_read(uuid[], uuid) is
  'Marks these notifications of the signed-in person as read, all of them when none are named (of one organization, when p_org_id names it); returns how many were unread. Errors: 42501 (not signed in).';
comment on function helpdesk.count_unread_notifications() is
  'How many notifications the signed-in person has not read. Errors: 42501 (not signed in).';
comment on function helpdesk.cleanup_old_notifications() is
  'Deletes expired notifications, up to a million a call, and returns how many. service_role and the database administrator; safe to run twice at once.';

comment on function helpdesk.install() is
  'Makes the tables and whatever else is missing, and gives anon, authenticated and service_role the privileges that were shipped, no more. The last step of CREATE EXTENSION; superusers may call it again at any time.';
comment on function helpdesk.migrate() is
  'Brings tables of an older release up to date, such as those of a restored dump. Superusers; ALTER EXTENSION helpdesk UPDATE calls it.';
comment on function helpdesk.enable_cron() is
  'Schedules the maintenance jobs helpdesk_cleanup_notifications and helpdesk_refresh_ticket_stats with pg_cron. Superusers. Errors: 55000 (no pg_cron).';
comment on function helpdesk.enable_storage(text) is
  'Puts policies on a bucket of Supabase Storage: a file is read by those who may read its attachment, and uploaded under <organization>/<ticket>/ by those who see the ticket. Superusers. Errors: 22004, 22023, 55000 (no storage.objects).';
comment on function helpdesk.enable_realtime() is
  'Adds tickets and notifications to the publication supabase_realtime. Superusers. Errors: 55000 (no such publication).';

comment on function helpdesk.act_as(text) is
  'For a DBA in psql: from now on this session sees and does what the person with this e-mail address does (claims and role authenticated); null: itself again. Superusers, and login roles that are members of a role with EXECUTE on it and of authenticated; refused in an API request. Errors: 22023 (address), 42501.';
comment on function helpdesk.security_state() is
  'Everything the catalog says about rights on the objects of helpdesk: row security, grants, policies, triggers, functions, roles; one fact per row. For the database administrator.';
comment on function helpdesk.security_report() is
  'Where the live catalog is less safe than what this release shipped, one finding per row: tables without row security, wider grants, policies missing, altered or added, functions with other rights, disabled triggers, owners. Empty when all is well. For the database administrator.';

comment on function helpdesk.handle_new_user() is 'Trigger on auth.users: makes the profile of a new login and keeps its e-mail address. Never fails.';
comment on function helpdesk.profiles_detach_login() is 'Trigger on auth.users: a deleted login leaves its profile behind.';
comment on function helpdesk.profiles_protect_columns() is 'Trigger on profiles: nobody changes their own role, login or e-mail address.';
comment on function helpdesk.handle_new_org() is 'Trigger on organizations: what each starts with.';
comment on function helpdesk.org_members_keep_admin() is 'Trigger on org_members: the last org_admin stays.';
comment on function helpdesk.org_members_revoke() is 'Trigger on org_members: takes the tickets and the pending invites of who leaves or loses their role.';
comment on function helpdesk.categories_check() is 'Trigger on categories: keeps the tree a tree.';
comment on function helpdesk.categories_rename() is 'Trigger on categories: articles follow the new name.';
comment on function helpdesk.categories_detach() is 'Trigger on categories: sub-categories of deleted ones move up, articles forget the names.';
comment on function helpdesk.update_article_version() is 'Trigger on articles: counts versions, fills in and checks.';
comment on function helpdesk.articles_record_version() is 'Trigger on articles: keeps title and content of each version.';
comment on function helpdesk.article_feedback_check() is 'Trigger on article_feedback: who rates an article may read it.';
comment on function helpdesk.article_feedback_count() is 'Trigger on article_feedback: counts it on the article.';
comment on function helpdesk.update_search_document() is 'Trigger on tickets, ticket_comments and articles: keeps their words in search_documents.';
comment on function helpdesk.organizations_check_search_language() is 'Trigger on organizations: the language is one that Postgres has.';
comment on function helpdesk.organizations_rebuild_search_documents() is 'Trigger on organizations: indexes everything again in the new language.';
comment on function helpdesk.tickets_count() is 'Trigger on tickets: notes what the counts of stages and days have to follow.';
comment on function helpdesk.organizations_check_time_zone() is 'Trigger on organizations: the time zone is one that Postgres knows.';
comment on function helpdesk.workflow_stages_single_start() is 'Trigger on workflow_stages: exactly one start stage, and a stage stays in its workflow.';
comment on function helpdesk.workflow_stages_push_status() is 'Trigger on workflow_stages: the tickets in a stage have its status.';
comment on function helpdesk.tickets_before_write() is 'Trigger on tickets: fills in and checks what the system sets.';
comment on function helpdesk.tickets_record_history() is 'Trigger on tickets: writes the revision.';
comment on function helpdesk.ticket_history_append_only() is 'Trigger on ticket_history: nobody changes it.';
comment on function helpdesk.conversation_touch_ticket() is 'Trigger on ticket_comments and ticket_attachments: counts them, moves the ticket up in lists, reopens it.';
comment on function helpdesk.create_ticket_notification() is 'Trigger on tickets: tells requester, assignee and watchers.';
comment on function helpdesk.create_comment_notification() is 'Trigger on ticket_comments: tells requester, assignee and watchers.';
comment on function helpdesk.conversation_before_write() is 'Trigger on ticket_comments and ticket_attachments: takes the requester from the ticket, fixes the rest.';

---- Tables

-- While a dump is restored they come from the dump. A dump sets row_security and xmloption before it creates extensions; hardly
-- anybody else ever sets xmloption. (check_function_bodies, another sign, is always off inside an extension script.)
do $$
begin
  perform from pg_catalog.pg_settings
    where name operator(pg_catalog.=) any ('{row_security,xmloption}'::pg_catalog.text[])
      and source operator(pg_catalog.<>) 'session';
  if found then
    perform helpdesk.install();
  end if;
end
$$;
