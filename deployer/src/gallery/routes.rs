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
use crate::gallery::guard::{Guard, guard};
use crate::gallery::links::{Site, encode_query_value};
use crate::gallery::page::{self, Query};
use crate::gallery::photo::{GalleryPhoto, PhotoStage};
use crate::gallery::{Gallery, ICON, PHOTOS_PER_PAGE, SCRIPT, STYLE};
use crate::monitor::queues;

/// The header with which the script requests a fragment of a page.
const FRAGMENT_HEADER: &str = "x-part";

/// Returns all routes under `token` of a server that `protection` protects.
pub(crate) fn router(gallery: Arc<Gallery>, token: &str, protection: Guard) -> Router {
    let at = |path: &str| format!("/{token}/{path}");
    Router::new()
        .route(&at(""), get(show_list))
        .route(&at("photos"), get(show_photos))
        .route(&at("card"), get(show_card))
        .route(&at("photo"), get(show_photo))
        .route(&at("thumbnail"), get(send_thumbnail))
        .route(&at("alt"), post(set_alt_text))
        .route(&at("replay"), post(send_replay))
        .route(&at("style.css"), get(|| send_asset("text/css; charset=utf-8", STYLE)))
        .route(&at("script.js"), get(|| send_asset("text/javascript; charset=utf-8", SCRIPT)))
        .route(&at("icon.svg"), get(|| send_asset("image/svg+xml", ICON)))
        .fallback(|| async { (StatusCode::NOT_FOUND, "open the URL that `deployer gallery` printed\n") })
        .layer(middleware::from_fn_with_state(protection, guard))
        .with_state(gallery)
}

/// An error response, as a page or as a fragment.
struct ErrorResponse {
    error: CommandError,
    stack: String,
    is_fragment: bool,
}

impl IntoResponse for ErrorResponse {
    fn into_response(self) -> Response {
        let status = match self.error.kind {
            Kind::Usage => StatusCode::BAD_REQUEST,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Failed | Kind::Interrupted | Kind::StdoutClosed => StatusCode::BAD_GATEWAY,
        };
        if self.is_fragment {
            return (status, self.error.message).into_response();
        }
        let failure = page::error_message(&self.error);
        let page = page::page_frame(Site::Live, &self.stack, "Error", None, None, &failure);
        (status, Html(page.into_string())).into_response()
    }
}

impl Gallery {
    /// Returns the response for an error of a request with `headers`.
    fn error_response(&self, headers: &HeaderMap) -> impl FnOnce(CommandError) -> ErrorResponse {
        let (stack, is_fragment) = (self.stack.name().to_owned(), headers.contains_key(FRAGMENT_HEADER));
        let flags = self.stack.config.flags();
        move |error| ErrorResponse { error: error.with_flags(&flags), stack, is_fragment }
    }

    /// Returns the photos that match `query`, as HTML.
    async fn sections(&self, query: &Query) -> Result<Markup, CommandError> {
        let listing = self.listing(query, PHOTOS_PER_PAGE).await?;
        Ok(if listing.sections.is_empty() && query.after.is_empty() {
            page::empty_message(query, &self.stack.config.flags())
        } else {
            page::sections(Site::Live, &listing, query, &self.alt_text)
        })
    }

    async fn find(&self, key: &str) -> Result<GalleryPhoto, CommandError> {
        let found = self.cache.find(&self.store().await?, key, &self.alt_text).await?;
        found.ok_or_else(|| CommandError::not_found(format!("there is no photo `{}`", escape(key))))
    }
}

/// Returns the list as a stream of two parts, so that the browser shows the top of the page while the photos are read.
async fn show_list(State(gallery): State<Arc<Gallery>>, Parameters(query): Parameters<Query>) -> Response {
    let (before, after) = page::split_frame(gallery.stack.name(), &query);
    let photos = async move {
        let sections = gallery
            .sections(&query)
            .await
            .unwrap_or_else(|error| page::error_message(&error.with_flags(&gallery.stack.config.flags())));
        Ok(Bytes::from(sections.into_string() + &after))
    };
    let head = stream::once(async { Ok::<_, std::convert::Infallible>(Bytes::from(before)) });
    let body = Body::from_stream(head.chain(stream::once(photos)));
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}

/// Returns only the photos, which the script adds to a page.
async fn show_photos(
    State(gallery): State<Arc<Gallery>>,
    headers: HeaderMap,
    Parameters(query): Parameters<Query>,
) -> Result<Html<String>, ErrorResponse> {
    let sections = gallery.sections(&query).await.map_err(gallery.error_response(&headers))?;
    Ok(Html(sections.into_string()))
}

#[derive(Deserialize)]
struct PhotoQuery {
    key: String,
}

async fn show_card(
    State(gallery): State<Arc<Gallery>>,
    headers: HeaderMap,
    Parameters(query): Parameters<PhotoQuery>,
) -> Result<Html<String>, ErrorResponse> {
    let photo = gallery.find(&query.key).await.map_err(gallery.error_response(&headers))?;
    Ok(Html(card(Site::Live, &photo, &gallery.alt_text).into_string()))
}

