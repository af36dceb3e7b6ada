//! Addresses: the URLs at which a distribution delivers thumbnails.
//!
//! | address | content | cached |
//! | --- | --- | --- |
//! | `/p/{preset}/{key}` | the current version of the photo, as the preset | a minute, then revalidated |
//! | `/p/{width}x{height}/{key}`, `/p/{width}x/{key}`, `/p/x{height}/{key}` | the current version, on demand | as above |
//! | `/t/{key}~/{version}/{preset}.{format}` | one version: the key of the thumbnail behind `/t/` | a year |
//!
//! `key` is encoded as in the keys of [`crate::key::OriginalVersion`]: letters, digits, `-`, `_`, `.`, and `/` are not
//! changed; every other byte of the UTF-8 text becomes `~` and two upper-case hexadecimal digits. A part that is `.` or
//! `..` is also encoded, and a `/` at the beginning or after another `/` becomes `~2F`. An address therefore contains
//! only characters that no browser, proxy, or signature algorithm changes. In an address, a long key is not replaced by
//! a digest.
//!
//! ```
//! use contract::delivery::{Address, Options, SigningKey, Size};
//!
//! let address = Address::for_preset("medium", "users/42/My avatar+1.jpg");
//! assert_eq!(address.to_string(), "/p/medium/users/42/My~20avatar~2B1.jpg");
//!
//! let size: Size = "400x300".parse()?;
//! let options = Options { dpr: Some(2), quality: Some(60), ..Options::default() };
//! let address = Address::for_size(size, "cat.jpg", options);
//! assert_eq!(address.to_string(), "/p/400x300/cat.jpg?dpr=2&quality=60");
//!
//! let signed = SigningKey::new("secret").sign(&address);
//! assert!(signed.starts_with("/p/400x300/cat.jpg?dpr=2&quality=60&sig="));
//! # Ok::<(), contract::delivery::SizeError>(())
//! ```
//!
//! # By hand
//!
//! An application needs no library. It percent-encodes the key, and writes `~` for `%`. In Python:
//!
//! ```python
//! path = "/p/medium/" + urllib.parse.quote(key, safe="/").replace("~", "~7E").replace("%", "~")
//! ```
//!
//! In JavaScript, `encodeURIComponent` leaves five characters that are not unreserved:
//!
//! ```js
//! const hex = (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase();
//! const encoded = key.split("/").map(encodeURIComponent).join("/").replace(/[!'()*]/g, hex);
//! const path = "/p/medium/" + encoded.replaceAll("~", "~7E").replaceAll("%", "~");
//! ```
//!
//! This is correct for every key without empty, `.`, and `..` parts.
//!
//! # What is read
//!
//! The function also accepts a key in other spellings. It decodes percent-encoding once, then `~` and its digits. It
//! refuses ambiguous paths: bytes that are not UTF-8, a `~` without digits, and empty, `.`, or `..` parts after
//! percent-decoding. So `%2B` and `~2B` are both `+`, `+` is itself, `%252F` is the three characters `%2F`, and `a//b`
//! is refused, while `a/~2Fb` is the key `a//b`.
//!
//! # Options
//!
//! | option | values | without it |
//! | --- | --- | --- |
//! | `dpr` | `1`, `2`, `3`: the number of pixels of the file for each pixel of the size | `1` |
//! | `exp` | Unix seconds after which a signed address is refused | never |
//! | `fit` | as of a preset; `cover` needs a width and a height | `inside` |
//! | `format` | `auto`, `avif`, `jpeg`, `png`, `webp`; `auto` depends on the header `Accept` | `auto` |
//! | `gravity` | as of a preset | `center` |
//! | `quality` | 1 to 100; only in signed addresses | `80` |
//! | `sig` | the signature | |
//!
//! A preset's address has no options. The function refuses an option that occurs twice or has a value that is not in
//! the table. Parameters with other names are ignored.
//!
//! # Signatures
//!
//! `sig` is the HMAC-SHA256 of the address with the signing key, as 64 lower-case hexadecimal digits. The address is
//! the path in the encoding above. If there are options, `?` and the options in alphabetical order follow, without
//! `sig`:
//!
//! ```python
//! sig = hmac.new(secret.encode(), b"/p/400x300/cat.jpg?dpr=2&quality=60", "sha256").hexdigest()
//! ```

mod accept;
mod options;
mod path;
mod rendition;
mod signature;
mod size;

use std::fmt;

