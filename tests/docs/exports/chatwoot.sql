-- A few rows of Chatwoot's tables, with the columns that docs/import.md reads.
create temp table accounts (id bigint, name text);
insert into accounts values (1, 'Acme');
create temp table users (id bigint, name text, email text);
insert into users values (4, 'Cleo', 'cleo@acme.example');
create temp table contacts (id bigint, account_id integer, name text, email text);
insert into contacts values (401, 1, 'Noor', 'noor@mail.example'), (402, 1, 'loud-moon-7', null);
create temp table conversations (
  id bigint, account_id integer, display_id integer, status integer, priority integer, assignee_id integer, contact_id bigint,
  created_at timestamp, last_activity_at timestamp);
insert into conversations values
  (1001, 1, 27, 1, 2, 4, 401, '2024-04-01 08:00', '2024-04-01 09:00'),
  (1002, 1, 28, 3, null, null, 402, '2024-04-02 08:00', '2024-04-02 08:00');
create temp table messages (
  id bigint, account_id integer, conversation_id integer, content text, message_type integer, private boolean,
  sender_type text, sender_id bigint, created_at timestamp);
insert into messages values
  (9001, 1, 1001, 'Does the widget speak Dutch?', 0, false, 'Contact', 401, '2024-04-01 08:00'),
  (9002, 1, 1001, E'Yes,\nit does.', 1, false, 'User', 4, '2024-04-01 08:30'),
  (9003, 1, 1001, 'Asked the translators', 1, true, 'User', 4, '2024-04-01 08:20'),
  (9004, 1, 1001, 'Conversation was marked resolved by Cleo', 2, false, null, null, '2024-04-01 09:00');
