-- Staff change the requester of a ticket.

call test.create_conversation();

-- What a person reads of the ticket and its conversation, through tables and functions.
create function test.reads_of(person text) returns text language plpgsql as $$
declare
  line text;
begin
  call test.sign_in(person);
  select format('%s: %s ticket, %s comments, %s files, %s revisions, %s listed, %s found, details %s', person,
      (select count(*) from helpdesk.tickets where title = 'Noise'),
      (select count(*) from helpdesk.ticket_comments), (select count(*) from helpdesk.ticket_attachments),
      (select count(*) from helpdesk.ticket_history where ticket_id = test.ticket_id('Noise')),
      helpdesk.list_org_tickets(test.org_id('Acme'))->'pagination'->>'total',
      (select count(*) from json_array_elements(helpdesk.search(test.org_id('Acme'), 'hums')->'results')),
      helpdesk.get_ticket_details(test.ticket_id('Noise')) is not null) into line;
  call test.sign_out();
  return line;
end $$;
select test.reads_of(person) from unnest('{Alice,Dave,Ben}'::text[]) person;
begin;
call test.sign_in('Ben');
select ticket->'createdBy'->>'name', ticket->>'version'
  from helpdesk.update_ticket(test.ticket_id('Noise'), json_build_object('createdBy', test.profile_id('Dave'))::jsonb) ticket;
select test.profile_name((field->>'from')::uuid), test.profile_name((field->>'to')::uuid)
  from (select changes->'fields'->'createdBy' as field from helpdesk.ticket_history where ticket_id = test.ticket_id('Noise') order by version desc limit 1) h;
call test.sign_out();
select test.reads_of(person) from unnest('{Alice,Dave,Ben}'::text[]) person;
select count(*) as of_alice from helpdesk.notifications where user_id = test.profile_id('Alice') and ticket_id = test.ticket_id('Noise');
rollback;

-- The same with SQL on the table; the same requester again is no change.
begin;
call test.sign_in('Ben');
update helpdesk.tickets set created_by = test.profile_id('Dave') where title = 'Noise';
select helpdesk.update_ticket(test.ticket_id('Noise'), json_build_object('createdBy', test.profile_id('Dave'))::jsonb)->>'version';
call test.sign_out();
select test.reads_of(person) from unnest('{Alice,Dave}'::text[]) person;
rollback;

---- Refused

call test.sign_in('Ben');
select test.error_of($$select helpdesk.update_ticket(test.ticket_id('Noise'), json_build_object('createdBy', test.profile_id('Mallory'))::jsonb)$$);
select test.error_of($$select helpdesk.update_ticket(test.ticket_id('Noise'), json_build_object('createdBy', helpdesk.uuid_generate_v7())::jsonb)$$);
select test.error_of($$select helpdesk.update_ticket(test.ticket_id('Noise'), '{"createdBy": null}')$$);
select test.error_of($$update helpdesk.tickets set created_by = test.profile_id('Mallory') where title = 'Noise'$$);
call test.sign_out();
select * from test.attempt_by_each_caller($$select helpdesk.update_ticket(test.ticket_id('Noise'), json_build_object('createdBy', test.profile_id('Dave'))::jsonb)$$);
select * from test.attempt_by_each_caller($$update helpdesk.tickets set created_by = test.profile_id('Dave') where title = 'Noise'$$);
-- The copies cannot be changed in any other way.
call test.sign_out();
select test.error_of($$update helpdesk.ticket_comments set requester_id = test.profile_id('Dave')$$);
select test.error_of($$update helpdesk.ticket_attachments set requester_id = test.profile_id('Dave')$$);
select test.error_of($$update helpdesk.ticket_history set requester_id = test.profile_id('Dave')$$);
