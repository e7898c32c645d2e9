//! Where each function runs on a cluster. distribute() replaces the functions that do not run on
//! the coordinator by ones that send the call on.

use pgrx::iter::TableIterator;
use pgrx::prelude::*;

/// How the coordinator finds out where a call belongs.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Route {
    /// By p_org_id, or else by the ticket, the article or the workflow that the call names.
    Organization,
    Ticket,
    Article,
    Workflow,
    /// By p_org_id, or else every organization of the caller, and the sum of the answers.
    MyOrganizations,
    /// By the organizations of the tickets in p_ticket_ids.
    Tickets,
    /// By the first folder of p_storage_path.
    Path,
    /// By p_org_id, or else all organizations.
    AnyOrganization,
    /// Every worker, in a transaction of its own.
    Workers,
    /// The coordinator: the function needs none of the distributed tables.
    Coordinator,
    /// An import, whose people the coordinator creates before the worker imports the rest.
    Import,
}

use Route::*;

impl Route {
    fn name(self) -> &'static str {
        match self {
            Organization => "organization",
            Ticket => "ticket",
            Article => "article",
            Workflow => "workflow",
            MyOrganizations => "my_organizations",
            Tickets => "tickets",
            Path => "path",
            AnyOrganization => "any_organization",
            Workers => "workers",
            Coordinator => "coordinator",
            Import => "import",
        }
    }
}

/// Functions that are not listed need no organization, and run on the coordinator.
const ROUTES: &[(&str, Route)] = &[
    ("add_attachment", Ticket),
    ("add_comment", Ticket),
    ("appoint_admin", Coordinator),
    ("archive_article", Article),
    ("claim_next_ticket", Organization),
    ("cleanup_old_notifications", Workers),
    ("continue_search_rebuild", Workers),
    ("count_tickets", Organization),
    ("count_unread_notifications", MyOrganizations),
    ("create_notification", Organization),
    ("create_org_invite", Coordinator),
    ("create_ticket", Organization),
    ("customer_assignee_name", Organization),
    ("document_lexemes", Coordinator),
    ("create_missing_people", Coordinator),
    ("find_missing_people", Organization),
    ("forget_person", Coordinator),
    ("get_article", Article),
    ("get_ticket_details", Ticket),
    ("import_tickets", Import),
    ("join_organization", Coordinator),
    ("leave_organization", Coordinator),
    ("list_articles", Organization),
    ("list_categories", Organization),
    ("list_org_members", Coordinator),
    ("list_org_tickets", Organization),
    ("list_organizations", Coordinator),
    ("mark_notifications_read", MyOrganizations),
    ("may_read_file", Path),
    ("may_upload_file", Path),
    ("org_dashboard", Organization),
    ("publish_article", Article),
    ("rate_article", Article),
    ("rebuild_derived_data", Workers),
    ("rebuild_search_index", AnyOrganization),
    ("rebuild_ticket_stats", Workers),
    ("refresh_ticket_stats", Workers),
    ("remove_member", Coordinator),
    ("reorder_stages", Workflow),
    ("resolve_ticket", Ticket),
    ("revert_article", Article),
    ("search", Organization),
    ("search_articles", Organization),
    ("set_member_role", Coordinator),
    ("start_search_rebuild", AnyOrganization),
    ("suggest_articles", Ticket),
    ("ticket_activity", Organization),
    ("ticket_participant_name", Organization),
    ("update_ticket", Ticket),
    ("update_tickets", Tickets),
    ("verify_derived_data", Workers),
    ("verify_ticket_stats", Workers),
    ("watch_queue", Organization),
    ("watch_ticket", Ticket),
];

pub(super) fn route_of(function: &str) -> Option<Route> {
    ROUTES.iter().find(|(name, _)| *name == function).map(|(_, route)| *route)
}

/// Where each function runs on a cluster.
#[pg_extern(immutable, parallel_safe)]
fn function_routes()
-> TableIterator<'static, (name!(function_name, &'static str), name!(route, &'static str))> {
    TableIterator::new(ROUTES.iter().map(|(name, route)| (*name, route.name())))
}
