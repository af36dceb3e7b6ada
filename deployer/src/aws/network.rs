//! Connects to AWS through the proxy and with the certificates that the environment names. A failed connection is retried
//! only if the address has responded before.

use std::collections::HashSet;
use std::error::Error;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::config::ConnectionVariables;
use crate::error::{CommandError, io_error};

/// The options of connections: the proxies, and the trusted certificates.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionOptions {
    proxies: ProxyConfig,
    tls: TlsContext,
}

impl ConnectionOptions {
    /// Returns the options in `variables`, without a proxy if the other end is `on_this_machine`.
    pub(super) fn read(variables: &ConnectionVariables, on_this_machine: bool) -> Result<Self, CommandError> {
        for (variable, address) in variables.endpoints() {
            // The emulator's endpoint overrides it.
            if !(on_this_machine && address.is_empty()) {
                check_endpoint(variable, address)?;
            }
        }
        let proxies = if on_this_machine || variables.needs_no_proxy() {
            ProxyConfig::disabled()
        } else {
            variables.proxies().try_for_each(|(variable, address)| check_proxy(variable, address))?;
            ProxyConfig::from_env()
        };
        let trust = match variables.certificates() {
            Some((variable, path)) => certificates(variable, Path::new(path))?,
            None => TrustStore::default(),
        };
        let tls = TlsContext::builder()
            .with_trust_store(trust)
            .build()
            .map_err(|error| CommandError::failed(format!("cannot use the certificates: {error}")))?;
        Ok(Self { proxies, tls })
    }

    /// Returns a connector with the timeouts of a client, if it has any.
    fn connector(
        &self,
        settings: Option<&HttpConnectorSettings>,
        components: Option<&RuntimeComponents>,
    ) -> Connector {
        let mut builder = Connector::builder()
            .proxy_config(self.proxies.clone())
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(self.tls.clone());
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        builder.build()
    }

    /// Returns what determines the proxy of each request.
    fn proxy_matcher(&self) -> Option<Arc<Matcher>> {
        (!self.proxies.is_disabled()).then(|| Arc::new(Matcher::from_env()))
    }

    /// Returns the HTTP client of all services.
    pub(super) fn http_client(&self) -> SharedHttpClient {
        let options = self.clone();
        let inner = Builder::new()
            .build_with_connector_fn(move |settings, components| options.connector(settings, components));
        let proxy_matcher = self.proxy_matcher();
        SharedHttpClient::new(ReportingClient { inner, proxy_matcher, responsive: Arc::default() })
    }

    /// Returns a connector for requests without credentials. It has no timeouts.
    pub(super) fn plain_connector(&self) -> SharedHttpConnector {
        SharedHttpConnector::new(ReportingConnector {
            inner: SharedHttpConnector::new(self.connector(None, None)),
            proxy_matcher: self.proxy_matcher(),
            responsive: Arc::default(),
        })
    }
}

/// Returns an error if `address`, the value of a `variable` or setting, is not the URL of a service.
pub(crate) fn check_endpoint(variable: &str, address: &str) -> Result<(), CommandError> {
    if address.is_empty() {
        return Err(
            CommandError::usage(format!("{variable} is empty")).hint(format!("run `unset {variable}`"))
        );
    }
    let is_url = address.parse::<Uri>().is_ok_and(|uri| {
        uri.host().is_some_and(|host| !host.is_empty()) && matches!(uri.scheme_str(), Some("http" | "https"))
    });
    if is_url {
        return Ok(());
    }
    let error = CommandError::usage(format!("{variable} is `{address}`, which is not an HTTP URL"));
    Err(match address.contains("://") {
        true => error.hint("use a URL such as `http://localhost:4566` or `https://s3.example.com`"),
        false => error.hint(format!("start it with `http://` or `https://`: `{variable}=http://{address}`")),
    })
}

/// Returns an error if `address`, the value of `variable`, is not the URL of an HTTP proxy.
fn check_proxy(variable: &str, address: &str) -> Result<(), CommandError> {
    let is_proxy = address.parse::<Uri>().is_ok_and(|uri| {
        let is_host = uri.host().is_some_and(|host| !host.is_empty());
        // A second @ would become part of the host.
        let is_unambiguous =
            uri.authority().is_some_and(|authority| authority.as_str().matches('@').count() < 2);
        is_host && is_unambiguous && matches!(uri.scheme_str(), None | Some("http" | "https"))
    });
    if is_proxy {
        return Ok(());
    }
    // The part before the @ may contain a password.
    let shown = match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://...@{host}"),
        (None, Some((_, host))) => format!("...@{host}"),
        _ => address.to_owned(),
    };
    Err(CommandError::usage(format!("{variable} is `{shown}`, which is not the URL of an HTTP proxy"))
        .hint("use a URL such as `http://NAME:PASSWORD@proxy.example.com:8080`; in a password, write `@` as `%40` and `/` as `%2F`")
        .hint(format!("run `env -u {variable} deployer ...` to use no proxy for one command")))
}

