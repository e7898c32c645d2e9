-- The assignee of a ticket that is reopened.

---- Reopening

-- A closed ticket keeps its assignee. When it is reopened after the assignee left or lost
-- may_be_assigned, it returns to the queue instead.
create table test.reopened (way text, assignee text, status text, version integer, unassigned bigint, changes jsonb);
grant insert on test.reopened to public;
create procedure test.reopen(way text, statement text) language plpgsql as $$
begin
  execute statement;
  insert into test.reopened
    select way, test.profile_name(t.assigned_to), t.status, t.version,
           (select count(*) from helpdesk.tickets q where q.org_id = t.org_id and q.status = 'open' and q.assigned_to is null and q.id = t.id),
           (select jsonb_object_agg(key, key) from helpdesk.ticket_history h, jsonb_object_keys(h.changes->'fields') key where h.id = t.latest_history_id)
      from helpdesk.tickets t where t.title = 'Again';
end
$$;
begin;
insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (test.org_id('Acme'), 'Again', test.profile_id('Alice'), test.profile_id('Ben'));
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Closed') where title = 'Again';
savepoint closed;
call test.reopen('still staff', $$update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'In progress') where title = 'Again'$$);
table test.reopened;
rollback to closed;
delete from helpdesk.org_members where user_id = test.profile_id('Ben');
select test.profile_name(assigned_to) from helpdesk.tickets where title = 'Again';
savepoint gone;
call test.reopen('moved', $$update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'In progress') where title = 'Again'$$);
table test.reopened;
rollback to gone;
call test.reopen('its stage', $$update helpdesk.workflow_stages set status = 'open' where id = test.stage_id('Acme', 'Closed')$$);
table test.reopened;
rollback to gone;
-- A ticket that is assigned to another person in the same change stays assigned to them.
call test.reopen('to another', $$update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'In progress'), assigned_to = test.profile_id('Ada') where title = 'Again'$$);
table test.reopened;
rollback to closed;
update helpdesk.org_members set org_role = 'org_customer' where user_id = test.profile_id('Ben');
call test.reopen('a customer now', $$update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'In progress') where title = 'Again'$$);
table test.reopened;
select count(*) from helpdesk.verify_ticket_stats();
rollback;
