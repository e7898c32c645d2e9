-- Restores the key that distribute() leaves out.

alter table helpdesk.profiles add constraint profiles_auth_id_fkey foreign key (auth_id) references auth.users (id);
