-- The last step of CREATE EXTENSION: install() creates the tables.

-- While a dump is restored, the tables come from the dump. pg_dump sets row_security and xmloption
-- before it creates extensions, and hardly anybody else ever sets xmloption.
-- (check_function_bodies, another sign, is always off inside an extension script.)
do $$
begin
  perform from pg_catalog.pg_settings
    where name operator(pg_catalog.=) any ('{row_security,xmloption}'::pg_catalog.text[])
      and source operator(pg_catalog.<>) 'session';
  if found then
    perform helpdesk.install();
  end if;
end
$$;
