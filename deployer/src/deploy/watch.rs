//! Watches the source: builds and hotswaps when a source file of the functions or a watermark changes, and shows the logs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use contract::preset::Preset;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{Receiver, channel};

use crate::config::Config;
use crate::deploy::up::build_and_hotswap;
use crate::error::{CommandError, io_error};
use crate::monitor::tail::{LineFilter, tail};
use crate::package::{self, Profile};
use crate::stack::Stack;
use crate::ui::Ui;

/// The folders of the workspace with the source of the functions.
const SOURCES: [&str; 6] = ["handler", "protocol", "imaging", "contract", "aom-sys", "libjpeg-turbo-sys"];

/// How long to wait after a save before building, since editors save several files at once.
const DEBOUNCE: Duration = Duration::from_millis(200);

/// Watches until the future is dropped.
pub(crate) async fn watch(profile: Profile, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let workspace = package::workspace(&stack.config)?;
    // A capacity of one is enough, since one build covers many saves.
    let (sender, saved) = channel(1);
    let watch_error = |error: &notify::Error| {
        CommandError::failed(format!("cannot watch the source in `{}`: {error}", workspace.display()))
            .hint("on Linux, run `sudo sysctl fs.inotify.max_user_watches=524288`")
            .hint("without watching, run `deployer up{flags} --hotswap` after each change")
    };
    let watermarks = find_watermarks(stack)?;
    let (root, files) = (workspace.clone(), watermarks.clone());
    let mut watcher: RecommendedWatcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if event.is_ok_and(|event| is_save(&event, &root, &files)) {
            // The channel is full if an earlier save is still pending.
            let _ = sender.try_send(());
        }
    })
    .map_err(|error| watch_error(&error))?;
    for folder in SOURCES {
        let watched = watcher.watch(&workspace.join(folder), RecursiveMode::Recursive);
        watched.map_err(|error| watch_error(&error))?;
    }
    // An editor can replace a file, which ends the watch of the file but not that of its folder.
    for folder in watermarks.iter().filter_map(|file| file.parent()) {
        let watched = watcher.watch(folder, RecursiveMode::NonRecursive);
        watched.map_err(|error| watch_error(&error))?;
    }
    ui.note(format!("Watching {} in `{}`; press Ctrl-C to stop", SOURCES.join(", "), workspace.display()));
    let new_lines = LineFilter { follow: true, ..LineFilter::default() };
    tokio::select! {
        ended = tail(&new_lines, stack, ui) => ended,
        () = swap_on_save(saved, profile, stack, ui) => Ok(()),
    }
}

/// Builds and hotswaps after each save. After an error, the next save tries again.
async fn swap_on_save(mut saved: Receiver<()>, profile: Profile, stack: &Stack, ui: &Ui) {
    while saved.recv().await.is_some() {
        while let Ok(Some(())) = tokio::time::timeout(DEBOUNCE, saved.recv()).await {}
        if let Err(error) = build_and_hotswap(&[], profile, stack, ui).await {
            ui.print_error(&error);
        }
    }
}

/// Returns the paths of the watermarks of the presets, in the form that file events contain.
fn find_watermarks(stack: &Stack) -> Result<Vec<PathBuf>, CommandError> {
    let Config { project, settings, .. } = &stack.config;
    let find = |name: &str| {
        let path = project.join(name);
        let (Some(folder), Some(file)) = (path.parent(), path.file_name()) else { return Ok(path) };
        let what = format_args!("find the folder `{}` of a watermark", folder.display());
        let folder = folder.canonicalize().map_err(|error| io_error(what, &error))?;
        Ok(folder.join(file))
    };
    Preset::watermark_files(&settings.presets).into_iter().map(find).collect()
}

/// Returns whether the event is a change of a source file or a watermark. Files that cargo writes are ignored, because
/// otherwise each build would start another one.
fn is_save(event: &Event, workspace: &Path, watermarks: &[PathBuf]) -> bool {
    let changes = matches!(event.kind, EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_));
    changes
        && event.paths.iter().any(|path| {
            let inside = path.strip_prefix(workspace).unwrap_or(path);
            let is_built = inside.components().any(|part| part.as_os_str() == "target");
            let is_source =
                matches!(path.extension().and_then(OsStr::to_str), Some("rs" | "toml" | "c" | "h"));
            is_source && !is_built || watermarks.contains(path)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::ModifyKind;

    #[test]
    fn sources_and_watermarks_are_saves_and_built_files_are_not() {
        let watermarks = [PathBuf::from("/photos/marks/logo.png")];
        for (path, expect) in [
            ("/work/imaging/src/lib.rs", true),
            ("/work/imaging/README.md", false),
            ("/work/imaging/fuzz/target/lib.rs", false),
            ("/photos/marks/logo.png", true),
            ("/photos/marks/other.png", false),
        ] {
            let event = Event::new(EventKind::Modify(ModifyKind::Any)).add_path(path.into());
            assert_eq!(is_save(&event, Path::new("/work"), &watermarks), expect, "{path}");
        }
    }
}
