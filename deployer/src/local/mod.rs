//! The emulator behind `--local`: MiniStack in a virtual environment of its own, one for each project.
//!
//! Whoever calls finds it running, or starts it; it outlives the deployer and keeps its state in the project's
//! folder of the user's cache. A stopped emulator comes back with its stack, photos and queues. A killed one
//! comes back with the photos as they were and the stack as [`checkpoint`] last saved it; messages that were in
//! flight and log lines since then are lost.

mod health;
mod processes;
mod project;

use std::fs::OpenOptions;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};
use tokio::time::sleep;

use self::processes::Signal;
use self::project::{Project, Record};
use crate::config::Config;
use crate::error::{CommandError, io_error};
use crate::tools::{cache, python};
use crate::ui::Ui;

/// What the emulator's environment is made of, every package with its hashes.
const REQUIREMENTS: &str = include_str!("requirements.txt");
/// What runs the emulator.
const LAUNCHER: &str = include_str!("launcher.py");
/// How long the emulator may take to answer for the first time; on a busy machine it reads 90 MB of Python.
const START_TIMEOUT: Duration = Duration::from_secs(90);
/// How long it may take to write its state and go.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);
/// A log that has grown beyond this is put aside when the emulator starts.
const LOG_BYTES: u64 = 10_000_000;

/// A running emulator.
#[derive(Clone, Debug)]
pub(crate) struct Emulator {
    /// Its address: `http://127.0.0.1:43211`.
    pub(crate) endpoint: String,
    /// Its process.
    pub(crate) pid: u32,
}

impl Emulator {
    fn new(record: &Record) -> Self {
        Self { endpoint: format!("http://127.0.0.1:{}", record.port), pid: record.pid }
    }
}

/// Finds this project's emulator, or installs and starts it.
pub(crate) async fn ensure_running(config: &Config, ui: &Ui) -> Result<Emulator, CommandError> {
    let project = Project::of(config)?;
    if let Some(record) = running(&project).await {
        return Ok(Emulator::new(&record));
    }
    let _turn =
        cache::lock(&project.folder.join("lock"), "waiting for another deployer's emulator", ui).await?;
    if let Some(record) = running(&project).await {
        return Ok(Emulator::new(&record));
    }
    let python = python::ensure("emulator", REQUIREMENTS, "the emulator (once, about 90 MB)", ui).await?;
    // A killed emulator leaves its functions behind, and they would answer for the next one.
    end(&project.folder).await;
    let record = start(&project, &python, ui).await?;
    Ok(Emulator::new(&record))
}

/// Whether this project ever had an emulator that nobody has removed.
pub(crate) fn was_started(config: &Config) -> Result<bool, CommandError> {
    Ok(Project::of(config)?.record().is_some())
}

/// Makes the emulator write its state now, so that being killed later costs nothing of the stack.
pub(crate) fn checkpoint(emulator: &Emulator) {
    processes::signal(emulator.pid, Signal::SIGUSR1);
}

/// Stops this project's emulator and removes its state.
pub(crate) async fn remove(config: &Config, _ui: &Ui) -> Result<(), CommandError> {
    let project = Project::of(config)?;
    end(&project.folder).await;
    std::fs::remove_dir_all(&project.folder).map_err(|error| {
        io_error(format_args!("remove the local state in `{}`", project.folder.display()), &error)
    })
}

/// The emulator that was started last, if it runs and answers as this project's.
///
/// A dead process, or a foreign one that got its number or its port, counts as none.
async fn running(project: &Project) -> Option<Record> {
    let record = project.record()?;
    if !processes::of(&project.folder).contains(&record.pid) {
        return None;
    }
    let answer = health::ask(record.port, Duration::from_secs(20)).await?;
    (answer.edition == project.token).then_some(record)
}

async fn start(project: &Project, python: &Path, ui: &Ui) -> Result<Record, CommandError> {
    let waiting = ui.wait("starting the emulator");
    let mut last = None;
    for attempt in 0..3 {
        // Queue URLs in the kept state hold the port: stay on it while it is free.
        let wanted = if attempt == 0 { project.record().map(|record| record.port) } else { None };
        let port = free_port(wanted)?;
        let mut child = spawn(project, python, port)?;
        let record = Record { port, pid: child.id().unwrap_or_default() };
        project.write(&record)?;
        match answered(&mut child, project, port).await {
            Ok(()) => {
                waiting.finish_and_clear();
                ui.detail(format!("the emulator runs on port {port} as process {}", record.pid));
                return Ok(record);
            }
            Err(error) => last = Some(error),
        }
        end(&project.folder).await;
        if !project.log_tail().contains("already in use") {
            break;
        }
    }
    waiting.finish_and_clear();
    Err(last.unwrap_or_else(|| CommandError::failed("the emulator did not start")))
}

/// The wanted port of the loopback address if nobody has it, else any free one.
fn free_port(wanted: Option<u16>) -> Result<u16, CommandError> {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).and_then(|socket| socket.local_addr());
    wanted
        .and_then(|port| bind(port).ok())
        .map_or_else(|| bind(0), Ok)
        .map(|address| address.port())
        .map_err(|error| io_error("find a free port on 127.0.0.1", &error))
}