pub use accept::AcceptedFormats;
pub use options::{Options, RequestedFormat};
pub use rendition::{MAX_ON_DEMAND, Rendition, is_on_demand};
pub use signature::SigningKey;
pub use size::{Size, SizeError, Sizes};

use crate::key::encode_path;
use crate::preset::Preset;

/// The prefix of the addresses of thumbnails of one version.
pub const THUMBNAILS: &str = "/t/";

/// The prefix of the addresses of current versions.
pub const PHOTOS: &str = "/p/";

/// An address, without host and signature. [`fmt::Display`] writes path and query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A thumbnail of one version.
    Thumbnail {
        /// Its key in the thumbnails bucket.
        thumbnail: String,
    },
    /// The current version of a photo as a preset.
    Preset {
        /// The name of the preset.
        preset: String,
        /// The key of the photo.
        key: String,
    },
    /// The current version of a photo in a size on demand.
    Size {
        /// The size.
        size: Size,
        /// The key of the photo.
        key: String,
        /// How the photo is fitted into this size.
        options: Options,
    },
}

/// Why a path and a query are not an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The path does not match any kind of address.
    #[error("the path does not match any kind of address")]
    Path,
    /// The name is neither a preset nor a size.
    #[error("the name is neither a preset nor a size")]
    Preset,
    /// The key is empty, too long, or cannot be decoded to UTF-8.
    #[error("the key in the path is empty, longer than 1024 bytes, or has an invalid escape sequence")]
    Encoding,
    /// An empty, `.`, or `..` part.
    #[error("the path has an empty, `.`, or `..` part")]
    Part,
    /// An option that occurs twice or has an invalid value.
    #[error("the option `{name}` must occur once and be {values}", values = options::values(.name))]
    Option {
        /// The option.
        name: &'static str,
    },
    /// An option of a preset, which has none.
    #[error("a preset cannot have the option `{name}`")]
    PresetOption {
        /// The option.
        name: &'static str,
    },
}

impl Address {
    /// Returns the address of the thumbnail at the key `thumbnail` in the thumbnails bucket.
    pub fn for_thumbnail(thumbnail: &str) -> Self {
        Self::Thumbnail { thumbnail: thumbnail.to_owned() }
    }

    /// Returns the address of the current version of the photo at `key`, as `preset`.
    pub fn for_preset(preset: &str, key: &str) -> Self {
        Self::Preset { preset: preset.to_owned(), key: key.to_owned() }
    }

    /// Returns the address of the current version of the photo at `key` in `size`.
    pub fn for_size(size: Size, key: &str, options: Options) -> Self {
        Self::Size { size, key: key.to_owned(), options }
    }

