//! Renders any bytes, and checks the cost against their length and their number of pixels. It counts the work and
//! does not measure the time.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use contract::preset::{Fit, Preset, PresetFormat};
use imaging::{FastPaths, Limits, inspect, render_with};

/// The system allocator, which counts the current and the maximum bytes.
struct CountingAllocator;

static HELD: AtomicU64 = AtomicU64::new(0);
static PEAK: AtomicU64 = AtomicU64::new(0);

// SAFETY: The system allocator does all the work.
#[allow(unsafe_code, reason = "an allocator is unsafe to implement")]
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size() as u64, Relaxed) + layout.size() as u64;
        PEAK.fetch_max(held, Relaxed);
        // SAFETY: The caller upholds the contract of the method.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size() as u64, Relaxed) + layout.size() as u64;
        PEAK.fetch_max(held, Relaxed);
        // SAFETY: The caller upholds the contract of the method.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size() as u64, Relaxed);
        // SAFETY: The caller upholds the contract of the method.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const LIMITS: Limits = Limits { max_bytes: 1 << 20, max_pixels: 1 << 20, max_memory: 32 << 20 };

/// Aborts on a panic in our code. `imaging` catches panics in third-party code and returns an error.
pub(crate) fn report_our_panics() {
    let abort = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.location().is_none_or(|at| !at.file().contains("/.cargo/registry/")) {
            abort(panic);
        }
    }));
}

pub(crate) fn check(original: &[u8]) {
    let small = Preset { format: PresetFormat::Jpeg, ..Preset::inside("small", 16, 16) };
    let cover = Preset { fit: Fit::Cover, format: PresetFormat::Png, ..Preset::inside("cover", 40, 24) };
    let presets = [small, cover];
    let header = inspect(original, &presets, &LIMITS);
    let pixels = header.as_ref().map_or(0, |header| u64::from(header.width) * u64::from(header.height));
    for (paths, is_fast) in [(FastPaths::ALL, true), (FastPaths::NONE, false)] {
        let held = HELD.load(Relaxed);
        PEAK.store(held, Relaxed);
        let asked = Cell::new(0_u64);
        let is_canceled = || {
            asked.set(asked.get() + 1);
            false
        };
        let rendered = render_with(original, &presets, &LIMITS, paths, &is_canceled);
        let used = PEAK.load(Relaxed) - held;
        assert!(used <= (64 << 20) + pixels * 8, "{used} bytes for {pixels} pixels");
        let steps = asked.get() * 65_536;
        let most = (13 << 20) / 2 + original.len() as u64 * 5 + (16 << 20) + pixels * 5;
        assert!(steps <= most, "{steps} steps for {} bytes, {pixels} pixels", original.len());
        if let Ok(rendered) = rendered {
            let sizes: Vec<_> = rendered.thumbnails.iter().map(|made| (made.width, made.height)).collect();
            assert!(matches!(sizes[..], [(1..=16, 1..=16), (1..=40, 1..=24)]), "{sizes:?}");
            let claimed = header.as_ref().map_or(0, |header| header.memory);
            // The header reports what `render` needs, which takes the fast paths.
            assert!(!is_fast || used <= claimed, "{used} bytes, but the header reports {claimed}");
        }
    }
}
