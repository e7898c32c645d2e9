-- A third organization for the page: a month of tickets, so that lists have pages and charts have
-- lines, and articles in Markdown. The examples in the documentation use the other two.
\set ON_ERROR_STOP 1
\set QUIET 1
\pset tuples_only on
\o /dev/null
begin;

insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data)
  select ('00000000-0000-4000-8000-0000000000' || n)::uuid, lower(name) || '@' || domain, now(),
         json_build_object('full_name', name)::jsonb
    from (values (21, 'Nora', 'initech.example'), (22, 'Jonas', 'initech.example'), (23, 'Kim', 'initech.example'),
                 (24, 'Lena', 'mail.example'), (25, 'Milo', 'mail.example'), (26, 'Otto', 'mail.example'),
                 (27, 'Pia', 'mail.example'), (28, 'Zoe', 'mail.example'), (29, 'Stan', 'mail.example')) people (n, name, domain);

select demo.sign_in('Nora'), helpdesk.create_organization('Initech');
select set_config('request.jwt.claims', '', true);
update helpdesk.organizations set search_language = 'english' where name = 'Initech';

insert into helpdesk.org_members (org_id, user_id, org_role)
  select demo.org('Initech'), demo.person(name), role
    from (values ('Jonas', 'org_agent'), ('Kim', 'org_agent'), ('Lena', 'org_customer'), ('Milo', 'org_customer'),
                 ('Otto', 'org_customer'), ('Pia', 'org_customer'), ('Zoe', 'org_customer')) members (name, role);

