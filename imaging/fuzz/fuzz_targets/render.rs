//! Any bytes end in thumbnails or an error, in bounded memory, whatever short cuts are taken.
#![no_main]

use contract::preset::{Fit, Preset, PresetFormat};
use imaging::{Limits, Paths, render_by};
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: {
        // A panic in the code of others is caught and becomes an error; one in ours is a finding.
        let abort = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if panic.location().is_none_or(|at| !at.file().contains("/.cargo/registry/")) {
                abort(panic);
            }
        }));
    },
    |original: &[u8]| {
        let limits =
            Limits { max_bytes: 1 << 20, max_pixels: 1 << 20, max_memory: 32 << 20 };
        let small = Preset { format: PresetFormat::Jpeg, ..Preset::inside("small", 16, 16) };
        let cover = Preset {
            fit: Fit::Cover,
            format: PresetFormat::Png,
            ..Preset::inside("cover", 40, 24)
        };
        for paths in [Paths::FAST, Paths::PLAIN] {
            if let Ok(rendered) = render_by(original, &[small.clone(), cover.clone()], &limits, paths, &|| false) {
                let sizes: Vec<_> = rendered.thumbnails.iter().map(|made| (made.width, made.height)).collect();
                assert!(matches!(sizes[..], [(1..=16, 1..=16), (1..=40, 1..=24)]), "{sizes:?}");
            }
        }
    }
);
