-- prepare_worker(): Citus connects to workers as the role that runs a statement, and copies shards
-- as the owner of the tables.

set local citus.enable_ddl_propagation = off;
set local citus.enable_alter_role_propagation = off;
alter role helpdesk_owner login;
alter role anon login;
alter role authenticated login;
alter role service_role login;
