//! The picture in a page: the thumbnails in several sizes, and a blurred placeholder during loading.

use std::io::Cursor;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use contract::manifest::{Manifest, ThumbnailFacts};
use image::{ImageFormat, RgbaImage, imageops};
use maud::{Markup, html};

use crate::gallery::links::Site;
use crate::gallery::photo::GalleryPhoto;

/// The longer side of a placeholder, in pixels: a ThumbHash holds no more detail.
const PLACEHOLDER_PIXELS: u32 = 16;

/// How much the proportions of a thumbnail may differ from those of its photo if it shows the whole photo.
const SAME_PROPORTIONS: f64 = 0.03;

/// Returns the picture of `photo` with the text `alt` and the `sizes` of the page layout.
pub(crate) fn picture(
    site: Site,
    photo: &GalleryPhoto,
    manifest: &Manifest,
    alt: &str,
    sizes: &str,
) -> Markup {
    let shown = whole_thumbnails(manifest);
    let Some(fallback) = pick_medium(&shown) else { return html! {} };
    let address = |thumbnail: &ThumbnailFacts| site.thumbnail(photo, thumbnail);
    let candidates = shown.iter().map(|thumbnail| format!("{} {}w", address(thumbnail), thumbnail.width));
    let srcset = candidates.collect::<Vec<_>>().join(", ");
    html! {
        @if let Some(placeholder) = placeholder(&manifest.thumbhash) {
            img.placeholder src=(placeholder) alt="";
        }
        img.picture src=(address(fallback)) srcset=(srcset) sizes=(sizes) alt=(alt) width=(fallback.width)
            height=(fallback.height) loading="lazy" decoding="async" data-fallback=[site.fallback(photo, fallback)];
    }
}

/// Returns a medium-sized thumbnail, preferably one that shows the whole photo.
pub(crate) fn medium_thumbnail(manifest: &Manifest) -> Option<&ThumbnailFacts> {
    pick_medium(&whole_thumbnails(manifest))
}

fn pick_medium<'a>(shown: &[&'a ThumbnailFacts]) -> Option<&'a ThumbnailFacts> {
    shown.iter().find(|thumbnail| thumbnail.width >= 400).or(shown.last()).copied()
}

/// Returns the thumbnails that show the whole photo, the smallest first, or the widest one if all are cropped.
fn whole_thumbnails(manifest: &Manifest) -> Vec<&ThumbnailFacts> {
    let proportions = f64::from(manifest.original.width) / f64::from(manifest.original.height.max(1));
    let is_whole = |thumbnail: &&ThumbnailFacts| {
        let (width, height) = (f64::from(thumbnail.width), f64::from(thumbnail.height.max(1)));
        // Rounding may add or remove a pixel.
        let minimum = (width - 1.0) / (height + 1.0) * (1.0 - SAME_PROPORTIONS);
        let maximum = (width + 1.0) / (height - 1.0).max(0.5) * (1.0 + SAME_PROPORTIONS);
        (minimum..=maximum).contains(&proportions)
    };
    let mut shown: Vec<&ThumbnailFacts> = manifest.thumbnails.iter().filter(is_whole).collect();
    if shown.is_empty() {
        shown.extend(manifest.thumbnails.iter().max_by_key(|thumbnail| thumbnail.width));
    }
    shown.sort_by_key(|thumbnail| thumbnail.width);
    // A browser never selects the second of two pictures with the same width.
    shown.dedup_by_key(|thumbnail| thumbnail.width);
    shown
}

/// Returns the ThumbHash as the data URL of a small PNG, or `None` if it is not valid.
fn placeholder(thumbhash: &str) -> Option<String> {
    let hash = BASE64_STANDARD.decode(thumbhash).ok()?;
    let (width, height, rgba) = thumbhash::thumb_hash_to_rgba(&hash).ok()?;
    let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    if width == 0 || height == 0 {
        return None;
    }
    let pixels = RgbaImage::from_raw(width, height, rgba)?;
    let longer = width.max(height).max(1);
    let part = |side: u32| (side * PLACEHOLDER_PIXELS / longer).max(1);
    let small = imageops::resize(&pixels, part(width), part(height), imageops::FilterType::Triangle);
    let mut png = Cursor::new(Vec::new());
    small.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(format!("data:image/png;base64,{}", BASE64_STANDARD.encode(png.into_inner())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_is_small_and_garbage_has_none() {
        let hash = thumbhash::rgba_to_thumb_hash(100, 60, &[90; 100 * 60 * 4]);
        let address = placeholder(&BASE64_STANDARD.encode(hash)).unwrap();
        assert!(address.starts_with("data:image/png;base64,iVBOR") && address.len() < 1500, "{address}");
        for garbage in ["", "!", "AAAA", "AAAAAAAA"] {
            // An invalid ThumbHash may result in some picture, but must not cause a panic.
            let _ = placeholder(garbage);
        }
        assert_eq!(placeholder(""), None);
    }
}
