-- Who is calling, and what they may access: the functions that policies call.
-- SET search_path would make each call five times slower, so these functions pin the path in Rust
-- before they look up anything by name.

grant execute on function
  helpdesk.jwt_subject(),
  helpdesk.my_profile_id(),
  helpdesk.my_org_ids(),
  helpdesk.my_customer_org_ids(),
  helpdesk.my_staff_org_ids(),
  helpdesk.my_admin_org_ids(),
  helpdesk.my_inviting_org_ids(),
  helpdesk.my_assigned_ticket_ids(),
  helpdesk.is_member_of_my_orgs(uuid),
  helpdesk.may_create_organization(),
  helpdesk.is_installation_admin(),
  helpdesk.load_library()
  to anon, authenticated, service_role;
grant execute on function helpdesk.ensure_profile() to authenticated, service_role;
-- The views call them, also for a role that reads everything, such as that of a reporting tool.
grant execute on function helpdesk.my_profile_id(), helpdesk.my_staff_org_ids()
  to pg_read_all_data;

comment on function helpdesk.jwt_subject() is
'Returns the login (auth.users.id) that the access token names, or null.
Reads request.jwt.claim.sub or else the key sub of request.jwt.claims. A value that is not a UUID
  counts as missing.';

comment on function helpdesk.my_profile_id() is
'Returns the profile of the caller; null if nobody is signed in, or if the profile is missing, which
  ensure_profile() creates.';

comment on function helpdesk.ensure_profile() is
'Returns the profile of the caller, which it creates if it is missing; null if nobody is signed in.
A profile is missing if it was refused when the person signed up. Functions that write also create
  it; those that only read see a person who belongs to no organization.';

comment on function helpdesk.my_org_ids() is
'Returns the organizations that the caller is a member of.';

comment on function helpdesk.my_customer_org_ids() is
'Returns the organizations in which the caller is org_customer.';

comment on function helpdesk.my_staff_org_ids() is
'Returns the organizations in which the caller is org_agent or org_admin.';

comment on function helpdesk.my_admin_org_ids() is
'Returns the organizations in which the caller is org_admin.';

comment on function helpdesk.my_inviting_org_ids() is
'Returns the organizations in which the caller may invite customers: as org_admin, or as org_agent
  if organizations.agents_may_invite is set.';

comment on function helpdesk.my_assigned_ticket_ids() is
'Returns the tickets assigned to the caller in organizations in which the caller is not staff.';

comment on function helpdesk.is_member_of_my_orgs(uuid) is
'Whether this profile is a member of an organization in which the caller is staff.';

comment on function helpdesk.may_create_organization() is
'Whether the caller may create organizations: an administrator of the installation always; somebody
  whose role there is customer if installation_settings.who_may_found_organizations allows it.';

comment on function helpdesk.is_installation_admin() is
'Whether the caller is an administrator of the installation (profiles.role is admin).';

comment on function helpdesk.load_library() is
'Returns false.
Policies call it, so that planning a write loads the library, which explains why a write is denied.';

comment on function helpdesk.check_admin() is
'Trigger function on tables in which only admins of the organization create rows: refuses others.';

comment on function helpdesk.check_author() is
'Trigger function on tables in whose rows people name themselves: refuses other people.
Its argument is the column.';

comment on function helpdesk.refuse_write_to_view() is
'Trigger function on views: refuses every write, and says what to write instead.';
