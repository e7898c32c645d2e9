-- What is found by more than its text: tickets by their people and files, articles by their tags
-- and categories.

call test.create_documents();
create function test.listed(search text, org text default 'Acme') returns text language sql as $$
  select coalesce(string_agg(t->>'title', ', ' order by t->>'title'), 'nothing')
    from json_array_elements(helpdesk.list_org_tickets(test.org_id($2), jsonb_build_object('search', $1))->'tickets') t $$;

---- Tickets by their requester or assignee, alone and with other words
call test.sign_in('Ben');
select helpdesk.update_ticket(test.ticket_id('No coffee'), jsonb_build_object('assignedTo', test.profile_id('Dave'))) is not null;
select test.found('alice'), test.found('dave'), test.found('alice printer'), test.found('dave printer'), test.found('ALIC');
select test.found('alice@example.com', '{"kind": "ticket"}'), test.found('example.com', '{"kind": "ticket"}');
select test.found('alice -printer', '{"kind": "ticket"}'), test.found('-alice', '{"kind": "ticket"}'), test.found('alice dave'), test.found('printer or dave', '{"kind": "ticket"}');
-- They are tickets, not comments or articles.
select test.found('alice', '{"kind": ["comment", "article"]}'), helpdesk.search_articles(test.org_id('Acme'), 'alice');
select test.listed('alice'), test.listed('dave coffee'), test.listed('mallory'), helpdesk.list_org_tickets(test.org_id('Acme'), '{"search": "alice"}')->'pagination'->>'total';
call test.sign_out();

---- Only staff find by people
select * from test.found_by_each_caller('alice');
select * from test.found_by_each_caller('ben');
call test.sign_in('Alice');
select test.listed('alice'), test.listed('dave'), test.found('alice@example.com'), test.found('@' || replace(test.profile_id('Alice')::text, '-', ''));
call test.sign_out();

---- What changes is found at once
begin;
call test.sign_in('Ben');
select helpdesk.update_ticket(test.ticket_id('No coffee'), jsonb_build_object('assignedTo', null, 'createdBy', test.profile_id('Dave'))) is not null;
select test.found('alice', '{"kind": "ticket"}'), test.found('dave', '{"kind": "ticket"}');
call test.sign_in('Alice');
update helpdesk.profiles set name = 'Alicia Keys' where id = test.profile_id('Alice');
call test.sign_in('Ben');
select test.found('keys', '{"kind": "ticket"}'), test.found('"alicia keys" printer', '{"kind": "ticket"}');
call test.sign_out();
update auth.users set email = 'new@alicia.example' where id = (select auth_id from helpdesk.profiles where id = test.profile_id('Alicia Keys'));
call test.sign_in('Ben');
select test.found('new@alicia.example'), test.found('alice@example.com');
-- Somebody who has left is found by name only.
call test.sign_in('Ada');
select helpdesk.remove_member(test.org_id('Acme'), test.profile_id('Alicia Keys'));
select test.found('keys'), test.found('alicia.example');
call test.sign_out();
select helpdesk.forget_person(test.profile_id('Dave')) is not null;
rollback;
begin;
delete from auth.users where id = (select auth_id from helpdesk.profiles where id = test.profile_id('Dave'));
call test.sign_in('Ben');
select test.found('dave', '{"kind": "ticket"}');
call test.sign_out();
select helpdesk.forget_person(test.profile_id('Dave'));
call test.sign_in('Ben');
select test.found('dave'), test.found('deleted', '{"kind": "ticket"}');
rollback;
-- Imported tickets of people who never were members
begin;
insert into helpdesk.tickets (org_id, title, created_by, created_at, current_stage_id) values (test.org_id('Acme'), 'From before', test.profile_id('Stan'), now() - interval '1 year', test.stage_id('Acme', 'Closed'));
call test.sign_in('Ben');
select test.found('stan'), test.found('stan@');
rollback;

---- Tickets by the names of their files
begin;
call test.sign_in('Ben');
select helpdesk.add_attachment(test.ticket_id('No coffee'), 'invoice_2024-03.pdf', 'application/pdf', 1, 'a') is not null,
       helpdesk.add_attachment(test.ticket_id('No coffee'), 'invoice_2024-04.pdf', 'application/pdf', 1, 'b') is not null,
       helpdesk.add_attachment(test.ticket_id('No coffee'), 'Kündigung Müller.docx', 'application/msword', 1, 'c', true) is not null,
       helpdesk.add_attachment(test.ticket_id('The printer is on fire'), 'printer.png', 'image/png', 1, 'd') is not null;
select query, test.found(query, '{"kind": "ticket"}'), test.listed(query) from unnest('{invoice,2024-03,202403,pdf,invoice_2024-03.pdf,invoi,kundigung,docx,printer,png,-invoice}'::text[]) query;
select r->>'kind' as kind, r->>'id' = test.ticket_id('No coffee')::text as is_ticket, r->>'number' as number, r->>'snippet' as snippet, r->>'status' as status, (r->'ticketId') is null as has_no_ticket_id
  from json_array_elements(helpdesk.search(test.org_id('Acme'), 'invoice')->'results') r;
select test.found('invoice', '{"kind": "comment"}'), (select string_agg(page, ', ') from (select test.found('pdf or png', '{"perPage": 1}') as page) x);
-- A file with the number of its ticket in its name
select helpdesk.add_attachment(test.ticket_id('The printer is on fire'), '1.png', 'image/png', 1, 'e') is not null;
select test.found('1', '{"kind": "ticket"}');
call test.sign_out();
-- Internal files are only for staff, and customers find those of their own tickets.
select * from test.found_by_each_caller('docx');
select * from test.found_by_each_caller('invoice');
call test.sign_in('Alice');
select test.listed('docx'), test.listed('pdf'), helpdesk.list_org_tickets(test.org_id('Acme'), '{"search": "docx"}')->'pagination'->>'total';
call test.sign_out();
delete from helpdesk.ticket_attachments where file_name like 'invoice%03.pdf';
update helpdesk.ticket_attachments set file_name = 'receipt.pdf' where file_name like 'invoice%';
call test.sign_in('Ben');
select test.found('invoice'), test.found('receipt');
rollback;

---- Articles by their tags and categories
begin;
call test.sign_in('Ben');
insert into helpdesk.categories (org_id, name) values (test.org_id('Acme'), 'Hardware & Drivers');
update helpdesk.articles set tags = '{how-to,Büro}', categories = '{Hardware & Drivers}' where title = 'Printer handbook';
select test.found('how-to'), test.found('buro'), test.found('hardware'), test.found('drivers coffee'), test.found('"büro hardware"');
update helpdesk.categories set name = 'Devices' where name = 'Hardware & Drivers';
select test.found('hardware'), test.found('devices');
update helpdesk.articles set tags = '{}' where title = 'Printer handbook';
delete from helpdesk.categories where name = 'Devices';
select test.found('devices'), test.found('buro');
call test.sign_out();
-- The tags of articles that somebody may not read find nothing.
update helpdesk.articles set tags = '{secretly}' where title = 'Printer secrets';
select * from test.found_by_each_caller('secretly');
rollback;

---- A deleted organization leaves nothing in the index
begin;
delete from helpdesk.tickets where org_id = test.org_id('Globex');
delete from helpdesk.organizations where name = 'Globex';
select count(*) from helpdesk.search_documents d where not exists (select from helpdesk.organizations o where o.id = d.org_id);
rollback;
