// The walkthrough of the demo: a ticket over HTTP, through PostgREST, as three different people.
import { token } from './token.js';

const [url, secret, org] = process.argv.slice(2);

const person = (n) => token(secret, `00000000-0000-4000-8000-0000000000${n}`);
const alice = person('04');
const ben = person('02');
const mallory = person('14');

async function call(who, jwt, name, args) {
  console.log(`\n${who}  POST /rpc/${name}  ${JSON.stringify(args)}`);
  const started = performance.now();
  const response = await fetch(`${url}/rpc/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${jwt}` },
    body: JSON.stringify(args),
  });
  const body = await response.json();
  console.log(`  -> HTTP ${response.status} in ${(performance.now() - started).toFixed(1)} ms`);
  return { status: response.status, body };
}

function show(lines) {
  for (const line of lines) console.log(`     ${line}`);
}

function expect(condition, message) {
  if (!condition) throw new Error(`the demo expected: ${message}`);
}

const created = await call('Alice, a customer of Acme:', alice, 'create_ticket', {
  p_org_id: org,
  p_title: 'The coffee machine leaks',
  p_description: 'Kitchen, second floor.',
  p_priority: 'high',
});
expect(created.status === 200, 'Alice can open a ticket');
show([`ticket ${created.body}`]);

const list = await call('Ben, an agent of Acme:', ben, 'list_org_tickets', {
  p_org_id: org,
  p_filters: { status: ['open', 'pending'], perPage: 5 },
});
expect(list.body.tickets?.[0]?.id === created.body, "Ben's newest ticket is Alice's");
show(
  list.body.tickets.map(
    (t) =>
      `#${t.number}  ${t.priority.padEnd(6)}  ${t.currentStage.name.padEnd(19)}  ${t.title}  (${t.createdBy.name} -> ${t.assignedTo?.name ?? 'nobody'})`,
  ),
);
show([`page 1 of ${list.body.pagination.total} open or pending tickets`]);

const details = await call('Ben:', ben, 'get_ticket_details', { p_ticket_id: created.body });
expect(details.body.ticket?.title === 'The coffee machine leaks', 'Ben can read it');
show(JSON.stringify(details.body, null, 2).split('\n'));

const refused = await call('Mallory, a customer of Globex:', mallory, 'list_org_tickets', { p_org_id: org });
expect(refused.status === 403, 'Mallory is refused');
show([`${refused.body.code}: ${refused.body.message}`]);
const nothing = await call('Mallory:', mallory, 'get_ticket_details', { p_ticket_id: created.body });
expect(nothing.body === null, 'Mallory sees no ticket');
show(['null: she cannot see the ticket']);

console.log(`
For curl and for the examples of the documentation (the tokens are valid for a week):
  export URL=${url} ORG=${org}
  export TOKEN=${alice}   # Alice, a customer
  export TOKEN=${ben}   # or Ben, an agent
  curl "$URL/rpc/list_org_tickets" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
    -d "{\\"p_org_id\\": \\"$ORG\\"}"
  curl "$URL/tickets?select=number,title,status,workflow_stages(name)&order=updated_at.desc" -H "Authorization: Bearer $TOKEN"`);
