//! Folders: empty objects that programs store to represent a folder. They are not photos.

/// The suffix of the keys of folders that Hadoop and EMR create.
const HADOOP_SUFFIX: &str = "_$folder$";

/// The content types of folders that s3fs, rclone, Nextcloud, and others set.
const CONTENT_TYPES: [&str; 2] = ["application/x-directory", "httpd/unix-directory"];

/// Returns whether the object at `key` of `bytes` bytes is a folder. A listing has no content type, so an empty
/// object needs a HEAD.
pub fn is_folder(key: &str, bytes: u64, content_type: Option<&str>) -> bool {
    bytes == 0
        && (key.ends_with('/')
            || key.ends_with(HADOOP_SUFFIX)
            || content_type.is_some_and(is_type_of_folders))
}

/// Returns whether `content_type` is the type of a folder. Parameters like `; charset=UTF-8` may follow it, and case
/// does not matter (RFC 9110, 8.3.1).
fn is_type_of_folders(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    CONTENT_TYPES.iter().any(|folder| essence.eq_ignore_ascii_case(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_recognized_by_its_key_or_its_content_type() {
        for (key, bytes, content_type, expect) in [
            ("album/", 0, None, true),
            ("album/", 0, Some("binary/octet-stream"), true),
            ("a/album_$folder$", 0, None, true),
            ("album", 0, Some("application/x-directory"), true),
            ("album", 0, Some("Application/X-Directory; charset=UTF-8"), true),
            ("album", 0, Some("httpd/unix-directory"), true),
            ("album", 0, None, false),
            ("empty.jpg", 0, Some("image/jpeg"), false),
            // An object with bytes may be a photo, regardless of its key.
            ("album/", 1, None, false),
            ("a_$folder$", 1, None, false),
            ("album", 1, Some("application/x-directory"), false),
            ("_$folder$.jpg", 0, None, false),
        ] {
            assert_eq!(is_folder(key, bytes, content_type), expect, "{key} {bytes} {content_type:?}");
        }
    }
}
