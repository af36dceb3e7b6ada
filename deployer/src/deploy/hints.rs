//! Hints for common causes of failed stack operations, found by words in the messages of AWS.

/// A cause. It matches a reason that contains all of its words, compared in lower case.
struct Cause {
    /// The prefix of the resource type; empty for any type.
    of: &'static str,
    /// Texts that the reason contains, in lower case.
    words: &'static [&'static str],
    /// The hint. `{action}` is replaced with the denied action, `{flags}` with the flags of this stack.
    hint: &'static str,
}

const fn cause(of: &'static str, words: &'static [&'static str], hint: &'static str) -> Cause {
    Cause { of, words, hint }
}

/// The causes. The first match applies, so specific causes precede general ones.
const CAUSES: [Cause; 35] = [
    cause(
        "",
        &["service control policy"],
        "a policy of the organization denies `{action}`: ask its administrator, or use another account or region",
    ),
    cause(
        "",
        &["permissions boundary"],
        "your permissions boundary denies `{action}`: ask the administrator of the account to change it",
    ),
    cause(
        "",
        &["explicit deny", "not authorized to perform"],
        "a policy explicitly denies `{action}`: remove that statement, or use another role",
    ),
    cause(
        "AWS::Lambda::EventSourceMapping",
        &["execution role"],
        "AWS had not yet propagated the permissions of the new role: run `deployer up{flags}` again",
    ),
    cause(
        "",
        &["cannot be assumed by lambda"],
        "AWS had not yet propagated the new role: run `deployer up{flags}` again",
    ),
    cause(
        "",
        &["kms", "accessdenied"],
        "the key policy denies access: allow `kms:Decrypt` and `kms:GenerateDataKey` in the policy of the KMS key",
    ),
    cause(
        "",
        &["kms", "not authorized"],
        "allow `{action}` both in your IAM policy and in the policy of the KMS key",
    ),
    cause("", &["kms", "disabled"], "the KMS key is disabled: run `aws kms enable-key --key-id KEY`"),
    cause(
        "",
        &["kms", "pending deletion"],
        "the KMS key is pending deletion: run `aws kms cancel-key-deletion --key-id KEY`, or use another key",
    ),
    cause(
        "",
        &["not authorized to perform"],
        "you lack the permission `{action}`: run `deployer doctor{flags}` to list all missing permissions",
    ),
    cause(
        "",
        &["is not authorized"],
        "you lack a permission: run `deployer doctor{flags}` to list all missing permissions",
    ),
    cause(
        "",
        &["accessdenied"],
        "you lack a permission: run `deployer doctor{flags}` to list all missing permissions",
    ),
    cause(
        "",
        &["access denied"],
        "you lack a permission: run `deployer doctor{flags}` to list all missing permissions",
    ),
    cause(
        "",
        &["alreadyownedbyyou"],
        "the bucket belongs to another stack or to one that is being deleted: set another name under `buckets` in deployer.yaml",
    ),
    cause(
        "",
        &["already exists in stack"],
        "set another bucket name under `buckets` in deployer.yaml, or use another stack name with `--stack`",
    ),
    cause(
        "AWS::S3::Bucket",
        &["already exists"],
        "bucket names are unique across all accounts: set another name under `buckets` in deployer.yaml",
    ),
    cause(
        "",
        &["already exists"],
        "the resource belongs to an earlier stack or another one: delete it, or use another stack name with `--stack`",
    ),
    cause(
        "",
        &["unreservedconcurrentexecution"],
        "the account has too little unreserved concurrency: request a higher quota (L-B99A9384) in Service Quotas",
    ),
    cause(
        "",
        &["maximumconcurrency"],
        "lower `function.maximum_concurrency` in deployer.yaml to the quota of the account, which `deployer doctor{flags}` shows",
    ),
    cause(
        "",
        &["concurren", "limit"],
        "the concurrency quota of the account is used up: lower `function.maximum_concurrency` in deployer.yaml, or request a higher quota in Service Quotas",
    ),
    cause(
        "",
        &["more buckets than allowed"],
        "the bucket quota of the account is used up: delete some buckets, or request a higher quota in Service Quotas",
    ),
    cause(
        "",
        &["code storage limit"],
        "the functions of the account exceed the code storage quota: delete old function versions",
    ),
    cause(
        "",
        &["limit", "exceed"],
        "a quota of the account is used up: request a higher quota in Service Quotas, or delete unused resources",
    ),
    cause(
        "",
        &["unable to validate the following destination"],
        "AWS had not yet propagated the policy that allows S3 to publish to the topic: run `deployer up{flags}` again",
    ),
    cause(
        "",
        &["nosuchkey"],
        "the artifacts bucket no longer contains the zip of the function: run `deployer up{flags}` again to upload it",
    ),
    cause(
        "",
        &["nosuchbucket"],
        "the artifacts bucket does not exist: run `deployer up{flags}` again to create it",
    ),
    cause(
        "",
        &["permanentredirect"],
        "the artifacts bucket is in another region: set `buckets.artifacts` in deployer.yaml to another name",
    ),
    cause(
        "AWS::Lambda::Function",
        &["runtime"],
        "Lambda does not offer the runtime `provided.al2023` in this region: use another region",
    ),
    cause(
        "AWS::Lambda::Function",
        &["architecture"],
        "Lambda does not offer `arm64` in this region: set `function.architecture` in deployer.yaml to `x86_64`",
    ),
    cause(
        "AWS::Lambda::Function",
        &["memorysize"],
        "the account has a lower memory limit for functions: set `function.memory` in deployer.yaml to 3008 or less",
    ),
    cause(
        "",
        &["visibility timeout"],
        "the visibility timeout of the queue must not be less than the timeout of the function: run `deployer up{flags}` with the original template",
    ),
    cause(
        "AWS::SQS::Queue",
        &["60 seconds"],
        "SQS reserves the name of a deleted queue for a minute: run `deployer up{flags}` again in a minute",
    ),
    cause(
        "",
        &["conflicting conditional operation"],
        "S3 is still deleting a bucket of this name: run `deployer up{flags}` again in a few minutes",
    ),
    cause("", &["not empty"], "run `deployer down{flags}` again, which empties the buckets first"),
    cause("", &["bucketnotempty"], "run `deployer down{flags}` again, which empties the buckets first"),
];

/// The causes that pass with time or with new credentials.
const PASSING: [Cause; 8] = [
    cause(
        "",
        &["security token", "expired"],
        "your credentials have expired: run `aws sso login`, then `deployer up{flags}` again",
    ),
    cause(
        "",
        &["security token"],
        "your credentials are not valid: run `aws sts get-caller-identity` to check them",
    ),
    cause("", &["rate exceeded"], "AWS throttled the change: run `deployer up{flags}` again in a minute"),
    cause("", &["throttl"], "AWS throttled the change: run `deployer up{flags}` again in a minute"),
    cause(
        "",
        &["resourceconflict"],
        "another operation is changing the resource: run `deployer up{flags}` again in a minute",
    ),
    cause(
        "",
        &["did not stabilize"],
        "the resource was not ready in time: check https://health.aws.amazon.com, then run `deployer up{flags}` again",
    ),
    cause(
        "",
        &["internal failure"],
        "AWS has an internal problem: check https://health.aws.amazon.com, then run `deployer up{flags}` again",
    ),
    cause(
        "",
        &["service unavailable"],
        "AWS has an internal problem: check https://health.aws.amazon.com, then run `deployer up{flags}` again",
    ),
];

/// Returns the hint for a resource of this type that failed for this reason, or `None` if the cause is not known.
pub(crate) fn hint(resource_type: &str, reason: &str, flags: &str) -> Option<String> {
    let small = reason.to_lowercase();
    let fits = |cause: &&Cause| {
        resource_type.starts_with(cause.of) && cause.words.iter().all(|words| small.contains(words))
    };
    let cause = CAUSES.iter().chain(&PASSING).find(fits)?;
    let action = refused_action(reason).unwrap_or("this action");
    Some(cause.hint.replace("{action}", action).replace("{flags}", flags))
}

/// Returns the action in "is not authorized to perform: s3:PutObject on resource: ...".
fn refused_action(reason: &str) -> Option<&str> {
    let (_, after) = reason.split_once("authorized to perform")?;
    let action = after.trim_start_matches([':', ' ']).split([' ', ',', ')']).next()?;
    action.contains(':').then_some(action.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reasons are messages of AWS.
    #[test]
    fn the_usual_causes_have_their_hints() {
        for (kind, reason, expect) in [
            ("AWS::S3::Bucket", "photos already exists (Service: S3, Status Code: 409)", "under `buckets`"),
            (
                "AWS::Logs::LogGroup",
                "Resource of type 'AWS::Logs::LogGroup' with identifier '{x}' already exists.",
                "`--stack`",
            ),
            (
                "AWS::S3::Bucket",
                "Your previous request to create the named bucket succeeded and you already own it. (Service: S3; Error Code: BucketAlreadyOwnedByYou)",
                "under `buckets`",
            ),
            (
                "AWS::IAM::Role",
                "User: arn:aws:iam::1:user/me is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::1:role/x because no identity-based policy allows the iam:CreateRole action",
                "lack the permission `iam:CreateRole`",
            ),
            (
                "AWS::S3::Bucket",
                "User is not authorized to perform: s3:CreateBucket with an explicit deny in a service control policy",
                "organization denies `s3:CreateBucket`",
            ),
            (
                "AWS::S3::Bucket",
                "User is not authorized to perform: s3:CreateBucket because no permissions boundary allows it",
                "boundary denies",
            ),
            (
                "AWS::S3::Bucket",
                "User is not authorized to perform: s3:CreateBucket with an explicit deny in an identity-based policy",
                "explicitly",
            ),
            ("AWS::S3::Bucket", "API: s3:CreateBucket Access Denied", "`deployer doctor -e x`"),
            (
                "AWS::Lambda::Function",
                "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [10].",
                "L-B99A9384",
            ),
            (
                "AWS::Lambda::EventSourceMapping",
                "MaximumConcurrency value must not exceed the account limit",
                "function.maximum_concurrency",
            ),
            (
                "AWS::Lambda::EventSourceMapping",
                "The provided execution role does not have permissions to call ReceiveMessage on SQS",
                "not yet propagated",
            ),
            (
                "AWS::Lambda::Function",
                "The role defined for the function cannot be assumed by Lambda.",
                "again",
            ),
            (
                "AWS::S3::Bucket",
                "You have attempted to create more buckets than allowed (Error Code: TooManyBuckets)",
                "delete some",
            ),
            (
                "AWS::IAM::Role",
                "Cannot exceed quota for RolesPerAccount: 1000 (Error Code: LimitExceeded)",
                "Service Quotas",
            ),
            (
                "AWS::S3::Bucket",
                "Unable to validate the following destination configurations",
                "not yet propagated",
            ),
            (
                "AWS::SQS::Queue",
                "User is not authorized to perform: kms:GenerateDataKey on this KMS key",
                "in the policy of the KMS key",
            ),
            ("AWS::SNS::Topic", "KMSDisabled: the KMS key is disabled", "enable-key"),
            (
                "AWS::Lambda::Function",
                "Error occurred while GetObject. S3 Error Code: NoSuchKey.",
                "to upload it",
            ),
            (
                "AWS::Lambda::Function",
                "Error occurred while GetObject. S3 Error Code: NoSuchBucket.",
                "to create it",
            ),
            (
                "AWS::Lambda::Function",
                "Error occurred while GetObject. S3 Error Code: PermanentRedirect.",
                "another region",
            ),
            (
                "AWS::Lambda::Function",
                "The runtime parameter of provided.al2023 is not supported for creating or updating",
                "use another region",
            ),
            ("AWS::Lambda::Function", "Architecture arm64 is not supported in this region", "x86_64"),
            (
                "AWS::Lambda::Function",
                "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 3008",
                "function.memory",
            ),
            (
                "AWS::Lambda::EventSourceMapping",
                "Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds",
                "less than the timeout of the function",
            ),
            (
                "AWS::SQS::Queue",
                "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
                "a minute",
            ),
            (
                "AWS::S3::Bucket",
                "A conflicting conditional operation is currently in progress against this resource.",
                "a few minutes",
            ),
            ("AWS::S3::Bucket", "The bucket you tried to delete is not empty", "empties"),
            ("AWS::S3::Bucket", "The security token included in the request is expired", "have expired"),
            (
                "AWS::SQS::Queue",
                "Rate exceeded (Service: Sqs; Status Code: 400; Error Code: ThrottlingException)",
                "throttled",
            ),
            (
                "AWS::Lambda::Function",
                "Resource handler returned message: \"The operation cannot be performed at this time. (ResourceConflictException)\"",
                "another operation",
            ),
            ("AWS::Lambda::Function", "Resource timed out: it did not stabilize", "in time"),
        ] {
            let said = hint(kind, reason, " -e x").unwrap_or_default();
            assert!(said.contains(expect), "{reason}\n  gives {said:?}");
        }
        assert_eq!(hint("AWS::SQS::Queue", "something new", ""), None);
    }
}
