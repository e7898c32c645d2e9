-- Workflows, their stages, and the one stage in which tickets start.

-- The stages of one of Acme's workflows; * marks the start stage.
create function test.stages(workflow text) returns text language sql security definer as $$
  select string_agg(name || case when is_start then '*' else '' end, ' > ' order by position, name)
    from helpdesk.workflow_stages where workflow_id = test.workflow_id('Acme', $1)
$$;

---- A workflow has exactly one start stage

select test.stages('Support');
begin;
call test.sign_in('Ada');
insert into helpdesk.workflows (org_id, name) values (test.org_id('Acme'), 'Returns');
-- The first stage of a workflow becomes its start stage, even if that was not requested;
insert into helpdesk.workflow_stages (org_id, workflow_id, name, position) values
  (test.org_id('Acme'), test.workflow_id('Acme', 'Returns'), 'A', 1), (test.org_id('Acme'), test.workflow_id('Acme', 'Returns'), 'B', 2);
select test.stages('Returns');
-- marking another stage moves the mark, by INSERT and by UPDATE;
insert into helpdesk.workflow_stages (org_id, workflow_id, name, position, is_start)
values (test.org_id('Acme'), test.workflow_id('Acme', 'Returns'), 'C', 3, true);
select test.stages('Returns');
update helpdesk.workflow_stages set is_start = true where name = 'B';
select test.stages('Returns');
-- the mark cannot be removed;
select test.error_of($$update helpdesk.workflow_stages set is_start = false where name = 'B'$$);
select test.error_of($$delete from helpdesk.workflow_stages where name = 'B'$$);
-- other stages and, in the end, the last one can be deleted.
delete from helpdesk.workflow_stages where name in ('A', 'C');
select test.stages('Returns');
delete from helpdesk.workflow_stages where name = 'B';
select test.stages('Returns') is null;
rollback;
call test.sign_out();

-- No workflow has stages without exactly one start stage, even if a stage is moved to another
-- workflow, whether that is refused or not.
create view test.workflows_without_one_start as
  select w.name from helpdesk.workflows w join helpdesk.workflow_stages s on s.workflow_id = w.id
   group by w.id, w.name having count(*) filter (where s.is_start) <> 1;
begin;
insert into helpdesk.workflows (org_id, name) values (test.org_id('Acme'), 'Returns');
savepoint before_move;
select test.error_of($$
  update helpdesk.workflow_stages set workflow_id = test.workflow_id('Acme', 'Returns') where id = test.stage_id('Acme', 'New')$$) <> '';
select * from test.workflows_without_one_start;
rollback to before_move;
select test.error_of($$
  update helpdesk.workflow_stages set workflow_id = test.workflow_id('Acme', 'Returns') where id = test.stage_id('Acme', 'Closed')$$) <> '';
select * from test.workflows_without_one_start;
rollback;

-- The rule also holds inside a user's trigger.
begin;
create function test.two_stages() returns trigger language plpgsql as $$
begin
  insert into helpdesk.workflow_stages (org_id, workflow_id, name, position) values (new.org_id, new.id, 'A', 1), (new.org_id, new.id, 'B', 2);
  return null;
end $$;
create trigger two_stages after insert on helpdesk.workflows for each row execute function test.two_stages();
insert into helpdesk.workflows (org_id, name) values (test.org_id('Acme'), 'Returns');
select test.stages('Returns');
rollback;

---- Who reads and changes workflows

select * from test.attempt_by_each_person($$select * from helpdesk.workflows where org_id = test.org_id('Acme')$$);
select * from test.attempt_by_each_person($$insert into helpdesk.workflows (org_id, name) values (test.org_id('Acme'), 'New')$$);
select * from test.attempt_by_each_person($$update helpdesk.workflows set is_active = false where org_id = test.org_id('Acme')$$);
select * from test.attempt_by_each_person($$delete from helpdesk.workflows where org_id = test.org_id('Acme')$$);
select * from test.attempt_by_each_person($$select * from helpdesk.workflow_stages where org_id = test.org_id('Acme')$$);
select * from test.attempt_by_each_person($$
  insert into helpdesk.workflow_stages (org_id, workflow_id, name) values (test.org_id('Acme'), test.workflow_id('Acme'), 'Extra')$$);
