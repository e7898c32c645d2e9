// What applications call: every function that reads, and the frequent ones that write, with each of
// their filters. Used to warm up sessions, and to compare the plans that a session keeps.

import { claimsOf, loginOf } from './lib/parameters.js';

/** Each filter of list_org_tickets() as a fragment of JSON, and the combinations of inboxes. */
const TICKET_FILTERS = (
  { stage, smallStage, workflow, smallWorkflow, customerProfile, quietNumber, smallNumber, weekAgo, yearAgo },
  isLarge,
) => ({
  default: {},
  without_total: { count: 'none' },
  priority: { priority: 'urgent' },
  priorities: { priority: ['high', 'urgent'] },
  status: { status: 'pending' },
  statuses: { status: ['open', 'pending'] },
  stage: { stageId: isLarge ? stage : smallStage },
  stages: { stageId: [stage, smallStage] },
  workflow: { workflowId: isLarge ? workflow : smallWorkflow },
  assigned_to_me: { assignedTo: 'me' },
  unassigned: { assignedTo: 'none' },
  created_by: { createdBy: customerProfile },
  created_by_me: { createdBy: 'me' },
  created_after: { createdAfter: weekAgo },
  created_before: { createdBefore: yearAgo },
  updated_after: { updatedAfter: weekAgo },
  updated_before: { updatedBefore: yearAgo },
  by_age: { sort: 'updatedAt' },
  by_creation: { sort: '-createdAt' },
  by_priority: { sort: '-priority' },
  by_queue: { sort: 'queue' },
  by_number: { sort: '-number' },
  number: { number: isLarge ? quietNumber : smallNumber },
  watching: { watching: true },
  waiting_for_staff: { waitingFor: 'staff' },
  waiting_for_customer: { waitingFor: 'customer' },
  search: { search: 'word300' },
  search_with_filter: { search: 'word300 status:open' },
  page_2: { page: 2 },
  urgent_and_pending: { priority: 'urgent', status: 'pending' },
  mine_and_urgent: { assignedTo: 'me', priority: 'urgent' },
  mine_and_open: { assignedTo: 'me', status: 'open' },
  unassigned_and_open: { assignedTo: 'none', status: 'open', sort: '-priority' },
  board: { stageId: isLarge ? stage : smallStage, priority: 'high' },
});

const ARTICLE_FILTERS = {
  default: {},
  status: { status: 'published' },
  visibility: { visibility: 'public' },
  author: { author: 'me' },
  tag: { tag: 'printer' },
  category: { category: 'Guides' },
  by_title: { sort: 'title' },
  by_creation: { sort: '-createdAt' },
};

const QUEUE_FILTERS = ({ stage, smallStage, customerProfile, yearAgo }, isLarge) => ({
  default: {},
  priority: { priority: 'low' },
  stage: { stageId: isLarge ? stage : smallStage },
  created_by: { createdBy: customerProfile },
  created_before: { createdBefore: yearAgo },
});

/** The views of the inbox in examples/web. */
const INBOX_VIEWS = {
  mine: { status: ['open', 'pending'], assignedTo: 'me' },
  unassigned: { status: ['open', 'pending'], assignedTo: 'none' },
  open: { status: ['open', 'pending'] },
  waiting: { waitingFor: 'staff' },
  urgent: { status: ['open', 'pending'], priority: ['urgent'] },
  watching: { watching: true },
  solved: { status: ['resolved', 'closed'] },
};

/** The callers, from the one with the smallest organization on. */
const CALLERS = [
  { who: 'smallCustomer', isLarge: false },
  { who: 'everywhere', isLarge: false },
  { who: 'customer', isLarge: true },
  { who: 'agent', isLarge: true },
];

const json = (value) => `'${JSON.stringify(value)}'`;
const uuid = (value) => `'${value}'::uuid`;

