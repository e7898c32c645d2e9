-- The columns of organization $1 that differ from what they are derived from, with the number of
-- rows and one of them. $2: the organization's part of the prefix of lexemes. Fragments in braces
-- come from derived_facts.sql and src/fulltext.
with {facts}, wrong (table_name, column_name, id) as (
  select 'tickets', w.name, t.id
    from helpdesk.tickets t
    left join comments c on c.ticket_id = t.id
    left join last_public l on l.ticket_id = t.id
    left join files f on f.ticket_id = t.id
    left join helpdesk.workflow_stages s on s.org_id = $1 and s.id = t.current_stage_id
   cross join lateral (values
     ('public_comment_count', t.public_comment_count <> coalesce(c.public_count, 0)),
     ('public_attachment_count', t.public_attachment_count <> coalesce(f.public_count, 0)),
     ('last_public_comment_at', t.last_public_comment_at is distinct from c.last_public_at),
     ('is_answered', case when t.is_answered then not coalesce(l.by_others, false)
                          else l.by_others and not l.by_requester end),
     ('first_response_at', c.first_response_at < coalesce(t.first_response_at, 'infinity')),
     ('status', t.status <> s.status)) w (name, is_wrong)
   where t.org_id = $1 and w.is_wrong
  union all
  select 'ticket_internal_counts', w.name, t.id
    from helpdesk.tickets t
    left join helpdesk.ticket_internal_counts i on i.org_id = $1 and i.ticket_id = t.id
    left join comments c on c.ticket_id = t.id
    left join files f on f.ticket_id = t.id
   cross join lateral (values
     ('comment_count', coalesce(i.comment_count, 0) <> coalesce(c.internal_count, 0)),
     ('attachment_count', coalesce(i.attachment_count, 0) <> coalesce(f.internal_count, 0)))
         w (name, is_wrong)
   where t.org_id = $1 and w.is_wrong
  union all
  select 'ticket_comments', 'requester_id', c.id
    from helpdesk.ticket_comments c
    join helpdesk.tickets t on t.org_id = $1 and t.id = c.ticket_id
   where c.org_id = $1 and c.requester_id <> t.created_by
  union all
  select 'ticket_attachments', 'requester_id', a.id
    from helpdesk.ticket_attachments a
    join helpdesk.tickets t on t.org_id = $1 and t.id = a.ticket_id
   where a.org_id = $1 and a.requester_id <> t.created_by
  union all
  select 'ticket_history', 'requester_id', h.id
    from helpdesk.ticket_history h
    join helpdesk.tickets t on t.org_id = $1 and t.id = h.ticket_id
   where h.org_id = $1 and h.requester_id <> t.created_by
  union all
  select 'articles', w.name, a.id
    from helpdesk.articles a
    join helpdesk.organizations o on o.id = $1
    left join ratings r on r.article_id = a.id
   cross join lateral (values
     ('helpful_count', a.helpful_count <> coalesce(r.helpful, 0)),
     ('unhelpful_count', a.unhelpful_count <> coalesce(r.unhelpful, 0)),
     ('categories', exists (
       select from unnest(a.categories) n (name)
        where not exists (select from helpdesk.categories k where k.org_id = $1 and k.name = n.name))),
     ('title_key', a.title_key
                   <> helpdesk.sort_key(a.title, coalesce(o.sort_locale, o.search_language))))
         w (name, is_wrong)
   where a.org_id = $1 and w.is_wrong
  union all
  select 'search_documents', 'lexemes', d.id from ({wrong_documents}) d (id)
)
select w.table_name, w.column_name, count(*), (array_agg(w.id))[1]
  from wrong w
 group by 1, 2
 order by 1, 2
