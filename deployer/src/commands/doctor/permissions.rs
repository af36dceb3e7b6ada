//! Checks the caller's permissions: IAM simulates the policies.

use std::collections::BTreeSet;

use aws_sdk_iam::types::{ContextEntry, ContextKeyTypeEnum, EvaluationResult, PolicyEvaluationDecisionType};

use crate::aws::Identity;
use crate::aws::error::aws_error;
use crate::commands::doctor::check::Check;
use crate::commands::doctor::policy::{ActionGroup, action_groups};
use crate::error::CommandError;
use crate::stack::Stack;

/// An account in a region.
#[derive(Debug)]
struct Place<'a> {
    region: &'a str,
    account: &'a str,
}

/// Checks with IAM whether the caller has all permissions of an operator.
pub(super) async fn check_permissions(stack: &Stack, identity: &Identity) -> Check {
    let Some((kind, name)) = principal(&identity.arn) else {
        return Check::ok("permissions", "the root user of the account has all permissions");
    };
    let mut parts = vec![("", "operator")];
    if stack.config.settings.delivery.enabled {
        parts.push((" delivery", "delivery"));
    }
    let attach = parts.iter().map(|(part, suffix)| {
        format!(
            "deployer doctor{{flags}} --policy{part} > {suffix}.json && aws iam attach-{kind}-policy --{kind}-name {name} --policy-arn \\\n\
             \"$(aws iam create-policy --policy-name {}-{suffix} --policy-document file://{suffix}.json --query Policy.Arn --output text)\"",
            stack.name()
        )
    });
    let attach = attach.collect::<Vec<_>>().join("\n");
    let fix = if name.starts_with("AWSReservedSSO_") {
        let commands = parts.iter().map(|(part, _)| format!("deployer doctor{{flags}} --policy{part}"));
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
    for group in action_groups(&stack.config.settings, identity.partition())? {
        let context = context(&group, &place).into_iter().map(|(key, value)| {
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
            .set_resource_arns(Some(examples(&group, &place)))
            .set_action_names(Some(group.actions.clone()))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| aws_error("simulate the caller's permissions", &error))?;
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

/// Returns one example ARN per resource for the IAM simulation.
fn examples(group: &ActionGroup, place: &Place<'_>) -> Vec<String> {
    group.resources.iter().map(|arn| example(arn, place)).collect()
}

/// Returns a value for each condition key that satisfies the condition.
fn context<'a>(group: &'a ActionGroup, place: &Place<'_>) -> Vec<(&'a str, String)> {
    let keys = group.condition.values().flatten();
    keys.filter_map(|(key, values)| Some((key.as_str(), example(values.first()?, place)))).collect()
}

/// Returns an ARN or another value that matches `pattern`.
fn example(pattern: &str, place: &Place<'_>) -> String {
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    let &["arn", partition, service, region, account, resource] = &parts[..] else {
        return pattern.to_owned();
    };
    let part = |pattern, real| if pattern == "*" { real } else { pattern };
    let (region, account) = (part(region, place.region), part(account, place.account));
    format!("arn:{partition}:{service}:{region}:{account}:{}", resource.replace('*', "doctor"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

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
    fn an_example_is_in_the_callers_account_and_meets_the_condition() {
        let place = Place { region: "eu-central-1", account: "111122223333" };
        let settings = Settings { stack: "photos".to_owned(), kms_key: true, ..Settings::default() };
        let groups = action_groups(&settings, "aws").unwrap();
        let examples: Vec<String> = groups.iter().flat_map(|group| examples(group, &place)).collect();
        for expect in [
            "arn:aws:cloudformation:eu-central-1:111122223333:stack/photos/doctor",
            "arn:aws:s3:::photos-doctor",
            "arn:aws:iam::111122223333:role/photos/doctor",
            "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/photos-doctor",
            "*",
        ] {
            assert!(examples.iter().any(|example| example == expect), "{expect}: {examples:?}");
        }
        let context: Vec<_> = groups.iter().flat_map(|group| context(group, &place)).collect();
        for (key, expect) in [
            ("iam:PassedToService", "lambda.amazonaws.com"),
            ("lambda:FunctionArn", "arn:aws:lambda:eu-central-1:111122223333:function:photos-thumbnail"),
            ("aws:ResourceTag/managed-by", "thumbnail-generator"),
        ] {
            assert!(context.contains(&(key, expect.to_owned())), "{key}: {context:?}");
        }
    }
}
