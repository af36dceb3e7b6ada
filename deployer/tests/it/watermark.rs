//! The watermark of a preset: in previews, in the zips of functions, and errors in its file.

use std::io::{Cursor, Read as _};

use testkit::Deployer;

use crate::zips::zip_of;

/// Returns a PNG of one color.
fn png(width: u32, height: u32, color: [u8; 4]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::RgbaImage::from_pixel(width, height, image::Rgba(color))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// Returns a project whose preset `small` has the settings `watermark`.
fn project(watermark: &str) -> Deployer {
    let preset = format!("{{name: small, width: 64, height: 64, format: png, watermark: {watermark}}}");
    let deployer = Deployer::new().file("deployer.yaml", format!("presets: [{preset}]\n"));
    let cache = deployer.path("cache");
    deployer.env("XDG_CACHE_HOME", cache)
}

#[test]
fn a_preview_shows_the_watermark_of_its_preset() {
    let deployer = project("{file: brand/logo.png, position: bottom-right, width: 0.5}")
        .file("brand/logo.png", png(100, 100, [255, 0, 255, 255]))
        .sample("coffee.jpg");
    deployer.args(["preview", "coffee.jpg", "--preset", "small"]).succeeds();
    let preview = image::open(deployer.path("preview-output/coffee.jpg.png")).unwrap().into_rgb8();
    let (width, height) = preview.dimensions();
    assert_eq!(preview.get_pixel(width - 4, height - 4).0, [255, 0, 255]);
    assert_ne!(preview.get_pixel(3, 3).0, [255, 0, 255]);
    // Without a preset of the configuration, there is no watermark.
    deployer.args(["preview", "coffee.jpg", "--out", "plain"]).succeeds();
}

/// Returns the names and bytes of the files in the zip of the thumbnail function, and the digest in its key.
fn packaged(deployer: &Deployer) -> (Vec<(String, Vec<u8>)>, String) {
    let zips = ["thumbnail", "failover"].map(|function| format!("--zip={function}=handler.zip"));
    deployer.args(["synth", "--out", "out", &zips[0], &zips[1]]).succeeds();
    let assets = std::fs::read(deployer.path("out/thumbnail-generator.assets.json")).unwrap();
    let assets: serde_json::Value = serde_json::from_slice(&assets).unwrap();
    let files = assets["files"].as_object().unwrap();
    let is_thumbnail = |file: &serde_json::Value| file["displayName"] == "function thumbnail";
    let (digest, file) = files.iter().find(|(_, file)| is_thumbnail(file)).unwrap();
    let path = deployer.path("out").join(file["source"]["path"].as_str().unwrap());
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let entries = (0..zip.len()).map(|at| {
        let mut file = zip.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (file.name().unwrap().into_owned(), bytes)
    });
    (entries.collect(), digest.clone())
}

#[test]
fn a_watermark_is_added_to_a_given_zip_and_changes_its_digest() {
    let program = std::fs::read("/bin/true").unwrap();
    let zip = zip_of(&program);
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    let logos = [png(9, 9, [255, 0, 0, 255]), png(9, 9, [0, 255, 0, 255])];
    let digests = logos.clone().map(|logo| {
        let deployer = project("{file: brand/logo.png}").file("handler.zip", &zip);
        let settings = std::fs::read_to_string(deployer.path("deployer.yaml")).unwrap();
        let deployer = deployer
            .file("deployer.yaml", format!("{settings}function: {{architecture: {architecture}}}\n"))
            .file("brand/logo.png", &logo);
        let (files, digest) = packaged(&deployer);
        let expect = [("bootstrap", &program), ("watermarks/brand/logo.png", &logo)];
        assert_eq!(files, expect.map(|(name, bytes)| (name.to_owned(), bytes.clone())));
        // The given zip is not changed, and the second run has the same result.
        assert_eq!(std::fs::read(deployer.path("handler.zip")).unwrap(), zip);
        assert_eq!(packaged(&deployer).1, digest);
        digest
    });
    assert_ne!(digests[0], digests[1]);
}

#[test]
fn a_file_that_cannot_be_a_watermark_is_reported_before_anything_is_built() {
    let jpeg = std::fs::read(testkit::sample("coffee.jpg")).unwrap();
    let large = [png(9, 9, [0; 4]), vec![0; 1 << 20]].concat();
    for (file, reason) in [
        (None, "cannot read the watermark"),
        (Some(b"no picture".to_vec()), "cannot use `logo.png` as a watermark: the file is not an image"),
        (Some(jpeg), "cannot use `logo.png` as a watermark: JPEG is not supported"),
        (Some(large), "cannot use `logo.png` as a watermark: the file has 1048577 bytes"),
        (Some(png(2001, 2000, [0; 4])), "cannot use `logo.png` as a watermark: the image has 4002000 pixels"),
    ] {
        let code = if file.is_some() { 2 } else { 1 };
        let deployer = project("{file: logo.png}").sample("coffee.jpg");
        let deployer = match file {
            Some(bytes) => deployer.file("logo.png", bytes),
            None => deployer,
        };
        for command in [&["package"][..], &["preview", "coffee.jpg", "--preset", "small"]] {
            deployer.args(command).fails(code).stdout("").stderr_has(reason).stderr_has("hint: ");
        }
    }
}

#[test]
fn invalid_watermark_settings_are_reported_in_one_sentence() {
    for (watermark, reason) in [
        ("{file: ../logo.png}", "`watermark.file` must be a path below the folder of deployer.yaml"),
        (
            "{file: logo.png, opacity: 60}",
            "`watermark.opacity` and `watermark.width` must be above 0 and at most 1",
        ),
        (
            "{file: logo.png, width: 0}",
            "`watermark.opacity` and `watermark.width` must be above 0 and at most 1",
        ),
        ("{file: logo.png, position: top}", "unknown variant `top`, expected one of `top-left`, `top-right`"),
        ("{position: center}", "missing field `file`"),
    ] {
        project(watermark).args(["config"]).fails(2).stdout("").stderr_has(reason);
    }
}
