-- Which person the access token identifies, and the organizations of that person.

---- The caller

call test.sign_in('Alice');
select test.profile_name(helpdesk.my_profile_id()), auth.uid() = test.login_id('Alice'),
       helpdesk.my_org_ids() = array[test.org_id('Acme')], helpdesk.my_staff_org_ids(), helpdesk.my_admin_org_ids();
call test.sign_in('Bea');
select cardinality(helpdesk.my_org_ids()), helpdesk.my_staff_org_ids() = array[test.org_id('Globex')], helpdesk.my_admin_org_ids();
call test.sign_in('Ada');
select helpdesk.my_staff_org_ids() = array[test.org_id('Acme')], helpdesk.my_admin_org_ids() = array[test.org_id('Acme')];
call test.sign_in('Stan');
select test.profile_name(helpdesk.my_profile_id()), helpdesk.my_org_ids(), helpdesk.my_staff_org_ids(), helpdesk.my_admin_org_ids();
call test.sign_in('Nemo');
select helpdesk.my_profile_id() is null, auth.uid() = test.login_id('Nemo'), helpdesk.my_org_ids();

-- The older setting of PostgREST is read too, and takes precedence.
call test.sign_in('Alice');
select set_config('request.jwt.claim.sub', test.login_id('Dave')::text, false) is not null;
select test.profile_name(helpdesk.my_profile_id());
select set_config('request.jwt.claim.sub', '', false);
select test.profile_name(helpdesk.my_profile_id());

-- Claims that identify nobody make the caller anonymous; they never raise an error.
create temp table strange_claims (claims text);
insert into strange_claims values
  (''), ('{}'), ('null'), ('[]'), ('"x"'), ('7'), ('not json'), ('{"sub": null}'), ('{"sub": 7}'), ('{"sub": ""}'),
  ('{"sub": "not a uuid"}'), ('{"sub": ["a"]}'), ('{"sub": "00000000-0000-4000-8000-000000000000"}'), ('{"sub": "'), (repeat('[', 10000));
grant select on strange_claims to public;
set role authenticated;
select left(claims, 60), set_config('request.jwt.claims', claims, false) is not null,
       helpdesk.my_profile_id() is null, helpdesk.my_org_ids()
  from strange_claims;
call test.sign_out();
