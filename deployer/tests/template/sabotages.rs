//! One-line sabotages of a clean template: what is lost, where, and what stands there instead (null: nothing).

use serde_json::{Value, json};

/// What is lost, the JSON pointer below `/Resources`, and the new value; null removes.
pub(crate) fn all() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        (
            "Bedrock on all models",
            "/AltTextRole/Properties/Policies/0/PolicyDocument/Statement/5/Resource",
            json!("*"),
        ),
        (
            "the model in every region",
            "/AltTextRole/Properties/Policies/0/PolicyDocument/Statement/5/Condition",
            Value::Null,
        ),
        (
            "the alt-text function may delete originals",
            "/AltTextRole/Properties/Policies/0/PolicyDocument/Statement/1/Action/0",
            json!("s3:DeleteObject"),
        ),
        (
            "the topic's policy without SourceAccount",
            "/OriginalsTopicPolicy/Properties/PolicyDocument/Statement/0/Condition/StringEquals",
            Value::Null,
        ),
        (
            "the topic's policy without SourceArn",
            "/OriginalsTopicPolicy/Properties/PolicyDocument/Statement/0/Condition/ArnEquals",
            Value::Null,
        ),
        (
            "a queue's policy without SourceAccount",
            "/ThumbnailQueuePolicy/Properties/PolicyDocument/Statement/0/Condition/StringEqualsIfExists",
            Value::Null,
        ),
        (
            "a queue's policy without SourceArn",
            "/ThumbnailQueuePolicy/Properties/PolicyDocument/Statement/0/Condition/ArnEquals",
            Value::Null,
        ),
        (
            "anybody publishes",
            "/OriginalsTopicPolicy/Properties/PolicyDocument/Statement/0/Principal",
            json!("*"),
        ),
        (
            "anybody sends",
            "/ThumbnailQueuePolicy/Properties/PolicyDocument/Statement/0/Principal",
            json!({ "AWS": "*" }),
        ),
        (
            "TLS not asked of the topic",
            "/OriginalsTopicPolicy/Properties/PolicyDocument/Statement/1",
            Value::Null,
        ),
        (
            "TLS not asked of a queue",
            "/ThumbnailDeadLetterQueuePolicy/Properties/PolicyDocument/Statement/1",
            Value::Null,
        ),
        (
            "TLS not asked of a bucket",
            "/CatalogBucketPolicy/Properties/PolicyDocument/Statement/0",
            Value::Null,
        ),
        (
            "TLS asked of a bucket but not of its objects",
            "/CatalogBucketPolicy/Properties/PolicyDocument/Statement/0/Resource/1",
            Value::Null,
        ),
        (
            "an action widened to s3:*",
            "/ThumbnailRole/Properties/Policies/0/PolicyDocument/Statement/1/Action",
            json!("s3:*"),
        ),
        (
            "a function may delete originals",
            "/ThumbnailRole/Properties/Policies/0/PolicyDocument/Statement/1/Action",
            json!(["s3:GetObject", "s3:DeleteObject"]),
        ),
        (
            "PutObject on *",
            "/FailoverRole/Properties/Policies/0/PolicyDocument/Statement/1/Resource",
            json!("*"),
        ),
        (
            "a right to log lost",
            "/ThumbnailRole/Properties/Policies/0/PolicyDocument/Statement/4/Action/1",
            Value::Null,
        ),
        (
            "a right of the event source lost",
            "/ThumbnailRole/Properties/Policies/0/PolicyDocument/Statement/0/Action/1",
            Value::Null,
        ),
        ("originals go with the stack", "/OriginalsBucket/DeletionPolicy", Value::Null),
        ("originals go with a replacement", "/OriginalsBucket/UpdateReplacePolicy", Value::Null),
        ("visibility under six timeouts", "/ThumbnailQueue/Properties/VisibilityTimeout", json!(60)),
        (
            "a dead letter visible too early",
            "/ThumbnailDeadLetterQueue/Properties/VisibilityTimeout",
            Value::Null,
        ),
        ("a single receive", "/ThumbnailQueue/Properties/RedrivePolicy/maxReceiveCount", json!(1)),
        (
            "dead letters not kept longer",
            "/ThumbnailDeadLetterQueue/Properties/MessageRetentionPeriod",
            json!(345_600),
        ),
        ("no ReportBatchItemFailures", "/ThumbnailEventSource/Properties/FunctionResponseTypes", Value::Null),
        ("no redrive of the subscription", "/ThumbnailSubscription/Properties/RedrivePolicy", Value::Null),
        ("no alarm for dead letters", "/ThumbnailDeadLettersAlarm", Value::Null),
        ("an alarm that tells nobody", "/ThumbnailDeadLettersAlarm/Properties/AlarmActions", Value::Null),
        ("the notification before the topic's policy", "/OriginalsBucket/DependsOn/0", Value::Null),
        (
            "another bucket publishes",
            "/OriginalsTopicPolicy/Properties/PolicyDocument/Statement/0/Condition/ArnEquals/aws:SourceArn",
            json!({ "Fn::Sub": "arn:${AWS::Partition}:s3:::other" }),
        ),
        (
            "thumbnails stored among the originals",
            "/ThumbnailFunction/Properties/Environment/Variables/THUMBNAILS_BUCKET",
            json!({ "Ref": "OriginalsBucket" }),
        ),
        (
            "a secret in the environment",
            "/ThumbnailFunction/Properties/Environment/Variables/API_KEY",
            json!("hunter2"),
        ),
        (
            "a public-access flag off",
            "/ThumbnailsBucket/Properties/PublicAccessBlockConfiguration/BlockPublicPolicy",
            json!(false),
        ),
        ("a queue unencrypted", "/ThumbnailQueue/Properties/SqsManagedSseEnabled", Value::Null),
        ("a bucket unencrypted", "/CatalogBucket/Properties/BucketEncryption", Value::Null),
        ("no end of the logs", "/ThumbnailLogGroup/Properties/RetentionInDays", Value::Null),
        (
            "anybody is the role",
            "/ThumbnailRole/Properties/AssumeRolePolicyDocument/Statement/0/Principal",
            json!({ "AWS": "*" }),
        ),
        ("versions off", "/OriginalsBucket/Properties/VersioningConfiguration", Value::Null),
        ("no greatest concurrency", "/ThumbnailEventSource/Properties/ScalingConfig", Value::Null),
        ("no dead-letter queue", "/ThumbnailQueue/Properties/RedrivePolicy", Value::Null),
        ("unfinished uploads kept", "/OriginalsBucket/Properties/LifecycleConfiguration", Value::Null),
        ("other code", "/ThumbnailFunction/Properties/Code/S3Bucket", json!("elsewhere")),
    ]
}

/// Puts `value` at `path` below the resources; what is to be changed must be there, or at least its parent.
pub(crate) fn apply(template: &mut Value, path: &str, value: Value) {
    let (parent, name) = path.rsplit_once('/').expect("a path");
    let place = template.pointer_mut(&format!("/Resources{parent}")).unwrap_or_else(|| panic!("no {parent}"));
    match place {
        Value::Array(items) => {
            let index: usize = name.parse().expect("an index");
            assert!(index < items.len(), "no {path}");
            items.remove(index);
        }
        Value::Object(entries) if value.is_null() => assert!(entries.remove(name).is_some(), "no {path}"),
        Value::Object(entries) => {
            entries.insert(name.to_owned(), value);
        }
        other => panic!("{path} leads into {other}"),
    }
}
