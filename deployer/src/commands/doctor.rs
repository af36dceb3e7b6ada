//! `deployer doctor`: whether all that `up` and the daily work need is there, and how to get what is not.

use aws_sdk_iam::types::PolicyEvaluationDecisionType;
use clap::Args;
use console::Style;
use serde::Serialize;
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::config::{Config, Settings};
use crate::error::{CommandError, aws_code, aws_error};
use crate::stack::Stack;
use crate::ui::Ui;

/// What an operator does, by the resources it is done to; `{}` stands for the stack's name.
const ACTIONS: [(&[&str], &[&str]); 10] = [
    (
        &["arn:aws:cloudformation:*:*:stack/{}/*"],
        &[
            "cloudformation:CancelUpdateStack",
            "cloudformation:ContinueUpdateRollback",
            "cloudformation:CreateChangeSet",
            "cloudformation:DeleteChangeSet",
            "cloudformation:DeleteStack",
            "cloudformation:DescribeChangeSet",
            "cloudformation:DescribeStackEvents",
            "cloudformation:DescribeStacks",
            "cloudformation:ExecuteChangeSet",
            "cloudformation:ListStackResources",
        ],
    ),
    (
        &["arn:aws:s3:::{}-*", "arn:aws:s3:::{}-*/*"],
        &[
            "s3:AbortMultipartUpload",
            "s3:CreateBucket",
            "s3:DeleteBucket",
            "s3:DeleteBucketPolicy",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:GetObject",
            "s3:GetObjectVersion",
            "s3:ListBucket",
            "s3:ListBucketMultipartUploads",
            "s3:ListBucketVersions",
            "s3:ListMultipartUploadParts",
            "s3:PutBucketLogging",
            "s3:PutBucketNotification",
            "s3:PutBucketOwnershipControls",
            "s3:PutBucketPolicy",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketVersioning",
            "s3:PutEncryptionConfiguration",
            "s3:PutLifecycleConfiguration",
            "s3:PutObject",
        ],
    ),
    (
        &["arn:aws:sns:*:*:{}-*"],
        &[
            "sns:CreateTopic",
            "sns:DeleteTopic",
            "sns:GetTopicAttributes",
            "sns:SetTopicAttributes",
            "sns:Subscribe",
            "sns:Unsubscribe",
        ],
    ),
    (
        &["arn:aws:sqs:*:*:{}-*"],
        &[
            "sqs:CreateQueue",
            "sqs:DeleteQueue",
            "sqs:GetQueueAttributes",
            "sqs:SendMessage",
            "sqs:SetQueueAttributes",
        ],
    ),
    (
        &["arn:aws:lambda:*:*:function:{}-*"],
        &[
            "lambda:CreateFunction",
            "lambda:DeleteFunction",
            "lambda:GetFunction",
            "lambda:GetFunctionConfiguration",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
        ],
    ),
    // Event source mappings have no names, and quotas are the account's.
    (
        &["*"],
        &[
            "lambda:CreateEventSourceMapping",
            "lambda:DeleteEventSourceMapping",
            "lambda:GetAccountSettings",
            "lambda:GetEventSourceMapping",
            "lambda:ListEventSourceMappings",
            "lambda:UpdateEventSourceMapping",
        ],
    ),
    (
        &["arn:aws:iam::*:role/{}-*"],
        &[
            "iam:CreateRole",
            "iam:DeleteRole",
            "iam:DeleteRolePolicy",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:PassRole",
            "iam:PutRolePolicy",
        ],
    ),
    (
        &["arn:aws:logs:*:*:log-group:/aws/lambda/{}-*"],
        &["logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:FilterLogEvents", "logs:PutRetentionPolicy"],
    ),
    (&["*"], &["logs:DescribeLogGroups", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics"]),
    (
        &["arn:aws:cloudwatch:*:*:alarm:{}-*", "arn:aws:cloudwatch::*:dashboard/{}-*"],
        &[
            "cloudwatch:DeleteAlarms",
            "cloudwatch:DeleteDashboards",
            "cloudwatch:DescribeAlarms",
            "cloudwatch:GetDashboard",
            "cloudwatch:PutDashboard",
            "cloudwatch:PutMetricAlarm",
        ],
    ),
];

/// What `doctor` asks to hold all this against the caller's rights. It tells yes or no and nothing else.
const ASKING: (&[&str], &[&str]) =
    (&["arn:aws:iam::*:user/*", "arn:aws:iam::*:role/*"], &["iam:SimulatePrincipalPolicy"]);

/// What is added by a key of the stack's own. Keys have no names.
const KEY_ACTIONS: (&[&str], &[&str]) = (
    &["*"],
    &[
        "kms:CreateGrant",
        "kms:CreateKey",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:EnableKeyRotation",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
    ],
);

/// What is added by a permissions boundary.
const BOUNDARY_ACTIONS: (&[&str], &[&str]) =
    (&["arn:aws:iam::*:role/{}-*"], &["iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"]);

/// What an operator of a stack with `settings` does.
fn actions(settings: &Settings) -> impl Iterator<Item = (&'static [&'static str], &'static [&'static str])> {
    let key = settings.kms_key.then_some(KEY_ACTIONS);
    let boundary = settings.permissions_boundary.is_some().then_some(BOUNDARY_ACTIONS);
    ACTIONS.into_iter().chain([ASKING]).chain(key).chain(boundary)
}