async fn show_photo(
    State(gallery): State<Arc<Gallery>>,
    headers: HeaderMap,
    Parameters(query): Parameters<PhotoQuery>,
) -> Result<Html<String>, ErrorResponse> {
    let shown = async {
        let photo = gallery.find(&query.key).await?;
        let texts = match &photo.stage {
            PhotoStage::Done { .. } => gallery.store().await?.alt_texts(&photo.original).await?,
            _ => Vec::new(),
        };
        let languages = &gallery.stack.config.settings.alt_text.languages;
        let main = html! {
            p.back { a href="./" { "All photos" } }
            (detail(Site::Live, &photo, &texts, languages))
        };
        Ok(page::page_frame(Site::Live, gallery.stack.name(), &escape(&photo.name()), None, None, &main))
    };
    let page = shown.await.map_err(gallery.error_response(&headers))?;
    Ok(Html(page.into_string()))
}

/// Returns the bytes of a thumbnail. Its key contains the version of the photo, so they never change.
async fn send_thumbnail(
    State(gallery): State<Arc<Gallery>>,
    headers: HeaderMap,
    Parameters(query): Parameters<PhotoQuery>,
) -> Result<Response, ErrorResponse> {
    let read = async {
        let kind = match query.key.rsplit('.').next() {
            Some("webp") => "image/webp",
            Some("jpg") => "image/jpeg",
            Some("png") => "image/png",
            Some("avif") => "image/avif",
            _ => return Err(CommandError::not_found("this is not the URL of a thumbnail")),
        };
        let store = gallery.store().await?;
        let what = || format!("read the thumbnail `{}`", escape(&query.key));
        let object = store.s3.get_object().bucket(store.thumbnails).key(&query.key).send().await;
        let object = match object {
            Err(error) if error.as_service_error().is_some_and(|error| error.is_no_such_key()) => {
                return Err(CommandError::not_found(format!(
                    "there is no thumbnail `{}`",
                    escape(&query.key)
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
    read.await.map_err(gallery.error_response(&headers))
}

#[derive(Deserialize)]
struct AltTextForm {
    key: String,
    language: String,
    alt: String,
    #[serde(default)]
    decorative: bool,
}

async fn set_alt_text(
    State(gallery): State<Arc<Gallery>>,
    headers: HeaderMap,
    Form(form): Form<AltTextForm>,
) -> Result<Response, ErrorResponse> {
    let written = async {
        let AltTextForm { key, language, alt, decorative } = &form;
        if !is_language(language) {
            return Err(CommandError::usage("the language is not a BCP 47 tag"));
        }
        let photo = gallery.find(key).await?;
        let PhotoStage::Done { manifest, .. } = &photo.stage else {
            return Err(CommandError::failed("cannot set the alt text: the photo has no thumbnails yet"));
        };
        let digest = manifest.original.digest.clone();
        let text = AltText::checked(language, alt, *decorative, digest, OffsetDateTime::now_utc())
            .map_err(|problem| CommandError::usage(format!("the alt text is not valid: {problem}")))?;
        gallery.store().await?.set_alt_text(&gallery.stack, &photo.original, &text).await?;
        gallery.cache.forget(&photo.original);
        gallery.change_response(&headers, key).await
    };
    written.await.map_err(gallery.error_response(&headers))
}

#[derive(Deserialize)]
struct ReplayForm {
    key: String,
    function: Function,
}

async fn send_replay(
    State(gallery): State<Arc<Gallery>>,
    headers: HeaderMap,
    Form(form): Form<ReplayForm>,
) -> Result<Response, ErrorResponse> {
    let sent = async {
        let store = gallery.store().await?;
        let photo = gallery.find(&form.key).await?;
        let original = photo.original.clone();
        let bucket = store.originals.to_owned();
        let request = json!(Request { request: RequestKind::Replay, bucket, original });
        let url = gallery.stack.outputs().await?.queue_url(form.function)?;
        queues::send(&gallery.stack, url, &[request.to_string()]).await?;
        gallery.cache.mark_replayed(&photo.original);
        gallery.change_response(&headers, &form.key).await
    };
    sent.await.map_err(gallery.error_response(&headers))
}

impl Gallery {
    /// Returns the response to a change: the updated card for the script, or a redirect to the page of the photo.
    async fn change_response(&self, headers: &HeaderMap, key: &str) -> Result<Response, CommandError> {
        if headers.contains_key(FRAGMENT_HEADER) {
            let photo = self.find(key).await?;
            return Ok(Html(card(Site::Live, &photo, &self.alt_text).into_string()).into_response());
        }
        Ok(Redirect::to(&format!("photo?key={}", encode_query_value(key))).into_response())
    }
}

async fn send_asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind)], text)
}
