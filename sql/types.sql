-- The enum types. They are members of the extension, so they exist before any table that uses them, also while a dump is restored.

create type helpdesk.user_role as enum ('customer', 'agent', 'admin');
create type helpdesk.ticket_priority as enum ('low', 'medium', 'high', 'urgent');
create type helpdesk.notification_type as enum (
  'ticket_created', 'ticket_assigned', 'ticket_updated', 'ticket_commented', 'ticket_resolved', 'ticket_closed'
);

comment on type helpdesk.user_role is
  'Role of a profile on the whole installation; in invites, what somebody becomes in an organization (org_customer, org_agent, org_admin). Access to tickets is decided by helpdesk.org_members.org_role.';
comment on type helpdesk.ticket_priority is
  'How urgent a ticket is, from low to urgent; the order of the labels is the order of urgency.';
comment on type helpdesk.notification_type is
  'What a notification tells: a ticket was created, assigned, moved on, commented on, resolved or closed.';
