-- cleanup_old_notifications deletes expired notifications.

call test.create_assigned_ticket();

---- cleanup_old_notifications

select * from test.attempt_by_each_caller('select helpdesk.cleanup_old_notifications()');
begin;
insert into helpdesk.notifications (org_id, user_id, ticket_id, type, content, expires_at)
select test.org_id('Acme'), test.profile_id('Alice'), test.ticket_id('Leak'), 'ticket_updated', '{}', now() + expires from unnest('{-1 second,-1 day,0 second,1 second}'::interval[]) expires;
select count(*) from helpdesk.notifications;
set local role service_role;
select helpdesk.cleanup_old_notifications();
reset role;
select count(*), bool_or(expires_at < now()) from helpdesk.notifications;
select helpdesk.cleanup_old_notifications();
-- More than one batch
insert into helpdesk.notifications (org_id, user_id, ticket_id, type, content, expires_at)
select test.org_id('Acme'), test.profile_id('Alice'), test.ticket_id('Leak'), 'ticket_updated', '{}', now() - interval '1 day' from generate_series(1, 10001);
select helpdesk.cleanup_old_notifications();
select bool_or(expires_at < now()) from helpdesk.notifications;
rollback;
