-- Creating a ticket twice with the same idempotency key.

---- Idempotency keys

call test.sign_in('Alice');
begin;
select helpdesk.create_ticket(test.org_id('Acme'), 'Once', p_idempotency_key => 'k1') as first \gset
select helpdesk.create_ticket(test.org_id('Acme'), ' Once ', p_idempotency_key => 'k1') = :'first';
select count(*) from helpdesk.tickets where title = 'Once';
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Twice', p_idempotency_key => 'k1')$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Once', 'other', p_idempotency_key => 'k1')$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Once', null, 'high', p_idempotency_key => 'k1')$$);
select helpdesk.create_ticket(test.org_id('Acme'), 'Once', p_idempotency_key => 'k2') <> :'first';
-- Keys belong to a person: the same key of another person creates another ticket and reveals
-- nothing.
call test.sign_in('Dave');
select helpdesk.create_ticket(test.org_id('Acme'), 'Once', p_idempotency_key => 'k1') <> :'first';
-- Backends have keys too.
call test.set_claims('');
set role service_role;
select helpdesk.create_ticket(test.org_id('Acme'), 'Backend', p_requester_id => test.profile_id('Alice'), p_idempotency_key => 'k1')
     = helpdesk.create_ticket(test.org_id('Acme'), 'Backend', p_requester_id => test.profile_id('Alice'), p_idempotency_key => 'k1');
-- A failed call does not use up its key.
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', p_workflow_id => test.workflow_id('Globex'), p_requester_id => test.profile_id('Alice'), p_idempotency_key => 'k3')$$);
select test.attempt($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', p_requester_id => test.profile_id('Alice'), p_idempotency_key => 'k3')$$);
rollback;
call test.sign_out();
select test.attempt('select * from helpdesk.idempotency_keys');
