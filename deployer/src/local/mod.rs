//! The emulator for `--local`: MiniStack in its own virtual environment, one per project.
//!
//! A command starts the emulator if it is not running. The emulator keeps running after the command and keeps its state
//! in the folder of the project in the user's cache. After a regular stop, it restores its stack, photos, and queues.
//! After a kill, it restores the photos and the stack of the last [`save_state`]; messages in flight and later log
//! lines are lost.

mod health;
mod node;
mod processes;
mod programs;
mod project;

use std::fs::OpenOptions;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};
use tokio::time::sleep;

use self::processes::Signal;
use self::project::{EmulatorRecord, Project};
use crate::config::Config;
use crate::error::{CommandError, io_error};
use crate::tools::{cache, python};
use crate::ui::Ui;

/// How long the emulator may take to start. It loads 90 MB of Python packages.
const START_TIMEOUT: Duration = Duration::from_secs(90);
/// How long the emulator may take to save its state and stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);
/// The size at which the start of the emulator rotates its log, in bytes.
const MAX_LOG_BYTES: u64 = 10_000_000;

/// A running emulator.
#[derive(Clone, Debug)]
pub(crate) struct Emulator {
    /// Its address: `http://127.0.0.1:43211`.
    pub(crate) endpoint: String,
    /// Its process.
    pub(crate) pid: u32,
}

impl Emulator {
    fn new(record: &EmulatorRecord) -> Self {
        Self { endpoint: format!("http://127.0.0.1:{}", record.port), pid: record.pid }
    }

    /// Returns the address of the distribution `label`. Browsers and curl resolve `*.localhost` to this machine.
    pub(crate) fn distribution(&self, label: &str) -> String {
        let port = self.endpoint.rsplit(':').next().unwrap_or_default();
        format!("http://{label}.cloudfront.localhost:{port}")
    }
}

/// Finds this project's emulator, or installs and starts it.
pub(crate) async fn ensure_running(config: &Config, ui: &Ui) -> Result<Emulator, CommandError> {
    let project = Project::open(config)?;
    // The emulator may have started before the stack had delivery.
    if config.settings.delivery.enabled
        && let Err(error) = node::ensure(ui).await
    {
        ui.warn(format!("the emulator cannot deliver thumbnails without Node.js: {}", error.message));
    }
    if let Some(record) = find_running(&project).await {
        return Ok(Emulator::new(&record));
    }
    let _turn =
        cache::lock(&project.folder.join("lock"), "Waiting for another deployer to start the emulator", ui)
            .await?;
    if let Some(record) = find_running(&project).await {
        return Ok(Emulator::new(&record));
    }
    let python = python::ensure_environment(
        "emulator",
        programs::REQUIREMENTS,
        "the emulator (once, about 90 MB)",
        ui,
    )
    .await?;
    // A killed emulator leaves processes of functions behind, which would handle requests of the next one.
    stop(&project.folder).await;
    let record = start(&project, &python, ui).await?;
    Ok(Emulator::new(&record))
}

/// Returns whether this project has the state of an emulator.
pub(crate) fn was_started(config: &Config) -> Result<bool, CommandError> {
    Ok(Project::open(config)?.record().is_some())
}

/// Makes the emulator save its state now, so that the stack survives a later kill.
pub(crate) fn save_state(emulator: &Emulator) {
    processes::signal(emulator.pid, Signal::SIGUSR1);
}

/// Stops this project's emulator and removes its state.
pub(crate) async fn remove(config: &Config) -> Result<(), CommandError> {
    let project = Project::open(config)?;
    stop(&project.folder).await;
    std::fs::remove_dir_all(&project.folder).map_err(|error| {
        io_error(format_args!("delete the local state in `{}`", project.folder.display()), &error)
    })
}

/// Returns the record of the last emulator if it is running and belongs to this project.
///
/// Returns `None` if its process has ended, even if another process now has its ID or port, or if it is the emulator of
/// another version of the deployer.
async fn find_running(project: &Project) -> Option<EmulatorRecord> {
    let record = project.record()?;
    if !processes::all(&project.folder).contains(&record.pid) {
        return None;
    }
    let response = health::read(record.port, Duration::from_secs(20)).await?;
    (response.edition == project.token).then_some(record)
}

async fn start(project: &Project, python: &Path, ui: &Ui) -> Result<EmulatorRecord, CommandError> {
    let spinner = ui.start_spinner("Starting the emulator");
    let mut last = None;
    for attempt in 0..3 {
        // The saved queue URLs contain the port, so use it again if it is free.
        let wanted = if attempt == 0 { project.record().map(|record| record.port) } else { None };
        let port = free_port(wanted)?;
        let mut child = spawn(project, python, port)?;
        let record = EmulatorRecord { port, pid: child.id().unwrap_or_default() };
        project.write(&record)?;
        match wait_until_ready(&mut child, project, port).await {
            Ok(()) => {
                spinner.finish_and_clear();
                ui.detail(format!("the emulator is running on port {port} as process {}", record.pid));
                return Ok(record);
            }
            Err(error) => last = Some(error),
        }
        stop(&project.folder).await;
        if !project.log_tail().contains("already in use") {
            break;
        }
    }
    spinner.finish_and_clear();
    Err(last.unwrap_or_else(|| CommandError::failed("the emulator did not start")))
}

