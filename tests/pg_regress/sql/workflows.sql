-- How tickets move: workflows, their stages, and the one stage where tickets start.
\pset format unaligned
\pset tuples_only on

-- The stages of a workflow of Acme; * marks where tickets start.
create function story.stages(workflow text) returns text language sql security definer as $$
  select string_agg(name || case when is_start then '*' else '' end, ' > ' order by position, name)
    from helpdesk.workflow_stages where workflow_id = story.workflow('Acme', $1)
$$;

---- Exactly one start stage

select story.stages('Support');
begin;
call story.sign_in('Ada');
insert into helpdesk.workflows (org_id, name) values (story.org('Acme'), 'Returns');
-- The first stage of a workflow is its start, said or not;
insert into helpdesk.workflow_stages (org_id, workflow_id, name, position) values
  (story.org('Acme'), story.workflow('Acme', 'Returns'), 'A', 1), (story.org('Acme'), story.workflow('Acme', 'Returns'), 'B', 2);
select story.stages('Returns');
-- marking another moves the mark, by insert and by update;
insert into helpdesk.workflow_stages (org_id, workflow_id, name, position, is_start)
values (story.org('Acme'), story.workflow('Acme', 'Returns'), 'C', 3, true);
select story.stages('Returns');
update helpdesk.workflow_stages set is_start = true where name = 'B';
select story.stages('Returns');
-- nothing takes it away;
select story.expect_error($$update helpdesk.workflow_stages set is_start = false where name = 'B'$$);
select story.expect_error($$delete from helpdesk.workflow_stages where name = 'B'$$);
-- other stages and, in the end, the last one may go.
delete from helpdesk.workflow_stages where name in ('A', 'C');
select story.stages('Returns');
delete from helpdesk.workflow_stages where name = 'B';
select story.stages('Returns') is null;
rollback;
call story.sign_out();

-- However a stage is moved to another workflow, refused or not: no workflow has stages without one start.
create view story.workflows_without_one_start as
  select w.name from helpdesk.workflows w join helpdesk.workflow_stages s on s.workflow_id = w.id
   group by w.id, w.name having count(*) filter (where s.is_start) <> 1;
begin;
insert into helpdesk.workflows (org_id, name) values (story.org('Acme'), 'Returns');
savepoint before_move;
select story.expect_error($$
  update helpdesk.workflow_stages set workflow_id = story.workflow('Acme', 'Returns') where id = story.stage('Acme', 'New')$$) <> '';
select * from story.workflows_without_one_start;
rollback to before_move;
select story.expect_error($$
  update helpdesk.workflow_stages set workflow_id = story.workflow('Acme', 'Returns') where id = story.stage('Acme', 'Closed')$$) <> '';
select * from story.workflows_without_one_start;
rollback;

-- The rule holds inside somebody's own trigger too.
begin;
create function story.two_stages() returns trigger language plpgsql as $$
begin
  insert into helpdesk.workflow_stages (org_id, workflow_id, name, position) values (new.org_id, new.id, 'A', 1), (new.org_id, new.id, 'B', 2);
  return null;
end $$;
create trigger two_stages after insert on helpdesk.workflows for each row execute function story.two_stages();
insert into helpdesk.workflows (org_id, name) values (story.org('Acme'), 'Returns');
select story.stages('Returns');
rollback;

---- Who reads and changes them

select * from story.everybody_attempts($$select * from helpdesk.workflows where org_id = story.org('Acme')$$);
select * from story.everybody_attempts($$insert into helpdesk.workflows (org_id, name) values (story.org('Acme'), 'New')$$);
select * from story.everybody_attempts($$update helpdesk.workflows set is_active = false where org_id = story.org('Acme')$$);
select * from story.everybody_attempts($$delete from helpdesk.workflows where org_id = story.org('Acme')$$);
select * from story.everybody_attempts($$select * from helpdesk.workflow_stages where org_id = story.org('Acme')$$);
select * from story.everybody_attempts($$
  insert into helpdesk.workflow_stages (org_id, workflow_id, name) values (story.org('Acme'), story.workflow('Acme'), 'Extra')$$);