fn spawn(project: &Project, python: &Path, port: u16) -> Result<Child, CommandError> {
    let folder = &project.folder;
    let at = |what: &str, path: &Path| {
        let text = format!("{what} `{}`", path.display());
        move |error: std::io::Error| cache::unwritable(&text, &error)
    };
    let log = folder.join("log");
    if log.metadata().is_ok_and(|meta| meta.len() > LOG_BYTES) {
        std::fs::rename(&log, folder.join("log.old")).map_err(at("put aside", &log))?;
    }
    let launcher = folder.join(processes::LAUNCHER);
    std::fs::write(&launcher, LAUNCHER).map_err(at("write", &launcher))?;
    let temporary = folder.join("tmp");
    cache::make_folder(&temporary)?;
    let out = OpenOptions::new().create(true).append(true).open(&log).map_err(at("write", &log))?;
    let err = out.try_clone().map_err(at("write", &log))?;
    let endpoint = format!("http://127.0.0.1:{port}");
    Command::new(python)
        .arg("-I")
        .arg(&launcher)
        .current_dir(folder)
        // The functions inherit the emulator's environment: nothing of the user's may reach them.
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("LANG", "C.UTF-8")
        .env("HOME", folder)
        .env("TMPDIR", &temporary)
        .env("BIND_HOST", "127.0.0.1")
        .env("GATEWAY_PORT", port.to_string())
        .env("AWS_ENDPOINT_URL", &endpoint)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("MINISTACK_HOST", "127.0.0.1")
        .env("MINISTACK_EDITION", &project.token)
        .env("MINISTACK_REGION", &project.region)
        .env("SFTP_ENABLED", "0")
        .env("IOT_MTLS_ENABLED", "0")
        .env("LAMBDA_EXECUTOR", "local")
        .env("PERSIST_STATE", "1")
        .env("STATE_DIR", folder.join("state"))
        .env("S3_PERSIST", "1")
        .env("S3_DATA_DIR", folder.join("s3"))
        .envs(passed_on())
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .spawn()
        .map_err(|error| io_error(format_args!("start `{}`", python.display()), &error))
}

/// What a developer may tell the emulator: `MINISTACK_BEDROCK_PROXY_URL`, `MINISTACK_AUTH=true` to have the
/// permissions of callers and functions enforced, and `MINISTACK_FUNCTIONS_ENDPOINT_URL`, where the functions find AWS
/// if not at the emulator: a proxy that looks on.
#[expect(clippy::disallowed_methods, reason = "what is passed on is no setting of ours")]
fn passed_on() -> Vec<(String, String)> {
    std::env::vars()
        .filter_map(|(name, value)| match name.as_str() {
            "MINISTACK_AUTH" => Some(("AUTH".to_owned(), value)),
            "MINISTACK_BEDROCK_PROXY_URL" => Some((name, value)),
            "MINISTACK_FUNCTIONS_ENDPOINT_URL" => Some(("AWS_ENDPOINT_URL".to_owned(), value)),
            _ => None,
        })
        .collect()
}

/// Waits for the first answer, which an emulator that has ended will not give.
async fn answered(child: &mut Child, project: &Project, port: u16) -> Result<(), CommandError> {
    let begun = Instant::now();
    loop {
        if health::ask(port, Duration::from_secs(5)).await.is_some_and(|a| a.edition == project.token) {
            return Ok(());
        }
        let ended = child.try_wait().ok().flatten();
        let what = match ended {
            Some(status) => format!("the emulator ended while it started ({status})"),
            None if begun.elapsed() > START_TIMEOUT => {
                format!("the emulator did not answer within {} seconds", START_TIMEOUT.as_secs())
            }
            None => {
                sleep(Duration::from_millis(30)).await;
                continue;
            }
        };
        return Err(CommandError::failed(what)
            .hint(format!("its log `{}` ends with: {}", project.folder.join("log").display(), {
                let tail = project.log_tail();
                tail.lines().last().unwrap_or("nothing").to_owned()
            }))
            .hint("run `deployer down --local` to forget its state, and try again"));
    }
}

/// Ends the emulator that works in `folder`, then whatever it has left behind.
async fn end(folder: &Path) {
    let begun = Instant::now();
    let mut gentle = true;
    loop {
        let left = processes::of(folder);
        if left.is_empty() {
            return;
        }
        let emulators = processes::emulators_of(folder);
        if emulators.is_empty() || begun.elapsed() > STOP_TIMEOUT {
            left.iter().for_each(|&pid| processes::signal(pid, Signal::SIGKILL));
        } else if gentle {
            emulators.iter().for_each(|&pid| processes::signal(pid, Signal::SIGTERM));
            gentle = false;
        }
        if begun.elapsed() > STOP_TIMEOUT * 2 {
            return;
        }
        sleep(Duration::from_millis(30)).await;
    }
}
