//! Renders every file of a folder, each in a process of its own, and prints what came of it as JSON.
//!
//!     cargo run --profile lambda -p imaging --example preview -- DIR OUT [jpeg|png|webp|auto] [SIDE]

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use contract::preset::{Preset, PresetFormat};
use imaging::{Limits, render};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, file, output, format, side] = &arguments[..]
        && flag == "--one"
    {
        return one(Path::new(file), Path::new(output), format, side.parse().unwrap());
    }
    let [folder, out, rest @ ..] = &arguments[..] else { panic!("DIR OUT [FORMAT] [SIDE]") };
    let format = rest.first().map_or("auto", String::as_str);
    let side = rest.get(1).map_or("256", String::as_str);
    let mut files = Vec::new();
    walk(Path::new(folder), &mut files);
    files.sort();
    let mut records = Vec::new();
    for file in files {
        let name = file.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        let output = Path::new(out).join(&name);
        std::fs::create_dir_all(output.parent().unwrap()).unwrap();
        let start = Instant::now();
        let child = Command::new(std::env::current_exe().unwrap())
            .arg("--one")
            .arg(&file)
            .arg(&output)
            .args([format, side])
            .output()
            .unwrap();
        let ms = start.elapsed().as_millis() as u64;
        let mut record: serde_json::Value = serde_json::from_slice(&child.stdout).unwrap_or_else(|_| {
            let reason = format!("{}: {}", child.status, String::from_utf8_lossy(&child.stderr));
            serde_json::json!({ "status": "failed", "reason": reason })
        });
        record["file"] = name.clone().into();
        record["ms"] = ms.into();
        if record["status"] == "thumbnail" {
            record["output"] = name.into();
        }
        records.push(record);
    }
    println!("{}", serde_json::to_string_pretty(&records).unwrap());
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}

fn one(file: &Path, output: &Path, format: &str, side: u32) {
    let format = match format {
        "jpeg" => PresetFormat::Jpeg,
        "png" => PresetFormat::Png,
        "webp" => PresetFormat::Webp,
        _ => PresetFormat::Auto,
    };
    let preset = Preset { format, ..Preset::inside("preview", side, side) };
    let original = std::fs::read(file).unwrap();
    let start = Instant::now();
    let rendered = render(&original, &[preset], &Limits::default(), &|| false);
    let cpu_ms = start.elapsed().as_secs_f64() * 1e3;
    let record = match rendered {
        Ok(rendered) => {
            let thumbnail = &rendered.thumbnails[0];
            std::fs::write(output, &thumbnail.bytes).unwrap();
            serde_json::json!({
                "status": "thumbnail", "reason": "", "peak_rss_mb": peak_mb(), "render_ms": cpu_ms,
                "partial": rendered.facts.partial, "bytes": thumbnail.bytes.len(),
            })
        }
        Err(error) => serde_json::json!({
            "status": "rejected", "reason": format!("{}: {error}", error.code()), "peak_rss_mb": peak_mb(),
        }),
    };
    println!("{record}");
}

fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or("VmHWM: 0");
    let kilobytes: f64 = line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0.0);
    kilobytes / 1024.0
}
