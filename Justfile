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

# Everything against the others: ratios, a table, a plot and JSON in benches/. `just bench --quick`, `--only transfer`.
bench *flags:
    python3 benches/run.py {{ flags }}

# 2,000 photos through the whole stack on this machine, and the simulator against what they took.
load *flags:
    python3 benches/load.py {{ flags }}

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

# The documentation of every public item, without a warning.
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items

# An archive of the deployer for this machine's processor with the handlers' zips, manual page and completions, in target/dist.
release:
    #!/usr/bin/env bash
    set -euo pipefail
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
    name=deployer-$version-$(uname -m)-linux
    out=target/dist/$name
    rm -rf target/dist
    mkdir -p "$out/completions" "$out/handlers"
    cargo build --release --locked --package deployer
    cp target/release/deployer README.md CHANGELOG.md LICENSE LICENSE-APACHE LICENSE-MIT "$out"
    for shell in bash elvish fish zsh; do
        target/release/deployer completions "$shell" >"$out/completions/deployer.$shell"
    done
    target/release/deployer completions man >"$out/deployer.1"
    target/release/deployer package --out "$out/handlers"
    # The same sources make the same archive.
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct)" \
        -C target/dist -cf - "$name" | gzip -9n >"target/dist/$name.tar.gz"
    (cd target/dist && sha256sum "$name.tar.gz" >SHA256SUMS)
    ls -l "target/dist/$name.tar.gz"
