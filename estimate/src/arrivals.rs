//! Arrivals: random upload times that follow a curve of photos per second. The same seed returns the same times.

use std::path::Path;

use fastrand::Rng;

use crate::error::Error;

/// A piecewise linear curve of photos per second over time. Two points at the same time make a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve(Vec<(f64, f64)>);

/// The maximum number of photos in a simulation. More photos would take minutes and gigabytes of memory.
const MAX_PHOTOS: f64 = 50e6;

/// The longest simulated time, in seconds. The simulator keeps two samples of each second.
const MAX_SECONDS: f64 = 31.0 * 86_400.0;

impl Curve {
    /// Returns a curve of `photos` within one second.
    pub fn burst(photos: f64) -> Self {
        Self::steady(photos, 1.0)
    }

    /// Returns a curve of `rate` photos per second for `seconds`.
    pub fn steady(rate: f64, seconds: f64) -> Self {
        Self(vec![(0.0, rate), (seconds, rate)])
    }

    /// Returns a curve of a day with an average of `rate`: a third of it at night, twice as much in the evening.
    pub fn day(rate: f64) -> Self {
        let shape = [(0, 0.5), (4, 0.3), (8, 0.8), (12, 1.1), (17, 1.2), (20, 2.0), (22, 1.5), (24, 0.5)];
        let mut points: Vec<(f64, f64)> =
            shape.iter().map(|&(hour, factor)| (f64::from(hour) * 3600.0, factor)).collect();
        let mean = Self(points.clone()).photos() / 86_400.0;
        points.iter_mut().for_each(|point| point.1 *= rate / mean);
        Self(points)
    }

    /// Returns a curve that rises from `rate` to `peak` in five minutes, stays there for five, and falls back in five.
    pub fn wave(rate: f64, peak: f64) -> Self {
        Self(vec![(0.0, rate), (300.0, peak), (600.0, peak), (900.0, rate), (1200.0, rate)])
    }

    /// Reads a file with one `seconds,photos_a_second` line per point.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| Error::unreadable("curve", path, &error))?;
        Self::parse(&text).map_err(|(line, problem)| {
            Error::usage(format!("{shown}:{line}: {problem}")).hint(
                "write one `seconds,photos_a_second` line per point, with increasing seconds".to_owned(),
            )
        })
    }

    fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut points: Vec<(f64, f64)> = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let is_head = at == 0 && line.starts_with(|c: char| c.is_ascii_alphabetic());
            if is_head || line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let number = |text: &str| text.trim().parse().ok().filter(|n: &f64| n.is_finite() && *n >= 0.0);
            let point = line.split_once(',').and_then(|(time, rate)| Some((number(time)?, number(rate)?)));
            let Some(point) = point else {
                return Err((at + 1, format!("expected two numbers, but found `{line}`")));
            };
            if points.last().is_some_and(|last| last.0 > point.0) {
                return Err((at + 1, "the time is earlier than in the line before".to_owned()));
            }
            points.push(point);
        }
        if points.len() < 2 {
            Err((1, "the curve has fewer than two points".to_owned()))
        } else {
            // The curve may begin at any time, such as the time of a clock.
            let begin = points[0].0;
            Ok(Self(points.into_iter().map(|(time, rate)| (time - begin, rate)).collect()))
        }
    }

    /// Returns an error if the simulation of the curve would take too long.
    pub fn check(&self) -> Result<(), Error> {
        let seconds = self.0.last().map_or(0.0, |last| last.0);
        if seconds > MAX_SECONDS {
            return Err(Error::usage(format!(
                "the curve takes {:.0} days, which is too long to simulate",
                (seconds / 86_400.0).ceil()
            ))
            .hint(format!("simulate at most {:.0} days", MAX_SECONDS / 86_400.0)));
        }
        let photos = self.photos();
        if photos > MAX_PHOTOS {
            return Err(Error::usage(format!(
                "the curve has {photos:.0} photos, which is too many to simulate"
            ))
            .hint(format!(
                "simulate a shorter time or a smaller load, with fewer than {MAX_PHOTOS:.0} photos"
            )));
        }
        Ok(())
    }

    /// Returns the number of photos.
    pub fn photos(&self) -> f64 {
        self.0.windows(2).map(|pair| (pair[1].0 - pair[0].0) * (pair[0].1 + pair[1].1) / 2.0).sum()
    }

    /// Returns the highest rate, in photos per second.
    pub fn peak(&self) -> f64 {
        self.0.iter().map(|point| point.1).fold(0.0, f64::max)
    }

    /// Returns random upload times: a Poisson process, thinned to the curve.
    pub fn arrivals(&self, mut random: Rng) -> impl Iterator<Item = f64> {
        let segments: Vec<_> = self.0.windows(2).map(|pair| (pair[0], pair[1])).collect();
        segments.into_iter().flat_map(move |((from, first), (to, last))| {
            let most = first.max(last);
            let mut now = from;
            let mut random = Rng::with_seed(random.u64(..));
            std::iter::from_fn(move || {
                loop {
                    if most <= 0.0 {
                        return None;
                    }
                    now -= (1.0 - random.f64()).ln() / most;
                    if now >= to {
                        return None;
                    }
                    let rate = first + (last - first) * (now - from) / (to - from);
                    if random.f64() * most < rate {
                        return Some(now);
                    }
                }
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arrivals_follow_the_curve_in_order() {
        let curve = Curve(vec![(0.0, 0.0), (100.0, 200.0), (100.0, 50.0), (200.0, 50.0)]);
        let times: Vec<f64> = curve.arrivals(Rng::with_seed(1)).collect();
        assert!(times.is_sorted() && times.iter().all(|time| (0.0..200.0).contains(time)));
        // 10,000 under the slope and 5,000 after it; six standard deviations are 735.
        assert!((times.len() as f64 - curve.photos()).abs() < 735.0, "{}", times.len());
        let late = times.iter().filter(|time| **time >= 100.0).count() as f64;
        assert!((late - 5000.0).abs() < 425.0, "{late}");
    }

    #[test]
    fn the_average_rate_of_a_day_is_the_given_rate() {
        let day = Curve::day(10.0);
        assert!((day.photos() - 864_000.0).abs() < 1.0 && day.peak() > 15.0);
    }

    #[test]
    fn a_curve_is_read_from_a_file_or_refused_with_the_line() {
        let curve = Curve::parse("seconds,photos_a_second\n0,1\n\n60,5\n").unwrap();
        assert_eq!(curve, Curve(vec![(0.0, 1.0), (60.0, 5.0)]));
        // The times of a clock.
        let clock = Curve::parse("1795514400,1\n1795518000,5\n").unwrap();
        assert_eq!(clock, Curve(vec![(0.0, 1.0), (3600.0, 5.0)]));
        assert!(clock.check().is_ok() && Curve::parse("0,0\n99999999,0\n").unwrap().check().is_err());
        assert_eq!(Curve::parse("0,1\n5,x\n").unwrap_err().0, 2);
        assert_eq!(Curve::parse("5,1\n0,1\n").unwrap_err().0, 2);
        assert!(Curve::parse("0,1\n").is_err());
    }
}