-- Tickets of the past are imported: each with its age in hours, and an answer after some minutes.
create temporary table past on commit drop as
  select row_number() over (order by hours desc) as n, past.*
    from (values
  (715, 'Lena', 'medium', 'Closed', 'Jonas', 'Labels print twice', 'Every shipping label comes out two times since the update.', 35, 'Version 4.2.1 fixes this. Please update and tell us whether it helped.'),
  (702, 'Milo', 'low', 'Closed', 'Kim', 'Where can I change my picture?', null, 12, 'In your profile, at the top right. Square pictures look best.'),
  (690, 'Otto', 'high', 'Closed', 'Jonas', 'Orders from Austria have no VAT', 'The invoice shows 0 % for Austrian customers.', 18, 'The rate was missing in our table. We have corrected all invoices since Monday.'),
  (668, 'Pia', 'medium', 'Closed', 'Kim', 'Scanner does not connect', 'The display shows "pairing" for ever.', 51, 'Hold both buttons for ten seconds, then pair again.'),
  (655, 'Zoe', 'low', 'Closed', 'Nora', 'Can we get invoices in English?', null, 140, 'Yes: choose the language under Billing.'),
  (643, 'Lena', 'urgent', 'Closed', 'Jonas', 'Nobody can ship: the queue stands still', 'Forty parcels are waiting.', 4, 'A worker had stopped. It runs again, and the queue is empty.'),
  (621, 'Milo', 'medium', 'Closed', 'Kim', 'CSV import skips the last line', 'If the file does not end with a line break.', 66, 'Thank you for the file. The next version reads it.'),
  (604, 'Otto', 'low', 'Closed', 'Kim', 'Two accounts for one person', null, 95, 'We have merged them.'),
  (590, 'Pia', 'medium', 'Closed', 'Jonas', 'Reports start on Sunday', 'Our week starts on Monday.', 42, 'Choose the first day of the week under Settings.'),
  (571, 'Zoe', 'high', 'Closed', 'Kim', 'Refund was paid twice', 'Order 20391.', 15, 'We are sorry. The second refund has been withdrawn.'),
  (548, 'Lena', 'low', 'Closed', 'Nora', 'Dark mode for the scanner?', null, 210, 'It comes with version 4.3.'),
  (530, 'Milo', 'medium', 'Resolved', 'Jonas', 'Webhook sends an empty body', 'Only for cancelled orders.', 33, 'Fixed since this morning.'),
  (509, 'Otto', 'medium', 'Closed', 'Kim', 'Address with two lines is cut', null, 58, 'The second line now appears on the label too.'),
  (487, 'Pia', 'low', 'Closed', 'Jonas', 'How long do you keep my data?', null, 75, 'Ten years for invoices, two years for everything else.'),
  (470, 'Zoe', 'medium', 'Resolved', 'Kim', 'Search does not find order numbers', 'I search for ORD-2024-00117.', 27, 'It does now, with and without the hyphens.'),
  (452, 'Lena', 'high', 'Closed', 'Jonas', 'Payment by card is refused', 'Three different cards.', 9, 'The bank had blocked our terminal. It works again.'),
  (430, 'Milo', 'low', 'Resolved', 'Kim', 'Wrong time in the log', null, 120, 'It was shown in UTC. Now it is your time zone.'),
  (411, 'Otto', 'medium', 'Resolved', 'Jonas', 'API answers 429 at night', 'Our job calls it every second.', 44, 'Please wait as long as the header Retry-After says.'),
  (389, 'Pia', 'medium', 'Closed', 'Kim', 'Parcel shown as delivered, but is not', null, 21, 'It was with the neighbours. The carrier apologizes.'),
  (370, 'Zoe', 'low', 'Closed', 'Nora', 'Please add our logo to the slips', null, 180, 'Done, as you can see on the next one.'),
  (349, 'Lena', 'medium', 'Resolved', 'Jonas', 'Stock is negative', 'Article 88-104 shows -3.', 30, 'Two people had booked it at once. It is 12 again.'),
  (331, 'Milo', 'high', 'Resolved', 'Kim', 'Customs papers are missing', 'For everything to Switzerland.', 13, 'They are attached to all open orders now.'),
  (310, 'Otto', 'low', 'Closed', 'Kim', 'Can I pause my subscription?', null, 88, 'Yes, for up to three months, under Billing.'),
  (287, 'Pia', 'medium', 'Resolved', 'Jonas', 'Mobile app closes itself', 'When I scan more than fifty articles.', 39, 'Version 4.2.3 no longer does.'),
  (266, 'Zoe', 'medium', 'Resolved', 'Kim', 'Discount code does not work', 'SPRING24.', 17, 'It had expired. We have given you the discount by hand.'),
  (244, 'Lena', 'low', 'Resolved', 'Kim', 'Change of our company name', null, 60, 'Changed everywhere, including old invoices.'),
  (222, 'Milo', 'medium', 'Resolved', 'Jonas', 'Pick list is sorted oddly', null, 52, 'It follows the shelves now.'),
  (203, 'Otto', 'high', 'Resolved', 'Jonas', 'Label printer offline since noon', null, 8, 'Its certificate had expired. All printers have a new one.'),
  (181, 'Pia', 'low', 'Waiting on customer', 'Kim', 'Export of all articles', 'For our new shop.', 47, 'Which columns do you need, and in which order?'),
  (166, 'Zoe', 'medium', 'Resolved', 'Kim', 'Returns are counted as sales', null, 25, 'The report leaves them out now.'),
  (149, 'Lena', 'medium', 'Resolved', 'Jonas', 'Slow on Monday mornings', null, 37, 'We have moved the weekly report to Sunday.'),
  (128, 'Milo', 'medium', 'Waiting on customer', 'Jonas', 'Barcode of one article cannot be read', 'It is EAN 4006381333931.', 29, 'Could you send us a picture of the label?'),
  (109, 'Otto', 'low', 'Resolved', 'Nora', 'Who is my contact person?', null, 70, 'Kim, and Jonas while Kim is on holiday.'),
  (93, 'Pia', 'high', 'In progress', 'Kim', 'Pallets are booked to the wrong shelf', 'Always one shelf too far to the right.', 11, 'We can see it too, and are looking for the cause.'),
  (76, 'Zoe', 'medium', 'Waiting on customer', 'Kim', 'Delivery to a packing station fails', null, 32, 'Please send us the number of the station.'),
  (61, 'Lena', 'low', 'New', null, 'A calendar with the holidays of all countries', 'We ship to eleven countries.', null, null),
  (49, 'Milo', 'medium', 'In progress', 'Jonas', 'Second warehouse does not appear', 'It was opened on Monday.', 24, 'It has to be unlocked for your account. I have asked for it.'),
  (34, 'Otto', 'medium', 'New', null, 'Invoice 2024-117 has the wrong total', 'It should be 1,204.50.', null, null),
  (27, 'Pia', 'medium', 'In progress', 'Kim', 'Two-factor code never arrives', 'I have a new telephone.', 19, 'Please use one of your recovery codes for now. Do you still have them?'),
  (20, 'Zoe', 'high', 'New', null, 'Carrier refuses our parcels since yesterday', 'They say that the contract number is unknown.', null, null),
  (9, 'Lena', 'low', 'New', null, 'How do I invite a colleague?', null, null, null),
  (3, 'Otto', 'high', 'In progress', 'Kim', 'Scales show grams instead of kilograms', 'All three, since the update tonight. We pack by hand until then.', 6, E'Good morning Otto,\n\nthank you for telling us at once. I can see it on our test scales too. Until the fix is there, you can switch the unit on each scale: hold UNIT for three seconds.'),
  (6, 'Milo', 'medium', 'New', null, 'Webhook delivered twice', 'Order 20977 was paid twice in our system.', null, null)
  ) past (hours, customer, priority, stage, agent, title, description, answer_minutes, answer);

