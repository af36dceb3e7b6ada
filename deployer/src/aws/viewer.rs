//! Requests without credentials, as a viewer sends them to CloudFront.

use std::error::Error as _;

use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use hyper::Uri;

use crate::aws::Aws;
use crate::error::error_chain;
use crate::local::Emulator;

/// The header `user-agent`. A web ACL can refuse requests without one.
const USER_AGENT: &str = concat!("thumbnail-generator/", env!("CARGO_PKG_VERSION"));

/// A client that requests URLs of a distribution.
#[derive(Debug)]
pub(crate) struct Viewer {
    connector: SharedHttpConnector,
    /// The endpoint of the emulator, which serves all hosts.
    endpoint: Option<String>,
}

/// The status and the headers of a response.
#[derive(Debug)]
pub(crate) struct ViewerResponse {
    pub(crate) status: u16,
    response: HttpResponse,
}

impl ViewerResponse {
    /// Returns the value of a header, or `None` if the response does not have it.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)
    }
}

impl Viewer {
    /// Creates the client for AWS, or for the emulator if given.
    pub(crate) fn new(aws: &Aws, emulator: Option<&Emulator>) -> Self {
        let connector = aws.connections.plain_connector();
        Self { connector, endpoint: emulator.map(|emulator| emulator.endpoint.clone()) }
    }

    /// Sends a HEAD request to `url`, without a time limit. The error contains the reason why there is no response.
    pub(crate) async fn head(&self, url: &str) -> Result<ViewerResponse, String> {
        let request = self.head_request(url).ok_or_else(|| format!("`{url}` is not a URL"))?;
        let response = self.connector.call(request).await.map_err(|error| describe(&error))?;
        Ok(ViewerResponse { status: response.status().as_u16(), response })
    }

    fn head_request(&self, url: &str) -> Option<HttpRequest> {
        let uri: Uri = url.parse().ok()?;
        let host = uri.authority()?.to_string();
        let path = uri.path_and_query()?.as_str();
        // Not every system resolves `*.localhost`.
        let target = self.endpoint.as_ref().map_or_else(|| url.to_owned(), |at| format!("{at}{path}"));
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_method("HEAD").ok()?;
        request.set_uri(target).ok()?;
        request.headers_mut().try_insert("host", host).ok()?;
        request.headers_mut().try_insert("user-agent", USER_AGENT).ok()?;
        Some(request)
    }
}

/// Returns the cause of a failed request: the connection, or what happened on it.
fn describe(error: &ConnectorError) -> String {
    error.source().map_or_else(|| error.to_string(), error_chain)
}
