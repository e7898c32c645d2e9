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

---- workflow_transitions: none: every move; any: only those

begin;
insert into helpdesk.tickets (org_id, title, created_by) values (story.org('Acme'), 'Mover', story.profile('Alice'));
-- Where a person gets to from a stage: by function, which must be where they get to by table.
create function story.moves(person text, from_stage text) returns text language plpgsql as $$
declare
  stage record;
  by_function text[] := '{}';
  by_table text[] := '{}';
begin
  -- Triggers off: the test puts the ticket there, nobody moves it.
  set local session_replication_role = replica;
  update helpdesk.tickets set current_stage_id = story.stage('Acme', from_stage), status = (select status from helpdesk.workflow_stages where id = story.stage('Acme', from_stage)) where title = 'Mover';
  set local session_replication_role = origin;
  for stage in select s.id, s.name from helpdesk.workflow_stages s where s.workflow_id = story.workflow('Acme') and s.name <> from_stage order by s.position loop
    if person = 'service_role' then
      perform set_config('role', 'service_role', true);
    elsif person <> 'the DBA' then
      call story.sign_in(person);
    end if;
    if story.attempt(format('select helpdesk.update_ticket(%L, %L)', story.ticket('Mover'), json_build_object('stageId', stage.id))) = '1 row' then
      by_function := by_function || stage.name;
    end if;
    if story.attempt(format('update helpdesk.tickets set current_stage_id = %L where title = ''Mover''', stage.id)) = '1 row' then
      by_table := by_table || stage.name;
    end if;
    call story.sign_out();
  end loop;
  return case when by_function = by_table then coalesce(nullif(array_to_string(by_function, ', '), ''), 'nowhere') else format('DIFFERENT: %s / %s', by_function, by_table) end;
end $$;
select person, story.moves(person, 'New') from unnest('{Ada,Arthur,service_role,the DBA,Alice,Grace}'::text[]) person;
select person, story.moves(person, 'Closed') from unnest('{Ada,Arthur,Alice}'::text[]) person;

-- Two from New, one of them for admins only; one from In progress. Nothing else.
call story.sign_in('Ada');
insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id, min_role)
select story.org('Acme'), story.workflow('Acme'), story.stage('Acme', from_stage), story.stage('Acme', to_stage), min_role
  from (values ('New', 'In progress', 'org_agent'), ('New', 'Closed', 'org_admin'), ('In progress', 'Resolved', 'org_agent')) x (from_stage, to_stage, min_role);
call story.sign_out();
select stage, person, story.moves(person, stage) from unnest('{New,In progress,Closed}'::text[]) stage, unnest('{Ada,Arthur,service_role,the DBA,Alice}'::text[]) person;
-- The error says which moves are allowed to this person; the same through both doors.
create function story.refusals(person text, from_stage text, to_stage text) returns text language plpgsql as $$
declare
  by_function text;
  by_table text;
begin
  set local session_replication_role = replica;
  update helpdesk.tickets set current_stage_id = story.stage('Acme', from_stage) where title = 'Mover';
  set local session_replication_role = origin;
  call story.sign_in(person);
  by_function := story.expect_error(format('select helpdesk.update_ticket(%L, %L)', story.ticket('Mover'), json_build_object('stageId', story.stage('Acme', to_stage))));
  by_table := story.expect_error(format('update helpdesk.tickets set current_stage_id = %L where title = ''Mover''', story.stage('Acme', to_stage)));
  call story.sign_out();
  return case when by_function = by_table then by_function else format('DIFFERENT: %s / %s', by_function, by_table) end;
