//! An error as the user sees it: what failed, what to do next, and the exit code that says so.

use std::error::Error;
use std::fmt;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use contract::key::is_hidden;

use crate::network::Unreached;

/// A failed command: one sentence, and hints that say what to do next.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) kind: Kind,
    pub(crate) message: String,
    pub(crate) hints: Vec<String>,
}

/// What an error means for the program that called us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Something failed.
    Failed,
    /// The command line or the configuration is wrong.
    Usage,
    /// What was asked for is not there, or there are several.
    NotFound,
    /// `plan --detailed-exitcode` found changes. Not an error: nothing is printed.
    Changes,
    /// The user interrupted.
    Interrupted,
    /// Whoever read the output has ended. Not an error: nothing is printed.
    Unread,
}

impl Kind {
    /// The exit code of the process.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Changes => 4,
            Self::Interrupted => 130,
            // As a shell tells the end of a program that SIGPIPE has stopped.
            Self::Unread => 141,
        }
    }
}

impl CommandError {
    /// Something failed.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { kind: Kind::Failed, message: message.into(), hints: Vec::new() }
    }

    /// The command line or the configuration is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { kind: Kind::Usage, ..Self::failed(message) }
    }

    /// What was asked for is not there, or there are several.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self { kind: Kind::NotFound, ..Self::failed(message) }
    }

    /// The user interrupted.
    pub(crate) fn interrupted(message: impl Into<String>) -> Self {
        Self { kind: Kind::Interrupted, ..Self::failed(message) }
    }

    /// Adds what to do next: a command that can be pasted, or a setting.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for CommandError {}

/// Says that `what` (a verb phrase: "list the objects in `b`") failed with an I/O error at a path.
pub(crate) fn io_error(what: impl fmt::Display, error: &std::io::Error) -> CommandError {
    CommandError::failed(format!("cannot {what}: {}", plain_io(error)))
}

/// An I/O error's message without the number in brackets.
fn plain_io(error: &std::io::Error) -> String {
    let text = error.to_string();
    let plain = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = plain.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

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

/// All causes of an error in one line.
pub(crate) fn causes(error: &dyn Error) -> String {
    let mut chain = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !chain.contains(&text) {
            chain.push_str(": ");
            chain.push_str(&text);
        }
        next = cause.source();
    }
    chain
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

/// Quotes a word for a shell, in a hint that can be pasted. Control characters become escapes, which bash, zsh, and
/// ksh read.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if word.chars().all(is_plain) {
        return word.to_owned();
    }
    if !word.contains(is_hidden) {
        return format!("'{}'", word.replace('\'', r"'\''"));
    }
    let mut text = String::from("$'");
    for c in word.chars() {
        match c {
            '\'' | '\\' => text.extend(['\\', c]),
            // Byte by byte, and three digits: a digit that follows is not taken for a part of the escape.
            c if is_hidden(c) => {
                let mut buffer = [0; 4];
                c.encode_utf8(&mut buffer).bytes().for_each(|byte| text += &format!("\\{byte:03o}"));
            }
            c => text.push(c),
        }
    }
    text + "'"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_a_quoted_word_as_it_was() {
        let words =
            ["cat.jpg", "My cat's.jpg", "a\nb\u{1}2.jpg", "\u{202e}gpj.'\\x", "$HOME `id`", "\u{9b}2J", "-x"];
        for word in words {
            let script = format!("printf %s {}", quoted(word));
            let said = std::process::Command::new("bash").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(said.stdout).unwrap(), word, "{script}");
            assert!(!script.contains(is_hidden), "{script:?}");
        }
    }
}