select * from story.everybody_attempts($$update helpdesk.workflow_stages set name = 'Renamed' where org_id = story.org('Acme') and name = 'New'$$);
select * from story.everybody_attempts($$delete from helpdesk.workflow_stages where org_id = story.org('Acme') and name = 'Closed'$$);

-- What the system sets, nobody else sets.
call story.sign_in('Ada');
select story.attempt($$insert into helpdesk.workflows (org_id, id, name) values (story.org('Acme'), helpdesk.uuid_generate_v7(), 'x')$$);
select story.attempt($$insert into helpdesk.workflows (org_id, name, created_at) values (story.org('Acme'), 'x', now())$$);
select story.attempt($$update helpdesk.workflows set org_id = story.org('Globex')$$);
select story.attempt($$update helpdesk.workflows set id = helpdesk.uuid_generate_v7()$$);
select story.attempt($$update helpdesk.workflows set created_at = now()$$);
select story.attempt($$insert into helpdesk.workflow_stages (org_id, id, workflow_id, name) values (story.org('Acme'), helpdesk.uuid_generate_v7(), story.workflow('Acme'), 'x')$$);
select story.attempt($$update helpdesk.workflow_stages set org_id = story.org('Globex')$$);
select story.attempt($$update helpdesk.workflow_stages set id = helpdesk.uuid_generate_v7()$$);
select story.attempt($$update helpdesk.workflow_stages set workflow_id = story.workflow('Acme')$$);
set role anon;
select story.attempt('select * from helpdesk.workflows');
select story.attempt('select * from helpdesk.workflow_stages');
set role service_role;
select story.attempt('select * from helpdesk.workflow_stages');
select story.attempt($$insert into helpdesk.workflows (org_id, name) values (story.org('Acme'), 'New')$$);
call story.sign_out();

---- What they must be

select story.attempt($$insert into helpdesk.workflows (org_id, name) values (story.org('Acme'), ' ')$$);
select story.attempt($$insert into helpdesk.workflows (org_id, name) values (story.org('Acme'), repeat('x', 201))$$);
select story.attempt($$insert into helpdesk.workflows (org_id, name, description) values (story.org('Acme'), 'x', repeat('x', 10001))$$);
select story.attempt($$update helpdesk.workflow_stages set name = '' where name = 'New'$$);
select story.attempt($$update helpdesk.workflow_stages set status = 'done' where name = 'New'$$);
select story.attempt($$update helpdesk.workflow_stages set status = null where name = 'New'$$);
-- A stage cannot belong to a workflow of another organization.
select story.attempt($$insert into helpdesk.workflow_stages (org_id, workflow_id, name) values (story.org('Globex'), story.workflow('Acme'), 'x')$$);
select story.attempt($$insert into helpdesk.workflows (org_id, name) values (helpdesk.uuid_generate_v7(), 'x')$$);

---- Deleting them

begin;
-- Without tickets a workflow goes with its stages.
select story.attempt($$delete from helpdesk.workflows where id = story.workflow('Acme')$$);
-- With tickets neither it nor a stage they are in, or ever were in, goes.
select helpdesk.create_ticket(story.org('Acme'), 'Stuck', p_requester_id => story.profile('Alice')) is not null;
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Resolved') where title = 'Stuck';
call story.sign_in('Ada');
select story.attempt($$delete from helpdesk.workflows where name = 'Support'$$);
select story.attempt($$delete from helpdesk.workflow_stages where name = 'Resolved'$$);
update helpdesk.workflow_stages set is_start = true where name = 'In progress';
select story.attempt($$delete from helpdesk.workflow_stages where name = 'New'$$);
select story.attempt($$delete from helpdesk.workflow_stages where name = 'Closed'$$);
rollback;
call story.sign_out();
