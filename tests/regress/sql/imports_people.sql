-- Whom import_tickets() takes an address for, and who gets an imported profile.

create function test.import(org text, id text, others jsonb) returns json language sql as $$
  select helpdesk.import_tickets(test.org_id($1), jsonb_build_array(jsonb_build_object('externalId', $2, 'title', $2, 'requester', '{"email": "nina@mail.example", "name": "Nina"}'::jsonb, 'createdAt', '2024-03-01T09:00:00Z') || $3)) $$;
create function test.people(ticket text) returns text language sql security definer as $$
  select concat_ws(' for ', coalesce(test.profile_name(assigned_to), 'nobody'), test.profile_name(created_by)) from helpdesk.tickets where title = $1 $$;

---- An address of somebody who is not a member leads to a new profile, and tells nothing
call test.sign_in('Ada');
select test.import('Acme', 'stranger', '{"requester": {"email": "mallory@example.com", "name": "M."}}')::text
     = replace(test.import('Acme', 'nobody', '{"requester": {"email": "no-account@example.com", "name": "N."}}')::text, 'nobody', 'stranger') as same_answer;
call test.sign_out();
select p.name, p.email, p.auth_id is not null as has_login, p.imported_for is not null as imported, o.name as org, m.org_role
  from helpdesk.profiles p left join helpdesk.org_members m on m.user_id = p.id left join helpdesk.organizations o on o.id = m.org_id where p.email in ('mallory@example.com', 'no-account@example.com') order by 2, 3;
call test.sign_in('Mallory');
select count(*) from helpdesk.tickets where title = 'stranger';
-- Nor does the profile of another import.
call test.sign_in('Gina');
select test.import('Globex', 'other', '{"requester": {"email": "no-account@example.com", "name": "Other"}}');
call test.sign_out();
select test.people('nobody'), test.people('other');
-- A member leads to nobody by an address that they have not confirmed.
select test.sign_up('Fake', 'fake@example.com');
insert into helpdesk.org_members (org_id, user_id, org_role) values (test.org_id('Acme'), test.profile_id('Fake'), 'org_customer');
update auth.users set email = 'victim@mail.example', email_confirmed_at = null where id = test.login_id('Fake');
call test.sign_in('Ada');
select test.import('Acme', 'victim''s', '{"requester": {"email": "victim@mail.example", "name": "Victim"}}');
call test.sign_out();
select test.people('victim''s');
-- Only ASCII case is folded.
call test.sign_in('Ada');
select test.import('Acme', 'case', '{"requester": {"email": " ALICE@Example.COM "}}');
call test.sign_out();
select test.people('case');

---- Assignees: staff keep open tickets, those who have left closed ones, customers none
call test.sign_in('Ada');
select status, person, test.import('Acme', status || ' ' || person, jsonb_build_object('status', status, 'assignee', jsonb_build_object('email', person || '@example.com', 'name', initcap(person))))->>'unassigned' as unassigned, test.people(status || ' ' || person)
  from unnest('{open,pending,resolved,closed}'::text[]) status, unnest('{ben,dave,alice,gina,gone}'::text[]) person;
call test.sign_out();
-- Nobody sees an imported ticket as assignee who does not see the organization.
call test.sign_in('Gina');
select count(*) from helpdesk.tickets where title like '%gina';
call test.sign_out();

---- Whoever signs up with the address, and confirms it, gets the profile with its tickets
select test.sign_up('Nina of the login', 'Nina@mail.example', false);
select count(*) from helpdesk.profiles where imported_for is not null and email = 'nina@mail.example';
update auth.users set email_confirmed_at = now() where email = 'Nina@mail.example';
select p.name, p.auth_id is not null as has_login, p.imported_for, o.name as org, m.org_role from helpdesk.profiles p left join helpdesk.org_members m on m.user_id = p.id left join helpdesk.organizations o on o.id = m.org_id where lower(p.email) = 'nina@mail.example';
call test.sign_in('Nina of the login');
select count(*) > 0 from helpdesk.tickets where title like 'open %';
select count(*) from helpdesk.tickets where created_by <> helpdesk.my_profile_id();
call test.sign_out();
-- and is found by the next import.
call test.sign_in('Ada');
select test.import('Acme', 'next', '{}');
call test.sign_out();
select test.people('next');
-- Former staff get their profile without rights: they see nothing, and cannot join even where the
-- organization is open.
insert into auth.users (email, email_confirmed_at, raw_user_meta_data) values ('gone@example.com', now(), '{"full_name": "Gone"}');
update helpdesk.organizations set open_to_customers = true;
call test.sign_in('Gone');
select count(*) from helpdesk.tickets;
select test.error_of(format('select helpdesk.join_organization(%L)', test.org_id('Acme')));
call test.sign_out();
select test.people('closed gone'), test.profile_id('Gone') = (select assigned_to from helpdesk.tickets where title = 'closed gone') as same_profile;
-- Of several imported profiles the first counts, with its name if the login has none, and one that
-- a person has left behind before all.
insert into auth.users (email, email_confirmed_at, raw_user_meta_data) values ('no-account@example.com', now(), '{}');
select name from helpdesk.profiles where email = 'no-account@example.com' and auth_id is not null;
delete from auth.users where email = 'hank@example.com';
call test.sign_in('Ada');
select test.import('Acme', 'hank''s', '{"requester": {"email": "hank@example.com", "name": "False Hank"}}');
call test.sign_out();
insert into auth.users (email, email_confirmed_at) values ('hank@example.com', now());
select name from helpdesk.profiles where email = 'hank@example.com' and auth_id is not null;

---- People cannot change what tells where they come from
call test.sign_in('Alice');
select test.attempt(format('update helpdesk.profiles set imported_for = %L', test.org_id('Acme')));
select test.attempt($$update helpdesk.tickets set external_id = 'x'$$), test.attempt($$update helpdesk.ticket_comments set external_id = 'x'$$);
call test.sign_out();
