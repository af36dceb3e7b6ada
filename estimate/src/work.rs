//! The work per photo: the duration of a function for one photo and for a batch.

use std::collections::BTreeMap;

use contract::preset::{Preset, PresetFormat};
use serde::Deserialize;

use crate::error::Error;
use crate::prices::read;
use crate::setup::FunctionSetup;
use crate::workload::{Photos, Workload};

/// The memory at which a function gets one full vCPU, in MB.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>
const MB_A_PROCESSOR: f64 = 1769.0;

/// The measured speeds in `speeds.json`.
#[derive(Clone, Debug, Deserialize)]
pub struct Speeds {
    /// Reading a photo, by its kind.
    pub kinds: BTreeMap<String, CostPerMegapixel>,
    /// Making a thumbnail, by its format.
    formats: BTreeMap<String, ThumbnailCost>,
    /// The latency of an S3 request, in milliseconds.
    s3_request_ms: f64,
}

/// The CPU time in milliseconds, as a linear function of the pixels.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct CostPerMegapixel {
    ms: f64,
    ms_a_megapixel: f64,
}

/// The CPU time of a thumbnail by its pixels.
#[derive(Clone, Copy, Debug, Deserialize)]
struct ThumbnailCost {
    ms_a_megapixel: f64,
    bytes_a_pixel: f64,
}

/// The work of the thumbnail function.
#[derive(Clone, Debug)]
pub struct Work {
    /// The CPU seconds for each kind of photo, in the order of the workload.
    pub cpu: Vec<f64>,
    /// The average total size of the thumbnails of a photo, in bytes.
    pub thumbnail_bytes: f64,
    /// The seconds that a photo waits for S3.
    pub waiting: f64,
    /// The number of vCPUs of the function.
    pub processors: f64,
    /// Its memory, in GB.
    pub memory: f64,
}

impl Speeds {
    /// Returns the built-in speeds, with `s3_request_ms` if given.
    pub fn read(s3_request_ms: Option<f64>) -> Result<Self, Error> {
        let speeds: Self = read(include_str!("speeds.json"))?;
        Ok(Self { s3_request_ms: s3_request_ms.unwrap_or(speeds.s3_request_ms), ..speeds })
    }

    /// Returns the CPU seconds for one of `photos`.
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

/// Returns the pixels of a thumbnail of a 4:3 photo, which is never enlarged.
fn pixels(preset: &Preset, megapixels: f64) -> f64 {
    let (width, height) = (f64::from(preset.width), f64::from(preset.height));
    let width = width.min(height * 4.0 / 3.0);
    (width * width * 0.75).min(megapixels * 1e6)
}

impl Work {
    /// Returns the work for the photos of `workload` with `presets`.
    pub fn for_workload(
        workload: &Workload,
        presets: &[Preset],
        function: &FunctionSetup,
        speeds: &Speeds,
    ) -> Self {
        let bytes = |photos: &Photos| {
            let bytes = |preset| speeds.output(preset).bytes_a_pixel * pixels(preset, photos.megapixels);
            presets.iter().map(bytes).sum::<f64>()
        };
        Self {
            cpu: workload.0.iter().map(|photos| speeds.cpu(photos, presets)).collect(),
            thumbnail_bytes: workload.mean(bytes),
            // An event is sent between the thumbnails and the manifest.
            waiting: f64::from(contract::calls::ROUNDS + u32::from(function.events)) * speeds.s3_request_ms
                / 1e3,
            processors: f64::from(function.memory) / MB_A_PROCESSOR,
            memory: f64::from(function.memory) / 1024.0,
        }
    }

    /// Returns the seconds for a batch whose photos take `cpu` CPU seconds together and at most `longest` each.
    ///
    /// All photos wait for S3 at the same time, and one renders while others wait. A photo uses at most one vCPU.
    pub fn seconds(&self, cpu: f64, longest: f64) -> f64 {
        self.waiting + (cpu / self.processors).max(longest / self.processors.min(1.0))
    }

    /// Returns the seconds for a batch of `count` average photos of `workload`.
    pub fn mean_seconds(&self, workload: &Workload, count: f64) -> f64 {
        let mean = self.mean_cpu(workload);
        self.seconds(mean * count, mean)
    }

    /// Returns the average CPU seconds of a photo.
    pub fn mean_cpu(&self, workload: &Workload) -> f64 {
        workload.0.iter().zip(&self.cpu).map(|(photos, cpu)| photos.share * cpu).sum()
    }
}
