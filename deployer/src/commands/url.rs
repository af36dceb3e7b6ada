//! `deployer url`: prints the URLs at which CloudFront delivers the thumbnails of a photo.

use std::time::{Duration, SystemTime};

use clap::Args;
use clap::builder::PossibleValuesParser;
use contract::delivery::{Address, AddressError, Options, SigningKey, Size, Sizes};
use contract::key::escape;
use contract::manifest::Manifest;
use serde::Serialize;

use crate::cli::parse_duration;
use crate::config::Settings;
use crate::error::CommandError;
use crate::photos::{PhotoState, PhotoStore};
use crate::stack::Stack;
use crate::ui::Ui;

/// Print the URLs of a photo.
///
/// A preset has a stable URL, which shows the current version of the photo. A thumbnail has a URL that always shows the
/// same version. With `--preset`, `--width`, or `--height`, prints only the stable URL of that size, with a signature
/// if `delivery.sizes` is `signed`.
///
/// With `--output json`, prints `key`, `urls` (`name`, `url`) and `thumbnails` (`preset`, `format`, `width`, `height`,
/// `url`; empty until the photo has thumbnails).
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer url cat.jpg
  deployer url users/42/avatar.jpg --preset medium
  deployer url cat.jpg --width 400 --height 300 --fit cover --expires 1h")]
pub(crate) struct UrlArgs {
    /// Key or file name of the photo.
    #[arg(value_name = "PHOTO")]
    key: String,
    /// Print the URL of this preset.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["width", "height"])]
    preset: Option<String>,
    /// Print the URL of a size with this maximum width.
    #[arg(long, value_name = "PIXELS")]
    width: Option<u32>,
    /// Print the URL of a size with this maximum height.
    #[arg(long, value_name = "PIXELS")]
    height: Option<u32>,
    /// Show the whole photo (inside), or fill the width and height and cut off the rest (cover).
    #[arg(long, value_name = "FIT", value_parser = ["inside", "cover"], conflicts_with = "preset")]
    fit: Option<String>,
    /// Keep this part of the photo when the rest is cut off.
    #[arg(long, value_name = "PART", value_parser = ["center", "start", "end", "saliency"], conflicts_with = "preset")]
    gravity: Option<String>,
    /// Use this format; auto depends on what the browser accepts.
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(FORMATS), conflicts_with = "preset")]
    format: Option<String>,
    /// Use this quality, from 1 to 100; requires a signature.
    #[arg(long, value_name = "QUALITY", conflicts_with = "preset")]
    quality: Option<u8>,
    /// Multiply the size by this device pixel ratio, from 1 to 3.
    #[arg(long, value_name = "FACTOR", conflicts_with = "preset")]
    dpr: Option<u8>,
    /// Let the signature expire after this time: a number followed by s, m, h, or d.
    #[arg(long, value_name = "TIME", value_parser = parse_duration, conflicts_with = "preset")]
    expires: Option<Duration>,
}

/// The formats of a size on demand.
const FORMATS: [&str; 5] = ["auto", "avif", "webp", "jpeg", "png"];

/// The URLs of a photo.
#[derive(Debug, Serialize)]
struct Urls<'a> {
    key: &'a str,
    urls: Vec<NamedUrl>,
    thumbnails: Vec<ThumbnailUrl>,
}

/// A stable URL.
#[derive(Debug, Serialize)]
struct NamedUrl {
    /// The preset, or the size.
    name: String,
    url: String,
}

/// The URL of a thumbnail of one version.
#[derive(Debug, Serialize)]
struct ThumbnailUrl {
    preset: String,
    format: &'static str,
    width: u32,
    height: u32,
    url: String,
}

