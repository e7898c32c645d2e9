-- What is too large is refused before it is read, with the limit.

call test.create_conversation();
call test.sign_in('Ada');

-- Arrays: of many elements, whatever they are.
select what, test.error_of(format('select helpdesk.update_tickets(%s, ''{"title": "x"}'')', ids)),
       test.error_of(format('select helpdesk.reorder_stages(test.workflow_id(''Acme''), %s)', ids)),
       test.error_of(format('select helpdesk.mark_notifications_read(%s)', ids))
  from (values ('different', 'array(select helpdesk.uuid_generate_v7() from generate_series(1, 10001))'),
               ('equal', 'array_fill(test.ticket_id(''Noise''), array[10001])'),
               ('null', 'array_fill(null::uuid, array[10001])')) v (what, ids);
-- As many as are allowed: the next check decides.
select test.error_of($$select helpdesk.update_tickets(array_fill(test.ticket_id('Noise'), array[10000]), '{"title": "Noise"}')$$);
select test.error_of($$select helpdesk.update_tickets(array(select helpdesk.uuid_generate_v7() from generate_series(1, 10000)), '{"title": "x"}')$$);
select test.error_of($$select helpdesk.mark_notifications_read(array(select helpdesk.uuid_generate_v7() from generate_series(1, 10000)))$$);

-- JSON: long texts, many elements, and numbers that print as many digits.
select what, test.error_of(format('select helpdesk.list_org_tickets(test.org_id(''Acme''), %s)', value)) as filters,
       test.error_of(format('select helpdesk.update_ticket(test.ticket_id(''Noise''), %s)', value)) as changes,
       test.error_of(format('select helpdesk.add_comment(test.ticket_id(''Noise''), ''x'', p_attachments => %s)', value)) as attachments
  from (values ('text', $$jsonb_build_object('search', repeat('x', 1100000))$$),
               ('list', $$(select jsonb_agg(i) from generate_series(1, 200000) i)$$),
               ('numbers', $$(select jsonb_agg(1e131071) from generate_series(1, 9))$$),
               ('text of 1 MiB', $$to_jsonb(repeat('x', 1048574))$$),
               ('text of more', $$to_jsonb(repeat('x', 1048575))$$)) v (what, value);

-- Columns. A million tags are refused at the 51st, or before any is read.
select what, test.error_of(format('insert into helpdesk.articles (org_id, title, content, %I) values (test.org_id(''Acme''), ''x'', ''x'', %s)', name, value))
  from (values ('different', 'tags', $$array(select 'tag ' || i from generate_series(1, 1000000) i)$$),
               ('50000 different', 'tags', $$array(select 't' || i from generate_series(1, 50000) i)$$),
               ('50000 equal', 'tags', $$array_fill('t'::text, array[50000])$$),
               ('51', 'tags', $$array(select 't' || i from generate_series(1, 51) i)$$),
               ('50', 'tags', $$array(select 't' || i from generate_series(1, 50) i)$$),
               ('different', 'categories', $$array(select 'c' || i from generate_series(1, 1000000) i)$$),
               ('51', 'categories', $$array(select 'c' || i from generate_series(1, 51) i)$$)) v (what, name, value);
select test.error_of(format('update helpdesk.articles set %I = %s', name, value))
  from (values ('title', $$repeat(' ', 5000000)$$), ('content', $$repeat('x', 5000000)$$), ('status', $$repeat('x', 5000000)$$)) v (name, value);
select test.error_of($$update helpdesk.organizations set time_zone = repeat('x', 5000000)$$),
       -- Postgres 18 has one language more.
       replace(test.error_of($$update helpdesk.organizations set search_language = repeat('x', 5000000)$$), ' estonian,', ''),
       test.error_of($$update helpdesk.organizations set name = repeat(' ', 5000000)$$);
