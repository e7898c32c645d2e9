-- The setting that says who may found organizations.

select test.sign_up('Una', confirmed => false);

create function test.may_found() returns table (line text) language plpgsql as $$
declare
  person text;
begin
  foreach person in array '{Stan,Una,Nemo,Ingrid}'::text[] loop
    call test.sign_in(person);
    line := concat_ws(' | ', person, helpdesk.may_create_organization(), test.error_of($s$select helpdesk.create_organization('New')$s$),
                      test.attempt($s$insert into helpdesk.organizations (name) values ('New')$s$));
    return next;
  end loop;
  call test.sign_out();
end $$;

---- Confirmed addresses only, unless the setting says something else
select who_may_found_organizations from helpdesk.installation_settings;
begin;
select * from test.may_found();
rollback;

begin;
call test.sign_in('Ingrid');
update helpdesk.installation_settings set who_may_found_organizations = 'anyone';
call test.sign_out();
select * from test.may_found();
rollback;

begin;
update helpdesk.installation_settings set who_may_found_organizations = 'administrators';
select * from test.may_found();
rollback;

-- A login without an address has confirmed none.
begin;
insert into auth.users (email_confirmed_at, raw_user_meta_data) values (now(), '{"full_name": "Phil"}');
call test.sign_in('Phil');
select helpdesk.may_create_organization();
rollback;
call test.sign_out();

-- Without the row the default holds.
begin;
delete from helpdesk.installation_settings;
select * from test.may_found();
rollback;

---- Everybody who is signed in reads the setting; administrators of the installation change it
select * from test.attempt_by_each_caller('select * from helpdesk.installation_settings');
select * from test.attempt_by_each_caller($$update helpdesk.installation_settings set who_may_found_organizations = 'anyone'$$);
select * from test.attempt_by_each_caller('delete from helpdesk.installation_settings');
call test.sign_in('Ingrid');
select test.attempt($$update helpdesk.installation_settings set who_may_found_organizations = 'nobody'$$);
call test.sign_out();
select test.attempt('insert into helpdesk.installation_settings default values'), test.attempt('insert into helpdesk.installation_settings (is_only_row) values (false)');

---- Nobody is signed in: both ways say so
begin;
set local role authenticated;
select set_config('request.jwt.claims', claims, true), test.error_of($s$select helpdesk.create_organization('New')$s$), test.error_of($s$insert into helpdesk.organizations (name) values ('New')$s$)
  from unnest(array['', '{"sub": "00000000-0000-4000-8000-00000000ffff"}']) claims;
rollback;
