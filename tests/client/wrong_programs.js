// Programs that must not compile. Each is { name, code, error }: the error is the only one, and it
// is on the last line of the code that begins with the lines of BEGINNING.

export const BEGINNING = `import { PostgrestClient } from '@supabase/postgrest-js';
import { createClient } from '@supabase/supabase-js';
import * as client from '@helpdesk/client';
type Database = client.Database;
type Ticket = client.Ticket;
const rest = new PostgrestClient<Database>('', { schema: 'helpdesk' });
const supabase = createClient<Database, 'helpdesk'>('', '', { db: { schema: 'helpdesk' } });
const helpdesk = new client.Helpdesk(rest);
const id: string = '';
export { rest, supabase, helpdesk, id, type Ticket };
`;

const call = (name, args, error) => ({ name: `${name} ${args}`, code: `await helpdesk.call('${name}', ${args});`, error });
const line = (code, error) => ({ name: code, code, error });

const UNKNOWN = /may only specify known properties/;
const MISSING = /is missing the following properties/;
const NO_VALUE = /is not assignable to type/;
const NO_ARGUMENT = /is not assignable to parameter of type/;
const NO_PROPERTY = /does not exist on type/;

const withFilters = (filters) => `{ p_org_id: id, p_filters: ${filters} }`;
const withChanges = (changes) => `{ p_ticket_id: id, p_changes: ${changes} }`;

