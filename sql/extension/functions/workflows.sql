-- Trigger functions of workflows. Nobody can call them directly.

comment on function helpdesk.workflow_stages_single_start() is
'Trigger function on workflow_stages: keeps exactly one start stage in each workflow, and refuses to
  move a stage to another workflow.';

comment on function helpdesk.workflow_stages_push_status() is
'Trigger function on workflow_stages: copies a new status of the stage to the tickets in it.';
