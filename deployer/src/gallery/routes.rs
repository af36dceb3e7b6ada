//! The routes of the gallery.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Form, Query as Parameters, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use contract::alt_text::AltText;
use contract::function::Function;
use contract::key::escape;
use contract::request::{Request, RequestKind};
use contract::settings::is_language;
use futures::stream::{self, StreamExt as _};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;

use crate::aws::error::aws_error;
use crate::error::{CommandError, Kind};
use crate::gallery::card::card;
use crate::gallery::detail::detail;
use crate::gallery::guard::guard;
use crate::gallery::links::{Site, encode};
use crate::gallery::page::{self, Query};
use crate::gallery::photo::{Photo, Stage};
use crate::gallery::{Gallery, ICON, PAGE, SCRIPT, STYLE};
use crate::monitor::queues;

/// The header with which the script requests a fragment of a page.
const PART: &str = "x-part";

/// Returns all routes under `token` for the server at `port`.
pub(crate) fn router(gallery: Arc<Gallery>, token: &str, port: u16) -> Router {
    let at = |path: &str| format!("/{token}/{path}");
    Router::new()
        .route(&at(""), get(list))
        .route(&at("photos"), get(photos))
        .route(&at("card"), get(one_card))
        .route(&at("photo"), get(photo))
        .route(&at("thumbnail"), get(thumbnail))
        .route(&at("alt"), post(correct))
        .route(&at("replay"), post(replay))
        .route(&at("style.css"), get(|| asset("text/css; charset=utf-8", STYLE)))
        .route(&at("script.js"), get(|| asset("text/javascript; charset=utf-8", SCRIPT)))
        .route(&at("icon.svg"), get(|| asset("image/svg+xml", ICON)))
        .fallback(|| async { (StatusCode::NOT_FOUND, "open the address that `deployer gallery` printed\n") })
        .layer(middleware::from_fn_with_state(port, guard))
        .with_state(gallery)
}

/// An error response, as a page or as a fragment.
struct Failed {
    error: CommandError,
    stack: String,
    is_part: bool,
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let status = match self.error.kind {
            Kind::Usage => StatusCode::BAD_REQUEST,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Failed | Kind::Interrupted | Kind::Unread => StatusCode::BAD_GATEWAY,
        };
        if self.is_part {
            return (status, self.error.message).into_response();
        }
        let failure = page::failure(&self.error);
        let page = page::shell(Site::Live, &self.stack, "Error", None, None, &failure);
        (status, Html(page.into_string())).into_response()
    }
}

impl Gallery {
    /// Returns the response for an error of a request with `headers`.
    fn failed(&self, headers: &HeaderMap) -> impl FnOnce(CommandError) -> Failed {
        let (stack, is_part) = (self.stack.name().to_owned(), headers.contains_key(PART));
        move |error| Failed { error, stack, is_part }
    }

    /// Returns the photos that match `query`, as HTML.
    async fn sections(&self, query: &Query) -> Result<Markup, CommandError> {
        let listing = self.listing(query, PAGE).await?;
        Ok(if listing.sections.is_empty() && query.after.is_empty() {
            page::nothing(query, &self.stack.config.flags())
        } else {
            page::sections(Site::Live, &listing, query, &self.texts)
        })
    }

    async fn find(&self, key: &str) -> Result<Photo, CommandError> {
        let found = self.memory.find(&self.catalog().await?, key, &self.texts).await?;
        found.ok_or_else(|| CommandError::not_found(format!("there is no photo `{}`", escape(key))))
    }
}

/// Returns the list as a stream of two parts, so that the browser shows the top of the page while the photos are read.
async fn list(State(gallery): State<Arc<Gallery>>, Parameters(query): Parameters<Query>) -> Response {
    let (before, after) = page::around(gallery.stack.name(), &query);
    let photos = async move {
        let sections = gallery.sections(&query).await.unwrap_or_else(|error| page::failure(&error));
        Ok(Bytes::from(sections.into_string() + &after))
    };
    let head = stream::once(async { Ok::<_, std::convert::Infallible>(Bytes::from(before)) });
    let body = Body::from_stream(head.chain(stream::once(photos)));
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}

/// Returns only the photos, which the script adds to a page.
async fn photos(
    State(gallery): State<Arc<Gallery>>,
    headers: HeaderMap,
    Parameters(query): Parameters<Query>,
) -> Result<Html<String>, Failed> {
    let sections = gallery.sections(&query).await.map_err(gallery.failed(&headers))?;
    Ok(Html(sections.into_string()))
}

#[derive(Deserialize)]
struct PhotoQuery {
    key: String,
}

async fn one_card(
    State(gallery): State<Arc<Gallery>>,
    headers: HeaderMap,
    Parameters(wanted): Parameters<PhotoQuery>,
) -> Result<Html<String>, Failed> {
    let photo = gallery.find(&wanted.key).await.map_err(gallery.failed(&headers))?;
    Ok(Html(card(Site::Live, &photo, &gallery.texts).into_string()))
}

