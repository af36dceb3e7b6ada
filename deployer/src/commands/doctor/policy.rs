//! What an operator of a stack does at AWS: the actions, and the policy that allows them and no more.

use serde_json::{Value, json};

use crate::config::Settings;

/// Actions that are held against the same resources.
#[derive(Debug)]
pub(super) struct Group {
    /// `{}` stands for the stack's name.
    resources: &'static [&'static str],
    pub(super) actions: &'static [&'static str],
}

/// What `up`, the daily work and `down` call, and what CloudFormation calls for them with the caller's rights.
const ALWAYS: [Group; 14] = [
    Group {
        resources: &["cloudformation:*:*:stack/{}/*"],
        actions: &[
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
    },
    Group {
        resources: &["s3:::{}-*"],
        actions: &[
            "s3:CreateBucket",
            "s3:DeleteBucket",
            "s3:DeleteBucketPolicy",
            "s3:ListBucket",
            "s3:ListBucketMultipartUploads",
            "s3:ListBucketVersions",
            "s3:PutBucketLogging",
            "s3:PutBucketNotification",
            "s3:PutBucketOwnershipControls",
            "s3:PutBucketPolicy",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketTagging",
            "s3:PutBucketVersioning",
            "s3:PutEncryptionConfiguration",
            "s3:PutLifecycleConfiguration",
        ],
    },
    // What CloudFormation reads of a bucket that it imports: the handler `read` of the resource type.
    Group {
        resources: &["s3:::{}-*"],
        actions: &[
            "s3:GetAccelerateConfiguration",
            "s3:GetAnalyticsConfiguration",
            "s3:GetBucketCORS",
            "s3:GetBucketLogging",
            "s3:GetBucketNotification",
            "s3:GetBucketObjectLockConfiguration",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetBucketTagging",
            "s3:GetBucketVersioning",
            "s3:GetBucketWebsite",
            "s3:GetEncryptionConfiguration",
            "s3:GetIntelligentTieringConfiguration",
            "s3:GetInventoryConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:GetMetricsConfiguration",
            "s3:GetReplicationConfiguration",
        ],
    },
    Group {
        resources: &["s3:::{}-*/*"],
        actions: &[
            "s3:AbortMultipartUpload",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:GetObject",
            "s3:GetObjectVersion",
            "s3:ListMultipartUploadParts",
            "s3:PutObject",
        ],
    },
    Group {
        resources: &["sns:*:*:{}-*"],
        actions: &[
            "sns:CreateTopic",
            "sns:DeleteTopic",
            "sns:GetTopicAttributes",
            "sns:ListSubscriptionsByTopic",
            "sns:SetTopicAttributes",
            "sns:Subscribe",
            "sns:TagResource",
        ],
    },
    Group {
        resources: &["sqs:*:*:{}-*"],
        actions: &[
            "sqs:CreateQueue",
            "sqs:DeleteQueue",
            "sqs:GetQueueAttributes",
            "sqs:SendMessage",
            "sqs:SetQueueAttributes",
            "sqs:TagQueue",
        ],
    },
    Group {
        resources: &["lambda:*:*:function:{}-*"],
        actions: &[
            "lambda:CreateFunction",
            "lambda:DeleteFunction",
            "lambda:GetFunction",
            "lambda:GetFunctionConfiguration",
            "lambda:TagResource",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
        ],
    },
    // What has no name of ours, or is the account's.
    Group {
        resources: &["*"],
        actions: &[
            "lambda:CreateEventSourceMapping",
            "lambda:DeleteEventSourceMapping",
            "lambda:GetAccountSettings",
            "lambda:GetEventSourceMapping",
            "lambda:ListEventSourceMappings",
            "lambda:UpdateEventSourceMapping",
        ],
    },
    Group {
        resources: &["*"],
        actions: &[
            "cloudwatch:GetMetricData",
            "cloudwatch:ListMetrics",
            "logs:DescribeLogGroups",
            "sns:GetSubscriptionAttributes",
            "sns:SetSubscriptionAttributes",
            "sns:Unsubscribe",
        ],
    },
    Group {
        resources: &["iam::*:role/{}-*"],
        actions: &[
            "iam:CreateRole",
            "iam:DeleteRole",
            "iam:DeleteRolePolicy",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
            "iam:PassRole",
            "iam:PutRolePolicy",
            "iam:TagRole",
        ],
    },
    Group {
        resources: &["logs:*:*:log-group:/aws/lambda/{}-*"],
        actions: &[
            "logs:CreateLogGroup",
            "logs:DeleteLogGroup",
            "logs:FilterLogEvents",
            "logs:PutRetentionPolicy",
            "logs:TagResource",
        ],
    },
    Group {
        resources: &["cloudwatch:*:*:alarm:{}-*"],
        actions: &[
            "cloudwatch:DeleteAlarms",
            "cloudwatch:DescribeAlarms",
            "cloudwatch:ListTagsForResource",
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:TagResource",
        ],
    },
    Group {
        resources: &["cloudwatch::*:dashboard/{}-*"],
        actions: &["cloudwatch:DeleteDashboards", "cloudwatch:GetDashboard", "cloudwatch:PutDashboard"],
    },
    // What `doctor` asks to hold all this against the caller's rights. It tells yes or no and nothing else.
    Group { resources: &["iam::*:user/*", "iam::*:role/*"], actions: &["iam:SimulatePrincipalPolicy"] },
];

/// What is added by a key of the stack's own. Keys have no names.
const KEY: Group = Group {
    resources: &["*"],
    actions: &[
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
};

/// What is added by a permissions boundary.
const BOUNDARY: Group = Group {
    resources: &["iam::*:role/{}-*"],
    actions: &["iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"],
};

/// What is added by alt texts: `doctor` asks the model in the function's place.
const ALT_TEXT: Group = Group {
    resources: &["bedrock:*::foundation-model/*", "bedrock:*:*:inference-profile/*"],
    actions: &["bedrock:GetFoundationModel", "bedrock:InvokeModel"],
};

/// The actions that a stack with `settings` needs.
pub(super) fn groups(settings: &Settings) -> impl Iterator<Item = Group> {
    let key = settings.kms_key.then_some(KEY);
    let boundary = settings.permissions_boundary.is_some().then_some(BOUNDARY);
    let alt_text = settings.alt_text.enabled.then_some(ALT_TEXT);
    ALWAYS.into_iter().chain(key).chain(boundary).chain(alt_text)
}

impl Group {
    /// The ARNs of the resources.
    fn arns(&self, partition: &str, stack: &str) -> Vec<String> {
        let arn = |resource: &&str| match *resource {
            "*" => "*".to_owned(),
            resource => format!("arn:{partition}:{}", resource.replace("{}", stack)),
        };
        self.resources.iter().map(arn).collect()
    }

    /// One such resource of an account, for IAM to judge.
    pub(super) fn example(&self, stack: &str, at: &Place<'_>) -> String {
        let arn = self.arns(at.partition, stack).into_iter().next().unwrap_or_default();
        if arn == "*" {
            return arn;
        }
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let part = |index: usize, real: &str| match parts.get(index) {
            Some(&"*") => real.to_owned(),
            part => part.copied().unwrap_or_default().to_owned(),
        };
        let resource = part(5, "").replace('*', "doctor");
        format!(
            "arn:{}:{}:{}:{}:{resource}",
            part(1, ""),
            part(2, ""),
            part(3, at.region),
            part(4, at.account)
        )
    }
}

/// An account's part of AWS.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) partition: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
}

/// The policy that lets an operator do all this to the stack.
pub(super) fn policy(settings: &Settings) -> Value {
    // https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
    let partition = match settings.region.as_deref().unwrap_or_default() {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    let mut statements: Vec<Value> = groups(settings)
        .map(|group| {
            let resources = group.arns(partition, &settings.stack);
            json!({ "Effect": "Allow", "Action": group.actions, "Resource": resources })
        })
        .collect();
    // Buckets with names of their own are not covered by the stack's name.
    let named = &settings.buckets;
    let named: Vec<&String> = [&named.originals, &named.thumbnails, &named.catalog, &named.artifacts]
        .into_iter()
        .flatten()
        .collect();
    for statement in statements.iter_mut().filter(|_| !named.is_empty()) {
        let Some(resources) = statement["Resource"].as_array_mut() else { continue };
        let ends =
            |end: &str| resources.first().and_then(Value::as_str).is_some_and(|arn| arn.ends_with(end));
        let suffix = match (ends(&format!(":::{}-*", settings.stack)), ends("-*/*")) {
            (true, _) => "",
            (_, true) => "/*",
            _ => continue,
        };
        resources.extend(named.iter().map(|name| format!("arn:{partition}:s3:::{name}{suffix}").into()));
    }
    json!({ "Version": "2012-10-17", "Statement": statements })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::AltTextSettings;

    #[test]
    fn the_policy_fits_into_a_managed_one() {
        let alt_text = AltTextSettings { enabled: true, ..AltTextSettings::default() };
        let boundary = Some("arn:aws:iam::111122223333:policy/boundary".to_owned());
        let settings =
            Settings { alt_text, kms_key: true, permissions_boundary: boundary, ..Settings::default() };
        let policy = policy(&settings).to_string();
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
        assert!(policy.len() <= 6144, "{} characters", policy.len());
    }

    #[test]
    fn the_policy_covers_buckets_with_names_of_their_own() {
        let mut settings = Settings { region: Some("cn-north-1".to_owned()), ..Settings::default() };
        settings.buckets.originals = Some("my-photos".to_owned());
        let policy = policy(&settings).to_string();
        assert!(policy.contains("\"arn:aws-cn:s3:::my-photos\""), "{policy}");
        assert!(policy.contains("\"arn:aws-cn:s3:::my-photos/*\""), "{policy}");
        assert!(!policy.contains("bedrock"), "{policy}");
    }

    #[test]
    fn an_example_stands_in_the_callers_account() {
        let at = Place { partition: "aws", region: "eu-central-1", account: "111122223333" };
        let examples: Vec<String> = ALWAYS.iter().map(|group| group.example("photos", &at)).collect();
        for expect in [
            "arn:aws:cloudformation:eu-central-1:111122223333:stack/photos/doctor",
            "arn:aws:s3:::photos-doctor",
            "arn:aws:iam::111122223333:role/photos-doctor",
            "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/photos-doctor",
            "*",
        ] {
            assert!(examples.iter().any(|example| example == expect), "{expect}: {examples:?}");
        }
    }
}
