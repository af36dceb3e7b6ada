//! The checks of the AWS account.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use aws_sdk_iam::types::{ContextEntry, ContextKeyTypeEnum, EvaluationResult, PolicyEvaluationDecisionType};
use contract::key::escape;

use crate::aws::Identity;
use crate::aws::error::{aws_code, aws_error};
use crate::commands::doctor::check::Check;
use crate::commands::doctor::policy::{self, Place};
use crate::error::{CommandError, shell_quote};
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
            let fix = || format!("deployer up{}", stack.config.flags());
            checks.push(if stuck { Check::warn("stack", found, fix()) } else { Check::ok("stack", found) });
            true
        }
        Ok(None) => {
            checks.push(Check::ok("stack", format!("{} does not exist yet", stack.name())));
            false
        }
        Err(error) => {
            checks.push(Check::unknown("stack", error, "deployer doctor --policy"));
            true
        }
    };
    checks.push(check_permissions(stack, &identity).await);
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
    let found = format!("the clock of this machine is {} s {word} AWS", skew.as_secs());
    let fix = "sudo timedatectl set-ntp true";
    match skew {
        skew if skew > MAX_SKEW => Check::fail(
            "clock",
            format!("{found}; AWS rejects requests if the clocks differ by 5 minutes or more"),
            fix,
        ),
        skew if skew > WARN_SKEW => Check::warn("clock", found, fix),
        _ => Check::ok("clock", "the clock of this machine matches AWS"),
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

/// Asks IAM whether the caller has all permissions of an operator.
async fn check_permissions(stack: &Stack, identity: &Identity) -> Check {
    let Some((kind, name)) = principal(&identity.arn) else {
        return Check::ok("permissions", "the root user of the account has all permissions");
    };
    let flags = stack.config.flags();
    let mut parts = vec![("", "operator")];
    if stack.config.settings.delivery.enabled {
        parts.push((" delivery", "delivery"));
    }
    let attach = parts.iter().map(|(part, suffix)| {
        format!(
            "deployer doctor{flags} --policy{part} > {suffix}.json && aws iam attach-{kind}-policy --{kind}-name {name} --policy-arn \\\n\
             \"$(aws iam create-policy --policy-name {}-{suffix} --policy-document file://{suffix}.json --query Policy.Arn --output text)\"",
            stack.name()
        )
    });
    let attach = attach.collect::<Vec<_>>().join("\n");
    let fix = if name.starts_with("AWSReservedSSO_") {
        let commands = parts.iter().map(|(part, _)| format!("deployer doctor{flags} --policy{part}"));
        format!(
            "{}   # add it to the permission set in IAM Identity Center",
            commands.collect::<Vec<_>>().join(" && ")
        )
    } else {
        attach
    };
    let denied = async {
        let arn = policy_source(stack, identity, kind, name).await;
        denied_actions(stack, identity, &arn).await
    };
    match denied.await {
        Ok((all, denied)) if denied.is_empty() => {
            Check::ok("permissions", format!("IAM allows all {all} actions"))
        }
        Ok((all, denied)) => {
            let names = denied.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            let found = format!("IAM denies {} of {all} actions: {names}", denied.len());
            Check::fail("permissions", found, fix)
        }
        Err(error) => Check::unknown("permissions", CommandError { hints: Vec::new(), ..error }, &fix),
    }
}

/// Returns how many actions an operator needs, and those that IAM does not allow the principal `arn`.
async fn denied_actions(
    stack: &Stack,
    identity: &Identity,
    arn: &str,
) -> Result<(usize, BTreeSet<String>), CommandError> {
    let place = Place { region: stack.aws.region(), account: &identity.account };
    let iam = stack.aws.iam();
    let mut actions = BTreeSet::new();
    let mut denied = BTreeSet::new();
    for group in policy::action_groups(&stack.config.settings, identity.partition())? {
        let context = group.context(&place).into_iter().map(|(key, value)| {
            ContextEntry::builder()
                .context_key_name(key)
                .context_key_values(value)
                .context_key_type(ContextKeyTypeEnum::String)
                .build()
        });
        let mut pages = iam
            .simulate_principal_policy()
            .policy_source_arn(arn)
            .set_context_entries(Some(context.collect()))
            .set_resource_arns(Some(group.examples(&place)))
            .set_action_names(Some(group.actions.clone()))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| aws_error("simulate the permissions of the caller", &error))?;
            let results = page.evaluation_results.unwrap_or_default().into_iter();
            denied.extend(results.filter(is_denied).map(|result| result.eval_action_name));
        }
        actions.extend(group.actions);
    }
    Ok((actions.len(), denied))
}

