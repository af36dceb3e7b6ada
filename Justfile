# What a developer runs. `just` alone lists it.

[private]
default:
    @just --list

# The sample photos through the whole system on this machine.
demo *photos:
    cargo run --release -- demo {{ photos }}

# All tests.
test:
    cargo test --workspace

# Formatting, lints and the template's linters.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    templates/lint/run

# Imaging against Pillow, libvips and sharp, time, memory and quality: tables, a plot and JSON in imaging/bench/.
bench-imaging *flags:
    python3 imaging/bench/run.py {{ flags }}
    python3 imaging/bench/quality.py

# The fuzz targets of imaging, `seconds` each. Needs cargo-fuzz.
fuzz-imaging seconds="600":
    mkdir -p imaging/fuzz/corpus/render imaging/fuzz/corpus/jpeg_low imaging/fuzz/corpus/gif_lzw
    cp imaging/tests/data/* imaging/fuzz/corpus/render
    cp imaging/tests/data/*.jpg imaging/fuzz/corpus/jpeg_low
    cd imaging && RUSTC_BOOTSTRAP=1 cargo fuzz run render -- -max_total_time={{ seconds }} -malloc_limit_mb=96 -timeout=30
    cd imaging && RUSTC_BOOTSTRAP=1 cargo fuzz run jpeg_low -- -max_total_time={{ seconds }} -malloc_limit_mb=96 -timeout=30
    cd imaging && RUSTC_BOOTSTRAP=1 cargo fuzz run gif_lzw -- -max_total_time={{ seconds }} -malloc_limit_mb=96 -timeout=30

# All that CI runs.
ci:
    .ci/run
