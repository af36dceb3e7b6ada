//! One-line sabotages of a correct template: what is lost, where, and the new value (null removes it).

use serde_json::{Value, json};

/// Returns the sabotages: what is lost, the JSON pointer below `/Resources`, and the new value (null removes it).
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
            "/AltTextRole/Properties/Policies/0/PolicyDocument/Statement/1/Action",
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
            "/ThumbnailRole/Properties/Policies/0/PolicyDocument/Statement/2/Action",
            json!("s3:*"),
        ),
        (
            "a function may delete originals",
            "/ThumbnailRole/Properties/Policies/0/PolicyDocument/Statement/2/Action",
            json!(["s3:GetObject", "s3:DeleteObject"]),
        ),
        (
            "PutObject on *",
            "/FailoverRole/Properties/Policies/0/PolicyDocument/Statement/1/Resource",
            json!("*"),
        ),
        (
            "a right to log lost",
            "/ThumbnailRole/Properties/Policies/0/PolicyDocument/Statement/6/Action/1",
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
        (
            "records stored among the originals",
            "/FailoverFunction/Properties/Environment/Variables/CATALOG_BUCKET",
            json!({ "Ref": "OriginalsBucket" }),
        ),
        (
            "the thumbnails bucket is the originals bucket",
            "/ThumbnailsBucket/Properties/BucketName",
            json!({ "Fn::If": [
                "OriginalsBucketIsNamed",
                { "Ref": "OriginalsBucketName" },
                { "Fn::Sub": "${AWS::StackName}-originals-${AWS::AccountId}-${AWS::Region}" },
            ] }),
        ),
        ("a role without its boundary", "/FailoverRole/Properties/PermissionsBoundary", Value::Null),
        (
            "the key for any account's S3",
            "/Key/Properties/KeyPolicy/Statement/1/Condition/StringEquals",
            Value::Null,
        ),
        ("the key for any bucket", "/Key/Properties/KeyPolicy/Statement/1/Condition/ArnEquals", Value::Null),
        ("the key for any topic", "/Key/Properties/KeyPolicy/Statement/2/Condition", Value::Null),
        ("the key for any alarm", "/Key/Properties/KeyPolicy/Statement/3/Condition/ArnLike", Value::Null),
        ("the key for any log group", "/Key/Properties/KeyPolicy/Statement/4/Condition", Value::Null),
        (
            "the key for every log group of the region",
            "/Key/Properties/KeyPolicy/Statement/4/Condition/ArnLike/kms:EncryptionContext:aws:logs:arn",
            json!({ "Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:*" }),
        ),
        ("the key for everybody", "/Key/Properties/KeyPolicy/Statement/0/Principal", json!({ "AWS": "*" })),
        (
            "the key for another account",
            "/Key/Properties/KeyPolicy/Statement/0/Principal/AWS",
            json!("arn:aws:iam::111122223333:root"),
        ),
        ("all of KMS for S3", "/Key/Properties/KeyPolicy/Statement/1/Action", json!("kms:*")),
        ("S3 cannot announce with the key", "/Key/Properties/KeyPolicy/Statement/1", Value::Null),
        ("key rotation off", "/Key/Properties/EnableKeyRotation", Value::Null),
        ("the key goes with the stack", "/Key/DeletionPolicy", Value::Null),
        ("a topic unencrypted", "/OriginalsTopic/Properties/KmsMasterKeyId", Value::Null),
        ("a queue without the key", "/AltTextQueue/Properties/KmsMasterKeyId", Value::Null),
        ("a log group without the key", "/ThumbnailLogGroup/Properties/KmsKeyId", Value::Null),
        (
            "a bucket without the key",
            "/OriginalsBucket/Properties/BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/KMSMasterKeyID",
            Value::Null,
        ),
        (
            "anybody's key for a role",
            "/ThumbnailRole/Properties/Policies/0/PolicyDocument/Statement/7/Condition/StringEquals",
            Value::Null,
        ),
        ("a key that no later stack may use", "/Key/Properties/Tags", Value::Null),
        (
            "every key for a role",
            "/ThumbnailRole/Properties/Policies/3/PolicyDocument/Statement/0/Resource",
            json!("*"),
        ),
        (
            "events of any source",
            "/FailoverRole/Properties/Policies/2/PolicyDocument/Statement/0/Condition",
            Value::Null,
        ),
        (
            "events on every bus",
            "/ThumbnailRole/Properties/Policies/2/PolicyDocument/Statement/0/Resource",
            json!("*"),
        ),
        (
            "a function that sends no events",
            "/FailoverFunction/Properties/Environment/Variables/EVENT_STACK",
            Value::Null,
        ),
        (
            "every page may upload",
            "/OriginalsBucket/Properties/CorsConfiguration/CorsRules/0/AllowedOrigins",
            json!(["*"]),
        ),
        (
            "pages may read originals",
            "/OriginalsBucket/Properties/CorsConfiguration/CorsRules/0/AllowedMethods/0",
            json!("GET"),
        ),
        (
            "access logs of another account",
            "/AccessLogsBucketPolicy/Properties/PolicyDocument/Statement/0/Condition/StringEquals",
            Value::Null,
        ),
        ("other code", "/ThumbnailFunction/Properties/Code/S3Bucket", json!("elsewhere")),
        ("the delivery function open to everybody", "/DeliveryUrl/Properties/AuthType", json!("NONE")),
        ("one of two permissions lost", "/DeliveryInvokePermission", Value::Null),
        ("the other permission lost", "/DeliveryUrlPermission", Value::Null),
        ("any distribution invokes", "/DeliveryUrlPermission/Properties/SourceArn", Value::Null),
        ("anybody invokes", "/DeliveryInvokePermission/Properties/Principal", json!("*")),
        ("invoked past the URL", "/DeliveryInvokePermission/Properties/InvokedViaFunctionUrl", Value::Null),
        (
            "unsigned requests to the bucket",
            "/DeliveryBucketAccess/Properties/OriginAccessControlConfig/SigningBehavior",
            json!("never"),
        ),
        (
            "a bucket for any distribution",
            "/ThumbnailsBucketPolicy/Properties/PolicyDocument/Statement/1/Condition/ArnEquals",
            Value::Null,
        ),
        (
            "the distribution writes thumbnails",
            "/ThumbnailsBucketPolicy/Properties/PolicyDocument/Statement/1/Action",
            json!(["s3:GetObject", "s3:PutObject"]),
        ),
        (
            "the distribution cannot read",
            "/ThumbnailsBucketPolicy/Properties/PolicyDocument/Statement/1",
            Value::Null,
        ),
        ("the distribution cannot decrypt", "/Key/Properties/KeyPolicy/Statement/5", Value::Null),
        (
            "the key for the distributions of every account",
            "/Key/Properties/KeyPolicy/Statement/5/Condition/ArnLike/aws:SourceArn",
            json!("arn:aws:cloudfront::*:distribution/*"),
        ),
        (
            "an entry for each Host",
            "/DeliveryCurrentCache/Properties/CachePolicyConfig/ParametersInCacheKeyAndForwardedToOrigin/HeadersConfig/Headers",
            json!(["Accept", "Host"]),
        ),
        (
            "an entry for each query",
            "/DeliveryVersionCache/Properties/CachePolicyConfig/ParametersInCacheKeyAndForwardedToOrigin/QueryStringsConfig/QueryStringBehavior",
            json!("all"),
        ),
        (
            "what must not be stored is",
            "/DeliveryCurrentCache/Properties/CachePolicyConfig/MinTTL",
            json!(60),
        ),
        (
            "pictures without TLS",
            "/DeliveryDistribution/Properties/DistributionConfig/CacheBehaviors/0/ViewerProtocolPolicy",
            json!("allow-all"),
        ),
        (
            "an Accept for each browser",
            "/DeliveryDistribution/Properties/DistributionConfig/CacheBehaviors/1/FunctionAssociations",
            Value::Null,
        ),
        (
            "no failover",
            "/DeliveryDistribution/Properties/DistributionConfig/OriginGroups/Items/0/FailoverCriteria/StatusCodes/Items",
            json!([404]),
        ),
        (
            "a removal remembered",
            "/DeliveryDistribution/Properties/DistributionConfig/CustomErrorResponses/1",
            Value::Null,
        ),
        (
            "a script in a picture",
            "/DeliveryHeaders/Properties/ResponseHeadersPolicyConfig/SecurityHeadersConfig",
            Value::Null,
        ),
        ("no alarm for throttles of delivery", "/DeliveryThrottlesAlarm", Value::Null),
        (
            "the delivery function deletes",
            "/DeliveryRole/Properties/Policies/0/PolicyDocument/Statement/2/Action",
            json!(["s3:PutObject", "s3:DeleteObject"]),
        ),
    ]
}

/// Sets `path` below the resources to `value`. Returns whether the entry, or for a new entry its parent, exists.
pub(crate) fn apply(template: &mut Value, path: &str, value: Value) -> bool {
    let (parent, name) = path.rsplit_once('/').expect("a path");
    match template.pointer_mut(&format!("/Resources{parent}")) {
        Some(Value::Array(items)) => {
            let index = name.parse().ok().filter(|index: &usize| *index < items.len());
            if let Some(index) = index {
                items.splice(index..=index, Some(value).filter(|value| !value.is_null()));
            }
            index.is_some()
        }
        Some(Value::Object(entries)) if value.is_null() => entries.remove(name).is_some(),
        Some(Value::Object(entries)) => {
            entries.insert(name.to_owned(), value);
            true
        }
        _ => false,
    }
}
