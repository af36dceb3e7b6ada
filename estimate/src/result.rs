//! What came of a simulation: counts, quantiles and the course of it.

use serde::Serialize;

use crate::usage::Usage;
use crate::workload::Workload;

/// What came of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SimulationResult {
    /// Photos that came.
    pub photos: u64,
    /// Those with thumbnails at the end.
    pub done: u64,
    /// Messages that became dead letters.
    pub dead_letters: u64,
    /// Deliveries of photos, those again that had come before.
    pub deliveries: u64,
    /// Deliveries of photos that were done already.
    pub duplicates: u64,
    /// Batches worked on.
    pub batches: u64,
    /// Those in a new environment.
    pub cold_starts: u64,
    /// How often Lambda refused to start a batch.
    pub throttles: u64,
    /// Processes ended by a photo.
    pub killed: u64,
    /// When the last message was gone, in seconds.
    pub seconds: f64,
    /// What the function took, in GB-seconds.
    pub gb_seconds: f64,
    /// From upload to thumbnails, in seconds: half of the photos take no longer.
    pub median_seconds: f64,
    /// 99 of 100 take no longer.
    pub p99_seconds: f64,
    /// The longest that a photo which had not been tried yet was in the queue, in seconds.
    pub oldest_seconds: f64,
    /// The most batches at once.
    pub most_batches: usize,
    /// The course of it.
    pub samples: Vec<Sample>,
}

/// A moment.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Sample {
    /// When, in seconds.
    pub seconds: f64,
    /// Photos that come, a second.
    pub arriving: f64,
    /// Photos that get their thumbnails, a second.
    pub finishing: f64,
    /// Messages in the queue.
    pub waiting: usize,
    /// How long the oldest of them is there, in seconds.
    pub oldest: f64,
    /// Batches worked on.
    pub batches: usize,
}

impl SimulationResult {
    /// What it took of the services.
    pub fn usage(&self, workload: &Workload) -> Usage {
        Usage {
            photos: self.photos as f64,
            bytes: self.photos as f64 * workload.mean(|photos| photos.megabytes) * 1e6,
            invocations: self.batches as f64,
            gb_seconds: self.gb_seconds,
            // Sent one by one, received and deleted in batches.
            queue_requests: self.photos as f64 + 2.0 * self.batches as f64,
            deliveries: self.deliveries as f64,
        }
    }

    /// The course in at most `most` samples: of every group the one with the oldest message.
    pub fn timeline(&self, most: usize) -> Vec<Sample> {
        let group = self.samples.len().div_ceil(most).max(1);
        let worst = |samples: &[Sample]| samples.iter().copied().max_by(|a, b| a.oldest.total_cmp(&b.oldest));
        self.samples.chunks(group).filter_map(worst).collect()
    }
}

/// How long photos took, in classes each two per cent wider than the one before: constant memory for any count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waits {
    classes: Vec<u64>,
    count: u64,
}

impl Waits {
    /// In seconds.
    const LEAST: f64 = 1e-3;
    const GROWTH: f64 = 1.02;

    /// Counts one.
    pub(crate) fn add(&mut self, seconds: f64) {
        let class = (seconds / Self::LEAST).max(1.0).log(Self::GROWTH) as usize;
        if class >= self.classes.len() {
            self.classes.resize(class + 1, 0);
        }
        self.classes[class] += 1;
        self.count += 1;
    }

    /// How long so large a share of them took at most, in seconds.
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
    fn quantiles_are_right_within_their_classes() {
        let close = |value: f64, wanted: f64| assert!((value - wanted).abs() <= wanted * 0.02, "{value}");
        let mut waits = Waits::default();
        (1..=1000).for_each(|ms| waits.add(f64::from(ms) / 1e3));
        close(waits.quantile(0.5), 0.5);
        close(waits.quantile(0.99), 0.99);
        close(Waits::default().quantile(0.5), 0.0);
    }
}
