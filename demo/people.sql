-- Everybody who can sign in, as JSON: staff before customers, the largest organization first.
select json_build_object(
  'organizations', (select json_agg(json_build_object('id', o.id, 'name', o.name) order by o.tickets desc)
                      from (select o.id, o.name, (select count(*) from helpdesk.tickets t where t.org_id = o.id) as tickets
                              from helpdesk.organizations o) o),
  'people', (select json_agg(json_build_object('name', p.name, 'login', p.auth_id, 'organization', o.name,
                                               'role', replace(m.org_role, 'org_', ''))
                             order by (select count(*) from helpdesk.tickets t where t.org_id = o.id) desc, o.id is null,
                                      array_position('{org_admin,org_agent,org_customer}', m.org_role), p.name)
               from helpdesk.profiles p
               left join helpdesk.org_members m on m.user_id = p.id
               left join helpdesk.organizations o on o.id = m.org_id
              where p.auth_id is not null));
