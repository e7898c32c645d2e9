import type { NewAttachment, TicketChanges, TicketFilters } from '@helpdesk/client';
import type { Client } from './client';

export const listTickets = ({ helpdesk }: Client, org: string, filters: TicketFilters) =>
  helpdesk.call('list_org_tickets', { p_org_id: org, p_filters: filters });

/** The totals of several lists, by the names that the caller gives them. */
export const countTickets = ({ helpdesk }: Client, org: string, lists: Record<string, TicketFilters>) =>
  helpdesk.call('count_tickets', { p_org_id: org, p_filters: lists });

/** Null if there is no such ticket, or the caller may not see it. */
export const getTicket = ({ helpdesk }: Client, org: string, number: number) =>
  helpdesk.call('get_ticket_details', { p_org_id: org, p_number: number });

export const getTicketById = ({ helpdesk }: Client, ticket: string) =>
  helpdesk.call('get_ticket_details', { p_ticket_id: ticket });

/** The key makes a repeated call return the first ticket instead of opening a second one. */
export const createTicket = ({ helpdesk }: Client, org: string, title: string, description: string, key: string) =>
  helpdesk.call('create_ticket', {
    p_org_id: org,
    p_title: title,
    p_description: description || null,
    p_idempotency_key: key,
  });

/** Fails with version_conflict if the ticket does not have the version that the caller has read. */
export const updateTicket = ({ helpdesk }: Client, ticket: string, changes: TicketChanges, version: number) =>
  helpdesk.call('update_ticket', { p_ticket_id: ticket, p_changes: changes, p_expected_version: version });

/** All of them change, or none. */
export const updateTickets = ({ helpdesk }: Client, tickets: string[], changes: TicketChanges) =>
  helpdesk.call('update_tickets', { p_ticket_ids: tickets, p_changes: changes });

/** The most urgent, oldest open ticket that nobody has; null if there is none. */
export const claimNextTicket = ({ helpdesk }: Client, org: string) => helpdesk.call('claim_next_ticket', { p_org_id: org });

/** The comment, its files and the changes of the ticket, which only staff make, are one transaction. */
export const addComment = (
  { helpdesk }: Client,
  ticket: string,
  comment: { content: string; isInternal?: boolean; files: NewAttachment[]; key: string; changes?: TicketChanges | null },
) =>
  helpdesk.call('add_comment', {
    p_ticket_id: ticket,
    p_content: comment.content,
    p_is_internal: comment.isInternal ?? false,
    p_attachments: comment.files,
    p_idempotency_key: comment.key,
    p_changes: comment.changes ?? null,
  });

/** A file that is in storage already, beside the description of the ticket. Repeated, it adds nothing. */
export const addAttachment = ({ helpdesk }: Client, ticket: string, file: NewAttachment) =>
  helpdesk.call('add_attachment', {
    p_ticket_id: ticket,
    p_file_name: file.fileName,
    p_file_type: file.fileType,
    p_file_size: file.fileSize,
    p_storage_path: file.storagePath,
    p_idempotency_key: file.storagePath,
  });

export const resolveTicket = ({ helpdesk }: Client, ticket: string, comment: string | null, key: string) =>
  helpdesk.call('resolve_ticket', { p_ticket_id: ticket, p_comment: comment, p_idempotency_key: key });

export const watchTicket = ({ helpdesk }: Client, ticket: string, watch: boolean) =>
  helpdesk.call('watch_ticket', { p_ticket_id: ticket, p_watch: watch });
