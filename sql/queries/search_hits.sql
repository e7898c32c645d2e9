-- What a page of search results shows: $1 organization, $2 ids, $3 kinds and $4 ranks in order.
select h.kind, h.id, coalesce(t.id, c.ticket_id), t.number, coalesce(a.title, t.title),
       coalesce(a.status, t.status), t.priority::text, c.is_internal,
       coalesce(c.created_at, a.created_at, t.created_at), h.rank, a.helpful_count,
       left(coalesce(c.content, concat_ws(E'\n', coalesce(a.title, t.title), coalesce(a.content, t.description))), 20000)
  from unnest($2::uuid[], $3::text[], $4::bigint[]) with ordinality as h (id, kind, rank, position)
  left join helpdesk.ticket_comments c on c.org_id = $1 and c.id = case h.kind when 'comment' then h.id end
  left join helpdesk.tickets t on t.org_id = $1 and t.id = case h.kind when 'ticket' then h.id when 'comment' then c.ticket_id end
  left join helpdesk.articles a on a.org_id = $1 and a.id = case h.kind when 'article' then h.id end
 order by h.position
