-- Notifications of what a person may no longer read disappear.

call test.create_assigned_ticket();

create function test.unread() returns table (line text) language sql as $$
  select concat_ws(' ', p.name, n.type, t.title, case when c.is_internal then 'internal' end)
    from helpdesk.notifications n join helpdesk.profiles p on p.id = n.user_id left join helpdesk.tickets t on t.id = n.ticket_id left join helpdesk.ticket_comments c on c.id = n.comment_id
   order by 1 $$;
-- What the list and the count of a person say
create function test.counted(name text) returns text language plpgsql as $$
declare
  answer text;
begin
  call test.sign_in(name);
  select helpdesk.count_unread_notifications() || ' ' || (select count(*) from helpdesk.notifications) into answer;
  call test.sign_out();
  return answer;
end $$;

---- Dave, a customer, is assigned, and loses the ticket

begin;
update helpdesk.org_members set may_be_assigned = true where user_id = test.profile_id('Dave');
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'Leak';
delete from helpdesk.notifications;
call test.sign_in('Ada');
select test.comment();
call test.sign_out();
select test.counted('Dave'), test.counted('Alice');
savepoint assigned;
call test.sign_in('Ada');
select test.assign('Ben');
call test.sign_out();
select test.counted('Dave'), test.counted('Alice');
select * from test.unread();
rollback to assigned;
update helpdesk.tickets set assigned_to = null where title = 'Leak';
select test.counted('Dave');
rollback to assigned;
-- He may no longer be assigned.
update helpdesk.org_members set may_be_assigned = false where user_id = test.profile_id('Dave');
select test.counted('Dave');
rollback to assigned;
-- The requester stays, whoever is assigned.
update helpdesk.org_members set may_be_assigned = true where user_id = test.profile_id('Alice');
update helpdesk.tickets set assigned_to = test.profile_id('Alice') where title = 'Leak';
update helpdesk.tickets set assigned_to = null where title = 'Leak';
select test.counted('Alice');
rollback;

---- Alice's ticket becomes Dave's

begin;
call test.sign_in('Ada');
select test.comment();
call test.sign_out();
select test.counted('Alice'), test.counted('Dave');
call test.sign_in('Ada');
select helpdesk.update_ticket(test.ticket_id('Leak'), jsonb_build_object('createdBy', test.profile_id('Dave'))) is not null;
call test.sign_out();
select test.counted('Alice'), test.counted('Dave');
select line from test.unread() where line like 'Dave%';
rollback;

---- Ben, an agent, becomes a customer or leaves

begin;
insert into helpdesk.tickets (org_id, title, created_by) values (test.org_id('Acme'), 'Own', test.profile_id('Ben'));
call test.sign_in('Alice');
select test.comment();
call test.sign_in('Ada');
select test.comment(true), helpdesk.add_comment(test.ticket_id('Own'), 'Hi') is not null;
call test.sign_out();
delete from helpdesk.ticket_watchers;
insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) values (test.org_id('Acme'), test.ticket_id('Own'), test.profile_id('Ben'));
call test.sign_in('Ada');
select helpdesk.add_comment(test.ticket_id('Own'), 'He is annoying', true) is not null;
call test.sign_out();
select line from test.unread() where line like 'Ben%';
savepoint told;
call test.sign_in('Ada');
select helpdesk.set_member_role(test.org_id('Acme'), test.profile_id('Ben'), 'org_customer');
call test.sign_out();
select line from test.unread() where line like 'Ben%';
select test.counted('Ben');
rollback to told;
-- Staff keep what they were told about a ticket that they lose.
call test.sign_in('Ada');
select test.assign('Ada');
call test.sign_out();
select line from test.unread() where line like 'Ben%';
rollback to told;
-- Whoever leaves and comes back as a customer finds nothing internal.
call test.sign_in('Ada');
select helpdesk.remove_member(test.org_id('Acme'), test.profile_id('Ben'));
call test.sign_out();
insert into helpdesk.org_members (org_id, user_id, org_role) values (test.org_id('Acme'), test.profile_id('Ben'), 'org_customer');
select test.counted('Ben');
rollback;

---- What an administrator changes notifies nobody, however many tickets it moves

begin;
insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) select test.org_id('Acme'), test.ticket_id('Leak'), test.profile_id(name) from unnest('{Alice,Ben,Ada}'::text[]) name;
select test.notified('Ada', $$update helpdesk.workflow_stages set status = 'closed' where name = 'In progress' and org_id = test.org_id('Acme')$$),
       test.notified('Ada', $$update helpdesk.workflow_stages set status = 'pending' where id = test.stage_id('Acme', 'New')$$),
       test.notified('Ada', $$select helpdesk.remove_member(test.org_id('Acme'), test.profile_id('Ben'))$$),
       test.notified('Ada', $$select helpdesk.set_member_role(test.org_id('Acme'), test.profile_id('Ben'), 'org_customer')$$);
rollback;
