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

-- The counter of each organization. It counts down from where helpdesk does not arrive, because
-- helpdesk takes the number after the highest one.
create table bench.hand_written_numbers (
  org_id uuid primary key references helpdesk.organizations (id) on delete cascade,
  number bigint not null
) with (fillfactor = 20);
insert into bench.hand_written_numbers select id, 1000000000 from helpdesk.organizations;
alter table bench.hand_written_numbers owner to helpdesk_owner;
