-- Places a table that a migration has created: with the others of an organization if it has org_id,
-- else on every server.

set local client_min_messages = warning;

select case
         when exists (select from pg_catalog.pg_attribute a
                       where a.attrelid operator(pg_catalog.=) c.oid
                         and a.attname operator(pg_catalog.=) 'org_id' and not a.attisdropped)
         then pg_catalog.create_distributed_table(c.oid, 'org_id', colocate_with => 'helpdesk.workflows')
         else pg_catalog.create_reference_table(c.oid)
       end
  from pg_catalog.pg_class c
 where c.relnamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace
   and c.relkind operator(pg_catalog.=) 'r'
   and not exists (select from pg_catalog.pg_dist_partition p where p.logicalrelid operator(pg_catalog.=) c.oid);
