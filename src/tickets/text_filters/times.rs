//! Days and times in the text of a query: `2026-01-31`, `>=2026-01`, `2025..2026`, `today`.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, Timestamp, ToSpan};
use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;

use crate::platform::conditions::Arguments;
use crate::platform::datum::timestamp_from;
use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::time_zone::knows_time_zone;

/// From a time, inclusive, to another, exclusive.
#[derive(Clone, Copy, Default)]
pub struct Times {
    pub from: Option<TimestampWithTimeZone>,
    pub before: Option<TimestampWithTimeZone>,
}

impl Times {
    pub fn to_sql(self, column: &str, arguments: &mut Arguments) -> String {
        let from = self.from.map(|time| format!("{column} >= {}", arguments.bind(time)));
        let before = self.before.map(|time| format!("{column} < {}", arguments.bind(time)));
        let bounds: Vec<String> = from.into_iter().chain(before).collect();
        if bounds.is_empty() { "true".to_owned() } else { format!("({})", bounds.join(" and ")) }
    }
}

const TIME_ZONE: &str = "select o.time_zone from helpdesk.organizations o where o.id = $1";

const IN_TIME_ZONE: &str = "select $1::text::timestamp at time zone $2";

const TODAY: &str = "select to_char(now() at time zone $1, 'YYYY-MM-DD')";

/// A time as people write it. Without an offset it is one of the organization's time zone.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Moment {
    Local(DateTime),
    Exact(Timestamp),
}

/// What a value compares with: two moments, the second exclusive.
type Period = (Moment, Moment);

/// A comparison with bounds that may be missing.
#[derive(Debug, PartialEq)]
enum Comparison {
    Within(Option<Moment>, Option<Moment>),
    From(Moment),
    Before(Moment),
}

fn read_comparison(value: &str, period: impl Fn(&str) -> Option<Period>) -> Option<Comparison> {
    let rest = |operator| value.strip_prefix(operator).map(str::trim);
    if let Some((first, last)) = value.split_once("..") {
        let is_open = |text: &str| text.is_empty() || text == "*";
        let from = if is_open(first) { None } else { Some(period(first)?.0) };
        let before = if is_open(last) { None } else { Some(period(last)?.1) };
        return (from.is_some() || before.is_some()).then_some(Comparison::Within(from, before));
    }
    Some(if let Some(text) = rest(">=") {
        Comparison::From(period(text)?.0)
    } else if let Some(text) = rest(">") {
        Comparison::From(period(text)?.1)
    } else if let Some(text) = rest("<=") {
        Comparison::Before(period(text)?.1)
    } else if let Some(text) = rest("<") {
        Comparison::Before(period(text)?.0)
    } else {
        let (from, before) = period(value)?;
        Comparison::Within(Some(from), Some(before))
    })
}

/// A year, a month, a day, a minute or a second. `today` is looked up by the caller.
fn read_period(text: &str) -> Option<Period> {
    if let Ok(exact) = text.parse::<Timestamp>() {
        return Some((Moment::Exact(exact), Moment::Exact(exact.checked_add(1.second()).ok()?)));
    }
    let (start, length): (DateTime, Span) = match text.len() {
        4 => (format!("{text}-01-01").parse::<Date>().ok()?.into(), 1.year()),
        7 => (format!("{text}-01").parse::<Date>().ok()?.into(), 1.month()),
        10 => (text.parse::<Date>().ok()?.into(), 1.day()),
        _ => {
            let start: DateTime = text.parse().ok()?;
            (start, if start.time().second() == 0 { 1.minute() } else { 1.second() })
        }
    };
    // Years that Postgres writes in the same way.
    let is_common = (1..9999).contains(&start.year());
    let end = start.checked_add(length).ok().filter(|_| is_common)?;
    Some((Moment::Local(start), Moment::Local(end)))
}

