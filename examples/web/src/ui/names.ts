// What values of the API are called on this page.

import type { ArticleStatus, ArticleVisibility, OrgRole, TicketPriority, TicketStatus } from '@helpdesk/client';
export const PRIORITIES: TicketPriority[] = ['low', 'medium', 'high', 'urgent'];
export const STATUSES: TicketStatus[] = ['open', 'pending', 'resolved', 'closed'];
export const ROLES: OrgRole[] = ['org_customer', 'org_agent', 'org_admin'];

/** Who reads a published article. */
export const READERS: Record<ArticleVisibility, string> = {
  internal: 'for the staff',
  members: 'for members',
  public: 'for everybody',
};
export const ARTICLE_STATUSES: Record<ArticleStatus, string> = { published: 'Published', draft: 'Drafts', archived: 'Archived' };

export const capitalize = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
export const roleName = (role: OrgRole) => role.replace('org_', '');
