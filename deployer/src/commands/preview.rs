//! `deployer preview`: makes thumbnails on this machine with the image code of the function, without a stack.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use clap::Args;
use contract::focus::Focus;
use contract::key::escape;
use contract::memory::Shares;
use contract::preset::{Preset, PresetFormat};
use imaging::{ImageError, RenderRequest, Watermarks};
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::config::Config;
use crate::error::{CommandError, io_error};
use crate::files::{self, shorten_name};
use crate::package::WatermarkFiles;
use crate::transfer::photo;
use crate::transfer::walk::{LocalFile, WalkEntry, walk};
use crate::ui::{Ui, format_count};

/// The file that marks a folder of previews, which later runs skip.
const MARKER_FILE: &str = ".deployer-preview";

/// The default size of a preview, in pixels.
const DEFAULT_PIXELS: u32 = 256;

/// The time limit for one file.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Make thumbnails on this machine, without a stack.
///
/// The command uses the image code and the limits of the thumbnail function. It processes the files of a folder one by
/// one, each in a separate process, to measure time and memory per file.
///
/// The exit code is 1 if a photo has no thumbnail. Files in a folder that are not photos are ignored.
///
/// With `--output json`, prints a list with, for each file, `file`, `status` (`thumbnail`; `rejected` if the function
/// would reject the photo; `failed` after a crash or timeout), `reason`, `output` (the path of the thumbnail in the
/// output folder), `ms`, and `peak_rss_mb`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer preview cat.jpg
  deployer preview photos/ --out thumbnails/ --output json
  deployer preview cat.jpg --preset small")]
pub(crate) struct PreviewArgs {
    /// A photo or a folder of photos.
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Save the thumbnails to this folder.
    #[arg(long, short, value_name = "DIR", default_value = "preview-output")]
    out: PathBuf,
    /// Use this preset from the configuration [default: fit 256x256 pixels, format chosen per photo].
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// Crop around this point, in fractions of the width and the height.
    #[arg(long, value_name = "X,Y")]
    focus: Option<Focus>,
}

