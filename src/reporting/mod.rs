//! Reports for staff: how many tickets there are now, and what happened to them each day.

mod activity;
mod counters;
pub mod current_counts;
mod dashboard;
mod day_sums;
mod maintenance;
mod participant_name;
mod time_zone;
