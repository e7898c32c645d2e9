//! The queries of health_check(). Each returns status, finding and remedy; a check that finds
//! nothing returns one row with the status ok.

/// In the order of the result.
pub(super) const CHECKS: &[(&str, &str)] = &[
    ("security_report", SECURITY_REPORT),
    ("indexes and constraints", INVALID_OBJECTS),
    ("unfolded counts", UNFOLDED_COUNTS),
    ("expired notifications", EXPIRED_NOTIFICATIONS),
    ("search index", SEARCH_INDEX),
    ("realtime publication", PUBLICATION),
    ("organizations", ORGANIZATIONS),
    ("logins", LOGINS),
    ("vacuum", VACUUM),
    ("index sizes", INDEX_SIZES),
    ("durability", DURABILITY),
    ("settings", SETTINGS),
];

const SECURITY_REPORT: &str = r"
    select case count(*) when 0 then 'ok' else 'error' end, 'findings: ' || count(*),
           case when count(*) > 0 then
             'SELECT * FROM helpdesk.security_report() lists them, each with its remedy.' end
      from helpdesk.security_report()";

const INVALID_OBJECTS: &str = r"
    with invalid as (
      select format('index %s', i.indexrelid::regclass) as object,
             format('REINDEX INDEX CONCURRENTLY %s', i.indexrelid::regclass) as remedy
        from pg_index i join pg_class c on c.oid = i.indexrelid
       where c.relnamespace = 'helpdesk'::regnamespace and not i.indisvalid
       union all
      select format('constraint %s of %s', c.conname, c.conrelid::regclass),
             format('ALTER TABLE %s VALIDATE CONSTRAINT %I', c.conrelid::regclass, c.conname)
        from pg_constraint c
       where c.connamespace = 'helpdesk'::regnamespace and not c.convalidated
    )
    select case count(*) when 0 then 'ok' else 'error' end,
           coalesce('not valid: ' || string_agg(object, ', ' order by object), 'all are valid'),
           string_agg(remedy, '; ' order by object)
      from invalid";

/// The dashboard reads them all; bench/ times it with 1,000 and 100,000.
const UNFOLDED_COUNTS: &str = r"
    select case when count(*) <= 10000 then 'ok' when count(*) <= 100000 then 'warning' else 'error' end,
           'changes of counts that are not folded: ' || count(*),
           case when count(*) > 10000 then
             'SELECT helpdesk.refresh_ticket_stats(), and have it called every few minutes.' end
      from (select 1 from helpdesk.ticket_stat_deltas limit 100001) deltas";

const EXPIRED_NOTIFICATIONS: &str = r"
    select case count(*) when 0 then 'ok' else 'warning' end,
           'notifications that expired two days ago or earlier: ' || count(*),
           case when count(*) > 0 then
             'SELECT helpdesk.cleanup_old_notifications(), and have it called every day.' end
      from (select 1 from helpdesk.notifications
             where expires_at < now() - interval '2 days' limit 100001) expired";

const SEARCH_INDEX: &str = r"
    select case when min(started_at) < now() - interval '1 day' then 'warning' else 'ok' end,
           case count(*) when 0 then 'no rebuild is due'
                else format('the rebuild for %s organizations has done %s of %s documents since %s',
                            count(*), sum(done), sum(documents), min(started_at)) end,
           case when count(*) > 0 then
             'SELECT helpdesk.continue_search_rebuild(10000) until it returns 0.' end
      from helpdesk.search_rebuilds";

const PUBLICATION: &str = r"
    with publication as (
      select array(select t.name from unnest(array['notifications', 'tickets']) t (name)
                    where not exists (
                      select from pg_publication_tables p
                       where p.pubname = 'supabase_realtime' and p.schemaname = 'helpdesk'
                         and p.tablename = t.name)) as missing,
             pubdelete
        from pg_publication where pubname = 'supabase_realtime'
    )
    select case when cardinality(missing) > 0 or pubdelete then 'warning' else 'ok' end,
           case when cardinality(missing) > 0
                then format('supabase_realtime lacks %s', array_to_string(missing, ', '))
                when pubdelete
                then 'supabase_realtime sends the ids of deleted rows to everybody who is subscribed'
                else 'supabase_realtime contains tickets and notifications' end,
           case when cardinality(missing) > 0 then 'SELECT helpdesk.enable_realtime().'
                when pubdelete
                then 'ALTER PUBLICATION supabase_realtime SET (publish = ''insert, update''), unless another table in it needs deletes.' end
      from publication
     union all
    select 'ok', 'there is no publication supabase_realtime', null
     where not exists (select from publication)";

const ORGANIZATIONS: &str = r"
    select case count(*) when 0 then 'ok' else 'error' end,
           'organizations without an admin who can sign in: ' || concat_ws(', such as ', count(*), min(o.id::text)),
           case when count(*) > 0 then
             'helpdesk.list_organizations() lists them, helpdesk.appoint_admin() gives them one.' end
      from helpdesk.organizations o
     where not exists (select from helpdesk.org_members m
                         join helpdesk.profiles p on p.id = m.user_id and p.auth_id is not null
                        where m.org_id = o.id and m.org_role = 'org_admin')";

const LOGINS: &str = r"
    select case count(*) when 0 then 'ok' else 'warning' end,
           'logins without a profile, or with another address in it: '
             || concat_ws(', such as ', count(*), min(u.id::text)),
           case when count(*) > 0 then 'SELECT helpdesk.install() mends them.' end
      from auth.users u left join helpdesk.profiles p on p.auth_id = u.id
     where to_jsonb(u)->>'deleted_at' is null
       and (p.id is null or (p.email, p.email_is_confirmed)
              is distinct from (u.email::text, u.email_confirmed_at is not null))";

