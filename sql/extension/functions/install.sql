-- Installation, upgrades, repair and integrations. Superusers only, unless granted here.

grant execute on function
  helpdesk.verify_derived_data(),
  helpdesk.rebuild_derived_data()
  to service_role;

grant execute on function helpdesk.help(text) to anon, authenticated, service_role;

comment on function helpdesk.help(text) is
'Lists what helpdesk has and you may use, one line each with an example.
Without p_topic it lists the topics. A topic lists its functions, tables and views; the name of one
  of these tells all about it; another word finds those whose name or description has it.
:''org_id'' in an example is a variable of psql: set it with \set org_id 0199...
Errors: 22023 (a topic that nothing is known of).
Example: select * from helpdesk.help(''tickets'');';

comment on function helpdesk.install() is
'Creates the tables and whatever else is missing: views, indexes, triggers, policies and rights.
It does not add columns and constraints to tables that exist.
Resets owners, row security and privileges of the tables:
  anon, authenticated and service_role get exactly the privileges that helpdesk ships.
It is the last step of CREATE EXTENSION, and safe to call again.
Callers: superusers.';

comment on function helpdesk.migrate() is
'Migrates tables of an older release, such as those of a restored dump, to this release.
ALTER EXTENSION helpdesk UPDATE calls it.
If the row of schema_version is missing, as in a dump without rows, it recognizes the version by the
  columns of the tables.
Callers: superusers.
Errors: 55000 (tables that are missing, newer, or those of no release).';

comment on function helpdesk.check_library(text) is
'Errors unless this session has loaded the library of this version.
Update scripts begin with it, because a session keeps its library until it ends.
Callers: superusers.
Errors: 22004 (null argument), 55000 (another library).';

comment on function helpdesk.enable_cron() is
'Schedules the maintenance jobs with pg_cron.
The jobs are helpdesk_cleanup_notifications and helpdesk_refresh_ticket_stats.
Callers: superusers.
Errors: 55000 (pg_cron is not installed).';

comment on function helpdesk.enable_storage(text) is
'Creates policies on a bucket of Supabase Storage.
A file can be read by those who may read its attachment, and uploaded to <organization>/<ticket>/ by
  those who can see the ticket.
Callers: superusers.
Errors: 22004 (null argument), 22023 (bucket), 55000 (no table storage.objects).';

comment on function helpdesk.enable_realtime() is
'Adds tickets and notifications to the publication supabase_realtime.
Realtime sends the ids of deleted rows to every subscriber of any organization, so deletes are no
  longer published if no other table is in the publication. Otherwise a warning says how to stop
  them.
Callers: superusers.
Errors: 55000 (no such publication).';

comment on function helpdesk.receive_only_row() is
'Trigger function on schema_version and installation_settings: lets a subscription copy a database
  with the same rows.';

comment on function helpdesk.verify_derived_data() is
'Returns the columns that differ from what triggers derive them from, with the number of rows and the
  id of one.
There are none unless triggers were disabled. It compares the counts, last public comment, answer,
  first response and status of tickets, internal counts, requesters in comments, attachments and
  history, numbers, ratings, categories and sort keys of articles, addresses of people, all
  documents of the full-text index unless they are being rebuilt, and the counts that
  verify_ticket_stats() compares. It reads everything.
Of first responses, it finds those that are missing or too late by the staff of today, so that a
  public comment of somebody who joined the staff later counts too.
org_id is null for people. example_id is the id of the row: that of the ticket for
  ticket_internal_counts, of the stage or the agent for counts, of the ticket, comment, attachment,
  article or person for search_documents.
Callers: service_role and the database administrator.';

comment on function helpdesk.rebuild_derived_data() is
'Derives everything again that verify_derived_data() compares, also with rebuild_ticket_stats() and
  rebuild_search_index().
Needed after changes that were made with triggers disabled. All who write wait until it is finished;
  reads go on. A ticket whose status was wrong gets a revision.
Callers: service_role and the database administrator.
Errors: 55000 (transaction above READ COMMITTED; a subscription writes the tables).';

comment on function helpdesk.health_check() is
'Checks the installation: one row per check, with the status ok, warning or error, what was found,
  and what to do.
Covers the versions of library, extension and tables, security_report(), invalid indexes, the jobs
  of pg_cron and what they should have done, the search index, Realtime''s publication, people,
  vacuum and settings. A check that cannot run is an error. It reads little, and changes nothing.
Callers: superusers.';

comment on function helpdesk.verify_profiles() is
'What verify_derived_data() compares on the coordinator of a cluster, where logins are.
Callers: the owner of the functions.';

comment on function helpdesk.rebuild_profiles() is
'What rebuild_derived_data() does on the coordinator of a cluster.
Callers: the owner of the functions.';
