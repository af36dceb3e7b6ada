//! Compiles libjpeg-turbo with a C compiler, in place of its CMake files. The lists below come from those files.
#![expect(
    clippy::disallowed_methods,
    reason = "cargo passes all parameters of a build script in environment variables"
)]

use std::path::{Path, PathBuf};
use std::{env, fs};

/// The version of the sources in `libjpeg-turbo`.
const VERSION: &str = "3.1.3";
const VERSION_NUMBER: &str = "3001003";

/// The sources that are compiled once.
const ONCE: &str = "jaricom jcapimin jcarith jchuff jcicc jcinit jclhuff jcmarker jcmaster jcomapi jcparam jcphuff \
    jctrans jdapimin jdarith jdatadst jdatadst-tj jdatasrc jdatasrc-tj jdhuff jdicc jdinput jdlhuff jdmarker jdmaster \
    jdphuff jdtrans jerror jfdctflt jmemmgr jmemnobs jpeg_nbits rdbmp transupp turbojpeg wrbmp";

/// The sources that are compiled for samples of 8 and of 12 bits.
const FOR_8_AND_12: &str = "jccoefct jcdctmgr jdcoefct jddctmgr jdmerge jfdctfst jfdctint jidctflt jidctfst jidctint \
    jidctred jquant1 jquant2";

/// The sources that are compiled for samples of 8, 12, and 16 bits.
const FOR_8_12_AND_16: &str = "jcapistd jccolor jcdiffct jclossls jcmainct jcprepct jcsample jdapistd jdcolor \
    jddiffct jdlossls jdmainct jdpostct jdsample jutils rdppm wrppm";

/// The vector code for arm64, in C.
const NEON: &str = "jccolor jcgray jcphuff jcsample jdcolor jdmerge jdsample jfdctfst jfdctint jidctfst jidctint \
    jidctred jquanti aarch64/jchuff";

/// The vector code for x86_64, in assembly language.
#[cfg(feature = "asm")]
const NASM: &str = "jsimdcpu jfdctflt-sse jccolor-sse2 jcgray-sse2 jchuff-sse2 jcphuff-sse2 jcsample-sse2 \
    jdcolor-sse2 jdmerge-sse2 jdsample-sse2 jfdctfst-sse2 jfdctint-sse2 jidctflt-sse2 jidctfst-sse2 jidctint-sse2 \
    jidctred-sse2 jquantf-sse2 jquanti-sse2 jccolor-avx2 jcgray-avx2 jcsample-avx2 jdcolor-avx2 jdmerge-avx2 \
    jdsample-avx2 jfdctint-avx2 jidctint-avx2 jquanti-avx2";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=libjpeg-turbo");
    // Use relative paths, so that the library contains no path of this machine.
    let source = Path::new("libjpeg-turbo");
    let headers = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let architecture = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    let vectors = architecture == "aarch64" || (architecture == "x86_64" && cfg!(feature = "asm"));
    for template in ["src/jconfig.h", "src/jconfigint.h", "src/jversion.h", "simd/arm/neon-compat.h"] {
        let template = Path::new(template);
        let text = fs::read_to_string(source.join(template).with_extension("h.in"))
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", template.display()));
        let header = headers.join(template.file_name().unwrap_or_default());
        fs::write(&header, configure(&text, vectors))
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", header.display()));
    }

    let (sources, simd) = (source.join("src"), source.join("simd"));
    let mut common = cc::Build::new();
    common.includes([&headers, &sources, &simd]).warnings(false);
    common.define("BMP_SUPPORTED", None).define("PPM_SUPPORTED", None).define("NDEBUG", None);
    let names = |list: &'static str, bits: &'static str| {
        list.split_whitespace().map(move |name| format!("libjpeg-turbo/src/wrapper/{name}-{bits}.c"))
    };

    // JPEGs with more than 8 bits per sample are rare. A low optimization level saves time.
    let mut rare = common.clone();
    rare.files(names(FOR_8_AND_12, "12"))
        .files(names(FOR_8_12_AND_16, "12"))
        .files(names(FOR_8_12_AND_16, "16"));
    rare.opt_level(1).compile("turbojpeg-12-16");

    let mut build = common;
    build.files(ONCE.split_whitespace().map(|name| sources.join(name).with_extension("c")));
    build.files(names(FOR_8_AND_12, "8")).files(names(FOR_8_12_AND_16, "8"));
    match architecture.as_str() {
        "aarch64" => {
            let neon = |name: &str| simd.join(format!("arm/{name}-neon.c"));
            build.files(NEON.split_whitespace().map(neon)).file(simd.join("arm/aarch64/jsimd.c"));
            build.define("NEON_INTRINSICS", None).include(simd.join("arm"));
        }
        #[cfg(feature = "asm")]
        "x86_64" => {
            build.objects(assemble(&simd)).file(simd.join("x86_64/jsimd.c"));
        }
        _ => {}
    }
    // Optimize in every profile, because tests decode real photographs, and this code processes every pixel.
    build.opt_level(3).compile("turbojpeg");
}

