-- Organizations, their members and invites, and the codes for administrators of the installation.

grant execute on function
  helpdesk.create_organization(text),
  helpdesk.list_org_members(uuid),
  helpdesk.set_member_role(uuid, uuid, text, text),
  helpdesk.remove_member(uuid, uuid),
  helpdesk.leave_organization(uuid),
  helpdesk.join_organization(uuid),
  helpdesk.appoint_admin(uuid, uuid),
  helpdesk.create_org_invite(uuid, text, helpdesk.user_role, interval, helpdesk.user_role),
  helpdesk.accept_org_invite(uuid),
  helpdesk.revoke_org_invite(uuid),
  helpdesk.my_pending_invites(),
  helpdesk.create_admin_invite_code(interval),
  helpdesk.redeem_admin_invite_code(text)
  to authenticated, service_role;

comment on function helpdesk.create_organization(text) is
'Creates an organization and returns its id.
The caller becomes its first org_admin, and it gets a workflow named "Support".
Callers: administrators of the installation. Also profiles whose role there is customer, if
  installation_settings.who_may_found_organizations is anyone, or is confirmed (the default) and
  they have confirmed their e-mail address.
p_name: 1 to 200 characters.
Errors: 22004 (null argument), 22023 (name), 42501 (not signed in, or not allowed).
Example: select helpdesk.create_organization(''Acme'');';

comment on function helpdesk.list_org_members(uuid) is
'Returns the members of an organization.
Result: [{id, name, email, avatarUrl, orgRole, addedAt, hasLogin}]. hasLogin is false after the
  login of the person was deleted.
Callers: members. Staff see all members; customers see themselves and the staff, without e-mail
  addresses.
Errors: 22004 (null argument), 42501 (not a member).';

comment on function helpdesk.set_member_role(uuid, uuid, text, text) is
'Changes the role of a member.
A member who becomes org_customer and may not be assigned loses all tickets that are not closed.
Callers: admins of the organization.
p_user_id: the member''s profiles.id.
p_org_role: org_admin, org_agent or org_customer; admin, agent and customer mean the same.
p_role: another name for p_org_role.
Errors: 22004 (null argument), 22023 (role), 42501 (not an admin, or no such member),
  23000 (the last org_admin).';

comment on function helpdesk.remove_member(uuid, uuid) is
'Ends a membership.
Tickets of the member that are not closed become unassigned; pending invites to the member''s
  address are revoked.
Callers: admins of the organization.
p_user_id: the member''s profiles.id.
Errors: 22004 (null argument), 42501 (not an admin, or no such member),
  23000 (the last org_admin).';

comment on function helpdesk.leave_organization(uuid) is
'Ends the caller''s own membership, with the same consequences as remove_member().
Callers: members.
Errors: 22004 (null argument), 42501 (not a member), 23000 (the last org_admin).';

comment on function helpdesk.join_organization(uuid) is
'Makes the caller a customer of an organization that is open to customers, and returns its id.
Callers: people with a confirmed e-mail address. Members stay what they are. People who were removed
  may join again, unless tickets are assigned to them that they would see again.
Errors: 22004 (null argument), 42501 (not signed in, address not confirmed, no such organization, or
  not open to the caller).';

comment on function helpdesk.appoint_admin(uuid, uuid) is
'Makes a person org_admin of an organization that has none who can sign in.
org_members.added_by names the caller.
Callers: administrators of the installation, for somebody else; service_role and the database
  administrator, also for organizations that have an admin.
p_profile_id: the profiles.id of a person with a login, member or not.
Errors: 22004 (null argument), 22023 (no such person), 42501 (not an administrator, no such
  organization, or oneself), 23000 (the organization has an admin).';

comment on function helpdesk.create_org_invite(uuid, text, helpdesk.user_role, interval, helpdesk.user_role) is
'Invites the owner of an e-mail address to an organization and returns the id of the invite.
Replaces a pending invite to the same address; an agent replaces only their own. helpdesk sends no
  mail: your application mails a link that contains the id.
Callers: admins of the organization; agents for customers, if organizations.agents_may_invite is
  set.
p_role: customer, agent or admin; org_customer, org_agent and org_admin mean the same.
p_expires_in: more than 0 and at most 366 days.
p_org_role: another name for p_role.
Errors: 22004 (null argument), 22023 (address or lifetime), 42501 (may not invite),
  23505 (already a member with a login, or invited by somebody else).
Example: select helpdesk.create_org_invite(:''org_id'', ''ben@example.com'', ''agent'');';

comment on function helpdesk.accept_org_invite(uuid) is
'Accepts an invite: adds the caller to its organization and returns the id of the organization.
Callers: people who have confirmed the e-mail address that the invite names. A second call by the
  same person returns the same id. Someone who is a member already keeps their role.
Errors: 22004 (null argument), 42501 (no such invite for the caller, or address not confirmed),
  23000 (expired), 23505 (accepted by someone else, or by the caller, who has left since).';

comment on function helpdesk.revoke_org_invite(uuid) is
'Revokes an invite that has not been accepted yet.
Callers: admins of the organization; agents for the invites that they sent.
Errors: 22004 (null argument), 42501 (no such invite of the caller),
  23505 (already accepted).';

comment on function helpdesk.my_pending_invites() is
'Returns the invites that the caller can accept now.
These are the pending invites to the caller''s confirmed e-mail address.
Result: [{id, orgId, orgName, orgRole, role, invitedBy, createdAt, expiresAt}]. role is orgRole
  without org_.
Errors: 42501 (not signed in).';

comment on function helpdesk.create_admin_invite_code(interval) is
'Creates a code that makes one person an administrator of the installation, and returns it.
The code has 128 random bits as 32 hex digits. It is never shown again.
Callers: administrators of the installation, service_role and the database administrator.
p_expires_in: more than 0 and at most 366 days.
Errors: 22004 (null argument), 22023 (lifetime), 42501 (not an administrator).';

comment on function helpdesk.redeem_admin_invite_code(text) is
'Makes the caller an administrator of the installation. A code works once.
Callers: people with a confirmed e-mail address.
Errors: 22004 (null argument), 42501 (the same for every problem with the code),
  23505 (already an administrator).';

comment on function helpdesk.handle_new_org() is
'Trigger function on organizations: creates the membership of the creator and the first workflow.';

comment on function helpdesk.org_members_keep_admin() is
'Trigger function on org_members: refuses to remove or demote the last org_admin who can sign in.';

comment on function helpdesk.org_members_canonicalize_role() is
'Trigger function on org_members: stores a role such as agent as org_agent.';

comment on function helpdesk.org_invites_canonicalize_role() is
'Trigger function on org_invites: stores a role such as org_agent as agent.';

comment on function helpdesk.org_members_revoke() is
'Trigger function on org_members: unassigns the tickets and revokes the invites of a member who
  leaves or loses their role.';

comment on function helpdesk.org_invites_check_sender() is
'Trigger function on org_invites: refuses a sender who is somebody else or may not invite the person.';

comment on function helpdesk.organizations_check_founder() is
'Trigger function on organizations: refuses a founder who is somebody else or may not found any.';
