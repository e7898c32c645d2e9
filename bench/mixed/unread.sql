select helpdesk.count_unread_notifications();