select * from test.attempt_by_each_person($$update helpdesk.workflow_stages set name = 'Renamed' where org_id = test.org_id('Acme') and name = 'New'$$);
select * from test.attempt_by_each_person($$delete from helpdesk.workflow_stages where org_id = test.org_id('Acme') and name = 'Closed'$$);

-- Callers cannot set the columns that the system sets.
call test.sign_in('Ada');
select test.attempt($$insert into helpdesk.workflows (org_id, id, name) values (test.org_id('Acme'), helpdesk.uuid_generate_v7(), 'x')$$);
select test.attempt($$insert into helpdesk.workflows (org_id, name, created_at) values (test.org_id('Acme'), 'x', now())$$);
select test.attempt($$update helpdesk.workflows set org_id = test.org_id('Globex')$$);
select test.attempt($$update helpdesk.workflows set id = helpdesk.uuid_generate_v7()$$);
select test.attempt($$update helpdesk.workflows set created_at = now()$$);
select test.attempt($$insert into helpdesk.workflow_stages (org_id, id, workflow_id, name) values (test.org_id('Acme'), helpdesk.uuid_generate_v7(), test.workflow_id('Acme'), 'x')$$);
select test.attempt($$update helpdesk.workflow_stages set org_id = test.org_id('Globex')$$);
select test.attempt($$update helpdesk.workflow_stages set id = helpdesk.uuid_generate_v7()$$);
select test.attempt($$update helpdesk.workflow_stages set workflow_id = test.workflow_id('Acme')$$);
set role anon;
select test.attempt('select * from helpdesk.workflows');
select test.attempt('select * from helpdesk.workflow_stages');
set role service_role;
select test.attempt('select * from helpdesk.workflow_stages');
select test.attempt($$insert into helpdesk.workflows (org_id, name) values (test.org_id('Acme'), 'New')$$);
call test.sign_out();

---- Invalid values

select test.attempt($$insert into helpdesk.workflows (org_id, name) values (test.org_id('Acme'), ' ')$$);
select test.attempt($$insert into helpdesk.workflows (org_id, name) values (test.org_id('Acme'), repeat('x', 201))$$);
select test.attempt($$insert into helpdesk.workflows (org_id, name, description) values (test.org_id('Acme'), 'x', repeat('x', 10001))$$);
select test.attempt($$update helpdesk.workflow_stages set name = '' where name = 'New'$$);
select test.attempt($$update helpdesk.workflow_stages set status = 'done' where name = 'New'$$);
select test.attempt($$update helpdesk.workflow_stages set status = null where name = 'New'$$);
-- A stage cannot belong to another organization's workflow.
select test.attempt($$insert into helpdesk.workflow_stages (org_id, workflow_id, name) values (test.org_id('Globex'), test.workflow_id('Acme'), 'x')$$);
select test.attempt($$insert into helpdesk.workflows (org_id, name) values (helpdesk.uuid_generate_v7(), 'x')$$);

---- Deleting workflows and stages

begin;
-- A workflow without tickets is deleted together with its stages.
select test.attempt($$delete from helpdesk.workflows where id = test.workflow_id('Acme')$$);
-- A workflow with tickets cannot be deleted, nor can a stage that contains or ever contained one.
select helpdesk.create_ticket(test.org_id('Acme'), 'Stuck', p_requester_id => test.profile_id('Alice')) is not null;
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Resolved') where title = 'Stuck';
call test.sign_in('Ada');
select test.attempt($$delete from helpdesk.workflows where name = 'Support'$$);
select test.attempt($$delete from helpdesk.workflow_stages where name = 'Resolved'$$);
update helpdesk.workflow_stages set is_start = true where name = 'In progress';
select test.attempt($$delete from helpdesk.workflow_stages where name = 'New'$$);
select test.attempt($$delete from helpdesk.workflow_stages where name = 'Closed'$$);
rollback;
call test.sign_out();
