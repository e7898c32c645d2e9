-- Who a ticket waits for, and when its last public comment was written.

create function pg_temp.waiting(filters jsonb default '{}') returns setof text language sql as $$
  select format('%s %s %s', t->>'title', t->>'waitingFor', (t->>'lastCommentAt') is not null)
    from json_array_elements(helpdesk.list_org_tickets(test.org_id('Acme'), filters || '{"sort": "number"}')->'tickets') t $$;

call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), title) is not null from unnest('{New,Answered,"Asked again",Noted,Resolved}'::text[]) title;
call test.sign_in('Ben');
select helpdesk.add_comment(test.ticket_id(title), 'Hello') is not null from unnest('{Answered,"Asked again"}'::text[]) title;
select helpdesk.add_comment(test.ticket_id('Noted'), 'A note', true) is not null;
select helpdesk.add_comment(test.ticket_id('Resolved'), 'Done',
  p_changes => jsonb_build_object('stageId', test.stage_id('Acme', 'Resolved'))) is not null;
call test.sign_in('Alice');
select helpdesk.add_comment(test.ticket_id('Asked again'), 'Still broken') is not null;
select pg_temp.waiting();
select helpdesk.add_attachment(test.ticket_id('Answered'), 'a', '', 1, 'x') is not null;
call test.sign_in('Ben');
select filter, pg_temp.waiting(filter), helpdesk.list_org_tickets(test.org_id('Acme'), filter)->'pagination'->>'total' as total
  from (values ('{"waitingFor": "staff"}'::jsonb), ('{"waitingFor": "customer"}'), ('{"waitingFor": "staff", "perPage": 1}')) f (filter);
select test.error_of($$select helpdesk.list_org_tickets(test.org_id('Acme'), '{"waitingFor": "me"}')$$);
-- Staff who opened a ticket themselves are its customers.
select helpdesk.create_ticket(test.org_id('Acme'), 'Mine') as mine \gset
select helpdesk.add_comment(:'mine', 'More') is not null;
select pg_temp.waiting('{"createdBy": "me"}');
-- claim_next_ticket takes the filter.
select helpdesk.claim_next_ticket(test.org_id('Acme'), '{"waitingFor": "customer"}')->>'title';
call test.sign_out();

-- Imported comments count in the order of their times; a deleted one no longer counts.
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at)
select org_id, id, 'Early', created_by, '2020-01-01' from helpdesk.tickets where title = 'Answered';
select is_answered, last_public_comment_at > '2021-01-01' from helpdesk.tickets where title = 'Answered';
delete from helpdesk.ticket_comments where content = 'Hello';
select title, is_answered, last_public_comment_at = '2020-01-01' from helpdesk.tickets where title in ('Answered', 'Asked again') order by title;
delete from helpdesk.ticket_comments where content = 'Early';
select is_answered, last_public_comment_at from helpdesk.tickets where title = 'Answered';
select test.error_of('update helpdesk.tickets set is_answered = true, last_public_comment_at = now()');
