//! The other way: image servers that are always on and resize at every first view, by published figures.

use serde::Serialize;

use crate::prices::Prices;
use crate::workload::{Photos, Workload};

/// Photos a second that imgproxy makes a 512x512 of on a c7i.large with 2 vCPU, as its authors measured
/// with photos of 2040x1350 pixels (DIV2K): JPEG, PNG, WebP.
/// <https://github.com/imgproxy/image-servers-benchmark/blob/main/results/x86_64.md>
const JPEG: f64 = 79.62;
const PNG: f64 = 19.25;
const WEBP: f64 = 22.04;

/// The pixels of those photos, in millions.
const MEGAPIXELS: f64 = 2.8;

/// Hours in a month.
const HOURS: f64 = crate::DAYS * 24.0;

/// What servers for the same load cost.
#[derive(Clone, Debug, Serialize)]
pub struct Servers {
    /// What runs.
    pub kind: &'static str,
    /// Thumbnails a second that one makes of photos like these.
    pub thumbnails_a_second: f64,
    /// How many are needed at `photos_a_second`.
    pub count: f64,
    /// The load they are made for.
    pub photos_a_second: f64,
    /// What they cost a month, in US dollars, without storage, traffic and load balancer.
    pub usd: f64,
    /// Where the figures come from.
    pub source: &'static str,
}

/// The servers for a peak of `photos_a_second`, each photo with `presets` thumbnails.
pub fn servers(workload: &Workload, presets: usize, photos_a_second: f64, prices: &Prices) -> Servers {
    // Seconds of a whole server for one thumbnail; most of it is reading the photo, so it grows with the pixels.
    let seconds = |photos: &Photos| {
        let rate = match photos.kind.as_str() {
            "png" | "tiff" | "gif" => PNG,
            "webp" | "avif" => WEBP,
            _ => JPEG,
        };
        photos.megapixels / MEGAPIXELS / rate
    };
    let thumbnails_a_second = 1.0 / workload.mean(seconds);
    let count = (photos_a_second * presets as f64 / thumbnails_a_second).ceil().max(1.0);
    Servers {
        kind: "imgproxy on c7i.large",
        thumbnails_a_second,
        count,
        photos_a_second,
        usd: prices.cost("c7i_large_hour", count * HOURS),
        source: "https://github.com/imgproxy/image-servers-benchmark",
    }
}
