import type { EventContent, NotificationContent, RowOf } from '@helpdesk/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { Link } from 'wouter';
import { markRead } from '../api/notifications';
import { useMembership } from '../session/Session';
import { Empty } from '../ui/Empty';
import { Icon } from '../ui/Icon';
import { TimeAgo } from '../ui/TimeAgo';
import { useNotifications, useUnreadCount } from './useNotifications';

export function NotificationsMenu() {
  const { client, org, isStaff } = useMembership();
  const queries = useQueryClient();
  const unread = useUnreadCount();
  const notifications = useNotifications();
  const menu = useRef<HTMLDivElement>(null);
  const read = useMutation({
    mutationFn: (ids: string[] | null) => markRead(client, org.id, ids),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['unread'] }),
  });

  return (
    <>
      <button
        type="button"
        className="ghost icon-button"
        popoverTarget="notifications"
        aria-label={`Notifications: ${unread} unread`}
      >
        <Icon name="bell" />
        {unread > 0 && <span className="badge">{unread > 99 ? '99+' : unread}</span>}
      </button>
      <div id="notifications" className="popover" popover="auto" ref={menu}>
        <div className="spread">
          <h2>Notifications</h2>
          <button type="button" className="small" onClick={() => read.mutate(null)} disabled={unread === 0}>
            Mark all as read
          </button>
        </div>
        {notifications.data?.length === 0 && <Empty title="Nothing has happened yet" />}
        <ul className="plain notifications">
          {notifications.data?.map((notification) => (
            <li key={notification.id} className={notification.read ? '' : 'unread'}>
              <Link
                href={addressOf(notification, isStaff)}
                onClick={() => {
                  menu.current?.hidePopover();
                  if (!notification.read) read.mutate([notification.id]);
                }}
              >
                <span>
                  <strong>{actorOf(notification)}</strong> {happened(notification)}
                </span>
                <span className="muted">
                  {notification.content.number && `#${notification.content.number} `}
                  {notification.content.title}
                </span>
                <TimeAgo at={notification.created_at} />
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

/** One that an application wrote may be about no ticket. */
function addressOf({ content }: RowOf<'notifications'>, isStaff: boolean): string {
  if (!content.number) return '/';
  return isStaff ? `/inbox/open/${content.number}` : `/portal/${content.number}`;
}

/** The others are those that an application wrote. */
const isEvent = (content: NotificationContent): content is EventContent => 'actor' in content;

const actorOf = ({ content }: RowOf<'notifications'>) => (isEvent(content) && content.actor?.name) || 'The system';

function happened({ type, content }: RowOf<'notifications'>): string {
  if (!isEvent(content)) return 'has a message for you';
  switch (type) {
    case 'ticket_created':
      return 'opened a ticket';
    case 'ticket_assigned':
      return 'assigned a ticket';
    case 'ticket_unassigned':
      return 'unassigned a ticket';
    case 'ticket_commented':
      return `wrote “${content.comment}”`;
    case 'ticket_resolved':
      return 'resolved a ticket';
    case 'ticket_closed':
      return 'closed a ticket';
    case 'ticket_file_added':
      return 'added a file';
    default:
      if (content.new_stage) return `moved a ticket to ${content.new_stage}`;
      return content.new_priority ? `set a ticket to ${content.new_priority}` : 'changed a ticket';
  }
}
