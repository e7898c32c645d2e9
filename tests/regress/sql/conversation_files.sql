-- Names and types of files: text in one line, in which something can be seen.

call test.create_conversation();

---- Names and types of files: in one line, with something visible in them

call test.sign_in('Alice');
select test.error_of(format('select helpdesk.add_attachment(test.ticket_id(''Noise''), %L, ''text/plain'', 1, ''a'')', name))
  from unnest(array[E'two\nlines', E'bell\u0007', E'evil\u202Egpj.exe', E'\u2066isolated', E'\u200B', E'\u3164\u2800']) name;
select test.error_of(format('select helpdesk.add_attachment(test.ticket_id(''Noise''), ''a'', %L, 1, ''a'')', type))
  from unnest(array[E'text/plain\r\nx: y', ' ']) type;
select test.attempt(format('insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path)
  values (test.org_id(''Acme''), test.ticket_id(''Noise''), %L, %L, 1, ''a'')', name, type))
  from (values (E'evil\u202Egpj.exe', 'text/plain'), ('a', E'text/plain\n'), (E'\u200B', 'text/plain')) f (name, type);
-- Without a type, through the function and the table
select helpdesk.add_attachment(test.ticket_id('Noise'), E'r\u00E9sum\u00E9 \U0001F469\u200D\U0001F4BB', '', 1, 'typeless') is not null;
insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path)
  values (test.org_id('Acme'), test.ticket_id('Noise'), 'a', '', 1, 'typeless');
select file_name, file_type from helpdesk.ticket_attachments where storage_path = 'typeless' order by file_name;
select helpdesk.is_text(text, 3) from unnest(array['', 'abc', 'abcd', E' \t\u00A0', E'\u00AD\uFEFF', E'\u3164', E'\u200Dx', U&'\+01F642']) text;
