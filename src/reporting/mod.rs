//! Reports for staff: how many tickets are where, and what happened when. Triggers append deltas,
//! refresh_ticket_stats() folds them into counts, and reports read both.

mod activity;
pub mod counts;
mod dashboard;
mod deltas;
mod durations;
mod events;
mod maintenance;
mod participants;
mod time_zone;