/// Returns whether IAM denies an action on any of the resources.
fn is_denied(result: &EvaluationResult) -> bool {
    let each = result.resource_specific_results().iter().map(|result| &result.eval_resource_decision);
    each.chain([&result.eval_decision]).any(|decision| *decision != PolicyEvaluationDecisionType::Allowed)
}

/// Returns the user or role whose policies apply, such as `("role", "Admin")`, or `None` for the root user.
fn principal(arn: &str) -> Option<(&'static str, &str)> {
    let resource = arn.splitn(6, ':').nth(5)?;
    let (kind, name) = resource.split_once('/')?;
    match kind {
        "assumed-role" => Some(("role", name.split('/').next().unwrap_or(name))),
        "user" => Some(("user", name.rsplit('/').next().unwrap_or(name))),
        _ => None,
    }
}

/// Returns the ARN that IAM simulates. The ARN of a session lacks the path of its role, which only IAM knows.
async fn policy_source(stack: &Stack, identity: &Identity, kind: &str, name: &str) -> String {
    if kind == "user" {
        return identity.arn.clone();
    }
    let known = stack.aws.iam().get_role().role_name(name).send().await;
    let known = known.ok().and_then(|found| found.role).map(|role| role.arn);
    let partition = identity.partition();
    known.unwrap_or_else(|| format!("arn:{partition}:iam::{}:role/{name}", identity.account))
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
            let fix = "aws service-quotas request-service-quota-increase --service-code lambda \\\n\
                       --quota-code L-B99A9384 --desired-value 1000   # or lower `function.maximum_concurrency`";
            Check::warn("concurrency", found, fix)
        }
        Err(error) => {
            let error = aws_error("read the Lambda quotas of the account", &error);
            Check::unknown("concurrency", error, "deployer doctor --policy")
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
            "deployer init   # then set other names under `buckets` in deployer.yaml",
        );
    }
    if !existing.is_empty() {
        let found = format!(
            "these buckets already exist; `up` will import them into the stack: {}",
            existing.join(", ")
        );
        let fix = format!("deployer down{}   # to delete these buckets instead", stack.config.flags());
        return Check::warn("names", found, fix);
    }
    Check::ok("names", "the bucket names are available")
}

/// Asks the model that describes photos for a single word, which proves that the caller has access.
async fn check_model(stack: &Stack) -> Check {
    let settings = &stack.config.settings.alt_text;
    let region = stack.aws.region();
    let profile = settings.inference_profile(Some(region));
    let list = format!(
        "aws bedrock list-foundation-models --region {region}   # then set an active one as `alt_text.model`"
    );
    let Err(error) = stack.aws.ask_model(&profile).await else {
        let model = settings.foundation_model();
        return match stack.aws.model_lifecycle(model).await.as_deref() {
            Some("ACTIVE") => Check::ok("model", format!("{profile} answers")),
            Some(status) => {
                let status = escape(&status.to_lowercase());
                let found = format!("{profile} answers, but Bedrock will retire {model}, which is {status}");
                Check::warn("model", found, list)
            }
            None => Check::ok("model", format!("{profile} answers; its lifecycle status is unknown")),
        };
    };
    let error_text = aws_error(format_args!("ask `{profile}`"), &error);
    let fix = match aws_code(&error) {
        // Bedrock denies a legacy model to an account that has not used it recently.
        _ if error_text.message.contains("Legacy") => list,
        Some("AccessDeniedException") => format!(
            "aws bedrock get-foundation-model-availability --region {region} --model-id {}   # then request access",
            settings.foundation_model()
        ),
        Some("ResourceNotFoundException" | "ValidationException") => format!(
            "aws bedrock list-inference-profiles --region {region}   # then set one of them as `alt_text.model`"
        ),
        _ => "deployer doctor   # run it again in a minute".to_owned(),
    };
    Check::fail("model", error_text.message, fix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::check::CheckState;

    #[test]
    fn the_principal_of_a_session_is_its_role() {
        let of = |resource: &str| {
            principal(&format!("arn:aws:sts::111122223333:{resource}"))
                .map(|(kind, name)| format!("{kind} {name}"))
        };
        assert_eq!(of("assumed-role/Admin/me@example.com").as_deref(), Some("role Admin"));
        assert_eq!(of("user/people/me").as_deref(), Some("user me"));
        assert_eq!(of("root"), None);
    }

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