/// Lambda runs this many invocations of a new account at once, or fewer.
const USUAL_CONCURRENCY: i32 = 1000;

/// Checks that all that `up` and the daily work need is there, and says how to get what is not.
///
/// Ends with exit code 1 if something is wrong. With `--output json` the result is a list of checks: `check`,
/// `state` (`ok`, `warn`, `fail`), `found` and, unless all is well, `fix`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deployer doctor\n  deployer doctor --policy > operator-policy.json")]
pub(crate) struct DoctorArgs {
    /// Print the IAM policy that an operator of this stack needs, and check nothing.
    #[arg(long)]
    policy: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Warn,
    Fail,
}

/// One line of what was looked at.
#[derive(Debug, Serialize)]
struct Check {
    check: &'static str,
    state: State,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

impl Check {
    fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, state: State::Ok, found: found.into(), fix: None }
    }

    fn warn(check: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { state: State::Warn, fix: Some(fix.into()), ..Self::ok(check, found) }
    }

    fn fail(check: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { state: State::Fail, fix: Some(fix.into()), ..Self::ok(check, found) }
    }

    /// A check that could not be made, for the reason in `error`.
    fn unknown(check: &'static str, error: CommandError, fix: &str) -> Self {
        let fix = error.hints.first().cloned().unwrap_or_else(|| fix.to_owned());
        Self::warn(check, error.message, fix)
    }

    fn text(&self) -> String {
        let word = match self.state {
            State::Ok => Style::new().green().apply_to("ok  "),
            State::Warn => Style::new().yellow().apply_to("warn"),
            State::Fail => Style::new().red().apply_to("FAIL"),
        };
        let fix = self.fix.as_ref().map_or(String::new(), |fix| format!("\n      fix: {fix}"));
        format!("{word}  {:<12} {}{fix}", self.check, self.found)
    }
}

pub(crate) async fn doctor(args: DoctorArgs, config: Config, ui: &Ui) -> Result<(), CommandError> {
    if args.policy {
        let policy = policy(&config.settings);
        return ui.result(&policy, || format!("{policy:#}"));
    }
    let mut checks = tools(&config);
    match Stack::connect(config, ui).await {
        Ok(stack) => checks.extend(at_aws(&stack).await),
        Err(error) => checks.push(Check::fail(
            "connection",
            error.message,
            error.hints.first().cloned().unwrap_or_else(|| "see above".to_owned()),
        )),
    }
    ui.result(&checks, || checks.iter().map(Check::text).collect::<Vec<_>>().join("\n"))?;
    let failed = checks.iter().filter(|check| check.state == State::Fail).count();
    if failed == 0 {
        Ok(())
    } else {
        Err(CommandError::failed(format!("{failed} of {} checks failed", checks.len())))
    }
}