insert into helpdesk.tickets (org_id, title, description, priority, created_by, assigned_to, current_stage_id,
                              created_at, updated_at, stage_entered_at, resolved_at, closed_at)
  select demo.org('Initech'), title, description, priority::helpdesk.ticket_priority, demo.person(customer), demo.person(agent),
         demo.stage('Initech', stage), opened, coalesce(done, answered, opened), coalesce(done, opened), done,
         case when stage = 'Closed' then done end
    from past,
         lateral (select now() - make_interval(hours => hours)) o (opened),
         lateral (select opened + make_interval(mins => answer_minutes)) a (answered),
         lateral (select case when stage in ('Resolved', 'Closed') then answered + make_interval(mins => 40 + 37 * (n::int % 23)) end) d (done)
   order by n;

insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at)
  select t.org_id, t.id, past.answer, t.assigned_to, t.created_at + make_interval(mins => answer_minutes)
    from past join helpdesk.tickets t on t.org_id = demo.org('Initech') and t.title = past.title
   where past.answer is not null;

insert into helpdesk.ticket_comments (org_id, ticket_id, content, is_internal, created_by, created_at)
  select t.org_id, t.id, said.content, said.is_internal, demo.person(said.name), t.created_at + make_interval(mins => said.minutes)
    from helpdesk.tickets t,
         (values ('Kim', 21, true, 'The update reads the unit from the wrong register. Jonas, can you prepare 4.2.5?'),
                 ('Otto', 64, false, 'That works for two of them. The one at gate 3 has no such button.'),
                 ('Jonas', 92, true, '4.2.5 is built. It goes out at noon.')) said (name, minutes, is_internal, content)
   where t.org_id = demo.org('Initech') and t.title like 'Scales%';

insert into helpdesk.ticket_attachments (org_id, ticket_id, comment_id, file_name, file_type, file_size, storage_path,
                                         uploaded_by, uploaded_at)
  select c.org_id, c.ticket_id, c.id, 'gate-3.jpg', 'image/jpeg', 348160, c.org_id || '/' || c.ticket_id || '/gate-3.jpg',
         c.created_by, c.created_at
    from helpdesk.ticket_comments c
   where c.org_id = demo.org('Initech') and c.content like '%The one at gate 3 has no such button.';

-- Today, people work through the API.
create function demo.say(p_who text, p_title text, p_content text) returns void language sql as $$
  select demo.sign_in(p_who);
  select helpdesk.add_comment(t.id, p_content) from helpdesk.tickets t where t.org_id = demo.org('Initech') and t.title = p_title;
$$;
select demo.sign_in('Kim'), helpdesk.watch_queue(demo.org('Initech'));
select demo.sign_in('Jonas'), helpdesk.watch_queue(demo.org('Initech'));
select helpdesk.update_ticket(t.id, '{"priority": "urgent"}') from helpdesk.tickets t
 where t.org_id = demo.org('Initech') and t.title like 'Scales%';
