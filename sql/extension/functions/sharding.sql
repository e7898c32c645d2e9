-- Distributing the tables over several servers with Citus. Superusers only, unless granted here.

grant execute on function helpdesk.pre_request() to anon, authenticated, service_role;

-- Citus copies shards as the owner of the tables.
grant create on schema helpdesk to helpdesk_owner;

comment on function helpdesk.distribute(integer) is
'Distributes the tables over the workers that Citus knows, by organization, in one transaction.
Profiles, organizations, members and settings are copied to every server; logins, invites and codes
  stay here. p_shard_count is into how many groups the organizations are divided, which cannot be
  changed later. Everybody waits until it is finished. docs/scaling.md says what a cluster needs and
  changes.
Callers: superusers.
Errors: 22004 (null argument), 22023 (shard count), 42501, 55000 (no Citus; already distributed;
  what cannot be distributed, by name).';

comment on function helpdesk.undistribute() is
'Brings all rows of a cluster back to this server, in one transaction.
Callers: superusers.
Errors: 42501, 55000 (no Citus; not distributed).';

comment on function helpdesk.prepare_worker() is
'Lets the coordinator connect to this worker as the roles of helpdesk.
distribute() does it for the workers that there are. Call it on a new one before it gets shards.
Callers: superusers.
Errors: 42501, 55000 (no Citus; not a worker).';

comment on function helpdesk.pre_request() is
'Tells the workers of a cluster who the caller is, for statements on tables in this transaction.
Set db-pre-request of PostgREST to it. Functions do not need it. On one server it does nothing.
Errors: none.';

comment on function helpdesk.function_routes() is
'Where each function runs on a cluster. Functions that are not listed run on the coordinator, and
  need no organization.
Callers: superusers.';

comment on function helpdesk.call_organization(text, uuid, boolean, text[]) is
'Sends the call of a function to the worker that holds an organization, and returns the answer.
On a cluster, functions call it in place of doing their work.
Callers: their owner.
Errors: 55000 (not distributed), and those of the function.';

comment on function helpdesk.call_workers(text, text[]) is
'Runs a maintenance function on every worker, on each in a separate transaction.
Callers: the owner of the functions.
Errors: 55000 (not distributed), XX000 (a worker failed).';

comment on function helpdesk.answer_call(uuid, text, text, text, text, text[], bigint) is
'Answers a call that the coordinator sends, in the name of its caller.
Callers: the owner of the functions, as whom the coordinator connects.
Errors: 55000 (not a worker), XX000 (a function that is not called so), and those of the function.';

comment on function helpdesk.answer_maintenance(text, text[]) is
'Runs a maintenance function for each group of organizations on this worker.
Callers: the owner of the functions, as whom the coordinator connects.
Errors: 55000 (not a worker), and those of the function.';

comment on function helpdesk.find_organization(text, uuid) is
'The organization of a ticket, an article or a workflow that the caller may see; NULL if there is
  none.
Callers: the owner of the functions.';

comment on function helpdesk.find_organizations(uuid[]) is
'The organizations of the tickets that the caller may see, with these tickets.
Callers: the owner of the functions.';

comment on function helpdesk.organization_of_path(text) is
'The organization that the path of a file begins with; NULL if it begins with none.
Callers: the owner of the functions.';