/// The programs that are called.
fn tools(config: &Config) -> Vec<Check> {
    let version = |program: &str| {
        let output = std::process::Command::new(program).arg("--version").output().ok()?;
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(said)
    };
    let mut checks = vec![match version("cargo") {
        Some(said) => Check::ok("cargo", said),
        None => Check::warn(
            "cargo",
            "not found; the handlers cannot be built here",
            "install Rust (https://rustup.rs), or give `up` zips with `--zip`",
        ),
    }];
    if config.local {
        checks.push(match version("python3") {
            Some(said) => Check::ok("python3", said),
            None => {
                Check::fail("python3", "not found; the emulator needs it", "install Python 3.10 or later")
            }
        });
    }
    checks
}

async fn at_aws(stack: &Stack) -> Vec<Check> {
    let arn = match stack.identity().await {
        Ok(identity) => identity.arn.clone(),
        Err(error) => {
            let fix =
                "configure credentials: `aws configure sso`, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
            let fix = error.hints.first().cloned().unwrap_or_else(|| fix.to_owned());
            return vec![Check::fail("credentials", error.message, fix)];
        }
    };
    let mut checks = vec![Check::ok("credentials", &arn), Check::ok("region", stack.aws.region())];
    let exists = match stack.describe().await {
        Ok(Some(found)) => {
            let status = found.stack_status().map_or("unknown", |status| status.as_str()).to_owned();
            checks.push(Check::ok("stack", format!("{} is {status}", stack.name())));
            true
        }
        Ok(None) => {
            checks.push(Check::ok("stack", format!("there is none called {} yet", stack.name())));
            false
        }
        Err(error) => {
            checks.push(Check::unknown("stack", error, "see `deployer doctor --policy`"));
            true
        }
    };
    checks.push(permissions(&stack.aws, &arn, &stack.config.settings).await);
    checks.push(concurrency(stack).await);
    if !exists {
        checks.push(names(stack).await);
    }
    checks
}

/// Asks IAM whether the caller may do all that an operator does.
async fn permissions(aws: &Aws, arn: &str, settings: &Settings) -> Check {
    const FIX: &str = "attach the policy that `deployer doctor --policy` prints";
    let Some(principal) = principal(arn) else {
        return Check::ok("permissions", "the account's root user may do anything");
    };
    let mut denied = Vec::new();
    for (resources, actions) in actions(settings) {
        // IAM holds an action against one kind of resource at a time: the first, and objects against the last.
        let objects = |action: &&str| action.contains("Object") || action.contains("Multipart");
        let (on_last, on_first): (Vec<&str>, Vec<&str>) = actions.iter().partition(|action| objects(action));
        for (resource, actions) in [(resources.first(), on_first), (resources.last(), on_last)] {
            let (Some(resource), false) = (resource, actions.is_empty()) else { continue };
            let mut pages = aws
                .iam()
                .simulate_principal_policy()
                .policy_source_arn(&principal)
                .set_action_names(Some(actions.iter().map(|action| (*action).to_owned()).collect()))
                .resource_arns(
                    resource.replace("{}", &settings.stack).replace(":*:*:", ":eu-central-1:111122223333:"),
                )
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                let page = match page {
                    Ok(page) => page,
                    Err(error) => {
                        return Check::unknown(
                            "permissions",
                            aws_error("ask IAM what the caller may do", &error),
                            FIX,
                        );
                    }
                };
                let results = page.evaluation_results.unwrap_or_default().into_iter();
                denied.extend(
                    results
                        .filter(|result| result.eval_decision != PolicyEvaluationDecisionType::Allowed)
                        .map(|result| result.eval_action_name),
                );
            }
        }
    }
    let all: usize = actions(settings).map(|(_, actions)| actions.len()).sum();
    match denied.first() {
        None => Check::ok("permissions", format!("all {all} actions are allowed")),
        Some(_) => Check::fail("permissions", format!("not allowed: {}", denied.join(", ")), FIX),
    }
}

