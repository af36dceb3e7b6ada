//! A spinner that shows how long the same wait took the last time.

use std::fs::DirBuilder;
use std::ops::Deref;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use contract::key::Digest;
use indicatif::{HumanDuration, ProgressBar};

/// The shortest duration that is remembered.
const MIN_REMEMBERED: Duration = Duration::from_secs(2);

/// How long the waits of earlier commands took: a folder with a small file for each.
#[derive(Clone, Debug)]
pub(crate) struct Durations {
    folder: Option<PathBuf>,
}

impl Durations {
    /// Remembers durations in `folder`, or nothing if it is `None`.
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// Returns how long `what` took the last time, or `None` if that is unknown or was short.
    pub(crate) fn last(&self, what: &str) -> Option<Duration> {
        let seconds = std::fs::read_to_string(self.file(what)?).ok()?.trim().parse().ok()?;
        Some(Duration::from_secs(seconds)).filter(|last| *last >= MIN_REMEMBERED)
    }

    /// Remembers how long `what` took. Ignores errors, because the file is needed only for a part of a message.
    pub(crate) fn remember(&self, what: &str, took: Duration) {
        let (Some(folder), Some(file)) = (&self.folder, self.file(what)) else { return };
        if took < MIN_REMEMBERED {
            let _ = std::fs::remove_file(file);
        } else if DirBuilder::new().recursive(true).mode(0o700).create(folder).is_ok() {
            let _ = std::fs::write(file, took.as_secs().to_string());
        }
    }

    fn file(&self, what: &str) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(Digest::of(what.as_bytes()).short()))
    }
}

/// A spinner that is shown during a wait.
pub(crate) struct Spinner {
    bar: ProgressBar,
    what: String,
    began: Instant,
    durations: Durations,
}

impl Spinner {
    /// Starts the wait for `what`, which `bar` shows.
    pub(super) fn begin(bar: ProgressBar, what: String, durations: Durations) -> Self {
        if let Some(last) = durations.last(&what) {
            bar.set_prefix(format!("(took {:#} last time)", HumanDuration(last)));
        }
        bar.set_message(what.clone());
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar, what, began: Instant::now(), durations }
    }

    /// Ends the wait and remembers how long it took.
    pub(crate) fn finish_and_clear(&self) {
        self.durations.remember(&self.what, self.began.elapsed());
        self.bar.finish_and_clear();
    }
}

impl Deref for Spinner {
    type Target = ProgressBar;

    fn deref(&self) -> &ProgressBar {
        &self.bar
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spinner_shows_the_last_duration_unless_it_was_short() {
        let folder = tempfile::tempdir().unwrap();
        let durations = Durations::new(Some(folder.path().join("durations")));
        assert_eq!(durations.last("Building"), None);
        durations.remember("Building", Duration::from_millis(312_900));
        assert_eq!(durations.last("Building"), Some(Duration::from_secs(312)));
        assert_eq!(durations.last("Zipping"), None);
        let spinner = Spinner::begin(ProgressBar::hidden(), "Building".to_owned(), durations.clone());
        assert_eq!(spinner.prefix(), "(took 5m last time)");
        spinner.finish_and_clear();
        assert_eq!(durations.last("Building"), None);
    }
}
