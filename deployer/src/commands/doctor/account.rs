//! The checks of the AWS account.

use std::time::{Duration, SystemTime};

use contract::key::escape;

use crate::aws::Identity;
use crate::aws::error::{aws_code, aws_error};
use crate::commands::doctor::check::Check;
#[cfg(feature = "full")]
use crate::commands::doctor::permissions::check_permissions;
use crate::error::shell_quote;
use crate::stack::Stack;

/// The default concurrency quota of an account that is not new.
const DEFAULT_CONCURRENCY: i32 = 1000;

/// The clock skew at which the check fails. AWS rejects requests at five minutes:
/// <https://docs.aws.amazon.com/general/latest/gr/signing_aws_api_requests.html>.
const MAX_SKEW: Duration = Duration::from_secs(240);

/// The clock skew at which the check warns.
const WARN_SKEW: Duration = Duration::from_secs(30);

/// The remaining session time at which the check warns: the session may expire during an `up`.
const SHORT_SESSION: Duration = Duration::from_secs(15 * 60);

pub(super) async fn check_account(stack: &Stack) -> Vec<Check> {
    let region = match stack.aws.endpoint() {
        Some(endpoint) => format!("{} at {endpoint}", stack.aws.region()),
        None => stack.aws.region().to_owned(),
    };
    let mut checks = vec![Check::ok("region", region)];
    let (identity, clock) = stack.aws.identity_and_time().await;
    checks.extend(clock.map(|server| check_clock(server, SystemTime::now())));
    let identity = match identity {
        Ok(identity) => identity,
        Err(error) => {
            let login = match &stack.config.settings.profile {
                Some(profile) => format!("aws sso login --profile {}", shell_quote(profile)),
                None => "aws sso login".to_owned(),
            };
            let fix = match &error.message {
                message if message.contains("there are no AWS credentials") => {
                    "aws configure sso   # or `aws configure`, or set AWS_PROFILE"
                }
                message if message.contains("SSO") || message.contains("xpired") => login.as_str(),
                _ => error.hints.first().map_or("aws sts get-caller-identity", String::as_str),
            };
            checks.push(Check::fail("credentials", &error.message, fix));
            return checks;
        }
    };
    checks.push(check_session(&identity, stack.aws.credentials_expiry().await));
    let exists = match stack.describe().await {
        Ok(Some(found)) => {
            let status = found.stack_status().map_or("unknown", |status| status.as_str());
            let found = format!("{} is {status}", stack.name());
            // `up` recovers from each of these.
            let stuck = status == "ROLLBACK_COMPLETE" || status.ends_with("_FAILED");
            checks.push(match stuck {
                true => Check::warn("stack", found, "deployer up{flags}"),
                false => Check::ok("stack", found),
            });
            true
        }
        Ok(None) => {
            checks.push(Check::ok("stack", format!("{} does not exist yet", stack.name())));
            false
        }
        Err(error) => {
            checks.push(Check::unknown("stack", error, "deployer doctor{flags} --policy"));
            true
        }
    };
    #[cfg(feature = "full")]
    checks.push(check_permissions(stack, &identity).await);
    #[cfg(not(feature = "full"))]
    checks.push(Check::warn(
        "permissions",
        "not checked: this program was built without the feature `full`",
        "cargo run -- doctor{flags}",
    ));
    checks.push(check_concurrency(stack).await);
    if !exists {
        checks.push(check_bucket_names(stack).await);
    }
    if stack.config.settings.alt_text.enabled {
        checks.push(check_model(stack).await);
    }
    checks
}

/// Compares the clock of this machine with the clock of the service.
fn check_clock(server: SystemTime, here: SystemTime) -> Check {
    let (skew, word) = match here.duration_since(server) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    // The service reports whole seconds.
    let found = format!("this machine's clock is {} s {word} AWS", skew.as_secs());
    let fix = "sudo timedatectl set-ntp true";
    match skew {
        skew if skew > MAX_SKEW => Check::fail(
            "clock",
            format!("{found}; AWS rejects requests if the clocks differ by 5 minutes or more"),
            fix,
        ),
        skew if skew > WARN_SKEW => Check::warn("clock", found, fix),
        _ => Check::ok("clock", "this machine's clock matches AWS"),
    }
}

/// Reports the caller and when the session expires.
fn check_session(identity: &Identity, expiry: Option<SystemTime>) -> Check {
    let Some(left) = expiry.map(|expiry| expiry.duration_since(SystemTime::now()).unwrap_or_default()) else {
        return Check::ok("credentials", &identity.arn);
    };
    let minutes = left.as_secs() / 60;
    let left_text = if minutes < 120 { format!("{minutes} min") } else { format!("{} h", minutes / 60) };
    let found = format!("{}, valid for {left_text}", identity.arn);
    if left < SHORT_SESSION {
        Check::warn("credentials", found, "aws sso login   # or get new credentials in another way")
    } else {
        Check::ok("credentials", found)
    }
}

