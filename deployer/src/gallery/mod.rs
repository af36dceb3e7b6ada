//! The gallery: web pages with the photos of a stack, their thumbnails, alt texts, and states.

mod calendar;
mod card;
mod detail;
pub(crate) mod export;
mod guard;
mod links;
mod page;
mod paging;
mod photo;
mod picture;
mod routes;

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use contract::function::Function;
use contract::key::escape;
use futures::future::ready;
use futures::stream::{self, StreamExt as _};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use nix::sys::resource::{Resource, getrlimit};
use time::Date;
use time::format_description::well_known::Iso8601;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::error::{CommandError, io_error};
use crate::gallery::guard::Guard;
use crate::gallery::page::{Listing, Query, Section};
use crate::gallery::paging::{Pager, PhotoPage};
use crate::gallery::photo::{AltTextOptions, PhotoCache};
use crate::interrupt::Signals;
use crate::photos::PhotoStore;
use crate::stack::Stack;

/// The style sheet.
const STYLE: &str = include_str!("style.css");
/// The script for live updates. Everything else works without it.
const SCRIPT: &str = include_str!("script.js");
/// The icon.
const ICON: &str = include_str!("icon.svg");

/// The number of photos per page.
const PHOTOS_PER_PAGE: usize = 60;

/// The time limit for receiving a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// The lifetime of a connection, and the time limit for closing it afterwards.
const CONNECTION_LIFETIME: Duration = Duration::from_secs(120);

/// How many photos are read at once.
const AT_ONCE: usize = 32;

/// The photos of a stack, and a cache of their states.
pub(crate) struct Gallery {
    stack: Stack,
    alt_text: AltTextOptions,
    paging: Pager,
    cache: PhotoCache,
}

impl Gallery {
    /// Opens the gallery of a deployed stack.
    pub(crate) async fn open(stack: Stack) -> Result<Self, CommandError> {
        let outputs = stack.outputs().await?;
        let languages = &stack.config.settings.alt_text.languages;
        let alt_text = AltTextOptions {
            language: languages.first().map_or("en", String::as_str).to_owned(),
            by_model: outputs.has_function(Function::AltText),
        };
        let delivery = stack.delivery_base_in(outputs).map(Arc::from);
        Ok(Self { stack, alt_text, paging: Pager::default(), cache: PhotoCache::new(delivery) })
    }

    /// Returns the base URL of the thumbnails, or `None` if the stack does not deliver thumbnails.
    fn delivery(&self) -> Option<&str> {
        self.cache.delivery.as_deref()
    }

    async fn store(&self) -> Result<PhotoStore<'_>, CommandError> {
        PhotoStore::open(&self.stack).await
    }

    /// Returns up to `count` photos that match `query`.
    async fn listing(&self, query: &Query, count: usize) -> Result<Listing, CommandError> {
        let store = self.store().await?;
        let day = match query.date.as_str() {
            "" => None,
            text => Some(Date::parse(text, &Iso8601::DATE).map_err(|_| {
                CommandError::usage(format!("`{}` is not a day", escape(text)))
                    .hint("use a day such as 2026-11-24")
            })?),
        };
        let cursor = match query.after.as_str() {
            "" => None,
            text => Some(text.parse()?),
        };
        let name = query.name.trim();
        let PhotoPage { groups, next } = match (name, day) {
            ("", None) => self.paging.page(&store, cursor, count).await?,
            ("", Some(day)) => {
                let from = cursor.unwrap_or(paging::Cursor::Day(day, None));
                self.paging.page(&store, Some(from), count).await?
            }
            (name, None) => self.paging.named(&store, name, cursor, count).await?,
            (name, Some(day)) => self.paging.named_of_day(&store, day, name, count).await?,
        };
        let mut sections = Vec::new();
        for group in groups {
            let states =
                stream::iter(group.photos).map(|photo| self.cache.load_state(&store, photo, &self.alt_text));
            let photos: Vec<_> = states.buffered(AT_ONCE).filter_map(ready).collect().await;
            if !photos.is_empty() {
                sections.push(Section { day: group.day, photos });
            }
        }
        Ok(Listing { sections, next: next.map(|next| next.to_string()) })
    }
}

/// Returns the maximum number of connections: half of the files that this process may open.
fn max_connections() -> usize {
    let files = getrlimit(Resource::RLIMIT_NOFILE).map_or(256, |(files, _)| files / 2);
    usize::try_from(files).unwrap_or(usize::MAX).clamp(16, 1024)
}

/// A server of the gallery on the loopback address.
pub(crate) struct Server {
    listener: TcpListener,
    router: axum::Router,
    /// The address of its first page. Anyone on this machine who knows it can view photos and edit alt texts.
    pub(crate) url: String,
}

impl Server {
    /// Binds a free port for `gallery`.
    pub(crate) async fn bind(gallery: Gallery) -> Result<Self, CommandError> {
        let failed = |error: std::io::Error| io_error("open a port on this machine", &error);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let token = guard::token()?;
        let protection = Guard::new(port, gallery.delivery())?;
        let router = routes::router(Arc::new(gallery), &token, protection);
        Ok(Self { listener, router, url: format!("http://127.0.0.1:{port}/{token}/") })
    }

    /// Serves requests until Ctrl-C or SIGTERM.
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let mut signals = Signals::listen();
        tokio::select! {
            never = self.serve() => match never {},
            _ = signals.next() => Ok(()),
        }
    }

    /// Serves requests forever. Closes idle connections to make room for others.
    async fn serve(self) -> Infallible {
        let slots = Arc::new(Semaphore::new(max_connections()));
        loop {
            // Acquiring fails only if the semaphore is closed, and no code closes it.
            let slot = Arc::clone(&slots).acquire_owned().await.ok();
            let Ok((stream, _)) = self.listener.accept().await else {
                // The process may have reached its limit of open files, so wait until a connection closes.
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            };
            let service = TowerToHyperService::new(self.router.clone());
            tokio::spawn(async move {
                let mut connection = pin!(
                    http1::Builder::new()
                        .timer(TokioTimer::new())
                        .header_read_timeout(REQUEST_TIMEOUT)
                        .serve_connection(TokioIo::new(stream), service)
                );
                // An error ends the connection, and the browser opens another one.
                if tokio::time::timeout(CONNECTION_LIFETIME, connection.as_mut()).await.is_err() {
                    connection.as_mut().graceful_shutdown();
                    let _ = tokio::time::timeout(CONNECTION_LIFETIME, connection).await;
                }
                drop(slot);
            });
        }
    }
}
