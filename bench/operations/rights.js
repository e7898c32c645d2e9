// Checks of rights for the hand-written statements, which are prepared, run as the owner of the
// tables, and identify the caller by the claims.

/** Whether the caller is staff of an organization. */
export const isStaff = (org) =>
  `exists (select from helpdesk.org_members m join helpdesk.profiles p on p.id = m.user_id
            where p.auth_id = auth.uid() and m.org_id = ${org} and m.org_role <> 'org_customer')`;

export const isMember = (org) =>
  `exists (select from helpdesk.org_members m join helpdesk.profiles p on p.id = m.user_id
            where p.auth_id = auth.uid() and m.org_id = ${org})`;

export const ME = '(select p.id from helpdesk.profiles p where p.auth_id = auth.uid())';