async fn photo(
    State(gallery): State<Arc<Gallery>>,
    headers: HeaderMap,
    Parameters(wanted): Parameters<PhotoQuery>,
) -> Result<Html<String>, Failed> {
    let shown = async {
        let photo = gallery.find(&wanted.key).await?;
        let texts = match &photo.stage {
            Stage::Done { .. } => gallery.catalog().await?.alt_texts(&photo.original).await?,
            _ => Vec::new(),
        };
        let languages = &gallery.stack.config.settings.alt_text.languages;
        let main = html! {
            p.back { a href="./" { "All photos" } }
            (detail(Site::Live, &photo, &texts, languages))
        };
        Ok(page::shell(Site::Live, gallery.stack.name(), &escape(&photo.name()), None, None, &main))
    };
    let page = shown.await.map_err(gallery.failed(&headers))?;
    Ok(Html(page.into_string()))
}

/// Returns the bytes of a thumbnail. Its key contains the version of the photo, so they never change.
async fn thumbnail(
    State(gallery): State<Arc<Gallery>>,
    headers: HeaderMap,
    Parameters(wanted): Parameters<PhotoQuery>,
) -> Result<Response, Failed> {
    let read = async {
        let kind = match wanted.key.rsplit('.').next() {
            Some("webp") => "image/webp",
            Some("jpg") => "image/jpeg",
            Some("png") => "image/png",
            Some("avif") => "image/avif",
            _ => return Err(CommandError::not_found("the address is not that of a thumbnail")),
        };
        let catalog = gallery.catalog().await?;
        let what = || format!("read the thumbnail `{}`", escape(&wanted.key));
        let object = catalog.s3.get_object().bucket(catalog.thumbnails).key(&wanted.key).send().await;
        let object = match object {
            Err(error) if error.as_service_error().is_some_and(|error| error.is_no_such_key()) => {
                return Err(CommandError::not_found(format!(
                    "there is no thumbnail `{}`",
                    escape(&wanted.key)
                )));
            }
            object => object.map_err(|error| aws_error(what(), &error))?,
        };
        let bytes = object.body.collect().await;
        let bytes = bytes.map_err(|error| CommandError::failed(format!("cannot {}: {error}", what())))?;
        let headers =
            [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "private, max-age=31536000, immutable")];
        Ok((headers, bytes.into_bytes()).into_response())
    };
    read.await.map_err(gallery.failed(&headers))
}

#[derive(Deserialize)]
struct Correction {
    key: String,
    language: String,
    alt: String,
    #[serde(default)]
    decorative: bool,
}

async fn correct(
    State(gallery): State<Arc<Gallery>>,
    headers: HeaderMap,
    Form(correction): Form<Correction>,
) -> Result<Response, Failed> {
    let written = async {
        let Correction { key, language, alt, decorative } = &correction;
        if !is_language(language) {
            return Err(CommandError::usage("the language is not a BCP 47 tag"));
        }
        let photo = gallery.find(key).await?;
        let Stage::Done { manifest, .. } = &photo.stage else {
            return Err(CommandError::failed("cannot set the alt text: the photo has no thumbnails yet"));
        };
        let digest = manifest.original.digest.clone();
        let text = AltText::checked(language, alt, *decorative, digest, OffsetDateTime::now_utc())
            .map_err(|unfit| CommandError::usage(format!("the alt text is not valid: {unfit}")))?;
        gallery.catalog().await?.set_alt_text(&gallery.stack, &photo.original, &text).await?;
        gallery.memory.forget(&photo.original);
        gallery.answer(&headers, key).await
    };
    written.await.map_err(gallery.failed(&headers))
}

#[derive(Deserialize)]
struct Again {
    key: String,
    function: Function,
}

async fn replay(
    State(gallery): State<Arc<Gallery>>,
    headers: HeaderMap,
    Form(again): Form<Again>,
) -> Result<Response, Failed> {
    let sent = async {
        let catalog = gallery.catalog().await?;
        let photo = gallery.find(&again.key).await?;
        let original = photo.original.clone();
        let bucket = catalog.originals.to_owned();
        let request = json!(Request { request: RequestKind::Replay, bucket, original });
        let url = gallery.stack.outputs().await?.queue(again.function)?;
        queues::send(&gallery.stack, url, &[request.to_string()]).await?;
        gallery.memory.sent_again(&photo.original);
        gallery.answer(&headers, &again.key).await
    };
    sent.await.map_err(gallery.failed(&headers))
}

impl Gallery {
    /// Returns the response to a change: the updated card for the script, or a redirect to the page of the photo.
    async fn answer(&self, headers: &HeaderMap, key: &str) -> Result<Response, CommandError> {
        if headers.contains_key(PART) {
            let photo = self.find(key).await?;
            return Ok(Html(card(Site::Live, &photo, &self.texts).into_string()).into_response());
        }
        Ok(Redirect::to(&format!("photo?key={}", encode(key))).into_response())
    }
}

async fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind)], text)
}
