-- Who may touch which table: owners, REVOKEs and GRANTs, all in one place. Policies (in the domain files) narrow it to rows.
-- anon reads nothing yet. What authenticated may write is listed by column: the system sets the rest.

set local search_path = pg_catalog, pg_temp;

do $$
declare
  relation pg_catalog.regclass;
begin
  for relation in
    select c.oid from pg_catalog.pg_class c
     where c.relnamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace and c.relkind in ('r', 'v')
  loop
    execute pg_catalog.format('alter table %s owner to helpdesk_owner', relation);
    execute pg_catalog.format('revoke all on table %s from public, anon, authenticated, service_role', relation);
  end loop;
end
$$;

grant select on
  helpdesk.schema_version, helpdesk.profiles, helpdesk.organizations, helpdesk.org_members,
  helpdesk.workflows, helpdesk.workflow_stages, helpdesk.tickets, helpdesk.ticket_history,
  helpdesk.ticket_comments, helpdesk.ticket_attachments
  to authenticated, service_role;

grant update (name, preferences, last_active) on helpdesk.profiles to authenticated;

grant insert (name), update (name) on helpdesk.organizations to authenticated;

grant update (org_role), delete on helpdesk.org_members to authenticated;

grant insert (org_id, name, description, is_active), update (name, description, is_active), delete
  on helpdesk.workflows to authenticated;
grant insert (org_id, workflow_id, name, description, position, status, is_start),
  update (name, description, position, status, is_start), delete
  on helpdesk.workflow_stages to authenticated;

grant insert (org_id, workflow_id, title, description, priority, assigned_to, created_by),
  update (title, description, priority, assigned_to, current_stage_id), delete
  on helpdesk.tickets to authenticated;

-- A trusted backend writes what people write; history, counters and keys are the system's alone.
grant insert, update, delete on
  helpdesk.profiles, helpdesk.organizations, helpdesk.org_members, helpdesk.workflows, helpdesk.workflow_stages,
  helpdesk.tickets, helpdesk.ticket_comments, helpdesk.ticket_attachments
  to service_role;
