-- list_org_tickets: which tickets each caller gets.

call test.create_listed_tickets();

-- The titles that the function returns to the caller, which must be those that the table returns
create function test.listed_as_in_table() returns text language plpgsql as $$
declare
  by_function text;
  by_table text;
begin
  by_function := test.listed_titles('{"sort": "createdAt"}');
  select coalesce(string_agg(title, ' ' order by created_at, id), '-') || ' of ' || count(*) into by_table
    from helpdesk.tickets where org_id = test.org_id('Acme');
  return case when by_function = by_table then by_function else format('DIFFERENT: %s / %s', by_function, by_table) end;
exception when others then
  return sqlstate || ': ' || sqlerrm;
end $$;
create function test.listed_as_in_table_for(person text) returns text language plpgsql as $$
begin
  call test.sign_in(person);
  return test.listed_as_in_table();
end $$;

---- Which tickets each caller gets

-- Members get the tickets that the table shows them; all others get an error.
call test.sign_out();
select person, test.listed_as_in_table_for(person) from unnest('{Ada,Ben,Alice,Dave,Bea,Gina,Mallory,Stan,Nemo}'::text[]) person;
call test.sign_out();
select test.listed_as_in_table();
set role service_role;
select test.listed_as_in_table();
set role anon;
select test.listed_as_in_table();
set role authenticated;
select test.listed_as_in_table();
call test.set_claims('garbage');
select test.listed_as_in_table();
call test.set_claims('{"sub": "not a uuid"}');
select test.listed_as_in_table();
-- A customer's filters apply only to their own tickets.
call test.sign_in('Dave');
select test.listed_titles('{"assignedTo": "me"}'), test.listed_titles('{"createdBy": "me", "sort": "createdAt"}'), test.listed_titles('{"assignedTo": "none", "count": "none", "sort": "createdAt"}');
select test.listed_titles(jsonb_build_object('createdBy', test.profile_id('Alice'))), test.listed_titles(jsonb_build_object('assignedTo', test.profile_id('Ben')));
-- A backend without claims is not "me".
call test.set_claims('');
set role service_role;
select test.listed_titles('{"assignedTo": "me"}'), test.listed_titles('{"createdBy": "me"}');
-- A superuser's SECURITY DEFINER function does not give its caller more tickets.
call test.sign_out();
create function test.listed_by_definer() returns text language sql security definer as $$ select test.listed_titles('{"sort": "createdAt"}') $$;
call test.sign_in('Dave');
select test.listed_by_definer() = test.listed_titles('{"sort": "createdAt"}');
call test.sign_out();
