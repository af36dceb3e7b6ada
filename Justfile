# The commands of a developer. `just` alone lists them.

[private]
default:
    @just --list

# Send photos through the whole system on this machine; without arguments, the sample photos.
demo *photos:
    ./dev demo {{ photos }}

# Run all tests.
test:
    ./dev test

# Check the formatting, clippy, and the linters of the templates.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    templates/lint/run

# Compare with other programs: ratios, a table, a plot, and JSON in benches/. `just bench --quick`, `--only transfer`.
bench *flags:
    python3 benches/run.py {{ flags }}

# Send 2,000 photos through the stack on this machine, and compare the simulator with the measured times.
load *flags:
    python3 benches/load.py {{ flags }}

# Run the pipeline on a second emulator: localstack-core from PyPI, with our programs as its functions.
second-emulator:
    deployer/tests/second-emulator/run

# Compare imaging with Pillow, libvips, and sharp: time, memory, and quality, in imaging/bench/.
bench-imaging *flags:
    python3 imaging/bench/run.py {{ flags }}
    python3 imaging/bench/quality.py
    python3 imaging/bench/formats.py
    python3 imaging/bench/animation.py

# Create the pictures of the documentation with the real program on a local stack.
pictures:
    cargo build --locked
    python3 docs/pictures/gallery.py
    python3 docs/pictures/photo-wall.py
    python3 docs/pictures/terminal.py

# Run all fuzz targets at the same time, each for `seconds`.
fuzz seconds="600":
    fuzz/run {{ seconds }}

# Check the licenses, the sources, and second versions of packages. Needs cargo-deny.
deny:
    cargo deny --all-features check licenses bans sources

# List the packages of each program as CycloneDX, in target/sbom. Needs cargo-cyclonedx.
sbom:
    #!/usr/bin/env bash
    set -euo pipefail
    mkdir -p target/sbom
    cargo cyclonedx --quiet --format json --override-filename sbom
    mv handler/sbom.json target/sbom/handler.json
    mv deployer/sbom.json target/sbom/deployer.json
    rm aom-sys/sbom.json contract/sbom.json estimate/sbom.json imaging/sbom.json libjpeg-turbo-sys/sbom.json protocol/sbom.json
    rm fuzz/sbom.json testkit/sbom.json examples/photo-wall/sbom.json

# Build the handlers' zips here and in a copy elsewhere, and compare them.
reproducible:
    .ci/reproducible

# Run all checks of CI.
ci:
    .ci/run

# Build the documentation of every item; a warning is an error.
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items

# The packages are an archive, a wheel, and a Debian package of the deployer for the processor of this machine, each with
# the handlers' zips for both processors. install.sh installs the archive. The deployer is built with cargo-zigbuild, so that
# it runs on distributions that are older than this one.
# Create the packages for users without Rust, in target/dist.
release: sbom
    #!/usr/bin/env bash
    set -euo pipefail
    rm -rf target/dist target/handlers target/cross
    mkdir -p target/handlers
    python3 -m venv target/cross
    target/cross/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
        -r deployer/src/package/cross.txt
    export CARGO_ZIGBUILD_PYTHON_PATH=$PWD/target/cross/bin/python
    target=$(uname -m)-unknown-linux-gnu
    # Without HEIC: HEVC is covered by patents.
    target/cross/bin/cargo-zigbuild zigbuild --release --locked --target "$target.2.28" --package deployer \
        --no-default-features --features full
    deployer=target/$target/release/deployer
    for architecture in arm64 x86_64; do
        printf 'function: { architecture: %s }\nalt_text: { enabled: true }\ndelivery: { enabled: true }\n' "$architecture" >target/handlers/deployer.yaml
        "$deployer" --config target/handlers/deployer.yaml package --out "target/handlers/$architecture"
    done
    release/pack "$deployer" target/handlers target/dist --sbom target/sbom \
        --repository "${GITHUB_REPOSITORY:-}"