/// Postgres's own settings let a fifth of a table die before autovacuum follows.
const VACUUM: &str = r"
    with bloated as (
      select relname, format('%s of %s rows of %s are dead', n_dead_tup, n_live_tup + n_dead_tup, relname) as found
        from pg_stat_user_tables
       where schemaname = 'helpdesk' and n_dead_tup > 10000 and n_dead_tup > n_live_tup * 0.4
    )
    select case count(*) when 0 then 'ok' else 'warning' end,
           coalesce(string_agg(found, ', ' order by relname), 'autovacuum keeps up'),
           'VACUUM (ANALYZE) ' || string_agg(format('helpdesk.%I', relname), ', ' order by relname)
             || '. Then look for old transactions, and at the settings of autovacuum.'
      from bloated";

/// Each change of a ticket adds an entry to the indexes in the order of the last change. Vacuum
/// removes the old entries, but a B-tree uses a page for other entries only when it is empty.
const INDEX_SIZES: &str = r"
    with sizes as (
      select i.indexrelid::regclass::text as index, c.relpages * 8192.0 as size,
             -- An entry has a header and a pointer, and pages are filled to 90%.
             (c.reltuples * (12 + sum(coalesce(s.avg_width, 16))) / 0.9)::numeric as fresh
        from pg_index i
        join pg_class c on c.oid = i.indexrelid
        join pg_am m on m.oid = c.relam and m.amname = 'btree'
        join pg_class t on t.oid = i.indrelid
       cross join unnest(i.indkey) as key (attnum)
        left join pg_attribute a on a.attrelid = t.oid and a.attnum = key.attnum
        left join pg_stats s on (s.schemaname, s.tablename, s.attname) = ('helpdesk', t.relname, a.attname)
       where t.relnamespace = 'helpdesk'::regnamespace
       group by i.indexrelid, c.relpages, c.reltuples
    ),
    bloated as (
      select index, format('%s has %s, freshly built about %s', index, pg_size_pretty(size), pg_size_pretty(fresh)) as found
        from sizes where size > 100 << 20 and size > 3 * fresh
    )
    select case count(*) when 0 then 'ok' else 'warning' end,
           coalesce(string_agg(found, ', ' order by index), 'no large index has three times its size'),
           string_agg(format('REINDEX INDEX CONCURRENTLY %s', index), '; ' order by index)
      from bloated";

/// reset_val is the value that new sessions get.
const DURABILITY: &str = r"
    select case count(*) when 0 then 'ok' else 'error' end,
           coalesce(string_agg(format('%s is off', name), ', ' order by name),
                    'what is committed survives a crash'),
           string_agg(format('ALTER SYSTEM SET %s = on', name), '; ' order by name)
      from pg_settings
     where name in ('fsync', 'full_page_writes') and reset_val = 'off'";

/// What docs/operations.md recommends.
const SETTINGS: &str = r"
    with differing as (
      select format('%s is %s', name, current_setting(name)) as found,
             format('ALTER SYSTEM SET %s = %s', name, recommended) as remedy
        from pg_settings
        join (values ('autovacuum', 'on'), ('track_counts', 'on'), ('jit', 'off'),
                     ('random_page_cost', '1.1'), ('shared_buffers', '<a quarter of the memory>')
             ) as recommendations (name, recommended) using (name)
       where case name when 'random_page_cost' then reset_val::numeric > 2
                       when 'shared_buffers' then reset_val::bigint <= 16384
                            and pg_database_size(current_database()) > 1 << 30
                       else reset_val <> recommended end
       union all
      select 'requests have no statement_timeout',
             'ALTER ROLE authenticated SET statement_timeout = ''8s'''
       where not exists (
         select from pg_db_role_setting s, unnest(s.setconfig) setting
          where s.setrole in ('authenticated'::regrole, to_regrole('authenticator'))
            and setting like 'statement\_timeout=%')
    )
    select case count(*) when 0 then 'ok' else 'warning' end,
           coalesce(string_agg(found, ', ' order by found), 'as recommended'),
           string_agg(remedy, '; ' order by found)
      from differing";

pub(super) const NO_SCHEDULER: &str = r"
    select 'ok', 'pg_cron is not in this database, so another scheduler has to call the maintenance functions',
           null::text";

/// $1 is the job, $2 how long after one run the next one has been missed.
pub(super) const JOB: &str = r"
    with job as (
      select j.active, run.status, run.return_message, run.start_time,
             run.start_time < now() - $2::interval as is_overdue,
             exists (select from pg_stat_activity where backend_type = 'pg_cron launcher') as is_running
        from (values ($1)) wanted (name)
        left join cron.job j on j.jobname = wanted.name and j.database = current_database()
        left join lateral (select * from cron.job_run_details d where d.jobid = j.jobid
                            order by d.runid desc limit 1) run on true
    )
    select case when active and is_running and status is distinct from 'failed'
                then case when is_overdue then 'warning' else 'ok' end
                else 'error' end,
           case when active is null then 'is not scheduled'
                when not active then 'is not active'
                when not is_running then 'pg_cron is not running'
                when status = 'failed' then format('failed at %s: %s', start_time, return_message)
                when start_time is null then 'has not run yet'
                else format('ran last at %s', start_time) end,
           case when active is null or not active then 'SELECT helpdesk.enable_cron().'
                when not is_running then 'Put pg_cron into shared_preload_libraries, and restart.'
                when status = 'failed' or is_overdue then
                  'Look at cron.job_run_details and into the server''s log.' end
      from job";
