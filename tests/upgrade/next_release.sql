-- The step of an invented next release, which changes tables in every way that a step may.

alter table helpdesk.tickets add column channel text not null default 'portal';
alter table helpdesk.tickets add constraint tickets_channel_check check (channel <> '');
create index tickets_channel_idx on helpdesk.tickets (org_id, channel);
comment on column helpdesk.tickets.channel is 'How the ticket came in.';
update helpdesk.tickets set channel = 'phone' where priority = 'urgent';

alter table helpdesk.categories alter column description set default 'None yet.';
alter table helpdesk.ticket_watchers drop column added_at;

create trigger added_by_next_release before update on helpdesk.tickets
  for each row when (false) execute function helpdesk.added_by_next_release();

drop policy own_profile on helpdesk.profiles;
create policy own_profile on helpdesk.profiles for select to authenticated
  using (id = helpdesk.my_profile_id() and name <> '');
comment on policy own_profile on helpdesk.profiles is 'People with a name read their own profile.';

create table helpdesk.ticket_links (
  org_id uuid not null,
  id uuid not null default helpdesk.uuid_generate_v7(),
  ticket_id uuid not null,
  constraint ticket_links_pkey primary key (org_id, id)
);
-- By itself, because on a cluster the table is distributed in between.
alter table helpdesk.ticket_links add constraint ticket_links_ticket_id_fkey
  foreign key (org_id, ticket_id) references helpdesk.tickets (org_id, id) on delete cascade;
alter table helpdesk.ticket_links owner to helpdesk_owner;
alter table helpdesk.ticket_links enable row level security;
grant select on helpdesk.ticket_links to authenticated;
comment on table helpdesk.ticket_links is 'Tickets that belong together.';
