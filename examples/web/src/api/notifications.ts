import { type Client, type ColumnOf, rows } from './client';

/** Cheap enough to be polled. */
export const countUnread = ({ helpdesk }: Client, org: string) => helpdesk.call('count_unread_notifications', { p_org_id: org });

/** Ids ascend with time. */
export const listNotifications = ({ tables }: Client, org: string) =>
  rows(
    tables
      .from('notifications')
      .select()
      .eq('org_id', org)
      .order('id' satisfies ColumnOf<'notifications'>, { ascending: false })
      .limit(30),
  );

/** Without ids: all of this organization. */
export const markRead = ({ helpdesk }: Client, org: string, ids: string[] | null) =>
  helpdesk.call('mark_notifications_read', { p_ids: ids, p_org_id: org });