/// Compares the concurrency quota of the account with the maximum concurrency of the stack.
async fn check_concurrency(stack: &Stack) -> Check {
    let settings = &stack.config.settings;
    let described = if settings.alt_text.enabled { settings.alt_text.maximum_concurrency } else { 0 };
    let maximum = i32::try_from(settings.function.maximum_concurrency + described).unwrap_or(i32::MAX);
    match stack.aws.lambda().get_account_settings().send().await {
        Ok(account) => {
            let limit = account.account_limit();
            let limit = limit.map_or(DEFAULT_CONCURRENCY, |limit| {
                limit.unreserved_concurrent_executions().unwrap_or(limit.concurrent_executions())
            });
            let found =
                format!("the account allows {limit} concurrent invocations; this stack uses up to {maximum}");
            if limit >= maximum {
                return Check::ok("concurrency", found);
            }
            let fix = format!(
                "aws service-quotas request-service-quota-increase --service-code lambda \\\n\
                 --quota-code L-B99A9384 --desired-value 1000{}   # or lower `function.maximum_concurrency`",
                stack.aws_flags()
            );
            Check::warn("concurrency", found, fix)
        }
        Err(error) => {
            let error = aws_error("read the account's Lambda quotas", &error);
            Check::unknown("concurrency", error, "deployer doctor{flags} --policy")
        }
    }
}

/// Checks whether the bucket names of a new stack are available.
async fn check_bucket_names(stack: &Stack) -> Check {
    let names = match stack.bucket_names().await {
        Ok(names) => names,
        Err(error) => return Check::unknown("names", error, "check the network"),
    };
    let (mut existing, mut taken) = (Vec::new(), Vec::new());
    for (id, bucket) in names {
        if id == "AccessLogsBucket" && !stack.config.settings.access_logs {
            continue;
        }
        match stack.aws.s3().head_bucket().bucket(&bucket).send().await {
            Ok(_) => existing.push(bucket),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found()) => {}
            // The bucket belongs to another account.
            Err(error) if aws_code(&error).is_some() || error.raw_response().is_some() => taken.push(bucket),
            Err(error) => {
                let error = aws_error(format_args!("check the bucket `{bucket}`"), &error);
                return Check::unknown("names", error, "check the network");
            }
        }
    }
    if !taken.is_empty() {
        let found = format!("these bucket names belong to another account: {}", taken.join(", "));
        return Check::fail(
            "names",
            found,
            "set other names under `buckets` in deployer.yaml, which `deployer init` creates",
        );
    }
    if !existing.is_empty() {
        let found = format!(
            "these buckets already exist; `up` will import them into the stack: {}",
            existing.join(", ")
        );
        return Check::warn("names", found, "deployer down{flags}   # to delete these buckets instead");
    }
    Check::ok("names", "the bucket names are available")
}

/// Requests a single word from the model that describes photos, which proves that the caller has access.
async fn check_model(stack: &Stack) -> Check {
    let settings = &stack.config.settings.alt_text;
    let region = stack.aws.region();
    let profile = settings.inference_profile(Some(region));
    let aws_flags = stack.aws_flags();
    let list = format!(
        "aws bedrock list-foundation-models{aws_flags}   # then set an active one as `alt_text.model`"
    );
    let Err(error) = stack.aws.ask_model(&profile).await else {
        let model = settings.foundation_model();
        return match stack.aws.model_lifecycle(model).await.as_deref() {
            Some("ACTIVE") => Check::ok("model", format!("{profile} responds")),
            Some(status) => {
                let status = escape(&status.to_lowercase());
                let found = format!("{profile} responds, but Bedrock will retire {model}, which is {status}");
                Check::warn("model", found, list)
            }
            None => Check::ok("model", format!("{profile} responds; its lifecycle status is unknown")),
        };
    };
    let error_text = aws_error(format_args!("ask `{profile}`"), &error);
    let fix = match aws_code(&error) {
        // Bedrock denies a legacy model to an account that has not used it recently.
        _ if error_text.message.contains("Legacy") => list,
        Some("AccessDeniedException") => format!(
            "aws bedrock get-foundation-model-availability --model-id {}{aws_flags}   # then request access",
            settings.foundation_model()
        ),
        Some("ResourceNotFoundException" | "ValidationException") => format!(
            "aws bedrock list-inference-profiles{aws_flags}   # then set one of them as `alt_text.model`"
        ),
        _ => "deployer doctor{flags}   # run it again in a minute".to_owned(),
    };
    Check::fail("model", error_text.message, fix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::check::CheckState;

    #[test]
    fn a_clock_may_be_a_little_off() {
        let here = SystemTime::now();
        let state = |seconds| {
            let skew = Duration::from_secs(seconds);
            assert_eq!(check_clock(here + skew, here).state, check_clock(here - skew, here).state);
            check_clock(here + skew, here).state
        };
        assert_eq!((state(1), state(60), state(3600)), (CheckState::Ok, CheckState::Warn, CheckState::Fail));
    }
}
