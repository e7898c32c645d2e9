-- The first steps of a new installation: Ada opens a ticket at Acme, which Mallory cannot see.
\pset format unaligned
\pset tuples_only on
create extension helpdesk;
select extversion = (select default_version from pg_available_extensions where name = 'helpdesk')
  from pg_extension where extname = 'helpdesk';
insert into auth.users (email, email_confirmed_at)
values ('ada@acme.example', now()), ('mallory@globex.example', now());
select helpdesk.act_as('ada@acme.example') \g /dev/null
select helpdesk.create_organization('Acme') as org \gset
select helpdesk.create_ticket(:'org', 'The printer is on fire') as ticket \gset
select title, status from helpdesk.tickets;
select helpdesk.act_as('mallory@globex.example') \g /dev/null
select count(*) from helpdesk.tickets;
reset role;
select count(*) from helpdesk.security_report();
