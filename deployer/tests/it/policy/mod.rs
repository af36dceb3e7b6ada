//! Compares the policy of an operator with what AWS publishes: the handlers of the resource types of CloudFormation,
//! and the Service Authorization Reference. `tests/policy/refresh` extracts both again.

mod account;
mod extracts;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::policy::account::{Account, BOUNDARY, LEAST, TAG, WHOLE};
use crate::policy::extracts::{Excuses, Reference, Schemas, checked_actions, operations};

/// Actions that AWS checks against all resources of a kind, contrary to the reference.
const ON_ALL: [(&str, &str); 1] = [("cloudwatch:DescribeAlarms", "alarm")];

/// Roles that do not belong to the stack.
const OTHER_ROLES: [&str; 3] = [
    "arn:aws:iam::111122223333:role/Administrator",
    "arn:aws:iam::111122223333:role/photos-ThumbnailRole-1A2B3C4D",
    "arn:aws:iam::111122223333:role/photos-eu/photos-eu-ThumbnailRole-1A2B3C4D",
];

#[test]
fn the_operator_has_the_permissions_that_the_handlers_of_cloudformation_need() {
    let schemas = Schemas::read();
    let not_needed = Excuses::read();
    let reference = Reference::read();
    let mut missing = BTreeSet::new();
    for settings in [LEAST, WHOLE] {
        let account = Account::with(settings);
        for kind in account.kinds() {
            let needed = schemas.permissions(&kind).into_iter();
            for action in needed.filter(|action| !not_needed.excuses(&kind, action, settings)) {
                missing
                    .extend(account.refused(&reference, &action).map(|at| format!("{kind}: {action} {at}")));
                if !checked_actions(settings).contains(&action) {
                    missing.insert(format!("`doctor` does not check {action} for {kind}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "the operator's policy lacks {missing:#?}");
}

#[test]
fn no_template_sets_a_property_that_needs_excused_permissions() {
    let not_needed = Excuses::read();
    for settings in [LEAST, WHOLE] {
        let account = Account::with(settings);
        for (kind, id, properties) in account.resources() {
            for property in not_needed.properties(kind) {
                assert!(
                    properties[property].is_null(),
                    "{id} sets {property}, whose permissions not_needed.yaml excuses"
                );
            }
        }
    }
}

#[test]
fn the_operator_may_send_every_operation_of_the_deployer() {
    let reference = Reference::read();
    let account = Account::with(WHOLE);
    let mut missing = BTreeSet::new();
    for (operation, actions) in operations() {
        for action in &actions {
            missing
                .extend(account.refused(&reference, action).map(|at| format!("{operation}: {action} {at}")));
            if !checked_actions(WHOLE).contains(action) {
                missing.insert(format!("`doctor` does not check {action} for {operation}"));
            }
        }
    }
    for (action, kind) in ON_ALL {
        let all = format!("arn:aws:{}:eu-central-1:111122223333:{kind}:*", action.split(':').next().unwrap());
        if !account.allows(action, &all, &[]) {
            missing.insert(format!("{action} on {all}"));
        }
    }
    // `doctor` checks the permissions of the caller.
    for caller in
        ["role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Operator_0a1b", "role/Operator"]
    {
        for action in ["iam:GetRole", "iam:SimulatePrincipalPolicy"] {
            let arn = format!("arn:aws:iam::111122223333:{caller}");
            if !account.allows(action, &arn, &[]) {
                missing.insert(format!("{action} on {arn}"));
            }
        }
    }
    // The deployer names a change set by its ARN.
    for action in ["DeleteChangeSet", "DescribeChangeSet", "DescribeEvents", "ExecuteChangeSet"] {
        let arn = "arn:aws:cloudformation:eu-central-1:111122223333:changeSet/photos-Change-1764364800000-0a1b/1234";
        if !account.allows(&format!("cloudformation:{action}"), arn, &[]) {
            missing.insert(format!("{action} on {arn}"));
        }
    }
    assert!(missing.is_empty(), "the operator's policy lacks {missing:#?}");
}

#[test]
fn every_listed_operation_is_sent_by_the_code() {
    let source = extracts::source();
    for (operation, _) in operations() {
        let name = operation.rsplit(' ').next().unwrap();
        let call = extracts::method_name(name);
        assert!(source.contains(&format!(".{call}()")), "{operation} is listed, but no code calls {call}");
    }
}

#[test]
fn the_operator_has_no_superfluous_write_permission() {
    let schemas = Schemas::read();
    let not_needed = Excuses::read();
    let account = Account::with(WHOLE);
    let mut needed: BTreeSet<String> = operations().into_iter().flat_map(|(_, actions)| actions).collect();
    for kind in account.kinds() {
        let of_it = schemas.permissions(&kind).into_iter();
        needed.extend(of_it.filter(|action| !not_needed.excuses(&kind, action, WHOLE)));
    }
    // Only permissions to change something are checked, since schemas differ in what they read.
    let changes = |action: &String| {
        let verb = action.split(':').nth(1).unwrap();
        !["Describe", "Get", "List", "Tag", "Untag"].iter().any(|reads| verb.starts_with(reads))
    };
    let needless =
        checked_actions(WHOLE).into_iter().filter(changes).filter(|action| !needed.contains(action));
    assert_eq!(needless.collect::<Vec<_>>(), [""; 0], "nothing needs these");
}

#[test]
fn only_actions_without_resources_use_a_wildcard() {
    let reference = Reference::read();
    for settings in [LEAST, WHOLE] {
        for statement in Account::with(settings).statements() {
            let is_bound = statement.get("Condition").is_some();
            for action in extracts::strings(&statement["Action"]) {
                if statement["Resource"] != "*" || is_bound || ON_ALL.iter().any(|(all, _)| *all == action) {
                    continue;
                }
                assert_eq!(reference.kinds(&action), [""; 0], "{action} can be limited to a resource");
            }
        }
    }
}

#[test]
fn every_condition_key_is_known_to_each_action_that_it_binds() {
    let reference = Reference::read();
    for settings in [LEAST, WHOLE] {
        for statement in Account::with(settings).statements() {
            let operators = statement["Condition"].as_object().into_iter().flatten();
            for key in operators.flat_map(|(_, keys)| keys.as_object().unwrap().keys()) {
                for action in extracts::strings(&statement["Action"]) {
                    for action in reference.like(&action) {
                        let keys = reference.keys(&action);
                        assert!(
                            keys.iter().any(|known| known == key),
                            "{action} does not support the condition key {key}: {keys:?}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn only_roles_of_the_stack_are_passed_and_only_to_lambda() {
    let service = "iam:PassedToService";
    for settings in [LEAST, WHOLE] {
        let account = Account::with(settings);
        for role in account.arns("iam", "role") {
            assert!(account.allows("iam:PassRole", role, &[(service, "lambda.amazonaws.com")]), "{role}");
            for other in ["ec2.amazonaws.com", "cloudformation.amazonaws.com", "lambda.amazonaws.com.cn"] {
                assert!(!account.allows("iam:PassRole", role, &[(service, other)]), "{role} to {other}");
            }
            assert!(!account.allows("iam:PassRole", role, &[]), "{role} to somebody");
        }
        for role in OTHER_ROLES {
            assert!(!account.allows("iam:PassRole", role, &[(service, "lambda.amazonaws.com")]), "{role}");
            for action in
                ["CreateRole", "PutRolePolicy", "UpdateAssumeRolePolicy", "DeleteRole", "DeleteRolePolicy"]
            {
                let with = [("iam:PermissionsBoundary", BOUNDARY)];
                assert!(!account.allows(&format!("iam:{action}"), role, &with), "{action} of {role}");
            }
        }
    }
}

#[test]
fn a_boundary_cannot_be_omitted_replaced_or_removed() {
    let key = "iam:PermissionsBoundary";
    let account = Account::with(WHOLE);
    for role in account.arns("iam", "role") {
        for action in ["CreateRole", "PutRolePermissionsBoundary", "PutRolePolicy", "UpdateAssumeRolePolicy"]
        {
            let action = format!("iam:{action}");
            assert!(account.allows(&action, role, &[(key, BOUNDARY)]), "{action}");
            assert!(!account.allows(&action, role, &[]), "{action} without a boundary");
            let other = "arn:aws:iam::aws:policy/AdministratorAccess";
            assert!(!account.allows(&action, role, &[(key, other)]), "{action} with another boundary");
        }
        for action in ["iam:DeleteRolePermissionsBoundary", "iam:AttachRolePolicy"] {
            assert!(!account.allows(action, role, &[(key, BOUNDARY)]), "{action}");
        }
    }
}

#[test]
fn the_operator_cannot_use_a_key_without_our_tag() {
    let account = Account::with(WHOLE);
    let key = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let tag = format!("aws:ResourceTag/{}", TAG.0);
    let actions = checked_actions(WHOLE).into_iter().filter(|action| action.starts_with("kms:"));
    let mut tried = 0;
    for action in actions.filter(|action| !matches!(action.as_str(), "kms:CreateKey" | "kms:TagResource")) {
        assert!(account.allows(&action, key, &[(&tag, TAG.1)]), "{action}");
        assert!(!account.allows(&action, key, &[]), "{action} of a key without a tag");
        assert!(!account.allows(&action, key, &[(&tag, "somebody-else")]), "{action} of another's key");
        tried += 1;
    }
    assert!(tried > 10, "{tried}");
    // The key is created with the tag.
    let made = format!("aws:RequestTag/{}", TAG.0);
    for action in ["kms:CreateKey", "kms:TagResource"] {
        assert!(account.allows(action, key, &[(&made, TAG.1)]), "{action}");
        assert!(!account.allows(action, key, &[]), "{action} without the tag");
    }
    // Without the setting, the policy has no permissions for keys.
    let least = Account::with(LEAST);
    assert!(!least.allows("kms:Decrypt", key, &[(&tag, TAG.1)]));
}

#[test]
fn the_operator_cannot_change_the_mapping_of_another_stack() {
    let key = "lambda:FunctionArn";
    let mapping = "arn:aws:lambda:eu-central-1:111122223333:event-source-mapping:1234";
    let function = |name: &str| format!("arn:aws:lambda:eu-central-1:111122223333:function:{name}");
    for settings in [LEAST, WHOLE] {
        let account = Account::with(settings);
        for action in
            ["Create", "Delete", "Get", "Update"].map(|verb| format!("lambda:{verb}EventSourceMapping"))
        {
            assert!(account.allows(&action, mapping, &[(key, &function("photos-thumbnail"))]), "{action}");
            assert!(!account.allows(&action, mapping, &[]), "{action}");
            for other in ["billing", "photos-eu-thumbnail", "photos"] {
                assert!(!account.allows(&action, mapping, &[(key, &function(other))]), "{action} of {other}");
            }
        }
        for action in ["lambda:ListTags", "lambda:TagResource", "lambda:UntagResource"] {
            assert!(!account.allows(action, mapping, &[]), "{action}");
        }
    }
}

#[test]
fn the_operator_cannot_change_resources_of_others() {
    for settings in [LEAST, WHOLE] {
        let account = Account::with(settings);
        for (action, resource) in [
            ("cloudformation:DeleteStack", "cloudformation:eu-central-1:111122223333:stack/photos-eu/1234"),
            (
                "cloudformation:ExecuteChangeSet",
                "cloudformation:eu-central-1:111122223333:changeSet/photos-eu-1/12",
            ),
            ("s3:GetObject", "s3:::other-originals/photo.jpg"),
            ("s3:DeleteBucket", "s3:::other-originals"),
            ("s3:PutBucketPolicy", "s3:::other-originals"),
            ("sqs:SendMessage", "sqs:eu-central-1:111122223333:other-queue"),
            ("sns:Subscribe", "sns:eu-central-1:111122223333:other-topic"),
            ("lambda:UpdateFunctionCode", "lambda:eu-central-1:111122223333:function:other"),
            ("lambda:InvokeFunction", "lambda:eu-central-1:111122223333:function:photos-thumbnail"),
            ("logs:FilterLogEvents", "logs:eu-central-1:111122223333:log-group:/aws/lambda/other"),
            ("logs:DeleteLogGroup", "logs:eu-central-1:111122223333:log-group:/other"),
            ("cloudwatch:DeleteAlarms", "cloudwatch:eu-central-1:111122223333:alarm:other"),
            ("bedrock:InvokeModel", "bedrock:eu-central-1::foundation-model/other.model-v1:0"),
        ] {
            let arn = format!("arn:aws:{resource}");
            assert!(!account.allows(action, &arn, &[]), "{action} on {arn}");
        }
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>: white space does not count.
#[test]
fn the_policy_fits_into_a_managed_policy() {
    let long = "n".repeat(63);
    let buckets = format!(
        "{{originals: a{long:.62}, thumbnails: b{long:.62}, catalog: c{long:.62}, artifacts: d{long:.62}}}"
    );
    // GovCloud has no CloudFront.
    let delivery = "delivery: {enabled: true, sizes: signed}\n";
    for (region, partition, delivery, part) in [
        ("us-gov-west-1", "aws-us-gov", "", "stack"),
        ("cn-north-1", "aws-cn", delivery, "stack"),
        ("cn-north-1", "aws-cn", delivery, "delivery"),
    ] {
        let settings = format!(
            "stack: {:.23}\nregion: {region}\nbuckets: {buckets}\naccess_logs: true\nkms_key: true\n\
             alt_text: {{enabled: true, model: anthropic.claude-sonnet-4-20250514-v1:0}}\n\
             alerts: {{email: oncall@example.com}}\n{delivery}\
             permissions_boundary: arn:{partition}:iam::111122223333:policy/{}\n",
            "s".repeat(23),
            "b".repeat(128)
        );
        let policy = account::run_json(&settings, &["doctor", "--policy", part]).to_string();
        let length = policy.chars().filter(|c| !c.is_whitespace()).count();
        assert!(length <= 6144, "{region} {part}: {length} characters");
    }
}

#[test]
fn the_operator_cannot_change_a_distribution_or_secret_without_our_tag() {
    let account = Account::with(WHOLE);
    let tag = format!("aws:ResourceTag/{}", TAG.0);
    let actions = checked_actions(WHOLE).into_iter().filter(|action| {
        let is_of_secret = action.starts_with("secretsmanager:") && !action.ends_with("GetRandomPassword");
        is_of_secret || action.starts_with("cloudfront:") && action.contains("Distribution")
    });
    let mut tried = 0;
    for action in actions.filter(|action| !action.contains(":Create") && !action.ends_with(":TagResource")) {
        let arn = match action.split(':').next() {
            Some("cloudfront") => "arn:aws:cloudfront::111122223333:distribution/E1A2B3C4D5E6F7",
            _ => "arn:aws:secretsmanager:eu-central-1:111122223333:secret:other-1a2b3c",
        };
        assert!(account.allows(&action, arn, &[(&tag, TAG.1)]), "{action}");
        assert!(!account.allows(&action, arn, &[]), "{action} on {arn}");
        tried += 1;
    }
    assert!(tried >= 8, "{tried}");
    let function = "arn:aws:cloudfront::111122223333:function/other";
    assert!(!account.allows("cloudfront:UpdateFunction", function, &[]));
    assert!(!Account::with(LEAST).allows("cloudfront:CreateCachePolicy", function, &[]));
}

#[test]
fn the_policy_covers_buckets_with_configured_names() {
    let settings = "stack: photos\nregion: cn-north-1\nbuckets: {originals: my-photos}\n";
    let policy = account::run_json(settings, &["doctor", "--policy"]);
    let resources: Vec<&Value> =
        policy["Statement"].as_array().unwrap().iter().map(|one| &one["Resource"]).collect();
    let all = format!("{resources:?}");
    assert!(
        all.contains("\"arn:aws-cn:s3:::my-photos\"") && all.contains("\"arn:aws-cn:s3:::my-photos/*\""),
        "{all}"
    );
    assert!(!all.contains("arn:aws:") && !all.contains('{') && !all.contains("bedrock"), "{all}");
}
