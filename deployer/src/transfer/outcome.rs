//! What happened to the files of an upload: one line for each, and a summary.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use contract::key::escape;
use contract::manifest::Manifest;
use serde::Serialize;
use serde_json::json;

use crate::error::{CommandError, Kind, shell_operand};
use crate::ui::{Ui, format_count};

/// The reason for skipping a file of an unknown format.
pub(super) const NO_IMAGE: &str = "not an image";

/// The outcome for one file, as a line of JSON.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum FileOutcome {
    Stored(Box<StoredPhoto>),
    /// A file in a folder that is not a photo, with its type.
    Skipped {
        file: String,
        skipped: String,
    },
}

/// A photo in the originals bucket, as a line of JSON.
#[derive(Debug, Serialize)]
pub(crate) struct StoredPhoto {
    pub(crate) file: String,
    pub(crate) key: String,
    pub(super) version: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
    pub(super) already_there: bool,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(super) followed: Option<ProcessingResult>,
}

impl StoredPhoto {
    /// Returns whether it has thumbnails.
    pub(crate) fn is_done(&self) -> bool {
        matches!(self.followed, Some(ProcessingResult::Done { .. }))
    }

    /// Returns the time from the upload to the thumbnails, in milliseconds, or `None` if the photo already existed.
    pub(crate) fn milliseconds(&self) -> Option<u64> {
        match self.followed {
            Some(ProcessingResult::Done { milliseconds, .. }) if !self.already_there => Some(milliseconds),
            _ => None,
        }
    }
}

/// The last known state of a photo.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub(super) enum ProcessingResult {
    Done {
        thumbnails: Vec<String>,
        milliseconds: u64,
    },
    Failed {
        reason: String,
        message: String,
    },
    Superseded,
    Waiting {
        message: String,
    },
    /// The user interrupted the wait.
    #[serde(rename = "waiting")]
    Interrupted {
        message: &'static str,
    },
}

impl ProcessingResult {
    pub(super) fn done(manifest: &Manifest, started: Instant) -> Self {
        Self::Done {
            thumbnails: manifest.thumbnails.iter().map(|thumbnail| thumbnail.key.clone()).collect(),
            milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// Returns the category of a `skipped` file: its format, or its extension.
fn skip_category(file: &str, skipped: &str) -> String {
    let extension = Path::new(file).extension().and_then(|extension| extension.to_str());
    match extension {
        Some(extension) if skipped == NO_IMAGE => format!("`.{}`", escape(extension)),
        _ => skipped.to_owned(),
    }
}

/// The outcomes so far.
pub(super) struct Tally<'a> {
    ui: &'a Ui,
    report: &'a mut dyn FnMut(&StoredPhoto) -> Result<(), CommandError>,
    /// The number of files.
    pub(super) total: u64,
    stored: u64,
    /// Whether the photos are uploaded with a focal point.
    has_focus: bool,
    /// The number of skipped files by category.
    skipped: BTreeMap<String, u64>,
    failed: u64,
    /// The first error.
    first: Option<CommandError>,
    pub(super) is_interrupted: bool,
}

impl<'a> Tally<'a> {
    pub(super) fn new(
        ui: &'a Ui,
        report: &'a mut dyn FnMut(&StoredPhoto) -> Result<(), CommandError>,
        has_focus: bool,
    ) -> Self {
        Self {
            ui,
            report,
            total: 0,
            stored: 0,
            has_focus,
            skipped: BTreeMap::new(),
            failed: 0,
            first: None,
            is_interrupted: false,
        }
    }

    /// Counts and prints the outcome of `file`.
    pub(super) fn add(
        &mut self,
        file: String,
        outcome: Result<FileOutcome, CommandError>,
    ) -> Result<(), CommandError> {
        match outcome {
            Ok(FileOutcome::Stored(stored)) => {
                self.stored += 1;
                (self.report)(&stored)?;
                let name = escape(&stored.key);
                let explain = format!(
                    "run `deployer explain{{flags}} {}` to see its state",
                    shell_operand(&stored.key)
                );
                if stored.already_there {
                    let kept = if self.has_focus { "; its focal point stays the same" } else { "" };
                    self.ui.note(format!("`{name}` already exists{kept}"));
                }
                self.followed(&name, &explain, stored.followed);
            }
            Ok(FileOutcome::Skipped { file, skipped }) => {
                *self.skipped.entry(skip_category(&file, &skipped)).or_default() += 1;
                self.ui.detail(format!("skipped `{}`: {skipped}", escape(&file)));
                if self.ui.is_json() {
                    self.ui.print_line(&FileOutcome::Skipped { file, skipped }, String::new)?;
                }
            }
            Err(error) => {
                if self.ui.is_json() {
                    self.ui.print_line(&json!({ "file": file, "error": error.message }), String::new)?;
                }
                self.fail(error);
            }
        }
        Ok(())
    }

    fn followed(&mut self, name: &str, explain: &str, followed: Option<ProcessingResult>) {
        match followed {
            None => {}
            Some(ProcessingResult::Done { thumbnails, milliseconds }) => {
                let count = format_count(thumbnails.len() as u64, "thumbnail");
                self.ui.note(format!("`{name}` has {count} after {milliseconds} ms"));
            }
            Some(ProcessingResult::Superseded) => {
                self.ui.note(format!("`{name}` was overwritten or removed before it had thumbnails"));
            }
            Some(ProcessingResult::Failed { reason, message }) => self.fail(
                CommandError::failed(format!("no thumbnails for `{name}`: {message} ({reason})"))
                    .hint(explain),
            ),
            Some(ProcessingResult::Interrupted { message }) => {
                self.fail(CommandError::interrupted(message));
            }
            Some(ProcessingResult::Waiting { message }) => {
                self.fail(
                    CommandError::failed(format!("no thumbnails for `{name}`: {message}")).hint(explain),
                );
            }
        }
    }

    /// Counts an error, and prints it if there are several files.
    pub(super) fn fail(&mut self, error: CommandError) {
        if self.total > 1 && error.kind != Kind::Interrupted {
            self.ui.print_error(&error);
        }
        self.failed += 1;
        self.is_interrupted |= error.kind == Kind::Interrupted;
        self.first.get_or_insert(error);
    }

    pub(super) fn finish(self) -> Result<(), CommandError> {
        let Self { total, stored, failed, .. } = self;
        let skipped: u64 = self.skipped.values().sum();
        if skipped > 0 {
            let kinds = self.skipped.iter().map(|(kind, count)| format!("{count} {kind}"));
            let kinds = kinds.collect::<Vec<_>>().join(", ");
            self.ui.warn(format!(
                "skipped {} in unsupported formats: {kinds} (use `-v` to list them)",
                format_count(skipped, "file")
            ));
        }
        match self.first {
            _ if self.is_interrupted && stored + skipped == total => Err(CommandError::interrupted(
                "interrupted: all photos were uploaded; some may still be waiting for thumbnails",
            )
            .hint("run `deployer ls{flags}` to see their states")),
            _ if self.is_interrupted => Err(CommandError::interrupted(format!(
                "interrupted: uploaded {stored} of {}",
                format_count(total.saturating_sub(skipped), "photo")
            ))
            .hint("run the same command again to upload the rest")),
            None => Ok(()),
            Some(first) if total == 1 => Err(first),
            Some(_) => Err(CommandError::failed(format!("{failed} of {total} files failed"))),
        }
    }
}
