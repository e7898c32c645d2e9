// What every statement by hand has to ask too: it is prepared, runs as the owner of the tables, and knows who asks by their claims.

/** Whether the person of the claims is staff of an organization. */
export const isStaff = (org) =>
  `exists (select from helpdesk.org_members m join helpdesk.profiles p on p.id = m.user_id
            where p.auth_id = auth.uid() and m.org_id = ${org} and m.org_role <> 'org_customer')`;

export const isMember = (org) =>
  `exists (select from helpdesk.org_members m join helpdesk.profiles p on p.id = m.user_id
            where p.auth_id = auth.uid() and m.org_id = ${org})`;

export const ME = '(select p.id from helpdesk.profiles p where p.auth_id = auth.uid())';
