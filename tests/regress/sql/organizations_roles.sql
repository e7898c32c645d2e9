-- Changing roles, removing members, leaving, and what happens to a former member's tickets.

---- set_member_role
select * from test.attempt_by_each_caller($$select helpdesk.set_member_role(test.org_id('Acme'), test.profile_id('Alice'), 'org_agent')$$);
call test.sign_in('Ada');
select helpdesk.set_member_role(test.org_id('Acme'), test.profile_id('Alice'), 'org_agent');
select test.role_in('Acme', 'Alice');
select helpdesk.set_member_role(test.org_id('Acme'), test.profile_id('Alice'), 'org_agent');
select test.role_in('Acme', 'Alice');
select helpdesk.set_member_role(test.org_id('Acme'), test.profile_id('Alice'), 'org_customer');
select test.role_in('Acme', 'Alice');
select test.error_of(format('select helpdesk.set_member_role(%s)', args)) from unnest(array[
  $$null, test.profile_id('Alice'), 'org_agent'$$, $$test.org_id('Acme'), null, 'org_agent'$$, $$test.org_id('Acme'), test.profile_id('Alice'), null$$,
  $$test.org_id('Acme'), test.profile_id('Alice'), 'owner'$$, $$test.org_id('Acme'), test.profile_id('Stan'), 'org_agent'$$, $$test.org_id('Acme'), gen_random_uuid(), 'org_agent'$$,
  $$test.org_id('Globex'), test.profile_id('Mallory'), 'org_agent'$$, $$test.org_id('Acme'), test.profile_id('Mallory'), 'org_agent'$$,
  $$test.org_id('Acme'), test.profile_id('Ada'), 'org_agent'$$]) args;

---- remove_member and leave_organization
select * from test.attempt_by_each_caller($$select helpdesk.remove_member(test.org_id('Acme'), test.profile_id('Alice'))$$);
select * from test.attempt_by_each_caller($$select helpdesk.leave_organization(test.org_id('Acme'))$$);
call test.sign_in('Ada');
select test.error_of(format('select helpdesk.remove_member(%s)', args)) from unnest(array[
  $$null, test.profile_id('Alice')$$, $$test.org_id('Acme'), null$$, $$test.org_id('Acme'), test.profile_id('Stan')$$, $$test.org_id('Globex'), test.profile_id('Mallory')$$,
  $$test.org_id('Acme'), test.profile_id('Mallory')$$, $$test.org_id('Acme'), test.profile_id('Ada')$$]) args;
select test.error_of('select helpdesk.leave_organization(null)'), test.error_of($$select helpdesk.leave_organization(test.org_id('Acme'))$$);
call test.sign_in('Stan');
select test.error_of($$select helpdesk.leave_organization(test.org_id('Acme'))$$) = test.error_of('select helpdesk.leave_organization(gen_random_uuid())');
call test.sign_out();

---- A former member's open tickets are unassigned and the change is recorded, in one transaction
begin;
insert into helpdesk.tickets (org_id, title, created_by, assigned_to, current_stage_id)
select test.org_id('Acme'), 'Ben''s ' || stage, test.profile_id('Alice'), test.profile_id('Ben'), test.stage_id('Acme', stage)
  from unnest('{New,Waiting on customer,Resolved,Closed}'::text[]) stage;
insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (test.org_id('Acme'), 'Ada''s', test.profile_id('Alice'), test.profile_id('Ada'));
create function test.assignments() returns setof text language sql security definer as $$
  select format('%s: %s, version %s, by %s', t.title, test.profile_name(t.assigned_to), t.version, test.profile_name(h.changed_by))
    from helpdesk.tickets t join helpdesk.ticket_history h on h.id = t.latest_history_id order by t.number $$;
call test.sign_in('Ada');
savepoint working;
select helpdesk.remove_member(test.org_id('Acme'), test.profile_id('Ben'));
select * from test.assignments();
select changes from helpdesk.ticket_history where version = 2 order by changed_at limit 1 \gset
select (:'changes'::jsonb)->'fields'->'assignedTo'->>'to' is null, (:'changes'::jsonb)->'fields'->'assignedTo'->>'from' = test.profile_id('Ben')::text;
rollback to working;
-- Demotion,
select helpdesk.set_member_role(test.org_id('Acme'), test.profile_id('Ben'), 'org_customer');
select * from test.assignments();
rollback to working;
-- unless tickets may be assigned to the customer;
update helpdesk.org_members set may_be_assigned = true where user_id = test.profile_id('Ben');
select helpdesk.set_member_role(test.org_id('Acme'), test.profile_id('Ben'), 'org_customer');
select * from test.assignments();
-- withdrawing that permission,
update helpdesk.org_members set may_be_assigned = false where user_id = test.profile_id('Ben');
select * from test.assignments();
rollback to working;
-- deleting the membership,
delete from helpdesk.org_members where user_id = test.profile_id('Ben');
select * from test.assignments();
rollback to working;
-- and leaving do the same.
call test.sign_in('Ben');
select helpdesk.leave_organization(test.org_id('Acme'));
select count(*), helpdesk.my_org_ids() from helpdesk.tickets;
select * from test.assignments();
rollback;
call test.sign_out();
