//! Compiles the encoder of libaom with a C compiler, in place of its CMake files.
#![expect(
    clippy::disallowed_methods,
    reason = "cargo passes all parameters of a build script in environment variables"
)]

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The sources that process pixels or coefficients. An encoder spends 99.7% of its time in them and in the vector
/// code.
const FAST: &str = "aom_dsp/aom_convolve aom_dsp/avg aom_dsp/blk_sse_sum aom_dsp/entenc aom_dsp/fwd_txfm aom_dsp/intrapred \
    aom_dsp/loopfilter aom_dsp/quantize aom_dsp/sad aom_dsp/sse aom_dsp/subtract aom_dsp/sum_squares \
    aom_dsp/variance aom_mem/aom_mem av1/common/av1_inv_txfm1d av1/common/av1_inv_txfm2d av1/common/av1_loopfilter \
    av1/common/av1_txfm av1/common/cdef av1/common/cdef_block av1/common/cfl av1/common/idct av1/common/quant_common \
    av1/common/reconintra av1/encoder/av1_fwd_txfm1d av1/encoder/av1_fwd_txfm2d av1/encoder/av1_quantize \
    av1/encoder/bitstream av1/encoder/cnn av1/encoder/context_tree av1/encoder/cost av1/encoder/encodeframe_utils \
    av1/encoder/encodemb av1/encoder/encoder av1/encoder/encodetxb av1/encoder/hash av1/encoder/hash_motion \
    av1/encoder/hybrid_fwd_txfm av1/encoder/intra_mode_search av1/encoder/mcomp av1/encoder/ml av1/encoder/nonrd_opt \
    av1/encoder/palette av1/encoder/partition_search av1/encoder/rd av1/encoder/rdopt av1/encoder/tokenize \
    av1/encoder/tx_search av1/encoder/txb_rdopt av1/encoder/var_based_part third_party/vector/vector";

/// The compiler flags of the vector code for x86_64, by the end of the file name. The library calls this code only if
/// the processor supports the instructions.
const INSTRUCTIONS: [(&str, &str); 6] = [
    ("_avx2", "-mavx2"),
    ("_sse42", "-msse4.2"),
    ("_sse4", "-msse4.1"),
    ("_ssse3", "-mssse3"),
    ("_sse3", "-msse3"),
    ("_sse2", "-msse2"),
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=generated");
    println!("cargo::rerun-if-changed=libaom");
    println!("cargo::rerun-if-changed=src/encoder.c");
    let architecture = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    let (headers, vectors) = match architecture.as_str() {
        "aarch64" => ("generated/arm64", "arm"),
        "x86_64" => ("generated/x86_64", "x86"),
        other => panic!("libaom is not configured for {other}"),
    };
    let mut common = cc::Build::new();
    // Use relative paths, so that the library contains no path of this machine.
    common.includes(["libaom", headers]).std("c11").define("NDEBUG", None).warnings(false).debug(false);
    // Optimize in every profile, because tests encode real photographs, and this code processes every pixel.
    common.opt_level(2);
    let mut rest = common.clone();
    // A low optimization level saves time.
    rest.opt_level(1);
    let mut by_instructions = INSTRUCTIONS.map(|(_, flag)| {
        let mut build = common.clone();
        build.flag(flag);
        build
    });

    let mut sources = Vec::new();
    find_sources(Path::new("libaom"), &mut sources)
        .unwrap_or_else(|error| panic!("cannot list the folder libaom: {error}"));
    sources.sort();
    for source in sources {
        let name = source.with_extension("");
        let name = name.strip_prefix("libaom").unwrap_or(&name);
        let is_for = |folder| source.parent().is_some_and(|parent| parent.ends_with(folder));
        let set = INSTRUCTIONS.iter().position(|(end, _)| name.to_string_lossy().ends_with(end));
        match set {
            Some(set) if is_for("x86") => {
                if vectors == "x86" {
                    by_instructions[set].file(source);
                }
            }
            _ if is_for("arm") => {
                if vectors == "arm" {
                    common.file(source);
                }
            }
            _ if FAST.split_whitespace().any(|fast| name == Path::new(fast)) => {
                common.file(source);
            }
            _ => {
                rest.file(source);
            }
        }
    }
    rest.file("src/encoder.c");
    common.objects(rest.compile_intermediates());
    if vectors == "x86" {
        for build in by_instructions {
            common.objects(build.compile_intermediates());
        }
    }
    common.compile("aom");
}

/// Adds the C files in a folder and the folders in it.
fn find_sources(folder: &Path, sources: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find_sources(&path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "c") {
            sources.push(path);
        }
    }
    Ok(())
}
