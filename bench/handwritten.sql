-- The hand-written SQL runs on helpdesk's own tables, as their owner, in sessions with
-- session_replication_role = replica, where helpdesk's triggers do not fire. The triggers of
-- foreign keys are enabled in these sessions too, because any implementation needs foreign keys.
\set ON_ERROR_STOP 1
do $$
declare
  t record;
begin
  for t in select tgrelid::regclass as tab, tgname from pg_trigger
            where tgconstraint <> 0 and tgisinternal
              and tgrelid in (select oid from pg_class where relnamespace = 'helpdesk'::regnamespace) loop
    execute format('alter table %s enable always trigger %I', t.tab, t.tgname);
  end loop;
end
$$;
