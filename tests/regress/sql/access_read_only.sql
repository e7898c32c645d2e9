-- Reading functions work where nothing can be written.

call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'Printer on fire', 'It burns', 'urgent') is not null;
call test.sign_out();

---- Reading functions assign no transaction id and work in a read-only transaction

call test.sign_in('Ben');
begin read only;
select helpdesk.get_ticket_details(test.ticket_id('Printer on fire')) is not null, pg_current_xact_id_if_assigned() is null;
select helpdesk.list_org_tickets(test.org_id('Acme')) is not null, pg_current_xact_id_if_assigned() is null;
select helpdesk.list_org_members(test.org_id('Acme')) is not null, pg_current_xact_id_if_assigned() is null;
select helpdesk.my_profile_id() is not null, pg_current_xact_id_if_assigned() is null;
select helpdesk.my_org_ids() is not null, pg_current_xact_id_if_assigned() is null;
select helpdesk.my_staff_org_ids() is not null, pg_current_xact_id_if_assigned() is null;
select helpdesk.my_admin_org_ids() is not null, pg_current_xact_id_if_assigned() is null;
select helpdesk.my_assigned_ticket_ids() is not null, pg_current_xact_id_if_assigned() is null;
select helpdesk.is_member_of_my_orgs(test.profile_id('Alice')), pg_current_xact_id_if_assigned() is null;
select helpdesk.may_create_organization(), pg_current_xact_id_if_assigned() is null;
select helpdesk.jwt_subject() is not null, pg_current_xact_id_if_assigned() is null;
select count(*) from helpdesk.tickets;
select pg_current_xact_id_if_assigned() is null;
-- A writing function reports that the transaction is read-only.
select helpdesk.create_ticket(test.org_id('Acme'), 'Try');
rollback;
-- The same in the first transaction of a session, whose caches are empty
\c -
set request.jwt.claims = '';
begin read only;
set local role authenticated;
select count(*) from helpdesk.tickets;
select helpdesk.my_org_ids(), pg_current_xact_id_if_assigned() is null;
commit;
