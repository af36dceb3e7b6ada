//! Zips of functions for `--zip`.

use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::Command;

/// Returns the zip of a function with this program.
pub(crate) fn zip_of(program: &[u8]) -> Vec<u8> {
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .unix_permissions(0o755);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("bootstrap", options).unwrap();
    zip.write_all(program).unwrap();
    zip.finish().unwrap().into_inner()
}

/// Writes a zip for each of the functions to `folder`, and returns the flags with them.
///
/// The program in a zip starts the function that cargo has compiled with the tests. That function may need a newer glibc
/// than Lambda has, and the deployer refuses it for AWS. Compiling it for AWS takes minutes.
pub(crate) fn zips_that_start(functions: &[&str], folder: &Path) -> Vec<String> {
    let write = |function: &&str| {
        let program = testkit::program(function);
        assert!(program.exists(), "`cargo test --workspace` builds {}", program.display());
        let (source, starter) = (folder.join("starter.c"), folder.join("starter"));
        let code = format!(
            "#include <unistd.h>\nint main(int n, char **words) {{ return execv(\"{}\", words); }}\n",
            program.display()
        );
        std::fs::write(&source, code).unwrap();
        let compiled = Command::new("cc").arg("-o").args([&starter, &source]).output().unwrap();
        assert!(compiled.status.success(), "{compiled:?}");
        let zip = folder.join(format!("{function}.zip"));
        std::fs::write(&zip, zip_of(&std::fs::read(&starter).unwrap())).unwrap();
        ["--zip".to_owned(), zip.to_str().unwrap().to_owned()]
    };
    functions.iter().flat_map(write).collect()
}
