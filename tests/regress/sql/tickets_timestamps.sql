-- The status and the timestamps of new, changed and imported tickets.

-- An inserted ticket may only have the status of its stage.
begin;
insert into helpdesk.tickets (org_id, title, created_by, current_stage_id) values (test.org_id('Acme'), 'Closed import', test.profile_id('Alice'), test.stage_id('Acme', 'Closed'));
select status, resolved_at is not null, closed_at is not null from helpdesk.tickets where title = 'Closed import';
select test.error_of($$insert into helpdesk.tickets (org_id, title, created_by, status) values (test.org_id('Acme'), 'x', test.profile_id('Alice'), 'closed')$$);
-- An open ticket has neither resolved_at nor closed_at: an INSERT that sets them is refused or
-- corrected.
select test.error_of($$insert into helpdesk.tickets (org_id, title, created_by, resolved_at, closed_at) values (test.org_id('Acme'), 'Undone', test.profile_id('Alice'), now(), now())$$) <> '';
select count(*) from helpdesk.tickets where status not in ('resolved', 'closed') and (resolved_at is not null or closed_at is not null);
-- Imported tickets keep their timestamps, and the first revision has the timestamp of the ticket.
insert into helpdesk.tickets (org_id, title, created_by, created_at, updated_at, stage_entered_at, resolved_at, current_stage_id)
values (test.org_id('Acme'), 'Old import', test.profile_id('Alice'), '2020-01-01', '2020-01-05', '2020-01-03', '2020-01-02', test.stage_id('Acme', 'Closed'));
select t.created_at::date, t.updated_at::date, t.stage_entered_at::date, t.resolved_at::date, t.closed_at::date, h.changed_at::date
  from helpdesk.tickets t join helpdesk.ticket_history h on h.id = t.latest_history_id where t.title = 'Old import';
rollback;

---- Timestamps, with each change in its own transaction

insert into helpdesk.tickets (org_id, title, created_by) values (test.org_id('Acme'), 'Clockwork', test.profile_id('Alice'));
create temp table times (step text, updated_at timestamptz, stage_entered_at timestamptz, resolved_at timestamptz, closed_at timestamptz);
create function test.record_times(step text) returns void language sql as $$
  insert into times select $1, updated_at, stage_entered_at, resolved_at, closed_at from helpdesk.tickets where title = 'Clockwork'
$$;
-- The timestamps that a step changed
create function test.changed_times(step text, before text) returns text language sql as $$
  select concat_ws(' ', case when a.updated_at > b.updated_at then 'updated_at' end,
                        case when a.stage_entered_at > b.stage_entered_at then 'stage_entered_at' end,
                        case when a.resolved_at is distinct from b.resolved_at then 'resolved_at' end,
                        case when a.closed_at is distinct from b.closed_at then 'closed_at' end)
    from times a, times b where a.step = $1 and b.step = $2
$$;
insert into helpdesk.workflow_stages (org_id, workflow_id, name, position, status) values (test.org_id('Acme'), test.workflow_id('Acme'), 'Archived', 6, 'closed');
select test.record_times('new');
update helpdesk.tickets set title = 'Clockwork', priority = 'low' where title = 'Clockwork';
select test.record_times('same');
update helpdesk.tickets set priority = 'high' where title = 'Clockwork';
select test.record_times('priority');
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'In progress') where title = 'Clockwork';
select test.record_times('moved');
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Resolved') where title = 'Clockwork';
select test.record_times('resolved');
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Closed') where title = 'Clockwork';
select test.record_times('closed');
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Archived') where title = 'Clockwork';
select test.record_times('archived');
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'New') where title = 'Clockwork';
select test.record_times('reopened');
select test.changed_times('same', 'new');
select test.changed_times('priority', 'same');
select test.changed_times('moved', 'priority');
select test.changed_times('resolved', 'moved');
-- Closing a ticket keeps resolved_at; moving it between closed stages also keeps closed_at.
select test.changed_times('closed', 'resolved');
select test.changed_times('archived', 'closed');
select test.changed_times('reopened', 'archived');
select resolved_at is null, closed_at is null from helpdesk.tickets where title = 'Clockwork';
delete from helpdesk.tickets where title = 'Clockwork';
delete from helpdesk.workflow_stages where name = 'Archived';
