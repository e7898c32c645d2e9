-- Forgetting a person, and the trigger functions of profiles and logins.

grant execute on function helpdesk.forget_person(uuid) to service_role;

comment on function helpdesk.forget_person(uuid) is
'Removes everything that tells who a person is. What they wrote stays, as written by "Deleted".
Deletes the login, the memberships, preferences, notifications and invites of the person; removes
  name, addresses and picture. Calling it again does nothing.
Callers: service_role and the database administrator.
p_profile_id: the person''s profiles.id.
Errors: 22004 (null argument), 22023 (no such person), 42501 (a login that the caller may not
  delete).';

comment on function helpdesk.handle_new_user() is
'Trigger function on auth.users: creates the profile of a new login and keeps address, name and
  picture up to date. It never fails, so that it cannot block a sign-up.
When an address is confirmed, the login gets the only profile without a login that has the address,
  unless its own profile has been used. The rights of that profile as staff or administrator end.
A row whose deleted_at is set counts as deleted.';

comment on function helpdesk.profiles_detach_login() is
'Trigger function on auth.users: detaches the profile from a deleted login. The profile remains.
Memberships as staff end as with remove_member(), tickets assigned to a customer are released, and
  an administrator of the installation becomes customer. A warning names each organization that is
  left without an org_admin who can sign in.';

comment on function helpdesk.profiles_protect_columns() is
'Trigger function on profiles: refuses changes to one''s own role, login or e-mail address.';
