# What a developer runs. `just` alone lists it.

[private]
default:
    @just --list

# The sample photos through the whole system on this machine.
demo *photos:
    ./dev demo {{ photos }}

# All tests.
test:
    ./dev test

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

# The pipeline on another emulator than the local stack's: localstack-core from PyPI, with our programs as its functions.
second-emulator:
    deployer/tests/second-emulator/run

# Imaging against Pillow, libvips and sharp, time, memory and quality: tables, a plot and JSON in imaging/bench/.
bench-imaging *flags:
    python3 imaging/bench/run.py {{ flags }}
    python3 imaging/bench/quality.py
    python3 imaging/bench/formats.py
    python3 imaging/bench/animation.py

# The pictures of the documentation, drawn by the real program on a local stack.
pictures:
    cargo build --locked
    python3 docs/pictures/gallery.py
    python3 docs/pictures/photo-wall.py
    python3 docs/pictures/terminal.py

# All fuzz targets side by side, `seconds` each.
fuzz seconds="600":
    fuzz/run {{ seconds }}

# Licences, sources and second versions of what is built in. Needs cargo-deny.
deny:
    cargo deny --all-features check licenses bans sources

# What is built in, as CycloneDX, in target/sbom. Needs cargo-cyclonedx.
sbom:
    #!/usr/bin/env bash
    set -euo pipefail
    mkdir -p target/sbom
    cargo cyclonedx --quiet --format json --override-filename sbom
    mv handler/sbom.json target/sbom/handler.json
    mv deployer/sbom.json target/sbom/deployer.json
    rm aom-sys/sbom.json contract/sbom.json estimate/sbom.json imaging/sbom.json libjpeg-turbo-sys/sbom.json protocol/sbom.json
    rm testkit/sbom.json examples/photo-wall/sbom.json

# The handlers' zips built here and in a copy elsewhere, which must be the same.
reproducible:
    .ci/reproducible

# All that CI runs.
ci:
    .ci/run

# The documentation of every public item, without a warning.
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items

# What users install without Rust, in target/dist: an archive, a wheel and a Debian package of the deployer for this
# machine's processor, each with the handlers' zips for both processors, and install.sh.
release: sbom
    #!/usr/bin/env bash
    set -euo pipefail
    rm -rf target/dist target/handlers
    mkdir -p target/handlers
    # Without HEIC: HEVC is covered by patents.
    cargo build --release --locked --package deployer --no-default-features --features full
    for architecture in arm64 x86_64; do
        printf 'function: { architecture: %s }\nalt_text: { enabled: true }\ndelivery: { enabled: true }\n' "$architecture" >target/handlers/deployer.yaml
        target/release/deployer --config target/handlers/deployer.yaml package --out "target/handlers/$architecture"
    done
    release/pack target/release/deployer target/handlers target/dist --sbom target/sbom \
        --repository "${GITHUB_REPOSITORY:-}"
