-- To whom tickets may be assigned, and what an assigned customer sees.

call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'Printer on fire', 'It burns', 'urgent') is not null;
call test.sign_out();

---- Functions and tables assign tickets to staff and to members with may_be_assigned only

create function test.assign_to(name text) returns text language plpgsql as $$
declare
  by_function text := test.attempt(format('select helpdesk.update_ticket(%L, %L)', test.ticket_id('Printer on fire'), json_build_object('assignedTo', test.profile_id(name))));
  by_table text := test.attempt(format('update helpdesk.tickets set assigned_to = %L where title = ''Printer on fire''', test.profile_id(name)));
  by_insert text := test.attempt(format('insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (%L, ''Try'', %L, %L)', test.org_id('Acme'), test.profile_id('Alice'), test.profile_id(name)));
begin
  return case when (test.unnamed(by_function), by_table) = (test.unnamed(by_table), by_insert) then by_function else format('DIFFERENT: %s / %s / %s', by_function, by_table, by_insert) end;
end $$;
call test.sign_in('Ben');
select name, test.assign_to(name) from unnest('{Ada,Ben,Dave,Alice,Bea,Mallory,Stan}'::text[]) name;
call test.sign_out();
-- The DBA gets the same answers.
select name, test.assign_to(name) from unnest('{Dave,Alice,Mallory}'::text[]) name;
-- Administrators set may_be_assigned. A member who loses it also loses the open tickets and gets no
-- new ones.
select * from test.attempt_by_each_caller($$update helpdesk.org_members set may_be_assigned = true where org_id = test.org_id('Acme') and user_id = test.profile_id('Alice')$$);
begin;
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'Printer on fire';
call test.sign_in('Ada');
update helpdesk.org_members set may_be_assigned = user_id = test.profile_id('Alice') where org_role = 'org_customer';
select name, test.assign_to(name) from unnest('{Alice,Bea}'::text[]) name;
select assigned_to is null from helpdesk.tickets where title = 'Printer on fire';
select test.assign_to('Dave');
rollback;
call test.sign_out();

---- A customer sees an assigned ticket and its history, and neither once it is unassigned

begin;
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'Printer on fire';
call test.sign_in('Dave');
select count(*) from helpdesk.tickets;
select count(*) from helpdesk.ticket_history;
select helpdesk.get_ticket_details(test.ticket_id('Printer on fire'))->'ticket'->>'title';
select test.attempt($$update helpdesk.tickets set priority = 'low'$$);
reset role;
update helpdesk.tickets set assigned_to = null where title = 'Printer on fire';
set role authenticated;
select count(*) from helpdesk.tickets;
select count(*) from helpdesk.ticket_history;
select helpdesk.get_ticket_details(test.ticket_id('Printer on fire')) is null;
rollback;
call test.sign_out();
