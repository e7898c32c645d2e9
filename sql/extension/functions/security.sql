-- Impersonation, and the comparison of the live catalog with the shipped privileges.

-- A session that impersonates somebody runs as authenticated, and must be able to end that. The
-- function itself checks the session user.
grant execute on function helpdesk.act_as(text) to authenticated;

comment on function helpdesk.act_as(text) is
'Impersonates the person with this e-mail address for the rest of the session; null ends that.
Inside a transaction block it ends with the transaction. Through a pooler that shares connections by
  transaction, call it only there: otherwise the next client of the connection is that person.
Sets the claims and the role authenticated, so that the session can see and do what the person can.
Callers: superusers, and login roles that are members of authenticated and of a role with EXECUTE on
  this function. It is refused in API requests.
Errors: 22023 (address), 42501 (not allowed).';

-- How Postgres prints definitions depends on the session.
alter function helpdesk.security_state() set quote_all_identifiers = off;
alter function helpdesk.security_state() set standard_conforming_strings = on;
alter function helpdesk.security_state() set datestyle = 'ISO';
alter function helpdesk.security_state() set intervalstyle = 'postgres';
alter function helpdesk.security_report() set quote_all_identifiers = off;
alter function helpdesk.security_report() set standard_conforming_strings = on;

comment on function helpdesk.security_state() is
'Returns the rights on the objects of helpdesk that the catalog contains, one fact per row.
Covers row security, grants, policies, triggers, functions and roles.
Callers: the database administrator.';

comment on function helpdesk.security_report() is
'Returns where the live catalog is less safe than what this release ships, one finding per row.
Reports tables without row security, additional grants, missing, altered or additional policies,
  functions with other rights, disabled triggers, owners, and versions of library, extension and
  tables that do not belong together. No rows mean no findings.
Callers: the database administrator.';
