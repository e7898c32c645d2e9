-- Installing again, the rights to install, and the version of the schema.

---- A second install() only creates missing profiles, such as Nemo's
select helpdesk.install();
select count(*) from helpdesk.profiles where name = 'Nemo';
select test.digest_of_all_rows() as before \gset
select helpdesk.install();
select test.digest_of_all_rows() = :'before';
select test.error_of('select helpdesk.enable_cron()');
select test.error_of('select helpdesk.enable_realtime()');
select test.error_of($$select helpdesk.enable_storage('files')$$);
---- Only the DBA installs, migrates and enables integrations
call test.sign_in('Ada');
select test.attempt('select helpdesk.install()'), test.attempt('select helpdesk.migrate()'), test.attempt('select helpdesk.enable_cron()'), test.attempt('select helpdesk.enable_realtime()'), test.attempt($$select helpdesk.enable_storage('files')$$);
set role service_role;
select test.attempt('select helpdesk.install()'), test.attempt('select helpdesk.migrate()'), test.attempt('select helpdesk.enable_cron()'), test.attempt('select helpdesk.enable_realtime()'), test.attempt($$select helpdesk.enable_storage('files')$$);
call test.sign_out();

---- The table schema_version

call test.sign_in('Alice');
select version from helpdesk.schema_version;
select test.attempt('delete from helpdesk.schema_version');
call test.sign_out();
