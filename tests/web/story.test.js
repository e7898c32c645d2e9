// The life of a help desk in the browser, from sign-up to a solved ticket, by several people who
// look at it at the same time.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { servePage, skip } from './page_server.js';

const site = await servePage();

describe('the page, by several people at once', { skip }, () => {
  test('from sign-up to a solved ticket, with a founder, an agent and a customer', async () => {
    for (const name of ['Flora', 'Arno', 'Carla']) await site.signUp(name);

    // Flora signs in with the menu, founds an organization and invites two people.
    const flora = await site.openPage('/');
    await flora.getByRole('button', { name: /Flora/ }).click();
    await flora.getByLabel('Name of your organization').fill('Flowers');
    await flora.getByRole('button', { name: 'Create organization' }).click();
    await flora.getByRole('link', { name: 'Admin' }).click();
    for (const [name, role] of [
      ['arno', 'agent'],
      ['carla', 'customer'],
    ]) {
      await flora.getByLabel('E-mail address').fill(`${name}@mail.example`);
      await flora.locator('form').getByLabel(/^Role/).selectOption(role);
      await flora.getByRole('button', { name: 'Invite', exact: true }).click();
      await flora.getByRole('button', { name: `Revoke the invite to ${name}@mail.example` }).waitFor();
    }

    // Both accept, each in a separate browser.
    const arno = await site.openPage('/', { as: 'Arno' });
    await arno.getByRole('button', { name: 'Join Flowers' }).click();
    await arno.getByRole('navigation', { name: 'Views' }).waitFor();
    const carla = await site.openPage('/', { as: 'Carla' });
    await carla.getByRole('button', { name: 'Join Flowers' }).click();

    // Carla asks, and Arno sees it without doing anything.
    await carla.getByRole('link', { name: 'Ask for help' }).click();
    await carla.getByLabel('In one line').fill('The tulips are blue');
    await carla.getByLabel('What happened?').fill('I ordered red ones.');
    await carla.getByRole('button', { name: 'Send to Flowers' }).click();
    await carla.getByRole('heading', { name: 'The tulips are blue' }).waitFor();
    await arno.getByRole('link', { name: /The tulips are blue/ }).waitFor();

    // Arno claims it, notes something, and answers.
    await arno.getByRole('button', { name: 'Claim next' }).click();
    await arno.getByRole('heading', { name: 'The tulips are blue' }).waitFor();
    await arno.getByRole('button', { name: 'Internal note' }).click();
    await arno.getByLabel('Internal note').fill('Wrong box, I think.');
    await arno.getByRole('button', { name: 'Add note' }).click();
    await arno.locator('.message.internal', { hasText: 'Wrong box, I think.' }).waitFor();
    await arno.getByRole('button', { name: 'Reply to Carla' }).click();
    await arno.getByLabel('Reply', { exact: true }).fill('Red ones are on their way.');
    await arno.getByLabel('Stage after sending').selectOption({ label: 'Then move to Waiting on customer' });
    await arno.getByRole('button', { name: 'Send reply' }).click();
    await arno.getByText('moved it from New to Waiting on customer').waitFor();

    // Carla sees the answer and the stage, but not the note, and says that it is solved.
    await carla.locator('.message', { hasText: 'Red ones are on their way.' }).waitFor();
    await carla.locator('.stage', { hasText: 'Waiting on customer' }).waitFor();
    assert.equal(await carla.getByText('Wrong box').count(), 0, 'customers see no notes');
    await carla.getByLabel('Your answer').fill('They have arrived, thank you.');
    await carla.getByRole('button', { name: 'Solved, thanks' }).click();
    await carla.locator('.stage', { hasText: 'Resolved' }).waitFor();

    // Arno sees both, and Flora's dashboard counts it.
    await arno.locator('.message', { hasText: 'They have arrived, thank you.' }).waitFor();
    await arno.getByText('moved it from Waiting on customer to Resolved').waitFor();
    await flora.getByRole('link', { name: 'Dashboard' }).click();
    await flora.getByRole('row', { name: /^Resolved 1 0$/ }).waitFor({ state: 'attached' });

    const ticket = await site.db.sql(
      `select t.status, p.name as assignee, t.public_comment_count as public from helpdesk.tickets t
         join helpdesk.profiles p on p.id = t.assigned_to where t.title = 'The tulips are blue'`,
    );
    assert.deepEqual(ticket, [{ status: 'resolved', assignee: 'Arno', public: 2 }]);
  });

  test('two people change different fields at once, and both changes are kept', async () => {
    const ben = await site.openPage('/inbox/open', { as: 'Ben' });
    await ben.getByRole('link', { name: /Invoice 1042/ }).click();
    await ben.getByRole('button', { name: 'Edit' }).click();
    await ben.getByLabel('Title').fill('Invoice 1042 shows our old address');
    await changeAs(site, 'Cleo', 'Invoice 1042%', { priority: 'high' });
    await ben.getByRole('button', { name: 'Save' }).click();
    await ben.getByText('Cleo has changed this ticket in the meantime. Both changes are kept.').waitFor();
    const [ticket] = await site.db.sql(`select title, priority from helpdesk.tickets where title like 'Invoice 1042%'`);
    assert.deepEqual(ticket, { title: 'Invoice 1042 shows our old address', priority: 'high' });
  });

  test('two people change the same field at once, and the second one chooses', async () => {
    const ben = await site.openPage('/inbox/open', { as: 'Ben' });
    await ben.getByRole('link', { name: /Export to CSV/ }).click();
    for (const [title, choice, kept] of [
      ['Umlauts are broken in CSV files', 'Cleo', 'CSV needs UTF-8'],
      ['Umlauts are broken in CSV files', 'You', 'Umlauts are broken in CSV files'],
    ]) {
      await ben.getByRole('button', { name: 'Edit' }).click();
      await ben.getByLabel('Title').fill(title);
      await changeAs(site, 'Cleo', '%CSV%', { title: choice === 'You' ? 'CSV needs another encoding' : 'CSV needs UTF-8' });
      await ben.getByRole('button', { name: 'Save' }).click();
      const dialog = ben.getByRole('dialog', { name: 'Cleo has changed this too' });
      await dialog.getByText(title).waitFor();
      await dialog.getByRole('radio', { name: choice }).check();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await ben.getByRole('heading', { name: kept }).waitFor();
      assert.equal(await site.db.value(`select title from helpdesk.tickets where title like '%CSV%' and number = 4`), kept);
    }
  });

  test('beginning to edit again does not hide what others have changed since', async () => {
    const ben = await site.openPage('/inbox/open/4', { as: 'Ben' });
    await ben.getByRole('button', { name: 'Edit' }).click();
    await ben.getByLabel('Title').fill('CSV of Ben');
    await changeAs(site, 'Cleo', '%CSV%', { title: 'CSV of Cleo' });
    await ben.getByText('renamed it to “CSV of Cleo”').waitFor();
    await ben.getByRole('button', { name: 'Edit' }).click();
    await ben.getByRole('button', { name: 'Save' }).click();
    const dialog = ben.getByRole('dialog', { name: 'Cleo has changed this too' });
    await dialog.getByText('CSV of Ben').waitFor();
    await dialog.getByRole('button', { name: 'Discard my change' }).click();
    await ben.getByRole('heading', { name: 'CSV of Cleo' }).waitFor();
  });

  test('tickets that have left the list are not selected any more', async () => {
    const cleo = await site.openPage('/inbox/open', { as: 'Cleo' });
    await cleo.getByLabel('Select #4').check();
    await cleo.getByText('1 selected').waitFor();
    await cleo
      .getByRole('navigation', { name: 'Views' })
      .getByRole('link', { name: /Urgent/ })
      .click();
    await cleo.getByRole('heading', { name: 'Urgent' }).waitFor();
    await cleo.getByText('1 selected').waitFor({ state: 'hidden' });
  });

  test('several tickets are changed in one call, or none is', async () => {
    const cleo = await site.openPage('/inbox/unassigned', { as: 'Cleo' });
    await cleo.getByLabel('Select #6').check();
    await cleo.getByLabel('Select #7').check();
    await cleo.getByLabel('Assign all to').selectOption({ label: 'Cleo' });
    await cleo.getByText('2 of 2 tickets changed.').waitFor();
    await cleo.getByText('Nothing here').waitFor();
    const assigned = await site.db.value(
      `select count(*)::int from helpdesk.tickets t join helpdesk.profiles p on p.id = t.assigned_to
        where p.name = 'Cleo' and t.number in (6, 7)`,
    );
    assert.equal(assigned, 2);
  });

  test('lists have pages, and a search with filters covers all tickets', async () => {
    const nora = await site.openPage('/inbox/solved', { as: 'Nora' });
    await nora.getByText('20 of 31').waitFor();
    await nora.getByRole('button', { name: 'Load more' }).click();
    await nora.getByText('31 of 31').waitFor();
    await nora.getByLabel('Search tickets').fill('priority:urgent status:closed');
    await nora.getByLabel('Search tickets').press('Enter');
    await nora.getByText('1 of 1').waitFor();
    await nora.getByRole('link', { name: /the queue stands still/ }).waitFor();
    await nora.getByLabel('Search tickets').fill('');
    await nora.getByText('31 of 31').or(nora.getByText('20 of 31')).waitFor();
  });

  test('a notification counts as unread until the ticket is opened', async () => {
    const jonas = await site.openPage('/inbox/mine', { as: 'Jonas' });
    await jonas.getByRole('button', { name: 'Notifications: 1 unread' }).click();
    await jonas.getByRole('link', { name: /Is it possible before Friday/ }).click();
    await jonas.getByRole('heading', { name: 'Second warehouse does not appear' }).waitFor();
    await jonas.getByRole('button', { name: 'Notifications: 0 unread' }).waitFor();
  });

  test('articles answer a question while it is written', async () => {
    const pia = await site.openPage('/portal/new', { as: 'Pia' });
    await pia.getByLabel('In one line').fill('my printer prints no labels');
    await pia.getByText('Connect a label printer').click();
    await pia.getByText('Plug the printer in').waitFor();
    await pia.getByRole('group', { name: 'Did this solve it?' }).first().getByRole('button', { name: 'Yes' }).click();
    await pia.getByRole('heading', { name: 'My tickets' }).waitFor();
    assert.equal(await site.db.value(`select helpful_count from helpdesk.articles where title = 'Connect a label printer'`), 2);
  });

  test('strangers search the help center, and scripts in articles do not run', async () => {
    const org = await site.organization('Initech');
    await site.db.sql(
      `insert into helpdesk.articles (org_id, author, title, content, categories, tags, visibility, status)
       select $1, id, 'Hostile article', $2, '{}', '{}', 'public', 'published' from helpdesk.profiles where name = 'Nora'`,
      [
        org,
        '**bold** <img src=x onerror="window.attacked = true"><script>window.attacked = true</script>[link](javascript:alert)' +
          '<form action="https://evil.example"><input type="password"><button popovertarget="person-menu">Sign in</button></form>' +
          '<style>body { display: none }</style><div class="toasts" id="root" style="position: fixed; inset: 0">over all</div>',
      ],
    );
    const stranger = await site.openPage(`/help/${org}`);
    await stranger.getByLabel('Search articles').fill('hostile');
    await stranger.getByRole('link', { name: /Hostile article/ }).click();
    await stranger.locator('strong', { hasText: 'bold' }).waitFor();
    assert.equal(await stranger.evaluate(() => window.attacked), undefined);
    assert.equal(await stranger.locator('.prose [onerror], .prose script, .prose a[href^="javascript"]').count(), 0);
    assert.equal(await stranger.locator('.prose').locator('form, button, style, [style], [class], [id]').count(), 0);
    assert.equal(await stranger.getByText('Runbook').count(), 0);
  });

  test('staff write, preview, publish, edit and archive an article', async () => {
    const org = await site.organization('Initech');
    const stranger = await site.openPage(`/help/${org}`);
    const nora = await site.openPage(`/help/${org}`, { as: 'Nora' });
    await nora.getByRole('link', { name: 'Write an article' }).click();
    await nora.getByLabel('Title').fill('Return a parcel');
    await nora
      .getByLabel('Text, in Markdown')
      .fill('## In a hurry\n\nPrint the **return label**. <script>window.attacked = true</script>');
    await nora.getByRole('button', { name: 'Preview' }).click();
    await nora.getByRole('heading', { name: 'In a hurry' }).waitFor();
    await nora.locator('strong', { hasText: 'return label' }).waitFor();
    assert.equal(await nora.evaluate(() => window.attacked), undefined);
    await nora.getByLabel('Shipping').check();
    await nora.getByLabel('New category').fill('Returns');
    await nora.getByLabel('New category').press('Enter');
    await nora.getByLabel('Returns', { exact: true }).waitFor();
    await nora.getByLabel('Tags, separated by commas').fill('return, label,');
    await nora.getByRole('button', { name: 'Save as draft' }).click();
    await nora.getByText('draft, for everybody').waitFor();
    await stranger.reload();
    await stranger.getByRole('link', { name: /Read your invoice/ }).waitFor();
    assert.equal(await stranger.getByText('Return a parcel').count(), 0, 'a draft is for staff');

    await nora.getByRole('link', { name: 'Edit' }).click();
    await nora.getByRole('button', { name: 'Publish' }).click();
    await nora.getByText('published, for everybody').waitFor();
    const [article] = await site.db.sql(
      `select id, status, categories, tags from helpdesk.articles where title = 'Return a parcel'`,
    );
    const { id, ...written } = article;
    assert.deepEqual(written, {
      status: 'published',
      categories: ['Shipping', 'Returns'],
      tags: ['return', 'label'],
    });
    await stranger.reload();
    await stranger.getByRole('link', { name: /Return a parcel/ }).click();
    await stranger.getByRole('heading', { name: 'In a hurry' }).waitFor();

    // Kim saves while Nora is writing, so Nora's version is not written over Kim's.
    const kim = await site.openPage(`/articles/${id}`, { as: 'Kim' });
    await nora.getByRole('link', { name: 'Edit' }).click();
    await nora.getByLabel('Title').fill('Send a parcel back to us');
    await kim.getByLabel('Title').fill('Return a parcel for free');
    await kim.getByRole('button', { name: 'Save' }).click();
    await kim.getByRole('heading', { name: 'Return a parcel for free' }).waitFor();
    await nora.getByRole('button', { name: 'Save' }).click();
    await nora.getByText('Somebody else has changed this article in the meantime.').waitFor();
    await nora.getByRole('button', { name: 'Load again' }).click();
    await nora.locator('input[value="Return a parcel for free"]').waitFor();

    await nora.getByRole('button', { name: 'Archive' }).click();
    await nora.getByText('archived, for everybody').waitFor();
    await stranger.reload();
    await stranger.getByText('There is no such article').waitFor();
  });

  test('an admin restricts the moves of tickets', async () => {
    const gina = await site.openPage('/admin/workflow', { as: 'Gina' });
    await gina.getByText('The staff may move a ticket from every stage to every other.').waitFor();
    await gina.getByRole('button', { name: 'Restrict moves' }).click();
    await gina.getByLabel('From New to Closed').selectOption('Nobody');
    await gina.getByLabel('From New to Resolved').selectOption('Admins');
    await site.waitUntilMoves('Globex', 'New', ['In progress', 'Resolved (org_admin)', 'Waiting on customer']);

    const number = await site.db.value(
      `select max(t.number) from helpdesk.tickets t join helpdesk.organizations o on o.id = t.org_id
         join helpdesk.workflow_stages s on s.id = t.current_stage_id where o.name = 'Globex' and s.name = 'New'`,
    );
    const hank = await site.openPage(`/inbox/open/${number}`, { as: 'Hank' });
    const stage = hank.locator('.ticket-fields label', { hasText: /^Stage/ }).locator('select');
    await stage.waitFor();
    assert.deepEqual(await stage.locator('option').allTextContents(), ['New', 'In progress', 'Waiting on customer']);

    // The stage that Hank has chosen cannot be reached any more when he sends his answer.
    await gina.getByLabel('From Waiting on customer to In progress').selectOption('Nobody');
    await site.waitUntilMoves('Globex', 'Waiting on customer', ['Closed', 'New', 'Resolved']);
    await hank.getByLabel('Stage after sending').selectOption({ label: 'Then move to In progress' });
    await hank.getByLabel('Reply', { exact: true }).fill('We wait for you.');
    const stageId = await site.db.value(
      `select s.id from helpdesk.workflow_stages s join helpdesk.organizations o on o.id = s.org_id
        where o.name = 'Globex' and s.name = 'Waiting on customer'`,
    );
    const title = await hank.locator('.ticket-head h2').textContent();
    await changeAs(site, 'Gina', title, { stageId });
    await hank.getByText('moved it from New to Waiting on customer').waitFor();
    await hank.getByRole('button', { name: 'Send reply' }).click();
    await hank.locator('.message', { hasText: 'We wait for you.' }).waitFor();

    await gina.getByRole('button', { name: 'Allow every move' }).click();
    await gina.getByText('The staff may move a ticket from every stage to every other.').waitFor();
    await site.waitUntilMoves('Globex', 'New', []);
  });

  test('a refusal is explained by its word', async () => {
    const ada = await site.openPage('/admin/members', { as: 'Ada' });
    await ada.getByLabel('Role of Ada').selectOption('org_agent');
    await ada.getByText('An organization keeps at least one admin. Make somebody else admin first.').waitFor();
    await ada.getByRole('link', { name: 'Workflow' }).click();
    const remove = ada.getByRole('button', { name: 'Delete Waiting on customer' });
    const asked = new Promise((resolve) => {
      ada.once('dialog', (dialog) => resolve(dialog.message()) ?? dialog.dismiss());
    });
    await remove.click();
    assert.equal(await asked, 'Delete Waiting on customer and the moves from and to it?');
    ada.once('dialog', (dialog) => dialog.accept());
    await remove.click();
    await ada.getByText('Tickets are or were in this stage. Retire it instead of deleting it.').waitFor();
    await ada.getByLabel('Name of Closed').fill('resolved');
    await ada.getByLabel('Name of Closed').press('Enter');
    await ada.getByText('There is one of this name already. Choose another name.').waitFor();
  });

  test('a server that does not answer and an ended session are explained', async () => {
    const ada = await site.openPage('/admin/members', { as: 'Ada' });
    const failure = ada.getByText('The server cannot be reached. Please try again.');
    for (const fail of [(route) => route.abort(), (route) => route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' })]) {
      await ada.route('**/api/rpc/set_member_role', fail);
      await ada.getByLabel('Role of Ada').selectOption('org_agent');
      await failure.waitFor();
      await ada.reload();
      await failure.waitFor({ state: 'detached' });
    }
    await ada.evaluate(() => sessionStorage.setItem('helpdesk session', '{ "name": "Ada", "token": "expired" }'));
    await ada.reload();
    await ada.getByText('Your session has ended. Please sign in again.').waitFor();
  });

  test('stages are dragged with the mouse', async () => {
    const gina = await site.openPage('/admin/workflow', { as: 'Gina' });
    const from = await gina.getByRole('button', { name: 'Move In progress' }).boundingBox();
    const to = await gina.getByRole('button', { name: 'Move Resolved' }).boundingBox();
    await gina.mouse.move(from.x + 10, from.y + 10);
    await gina.mouse.down();
    await gina.mouse.move(to.x + 10, to.y + 20, { steps: 8 });
    await gina.mouse.up();
    await site.waitUntilStages('Globex', ['New', 'Waiting on customer', 'Resolved', 'In progress', 'Closed']);
  });

  test('settings are saved', async () => {
    const gina = await site.openPage('/admin/settings', { as: 'Gina' });
    await gina.getByLabel('Time zone of reports').fill('Mars/Olympus');
    await gina.getByRole('button', { name: 'Save' }).click();
    await gina.getByText('There is no such time zone.').waitFor();
    await gina.getByLabel('Time zone of reports').fill('Europe/Berlin');
    await gina.getByLabel('Anybody may join as customer').check();
    await gina.getByRole('button', { name: 'Save' }).click();
    await gina.getByText('The settings are saved.').waitFor();
    const [row] = await site.db.sql(`select time_zone, open_to_customers from helpdesk.organizations where name = 'Globex'`);
    assert.deepEqual(row, { time_zone: 'Europe/Berlin', open_to_customers: true });
  });
});

/** Changes a ticket through the API, as a colleague does in the meantime. */
async function changeAs({ db }, name, title, changes) {
  const login = await db.value('select auth_id from helpdesk.profiles where name = $1', [name]);
  await db.as({ login }, (session) =>
    session.query('select helpdesk.update_ticket(id, $2) from helpdesk.tickets where title like $1', [title, changes]),
  );
}
