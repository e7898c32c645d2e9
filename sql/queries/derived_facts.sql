-- What the columns of organization $1 that triggers keep are derived from: the WITH queries of
-- verify_derived_data() and rebuild_derived_data().
members as materialized (
  select m.user_id from helpdesk.org_members m
   where m.org_id = $1 and m.org_role <> 'org_customer'
), comments as materialized (
  select c.ticket_id,
         (count(*) filter (where not c.is_internal))::integer as public_count,
         (count(*) filter (where c.is_internal))::integer as internal_count,
         max(c.created_at) filter (where not c.is_internal) as last_public_at,
         min(c.created_at) filter (
           where not c.is_internal and c.created_by <> t.created_by
             and c.created_by in (select m.user_id from members m)) as first_response_at
    from helpdesk.ticket_comments c
    join helpdesk.tickets t on t.org_id = $1 and t.id = c.ticket_id
   where c.org_id = $1
   group by c.ticket_id
), last_public as materialized (
  -- Of several comments with the same timestamp, any may have been written last.
  select c.ticket_id, bool_or(c.created_by <> t.created_by) as by_others,
         bool_or(c.created_by = t.created_by) as by_requester
    from comments l
    join helpdesk.ticket_comments c
      on c.org_id = $1 and c.ticket_id = l.ticket_id and c.created_at = l.last_public_at
    join helpdesk.tickets t on t.org_id = $1 and t.id = c.ticket_id
   where not c.is_internal
   group by c.ticket_id
), files as materialized (
  select a.ticket_id,
         (count(*) filter (where not a.is_internal))::integer as public_count,
         (count(*) filter (where a.is_internal))::integer as internal_count
    from helpdesk.ticket_attachments a
   where a.org_id = $1
   group by a.ticket_id
), ratings as materialized (
  select f.article_id,
         (count(*) filter (where f.helpful))::integer as helpful,
         (count(*) filter (where not f.helpful))::integer as unhelpful
    from helpdesk.article_feedback f
   where f.org_id = $1
   group by f.article_id
)
