//! The watermark of a preset, which the zip of a function contains.

use std::path::PathBuf;

use testkit::s3::Store;
use testkit::{InvocationResult, Lambda};

use crate::aws::Aws;
use crate::delivery::Site;
use crate::world::{
    LONG_TIMEOUT, THUMBNAILS, World, batch, message, photo_of, start_delivery, start_thumbnail,
};

const MARKED: &str = r#"[{"name":"small","width":32,"height":32,"format":"png",
    "watermark":{"file":"brand/logo.png","position":"top-left","opacity":1.0,"width":0.5}}]"#;

/// Returns the folder of a zip that contains a PNG of one color as `brand/logo.png`.
fn unpacked_zip(name: &str, color: [u8; 4]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let brand = folder.join("watermarks/brand");
    std::fs::create_dir_all(&brand).unwrap();
    let mut encoder = png::Encoder::new(std::fs::File::create(brand.join("logo.png")).unwrap(), 16, 16);
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header().unwrap().write_image_data(&color.repeat(256)).unwrap();
    folder
}

/// Returns the colors of the first and the last pixel of the only stored thumbnail.
fn corners(store: &Store) -> ([u8; 3], [u8; 3]) {
    let keys = store.list(THUMBNAILS, "");
    assert_eq!(keys.len(), 1, "{keys:?}");
    let bytes = store.current(THUMBNAILS, &keys[0]).unwrap().bytes.clone();
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    let color = |at: usize| [pixels[at], pixels[at + 1], pixels[at + 2]];
    (color(0), color(pixels.len() - 3))
}

async fn process(function: &Lambda, upload: &serde_json::Value) -> InvocationResult {
    function.invoke(batch(&[message("photo", upload)]), LONG_TIMEOUT).await
}

#[tokio::test]
async fn both_functions_that_render_a_preset_draw_its_watermark() {
    let folder = unpacked_zip("orange", [255, 128, 0, 255]);
    let variables = [("PRESETS", MARKED), ("LAMBDA_TASK_ROOT", folder.to_str().unwrap())];
    let aws = Aws::start();
    let thumbnail = start_thumbnail(&aws, &variables).await;
    let world = World { aws, thumbnail };
    let function = start_delivery(&world.aws, &variables).await;
    let site = Site { world, function };
    let (_, upload) = site.world.upload("cat.png", photo_of(31, 31, 7));

    // The delivery function is the first to render the preset.
    let on_demand = site.get("/p/small/cat.png").await;
    assert_eq!(on_demand.png_size(), (31, 31));
    assert_eq!(site.aws().store(|store| corners(store)), ([255, 128, 0], [7, 30, 30]));
    // The thumbnail function renders the same bytes.
    assert!(matches!(process(&site.world.thumbnail, &upload).await, InvocationResult::Response(_)));
    let key = site.thumbnails().remove(0);
    assert_eq!(site.thumbnail(&key), Some(on_demand.body));
}

#[tokio::test]
async fn a_function_without_the_file_of_a_watermark_ends_before_it_renders_a_photo() {
    let folder = unpacked_zip("other", [0, 0, 0, 255]);
    let other = MARKED.replace("logo.png", "missing.png");
    let aws = Aws::start();
    for presets in [&other, MARKED] {
        // Neither a missing folder nor a missing file in the folder is accepted.
        let folder = if presets == MARKED { "/missing" } else { folder.to_str().unwrap() };
        let variables = [("PRESETS", presets), ("LAMBDA_TASK_ROOT", folder)];
        start_thumbnail(&aws, &variables).await.has_ended().await;
        start_delivery(&aws, &variables).await.has_ended().await;
    }
    assert_eq!(aws.calls().len(), 0);
}
