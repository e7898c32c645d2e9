-- forget_person() leaves no name and no address anywhere.

-- Tables and columns in which a text occurs
create function test.occurrences(word text) returns setof text language plpgsql as $$
declare
  place record;
  found boolean;
begin
  for place in
    select a.attrelid::regclass as relation, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relnamespace in ('helpdesk'::regnamespace, 'auth'::regnamespace) and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
     order by c.relname, a.attnum
  loop
    execute format('select exists (select from %s t where strpos(lower(t.%I::text), lower($1)) > 0)', place.relation, place.attname) into found using word;
    if found then return next format('%s.%s', place.relation, place.attname); end if;
  end loop;
end $$;

select test.sign_up('Zacharias', 'Zacharias.Q@example.com');
select test.profile_id('Zacharias') as person \gset
create procedure test.live() language plpgsql as $$
declare
  ticket uuid;
begin
  call test.sign_in('Ada');
  perform helpdesk.create_org_invite(test.org_id('Acme'), 'zacharias.q@example.com', 'agent');
  call test.sign_in('Zacharias');
  perform helpdesk.accept_org_invite((helpdesk.my_pending_invites()->0->>'id')::uuid);
  call test.sign_in('Gina');
  perform helpdesk.create_org_invite(test.org_id('Globex'), 'zacharias.q@EXAMPLE.com');
  call test.sign_in('Zacharias');
  update helpdesk.profiles set preferences = '{"signature": "Zacharias"}', avatar_url = 'https://example.com/zacharias.png', last_active = now() where id = helpdesk.my_profile_id();
  insert into helpdesk.notification_preferences (type, enabled) values ('ticket_created', true);
  ticket := helpdesk.create_ticket(test.org_id('Acme'), 'Mine', p_idempotency_key => 'zacharias.q@example.com: Mine');
  perform helpdesk.watch_ticket(ticket);
  call test.sign_in('Alice');
  ticket := helpdesk.create_ticket(test.org_id('Acme'), 'Hers');
  call test.sign_in('Zacharias');
  perform helpdesk.add_comment(ticket, 'Hello');
  perform helpdesk.update_ticket(ticket, json_build_object('assignedTo', helpdesk.my_profile_id())::jsonb);
  call test.sign_out();
end $$;
call test.live();
-- An address that the person had before
update auth.users set email = 'zacharias.new@example.com' where email = 'Zacharias.Q@example.com';
insert into helpdesk.org_invites (org_id, email) values (test.org_id('Globex'), 'zacharias.new@example.com');
select * from test.occurrences('zacharias');

---- Who may forget people
select * from test.attempt_by_each_caller(format('select helpdesk.forget_person(%L)', :'person'));
select test.error_of('select helpdesk.forget_person(null)'), test.error_of('select helpdesk.forget_person(gen_random_uuid())');

---- Nothing remains but what they wrote
begin;
set local role service_role;
select helpdesk.forget_person(:'person');
reset role;
select * from test.occurrences('zacharias');
select name, email, role, auth_id, avatar_url, teams, preferences, last_active from helpdesk.profiles where id = :'person';
select t.title, test.profile_name(t.created_by), coalesce(test.profile_name(t.assigned_to), 'nobody') from helpdesk.tickets t order by number;
select content, test.profile_name(created_by) from helpdesk.ticket_comments;
select count(*) from helpdesk.org_members where user_id = :'person';
select test.profile_name(user_id), count(*) from helpdesk.notifications where user_id = :'person' group by 1;
-- A second time does nothing.
select test.digest_of_all_rows() as before \gset
select helpdesk.forget_person(:'person');
select test.digest_of_all_rows() = :'before';
-- Whoever signs up with the address is somebody new.
select test.sign_up('Somebody', 'zacharias.new@example.com');
select id = :'person' from helpdesk.profiles where name = 'Somebody';
rollback;

-- After the login was deleted
begin;
delete from auth.users where email = 'zacharias.new@example.com';
select helpdesk.forget_person(:'person');
select * from test.occurrences('zacharias');
rollback;

-- On Supabase, service_role may not delete logins; the message says what to do first.
begin;
revoke delete on auth.users from service_role;
set local role service_role;
select test.error_of(format('select helpdesk.forget_person(%L)', :'person'));
rollback;

-- The last admin can be forgotten too.
begin;
set local client_min_messages = error;
select helpdesk.forget_person(test.profile_id('Ada'));
select * from test.occurrences('ada@');
rollback;