    /// Reads the path and the query (without `?`) of a request, still percent-encoded. Also returns the signature, if
    /// there is one. The name of one of `presets` is never a size.
    pub fn read(path: &str, query: &str, presets: &[Preset]) -> Result<(Self, Option<String>), AddressError> {
        if let Some(rest) = path.strip_prefix(THUMBNAILS) {
            return Ok((Self::Thumbnail { thumbnail: path::thumbnail(rest)? }, None));
        }
        let (name, rest) =
            path.strip_prefix(PHOTOS).and_then(|rest| rest.split_once('/')).ok_or(AddressError::Path)?;
        let (options, signature) = Options::read(query)?;
        if presets.iter().any(|preset| preset.name == name) {
            let named = options.first_name().or(signature.as_ref().map(|_| options::SIGNATURE));
            if let Some(name) = named {
                return Err(AddressError::PresetOption { name });
            }
            return Ok((Self::for_preset(name, &path::key(rest)?), None));
        }
        let size: Size = name.parse().map_err(|_| AddressError::Preset)?;
        Rendition::new(size, &options)?;
        Ok((Self::Size { size, key: path::key(rest)?, options }, signature))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Thumbnail { thumbnail } => write!(f, "{THUMBNAILS}{thumbnail}"),
            Self::Preset { preset, key } => write!(f, "{PHOTOS}{preset}/{}", encode_path(key)),
            Self::Size { size, key, options } => {
                write!(f, "{PHOTOS}{size}/{}", encode_path(key))?;
                let query = options.to_string();
                if query.is_empty() { Ok(()) } else { write!(f, "?{query}") }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::OriginalVersion;
    use crate::preset::{Fit, Gravity, ThumbnailFormat};

    fn read(path: &str) -> Result<Address, AddressError> {
        Address::read(path, "", &Preset::defaults()).map(|(address, _)| address)
    }

    #[test]
    fn a_key_has_one_printed_address_and_every_unambiguous_spelling_is_accepted() {
        for (sent, key, printed) in [
            ("cat.jpg", "cat.jpg", "cat.jpg"),
            ("my~20cat.jpg", "my cat.jpg", "my~20cat.jpg"),
            ("my%20cat.jpg", "my cat.jpg", "my~20cat.jpg"),
            ("a+b.jpg", "a+b.jpg", "a~2Bb.jpg"),
            ("a%2Bb.jpg", "a+b.jpg", "a~2Bb.jpg"),
            ("a%2Fb.jpg", "a/b.jpg", "a/b.jpg"),
            ("a%252Fb.jpg", "a%2Fb.jpg", "a~252Fb.jpg"),
            ("a~252Fb.jpg", "a%2Fb.jpg", "a~252Fb.jpg"),
            ("%F0%9F%98%BA.jpg", "\u{1f63a}.jpg", "~F0~9F~98~BA.jpg"),
            ("\u{1f63a}.jpg", "\u{1f63a}.jpg", "~F0~9F~98~BA.jpg"),
            ("~C3~A9.jpg", "\u{e9}.jpg", "~C3~A9.jpg"),
            ("a~7Eb", "a~b", "a~7Eb"),
            ("a%7E20b", "a b", "a~20b"),
            ("100%25.jpg", "100%.jpg", "100~25.jpg"),
            ("~2Fa/~2Fb", "/a//b", "~2Fa/~2Fb"),
            ("~2E~2E/a/~2E/b..c", "../a/./b..c", "~2E~2E/a/~2E/b..c"),
            ("album/", "album/", "album/"),
            ("a?b", "a?b", "a~3Fb"),
            // Two keys, although they look the same.
            ("%C3%A9.jpg", "\u{e9}.jpg", "~C3~A9.jpg"),
            ("e%CC%81.jpg", "e\u{301}.jpg", "e~CC~81.jpg"),
            ("%00%0A%7F", "\u{0}\n\u{7f}", "~00~0A~7F"),
            ("cat.jpg%7E7E/v1/small.webp", "cat.jpg~/v1/small.webp", "cat.jpg~7E/v1/small.webp"),
            ("400x300/small/...", "400x300/small/...", "400x300/small/..."),
            ("~2F", "/", "~2F"),
            ("a/~2F", "a//", "a/~2F"),
        ] {
            let expect = Address::for_preset("medium", key);
            assert_eq!(read(&format!("/p/medium/{sent}")), Ok(expect.clone()), "{sent}");
            assert_eq!(expect.to_string(), format!("/p/medium/{printed}"));
        }
    }

    #[test]
    fn an_ambiguous_path_is_refused() {
        for (path, error) in [
            ("/p/medium/a//b", AddressError::Part),
            ("/p/medium//b", AddressError::Part),
            ("/p/medium/a%2F%2Fb", AddressError::Part),
            ("/p/medium/a/../b", AddressError::Part),
            ("/p/medium/a/%2E%2E/b", AddressError::Part),
            ("/p/medium/./b", AddressError::Part),
            ("/p/medium/..", AddressError::Part),
            ("/p/medium/%FF", AddressError::Encoding),
            ("/p/medium/~FF", AddressError::Encoding),
            ("/p/medium/~C3%A9.jpg", AddressError::Encoding),
            ("/p/medium/a~b", AddressError::Encoding),
            ("/p/medium/a~", AddressError::Encoding),
            ("/p/medium/a%2", AddressError::Encoding),
            ("/p/medium/a%zz", AddressError::Encoding),
            ("/p/medium/", AddressError::Encoding),
            ("/p/medium", AddressError::Path),
            ("/p/gigantic/cat.jpg", AddressError::Preset),
            ("/p/0x300/cat.jpg", AddressError::Preset),
            ("/p/5000x/cat.jpg", AddressError::Preset),
            ("/p/x/cat.jpg", AddressError::Preset),
            ("/p/%34x4/cat.jpg", AddressError::Preset),
            ("/q/medium/cat.jpg", AddressError::Path),
            ("/", AddressError::Path),
            ("", AddressError::Path),
            ("/t/cat.jpg~/v1/../small.webp", AddressError::Part),
            ("/t//cat.jpg~/v1/small.webp", AddressError::Part),
            ("/t/my%20cat.jpg~/v1/small.webp", AddressError::Encoding),
            ("/t/small.webp", AddressError::Path),
            ("/t/cat.jpg~/v1/", AddressError::Path),
        ] {
            assert_eq!(read(path), Err(error), "{path}");
        }
        let long = |count| Address::for_preset("medium", &"\u{1f63a}".repeat(count));
        assert_eq!(read(&long(256).to_string()), Ok(long(256)));
        assert_eq!(read(&long(257).to_string()), Err(AddressError::Encoding));
    }

    #[test]
    fn options_are_printed_in_one_order_and_refused_if_they_are_ambiguous() {
        let read = |query: &str| Address::read("/p/400x300/cat.jpg", query, &[]);
        let query =
            "quality=75&utm_source=x&gravity=saliency&sig=00&format=auto&fit=cover&exp=1795514400&dpr=2";
        let (address, signature) = read(query).unwrap();
        let printed =
            "/p/400x300/cat.jpg?dpr=2&exp=1795514400&fit=cover&format=auto&gravity=saliency&quality=75";
        assert_eq!((address.to_string().as_str(), signature.as_deref()), (printed, Some("00")));
        let Address::Size { options, .. } = address else { panic!("{address:?}") };
        assert_eq!((options.fit, options.gravity), (Some(Fit::Cover), Some(Gravity::Saliency)));
        for (query, name) in [
            ("fit=cover&fit=inside", "fit"),
            ("sig=0&sig=0", "sig"),
            ("fit=crop", "fit"),
            ("fit", "fit"),
            ("quality=0", "quality"),
            ("quality=101", "quality"),
            ("quality=075", "quality"),
            ("quality=%2B75", "quality"),
            ("dpr=1.5", "dpr"),
            ("dpr=4", "dpr"),
            ("format=tiff", "format"),
            ("format=jpg", "format"),
            ("exp=tomorrow", "exp"),
            ("gravity=", "gravity"),
        ] {
            assert_eq!(read(query), Err(AddressError::Option { name }), "{query}");
        }
        // These sizes are too large, or open where `cover` needs a bound.
        assert_eq!(
            Address::read("/p/2000x/cat.jpg", "dpr=3", &[]),
            Err(AddressError::Option { name: "dpr" })
        );
        assert_eq!(
            Address::read("/p/400x/cat.jpg", "fit=cover", &[]),
            Err(AddressError::Option { name: "fit" })
        );
        for (query, name) in [("quality=80", "quality"), ("sig=00", "sig"), ("exp=1", "exp")] {
            let read = Address::read("/p/small/cat.jpg", query, &Preset::defaults());
            assert_eq!(read, Err(AddressError::PresetOption { name }));
        }
        let error = AddressError::Option { name: "dpr" }.to_string();
        assert!(error.starts_with("the option `dpr` must occur once and be 1, 2, or 3"), "{error}");
    }

    #[test]
    fn a_preset_with_the_name_of_a_size_is_a_preset() {
        let presets = [Preset::inside("400x300", 1, 1)];
        let (address, _) = Address::read("/p/400x300/cat.jpg", "", &presets).unwrap();
        assert_eq!(address, Address::for_preset("400x300", "cat.jpg"));
    }

    #[test]
    fn the_address_of_a_thumbnail_is_its_key_after_t() {
        let long = "k".repeat(1000);
        for key in ["a/My cat+1.jpg", "/..//", "\u{1f63a}", &long] {
            let version = OriginalVersion::new(key, Some("v.1_x"), None);
            let thumbnail = version.thumbnail_key("small", ThumbnailFormat::Webp);
            let address = Address::for_thumbnail(&thumbnail);
            assert_eq!(address.to_string(), format!("/t/{thumbnail}"));
            assert_eq!(read(&address.to_string()), Ok(address));
        }
    }

    proptest! {
        #[test]
        fn every_key_is_printed_in_unreserved_characters_and_round_trips(key in "\\PC{1,40}|[a/.%~+ ]{1,30}") {
            let printed = Address::for_preset("small", &key).to_string();
            prop_assert!(printed.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./~".contains(&b)));
            prop_assert_eq!(read(&printed), Ok(Address::for_preset("small", &key)));
        }

        #[test]
        fn any_path_and_query_is_an_address_or_an_error(path in "(/[tp]/)?\\PC{0,60}", query in "\\PC{0,40}") {
            if let Ok((address, _)) = Address::read(&path, &query, &Preset::defaults()) {
                let printed = address.to_string();
                let (path, query) = printed.split_once('?').unwrap_or((&printed, ""));
                let (again, _) = Address::read(path, query, &Preset::defaults()).unwrap();
                prop_assert_eq!(again, address);
            }
        }
    }
}
