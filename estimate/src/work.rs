//! The work on a photo: how long a function takes for it, alone and in a batch.

use std::collections::BTreeMap;

use contract::preset::{Preset, PresetFormat};
use serde::Deserialize;

use crate::error::Error;
use crate::prices::read;
use crate::setup::FunctionSetup;
use crate::workload::{Photos, Workload};

/// The memory that has a whole processor, in MB.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>
const MB_A_PROCESSOR: f64 = 1769.0;

/// What was measured; see `speeds.json`.
#[derive(Clone, Debug, Deserialize)]
pub struct Speeds {
    /// Reading a photo, by its kind.
    pub kinds: BTreeMap<String, CostPerMegapixel>,
    /// Making a thumbnail, by its format.
    formats: BTreeMap<String, ThumbnailCost>,
    /// How long S3 takes to answer, in milliseconds.
    s3_request_ms: f64,
}

/// Milliseconds on a whole processor, as a straight line over the pixels.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct CostPerMegapixel {
    ms: f64,
    ms_a_megapixel: f64,
}

/// What a thumbnail costs by its own pixels.
#[derive(Clone, Copy, Debug, Deserialize)]
struct ThumbnailCost {
    ms_a_megapixel: f64,
    bytes_a_pixel: f64,
}

/// The thumbnail function at work.
#[derive(Clone, Debug)]
pub struct Work {
    /// Seconds on a whole processor for each kind of the workload, in its order.
    pub cpu: Vec<f64>,
    /// The size of a photo's thumbnails together, in bytes, on average.
    pub thumbnail_bytes: f64,
    /// Seconds that a photo waits for S3, one request after the other.
    pub waiting: f64,
    /// Processors the function has.
    pub processors: f64,
    /// Its memory, in GB.
    pub memory: f64,
}

impl Speeds {
    /// Those that are built in, with `s3_request_ms` where it is given.
    pub fn read(s3_request_ms: Option<f64>) -> Result<Self, Error> {
        let speeds: Self = read(include_str!("speeds.json"))?;
        Ok(Self { s3_request_ms: s3_request_ms.unwrap_or(speeds.s3_request_ms), ..speeds })
    }

    /// Seconds on a whole processor for one of `photos`.
    fn cpu(&self, photos: &Photos, presets: &[Preset]) -> f64 {
        if let Some(ms) = photos.ms {
            return ms / 1e3;
        }
        let read = self
            .kinds
            .get(&photos.kind)
            .copied()
            .unwrap_or(CostPerMegapixel { ms: 0.0, ms_a_megapixel: 0.0 });
        let made = presets
            .iter()
            .map(|preset| self.output(preset).ms_a_megapixel * pixels(preset, photos.megapixels) / 1e6);
        (read.ms + read.ms_a_megapixel * photos.megapixels + made.sum::<f64>()) / 1e3
    }

    fn output(&self, preset: &Preset) -> ThumbnailCost {
        let name = match preset.format {
            PresetFormat::Webp => "webp",
            PresetFormat::Png => "png",
            PresetFormat::Avif => "avif",
            PresetFormat::Jpeg | PresetFormat::Auto => "jpeg",
        };
        self.formats.get(name).copied().unwrap_or(ThumbnailCost { ms_a_megapixel: 0.0, bytes_a_pixel: 0.0 })
    }
}

/// The pixels of a thumbnail of a photo with 4:3, which is never enlarged.
fn pixels(preset: &Preset, megapixels: f64) -> f64 {
    let (width, height) = (f64::from(preset.width), f64::from(preset.height));
    let width = width.min(height * 4.0 / 3.0);
    (width * width * 0.75).min(megapixels * 1e6)
}

impl Work {
    /// The work on photos of `workload` with `presets`.
    pub fn on(workload: &Workload, presets: &[Preset], function: &FunctionSetup, speeds: &Speeds) -> Self {
        let bytes = |photos: &Photos| {
            let bytes = |preset| speeds.output(preset).bytes_a_pixel * pixels(preset, photos.megapixels);
            presets.iter().map(bytes).sum::<f64>()
        };
        Self {
            cpu: workload.0.iter().map(|photos| speeds.cpu(photos, presets)).collect(),
            thumbnail_bytes: workload.mean(bytes),
            waiting: f64::from(contract::calls::ROUNDS) * speeds.s3_request_ms / 1e3,
            processors: f64::from(function.memory) / MB_A_PROCESSOR,
            memory: f64::from(function.memory) / 1024.0,
        }
    }

    /// Seconds for a batch whose photos take `cpu` seconds together on a processor, and the longest `longest`.
    ///
    /// The photos wait for S3 all at once, and one renders while others wait; a photo has no more than one processor.
    pub fn seconds(&self, cpu: f64, longest: f64) -> f64 {
        self.waiting + (cpu / self.processors).max(longest / self.processors.min(1.0))
    }

    /// Seconds for a batch of `count` photos like the mean of `workload`.
    pub fn mean_seconds(&self, workload: &Workload, count: f64) -> f64 {
        let mean = self.mean_cpu(workload);
        self.seconds(mean * count, mean)
    }

    /// Seconds on a processor for a photo, on average.
    pub fn mean_cpu(&self, workload: &Workload) -> f64 {
        workload.0.iter().zip(&self.cpu).map(|(photos, cpu)| photos.share * cpu).sum()
    }
}