/// Returns the wanted port of the loopback address if it is free, or else any free port.
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
    let error_at = |what: &str, path: &Path| {
        let text = format!("{what} `{}`", path.display());
        move |error: std::io::Error| cache::cache_error(&text, &error)
    };
    let log = folder.join("log");
    if log.metadata().is_ok_and(|meta| meta.len() > MAX_LOG_BYTES) {
        std::fs::rename(&log, folder.join("log.old")).map_err(error_at("rename", &log))?;
    }
    let launcher = folder.join(processes::LAUNCHER);
    std::fs::write(&launcher, programs::LAUNCHER).map_err(error_at("write", &launcher))?;
    let cloudfront = folder.join("cloudfront.py");
    std::fs::write(&cloudfront, programs::CLOUDFRONT).map_err(error_at("write", &cloudfront))?;
    let temporary = folder.join("tmp");
    cache::create_folder(&temporary)?;
    let out = OpenOptions::new().create(true).append(true).open(&log).map_err(error_at("write", &log))?;
    let err = out.try_clone().map_err(error_at("write", &log))?;
    let endpoint = format!("http://127.0.0.1:{port}");
    Command::new(python)
        .arg("-I")
        .arg(&launcher)
        .current_dir(folder)
        // The functions inherit the environment of the emulator, which must not contain variables of the user.
        .env_clear()
        .env("PATH", node::search_path()?)
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
        .envs(passed_variables())
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .spawn()
        .map_err(|error| io_error(format_args!("start `{}`", python.display()), &error))
}

/// Returns the variables that a developer can pass to the emulator: `MINISTACK_BEDROCK_PROXY_URL`, `MINISTACK_AUTH=true`
/// to enforce the permissions of callers and functions, and `MINISTACK_FUNCTIONS_ENDPOINT_URL`, an endpoint other than
/// the emulator for the functions, such as a recording proxy.
#[expect(clippy::disallowed_methods, reason = "these variables are not settings of the deployer")]
fn passed_variables() -> Vec<(String, String)> {
    std::env::vars()
        .filter_map(|(name, value)| match name.as_str() {
            "MINISTACK_AUTH" => Some(("AUTH".to_owned(), value)),
            "MINISTACK_BEDROCK_PROXY_URL" => Some((name, value)),
            "MINISTACK_FUNCTIONS_ENDPOINT_URL" => Some(("AWS_ENDPOINT_URL".to_owned(), value)),
            _ => None,
        })
        .collect()
}

/// Waits for the first response. Returns an error if the emulator exits or times out.
async fn wait_until_ready(child: &mut Child, project: &Project, port: u16) -> Result<(), CommandError> {
    let started = Instant::now();
    loop {
        if health::read(port, Duration::from_secs(5)).await.is_some_and(|a| a.edition == project.token) {
            return Ok(());
        }
        let ended = child.try_wait().ok().flatten();
        let what = match ended {
            Some(status) => format!("the emulator exited during startup ({status})"),
            None if started.elapsed() > START_TIMEOUT => {
                format!("the emulator did not respond within {} s", START_TIMEOUT.as_secs())
            }
            None => {
                sleep(Duration::from_millis(30)).await;
                continue;
            }
        };
        let tail = project.log_tail();
        return Err(CommandError::failed(format!(
            "{what}; the last line of its log `{}` is: {}",
            project.folder.join("log").display(),
            tail.lines().last().unwrap_or("(empty)")
        ))
        .hint("run `deployer down{flags}` to delete its state, then run the command again"));
    }
}

/// Stops the emulator of `folder`, then the processes that it left behind.
async fn stop(folder: &Path) {
    let started = Instant::now();
    let mut is_first_round = true;
    loop {
        let running = processes::all(folder);
        if running.is_empty() {
            return;
        }
        let emulators = processes::emulators(folder);
        if emulators.is_empty() || started.elapsed() > STOP_TIMEOUT {
            running.iter().for_each(|&pid| processes::signal(pid, Signal::SIGKILL));
        } else if is_first_round {
            emulators.iter().for_each(|&pid| processes::signal(pid, Signal::SIGTERM));
            is_first_round = false;
        }
        if started.elapsed() > STOP_TIMEOUT * 2 {
            return;
        }
        sleep(Duration::from_millis(30)).await;
    }
}
