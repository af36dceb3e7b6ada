//! The alternative: always-on image servers that resize on the first view. The figures are published measurements.

use serde::Serialize;

use crate::prices::Prices;
use crate::workload::{Photos, Workload};

/// The photos per second from which imgproxy makes a thumbnail of 512x512 pixels on a c7i.large with 2 vCPUs. Its
/// authors measured this with photos of 2040x1350 pixels (DIV2K): JPEG, PNG, WebP.
/// <https://github.com/imgproxy/image-servers-benchmark/blob/main/results/x86_64.md>
const JPEG: f64 = 79.62;
const PNG: f64 = 19.25;
const WEBP: f64 = 22.04;

/// The pixels of those photos, in millions.
const MEGAPIXELS: f64 = 2.8;

/// The number of hours in a month.
const HOURS: f64 = crate::DAYS * 24.0;

/// The servers for the same load, and their cost.
#[derive(Clone, Debug, Serialize)]
pub struct Servers {
    /// The server software and instance type.
    pub kind: &'static str,
    /// The thumbnails per second of one server for this mix of photos.
    pub thumbnails_a_second: f64,
    /// The number of servers for `photos_a_second`.
    pub count: f64,
    /// The load that determines their number.
    pub photos_a_second: f64,
    /// The cost per month, in US dollars, without storage, traffic, and load balancer.
    pub usd: f64,
    /// The source of the figures.
    pub source: &'static str,
}

/// Returns the servers for a peak of `photos_a_second`, each photo with `presets` thumbnails.
pub fn servers(workload: &Workload, presets: usize, photos_a_second: f64, prices: &Prices) -> Servers {
    // Returns the seconds of a whole server for one thumbnail. Most of this is reading the photo, so it grows with the
    // pixels.
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
