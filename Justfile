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

# All that CI runs.
ci:
    .ci/run
