-- The files of attachments in Storage.

call test.create_conversation();

---- Who reads and uploads an attachment's file in Storage

create function test.storage_path(name text) returns text language sql stable as $$ select concat_ws('/', test.org_id('Acme'), test.ticket_id('Noise'), name) $$;
begin;
call test.sign_in('Alice');
select helpdesk.add_attachment(test.ticket_id('Noise'), 'a', 'b', 1, test.storage_path('public')) is not null;
call test.sign_in('Ben');
select helpdesk.add_attachment(test.ticket_id('Noise'), 'a', 'b', 1, test.storage_path('internal'), true) is not null;
call test.sign_out();
-- A person may read the file exactly if the table shows them the attachment.
create function test.may_read_file_by_person(path text) returns table (line text) language plpgsql as $$
declare
  person text;
begin
  foreach person in array '{Ada,Ben,Alice,Dave,Bea,Mallory,Gina,Stan}'::text[] loop
    call test.sign_in(person);
    line := concat_ws(' ', person, helpdesk.may_read_file(path), helpdesk.may_read_file(path) = exists (select from helpdesk.ticket_attachments where storage_path = path));
    return next;
  end loop;
  call test.sign_out();
end $$;
select * from test.may_read_file_by_person(test.storage_path('public'));
select * from test.may_read_file_by_person(test.storage_path('internal'));
select * from test.may_read_file_by_person(test.storage_path('nowhere')) where line like '% t %' or line like '% f';
-- Attaching the path of another file does not give access to it: neither to an internal one for the
-- customer, nor to one of another organization.
savepoint attached;
call test.sign_in('Alice');
select test.error_of($$select helpdesk.add_attachment(test.ticket_id('Noise'), 'a', 'b', 1, test.storage_path('internal'))$$) is not null;
select helpdesk.may_read_file(test.storage_path('internal'));
call test.sign_in('Mallory');
select test.error_of($$select helpdesk.add_attachment(test.ticket_id('Mallory''s'), 'a', 'b', 1, test.storage_path('public'))$$) is not null;
select helpdesk.may_read_file(test.storage_path('public'));
call test.sign_out();
rollback to attached;
-- Once the ticket is assigned to Dave, he reads the public file.
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'Noise';
select * from test.may_read_file_by_person(test.storage_path('public')) where line like 'Dave%';
select * from test.may_read_file_by_person(test.storage_path('internal')) where line like 'Dave%';
-- Files are uploaded to <organization>/<ticket>/<anything> of a ticket that the caller sees.
create function test.who_may_upload(path text) returns text language plpgsql as $$
declare
  person text;
  allowed text := '';
begin
  foreach person in array '{Ada,Ben,Alice,Dave,Bea,Mallory,Gina,Stan}'::text[] loop
    call test.sign_in(person);
    allowed := allowed || case when helpdesk.may_upload_file(path) then person || ' ' else '' end;
  end loop;
  call test.sign_out();
  return coalesce(nullif(allowed, ''), 'nobody');
end $$;
select what, test.who_may_upload(path) from (values
  ('its place', concat_ws('/', test.org_id('Acme'), test.ticket_id('Noise'), 'a.txt')), ('below it', concat_ws('/', test.org_id('Acme'), test.ticket_id('Noise'), 'a/b.txt')),
  ('another organization', concat_ws('/', test.org_id('Globex'), test.ticket_id('Noise'), 'a.txt')), ('no name', concat_ws('/', test.org_id('Acme'), test.ticket_id('Noise'), '')),
  ('no third part', concat_ws('/', test.org_id('Acme'), test.ticket_id('Noise'))), ('a way out', test.storage_path('../../b.txt')), ('no ticket', concat_ws('/', test.org_id('Acme'), 'x', 'a.txt')), ('nothing', ''), ('null', null)) p (what, path);
set role anon;
select helpdesk.may_read_file(test.storage_path('public')), helpdesk.may_read_file(null), helpdesk.may_upload_file(test.storage_path('x'));
reset role;
-- enable_storage creates the policies of a bucket. A second call changes nothing.
update helpdesk.tickets set assigned_to = test.profile_id('Ben') where title = 'Noise';
set local client_min_messages = warning;
create schema storage;
create table storage.objects (id uuid default gen_random_uuid(), bucket_id text, name text);
alter table storage.objects enable row level security;
grant usage on schema storage to authenticated;
grant select, insert on storage.objects to authenticated;
insert into storage.objects (bucket_id, name) values ('files', test.storage_path('public')), ('files', test.storage_path('internal')), ('files', 'stray'), ('others', test.storage_path('public'));
select helpdesk.enable_storage('files'), helpdesk.enable_storage('files');
select polname, polcmd from pg_policy where polrelid = 'storage.objects'::regclass order by 1;
create function test.files_seen(person text) returns text language plpgsql as $f$
declare
  seen text;
begin
  call test.sign_in(person);
  select string_agg(bucket_id || ':' || regexp_replace(name, '.*/', ''), ' ' order by name) into seen from storage.objects;
  seen := concat_ws(' | ', coalesce(seen, 'nothing'), test.attempt(format('insert into storage.objects (bucket_id, name) values (''files'', %L)', test.storage_path('new'))),
                    test.attempt($$insert into storage.objects (bucket_id, name) values ('files', 'stray')$$));
  call test.sign_out();
  return seen;
end $f$;
select person, test.files_seen(person) from unnest('{Ben,Alice,Dave,Mallory}'::text[]) person;
select test.error_of('select helpdesk.enable_storage(null)'), test.error_of($$select helpdesk.enable_storage(' ')$$), test.error_of($$select helpdesk.enable_storage(repeat('x', 41))$$), test.attempt($$select helpdesk.enable_storage('it''s "odd"')$$);
rollback;