/// The times that a value means, with the key for its kind of comparison: two open bounds must
/// both hold, as in `created:>=2026-01-01 created:<2026-02-01`.
pub fn find_times(
    org: Uuid,
    value: &str,
    [within, from, before]: [&'static str; 3],
) -> Result<Option<(&'static str, Times)>> {
    let has_digit = value.contains(|c: char| c.is_ascii_digit());
    let is_relative = value.to_lowercase().contains("day");
    if !has_digit && !is_relative {
        return Ok(None);
    }
    let zone = time_zone_of(org)?;
    let today = if is_relative { today_in(&zone)? } else { None };
    let range = read_comparison(value, |text| {
        let day = match text.to_lowercase().as_str() {
            "today" => today?,
            "yesterday" => today?.yesterday().ok()?,
            text => return read_period(&text.to_uppercase()),
        };
        let start = day.to_datetime(Time::midnight());
        Some((Moment::Local(start), Moment::Local(start.checked_add(1.day()).ok()?)))
    });
    let instant = |moment: Option<Moment>| {
        moment.map(|moment| to_instant(moment, &zone)).transpose().map(Option::flatten)
    };
    Ok(match range {
        None => None,
        Some(Comparison::Within(first, last)) => {
            Some((within, Times { from: instant(first)?, before: instant(last)? }))
        }
        Some(Comparison::From(time)) => {
            Some((from, Times { from: instant(Some(time))?, before: None }))
        }
        Some(Comparison::Before(time)) => {
            Some((before, Times { from: None, before: instant(Some(time))? }))
        }
    })
}

fn time_zone_of(org: Uuid) -> Result<String> {
    let zone: Option<String> = statement::read(TIME_ZONE).fetch_scalar(&[org.into()])?;
    Ok(zone.filter(|zone| knows_time_zone(zone)).unwrap_or("UTC".to_owned()))
}

fn today_in(zone: &str) -> Result<Option<Date>> {
    let today: Option<String> = statement::read(TODAY).fetch_scalar(&[zone.into()])?;
    Ok(today.and_then(|today| today.parse().ok()))
}

fn to_instant(moment: Moment, zone: &str) -> Result<Option<TimestampWithTimeZone>> {
    match moment {
        Moment::Exact(exact) => Ok(timestamp_from(exact)),
        Moment::Local(local) => {
            statement::read(IN_TIME_ZONE).fetch_scalar(&[local.to_string().into(), zone.into()])
        }
    }
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    fn read(value: &str) -> String {
        let text = |moment: Moment| match moment {
            Moment::Local(local) => local.to_string(),
            Moment::Exact(exact) => exact.to_string(),
        };
        match read_comparison(value, read_period) {
            None => "none".to_owned(),
            Some(Comparison::From(time)) => format!("from {}", text(time)),
            Some(Comparison::Before(time)) => format!("before {}", text(time)),
            Some(Comparison::Within(from, before)) => {
                let text = |moment: Option<Moment>| moment.map(text).unwrap_or_default();
                format!("{} to {}", text(from), text(before))
            }
        }
    }

    #[pg_test]
    fn ticket_text_filters_read_times_as_people_write_them() {
        for (value, wanted) in [
            ("2026-01-31", "2026-01-31T00:00:00 to 2026-02-01T00:00:00"),
            ("2026-02", "2026-02-01T00:00:00 to 2026-03-01T00:00:00"),
            ("2026", "2026-01-01T00:00:00 to 2027-01-01T00:00:00"),
            (">2026-01-31", "from 2026-02-01T00:00:00"),
            (">=2026-01-31", "from 2026-01-31T00:00:00"),
            ("<2026", "before 2026-01-01T00:00:00"),
            ("<=2026", "before 2027-01-01T00:00:00"),
            ("2025..2026-02", "2025-01-01T00:00:00 to 2026-03-01T00:00:00"),
            ("2025..", "2025-01-01T00:00:00 to "),
            ("*..2025", " to 2026-01-01T00:00:00"),
            (">2026-01-31T10:00Z", "from 2026-01-31T10:00:01Z"),
            (">=2026-01-31T10:00+02:00", "from 2026-01-31T08:00:00Z"),
            ("2026-01-31T10:00", "2026-01-31T10:00:00 to 2026-01-31T10:01:00"),
            ("2026-02-30", "none"),
            ("..", "none"),
            ("*..*", "none"),
            ("9999-12-31", "none"),
            ("0000", "none"),
            ("-999999-01-01", "none"),
            (">", "none"),
            ("12:45", "none"),
            ("last week", "none"),
        ] {
            assert_eq!(read(value), wanted, "{value}");
        }
    }
}
