-- workflow_transitions limit the moves of tickets between the stages of a workflow.

---- A workflow without transitions allows every move; otherwise only the listed ones

begin;
insert into helpdesk.tickets (org_id, title, created_by) values (test.org_id('Acme'), 'Mover', test.profile_id('Alice'));
-- The stages that a caller can move the ticket to with update_ticket, which must be the same ones
-- as with a plain UPDATE.
create function test.reachable_stages(person text, from_stage text) returns text language plpgsql as $$
declare
  stage record;
  by_function text[] := '{}';
  by_table text[] := '{}';
begin
  -- Without triggers, so that putting the ticket into the stage is not a move.
  set local session_replication_role = replica;
  update helpdesk.tickets set current_stage_id = test.stage_id('Acme', from_stage), status = (select status from helpdesk.workflow_stages where id = test.stage_id('Acme', from_stage)) where title = 'Mover';
  set local session_replication_role = origin;
  for stage in select s.id, s.name from helpdesk.workflow_stages s where s.workflow_id = test.workflow_id('Acme') and s.name <> from_stage order by s.position loop
    if person = 'service_role' then
      perform set_config('role', 'service_role', true);
    elsif person <> 'the DBA' then
      call test.sign_in(person);
    end if;
    if test.attempt(format('select helpdesk.update_ticket(%L, %L)', test.ticket_id('Mover'), json_build_object('stageId', stage.id))) = '1 row' then
      by_function := by_function || stage.name;
    end if;
    if test.attempt(format('update helpdesk.tickets set current_stage_id = %L where title = ''Mover''', stage.id)) = '1 row' then
      by_table := by_table || stage.name;
    end if;
    call test.sign_out();
  end loop;
  return case when by_function = by_table then coalesce(nullif(array_to_string(by_function, ', '), ''), 'nowhere') else format('DIFFERENT: %s / %s', by_function, by_table) end;
end $$;
select person, test.reachable_stages(person, 'New') from unnest('{Ada,Ben,service_role,the DBA,Alice,Gina}'::text[]) person;
select person, test.reachable_stages(person, 'Closed') from unnest('{Ada,Ben,Alice}'::text[]) person;

-- Two transitions from New, of which one is for administrators only, and one from In progress.
call test.sign_in('Ada');
insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id, min_role)
select test.org_id('Acme'), test.workflow_id('Acme'), test.stage_id('Acme', from_stage), test.stage_id('Acme', to_stage), min_role
  from (values ('New', 'In progress', 'org_agent'), ('New', 'Closed', 'org_admin'), ('In progress', 'Resolved', 'org_agent')) x (from_stage, to_stage, min_role);
call test.sign_out();
select stage, person, test.reachable_stages(person, stage) from unnest('{New,In progress,Closed}'::text[]) stage, unnest('{Ada,Ben,service_role,the DBA,Alice}'::text[]) person;
-- The error lists the moves that the caller may make, for update_ticket and UPDATE alike.
create function test.error_of_move(person text, from_stage text, to_stage text) returns text language plpgsql as $$
declare
  by_function text;
  by_table text;
begin
  set local session_replication_role = replica;
  update helpdesk.tickets set current_stage_id = test.stage_id('Acme', from_stage) where title = 'Mover';
  set local session_replication_role = origin;
  call test.sign_in(person);
  by_function := test.error_of(format('select helpdesk.update_ticket(%L, %L)', test.ticket_id('Mover'), json_build_object('stageId', test.stage_id('Acme', to_stage))));
  by_table := test.error_of(format('update helpdesk.tickets set current_stage_id = %L where title = ''Mover''', test.stage_id('Acme', to_stage)));
  call test.sign_out();
  return case when test.unnamed(by_function) = test.unnamed(by_table) then by_function else format('DIFFERENT: %s / %s', by_function, by_table) end;