select demo.say('Otto', 'Scales show grams instead of kilograms', 'The forklifts are waiting. When will the update arrive?');
select demo.say('Pia', 'Two-factor code never arrives', 'No, they were on the old telephone.');
select demo.say('Milo', 'Second warehouse does not appear', 'Thank you. Is it possible before Friday?');

select demo.sign_in('Nora');
insert into helpdesk.categories (org_id, name)
  select demo.org('Initech'), name from unnest('{Account,Billing,Shipping,Developers}'::text[]) name;
insert into helpdesk.articles (org_id, author, title, content, categories, tags, visibility, status)
  select demo.org('Initech'), demo.person('Nora'), title, content, array[category], tags::text[], visibility, 'published'
    from (values
  ('Connect a label printer', E'Any printer with **ZPL** or **EPL** works.\n\n## Connect it\n\n1. Plug the printer in and wait until its light is green.\n2. Open *Settings, Printers* and choose **Add**.\n3. Enter the address that the printer shows, such as `10.0.4.17`.\n4. Print a test label.\n\n## If nothing comes out\n\n- The printer and the computer must be in the same network.\n- A red light means that the labels have run out.\n- After a change of address, remove the printer and add it again.\n\n> Labels that were sent while a printer was offline are printed as soon as it is back.', 'Shipping', '{printer,label,zpl}', 'public'),
  ('Scales: choose the unit', E'Each scale keeps its own unit.\n\n1. Hold **UNIT** for three seconds.\n2. Press it again until `kg` appears.\n3. Wait. The scale stores the unit by itself.\n\nScales without this button follow *Settings, Scales, Unit*.', 'Shipping', '{scale,unit,kilogram}', 'public'),
  ('Ship to a packing station', E'Write the number of the customer in the second line and the number of the station in the third:\n\n```\nPia Sommer\n12345678\nPackstation 145\n```\n\nThe carrier refuses parcels without both numbers.', 'Shipping', '{address,station}', 'public'),
  ('Send parcels to other countries', E'Outside of the European Union a parcel needs customs papers. We print them with the label, if **each article has**\n\n- a weight,\n- a country of origin,\n- a tariff number.', 'Shipping', '{customs,export}', 'public'),
  ('Invite a colleague', E'Only admins invite.\n\n1. Open *Admin, Members*.\n2. Enter the address and choose a role.\n\nThe invite is valid for **seven days**.', 'Account', '{members,invite}', 'public'),
  ('Two-factor sign-in and recovery codes', E'When you turn it on, you get ten recovery codes. *Print them*: each works once, also without your telephone.\n\nIf you have neither, an admin of your organization turns two-factor sign-in off for you.', 'Account', '{2fa,security,code}', 'public'),
  ('Read your invoice', E'| line | meaning |\n| --- | --- |\n| Base | the subscription of the month |\n| Parcels | labels that were printed, not those that were cancelled |\n| Credits | refunds of the month before |\n\nWrong total? Open a ticket with the number of the invoice.', 'Billing', '{invoice,total,vat}', 'public'),
  ('Webhooks: why an event may arrive twice', E'We deliver each event **at least once**. Without an answer within ten seconds we try again, so remember the ids that you have seen:\n\n```js\nif (seen.has(event.id)) return\nseen.add(event.id)\n```', 'Developers', '{webhook,retry,event}', 'public'),
  ('Limits of the API', E'Six hundred calls a minute for each key. Beyond that a call answers `429` with the header `Retry-After`, in seconds.', 'Developers', '{api,429}', 'public'),
  ('Runbook: the shipping queue stands still', E'1. Look at the age of the oldest job.\n2. Restart the worker.\n3. Tell the customers with open tickets within **fifteen minutes**.', 'Shipping', '{runbook}', 'internal')
  ) articles (title, content, category, tags, visibility);

insert into helpdesk.article_feedback (org_id, article_id, user_id, helpful)
  select a.org_id, a.id, demo.person(name), true
    from helpdesk.articles a, unnest('{Nora}'::text[]) name
   where a.org_id = demo.org('Initech') and a.title in ('Connect a label printer', 'Invite a colleague', 'Read your invoice');

commit;
\o
