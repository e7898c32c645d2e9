-- The knowledge base of the demo: what Acme's customers ask most, and two pages for its agents.
\set ON_ERROR_STOP 1
\set QUIET 1
\o /dev/null
begin;

select demo.sign_in('Ada');

insert into helpdesk.categories (org_id, name)
  select demo.org('Acme'), name from unnest('{Account,Billing,Data,Integrations,Teams}'::text[]) name;

insert into helpdesk.articles (org_id, author, title, content, categories, tags, visibility, status)
  select demo.org('Acme'), demo.person('Cleo'), title, content, array[category], tags::text[], visibility, 'published'
    from (values
  ('Reset your password', 'Choose "Forgot password" on the sign-in page. We send you a link that is valid for one hour. Links that were sent earlier stop working.', 'Account', '{password,sign-in}', 'public'),
  ('Sign in with two-factor authentication', 'Scan the QR code with an authenticator app and enter the six digits. If the code never arrives by text message, check that the clock of your phone is right, or use a recovery code.', 'Account', '{2fa,security}', 'public'),
  ('Single sign-on with your identity provider', 'Members sign in with the account of their company. We support SAML and OpenID Connect. An admin uploads the metadata under Settings, Security.', 'Account', '{sso,saml,okta}', 'public'),
  ('Change your e-mail address', 'Enter the new address in your profile. We send a confirmation to both addresses. Notifications go to the new one from then on.', 'Account', '{email,profile}', 'public'),
  ('Close your account', 'Download your data first. Then choose "Close account" in your profile. We delete everything after thirty days.', 'Account', '{delete,gdpr}', 'public'),
  ('Switch to dark mode', 'Choose Dark under Appearance. Automatic follows the setting of your computer.', 'Account', '{theme,appearance}', 'public'),
  ('Browsers that we support', 'The two newest versions of Firefox, Chrome, Edge and Safari. In older ones you may see an empty screen.', 'Account', '{firefox,chrome,safari}', 'public'),
  ('Invite a colleague', 'Under Members, enter their e-mail address and choose a role. The invitation is valid for seven days and can be sent again.', 'Teams', '{members,invitation}', 'public'),
  ('Roles and what they may do', 'Admins manage members and billing. Agents answer tickets. Customers see their own tickets only.', 'Teams', '{permissions}', 'public'),
  ('Remove a member', 'Open Members and choose Remove. Their tickets are no longer assigned to anybody. Admins cannot remove the last admin.', 'Teams', '{members}', 'public'),
  ('Working hours and holidays', 'Enter when your team works. Times outside do not count for response targets.', 'Teams', '{calendar}', 'members'),
  ('Change the address on your invoices', 'Open Billing and edit the address. It appears on all invoices that we issue from then on. For an older invoice, open a ticket with its number.', 'Billing', '{invoice,address}', 'public'),
  ('Pay by card, direct debit or bank transfer', 'Cards are charged on the first of the month. For a bank transfer, quote the number of the invoice.', 'Billing', '{payment,credit card,sepa}', 'public'),
  ('Cancel your subscription', 'Choose Cancel under Billing. You can use everything until the end of the period. We do not refund started months.', 'Billing', '{cancellation,refund}', 'public'),
  ('Plans and quotas', 'Each plan has a quota of seats, storage and API calls. We raise a quota on request within a day.', 'Billing', '{limits,pricing}', 'public'),
  ('VAT and tax numbers', 'Enter the VAT number of your company under Billing. Companies in other EU countries pay by reverse charge.', 'Billing', '{vat,tax}', 'public'),
  ('Export data to CSV', 'Choose Export in any list. Files are encoded in UTF-8. If Excel shows broken umlauts, import the file with Data, From Text, and choose 65001: Unicode.', 'Data', '{csv,excel,umlauts}', 'public'),
  ('Import contacts from a spreadsheet', 'Upload a CSV file with a header line. Columns are matched by their names. Duplicates are merged by e-mail address.', 'Data', '{csv,excel,import}', 'public'),
  ('Reports: what the numbers mean', 'The median response time counts working hours. A report is empty when its filters exclude every ticket, for instance for a month in the future.', 'Data', '{reporting,statistics}', 'public'),
  ('How we back up your data', 'We take a backup every night and keep it for thirty-five days in another region.', 'Data', '{backup,restore}', 'public'),
  ('Delete a project', 'Only admins can delete a project. It stays in the trash for thirty days, from where it can be restored.', 'Data', '{project,trash}', 'public'),
  ('Create and rotate API keys', 'Keys are created under Settings, API. A call with a revoked or expired key answers 401 Unauthorized. Rotate keys every ninety days.', 'Integrations', '{api,401,token}', 'public'),
  ('Webhooks and retries', 'We deliver each event at least once, so that the same webhook may arrive twice. Compare the header X-Event-Id. Without an answer within ten seconds we try again, up to eight times.', 'Integrations', '{webhook,retry}', 'public'),
  ('Rate limits of the API', 'Six hundred calls a minute for each key. Beyond that a call answers 429 Too Many Requests with the header Retry-After.', 'Integrations', '{api,429}', 'public'),
  ('Connect Slack', 'Choose Slack under Integrations and allow access. Each channel can receive new tickets and comments.', 'Integrations', '{slack,chat}', 'public'),
  ('Runbook: nobody can sign in', 'Check the status page of the identity provider. Look for expired certificates. Post an incident within fifteen minutes and tell the customers with open tickets.', 'Account', '{runbook,incident}', 'internal'),
  ('Runbook: refunds and credit notes', 'Up to 100 euros an agent decides. Beyond that ask an admin. Issue the credit note in the accounting system.', 'Billing', '{runbook,refund}', 'internal')
  ) articles (title, content, category, tags, visibility);

commit;
\o
