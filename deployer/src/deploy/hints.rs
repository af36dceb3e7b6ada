//! What usually helps against the usual causes of failed stacks, by the words AWS uses.

/// A cause: all of the words of one line must stand in the reason, in small letters.
struct Cause {
    /// What the type of the resource begins with; empty for any.
    of: &'static str,
    /// Words that stand together in the reason.
    words: &'static [&'static str],
    /// What to do. `{action}` stands for the action that was refused, `{flags}` for the flags of this stack.
    hint: &'static str,
}

const fn cause(of: &'static str, words: &'static [&'static str], hint: &'static str) -> Cause {
    Cause { of, words, hint }
}

/// The causes; the first that fits counts, so the special stand before the general.
const CAUSES: [Cause; 35] = [
    cause(
        "",
        &["service control policy"],
        "the organization forbids `{action}` here: ask its administrator, or use another account or region",
    ),
    cause(
        "",
        &["permissions boundary"],
        "the caller's permissions boundary forbids `{action}`: ask whoever set it",
    ),
    cause(
        "",
        &["explicit deny", "not authorized to perform"],
        "a policy denies the caller `{action}` explicitly: remove that denial, or use another role",
    ),
    cause(
        "AWS::Lambda::EventSourceMapping",
        &["execution role"],
        "AWS had not yet spread the new role's permissions: run `deployer up{flags}` again",
    ),
    cause(
        "",
        &["cannot be assumed by lambda"],
        "AWS had not yet spread the new role: run `deployer up{flags}` again",
    ),
    cause(
        "",
        &["kms", "accessdenied"],
        "the key's policy does not let the caller use it: allow `kms:Decrypt` and `kms:GenerateDataKey` there",
    ),
    cause("", &["kms", "not authorized"], "allow the caller `{action}`, in its own policy and in the key's"),
    cause("", &["kms", "disabled"], "the KMS key is disabled: enable it with `aws kms enable-key`"),
    cause(
        "",
        &["kms", "pending deletion"],
        "the KMS key is being deleted: `aws kms cancel-key-deletion`, or configure another",
    ),
    cause(
        "",
        &["not authorized to perform"],
        "the caller lacks `{action}`: `deployer doctor{flags}` lists all that are needed",
    ),
    cause(
        "",
        &["is not authorized"],
        "the caller lacks a permission: `deployer doctor{flags}` lists all that are needed",
    ),
    cause(
        "",
        &["accessdenied"],
        "the caller lacks a permission: `deployer doctor{flags}` lists all that are needed",
    ),
    cause(
        "",
        &["access denied"],
        "the caller lacks a permission: `deployer doctor{flags}` lists all that are needed",
    ),
    cause(
        "",
        &["alreadyownedbyyou"],
        "the bucket is another stack's, or from one being deleted: set another name under `buckets` in deployer.yaml",
    ),
    cause(
        "",
        &["already exists in stack"],
        "it belongs to that stack: set another name under `buckets` in deployer.yaml, or choose another stack's with `--stack`",
    ),
    cause(
        "AWS::S3::Bucket",
        &["already exists"],
        "bucket names are taken across all accounts: set another under `buckets` in deployer.yaml",
    ),
    cause(
        "",
        &["already exists"],
        "it is left from an earlier stack, or another stack's: delete it, or choose another name with `--stack`",
    ),
    cause(
        "",
        &["unreservedconcurrentexecution"],
        "the account has too little concurrency left to reserve: ask for more at `aws service-quotas` (L-B99A9384)",
    ),
    cause(
        "",
        &["maximumconcurrency"],
        "lower `function.maximum_concurrency` in deployer.yaml to what the account has (`deployer doctor{flags}` shows it)",
    ),
    cause(
        "",
        &["concurren", "limit"],
        "the account's concurrency is used up: lower `function.maximum_concurrency` in deployer.yaml, or ask for more under Service Quotas",
    ),
    cause(
        "",
        &["more buckets than allowed"],
        "the account has as many buckets as it may: delete some, or ask for more under Service Quotas",
    ),
    cause(
        "",
        &["code storage limit"],
        "the account's functions take more than 75 GB: delete old versions of functions",
    ),
    cause(
        "",
        &["limit", "exceed"],
        "an account quota is reached: ask for more under Service Quotas, or delete what is not used",
    ),
    cause(
        "",
        &["unable to validate the following destination"],
        "S3 could not yet publish to the topic, whose policy is only being spread: run `deployer up{flags}` again",
    ),
    cause(
        "",
        &["nosuchkey"],
        "the handler's zip is gone from the artifacts bucket: run `deployer up{flags}` again, which uploads it",
    ),
    cause(
        "",
        &["nosuchbucket"],
        "the artifacts bucket is gone: run `deployer up{flags}` again, which makes it",
    ),
    cause(
        "",
        &["permanentredirect"],
        "the artifacts bucket is in another region: set another name as `buckets.artifacts` in deployer.yaml",
    ),
    cause(
        "AWS::Lambda::Function",
        &["runtime"],
        "this region does not offer the runtime `provided.al2023`: use another region",
    ),
    cause(
        "AWS::Lambda::Function",
        &["architecture"],
        "set `function.architecture` in deployer.yaml to `x86_64`: not every region offers `arm64`",
    ),
    cause(
        "AWS::Lambda::Function",
        &["memorysize"],
        "new accounts may have less memory for a function: lower `function.memory` in deployer.yaml to 3008 or less",
    ),
    cause(
        "",
        &["visibility timeout"],
        "the queue's visibility timeout must not be less than the function's: run `deployer up{flags}` with the template as it is shipped",
    ),
    cause(
        "AWS::SQS::Queue",
        &["60 seconds"],
        "SQS keeps the name of a deleted queue for a minute: run `deployer up{flags}` again then",
    ),
    cause(
        "",
        &["conflicting conditional operation"],
        "a bucket of that name has just been deleted and AWS is still at it: run `deployer up{flags}` again in some minutes",
    ),
    cause("", &["not empty"], "run `deployer down{flags}` again: it empties the buckets first"),
    cause("", &["bucketnotempty"], "run `deployer down{flags}` again: it empties the buckets first"),
];

/// The causes that lie with AWS for a while, whatever was asked for.
const PASSING: [Cause; 8] = [
    cause(
        "",
        &["security token", "expired"],
        "the credentials have expired: get new ones (`aws sso login`) and run `deployer up{flags}` again",
    ),
    cause("", &["security token"], "the credentials are not valid here: check `aws sts get-caller-identity`"),
    cause("", &["rate exceeded"], "AWS throttled the change: run `deployer up{flags}` again in a minute"),
    cause("", &["throttl"], "AWS throttled the change: run `deployer up{flags}` again in a minute"),
    cause(
        "",
        &["resourceconflict"],
        "somebody else is changing it: run `deployer up{flags}` again in a minute",
    ),
    cause(
        "",
        &["did not stabilize"],
        "AWS did not get it ready in time: see https://health.aws.amazon.com and run `deployer up{flags}` again",
    ),
    cause(
        "",
        &["internal failure"],
        "AWS has a problem of its own: see https://health.aws.amazon.com and run `deployer up{flags}` again",
    ),
    cause(
        "",
        &["service unavailable"],
        "AWS has a problem of its own: see https://health.aws.amazon.com and run `deployer up{flags}` again",
    ),
];

/// What usually helps when a resource of this type failed for this reason.
pub(crate) fn hint(resource_type: &str, reason: &str, flags: &str) -> Option<String> {
    let small = reason.to_lowercase();
    let fits = |cause: &&Cause| {
        resource_type.starts_with(cause.of) && cause.words.iter().all(|words| small.contains(words))
    };
    let cause = CAUSES.iter().chain(&PASSING).find(fits)?;
    let action = refused_action(reason).unwrap_or("this action");
    Some(cause.hint.replace("{action}", action).replace("{flags}", flags))
}

/// The action in "is not authorized to perform: s3:PutObject on resource: ...".
fn refused_action(reason: &str) -> Option<&str> {
    let (_, after) = reason.split_once("authorized to perform")?;
    let action = after.trim_start_matches([':', ' ']).split([' ', ',', ')']).next()?;
    action.contains(':').then_some(action.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reasons stand as AWS writes them.
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
                "lacks `iam:CreateRole`",
            ),
            (
                "AWS::S3::Bucket",
                "User is not authorized to perform: s3:CreateBucket with an explicit deny in a service control policy",
                "organization forbids `s3:CreateBucket`",
            ),
            (
                "AWS::S3::Bucket",
                "User is not authorized to perform: s3:CreateBucket because no permissions boundary allows it",
                "boundary forbids",
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
                "not yet spread",
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
                "being spread",
            ),
            (
                "AWS::SQS::Queue",
                "User is not authorized to perform: kms:GenerateDataKey on this KMS key",
                "in the key's",
            ),
            ("AWS::SNS::Topic", "KMSDisabled: the KMS key is disabled", "enable-key"),
            (
                "AWS::Lambda::Function",
                "Error occurred while GetObject. S3 Error Code: NoSuchKey.",
                "uploads it",
            ),
            (
                "AWS::Lambda::Function",
                "Error occurred while GetObject. S3 Error Code: NoSuchBucket.",
                "makes it",
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
                "less than the function's",
            ),
            (
                "AWS::SQS::Queue",
                "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
                "a minute",
            ),
            (
                "AWS::S3::Bucket",
                "A conflicting conditional operation is currently in progress against this resource.",
                "some minutes",
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
                "somebody else",
            ),
            ("AWS::Lambda::Function", "Resource timed out: it did not stabilize", "in time"),
        ] {
            let said = hint(kind, reason, " -e x").unwrap_or_default();
            assert!(said.contains(expect), "{reason}\n  gives {said:?}");
        }
        assert_eq!(hint("AWS::SQS::Queue", "something new", ""), None);
    }
}
