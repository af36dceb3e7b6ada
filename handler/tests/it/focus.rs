//! The focal point in the metadata of an original.

use contract::preset::ThumbnailFormat;
use testkit::s3::Store;

use crate::aws::Aws;
use crate::world::{
    LONG_TIMEOUT, ORIGINALS, THUMBNAILS, batch, created_event, message, original_version, photo_of,
    retried_ids, start_thumbnail,
};

const CROP: &str = r#"[{"name":"crop","width":8,"height":16,"fit":"cover","format":"png"}]"#;

/// Returns the first column of the crop of a photo of 24 x 16 pixels.
fn first_column(store: &Store, key: &str) -> u8 {
    let version = original_version(key, store.current(ORIGINALS, key).unwrap());
    let key = version.thumbnail_key("crop", ThumbnailFormat::Png);
    let bytes = store.current(THUMBNAILS, &key).unwrap().bytes.clone();
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    pixels[1]
}

#[tokio::test]
async fn a_photo_is_cropped_around_its_focal_point_and_an_invalid_one_is_ignored() {
    let aws = Aws::start();
    let thumbnail = start_thumbnail(&aws, &[("PRESETS", CROP)]).await;
    for (key, focus, expect) in
        [("left.png", "0.25,0.5", 2), ("right.png", "1,0", 16), ("none.png", "", 8), ("wrong.png", "3,5", 8)]
    {
        let headers =
            if focus.is_empty() { vec![] } else { vec![("x-amz-meta-focus".to_owned(), focus.to_owned())] };
        let photo = photo_of(24, 16, 7).into();
        let version = aws.store(|store| store.put_if(ORIGINALS, key, photo, headers, None, None).unwrap());
        let messages = [message(key, &created_event(key, &version))];
        assert_eq!(retried_ids(thumbnail.invoke(batch(&messages), LONG_TIMEOUT).await), [""; 0]);
        assert_eq!(aws.store(|store| first_column(store, key)), expect, "{key}");
        let line = thumbnail.lines(1, |line| line["message_id"] == key).await.remove(0);
        assert_eq!(line["outcome"], "done");
        let said = line["message"].as_str().unwrap_or_default();
        assert_eq!(said.contains("`3,5` and is ignored"), key == "wrong.png", "{said}");
    }
}
