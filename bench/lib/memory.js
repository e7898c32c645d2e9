// A check for memory leaks: calls each function of the API many times in one session, each call in
// its own transaction, and compares the memory of the backend before and after.

import { sessionOf } from './parameters.js';
import { query } from './psql.js';

/**
 * Cached plans, catalog caches and fragmentation settle within this many calls, so that fewer show
 * no leak ..
 */
const WARM_UP = 2000;
/** .. and this many bytes. A leak of 60 bytes per call exceeds it after 20,000 calls. */
const SETTLING = 1 << 20;

const uuid = (value) => `'${value}'::uuid`;

/**
 * Excludes functions that need another person or state in each call. `i` is the number of the call.
 */
const reads = ({ org, quiet, customerProfile, article }) => [
  'my_profile_id()',
  'my_org_ids()',
  'my_customer_org_ids()',
  'my_staff_org_ids()',
  'my_admin_org_ids()',
  'my_assigned_ticket_ids()',
  'jwt_subject()',
  'uuid_generate_v7()',
  'bypasses_row_security()',
  'may_create_organization()',
  'is_installation_admin()',
  'count_unread_notifications()',
  'my_pending_invites()',
  `is_member_of_my_orgs(${uuid(customerProfile)})`,
  `get_ticket_details(${uuid(quiet)})`,
  `list_org_tickets(${uuid(org)}, jsonb_build_object('perPage', 1 + i % 100, 'count', 'none'))`,
  `list_org_tickets(${uuid(org)}, '{"status": ["open", "pending"], "sort": "-priority"}')`,
  `list_org_members(${uuid(org)})`,
  `search(${uuid(org)}, 'word' || i % 1000)`,
  `search_articles(${uuid(org)}, 'word' || i % 1000)`,
  `suggest_articles(${uuid(quiet)})`,
  `list_articles(${uuid(org)})`,
  `get_article(${uuid(article)})`,
  `list_categories(${uuid(org)})`,
  `org_dashboard(${uuid(org)})`,
  `ticket_activity(${uuid(org)}, current_date - 6, current_date)`,
  `may_read_file('${org}/${quiet}/photo.jpg')`,
  `may_upload_file('${org}/${quiet}/photo.jpg')`,
];
const writes = ({ org, busy, article }) => [
  `create_ticket(${uuid(org)}, 'Ticket ' || i, 'Second floor.', 'high')`,
  `create_ticket(${uuid(org)}, 'Ticket ' || i, p_idempotency_key => 'key ' || gen_random_uuid())`,
  `update_ticket(${uuid(busy)}, jsonb_build_object('title', 'Title ' || i))`,
  `update_tickets(array[${uuid(busy)}], jsonb_build_object('priority', (array['low', 'high'])[1 + i % 2]))`,
  `add_comment(${uuid(busy)}, 'Comment ' || i, i % 2 = 0)`,
  `add_attachment(${uuid(busy)}, 'a.png', 'image/png', 1, '${org}/${busy}/' || i)`,
  `claim_next_ticket(${uuid(org)})`,
  `watch_ticket(${uuid(busy)}, i % 2 = 0)`,
  'mark_notifications_read()',
  `rate_article(${uuid(article)}, i % 2 = 0)`,
];

function grown(call, many) {
  const loop = (times) => `do $$ begin for i in 1..${times} loop perform helpdesk.${call}; commit; end loop; end $$;`;
  const memory = `reset role; select substring(pg_read_file('/proc/self/status') from 'RssAnon:\\s+(\\d+)'); set role authenticated;`;
  const { role, ...claims } = sessionOf('agent');
  const said = query(`set role ${role}; ${loop(Math.min(WARM_UP, many))} ${memory} ${loop(many)} ${memory}`, claims);
  const [before, after] = said.split('\n').map(Number);
  return (after - before) * 1024;
}

/**
 * Runs each call `calls` times (writes a tenth of that). Returns a Markdown table and the calls
 * that leak.
 */
export function memoryOf(parameters, calls) {
  const lines = ['| call | calls | KiB more | bytes a call |', '| --- | ---: | ---: | ---: |'];
  const grow = [];
  for (const [list, many] of [
    [reads(parameters), calls],
    [writes(parameters), Math.ceil(calls / 10)],
  ]) {
    for (const call of list) {
      const bytes = grown(call, many);
      const shown = call.replaceAll(/'[^']*[0-9a-f]{4}-[0-9a-f]{12}[^']*'(::uuid)?/g, '..');
      lines.push(`| ${shown} | ${many.toLocaleString('en')} | ${bytes / 1024} | ${(bytes / many).toFixed(1)} |`);
      if (many >= WARM_UP && bytes > SETTLING) grow.push(`${shown}: ${bytes / 1024} KiB more after ${many} calls`);
    }
  }
  return { table: `${lines.join('\n')}\n`, grow };
}
