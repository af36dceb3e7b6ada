//! Checks whether a program runs on Lambda: its architecture, and its glibc version.

use object::Endianness;
use object::elf::{EM_AARCH64, EM_X86_64, FileHeader64};
use object::read::elf::{ElfFile, FileHeader as _, SectionHeader as _};

use crate::config::Architecture;
use crate::error::CommandError;

/// The glibc version of Amazon Linux 2023, on which `provided.al2023` runs.
/// <https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html>
pub(super) const LAMBDA_GLIBC: (u32, u32) = (2, 34);

/// Why a program does not run on Lambda.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Incompatibility {
    /// It is not a Linux program.
    NotElf,
    /// It is for another processor.
    Architecture,
    /// It needs a newer glibc.
    Glibc { needs: (u32, u32) },
}

/// Checks a program. A local function may need the glibc of this machine.
pub(super) fn check(program: &[u8], architecture: Architecture, local: bool) -> Result<(), Incompatibility> {
    if local && !cfg!(target_os = "linux") {
        return Ok(());
    }
    let file = ElfFile::<FileHeader64<Endianness>>::parse(program).map_err(|_| Incompatibility::NotElf)?;
    let wanted = match architecture {
        Architecture::X86_64 => EM_X86_64,
        Architecture::Arm64 => EM_AARCH64,
    };
    if file.elf_header().e_machine(file.endian()) != wanted {
        return Err(Incompatibility::Architecture);
    }
    match newest_glibc(&file) {
        Some(needs) if !local && needs > LAMBDA_GLIBC => Err(Incompatibility::Glibc { needs }),
        _ => Ok(()),
    }
}

/// Returns the newest `GLIBC_x.y` that the program needs.
fn newest_glibc(file: &ElfFile<'_, FileHeader64<Endianness>>) -> Option<(u32, u32)> {
    let endian = file.endian();
    let sections = file.elf_section_table();
    let mut newest = None;
    for section in sections.iter() {
        let Ok(Some((mut needs, strings_index))) = section.gnu_verneed(endian, file.data()) else { continue };
        let Ok(strings) = sections.strings(endian, file.data(), strings_index) else { continue };
        while let Ok(Some((_, mut auxiliaries))) = needs.next() {
            while let Ok(Some(auxiliary)) = auxiliaries.next() {
                let name = auxiliary.name(endian, strings).unwrap_or_default();
                newest = newest.max(glibc_version(name));
            }
        }
    }
    newest
}

/// Parses `GLIBC_2.34` as (2, 34), and ignores the third number of old versions.
fn glibc_version(name: &[u8]) -> Option<(u32, u32)> {
    let version = std::str::from_utf8(name).ok()?.strip_prefix("GLIBC_")?;
    let mut numbers = version.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

impl Incompatibility {
    /// Converts the problem of `program` into an error with a hint.
    pub(super) fn into_error(self, program: &str, architecture: Architecture) -> CommandError {
        match self {
            Self::NotElf => CommandError::failed(format!("{program} is not a 64-bit Linux program"))
                .hint("run `deployer package{flags}` to build it"),
            Self::Architecture => {
                CommandError::failed(format!("{program} is not built for {}", architecture.name())).hint(
                    "run `deployer package{flags}` to build it, or change `function.architecture` in deployer.yaml",
                )
            }
            Self::Glibc { needs: (major, minor) } => CommandError::failed(format!(
                "{program} needs glibc {major}.{minor}, but Lambda has {}.{}",
                LAMBDA_GLIBC.0, LAMBDA_GLIBC.1
            ))
            .hint("run `deployer package{flags}` to build it with cargo-zigbuild"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_is_built_for_this_machine() {
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let (here, other) = match std::env::consts::ARCH {
            "aarch64" => (Architecture::Arm64, Architecture::X86_64),
            _ => (Architecture::X86_64, Architecture::Arm64),
        };
        assert_eq!(check(&program, here, true), Ok(()));
        assert_eq!(check(&program, other, true), Err(Incompatibility::Architecture));
        assert_eq!(check(b"#!/bin/sh\n", here, true), Err(Incompatibility::NotElf));
        let file = ElfFile::<FileHeader64<Endianness>>::parse(&*program).unwrap();
        assert!(newest_glibc(&file).is_some_and(|needs| needs >= (2, 17)));
    }

    #[test]
    fn glibc_versions_compare_as_numbers() {
        assert_eq!(glibc_version(b"GLIBC_2.4"), Some((2, 4)));
        assert!(glibc_version(b"GLIBC_2.4") < glibc_version(b"GLIBC_2.34"));
        assert_eq!(glibc_version(b"GLIBC_2.2.5"), Some((2, 2)));
        assert_eq!(glibc_version(b"GCC_3.0"), None);
    }
}
