-- An agent comments on a ticket: counted, notified, moved up in lists (the baseline only notifies).
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select helpdesk.add_comment(':ticket', 'Have you tried turning it off and on again?');
commit;
