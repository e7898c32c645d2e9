-- Watchers are notified only of what they can read.

call test.create_assigned_ticket();

---- Watchers who cannot read the ticket are not notified

begin;
insert into helpdesk.org_members (org_id, user_id, org_role) values (test.org_id('Acme'), test.profile_id('Hank'), 'org_agent');
insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) select test.org_id('Acme'), test.ticket_id('Leak'), test.profile_id(name) from unnest('{Dave,Bea,Hank,Stan}'::text[]) name;
-- Dave and Bea are customers and cannot see it, Stan is not a member: only Hank, temporarily an
-- agent of Acme, is notified.
select test.notified('Alice', 'select test.comment()'), test.notified('Ben', 'select test.comment(true)'), test.notified('Ben', 'select test.move(''Resolved'')'), test.notified('Ada', $$select test.assign('Ada')$$);
-- Once it is assigned to him, Dave is notified of what he can read, not of internal comments.
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'Leak';
select test.notified('Alice', 'select test.comment()'), test.notified('Ben', 'select test.comment(true)'), test.notified('Ben', 'select test.move(''Resolved'')');
update helpdesk.tickets set assigned_to = test.profile_id('Ben') where title = 'Leak';
-- Hank becomes a customer, and later leaves: he still watches, but is no longer notified.
update helpdesk.org_members set org_role = 'org_customer' where user_id = test.profile_id('Hank') and org_id = test.org_id('Acme');
select test.notified('Alice', 'select test.comment()'), test.notified('Ben', 'select test.move(''Resolved'')');
update helpdesk.org_members set org_role = 'org_agent' where user_id = test.profile_id('Hank') and org_id = test.org_id('Acme');
select test.notified('Alice', 'select test.comment()');
delete from helpdesk.org_members where user_id = test.profile_id('Hank') and org_id = test.org_id('Acme');
select test.notified('Alice', 'select test.comment()'), test.notified('Ben', 'select test.comment(true)'), test.notified('Ben', 'select test.move(''Resolved'')');
rollback;
