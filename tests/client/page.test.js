// examples/web uses the types of @helpdesk/client: what the API does not have does not compile.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkChangedPage, checkPage, skip } from './page_copy.js';

// Each in another file, on one line, which gets the only error of its file.
const WRONG_CHANGES = [
  {
    name: 'a filter',
    file: 'src/inbox/views.ts',
    from: "assignedTo: 'none', sort: 'queue'",
    to: "assignedTo: 'none', sorted: 'queue'",
    error: /'sorted' does not exist in type 'TicketFilters'/,
  },
  {
    name: 'the value of a filter',
    file: 'src/portal/MyTickets.tsx',
    from: "createdBy: 'me', status, count: 'none'",
    to: "createdBy: 'me', status, count: 'never'",
    error: /'"never"' is not assignable/,
  },
  {
    name: 'the name of a function',
    file: 'src/api/articles.ts',
    from: "'rate_article'",
    to: "'vote_article'",
    error: /'"vote_article"' is not assignable/,
  },
  {
    name: 'an argument',
    file: 'src/api/tickets.ts',
    from: 'p_expected_version: version',
    to: 'p_version: version',
    error: /'p_version' does not exist in type/,
  },
  {
    name: 'a column that is written',
    file: 'src/api/organizations.ts',
    from: 'workflow_id: workflow, name, status }',
    to: 'workflow_id: workflow, title: name, status }',
    error: /'title' does not exist in type/,
  },
  {
    name: 'a column to select by',
    file: 'src/api/reporting.ts',
    from: "eq('org_id', org)",
    to: "eq('organization', org)",
    error: /'"organization"' is not assignable/,
  },
  {
    name: 'a column to sort by',
    file: 'src/api/notifications.ts',
    from: "'id' satisfies",
    to: "'number' satisfies",
    error: /'"number"' does not satisfy the expected type/,
  },
  {
    name: 'a key of a result',
    file: 'src/inbox/TicketList.tsx',
    from: 'name={ticket.currentStage.name}',
    to: 'name={ticket.stage.name}',
    error: /'stage' does not exist on type 'ListedTicket'/,
  },
  {
    name: 'a key of a change',
    file: 'src/inbox/TicketFields.tsx',
    from: 'change({ stageId:',
    to: 'change({ stage:',
    error: /'stage' does not exist in type 'Edits'/,
  },
  {
    name: 'a setting of an organization',
    file: 'src/admin/SettingsTab.tsx',
    from: 'set({ time_zone:',
    to: 'set({ timezone:',
    error: /'timezone' does not exist in type/,
  },
  {
    name: 'the word of an error',
    file: 'src/api/errors.ts',
    from: "isHelpdeskError(error, 'version_conflict')",
    to: "isHelpdeskError(error, 'conflict')",
    error: /'"conflict"' is not assignable/,
  },
];

test('the page compiles', { skip }, async () => {
  assert.deepEqual(await checkPage(), []);
});

test('the page does not compile with a mistake in', { skip }, async (t) => {
  const { lines, errors } = await checkChangedPage(WRONG_CHANGES);
  for (const [n, { name, file, error }] of WRONG_CHANGES.entries()) {
    const found = errors.filter((each) => each.file === file);
    await t.test(name, () => {
      assert.equal(found.length, 1, `${found.length} errors: ${JSON.stringify(found)}`);
      assert.equal(found[0].line, lines[n], JSON.stringify(found));
      assert.match(found[0].message, error);
    });
  }
  assert.equal(errors.length, WRONG_CHANGES.length, JSON.stringify(errors));
});