/** What one caller calls: { name: call }. A filter is named after its function. */
function callsOf(values, { who, isLarge }) {
  const isStaff = !/customer/i.test(who);
  const org = uuid(isLarge ? values.org : values.smallOrg);
  const ticket = uuid(!isLarge ? values.smallTicket : isStaff ? values.quiet : values.customerTicket);
  const filtered = (name, filters) =>
    Object.fromEntries(
      Object.entries(filters).map(([filter, value]) => [`${name}/${filter}`, `${name}(${org}, ${json(value)})`]),
    );
  return {
    ...filtered('list_org_tickets', TICKET_FILTERS(values, isLarge)),
    count_tickets: `count_tickets(${org}, ${json(INBOX_VIEWS)})`,
    ...filtered('list_articles', ARTICLE_FILTERS),
    get_ticket_details: `get_ticket_details(${ticket})`,
    'get_ticket_details/org': `get_ticket_details(${ticket}, ${org})`,
    'get_ticket_details/number': `get_ticket_details(p_org_id => ${org}, p_number => ${isLarge ? values.quietNumber : values.smallNumber})`,
    ticket_participant_name: `ticket_participant_name(${org}, ${ticket}, ${uuid(values.customerProfile)})`,
    'search/rare': `search(${org}, 'word9000')`,
    'search/two_words': `search(${org}, 'word300 word40')`,
    'search/frequent': `search(${org}, 'happened')`,
    'search/prefix': `search(${org}, 'word1234')`,
    'search/number': `search(${org}, '#42')`,
    'search/rare_with_filter': `search(${org}, 'word9000 status:open')`,
    'search/frequent_with_filters': `search(${org}, 'happened status:open priority:urgent')`,
    'search/filters': `search(${org}, 'status:open is:unassigned')`,
    search_articles: `search_articles(${org}, 'word300')`,
    list_categories: `list_categories(${org})`,
    get_article: `get_article(${uuid(values.article)})`,
    count_unread_notifications: 'count_unread_notifications()',
    my_pending_invites: 'my_pending_invites()',
    my_assigned_ticket_ids: 'my_assigned_ticket_ids()',
    is_member_of_my_orgs: `is_member_of_my_orgs(${uuid(values.customerProfile)})`,
    may_create_organization: 'may_create_organization()',
    may_read_file: `may_read_file('${isLarge ? values.org : values.smallOrg}/${ticket.slice(1, 37)}/photo.jpg')`,
    may_upload_file: `may_upload_file('${isLarge ? values.org : values.smallOrg}/${ticket.slice(1, 37)}/photo.jpg')`,
    create_ticket: `create_ticket(${org}, 'The printer is on fire', 'Second floor.', 'high')`,
    add_comment: `add_comment(${ticket}, 'Have you tried turning it off and on again?')`,
    add_attachment: `add_attachment(${ticket}, 'a.png', 'image/png', 1, '${isLarge ? values.org : values.smallOrg}/${ticket.slice(1, 37)}/a')`,
    watch_ticket: `watch_ticket(${ticket})`,
    mark_notifications_read: 'mark_notifications_read()',
    ...(isStaff && {
      ...filtered('claim_next_ticket', QUEUE_FILTERS(values, isLarge)),
      list_org_members: `list_org_members(${org})`,
      org_dashboard: `org_dashboard(${org})`,
      ticket_activity: `ticket_activity(${org}, current_date - 30, current_date)`,
      suggest_articles: `suggest_articles(${ticket})`,
      'update_ticket/title': `update_ticket(${ticket}, jsonb_build_object('title', 'Title ' || random()))`,
      'update_ticket/stage': `update_ticket(${ticket}, '{"stageId": "${isLarge ? values.stage : values.smallStage}"}')`,
      'update_ticket/assignee': `update_ticket(${ticket}, '{"assignedTo": null}')`,
      update_tickets: `update_tickets(array[${ticket}], '{"priority": "low"}')`,
    }),
  };
}

/**
 * Functions that read and need no comparison: they depend on nothing that grows, or only the
 * administrator of the installation may call them.
 */
export const NOT_COMPARED = [
  'bypasses_row_security',
  'customer_assignee_name',
  'is_installation_admin',
  'help',
  'jwt_subject',
  'list_organizations',
  'my_admin_org_ids',
  'my_customer_org_ids',
  'my_inviting_org_ids',
  'my_org_ids',
  'my_profile_id',
  'my_staff_org_ids',
];

/** [{ name, callers: [{ who, call, claims }] }]: one entry for each function and filter. */
export function callsByName(values) {
  const byName = new Map();
  for (const caller of CALLERS) {
    const claims = claimsOf(caller.who === 'smallCustomer' ? values.smallCustomerLogin : loginOf(caller.who));
    for (const [name, call] of Object.entries(callsOf(values, caller))) {
      if (!byName.has(name)) byName.set(name, []);
      byName.get(name).push({ who: caller.who, call: `select helpdesk.${call}`, claims });
    }
  }
  return [...byName].map(([name, callers]) => ({ name, callers }));
}
