//! A fake stack with any number of photos and real thumbnails, for the tests of the gallery.

use std::io::Cursor;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use contract::key::OriginalVersion;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use testkit::records;
use testkit::stack::{CATALOG, FakeStack, ORIGINALS, StackState, THUMBNAILS};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The sizes of the thumbnails, in pixels.
const SIZES: [(&str, u32, u32); 2] = [("small", 128, 96), ("medium", 512, 384)];

/// The number of different pictures.
const PICTURES: usize = 12;

/// The state of a photo.
#[derive(Clone, Debug)]
pub(crate) enum PhotoStage {
    /// Its thumbnails are stored, with this alt text if it has one.
    Done(Option<String>),
    /// It failed for this reason.
    Failed(String),
    /// Its message is in the queue.
    InFlight,
}

/// A fake stack with photos.
pub(crate) struct PhotoStack {
    pub(crate) stack: FakeStack,
    pictures: Vec<[Bytes; 2]>,
    thumbhash: String,
}

impl PhotoStack {
    /// Creates a stack without photos.
    pub(crate) fn new() -> Self {
        let pixels: Vec<u8> = draw(0, 60, 45).pixels().flat_map(|p| [p.0[0], p.0[1], p.0[2], 255]).collect();
        let pictures = (0..PICTURES)
            .map(|number| SIZES.map(|(_, width, height)| encode(&draw(number, width, height)).into()))
            .collect();
        Self {
            stack: FakeStack::new(StackState::default()),
            pictures,
            thumbhash: BASE64_STANDARD.encode(thumbhash::rgba_to_thumb_hash(60, 45, &pixels)),
        }
    }

    /// Adds a photo.
    pub(crate) fn add(&self, key: &str, modified: OffsetDateTime, stage: PhotoStage) {
        let mut state = self.stack.state.lock().unwrap();
        let original = state.add_photo(key);
        state.store.set_modified(ORIGINALS, key, modified);
        match stage {
            PhotoStage::Done(alt) => {
                let number = key.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
                let pictures = &self.pictures[usize::from(number) % PICTURES];
                let done = self.manifest(&original, modified);
                for (thumbnail, picture) in done["thumbnails"].as_array().unwrap().iter().zip(pictures) {
                    state.store.put(THUMBNAILS, thumbnail["key"].as_str().unwrap(), picture.clone());
                }
                state.store.put(CATALOG, &original.index_key(), "{}");
                state.store.set_modified(CATALOG, &original.index_key(), modified);
                state.store.put(CATALOG, &original.done_key(), done.to_string());
                if let Some(alt) = alt {
                    let text = records::alt_text(&original, &alt).to_string();
                    state.store.put(CATALOG, &original.alt_text_key("en"), text);
                }
            }
            PhotoStage::Failed(message) => {
                let failure = records::failed(&original, &message).to_string();
                state.store.put(CATALOG, &original.failure_key(), failure);
            }
            PhotoStage::InFlight => {}
        }
    }

    /// Makes the record of the photo at `key` unreadable.
    pub(crate) fn poison(&self, key: &str) {
        let mut state = self.stack.state.lock().unwrap();
        let id = state.store.current(ORIGINALS, key).unwrap().id.clone();
        let record = OriginalVersion::new(key, Some(&id), None).done_key();
        state.store.put(CATALOG, &record, "{\"schema\": 1");
    }

    /// Returns the alt text at this key of the catalog.
    pub(crate) fn alt_text(&self, key: &str) -> Option<Value> {
        self.stack.state.lock().unwrap().store.record(CATALOG, key)
    }

    /// Returns the messages that were sent to the queue.
    pub(crate) fn sent(&self) -> Vec<Value> {
        self.stack.state.lock().unwrap().sent.clone()
    }

    fn manifest(&self, original: &OriginalVersion, modified: OffsetDateTime) -> Value {
        let modified = modified.format(&Rfc3339).unwrap();
        let mut done = records::done(original);
        done["thumbnails"] = SIZES
            .map(|(preset, width, height)| {
                json!({
                    "preset": preset, "key": format!("{}{preset}.png", original.folder()), "format": "png",
                    "width": width, "height": height, "bytes": 1000,
                })
            })
            .to_vec()
            .into();
        done["thumbhash"] = json!(self.thumbhash);
        done["dominant_color"] = json!("#808080");
        done["completed_at"] = json!(modified);
        for (field, value) in [("bytes", json!(1_234_567)), ("width", json!(4000)), ("height", json!(3000))] {
            done["original"][field] = value;
        }
        done["original"]["last_modified"] = json!(modified);
        done
    }
}

/// Draws a simple landscape in the colors of `number`.
fn draw(number: usize, width: u32, height: u32) -> RgbImage {
    let turn = number as f32 / PICTURES as f32 * std::f32::consts::TAU;
    RgbImage::from_fn(width, height, |x, y| {
        let (across, down) = (x as f32 / width as f32, y as f32 / height as f32);
        let hill = 0.55 + 0.12 * (across * 5.0 + turn).sin() + 0.06 * (across * 13.0 - turn).sin();
        let channel = |shift: f32| {
            let sky = 150.0 + 80.0 * (turn + shift + down * 1.2).sin();
            let land = 70.0 + 50.0 * (turn + shift + 2.0 + across).sin() - 40.0 * (down - hill);
            if down < hill { sky as u8 } else { land as u8 }
        };
        Rgb([channel(0.0), channel(0.9), channel(1.8)])
    })
}

fn encode(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}
