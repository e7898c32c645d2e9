-- Objects of a caller never run with the rights of the extension's owner.

---- A caller's objects never run with the rights of helpdesk_owner, whatever the search_path is
create schema evil;
grant usage on schema evil to public;
create table evil.caught (who name);
grant insert on evil.caught to public;
create function evil.trap() returns boolean language plpgsql as $$ begin insert into evil.caught values (current_user); return true; end $$;
create function evil.eq(uuid, uuid) returns boolean language sql as 'select evil.trap()';
create operator evil.= (leftarg = uuid, rightarg = uuid, function = evil.eq);
create function evil.max_step(integer, integer) returns integer language plpgsql as $$ begin perform evil.trap(); return 1; end $$;
create aggregate evil.max(integer) (sfunc = evil.max_step, stype = integer);
create function evil.now() returns timestamptz language sql as 'select case when evil.trap() then pg_catalog.now() end';
create function evil.coerced(text, text) returns boolean language sql as 'select evil.trap()';
create operator evil.= (leftarg = text, rightarg = text, function = evil.coerced);
grant execute on all functions in schema evil to public;
select json_build_object('sub', test.login_id('Ada'), 'role', 'authenticated')::text as claims, test.org_id('Acme') as acme \gset
-- Each of these sessions starts with empty caches.
\c -
set request.jwt.claims = :'claims';
set role authenticated;
set search_path = evil, pg_catalog, pg_temp;
select helpdesk.my_profile_id() is not null;
\c -
set request.jwt.claims = :'claims';
set role authenticated;
set search_path = evil, pg_catalog, pg_temp;
select pg_catalog.count(*) from helpdesk.org_members;
select helpdesk.is_member_of_my_orgs(helpdesk.my_profile_id());
select pg_catalog.cardinality(helpdesk.my_assigned_ticket_ids());
\c -
set request.jwt.claims = :'claims';
set role authenticated;
set search_path = evil, pg_catalog, pg_temp;
select helpdesk.create_ticket(:'acme', 'Trapped?') is not null;
select helpdesk.list_org_tickets(:'acme') is not null;
select helpdesk.claim_next_ticket(:'acme')->>'title';
select id as trapped from helpdesk.tickets where helpdesk.tickets.title operator(pg_catalog.=) 'Trapped?' \gset
select helpdesk.add_comment(:'trapped', 'Trapped?', true) is not null, helpdesk.add_attachment(:'trapped', 'a', 'b', 1, 'c') is not null;
insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (:'acme', :'trapped', 'Trapped?');
update helpdesk.ticket_comments set content = 'Trapped!';
delete from helpdesk.ticket_attachments;
select helpdesk.watch_ticket(:'trapped');
select (helpdesk.update_tickets(array[:'trapped']::pg_catalog.uuid[], '{"priority": "urgent"}')->>'updated');
select helpdesk.may_read_file('c'), helpdesk.may_upload_file(pg_catalog.concat(:'acme', '/', :'trapped', '/c'));
select helpdesk.count_unread_notifications() is not null, helpdesk.mark_notifications_read() is not null;
delete from helpdesk.tickets where helpdesk.tickets.title operator(pg_catalog.=) 'Trapped?';
reset search_path;
reset role;
select who from evil.caught where who <> 'authenticated';
set client_min_messages = warning;
drop schema evil cascade;