/// The user or role whose policies count; none for the root user.
fn principal(arn: &str) -> Option<String> {
    if arn.ends_with(":root") {
        return None;
    }
    let Some((head, role)) = arn.split_once(":assumed-role/") else { return Some(arn.to_owned()) };
    let role = role.split('/').next().unwrap_or(role);
    Some(format!("{}:role/{role}", head.replace(":sts:", ":iam:")))
}

/// How many invocations the account may run at once.
async fn concurrency(stack: &Stack) -> Check {
    let wanted = i32::try_from(stack.config.settings.function.maximum_concurrency).unwrap_or(i32::MAX);
    match stack.aws.lambda().get_account_settings().send().await {
        Ok(settings) => {
            let limit =
                settings.account_limit().map_or(USUAL_CONCURRENCY, |limit| limit.concurrent_executions());
            let found = format!("{limit} invocations at once, {wanted} of them for thumbnails");
            if limit >= wanted {
                return Check::ok("concurrency", found);
            }
            let fix = "ask for more under Service Quotas, or lower `function.maximum_concurrency`";
            Check::warn("concurrency", found, fix)
        }
        Err(error) => {
            let error = aws_error("ask Lambda for the account's limits", &error);
            Check::unknown("concurrency", error, "see `deployer doctor --policy`")
        }
    }
}

/// Whether the buckets of a new stack can have their names.
async fn names(stack: &Stack) -> Check {
    let settings = &stack.config.settings;
    let account = match stack.identity().await {
        Ok(identity) => &identity.account,
        Err(error) => return Check::unknown("names", error, "check the credentials"),
    };
    let named = &settings.buckets;
    let mut taken = Vec::new();
    for (role, name) in
        [("originals", &named.originals), ("thumbnails", &named.thumbnails), ("catalog", &named.catalog)]
    {
        let bucket = settings.bucket_name(role, name.as_deref(), account, stack.aws.region());
        match stack.aws.s3().head_bucket().bucket(&bucket).send().await {
            Ok(_) => taken.push(bucket),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found()) => {}
            // Somebody else's.
            Err(error) if aws_code(&error).is_some() || error.raw_response().is_some() => taken.push(bucket),
            Err(error) => {
                let error = aws_error(format_args!("look for the bucket `{bucket}`"), &error);
                return Check::unknown("names", error, "check the network");
            }
        }
    }
    if taken.is_empty() {
        return Check::ok("names", "the names of the buckets are free");
    }
    let fix = format!(
        "`deployer down{}` removes what an earlier stack has left; else name others under `buckets`",
        stack.config.flags()
    );
    Check::fail("names", format!("these buckets are there already: {}", taken.join(", ")), fix)
}

/// The policy that lets an operator do all this to the stack of `settings`.
fn policy(settings: &Settings) -> Value {
    let statements: Vec<Value> = actions(settings)
        .map(|(resources, actions)| {
            let resources: Vec<String> =
                resources.iter().map(|resource| resource.replace("{}", &settings.stack)).collect();
            json!({ "Effect": "Allow", "Action": actions, "Resource": resources })
        })
        .collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_principal_of_a_session_is_its_role() {
        let session = "arn:aws:sts::111122223333:assumed-role/Admin/me@example.com";
        assert_eq!(principal(session).as_deref(), Some("arn:aws:iam::111122223333:role/Admin"));
        let user = "arn:aws:iam::111122223333:user/me";
        assert_eq!(principal(user).as_deref(), Some(user));
        assert_eq!(principal("arn:aws:iam::111122223333:root"), None);
    }

    #[test]
    fn the_policy_fits_into_a_managed_one() {
        let boundary = "arn:aws:iam::111122223333:policy/boundary".to_owned();
        let settings =
            Settings { kms_key: true, permissions_boundary: Some(boundary), ..Settings::default() };
        let policy = policy(&settings).to_string();
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
        assert!(policy.len() <= 6144, "{} characters", policy.len());
    }
}
