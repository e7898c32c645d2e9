select helpdesk.mark_notifications_read();
