-- A few rows of Zammad's tables, with the columns that docs/import.md reads.
create temp table ticket_states (id bigint, name text);
insert into ticket_states values (2, 'open'), (3, 'pending reminder'), (4, 'closed');
create temp table ticket_priorities (id bigint, name text);
insert into ticket_priorities values (1, '1 low'), (2, '2 normal'), (3, '3 high');
create temp table users (id bigint, login text, firstname text, lastname text, email text);
insert into users values
  (1, '-', '-', '', ''),
  (3, 'chris@chrispresso.example', 'Chris', 'Miller', 'chris@chrispresso.example'),
  (7, 'emily@mail.example', 'Emily', 'Adams', 'emily@mail.example'),
  (8, '+4930901820', 'Caller', '', '');
create temp table tickets (
  id bigint, number text, title text, state_id bigint, priority_id bigint, owner_id integer, customer_id integer,
  close_at timestamp, created_at timestamp, updated_at timestamp);
insert into tickets values
  (12, '32012', 'Broken cup', 4, 3, 3, 7, '2022-05-04 17:00', '2022-05-03 09:00', '2022-05-04 17:00'),
  (13, '32013', '', 2, 2, 1, 8, null, '2022-05-05 08:00', '2022-05-05 08:00');
create temp table ticket_articles (
  id bigint, ticket_id bigint, body text, content_type text, internal boolean, created_by_id integer, origin_by_id integer,
  created_at timestamp);
insert into ticket_articles values
  (31, 12, 'My cup is broken.<br>Can you replace it?', 'text/html', false, 7, null, '2022-05-03 09:00'),
  (32, 12, 'A new one is on its way.', 'text/plain', false, 3, null, '2022-05-03 10:00'),
  (33, 12, 'The third one this week', 'text/plain', true, 3, null, '2022-05-03 10:05'),
  (34, 13, 'Asks for the "blue" catalog', 'text/plain', false, 3, 8, '2022-05-05 08:00');