export const WRONG_PROGRAMS = [
  // Names of functions and arguments.
  line(`await helpdesk.call('list_org_ticket', { p_org_id: id });`, NO_ARGUMENT),
  call('list_org_tickets', '{ p_org_id: id, p_filter: {} }', UNKNOWN),
  call('list_org_tickets', '{ p_filters: {} }', NO_ARGUMENT),
  call('list_org_tickets', '{ p_org_id: 1 }', NO_VALUE),
  line(`await helpdesk.call('create_ticket');`, /Expected 2 arguments/),
  line(`await helpdesk.call('my_org_ids', {});`, /Expected 1 arguments/),
  call('create_ticket', '{ p_org_id: id }', NO_ARGUMENT),
  call('create_ticket', `{ p_org_id: id, p_title: 'a', p_priority: 'critical' }`, NO_VALUE),
  call('create_ticket', `{ p_org_id: id, p_title: null }`, NO_VALUE),
  line(`await helpdesk.call('get_ticket_details');`, /Expected 2 arguments/),
  call('get_ticket_details', '{}', NO_ARGUMENT),
  call('get_ticket_details', '{ p_org_id: id }', NO_ARGUMENT),
  call('get_ticket_details', '{ p_number: 3 }', NO_ARGUMENT),
  call('get_ticket_details', '{ p_ticket_id: null }', NO_VALUE),
  call('get_ticket_details', '{ p_ticket_id: id, p_number: 3 }', NO_ARGUMENT),
  call('get_ticket_details', `{ p_org_id: id, p_number: '3' }`, NO_VALUE),
  call('create_org_invite', `{ p_org_id: id, p_email: 'a', p_role: 'owner' }`, NO_VALUE),
  call('set_member_role', `{ p_org_id: id, p_user_id: id, p_org_role: 'org_owner' }`, NO_VALUE),
  call('suggest_articles', '{ p_ticket: id }', UNKNOWN),
  call('suggest_articles', `{ p_org_id: id, p_text: 'a', p_ticket_id: id }`, NO_ARGUMENT),
  call('suggest_articles', '{ p_org_id: id }', NO_ARGUMENT),
  call('list_organizations', '{ p_org_id: id }', UNKNOWN),
  call('mark_notifications_read', '{ p_ids: id }', NO_VALUE),

  // Filters.
  call('list_org_tickets', withFilters(`{ priorty: 'low' }`), UNKNOWN),
  call('list_org_tickets', withFilters(`{ priority: 'low', stauts: 'open' }`), UNKNOWN),
  call('list_org_tickets', withFilters(`{ priority: 'hihg' }`), NO_VALUE),
  call('list_org_tickets', withFilters(`{ priority: ['high', 'urgnet'] }`), NO_VALUE),
  call('list_org_tickets', withFilters(`{ status: 'solved' }`), NO_VALUE),
  call('list_org_tickets', withFilters(`{ waitingFor: 'agent' }`), NO_VALUE),
  call('list_org_tickets', withFilters(`{ sort: 'title' }`), NO_VALUE),
  call('list_org_tickets', withFilters(`{ sort: '+priority' }`), NO_VALUE),
  call('list_org_tickets', withFilters(`{ count: 'all' }`), NO_VALUE),
  call('list_org_tickets', withFilters(`{ watching: 'yes' }`), NO_VALUE),
  call('list_org_tickets', withFilters(`{ per_page: 10 }`), UNKNOWN),
  call('count_tickets', '{ p_org_id: id }', NO_ARGUMENT),
  call('count_tickets', withFilters(`{ mine: { asignedTo: 'me' } }`), UNKNOWN),
  call('claim_next_ticket', withFilters(`{ status: 'open' }`), UNKNOWN),
  call('list_articles', withFilters(`{ visibility: 'private' }`), NO_VALUE),
  call('list_articles', withFilters(`{ status: 'open' }`), NO_VALUE),
  call('list_articles', withFilters(`{ tags: 'a' }`), UNKNOWN),
  call('search', `{ p_org_id: id, p_query: 'a', p_filters: { kind: 'file' } }`, NO_VALUE),
  call('search', `{ p_org_id: id, p_query: 'a', p_filters: { page: 2 } }`, UNKNOWN),
  call('list_organizations', `{ p_filters: { withoutAdmin: 'true' } }`, NO_VALUE),

  // Changes and attachments.
  call('update_ticket', withChanges(`{ titel: 'a' }`), UNKNOWN),
  call('update_ticket', withChanges(`{ title: null }`), NO_VALUE),
  call('update_ticket', withChanges(`{ priority: 'normal' }`), NO_VALUE),
  call('update_ticket', withChanges(`{ status: 'closed' }`), UNKNOWN),
  call('update_ticket', withChanges(`{ stageId: null }`), NO_VALUE),
  call('update_tickets', `{ p_ticket_ids: [id], p_changes: { assigned_to: id } }`, UNKNOWN),
  call('update_tickets', `{ p_ticket_ids: id, p_changes: { assignedTo: null } }`, NO_VALUE),
  call('add_comment', `{ p_ticket_id: id, p_content: 'a', p_changes: { prioritiy: 'low' } }`, UNKNOWN),
  call('add_comment', `{ p_ticket_id: id, p_content: 'a', p_attachments: [{ fileName: 'a' }] }`, MISSING),
  call('add_comment', `{ p_ticket_id: id, p_content: 'a', p_attachments: {} }`, MISSING),

  // Results.
  line(`(await helpdesk.call('list_org_tickets', { p_org_id: id })).items;`, NO_PROPERTY),
  line(`(await helpdesk.call('list_org_tickets', { p_org_id: id })).tickets[0]!.assignee;`, NO_PROPERTY),
  line(`(await helpdesk.call('list_org_tickets', { p_org_id: id })).tickets[0]!.assignedTo.name;`, /possibly 'null'/),
  line(`(await helpdesk.call('get_ticket_details', { p_ticket_id: id })).ticket;`, /possibly 'null'/),
  line(`(await helpdesk.call('search', { p_org_id: id, p_query: '' })).pagination.total;`, NO_PROPERTY),
  line(`(await helpdesk.call('list_org_members', { p_org_id: id }))[0]!.email.length;`, /possibly 'null'/),
  line(`export const nothing: undefined = await helpdesk.call('leave_organization', { p_org_id: id });`, NO_VALUE),
  line(`export type Person = client.ImportedPerson1;`, /has no exported member/),
  line(`export const priority = (ticket: Ticket) => ticket.priority === 'critical';`, /no overlap/),
  line(`export const subject = (ticket: Ticket) => ticket.subject;`, NO_PROPERTY),
  line(`export const names = (hit: client.SearchHit) => hit.kind === 'article' && hit.number;`, NO_PROPERTY),
  line(`export const to = (changes: client.RecordedChanges) => changes.fields.title?.to;`, NO_PROPERTY),

  // Lists.
  line(`helpdesk.tickets.list(id, { state: 'open' });`, UNKNOWN),
  line(`helpdesk.tickets.list(id, { cursor: '' });`, UNKNOWN),
  line(`helpdesk.tickets.list({ status: 'open' });`, NO_ARGUMENT),
  line(`for await (const article of helpdesk.articles.list(id)) article.content;`, NO_PROPERTY),

  // Errors.
  line(`client.isHelpdeskError(0, 'version_conflct');`, NO_ARGUMENT),
  line(`export const isStale = (error: unknown) => client.errorWord(error) === 'stale';`, /no overlap/),
  line(`export const code = (e: unknown) => client.isHelpdeskError(e, 'version_conflict') && e.code === '42501';`, /no overlap/),

  // PostgrestClient (postgrest-js 2).
  line(`await rest.rpc('list_org_tickets', { p_org_id: id, p_filters: { priority: 'hihg' } });`, NO_VALUE),
  line(`await rest.rpc('update_tickets', { p_ticket_ids: [id] });`, NO_ARGUMENT),
  line(`await rest.from('ticket');`, /No overload matches|is not assignable/),
  line(`await rest.from('tickets').select().eq('state', 'open');`, NO_ARGUMENT),
  line(`await rest.from('tickets').select().eq('status', 'opened');`, NO_ARGUMENT),
  line(`await rest.from('tickets').insert({ org_id: id, titel: 'a' });`, UNKNOWN),
  line(`await rest.from('tickets').update({ priority: 'normal' });`, NO_VALUE),
  line(`(await rest.from('tickets').select('number')).data![0]!.title;`, NO_PROPERTY),
  line(`(await rest.from('agent_tickets').select()).data![0]!.stage_name.length;`, /possibly 'null'/),

  // supabase-js (postgrest-js 1).
  line(`await supabase.rpc('list_org_tickets', { p_org_id: id, p_filters: { priority: 'low', stauts: 'open' } });`, UNKNOWN),
  line(`await supabase.rpc('update_ticket', { p_ticket_id: id, p_changes: { titel: 'a' } });`, UNKNOWN),
  line(`await supabase.rpc('get_ticket_details', { p_org_id: id });`, NO_ARGUMENT),
  line(`(await supabase.rpc('get_ticket_details', { p_ticket_id: id })).data!.ticket.name;`, NO_PROPERTY),
  line(`await supabase.from('ticket_comments').insert({ ticket_id: id });`, /No overload matches/),
];
