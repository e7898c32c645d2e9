-- Installation, upgrades and integrations. Superusers only.

comment on function helpdesk.install() is
'Creates the tables and whatever else is missing.
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
  longer published if no other table is in the publication. Otherwise a warning says how to stop them.
Callers: superusers.
Errors: 55000 (no such publication).';

comment on function helpdesk.health_check() is
'Checks the installation: one row per check, with the status ok, warning or error, what was found, and
  what to do.
Covers the versions of library, extension and tables, security_report(), invalid indexes, the jobs of
  pg_cron and what they should have done, the search index, Realtime''s publication, people, vacuum and
  settings. A check that cannot run is an error. It reads little, and changes nothing.
Callers: superusers.';
