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

# Imaging against Pillow, libvips and sharp: ratios, a table, a plot and JSON in imaging/bench/.
bench-imaging *flags:
    python3 imaging/bench/run.py {{ flags }}

# The fuzz targets of imaging, `seconds` each. Needs cargo-fuzz and a nightly compiler.
fuzz-imaging seconds="600":
    mkdir -p imaging/fuzz/corpus/render imaging/fuzz/corpus/jpeg_low
    cp imaging/tests/data/* imaging/fuzz/corpus/render
    cp imaging/tests/data/*.jpg imaging/fuzz/corpus/jpeg_low
    cd imaging && cargo +nightly fuzz run render -- -max_total_time={{ seconds }} -malloc_limit_mb=96 -timeout=30
    cd imaging && cargo +nightly fuzz run jpeg_low -- -max_total_time={{ seconds }} -malloc_limit_mb=96 -timeout=30

# All that CI runs.
ci:
    .ci/run
