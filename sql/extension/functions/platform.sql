-- Functions that know nothing of help desks. Policies, column defaults and constraints call them.
-- They look up nothing by name, so they need no SET search_path.

grant execute on function
  helpdesk.uuid_generate_v7(),
  helpdesk.is_text(text, integer),
  helpdesk.bypasses_row_security()
  to anon, authenticated, service_role;
-- The views call it, also for a role that reads everything.
grant execute on function helpdesk.bypasses_row_security() to pg_read_all_data;

comment on function helpdesk.uuid_generate_v7() is
'Returns a new UUIDv7 (RFC 9562).
UUIDs of this version ascend, so that rows created together are close together in an index.';

comment on function helpdesk.is_text(text, integer) is
'Whether a text has something to see, and no more than p_max characters.
White space, control characters and characters without a glyph cannot be seen, as Unicode defines
  them, whatever the locale of the database.';

comment on function helpdesk.bypasses_row_security() is
'Whether the database role of the caller bypasses row security, as superusers and service_role do.
The views for staff show all rows to such a role.';