/// The result for one file.
#[derive(Debug, Serialize, Deserialize)]
struct FilePreview {
    file: String,
    status: PreviewStatus,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    ms: u64,
    peak_rss_mb: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PreviewStatus {
    Thumbnail,
    Rejected,
    Failed,
}

pub(crate) async fn preview(args: PreviewArgs, config: &Config, ui: &Ui) -> Result<(), CommandError> {
    let preset = find_preset(&args, config)?;
    let watermarks = WatermarkFiles::read(std::slice::from_ref(&preset), &config.project)?.decoded;
    let is_folder = args.path.is_dir();
    if is_folder {
        check_folders(&args)?;
    }
    let files: Vec<WalkEntry> = walk(&args.path, true)?.filter(|file| !is_preview(file, &args)).collect();
    if files.is_empty() {
        ui.warn(format!("no files in `{}`", args.path.display()));
    }
    create_output_folder(&args.out)?;
    let bar = ui.start_count_bar(files.len() as u64, "files");
    let (mut previews, mut done, mut failed) = (Vec::new(), 0, 0);
    for file in files {
        let preview = match &file {
            Ok(file) if is_folder => preview_in_process(file, &args, config).await?,
            Ok(file) => preview_file(file, &preset, &watermarks, &args, config)?,
            Err((path, error)) => FilePreview::failed(path.display().to_string(), error.message.clone(), 0),
        };
        match preview.status {
            PreviewStatus::Thumbnail => done += 1,
            PreviewStatus::Rejected
                if is_folder && file.is_ok_and(|file| is_no_photo(&file.path, config)) => {}
            PreviewStatus::Rejected | PreviewStatus::Failed => failed += 1,
        }
        previews.push(preview);
        bar.inc(1);
    }
    bar.finish_and_clear();
    ui.print_result(&previews, || previews.iter().map(FilePreview::text).collect::<Vec<_>>().join("\n"))?;
    match failed {
        0 => Ok(()),
        _ => Err(CommandError::failed(format!(
            "{failed} of {} got no thumbnail",
            format_count(done + failed, "photo")
        ))),
    }
}

/// Returns whether `deployer upload --recursive` skips the file, because it is not a photo.
fn is_no_photo(path: &Path, config: &Config) -> bool {
    let sniffed = photo::sniff_file(path);
    sniffed.is_ok_and(|sniffed| photo::apply_format_settings(sniffed, &config.settings).is_err())
}

/// Returns an error if the input folder contains previews or is also the output folder.
fn check_folders(args: &PreviewArgs) -> Result<(), CommandError> {
    let folder = args.path.display();
    if args.path.join(MARKER_FILE).exists() {
        return Err(CommandError::usage(format!(
            "`{folder}` contains thumbnails from an earlier `deployer preview`"
        ))
        .hint("pass the folder with the photos"));
    }
    let is_same = args.path.canonicalize().ok() == args.out.canonicalize().ok();
    if is_same {
        return Err(CommandError::usage(format!(
            "cannot write thumbnails to `{folder}`, the folder with the photos"
        ))
        .hint("choose another folder with `--out`"));
    }
    Ok(())
}

/// Returns whether this run or an earlier one created `file`.
fn is_preview(file: &WalkEntry, args: &PreviewArgs) -> bool {
    let path = match file {
        Ok(file) => &file.path,
        Err((path, _)) => path,
    };
    let out = args.out.canonicalize().ok();
    let folders = path.ancestors().skip(1).take_while(|folder| *folder != args.path);
    folders
        .into_iter()
        .any(|folder| folder.join(MARKER_FILE).exists() || out.is_some() && folder.canonicalize().ok() == out)
}

/// Creates the folder for previews and marks it, unless it already contains other files.
fn create_output_folder(out: &Path) -> Result<(), CommandError> {
    let failed =
        |error: std::io::Error| io_error(format_args!("create the folder `{}`", out.display()), &error);
    if out.ancestors().any(|folder| folder.join(MARKER_FILE).exists()) {
        return Ok(());
    }
    std::fs::create_dir_all(out).map_err(failed)?;
    let is_empty = std::fs::read_dir(out).map_err(failed)?.next().is_none();
    match is_empty {
        true => {
            files::write(&out.join(MARKER_FILE), "`deployer preview` created this folder and skips it.\n")
        }
        false => Ok(()),
    }
}

fn find_preset(args: &PreviewArgs, config: &Config) -> Result<Preset, CommandError> {
    let Some(name) = &args.preset else {
        return Ok(Preset {
            format: PresetFormat::Auto,
            ..Preset::inside("preview", DEFAULT_PIXELS, DEFAULT_PIXELS)
        });
    };
    let presets = &config.settings.presets;
    presets.iter().find(|preset| preset.name == *name).cloned().ok_or_else(|| {
        let names: Vec<&str> = presets.iter().map(|preset| preset.name.as_str()).collect();
        CommandError::usage(format!("there is no preset `{name}`"))
            .hint(format!("use one of: {}", names.join(", ")))
    })
}

fn preview_file(
    file: &LocalFile,
    preset: &Preset,
    watermarks: &Watermarks,
    args: &PreviewArgs,
    config: &Config,
) -> Result<FilePreview, CommandError> {
    let shown = file.path.display();
    // The function has these limits in this configuration.
    let settings = &config.settings;
    let memory = Shares::for_memory(u64::from(settings.function.memory) << 20, settings.limits.bytes);
    let limits = imaging::Limits {
        max_bytes: settings.limits.bytes.min(memory.encoded),
        max_pixels: settings.limits.pixels,
        max_memory: memory.decoded,
    };
    let original = read(&file.path, limits.max_bytes)
        .map_err(|error| io_error(format_args!("read `{shown}`"), &error))?;
    let started = Instant::now();
    let request = RenderRequest { presets: std::slice::from_ref(preset), focus: args.focus, watermarks };
    let rendered = original.and_then(|original| {
        photo::apply_format_settings(imaging::sniff(&original), settings)?;
        imaging::render(&original, request, &limits, &|| false)
    });
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut preview = FilePreview {
        file: file.name.clone(),
        status: PreviewStatus::Rejected,
        reason: String::new(),
        output: None,
        ms,
        peak_rss_mb: peak_rss_mb(),
    };
    match rendered {
        Ok(rendered) => {
            for thumbnail in rendered.thumbnails {
                let name = shorten_name(&format!("{}.{}", file.name, thumbnail.format.extension()));
                write_thumbnail(&args.out.join(&name), &thumbnail.bytes)?;
                preview.output = Some(name);
            }
            preview.status = PreviewStatus::Thumbnail;
        }
        Err(error) => preview.reason = format!("{}: {error}", error.code()),
    }
    Ok(preview)
}

/// Returns the bytes of the file, or an error if there are more than `max`.
fn read(path: &Path, max: u64) -> std::io::Result<Result<Vec<u8>, ImageError>> {
    let file = std::fs::File::open(path)?;
    let bytes = file.metadata()?.len();
    if bytes > max {
        return Ok(Err(ImageError::TooManyBytes { bytes, max }));
    }
    // A pipe does not report its size.
    let mut original = Vec::new();
    file.take(max.saturating_add(1)).read_to_end(&mut original)?;
    Ok(Ok(original))
}

/// Creates the folder and writes the file atomically.
fn write_thumbnail(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .map_err(|error| io_error(format_args!("create the folder `{}`", folder.display()), &error))?;
    files::write(path, bytes)
}

/// Runs `deployer preview` for one file in a separate process.
async fn preview_in_process(
    file: &LocalFile,
    args: &PreviewArgs,
    config: &Config,
) -> Result<FilePreview, CommandError> {
    let program = std::env::current_exe().map_err(|error| io_error("find this program", &error))?;
    let out = file.name.rsplit_once('/').map_or(args.out.clone(), |(folders, _)| args.out.join(folders));
    let mut command = Command::new(program);
    command.args(["--output", "json", "preview"]).arg("--out").arg(out);
    if let Some(environment) = config.environment() {
        command.args(["--env", &environment.value]);
    }
    if let Some(file) = &config.file {
        command.arg("--config").arg(file);
    }
    if let Some(preset) = &args.preset {
        command.args(["--preset", preset]);
    }
    if let Some(focus) = args.focus {
        command.args(["--focus", &focus.to_string()]);
    }
    command.arg("--").arg(&file.path);
    let started = Instant::now();
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output();
    let reason = match tokio::time::timeout(TIMEOUT, output).await {
        Err(_) => format!("timed out after {} s", TIMEOUT.as_secs()),
        Ok(Err(error)) => return Err(io_error("start `deployer preview` for a file", &error)),
        Ok(Ok(output)) => match serde_json::from_slice::<Vec<FilePreview>>(&output.stdout) {
            Ok(mut previews) if previews.len() == 1 => {
                let mut preview = previews.remove(0);
                preview.output = preview.output.map(|name| match file.name.rsplit_once('/') {
                    Some((folders, _)) => format!("{folders}/{name}"),
                    None => name,
                });
                preview.file.clone_from(&file.name);
                return Ok(preview);
            }
            _ => format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim()),
        },
    };
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(FilePreview::failed(file.name.clone(), reason, ms))
}

/// Returns the peak memory of this process, in MiB.
fn peak_rss_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

impl FilePreview {
    fn failed(file: String, reason: String, ms: u64) -> Self {
        Self { file, status: PreviewStatus::Failed, reason, output: None, ms, peak_rss_mb: 0.0 }
    }

    fn text(&self) -> String {
        let file = escape(&self.file);
        match (&self.output, self.status) {
            (Some(output), _) => format!("{file}  {} ms  {}", self.ms, escape(output)),
            (None, PreviewStatus::Rejected) => {
                format!("{file}  rejected: {}", escape(&self.reason))
            }
            (None, _) => format!("{file}  failed: {}", escape(&self.reason)),
        }
    }
}