pub(crate) async fn url(args: UrlArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let Some(base) = stack.delivery_base().await? else {
        return Err(CommandError::failed(format!(
            "the stack `{}` does not deliver thumbnails",
            stack.name()
        ))
        .hint("set `delivery: {enabled: true}` in deployer.yaml, then run `deployer up{flags}`"));
    };
    let settings = &stack.config.settings;
    let wanted = args.selection(settings)?;
    let (key, manifest) = find_photo(&args.key, stack, ui).await?;
    let absolute = |path: &str| format!("{base}{path}");
    let (mut urls, mut thumbnails) = (Vec::new(), Vec::new());
    match &wanted {
        UrlSelection::All => {
            let presets = settings.presets.iter().map(|preset| &preset.name);
            urls.extend(presets.map(|name| NamedUrl {
                name: name.clone(),
                url: absolute(&Address::for_preset(name, &key).to_string()),
            }));
            let facts = manifest.iter().flat_map(|manifest| &manifest.thumbnails);
            thumbnails.extend(facts.map(|facts| ThumbnailUrl {
                preset: facts.preset.clone(),
                format: facts.format.extension(),
                width: facts.width,
                height: facts.height,
                url: absolute(&Address::for_thumbnail(&facts.key).to_string()),
            }));
        }
        UrlSelection::Preset(name) => {
            urls.push(NamedUrl {
                name: name.clone(),
                url: absolute(&Address::for_preset(name, &key).to_string()),
            });
        }
        UrlSelection::Size(size) => {
            let address = args.address(*size, &key).map_err(|error| option_error(&error))?;
            let path = if settings.delivery.is_signed() {
                signing_key(stack).await?.sign(&address)
            } else {
                address.to_string()
            };
            urls.push(NamedUrl { name: size.to_string(), url: absolute(&path) });
        }
    }
    let result = Urls { key: &key, urls, thumbnails };
    ui.print_result(&result, || result.text(&wanted))
}

/// The URLs to print.
#[derive(Debug)]
enum UrlSelection {
    All,
    Preset(String),
    Size(Size),
}

impl UrlArgs {
    /// Returns the URLs that the flags select, or an error if `settings` do not allow them.
    fn selection(&self, settings: &Settings) -> Result<UrlSelection, CommandError> {
        if let Some(preset) = &self.preset {
            let names: Vec<&str> = settings.presets.iter().map(|preset| preset.name.as_str()).collect();
            if !names.contains(&preset.as_str()) {
                return Err(CommandError::usage(format!("there is no preset `{}`", escape(preset)))
                    .hint(format!("use one of: {}", names.join(", "))));
            }
            return Ok(UrlSelection::Preset(preset.clone()));
        }
        if self.width.is_none() && self.height.is_none() {
            let options = [&self.fit, &self.gravity, &self.format].into_iter().any(Option::is_some);
            if options || self.quality.is_some() || self.dpr.is_some() || self.expires.is_some() {
                return Err(CommandError::usage(
                    "options such as `--fit` and `--format` require `--width` or `--height`",
                ));
            }
            return Ok(UrlSelection::All);
        }
        let Some(size) = Size::new(self.width, self.height) else {
            return Err(CommandError::usage("the width and the height must be from 1 to 4096 pixels"));
        };
        if settings.presets.iter().any(|preset| preset.name == size.to_string()) {
            return Err(CommandError::usage(format!(
                "`{size}` is also the name of a preset, which its URL shows"
            ))
            .hint(format!("use `--preset {size}`")));
        }
        match &settings.delivery.sizes {
            Sizes::Signed => Ok(UrlSelection::Size(size)),
            Sizes::Presets => {
                Err(CommandError::usage("`delivery.sizes` is `presets`, which allows no other sizes").hint(
                    "set `delivery.sizes` to a list of sizes or to `signed` in deployer.yaml, then run \
                 `deployer up{flags}`",
                ))
            }
            Sizes::List(sizes) if !sizes.contains(&size) => {
                let sizes: Vec<String> = sizes.iter().map(Size::to_string).collect();
                Err(CommandError::usage(format!("`delivery.sizes` does not contain {size}"))
                    .hint(format!("use one of: {}", sizes.join(", "))))
            }
            Sizes::List(_) if self.quality.is_some() || self.expires.is_some() => {
                Err(CommandError::usage("`--quality` and `--expires` require a signature")
                    .hint("set `delivery.sizes` to `signed` in deployer.yaml, then run `deployer up{flags}`"))
            }
            Sizes::List(_) => Ok(UrlSelection::Size(size)),
        }
    }

    /// Returns the address of the photo at `key` in `size`, as the delivery function reads it.
    fn address(&self, size: Size, key: &str) -> Result<Address, AddressError> {
        let number = |value: Option<u8>| value.map(|value| value.to_string());
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let expires = self.expires.map(|after| (now + after).as_secs().to_string());
        let options = [
            ("dpr", number(self.dpr)),
            ("exp", expires),
            ("fit", self.fit.clone()),
            ("format", self.format.clone()),
            ("gravity", self.gravity.clone()),
            ("quality", number(self.quality)),
        ];
        let options = options.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
        let query = options.collect::<Vec<_>>().join("&");
        let path = Address::for_size(size, key, Options::default()).to_string();
        Address::read(&path, &query, &[]).map(|(address, _)| address)
    }
}

