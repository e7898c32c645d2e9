-- The enum types. They are members of the extension, so that they exist before the tables that use
-- them, also while a dump is restored.

create type helpdesk.user_role as enum (
  'customer', 'agent', 'admin', 'org_customer', 'org_agent', 'org_admin');
create type helpdesk.ticket_priority as enum ('low', 'medium', 'high', 'urgent');
create type helpdesk.notification_type as enum (
  'ticket_created', 'ticket_assigned', 'ticket_updated',
  'ticket_commented', 'ticket_resolved', 'ticket_closed',
  'ticket_unassigned', 'ticket_file_added', 'custom'
);

alter type helpdesk.user_role owner to helpdesk_owner;
alter type helpdesk.ticket_priority owner to helpdesk_owner;
alter type helpdesk.notification_type owner to helpdesk_owner;

comment on type helpdesk.user_role is
'Role of a profile on the whole installation. In an invite, the role that the person gets in the
  organization: org_customer, org_agent or org_admin, which may be written with or without the
  prefix and is stored without it. helpdesk.org_members.org_role decides who can access tickets.';
comment on type helpdesk.ticket_priority is
  'Urgency of a ticket, from low to urgent. The labels sort by urgency.';
comment on type helpdesk.notification_type is
'The event that a notification is about: a ticket was created, assigned, changed (another stage, or
  urgent), commented on, resolved, closed, unassigned, or got a file. custom: what an application
  told with create_notification().';
