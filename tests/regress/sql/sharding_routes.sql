-- Where functions run on a cluster. tests/citus starts one; here is none.

---- Every function about an organization has a place, or is listed as not needing one
select p.oid::regprocedure from pg_proc p
 where p.pronamespace = 'helpdesk'::regnamespace and 'p_org_id' = any (p.proargnames)
   and p.proname not in (select function_name from helpdesk.function_routes())
   and p.proname not in ('answer_call', 'call_organization')
 order by 1;
-- So has every function that takes the id of a ticket, an article or a workflow.
select p.oid::regprocedure from pg_proc p
 where p.pronamespace = 'helpdesk'::regnamespace and p.proargnames && '{p_ticket_id,p_ticket_ids,p_article_id,p_workflow_id,p_storage_path}'
   and p.proname not in (select function_name from helpdesk.function_routes()) and p.proname <> 'find_organizations'
 order by 1;
-- None is listed that does not exist.
select function_name from helpdesk.function_routes()
 where not exists (select from pg_proc p where p.pronamespace = 'helpdesk'::regnamespace and p.proname = function_name);
select route, count(*), string_agg(function_name, ', ' order by function_name) from helpdesk.function_routes() group by 1 order by 1;

---- Nothing can be distributed without Citus
\set VERBOSITY default
select helpdesk.distribute();
select helpdesk.distribute(0);
select helpdesk.distribute(null);
select helpdesk.undistribute();
select helpdesk.prepare_worker();

---- Nothing is sent to workers or answered for a coordinator
select helpdesk.call_organization('helpdesk.org_dashboard(uuid)', null, false, '{}');
select * from helpdesk.call_workers('helpdesk.refresh_ticket_stats()', '{}');
select helpdesk.answer_call(gen_random_uuid(), 'postgres', '', '', 'helpdesk.org_dashboard(uuid)', '{}', 0);
select helpdesk.answer_maintenance('helpdesk.refresh_ticket_stats()', '{}');

---- Nobody but superusers may call them; everybody may announce a request, which does nothing
select p.proname, r.rolname from pg_proc p, pg_roles r
 where p.pronamespace = 'helpdesk'::regnamespace and r.rolname in ('anon', 'authenticated', 'service_role')
   and p.proname in ('distribute', 'undistribute', 'prepare_worker', 'call_organization', 'call_workers', 'answer_call',
                     'answer_maintenance', 'create_missing_people', 'find_missing_people', 'rebuild_profiles', 'verify_profiles', 'find_organization', 'find_organizations', 'function_routes', 'organization_of_path', 'pre_request')
   and has_function_privilege(r.oid, p.oid, 'execute')
 order by 1, 2;
set role anon;
select helpdesk.pre_request();
reset role;
select name, setting from pg_settings where name like 'helpdesk.%';

---- The organization of a path
select path, helpdesk.organization_of_path(path) from unnest('{0199c0de-0000-7000-8000-000000000001/x/y,0199c0de-0000-7000-8000-000000000001,/x,x/y,NULL}'::text[]) path;
