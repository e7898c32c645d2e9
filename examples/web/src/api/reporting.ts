import { type Client, rows } from './client';

export const orgDashboard = ({ helpdesk }: Client, org: string) => helpdesk.call('org_dashboard', { p_org_id: org });

/** Days are written as 2026-01-31, in the time zone of the organization. */
export const ticketActivity = ({ helpdesk }: Client, org: string, from: string, to: string) =>
  helpdesk.call('ticket_activity', { p_org_id: org, p_from: from, p_to: to });

export const stageStats = ({ tables }: Client, org: string) =>
  rows(tables.from('workflow_stage_stats').select().eq('org_id', org));
