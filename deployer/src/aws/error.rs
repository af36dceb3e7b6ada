//! Converts errors of AWS to errors of commands.

use std::error::Error;
use std::fmt;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::aws::network::ConnectionFailure;
use crate::error::{CommandError, error_chain};

/// Returns the AWS error code (`AccessDenied`, `NoSuchBucket`), or `None` if the service did not return one.
pub(crate) fn aws_code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}

/// Returns the error of a failed AWS request with a hint. `what` is a verb phrase.
pub(crate) fn aws_error<E, R>(what: impl fmt::Display, error: &SdkError<E, R>) -> CommandError
where
    E: ProvideErrorMetadata + Error + 'static,
    R: fmt::Debug + 'static,
{
    if let Some(service) = error.as_service_error() {
        // AWS responded with a success that the SDK could not parse.
        if service.code().is_none() && service.message().is_none() {
            return CommandError::failed(format!(
                "cannot {what}: the response cannot be parsed ({})",
                error_chain(service)
            ));
        }
        let code = service.code().unwrap_or("no error code");
        let message = service.message().unwrap_or("no message").trim_end_matches('.');
        let fail = CommandError::failed(format!("cannot {what}: {message} ({code})"));
        return match hint_for_code(code) {
            Some(hint) => fail.hint(hint),
            None => fail,
        };
    }
    let chain = error_chain(error);
    let fail = |message: &str| CommandError::failed(format!("cannot {what}: {message}"));
    if let Some(failure) = find_source::<ConnectionFailure>(error) {
        return connection_error(fail, failure, &chain);
    }
    if let Some(error_of_provider) = find_source::<CredentialsError>(error) {
        return credentials_error(fail, error_of_provider);
    }
    if chain.contains("region must be set") || chain.contains("Invalid Configuration: Missing Region") {
        return fail("no AWS region is configured")
            .hint("add `--region eu-central-1`, or set `region` in deployer.yaml");
    }
    if chain.contains("timeout") || chain.contains("timed out") {
        return fail("the request timed out").hint("check the network, then run the command again");
    }
    if chain.contains("onnection refused") || chain.contains("dispatch failure") {
        return fail(&format!("the service cannot be reached ({chain})"))
            .hint("check the network, and AWS_ENDPOINT_URL if it is set");
    }
    fail(&chain)
}

/// Returns the error for missing or invalid credentials.
pub(crate) fn credentials_error(
    fail: impl Fn(&str) -> CommandError,
    error: &CredentialsError,
) -> CommandError {
    // A chain of providers wraps the error of the one that failed.
    let mut innermost = error;
    while let Some(inner) = innermost.source().and_then(find_source::<CredentialsError>) {
        innermost = inner;
    }
    let chain = innermost.source().map_or_else(|| error.to_string(), error_chain);
    // The last provider in the chain is the instance role. Its failure means that no provider has credentials.
    let has_no_provider =
        matches!(error, CredentialsError::CredentialsNotLoaded(_)) || chain.contains("IMDS");
    if chain.contains("credential_process") || chain.contains("external process") {
        return fail(&format!("the `credential_process` of the profile returned no credentials: {chain}"))
            .hint("run the `credential_process` command in ~/.aws/config by hand to see why");
    }
    if has_no_provider {
        return fail("there are no AWS credentials").hint(
            "run `aws login`, `aws sso login`, or `aws configure`, or set AWS_PROFILE; `--local` needs no credentials",
        );
    }
    if chain.contains("SSO") || chain.contains("sso") {
        return fail(&format!("the SSO session is not valid: {chain}"))
            .hint("run `aws sso login`, or `aws sso login --profile NAME` for another profile");
    }
    if chain.contains("login") {
        return fail(&format!("the login session is not valid: {chain}"))
            .hint("run `aws login`, or `aws login --profile NAME` for another profile");
    }
    fail(&format!("the AWS credentials are not valid: {chain}")).hint(
        "run `aws sts get-caller-identity` to check them, or `aws login` or `aws sso login` if the session has expired",
    )
}

/// Returns the error for a failed connection.
fn connection_error(
    fail: impl Fn(&str) -> CommandError,
    failure: &ConnectionFailure,
    chain: &str,
) -> CommandError {
    let is_certificate_untrusted = chain.contains("invalid peer certificate");
    let why = [
        ("proxy authorization required", "it rejected the user name or password"),
        ("tunnel error: unsuccessful", "it refused to connect to the service"),
        ("failed to create underlying connection", "it cannot be reached"),
        ("dns error", "DNS lookup failed"),
        ("onnection refused", "connection refused"),
        ("timed out", "connection timed out"),
        ("timeout", "connection timed out"),
        ("invalid peer certificate", "its certificate is not trusted"),
    ];
    let known = why.iter().find(|(marker, _)| chain.contains(marker)).map(|(_, why)| *why);
    let why = known.map_or_else(|| failure.source().map(error_chain).unwrap_or_default(), str::to_owned);
    let failed = match failure {
        ConnectionFailure::Direct(address, _) => fail(&format!("cannot connect to `{address}`: {why}"))
            .hint("check the network, the region (`--region`), and AWS_ENDPOINT_URL and HTTPS_PROXY if they are set"),
        ConnectionFailure::Proxy(proxy, _) => fail(&format!("cannot use the proxy `{proxy}`: {why}"))
            .hint("check HTTPS_PROXY (`http://NAME:PASSWORD@HOST:PORT`), or list hosts that need no proxy in NO_PROXY"),
    };
    match is_certificate_untrusted {
        true => failed
            .hint("if a proxy inspects TLS connections, set AWS_CA_BUNDLE to the file with its certificates"),
        false => failed,
    }
}

/// Returns the source of type `E` of `error`, or `None`.
fn find_source<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// Returns the hint for an AWS error code, or `None` if there is none.
pub(crate) fn hint_for_code(code: &str) -> Option<&'static str> {
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
            Some("run `aws login` or `aws sso login`, or get new credentials: the session has expired")
        }
        "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "AuthFailure" => {
            Some("run `aws sts get-caller-identity` and check AWS_PROFILE: the credentials are not valid")
        }
        "AccessDenied" | "AccessDeniedException" | "AllAccessDisabled" | "UnauthorizedOperation" => {
            Some("run `deployer doctor{flags}` to list missing permissions")
        }
        "PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" => {
            Some("set `--region` to the region of the bucket")
        }
        "SlowDown"
        | "Throttling"
        | "ThrottlingException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded" => {
            Some("wait a minute, then run the command again: AWS is throttling this account")
        }
        "InternalError" | "InternalFailure" | "ServiceUnavailable" => {
            Some("run the command again in a minute: the service has a temporary problem")
        }
        "RequestTimeTooSkewed" => Some(
            "run `sudo timedatectl set-ntp true` to set this machine's clock, then run the command again",
        ),
        _ => None,
    }
}
