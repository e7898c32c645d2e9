//! Reports: how many tickets there are now and what happened to them each day, for staff; how large
//! each organization is, for administrators of the installation.

mod activity;
pub mod counters;
pub mod current_counts;
mod dashboard;
mod day_sums;
pub mod maintenance;
mod organizations;
mod participant_name;
mod time_zone;

/// The JSON of the reports.
#[cfg(test)]
pub fn describe(api: &mut crate::platform::json::schema::Api) {
    activity::describe(api);
    dashboard::describe(api);
    organizations::describe(api);
    participant_name::describe(api);
}
