// What an application does, in the types of @helpdesk/client.

import {
  type ArgsOf,
  type Database,
  errorWord,
  Helpdesk,
  isHelpdeskError,
  type RowOf,
  type SearchHit,
  type TicketChanges,
  type TicketFilters,
} from '@helpdesk/client';
import { PostgrestClient } from '@supabase/postgrest-js';
import { createClient } from '@supabase/supabase-js';

const rest = new PostgrestClient<Database>('', { schema: 'helpdesk' });
const supabase = createClient<Database, 'helpdesk'>('', '', { db: { schema: 'helpdesk' } });
const inferred = createClient<Database>('', '', { db: { schema: 'helpdesk' } });

export async function list(org: string): Promise<string[]> {
  const filters: TicketFilters = { priority: ['high', 'urgent'], assignedTo: 'me', sort: '-priority', search: null };
  const { data } = await rest.rpc('list_org_tickets', { p_org_id: org, p_filters: filters });
  const page = await supabase.rpc('list_org_tickets', { p_org_id: org, p_filters: { status: 'open' } });
  await rest.rpc('suggest_articles', { p_org_id: org, p_text: 'printer' });
  const suggested = await supabase.rpc('suggest_articles', { p_ticket_id: org });
  const titles: string[] | undefined = suggested.data?.map((article) => article.title);
  const total: number | null = page.data?.pagination.total ?? null;
  return [
    ...(data?.tickets ?? []).map((ticket) => `${ticket.number} ${ticket.assignedTo?.name}`),
    String(total),
    ...(titles ?? []),
  ];
}

export async function work(org: string, id: string): Promise<void> {
  for (const helpdesk of [new Helpdesk(rest), new Helpdesk(supabase), new Helpdesk(inferred)]) {
    const changes: TicketChanges = { priority: 'low', assignedTo: null };
    const args: ArgsOf<'update_ticket'> = { p_ticket_id: id, p_changes: changes, p_expected_version: 1 };
    try {
      const ticket = await helpdesk.call('update_ticket', args);
      const stages: string[] = ticket.availableStages.map((stage) => stage.name);
      console.log(stages, ticket.resolvedAt?.length, ticket.assignedTo?.email);
    } catch (error) {
      if (!isHelpdeskError(error, 'version_conflict', 'no_such_ticket')) throw error;
      const word: 'version_conflict' | 'no_such_ticket' = error.details;
      console.log(word, errorWord(error)?.length);
    }
    const details = await helpdesk.call('get_ticket_details', { p_org_id: org, p_number: 3 });
    for (const revision of details?.history ?? []) {
      if (revision.changes.type === 'updated') console.log(revision.changes.fields.assignedTo?.to ?? 'nobody');
      else console.log(revision.changes.fields.title, revision.names);
    }
    await helpdesk.call('suggest_articles', { p_org_id: org, p_text: 'printer' });
    await helpdesk.call('suggest_articles', { p_ticket_id: id });
    const { organizations } = await helpdesk.call('list_organizations');
    const unread: number = await helpdesk.call('count_unread_notifications');
    console.log(organizations.length, unread);
    await helpdesk.call('add_comment', { p_ticket_id: id, p_content: 'Hello', p_changes: changes, p_attachments: [] });
    const me: string | null = await helpdesk.call('my_profile_id');
    for await (const ticket of helpdesk.tickets.list(org, { status: ['open', 'pending'], perPage: 50 })) {
      console.log(ticket.waitingFor, ticket.createdBy.id === me);
    }
  }
}

export const title = (hit: SearchHit): string =>
  hit.kind === 'article' ? `${hit.title} (${hit.helpfulCount})` : `#${hit.number} ${hit.title} ${hit.priority}`;

export async function tables(org: string): Promise<void> {
  const one = await rest
    .from('tickets')
    .select(
      'number, workflow_stages(name), requester:profiles!tickets_created_by_fkey(name), assignee:profiles!tickets_assigned_to_fkey(name)',
    )
    .eq('org_id', org)
    .eq('status', 'open')
    .single();
  const stage: string | undefined = one.data?.workflow_stages.name;
  const assignee: string | undefined = one.data?.assignee?.name;
  const view = await inferred.from('workflow_stage_stats').select('stage_name, ticket_count');
  await supabase.from('ticket_comments').insert({ ticket_id: org, content: 'Hello' });
  await rest.from('organizations').update({ closed_ticket_replies: 'refuse' }).eq('id', org);
  const unread = await rest.from('notifications').select('id, type, content, read').eq('read', false);
  for (const { type, content } of unread.data ?? []) console.log(type === 'ticket_assigned', content.title);
  const row: Pick<RowOf<'agent_tickets'>, 'id' | 'stage_name'> = { id: org, stage_name: null };
  console.log(stage, assignee, view.data?.[0]?.stage_name.length, row);
}
