//! What the deployer's commands are given and end with.

use std::process::{Command, Output, Stdio};

/// What a command that must succeed prints to stdout.
#[track_caller]
pub(crate) fn stdout(arguments: &[&str], output: Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {}\n{stderr}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// The part of deployer.yaml by which functions are built for this machine, also for an endpoint that is not `--local`.
pub(crate) fn for_this_machine() -> String {
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    format!("function: {{ architecture: {architecture} }}\n")
}

/// Runs `command` and returns its output with the most memory that it took, in KiB.
///
/// It runs as the only child of a program that is asked for the memory of its children: this one has others.
pub(crate) fn measured(command: &Command) -> (Output, i64) {
    const SCRIPT: &str = "import resource, subprocess, sys\n\
        code = subprocess.call(sys.argv[2:])\n\
        open(sys.argv[1], 'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))\n\
        sys.exit(code)";
    let folder = tempfile::tempdir().unwrap();
    let peak = folder.path().join("peak");
    let mut python = Command::new("python3");
    python.args(["-c", SCRIPT]).arg(&peak).arg(command.get_program()).args(command.get_args());
    python.current_dir(command.get_current_dir().unwrap()).env_clear().stdin(Stdio::null());
    python.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    python.envs(["PATH", "HOME"].map(|name| (name, std::env::var_os(name).unwrap_or_default())));
    let output = python.output().unwrap();
    (output, std::fs::read_to_string(peak).unwrap().parse().unwrap())
}