fn option_error(error: &AddressError) -> CommandError {
    match error {
        AddressError::Option { name: "fit" } => {
            CommandError::usage("`--fit cover` requires a width and a height")
        }
        AddressError::Option { name: "dpr" } => {
            CommandError::usage("`--dpr` must be from 1 to 3, and the multiplied size at most 4096 pixels")
        }
        other => CommandError::usage(other.to_string()),
    }
}

/// Returns the key of the photo that `wanted` names, and its manifest if it has thumbnails.
async fn find_photo(
    wanted: &str,
    stack: &Stack,
    ui: &Ui,
) -> Result<(String, Option<Manifest>), CommandError> {
    let photos = PhotoStore::open(stack).await?;
    // A photo has stable URLs as soon as it is uploaded.
    if let Some(original) = photos.original(wanted).await? {
        let manifest = match photos.state(&original).await? {
            PhotoState::Done(manifest) => Some(*manifest),
            PhotoState::Failed(_) | PhotoState::Waiting => None,
        };
        return Ok((original.key, manifest));
    }
    let flags = stack.config.flags();
    let found = photos.resolve(wanted, None).await?;
    found.note_others(wanted, &flags, ui);
    Ok((found.newest.original.key.clone(), Some(found.newest)))
}

/// Reads the key that signs the URLs of sizes.
async fn signing_key(stack: &Stack) -> Result<SigningKey, CommandError> {
    let secret = stack.outputs().await?.get("DeliverySigningKey")?;
    Ok(SigningKey::new(&stack.aws.secret(secret).await?))
}

impl Urls<'_> {
    fn text(&self, wanted: &UrlSelection) -> String {
        if !matches!(wanted, UrlSelection::All) {
            return self.urls.iter().map(|named| named.url.as_str()).collect();
        }
        let width = self.urls.iter().map(|named| named.name.len()).max().unwrap_or(0);
        let mut lines = Vec::new();
        for NamedUrl { name, url } in &self.urls {
            lines.push(format!("{name:width$}  {url}"));
            let versions = self.thumbnails.iter().filter(|thumbnail| thumbnail.preset == *name);
            lines.extend(versions.map(|thumbnail| format!("{:width$}  {}", "", thumbnail.url)));
        }
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(width: Option<u32>, height: Option<u32>) -> UrlArgs {
        UrlArgs {
            key: "cat.jpg".to_owned(),
            preset: None,
            width,
            height,
            fit: None,
            gravity: None,
            format: None,
            quality: None,
            dpr: None,
            expires: None,
        }
    }

    fn settings(sizes: &str) -> Settings {
        let mut settings = Settings::default();
        settings.delivery.sizes = sizes.parse().unwrap();
        settings
    }

    #[test]
    fn only_allowed_sizes_have_a_url() {
        let refused = |args: &UrlArgs, sizes: &str| args.selection(&settings(sizes)).unwrap_err().message;
        assert!(refused(&args(Some(400), None), "presets").contains("allows no other sizes"));
        assert!(refused(&args(Some(400), None), "300x,200x200").contains("does not contain 400x"));
        assert!(refused(&args(Some(5000), None), "signed").contains("1 to 4096"));
        let quality = UrlArgs { quality: Some(60), ..args(Some(300), None) };
        assert!(refused(&quality, "300x").contains("require a signature"));
        assert!(quality.selection(&settings("signed")).is_ok());
        let unbound = UrlArgs { dpr: Some(2), ..args(None, None) };
        assert!(refused(&unbound, "signed").contains("`--width` or `--height`"));
        let preset = UrlArgs { preset: Some("huge".to_owned()), ..args(None, None) };
        assert!(refused(&preset, "signed").contains("no preset `huge`"));
        let mut settings = settings("signed");
        settings.presets[0].name = "400x".to_owned();
        let error = args(Some(400), None).selection(&settings).unwrap_err();
        assert!(error.message.contains("`400x` is also the name of a preset"), "{}", error.message);
    }

    #[test]
    fn options_are_in_the_order_that_the_signature_covers() {
        let size = Size::new(Some(400), Some(300)).unwrap();
        let cover = UrlArgs {
            fit: Some("cover".to_owned()),
            gravity: Some("saliency".to_owned()),
            dpr: Some(2),
            ..args(Some(400), Some(300))
        };
        let address = cover.address(size, "my cat+1.jpg").unwrap();
        assert_eq!(address.to_string(), "/p/400x300/my~20cat~2B1.jpg?dpr=2&fit=cover&gravity=saliency");
        let wide = Size::new(Some(400), None).unwrap();
        assert!(option_error(&cover.address(wide, "cat.jpg").unwrap_err()).message.contains("--fit cover"));
    }
}
