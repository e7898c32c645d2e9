-- What a page of search results shows: $1 organization, $2 ids, $3 kinds and $4 ranks in order.
-- An attachment shows its ticket, and its name as the text.
select case h.kind when 'attachment' then 'ticket' else h.kind end, coalesce(f.ticket_id, h.id),
       coalesce(t.id, c.ticket_id), t.number, coalesce(a.title, t.title),
       coalesce(a.status, t.status), t.priority::text, c.is_internal,
       coalesce(c.created_at, a.created_at, t.created_at), h.rank, a.helpful_count,
       left(coalesce(c.content, f.file_name, concat_ws(E'\n', coalesce(a.title, t.title), coalesce(a.content, t.description))), 100000)
  from unnest($2::uuid[], $3::text[], $4::bigint[]) with ordinality as h (id, kind, rank, position)
  left join helpdesk.ticket_comments c on c.org_id = $1 and c.id = case h.kind when 'comment' then h.id end
  left join helpdesk.ticket_attachments f on f.org_id = $1 and f.id = case h.kind when 'attachment' then h.id end
  left join helpdesk.tickets t on t.org_id = $1 and t.id = case h.kind when 'ticket' then h.id when 'comment' then c.ticket_id when 'attachment' then f.ticket_id end
  left join helpdesk.articles a on a.org_id = $1 and a.id = case h.kind when 'article' then h.id end
 order by h.position
