import type { Database, OrgRole, RowOf, TicketStatus, UserRole } from '@helpdesk/client';
import { type Client, type ColumnOf, rows } from './client';

type Tables = Database['helpdesk']['Tables'];
export type OrganizationChanges = Tables['organizations']['Update'];
export type StageChanges = Tables['workflow_stages']['Update'];
export type Workflow = Awaited<ReturnType<typeof listWorkflows>>[number];
export type Stage = Workflow['workflow_stages'][number];

// Who am I?

/** The profile of the caller, which is created if it is missing. */
export const myProfile = ({ helpdesk }: Client) => helpdesk.call('ensure_profile');

export const myOrganizations = ({ tables }: Client) =>
  rows(
    tables
      .from('organizations')
      .select()
      .order('name' satisfies ColumnOf<'organizations'>),
  );

export const createOrganization = ({ helpdesk }: Client, name: string) => helpdesk.call('create_organization', { p_name: name });

export const myPendingInvites = ({ helpdesk }: Client) => helpdesk.call('my_pending_invites');

export const acceptInvite = ({ helpdesk }: Client, invite: string) => helpdesk.call('accept_org_invite', { p_invite_id: invite });

// Members

export const listMembers = ({ helpdesk }: Client, org: string) => helpdesk.call('list_org_members', { p_org_id: org });

export const setMemberRole = ({ helpdesk }: Client, org: string, member: string, role: OrgRole) =>
  helpdesk.call('set_member_role', { p_org_id: org, p_user_id: member, p_org_role: role });

export const removeMember = ({ helpdesk }: Client, org: string, member: string) =>
  helpdesk.call('remove_member', { p_org_id: org, p_user_id: member });

/** Returns the id of the invite. An application mails a link that contains it. */
export const createInvite = ({ helpdesk }: Client, org: string, email: string, role: UserRole) =>
  helpdesk.call('create_org_invite', { p_org_id: org, p_email: email, p_role: role });

export const listInvites = ({ tables }: Client, org: string) =>
  rows(
    tables
      .from('org_invites')
      .select()
      .eq('org_id', org)
      .is('used_at' satisfies ColumnOf<'org_invites'>, null)
      .order('created_at' satisfies ColumnOf<'org_invites'>),
  );

export const revokeInvite = ({ helpdesk }: Client, invite: string) => helpdesk.call('revoke_org_invite', { p_invite_id: invite });

// Settings

export const updateOrganization = ({ tables }: Client, org: string, changes: OrganizationChanges) =>
  rows(tables.from('organizations').update(changes).eq('id', org));

// Workflows

export const listWorkflows = ({ tables }: Client, org: string) =>
  rows(
    tables
      .from('workflows')
      .select('id, name, is_active, workflow_stages(id, workflow_id, name, position, status, is_start, is_active)')
      .eq('org_id', org)
      .order('created_at' satisfies ColumnOf<'workflows'>)
      .order('position' satisfies ColumnOf<'workflow_stages'>, { referencedTable: 'workflow_stages' satisfies keyof Tables }),
  );

/** A new stage comes after all others. */
export const createStage = ({ tables }: Client, org: string, workflow: string, name: string, status: TicketStatus) =>
  rows(tables.from('workflow_stages').insert({ org_id: org, workflow_id: workflow, name, status }));

export const updateStage = ({ tables }: Client, org: string, stage: string, changes: StageChanges) =>
  rows(tables.from('workflow_stages').update(changes).eq('org_id', org).eq('id', stage));

export const deleteStage = ({ tables }: Client, org: string, stage: string) =>
  rows(tables.from('workflow_stages').delete().eq('org_id', org).eq('id', stage));

export const reorderStages = ({ helpdesk }: Client, workflow: string, stages: string[]) =>
  helpdesk.call('reorder_stages', { p_workflow_id: workflow, p_stage_ids: stages });

// Allowed moves. A workflow without any allows every move.

export type Move = Awaited<ReturnType<typeof listMoves>>[number];
type MoveRole = Move['min_role'];

export const listMoves = ({ tables }: Client, org: string, workflow: string) =>
  rows(
    tables
      .from('workflow_transitions')
      .select('from_stage_id, to_stage_id, min_role')
      .eq('org_id', org)
      .eq('workflow_id', workflow),
  );

export const allowMoves = ({ tables }: Client, org: string, workflow: string, moves: Move[]) =>
  rows(tables.from('workflow_transitions').insert(moves.map((move) => ({ org_id: org, workflow_id: workflow, ...move }))));

/** Who may make a move that is allowed already. */
export const setMoveRole = ({ tables }: Client, org: string, { from_stage_id, to_stage_id }: Move, role: MoveRole) =>
  rows(
    tables
      .from('workflow_transitions')
      .update({ min_role: role })
      .match({ org_id: org, from_stage_id, to_stage_id } satisfies Partial<RowOf<'workflow_transitions'>>),
  );

export const forbidMove = ({ tables }: Client, org: string, { from_stage_id, to_stage_id }: Move) =>
  rows(
    tables
      .from('workflow_transitions')
      .delete()
      .match({ org_id: org, from_stage_id, to_stage_id } satisfies Partial<RowOf<'workflow_transitions'>>),
  );

export const allowEveryMove = ({ tables }: Client, org: string, workflow: string) =>
  rows(tables.from('workflow_transitions').delete().eq('org_id', org).eq('workflow_id', workflow));