/// Returns the certificates in the file at `path`, which `variable` names. They replace those of the system.
fn certificates(variable: &str, path: &Path) -> Result<TrustStore, CommandError> {
    let bytes = std::fs::read(path).map_err(|error| {
        io_error(format_args!("read the certificates in `{}`", path.display()), &error)
            .hint(format!("set {variable} to a file with certificates in PEM format, or unset it"))
    })?;
    let mut trust = TrustStore::empty();
    let mut known = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&bytes).flatten() {
        if known.add(certificate.clone()).is_ok() {
            let text = BASE64_STANDARD.encode(&certificate);
            trust.add_pem_certificate(format!(
                "-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"
            ));
        }
    }
    if known.is_empty() {
        return Err(CommandError::usage(format!(
            "{variable} is set to `{}`, which contains no certificate",
            path.display()
        ))
        .hint("use a file with certificates in PEM format (`-----BEGIN CERTIFICATE-----`)"));
    }
    Ok(trust)
}

/// A client that remembers which addresses have responded.
#[derive(Debug)]
struct ReportingClient {
    inner: SharedHttpClient,
    /// The proxy of each request.
    proxy_matcher: Option<Arc<Matcher>>,
    responsive: Arc<Mutex<HashSet<String>>>,
}

impl HttpClient for ReportingClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(ReportingConnector {
            inner: self.inner.http_connector(settings, components),
            proxy_matcher: self.proxy_matcher.clone(),
            responsive: Arc::clone(&self.responsive),
        })
    }
}

#[derive(Debug)]
struct ReportingConnector {
    inner: SharedHttpConnector,
    proxy_matcher: Option<Arc<Matcher>>,
    responsive: Arc<Mutex<HashSet<String>>>,
}

impl HttpConnector for ReportingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let uri = request.uri().parse::<Uri>().unwrap_or_default();
        let proxy = self.proxy_matcher.as_ref().and_then(|proxy_matcher| proxy_matcher.intercept(&uri));
        let proxy = proxy.map(|proxy| proxy.uri().to_string().trim_end_matches('/').to_owned());
        let responsive = Arc::clone(&self.responsive);
        let response = self.inner.call(request);
        HttpConnectorFuture::new(async move {
            let address = uri.authority().map_or_else(String::new, ToString::to_string);
            let lock = || responsive.lock().unwrap_or_else(PoisonError::into_inner);
            match (response.await, proxy) {
                (Ok(response), Some(proxy)) if response.status().as_u16() == 407 => {
                    Err(ConnectionFailure::Proxy(proxy, "proxy authorization required".into()).into())
                }
                (Ok(response), _) => {
                    lock().insert(address);
                    Ok(response)
                }
                (Err(error), proxy) if is_connection_failure(&error) && !lock().contains(&address) => {
                    let source = error.into_source();
                    Err(match proxy {
                        Some(proxy) => ConnectionFailure::Proxy(proxy, source).into(),
                        None => ConnectionFailure::Direct(address, source).into(),
                    })
                }
                (Err(error), _) => Err(error),
            }
        })
    }
}

/// Returns whether the connection failed.
fn is_connection_failure(error: &ConnectorError) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<hyper_util::client::legacy::Error>() {
            return error.is_connect();
        }
        next = error.source();
    }
    false
}

/// A failed connection to an address that has never responded.
#[derive(Debug)]
pub(crate) enum ConnectionFailure {
    /// A direct connection.
    Direct(String, BoxError),
    /// A connection through the proxy at this address.
    Proxy(String, BoxError),
}

impl fmt::Display for ConnectionFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct(address, _) => write!(f, "no connection to `{address}`"),
            Self::Proxy(proxy, _) => write!(f, "no connection through the proxy `{proxy}`"),
        }
    }
}

impl Error for ConnectionFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Direct(_, source) | Self::Proxy(_, source) => Some(&**source),
        }
    }
}

impl From<ConnectionFailure> for ConnectorError {
    /// Converts to an error without a kind, which the SDK does not retry.
    fn from(failure: ConnectionFailure) -> Self {
        Self::other(failure.into(), None)
    }
}
