-- Changes of the claims and of the role take effect with the next statement.

call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'Printer on fire', 'It burns', 'urgent') is not null;
call test.sign_out();

---- Prepared statements follow the role and the claims of each execution

prepare mine as select count(*) from helpdesk.tickets where org_id = test.org_id('Acme');
prepare details as select helpdesk.get_ticket_details(test.ticket_id('Printer on fire')) is not null;
set plan_cache_mode = force_generic_plan;
call test.sign_in('Ben');
execute mine; execute details;
call test.sign_in('Stan');
execute mine; execute details;
call test.sign_in('Alice');
execute mine; execute details;
call test.set_claims('');
execute mine; execute details;
set role service_role;
execute mine; execute details;
reset role;
execute mine; execute details;
call test.sign_in('Stan');
execute mine; execute details;
call test.sign_out();
reset plan_cache_mode;

---- New claims take effect with the next statement, even in the same transaction
select test.org_id('Acme') as acme, test.org_id('Globex') as globex, json_build_object('sub', test.login_id('Ben'))::text as ben, json_build_object('sub', test.login_id('Hank'))::text as hank,
       test.login_id('Ben') as ben_login, test.login_id('Hank') as hank_login \gset
select helpdesk.create_ticket(test.org_id('Acme'), 'Cached?', p_requester_id => test.profile_id('Alice')) is not null;
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'Cached?';
-- Only the claims change in between: no write, no savepoint, no other transaction.
begin;
set local role authenticated;
set local request.jwt.claims = :'ben';
select count(*), bool_and(org_id = :'acme'), array_agg(distinct org_id) = helpdesk.my_staff_org_ids() from helpdesk.workflows;
set local request.jwt.claims = :'hank';
select count(*), bool_and(org_id = :'globex'), array_agg(distinct org_id) = helpdesk.my_staff_org_ids() from helpdesk.workflows;
set local request.jwt.claims = :'ben';
select count(*), bool_and(org_id = :'acme'), array_agg(distinct org_id) = helpdesk.my_staff_org_ids() from helpdesk.workflows;
set local request.jwt.claims = '';
select count(*), helpdesk.my_profile_id() is null, helpdesk.my_org_ids() from helpdesk.workflows;
rollback;
-- The same with the older setting, which takes precedence over the claims
begin;
set local role authenticated;
set local request.jwt.claims = :'ben';
select bool_and(org_id = :'acme') from helpdesk.workflows;
set local request.jwt.claim.sub = :'hank_login';
select bool_and(org_id = :'globex') from helpdesk.workflows;
set local request.jwt.claim.sub = :'ben_login';
select bool_and(org_id = :'acme') from helpdesk.workflows;
rollback;
-- Within one statement, in which not even the snapshot changes
begin;
set local role authenticated;
set local request.jwt.claims = :'ben';
select helpdesk.my_staff_org_ids() = array[:'acme'::uuid], set_config('request.jwt.claims', :'hank', true) is not null, helpdesk.my_staff_org_ids() = array[:'globex'::uuid];
rollback;
-- The cached list of assigned tickets belongs to one caller only.
begin;
set local role authenticated;
select json_build_object('sub', test.login_id('Dave'))::text as dave, json_build_object('sub', test.login_id('Bea'))::text as bea \gset
set local request.jwt.claims = :'dave';
select cardinality(helpdesk.my_assigned_ticket_ids());
set local request.jwt.claims = :'bea';
select cardinality(helpdesk.my_assigned_ticket_ids());
set local request.jwt.claims = :'dave';
select cardinality(helpdesk.my_assigned_ticket_ids());
rollback;
-- The functions do the same: Ben may read the ticket, Hank may not.
begin;
set local role authenticated;
set local request.jwt.claims = :'ben';
select helpdesk.get_ticket_details(test.ticket_id('Cached?')) is not null;
set local request.jwt.claims = :'hank';
select helpdesk.get_ticket_details(test.ticket_id('Cached?')) is not null;
rollback;
