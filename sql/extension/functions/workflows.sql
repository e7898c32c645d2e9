-- Workflows: the order of their stages, and trigger functions, which nobody can call directly.

grant execute on function helpdesk.reorder_stages(uuid, uuid[]) to authenticated, service_role;

comment on function helpdesk.reorder_stages(uuid, uuid[]) is
'Puts the stages of a workflow in a new order.
Callers: admins of the organization.
p_stage_ids: all stages of the workflow in their new order, each once. Retired ones may be left out;
  they then come last.
Errors: 22004 (null argument), 22023 (a stage is missing, named twice, or not of the workflow),
  42501 (no such workflow, or not an admin).';

comment on function helpdesk.workflows_keep_used() is
'Trigger function on workflows: refuses to delete a workflow that tickets use or used.';

comment on function helpdesk.workflow_stages_single_start() is
'Trigger function on workflow_stages: keeps exactly one start stage in each workflow and names
  unique, puts a new stage last, and refuses to move a stage to another workflow or to delete a used
  one.';

comment on function helpdesk.workflow_stages_push_status() is
'Trigger function on workflow_stages: copies a new status of the stage to the tickets in it.';