/// Returns a header from its template, in the syntax of CMake's `configure_file`.
fn configure(template: &str, vectors: bool) -> String {
    let pointer_bytes = match env::var("CARGO_CFG_TARGET_POINTER_WIDTH").as_deref() {
        Ok("32") => "4",
        _ => "8",
    };
    let values = [
        ("JPEG_LIB_VERSION", "62"),
        ("VERSION", VERSION),
        ("LIBJPEG_TURBO_VERSION_NUMBER", VERSION_NUMBER),
        // The build date is omitted, so that builds are reproducible.
        ("BUILD", ""),
        ("HIDDEN", "__attribute__((visibility(\"hidden\")))"),
        ("INLINE", "inline __attribute__((always_inline))"),
        ("THREAD_LOCAL", "__thread"),
        ("CMAKE_PROJECT_NAME", "libjpeg-turbo"),
        ("SIZE_T", pointer_bytes),
        ("COPYRIGHT_YEAR", "1991-2025"),
    ];
    // GCC has these features since version 10, and clang since earlier versions.
    let defined = [
        "C_ARITH_CODING_SUPPORTED",
        "D_ARITH_CODING_SUPPORTED",
        "HAVE_BUILTIN_CTZL",
        "HAVE_VLD1_S16_X3",
        "HAVE_VLD1_U16_X2",
        "HAVE_VLD1Q_U8_X4",
    ];
    let mut header = String::new();
    for line in template.lines() {
        if let Some(definition) = line.strip_prefix("#cmakedefine ") {
            let name = definition.split_whitespace().next().unwrap_or_default();
            if defined.contains(&name) || (name == "WITH_SIMD" && vectors) {
                header += &format!("#define {definition}\n");
            }
        } else {
            let fill = |text: String, (name, value): &(&str, &str)| text.replace(&format!("@{name}@"), value);
            header += &values.iter().fold(line.to_owned(), fill);
            header.push('\n');
        }
    }
    header
}

/// Assembles the vector code for x86_64 and returns the object files.
#[cfg(feature = "asm")]
fn assemble(simd: &Path) -> Vec<PathBuf> {
    let format = match env::var("CARGO_CFG_TARGET_VENDOR").as_deref() {
        Ok("apple") => "MACHO",
        _ => "ELF",
    };
    let mut nasm = nasm_rs::Build::new();
    nasm.files(NASM.split_whitespace().map(|name| simd.join(format!("x86_64/{name}.asm"))));
    nasm.include(simd.join("nasm")).include(simd.join("x86_64"));
    nasm.define(format, None).define("__x86_64__", None).define("PIC", None).debug(false);
    let mut objects =
        nasm.compile_objects().unwrap_or_else(|error| panic!("cannot assemble libjpeg-turbo: {error}"));
    // nasm_rs returns the objects in the order in which they are ready. The order in the library must not change, so that
    // the zips are reproducible.
    objects.sort();
    objects
}
