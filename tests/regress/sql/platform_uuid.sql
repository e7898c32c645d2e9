-- Version 7 UUIDs.

---- Version 7 UUIDs

select bool_and(substr(id::text, 15, 1) = '7' and substr(id::text, 20, 1) in ('8', '9', 'a', 'b')), count(distinct id)
  from (select helpdesk.uuid_generate_v7() id from generate_series(1, 1000)) ids;