end $$;
select story.refusals('Arthur', 'New', 'Closed');
select story.refusals('Ada', 'New', 'Resolved');
select story.refusals('Arthur', 'Closed', 'New');
-- A refused move changes nothing else either.
call story.sign_in('Arthur');
select story.expect_error(format('select helpdesk.update_ticket(%L, %L)', story.ticket('Mover'), json_build_object('title', 'Moved', 'stageId', story.stage('Acme', 'Resolved')))) like '42501%';
-- Other changes are no moves; nor is the stage that it is in.
select helpdesk.update_ticket(story.ticket('Mover'), jsonb_build_object('priority', 'high', 'stageId', story.stage('Acme', 'Closed')))->>'priority';
call story.sign_out();
select count(*) from helpdesk.tickets where title = 'Moved';
-- Another workflow of the organization, and another organization, are not limited by it; a ticket moves to another workflow freely.
insert into helpdesk.workflows (org_id, name) values (story.org('Acme'), 'Returns');
insert into helpdesk.workflow_stages (org_id, workflow_id, name, position) values (story.org('Acme'), story.workflow('Acme', 'Returns'), 'A', 1), (story.org('Acme'), story.workflow('Acme', 'Returns'), 'B', 2);
insert into helpdesk.tickets (org_id, title, created_by, workflow_id) values (story.org('Acme'), 'Free', story.profile('Alice'), story.workflow('Acme', 'Returns'));
insert into helpdesk.tickets (org_id, title, created_by) values (story.org('Globex'), 'Far', story.profile('Gina'));
call story.sign_in('Arthur');
select story.attempt(format('select helpdesk.update_ticket(%L, %L)', story.ticket('Free'), json_build_object('stageId', story.stage('Acme', 'B', 'Returns'))));
call story.sign_in('Gus');
select story.attempt(format('select helpdesk.update_ticket(%L, %L)', story.ticket('Far'), json_build_object('stageId', story.stage('Globex', 'Closed'))));
call story.sign_out();
select story.attempt($$update helpdesk.tickets set workflow_id = story.workflow('Acme', 'Returns'), current_stage_id = story.stage('Acme', 'A', 'Returns') where title = 'Mover'$$);
-- New tickets start where they start, and imports where they are, whatever is allowed.
call story.sign_in('Alice');
select story.attempt($$select helpdesk.create_ticket(story.org('Acme'), 'New')$$);
call story.sign_out();
select story.attempt($$insert into helpdesk.tickets (org_id, title, created_by, current_stage_id) values (story.org('Acme'), 'Import', story.profile('Alice'), story.stage('Acme', 'Resolved'))$$);

-- Members read them, admins write them.
select * from story.all_callers_attempt('select * from helpdesk.workflow_transitions');
select * from story.all_callers_attempt($$insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id) values (story.org('Acme'), story.workflow('Acme'), story.stage('Acme', 'Closed'), story.stage('Acme', 'New'))$$);
select * from story.all_callers_attempt($$update helpdesk.workflow_transitions set min_role = 'org_admin'$$);
select * from story.all_callers_attempt('delete from helpdesk.workflow_transitions');
call story.sign_in('Ada');
select name, story.attempt(format('update helpdesk.workflow_transitions set %I = %I', name, name)) from unnest('{org_id,workflow_id,from_stage_id,to_stage_id,min_role}'::text[]) name;
-- Nor do admins reach into other organizations.
select story.attempt($$insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id) values (story.org('Globex'), story.workflow('Globex'), story.stage('Globex', 'Closed'), story.stage('Globex', 'New'))$$);
call story.sign_out();
-- What they must be: both stages of the workflow, two of them, and a role that is staff.
select what, story.attempt(format('insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id, min_role) values (story.org(''Acme''), story.workflow(''Acme''), %s, %s, %L)', from_stage, to_stage, min_role))
  from (values ('to a stage of another workflow', $$story.stage('Acme', 'New')$$, $$story.stage('Acme', 'B', 'Returns')$$, 'org_agent'), ('from a stage of another organization', $$story.stage('Globex', 'New')$$, $$story.stage('Acme', 'New')$$, 'org_agent'),
               ('to itself', $$story.stage('Acme', 'New')$$, $$story.stage('Acme', 'New')$$, 'org_agent'), ('for customers', $$story.stage('Acme', 'Closed')$$, $$story.stage('Acme', 'New')$$, 'org_customer'),
               ('twice', $$story.stage('Acme', 'New')$$, $$story.stage('Acme', 'Closed')$$, 'org_agent'), ('for nobody', $$story.stage('Acme', 'Closed')$$, $$story.stage('Acme', 'New')$$, null)) x (what, from_stage, to_stage, min_role);
-- With the last of them gone every move is allowed again.
delete from helpdesk.workflow_transitions;
select story.moves('Arthur', 'New');
rollback;
-- They go with their stage.
begin;
insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id)
values (story.org('Acme'), story.workflow('Acme'), story.stage('Acme', 'New'), story.stage('Acme', 'Closed')), (story.org('Acme'), story.workflow('Acme'), story.stage('Acme', 'Closed'), story.stage('Acme', 'New'));
delete from helpdesk.workflow_stages where id = story.stage('Acme', 'Closed');
select count(*) from helpdesk.workflow_transitions;
rollback;
