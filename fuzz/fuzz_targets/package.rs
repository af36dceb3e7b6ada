//! Reads any file as the zip of a handler: it contains a program for Lambda, or it is refused, with limited memory.
#![no_main]
#![allow(dead_code, reason = "the target uses only a part of the deployer's files")]

mod config {
    //! The part of the deployer's configuration that the check uses.

    /// An instruction set of AWS Lambda.
    #[derive(Clone, Copy)]
    pub(crate) enum Architecture {
        X86_64,
        Arm64,
    }

    impl Architecture {
        pub(crate) fn name(self) -> &'static str {
            match self {
                Self::X86_64 => "x86_64",
                Self::Arm64 => "arm64",
            }
        }
    }
}

mod error {
    //! The part of the deployer's errors that the check uses.

    pub(crate) struct CommandError;

    impl CommandError {
        pub(crate) fn failed(_: String) -> Self {
            Self
        }

        pub(crate) fn hint(self, _: impl Into<String>) -> Self {
            self
        }
    }
}

#[path = "../../deployer/src/package/archive.rs"]
mod archive;
#[path = "../../deployer/src/package/elf.rs"]
mod elf;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let program = archive::read(bytes).map_or_else(|_| bytes.to_vec(), |content| content.bootstrap);
    for architecture in [config::Architecture::X86_64, config::Architecture::Arm64] {
        if let Err(unfit) = elf::check(&program, architecture, false) {
            unfit.into_error("it", architecture);
        }
    }
});
