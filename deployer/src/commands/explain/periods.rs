//! The periods in which the logs may have lines about a photo.

use serde::Serialize;
use time::{Duration, OffsetDateTime};

/// The retention of the queues in templates/core.yaml: all log lines are within this time of an upload, record,
/// attempt, or now.
const RETENTION: Duration = Duration::days(4);

/// A range of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Period {
    #[serde(with = "time::serde::rfc3339")]
    pub(super) from: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) until: OffsetDateTime,
}

/// Returns the periods, the newest first, in which the logs may have lines about a photo with events at `known` times.
pub(super) fn periods(known: &[OffsetDateTime], now: OffsetDateTime) -> Vec<Period> {
    // Clocks differ a little.
    let start = known.iter().min().copied().unwrap_or(now) - Duration::MINUTE;
    let end = now + Duration::MINUTE;
    let mut times: Vec<OffsetDateTime> = known.iter().copied().chain([now]).collect();
    times.sort();
    let mut periods: Vec<Period> = Vec::new();
    for at in times.into_iter().rev() {
        let period = Period { from: (at - RETENTION).max(start), until: (at + RETENTION).min(end) };
        match periods.last_mut() {
            Some(later) if period.until >= later.from => later.from = period.from,
            _ => periods.push(period),
        }
    }
    periods
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(known: &[i64], now: i64, expect: &[(i64, i64)]) {
        let day = |day: i64| OffsetDateTime::UNIX_EPOCH + Duration::days(day);
        let known: Vec<_> = known.iter().copied().map(day).collect();
        let found: Vec<(i64, i64)> = periods(&known, day(now))
            .into_iter()
            .map(|Period { from, until }| {
                // The minutes that allow for clock skew are not counted.
                let days = |at: OffsetDateTime| at.unix_timestamp().div_euclid(86_400);
                (days(from + Duration::MINUTE), days(until))
            })
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn the_log_search_of_an_old_photo_covers_days_and_not_years() {
        // Uploaded and done at once, a year ago.
        check(&[100, 100], 465, &[(461, 465), (100, 104)]);
        // Replayed last month.
        check(&[100, 435], 465, &[(461, 465), (431, 439), (100, 104)]);
        check(&[465], 465, &[(465, 465)]);
        check(&[], 465, &[(465, 465)]);
        check(&[460, 461], 465, &[(460, 465)]);
    }
}
