//! What AWS answered with instead, as the user sees it.

use std::error::Error;
use std::fmt;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::aws::network::Unreached;
use crate::error::{CommandError, causes};

/// The AWS error code (`AccessDenied`, `NoSuchBucket`), if the service answered with one.
pub(crate) fn aws_code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}

/// Says that `what` (a verb phrase) failed at AWS, why, and what usually helps.
pub(crate) fn aws_error<E, R>(what: impl fmt::Display, error: &SdkError<E, R>) -> CommandError
where
    E: ProvideErrorMetadata + Error + 'static,
    R: fmt::Debug + 'static,
{
    if let Some(service) = error.as_service_error() {
        // A success that the SDK could not parse.
        if service.code().is_none() && service.message().is_none() {
            return CommandError::failed(format!(
                "cannot {what}: the answer cannot be read ({})",
                causes(service)
            ));
        }
        let code = service.code().unwrap_or("no error code");
        let message = service.message().unwrap_or("no message").trim_end_matches('.');
        let said = CommandError::failed(format!("cannot {what}: {message} ({code})"));
        return match code_hint(code) {
            Some(hint) => said.hint(hint),
            None => said,
        };
    }
    let chain = causes(error);
    let said = |message: &str| CommandError::failed(format!("cannot {what}: {message}"));
    if let Some(unreached) = source_of::<Unreached>(error) {
        return unreachable(said, unreached, &chain);
    }
    if let Some(refused) = source_of::<CredentialsError>(error) {
        return no_credentials(said, refused);
    }
    if chain.contains("region must be set") || chain.contains("Invalid Configuration: Missing Region") {
        return said("no AWS region is configured")
            .hint("add `--region eu-central-1`, or set `region` in deployer.yaml");
    }
    if chain.contains("timeout") || chain.contains("timed out") {
        return said("the service did not answer in time").hint("check the network and try again");
    }
    if chain.contains("onnection refused") || chain.contains("dispatch failure") {
        return said(&format!("the service cannot be reached ({chain})"))
            .hint("check the network, and AWS_ENDPOINT_URL if it is set");
    }
    said(&chain)
}

/// Says why there are no credentials.
fn no_credentials(said: impl Fn(&str) -> CommandError, error: &CredentialsError) -> CommandError {
    // A chain of providers wraps the error of the one that failed.
    let mut innermost = error;
    while let Some(inner) = innermost.source().and_then(source_of::<CredentialsError>) {
        innermost = inner;
    }
    let chain = innermost.source().map_or_else(|| error.to_string(), causes);
    // The last to be asked is the machine's own role. Without an answer from it, nobody has any.
    let is_nobodys = matches!(error, CredentialsError::CredentialsNotLoaded(_)) || chain.contains("IMDS");
    if chain.contains("credential_process") || chain.contains("external process") {
        return said(&format!("the credential_process of the profile gives no credentials: {chain}"))
            .hint("run the command that stands as `credential_process` in ~/.aws/config by hand");
    }
    if is_nobodys {
        return said("there are no AWS credentials").hint(
            "run `aws login`, `aws sso login`, or `aws configure`, or set AWS_PROFILE; `--local` needs none",
        );
    }
    if chain.contains("SSO") || chain.contains("sso") {
        return said(&format!("the SSO session cannot be used: {chain}"))
            .hint("run `aws sso login`, with `--profile NAME` for a profile of that name");
    }
    if chain.contains("login") {
        return said(&format!("the login session cannot be used: {chain}"))
            .hint("run `aws login`, with `--profile NAME` for a profile of that name");
    }
    said(&format!("the AWS credentials cannot be used: {chain}")).hint(
        "check `aws sts get-caller-identity`; after an expired session run `aws login` or `aws sso login`",
    )
}

/// Says why no connection came about.
fn unreachable(said: impl Fn(&str) -> CommandError, unreached: &Unreached, chain: &str) -> CommandError {
    let is_untrusted = chain.contains("invalid peer certificate");
    let why = [
        ("proxy authorization required", "it wants a different user name or password"),
        ("tunnel error: unsuccessful", "it refuses to connect to the service"),
        ("failed to create underlying connection", "it cannot be reached"),
        ("dns error", "its address cannot be resolved"),
        ("onnection refused", "nothing listens there"),
        ("timed out", "it does not answer"),
        ("timeout", "it does not answer"),
        ("invalid peer certificate", "its certificate is not trusted"),
    ];
    let known = why.iter().find(|(sign, _)| chain.contains(sign)).map(|(_, why)| *why);
    let why = known.map_or_else(|| unreached.source().map(causes).unwrap_or_default(), str::to_owned);
    let failed = match unreached {
        Unreached::Directly(address, _) => said(&format!("`{address}` cannot be reached: {why}"))
            .hint("check the network, the region's name (`--region`), and AWS_ENDPOINT_URL and HTTPS_PROXY if they are set"),
        Unreached::AtProxy(proxy, _) => said(&format!("the proxy `{proxy}` cannot be used: {why}"))
            .hint("check HTTPS_PROXY (`http://NAME:PASSWORD@HOST:PORT`); NO_PROXY lists the hosts that need no proxy"),
    };
    match is_untrusted {
        true => failed
            .hint("if a proxy inspects TLS connections, set AWS_CA_BUNDLE to the file with its certificates"),
        false => failed,
    }
}

/// The error of type `E` that `error` comes from, if it comes from one.
fn source_of<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// What usually helps against an error with this AWS code.
pub(crate) fn code_hint(code: &str) -> Option<&'static str> {
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
            Some("the session has expired: run `aws login` or `aws sso login`, or get new credentials")
        }
        "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "AuthFailure" => {
            Some("the credentials are not valid here: check `aws sts get-caller-identity` and AWS_PROFILE")
        }
        "AccessDenied" | "AccessDeniedException" | "AllAccessDisabled" | "UnauthorizedOperation" => {
            Some("the caller lacks a permission: run `deployer doctor` to see which")
        }
        "PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" => {
            Some("the bucket is in another region: set `--region` to it")
        }
        "SlowDown"
        | "Throttling"
        | "ThrottlingException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded" => Some("AWS is throttling this account: wait a minute and try again"),
        "InternalError" | "InternalFailure" | "ServiceUnavailable" => {
            Some("the service has a problem of its own: try again in a minute")
        }
        "RequestTimeTooSkewed" => Some("this machine's clock is wrong: set it and try again"),
        _ => None,
    }
}
