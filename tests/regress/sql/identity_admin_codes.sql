-- Codes that make people administrators of the installation.

select test.sign_up('Ivy'), test.sign_up('Ike', 'Ike@Example.com'), test.sign_up('Una', confirmed => false);

---- Codes that make people administrators of the installation
select * from test.attempt_by_each_caller('select helpdesk.create_admin_invite_code()');
call test.sign_in('Ingrid');
select test.attempt('select helpdesk.create_admin_invite_code()');
select test.error_of('select helpdesk.create_admin_invite_code(null)'), test.error_of($$select helpdesk.create_admin_invite_code('0')$$), test.error_of($$select helpdesk.create_admin_invite_code('400 days')$$);
select helpdesk.create_admin_invite_code() as code, helpdesk.create_admin_invite_code('1 hour') as other \gset
select :'code' ~ '^[0-9a-f]{32}$', :'code' <> :'other';
-- The table contains only digests of the codes, and who created them.
select code = encode(sha256(:'code'), 'hex'), expires_at - created_at, test.profile_name(created_by), used_at from helpdesk.admin_invite_codes order by expires_at desc;
call test.sign_out();
select count(*) from helpdesk.admin_invite_codes c where c::text like '%' || :'code' || '%';
-- Administrators of the installation see and revoke codes; nobody writes them.
select * from test.attempt_by_each_caller('select * from helpdesk.admin_invite_codes');
select * from test.attempt_by_each_caller('delete from helpdesk.admin_invite_codes');
select * from test.attempt_by_each_caller('update helpdesk.admin_invite_codes set used_at = null');
select * from test.attempt_by_each_caller($$insert into helpdesk.admin_invite_codes (code, expires_at) values (repeat('a', 64), now() + '1 day')$$);
-- Anyone with the code and a confirmed address redeems it, once.
select * from test.attempt_by_each_caller(format('select helpdesk.redeem_admin_invite_code(%L)', :'code'));
call test.sign_in('Ingrid');
select test.error_of(format('select helpdesk.redeem_admin_invite_code(%L)', :'code'));
call test.sign_in('Una');
select test.error_of(format('select helpdesk.redeem_admin_invite_code(%L)', :'code'));
call test.sign_in('Ivy');
select test.attempt('select helpdesk.create_admin_invite_code()');
select helpdesk.redeem_admin_invite_code(' ' || upper(:'code') || ' ');
select role, helpdesk.is_installation_admin() from helpdesk.profiles where id = helpdesk.my_profile_id();
select count(*), count(used_at), bool_and(used_by is null or used_by = helpdesk.my_profile_id()) from helpdesk.admin_invite_codes;
select test.attempt('delete from helpdesk.admin_invite_codes where used_at is not null');
-- A used, expired, wrong or almost correct code, a digest and an empty string get the same answer.
call test.sign_out();
update helpdesk.admin_invite_codes set created_at = now() - interval '1 day', expires_at = now() - interval '1 second' where used_at is null;
call test.sign_in('Ike');
select test.error_of(format('select helpdesk.redeem_admin_invite_code(%L)', code)), count(*) from unnest(array[:'code', :'other', repeat('0', 32), left(:'code', 31), :'code' || '0', encode(sha256(:'code'), 'hex'), '', '%', 'é', repeat('x', 1000000)]) code group by 1;
select test.error_of('select helpdesk.redeem_admin_invite_code(null)');
select role from helpdesk.profiles where id = helpdesk.my_profile_id();
