-- How many tickets are in each stage of the largest organization; fresh, against the query of the sketchs materialized view.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select * from baseline.stage_stats(':org');
commit;
