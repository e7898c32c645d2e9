// Invariants of tickets. Each query returns the tickets that violate one.

/**
 * Tickets whose revisions are not numbered 1..n without a gap, linked from newest to oldest, with
 * the newest one equal to the ticket's current state.
 */
export function brokenHistories(db, tickets) {
  return db.sql(
    `with chain as (
       select h.*, row_number() over w as position, lag(h.id) over w as before,
              lead(h.id) over w is null as is_newest
         from helpdesk.ticket_history h
        where h.ticket_id = any ($1)
       window w as (partition by h.ticket_id order by h.version)
     )
     select t.number, c.version,
            c.version <> c.position as gap,
            c.previous_history_id is distinct from c.before as wrong_link,
            c.is_newest and (t.latest_history_id, t.version) is distinct from (c.id, c.version) as wrong_end,
            c.is_newest and (t.title, t.description, t.priority, t.status, t.assigned_to, t.current_stage_id)
              is distinct from (c.title, c.description, c.priority, c.status, c.assigned_to, c.workflow_stage_id)
              as wrong_state
       from helpdesk.tickets t
       left join chain c on c.ticket_id = t.id
      where t.id = any ($1)
        and (c.id is null or c.version <> c.position or c.previous_history_id is distinct from c.before
             or (c.is_newest
                 and (t.latest_history_id, t.version, t.title, t.description, t.priority, t.status, t.assigned_to,
                      t.current_stage_id)
                     is distinct from
                     (c.id, c.version, c.title, c.description, c.priority, c.status, c.assigned_to,
                      c.workflow_stage_id)))`,
    [tickets],
  );
}

/** Tickets whose counters of comments and attachments, or whose last public comment, are wrong. */
export function wrongCounts(db, tickets) {
  return db.sql(
    `select t.number, kept.*, real.*
       from helpdesk.tickets t
       left join helpdesk.ticket_internal_counts i on i.org_id = t.org_id and i.ticket_id = t.id
      cross join lateral (
        select t.public_comment_count, t.public_attachment_count, t.last_public_comment_at, t.is_answered,
               coalesce(i.comment_count, 0) as internal_comment_count,
               coalesce(i.attachment_count, 0) as internal_attachment_count) kept
      cross join lateral (
        select (select count(*) filter (where not c.is_internal)::int from helpdesk.ticket_comments c where c.ticket_id = t.id),
               (select count(*) filter (where not a.is_internal)::int from helpdesk.ticket_attachments a where a.ticket_id = t.id),
               last.created_at, coalesce(last.created_by <> t.created_by, false),
               (select count(*) filter (where c.is_internal)::int from helpdesk.ticket_comments c where c.ticket_id = t.id),
               (select count(*) filter (where a.is_internal)::int from helpdesk.ticket_attachments a where a.ticket_id = t.id)
          from (select) one
          left join lateral (
            select c.created_at, c.created_by from helpdesk.ticket_comments c
             where c.ticket_id = t.id and not c.is_internal order by c.created_at desc, c.id desc limit 1) last on true
        ) real (public_comments, public_attachments, last_at, is_answered, internal_comments, internal_attachments)
      where t.id = any ($1) and row(kept.*) is distinct from row(real.*)`,
    [tickets],
  );
}

/**
 * The deadlocks in this database. Sessions report theirs when idle, so disconnect them before
 * calling this.
 */
export function deadlocks(db) {
  return db.value('select deadlocks::int from pg_stat_database where datname = current_database()');
}
