-- Trigger functions of profiles and logins. Nobody can call them directly.

comment on function helpdesk.handle_new_user() is
'Trigger function on auth.users: creates the profile of a new login and keeps its e-mail address up
  to date. It never fails, so that it cannot block a sign-up.';

comment on function helpdesk.profiles_detach_login() is
'Trigger function on auth.users: detaches the profile from a deleted login. The profile remains.';

comment on function helpdesk.profiles_protect_columns() is
'Trigger function on profiles: refuses changes to one''s own role, login or e-mail address.';
