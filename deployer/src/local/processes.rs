//! Finds the processes of a project: its emulator, and the functions that the emulator started.
//!
//! It identifies them by their command lines, since a process ID may be reused.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

pub(super) use nix::sys::signal::Signal;
use nix::sys::signal::kill;
use nix::unistd::Pid;

/// The name of the script in the folder of the project that runs the emulator.
pub(super) const LAUNCHER: &str = "launcher.py";

/// Returns all processes of the project.
pub(super) fn all(folder: &Path) -> Vec<u32> {
    find_processes(|line| is_emulator(line, folder) || is_function(line, folder))
}

/// Returns the emulator process, if any.
pub(super) fn emulators(folder: &Path) -> Vec<u32> {
    find_processes(|line| is_emulator(line, folder))
}

/// Sends a signal. Ignores a process that has exited.
pub(super) fn signal(pid: u32, signal: Signal) {
    // 0 and negative numbers address process groups.
    if let Some(pid) = i32::try_from(pid).ok().filter(|&pid| pid > 1) {
        let _ = kill(Pid::from_raw(pid), signal);
    }
}

/// The words of a command line, joined by spaces.
type CommandLine = [u8];

fn is_emulator(line: &CommandLine, folder: &Path) -> bool {
    let launcher = [b" -I ", folder.join(LAUNCHER).as_os_str().as_bytes()].concat();
    line.trim_ascii_end().ends_with(&launcher)
}

fn is_function(line: &CommandLine, folder: &Path) -> bool {
    line.starts_with(folder.join("tmp/").as_os_str().as_bytes())
}

/// Reads `/proc`, or the output of `ps` if there is none.
fn find_processes(is_ours: impl Fn(&CommandLine) -> bool) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return find_with_ps(&is_ours) };
    let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    // A zombie process has an empty command line.
    let line = |pid: u32| std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let with_spaces =
        |line: Vec<u8>| line.into_iter().map(|b| if b == 0 { b' ' } else { b }).collect::<Vec<u8>>();
    numbers.filter(|&pid| is_ours(&with_spaces(line(pid)))).collect()
}

fn find_with_ps(is_ours: &impl Fn(&CommandLine) -> bool) -> Vec<u32> {
    let ps = std::process::Command::new("ps").args(["-axww", "-o", "pid=,command="]).output();
    let listing = ps.map(|ps| ps.stdout).unwrap_or_default();
    listing
        .split(|&byte| byte == b'\n')
        .filter_map(|line| {
            let line = line.trim_ascii();
            let end = line.iter().position(|&byte| byte == b' ')?;
            let pid = std::str::from_utf8(&line[..end]).ok()?.parse().ok()?;
            is_ours(line[end..].trim_ascii()).then_some(pid)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, emulator: bool, function: bool) {
        let folder = Path::new("/c/projects/ab");
        assert_eq!(is_emulator(line.as_bytes(), folder), emulator, "{line}");
        assert_eq!(is_function(line.as_bytes(), folder), function, "{line}");
    }

    #[test]
    fn a_process_is_identified_by_its_command_line() {
        check("/c/emulator-1/bin/python -I /c/projects/ab/launcher.py ", true, false);
        check("/c/emulator-1/bin/python -I /c/projects/abc/launcher.py ", false, false);
        check("/c/projects/ab/tmp/ministack-provided-code-1/x/bootstrap ", false, true);
        check("tail -f /c/projects/ab/log ", false, false);
        check("vi /c/projects/ab/tmp/x ", false, false);
        check("", false, false);
    }

    #[test]
    fn ps_and_proc_find_the_same_processes() {
        let ours = std::env::current_exe().unwrap();
        let is_ours = |line: &CommandLine| line.starts_with(ours.as_os_str().as_bytes());
        assert!(find_processes(is_ours).contains(&std::process::id()));
        if std::process::Command::new("ps").output().is_ok() {
            assert!(find_with_ps(&is_ours).contains(&std::process::id()));
        }
    }
}
