//! The result of a simulation: counts, quantiles, and a timeline.

use serde::Serialize;

use crate::usage::Usage;
use crate::workload::Workload;

/// The result of a simulation.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SimulationResult {
    /// The number of uploaded photos.
    pub photos: u64,
    /// The number of photos with thumbnails at the end.
    pub done: u64,
    /// The number of dead letters.
    pub dead_letters: u64,
    /// The number of deliveries, including repeated ones.
    pub deliveries: u64,
    /// The number of deliveries of photos that were already done.
    pub duplicates: u64,
    /// The number of batches.
    pub batches: u64,
    /// The number of batches in a new environment.
    pub cold_starts: u64,
    /// The number of throttled batches.
    pub throttles: u64,
    /// The number of crashes.
    pub killed: u64,
    /// The time until the queue is empty, in seconds.
    pub seconds: f64,
    /// The duration of the function, in GB-seconds.
    pub gb_seconds: f64,
    /// The median time from upload to thumbnails, in seconds.
    pub median_seconds: f64,
    /// The 99th percentile of this time, in seconds.
    pub p99_seconds: f64,
    /// The maximum wait of a photo before its first attempt, in seconds.
    pub oldest_seconds: f64,
    /// The maximum number of concurrent batches.
    pub most_batches: usize,
    /// The timeline.
    pub samples: Vec<Sample>,
}

/// A point of the timeline.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Sample {
    /// The time, in seconds.
    pub seconds: f64,
    /// The uploads per second.
    pub arriving: f64,
    /// The finished photos per second.
    pub finishing: f64,
    /// Messages in the queue.
    pub waiting: usize,
    /// The age of the oldest message, in seconds.
    pub oldest: f64,
    /// The number of batches.
    pub batches: usize,
}

impl SimulationResult {
    /// Returns the usage of the services.
    pub fn usage(&self, workload: &Workload) -> Usage {
        Usage {
            photos: self.photos as f64,
            bytes: self.photos as f64 * workload.mean(|photos| photos.megabytes) * 1e6,
            invocations: self.batches as f64,
            gb_seconds: self.gb_seconds,
            // Messages are sent one by one, and received and deleted in batches.
            queue_requests: self.photos as f64 + 2.0 * self.batches as f64,
            deliveries: self.deliveries as f64,
        }
    }

    /// Returns the timeline in at most `most` samples. From each group it keeps the one with the oldest message.
    pub fn timeline(&self, most: usize) -> Vec<Sample> {
        let group = self.samples.len().div_ceil(most).max(1);
        let worst = |samples: &[Sample]| samples.iter().copied().max_by(|a, b| a.oldest.total_cmp(&b.oldest));
        self.samples.chunks(group).filter_map(worst).collect()
    }
}

/// A histogram of times. Each class is 2% wider than the one before, so it needs constant memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct WaitHistogram {
    classes: Vec<u64>,
    count: u64,
}

impl WaitHistogram {
    /// The upper end of the first class, in seconds.
    const LEAST: f64 = 1e-3;
    const GROWTH: f64 = 1.02;

    /// Counts a time.
    pub(crate) fn add(&mut self, seconds: f64) {
        let class = (seconds / Self::LEAST).max(1.0).log(Self::GROWTH) as usize;
        if class >= self.classes.len() {
            self.classes.resize(class + 1, 0);
        }
        self.classes[class] += 1;
        self.count += 1;
    }

    /// Returns the quantile for a share, in seconds.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let mut left = (self.count as f64 * share).ceil() as u64;
        for (class, count) in self.classes.iter().enumerate() {
            left = left.saturating_sub(*count);
            if left == 0 {
                return Self::LEAST * Self::GROWTH.powf(class as f64 + 0.5);
            }
        }
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_accurate_to_the_width_of_a_class() {
        let close = |value: f64, wanted: f64| assert!((value - wanted).abs() <= wanted * 0.02, "{value}");
        let mut waits = WaitHistogram::default();
        (1..=1000).for_each(|ms| waits.add(f64::from(ms) / 1e3));
        close(waits.quantile(0.5), 0.5);
        close(waits.quantile(0.99), 0.99);
        close(WaitHistogram::default().quantile(0.5), 0.0);
    }
}