end $$;
select test.error_of_move('Ben', 'New', 'Closed');
select test.error_of_move('Ada', 'New', 'Resolved');
select test.error_of_move('Ben', 'Closed', 'New');
-- When a move is refused, the other changes of the same call are not made either.
call test.sign_in('Ben');
select test.error_of(format('select helpdesk.update_ticket(%L, %L)', test.ticket_id('Mover'), json_build_object('title', 'Moved', 'stageId', test.stage_id('Acme', 'Resolved')))) like '42501%';
-- Other changes, and the stage that the ticket is in, are not moves.
select helpdesk.update_ticket(test.ticket_id('Mover'), jsonb_build_object('priority', 'high', 'stageId', test.stage_id('Acme', 'Closed')))->>'priority';
call test.sign_out();
select count(*) from helpdesk.tickets where title = 'Moved';
-- Transitions limit neither another workflow nor another organization. A ticket moves to another
-- workflow without restriction.
insert into helpdesk.workflows (org_id, name) values (test.org_id('Acme'), 'Returns');
insert into helpdesk.workflow_stages (org_id, workflow_id, name, position) values (test.org_id('Acme'), test.workflow_id('Acme', 'Returns'), 'A', 1), (test.org_id('Acme'), test.workflow_id('Acme', 'Returns'), 'B', 2);
insert into helpdesk.tickets (org_id, title, created_by, workflow_id) values (test.org_id('Acme'), 'Free', test.profile_id('Alice'), test.workflow_id('Acme', 'Returns'));
insert into helpdesk.tickets (org_id, title, created_by) values (test.org_id('Globex'), 'Far', test.profile_id('Mallory'));
call test.sign_in('Ben');
select test.attempt(format('select helpdesk.update_ticket(%L, %L)', test.ticket_id('Free'), json_build_object('stageId', test.stage_id('Acme', 'B', 'Returns'))));
call test.sign_in('Hank');
select test.attempt(format('select helpdesk.update_ticket(%L, %L)', test.ticket_id('Far'), json_build_object('stageId', test.stage_id('Globex', 'Closed'))));
call test.sign_out();
select test.attempt($$update helpdesk.tickets set workflow_id = test.workflow_id('Acme', 'Returns'), current_stage_id = test.stage_id('Acme', 'A', 'Returns') where title = 'Mover'$$);
-- Transitions limit neither the start stage of a new ticket nor the stage of an imported one.
call test.sign_in('Alice');
select test.attempt($$select helpdesk.create_ticket(test.org_id('Acme'), 'New')$$);
call test.sign_out();
select test.attempt($$insert into helpdesk.tickets (org_id, title, created_by, current_stage_id) values (test.org_id('Acme'), 'Import', test.profile_id('Alice'), test.stage_id('Acme', 'Resolved'))$$);

-- Members read transitions; administrators write them.
select * from test.attempt_by_each_caller('select * from helpdesk.workflow_transitions');
select * from test.attempt_by_each_caller($$insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id) values (test.org_id('Acme'), test.workflow_id('Acme'), test.stage_id('Acme', 'Closed'), test.stage_id('Acme', 'New'))$$);
select * from test.attempt_by_each_caller($$update helpdesk.workflow_transitions set min_role = 'org_admin'$$);
select * from test.attempt_by_each_caller('delete from helpdesk.workflow_transitions');
call test.sign_in('Ada');
select name, test.attempt(format('update helpdesk.workflow_transitions set %I = %I', name, name)) from unnest('{org_id,workflow_id,from_stage_id,to_stage_id,min_role}'::text[]) name;
-- Administrators cannot write transitions of other organizations.
select test.attempt($$insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id) values (test.org_id('Globex'), test.workflow_id('Globex'), test.stage_id('Globex', 'Closed'), test.stage_id('Globex', 'New'))$$);
call test.sign_out();
-- A transition has two different stages of its workflow and a staff role.
select what, test.attempt(format('insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id, min_role) values (test.org_id(''Acme''), test.workflow_id(''Acme''), %s, %s, %L)', from_stage, to_stage, min_role))
  from (values ('to a stage of another workflow', $$test.stage_id('Acme', 'New')$$, $$test.stage_id('Acme', 'B', 'Returns')$$, 'org_agent'), ('from a stage of another organization', $$test.stage_id('Globex', 'New')$$, $$test.stage_id('Acme', 'New')$$, 'org_agent'),
               ('to itself', $$test.stage_id('Acme', 'New')$$, $$test.stage_id('Acme', 'New')$$, 'org_agent'), ('for customers', $$test.stage_id('Acme', 'Closed')$$, $$test.stage_id('Acme', 'New')$$, 'org_customer'),
               ('twice', $$test.stage_id('Acme', 'New')$$, $$test.stage_id('Acme', 'Closed')$$, 'org_agent'), ('for nobody', $$test.stage_id('Acme', 'Closed')$$, $$test.stage_id('Acme', 'New')$$, null)) x (what, from_stage, to_stage, min_role);
-- After the last transition is deleted, every move is allowed again.
delete from helpdesk.workflow_transitions;
select test.reachable_stages('Ben', 'New');
rollback;
-- Deleting a stage deletes its transitions.
begin;
insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id)
values (test.org_id('Acme'), test.workflow_id('Acme'), test.stage_id('Acme', 'New'), test.stage_id('Acme', 'Closed')), (test.org_id('Acme'), test.workflow_id('Acme'), test.stage_id('Acme', 'Closed'), test.stage_id('Acme', 'New'));
delete from helpdesk.workflow_stages where id = test.stage_id('Acme', 'Closed');
select count(*) from helpdesk.workflow_transitions;
rollback;
