//! One-line mutations of a correct template, each of which makes it insecure or unreliable.

use serde_json::{Value, json};

/// Returns the mutations: the defect, the JSON pointer below `/Resources`, and the new value (null removes it).
pub(crate) fn all() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        (
            "a role can invoke all models",
            "/AltTextRole/Properties/Policies/0/PolicyDocument/Statement/5/Resource",
            json!("*"),
        ),
        (
            "a role can invoke the model in every region",
            "/AltTextRole/Properties/Policies/0/PolicyDocument/Statement/5/Condition",
            Value::Null,
        ),
        (
            "the alt-text function can delete originals",
            "/AltTextRole/Properties/Policies/0/PolicyDocument/Statement/1/Action",
            json!("s3:DeleteObject"),
        ),
        (
            "the topic policy lacks SourceAccount",
            "/OriginalsTopicPolicy/Properties/PolicyDocument/Statement/0/Condition/StringEquals",
            Value::Null,
        ),
        (
            "the topic policy lacks SourceArn",
            "/OriginalsTopicPolicy/Properties/PolicyDocument/Statement/0/Condition/ArnEquals",
            Value::Null,
        ),
        (
            "a queue policy lacks SourceAccount",
            "/ThumbnailQueuePolicy/Properties/PolicyDocument/Statement/0/Condition/StringEqualsIfExists",
            Value::Null,
        ),
        (
            "a queue policy lacks SourceArn",
            "/ThumbnailQueuePolicy/Properties/PolicyDocument/Statement/0/Condition/ArnEquals",
            Value::Null,
        ),
        (
            "everyone can publish to the topic",
            "/OriginalsTopicPolicy/Properties/PolicyDocument/Statement/0/Principal",
            json!("*"),
        ),
        (
            "everyone can send to the queue",
            "/ThumbnailQueuePolicy/Properties/PolicyDocument/Statement/0/Principal",
            json!({ "AWS": "*" }),
        ),
        (
            "the topic does not require TLS",
            "/OriginalsTopicPolicy/Properties/PolicyDocument/Statement/1",
            Value::Null,
        ),
        (
            "a queue does not require TLS",
            "/ThumbnailDeadLetterQueuePolicy/Properties/PolicyDocument/Statement/1",
            Value::Null,
        ),
        (
            "a bucket does not require TLS",
            "/CatalogBucketPolicy/Properties/PolicyDocument/Statement/0",
            Value::Null,
        ),
        (
            "a bucket requires TLS, but its objects do not",
            "/CatalogBucketPolicy/Properties/PolicyDocument/Statement/0/Resource/1",
            Value::Null,
        ),
        (
            "a role has s3:* instead of one action",
            "/ThumbnailRole/Properties/Policies/0/PolicyDocument/Statement/2/Action",
            json!("s3:*"),
        ),
        (
            "a function can delete originals",
            "/ThumbnailRole/Properties/Policies/0/PolicyDocument/Statement/2/Action",
            json!(["s3:GetObject", "s3:DeleteObject"]),
        ),
        (
            "a role can put objects into any bucket",
            "/FailoverRole/Properties/Policies/0/PolicyDocument/Statement/1/Resource",
            json!("*"),
        ),
        (
            "a role lacks a permission to log",
            "/ThumbnailRole/Properties/Policies/0/PolicyDocument/Statement/6/Action/1",
            Value::Null,
        ),
        (
            "a role lacks a permission that the event source mapping needs",
            "/ThumbnailRole/Properties/Policies/0/PolicyDocument/Statement/0/Action/1",
            Value::Null,
        ),
        ("originals are deleted with the stack", "/OriginalsBucket/DeletionPolicy", Value::Null),
        (
            "originals are deleted when the bucket is replaced",
            "/OriginalsBucket/UpdateReplacePolicy",
            Value::Null,
        ),
        (
            "the visibility timeout is shorter than six function timeouts",
            "/ThumbnailQueue/Properties/VisibilityTimeout",
            json!(60),
        ),
        (
            "a dead letter becomes visible too early",
            "/ThumbnailDeadLetterQueue/Properties/VisibilityTimeout",
            Value::Null,
        ),
        (
            "a message becomes a dead letter after one receive",
            "/ThumbnailQueue/Properties/RedrivePolicy/maxReceiveCount",
            json!(1),
        ),
        (
            "dead letters are not kept longer than messages",
            "/ThumbnailDeadLetterQueue/Properties/MessageRetentionPeriod",
            json!(345_600),
        ),
        (
            "the event source mapping does not report item failures",
            "/ThumbnailEventSource/Properties/FunctionResponseTypes",
            Value::Null,
        ),
        (
            "the subscription has no redrive policy",
            "/ThumbnailSubscription/Properties/RedrivePolicy",
            Value::Null,
        ),
        ("no alarm monitors the dead letters", "/ThumbnailDeadLettersAlarm", Value::Null),
        ("an alarm notifies no one", "/ThumbnailDeadLettersAlarm/Properties/AlarmActions", Value::Null),
        (
            "the bucket notification can be created before the topic policy",
            "/OriginalsBucket/DependsOn/0",
            Value::Null,
        ),
        (
            "another bucket can publish to the topic",
            "/OriginalsTopicPolicy/Properties/PolicyDocument/Statement/0/Condition/ArnEquals/aws:SourceArn",
            json!({ "Fn::Sub": "arn:${AWS::Partition}:s3:::other" }),
        ),
        (
            "thumbnails are stored in the originals bucket",
            "/ThumbnailFunction/Properties/Environment/Variables/THUMBNAILS_BUCKET",
            json!({ "Ref": "OriginalsBucket" }),
        ),
        (
            "the environment contains a secret",
            "/ThumbnailFunction/Properties/Environment/Variables/API_KEY",
            json!("hunter2"),
        ),
        (
            "a bucket allows public policies",
            "/ThumbnailsBucket/Properties/PublicAccessBlockConfiguration/BlockPublicPolicy",
            json!(false),
        ),
        ("a queue is not encrypted", "/ThumbnailQueue/Properties/SqsManagedSseEnabled", Value::Null),
        ("a bucket is not encrypted", "/CatalogBucket/Properties/BucketEncryption", Value::Null),
        ("logs never expire", "/ThumbnailLogGroup/Properties/RetentionInDays", Value::Null),
        (
            "everyone can assume a role",
            "/ThumbnailRole/Properties/AssumeRolePolicyDocument/Statement/0/Principal",
            json!({ "AWS": "*" }),
        ),
        ("a bucket keeps no versions", "/OriginalsBucket/Properties/VersioningConfiguration", Value::Null),
        (
            "the event source mapping has no maximum concurrency",
            "/ThumbnailEventSource/Properties/ScalingConfig",
            Value::Null,
        ),
        ("a queue has no dead-letter queue", "/ThumbnailQueue/Properties/RedrivePolicy", Value::Null),
        (
            "unfinished uploads are never deleted",
            "/OriginalsBucket/Properties/LifecycleConfiguration",
            Value::Null,
        ),
        (
            "records are stored in the originals bucket",
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
        ("a role has no permissions boundary", "/FailoverRole/Properties/PermissionsBoundary", Value::Null),
        (
            "S3 can use the key for other accounts",
            "/Key/Properties/KeyPolicy/Statement/1/Condition/StringEquals",
            Value::Null,
        ),
        (
            "S3 can use the key for any bucket",
            "/Key/Properties/KeyPolicy/Statement/1/Condition/ArnEquals",
            Value::Null,
        ),
        ("SNS can use the key for any topic", "/Key/Properties/KeyPolicy/Statement/2/Condition", Value::Null),
        (
            "CloudWatch can use the key for any alarm",
            "/Key/Properties/KeyPolicy/Statement/3/Condition/ArnLike",
            Value::Null,
        ),
        (
            "CloudWatch Logs can use the key without a condition",
            "/Key/Properties/KeyPolicy/Statement/4/Condition",
            Value::Null,
        ),
        (
            "CloudWatch Logs can use the key for any log group",
            "/Key/Properties/KeyPolicy/Statement/4/Condition/ArnLike/kms:EncryptionContext:aws:logs:arn",
            json!({ "Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:*" }),
        ),
        (
            "everyone can use the key",
            "/Key/Properties/KeyPolicy/Statement/0/Principal",
            json!({ "AWS": "*" }),
        ),
        (
            "another account can use the key",
            "/Key/Properties/KeyPolicy/Statement/0/Principal/AWS",
            json!("arn:aws:iam::111122223333:root"),
        ),
        (
            "S3 can perform every action with the key",
            "/Key/Properties/KeyPolicy/Statement/1/Action",
            json!("kms:*"),
        ),
        ("S3 cannot publish events with the key", "/Key/Properties/KeyPolicy/Statement/1", Value::Null),
        ("the key is never rotated", "/Key/Properties/EnableKeyRotation", Value::Null),
        ("the key is deleted with the stack", "/Key/DeletionPolicy", Value::Null),
        ("a topic is not encrypted", "/OriginalsTopic/Properties/KmsMasterKeyId", Value::Null),
        ("a queue does not use the key", "/AltTextQueue/Properties/KmsMasterKeyId", Value::Null),
        ("a log group does not use the key", "/ThumbnailLogGroup/Properties/KmsKeyId", Value::Null),
        (
            "a bucket does not use the key",
            "/OriginalsBucket/Properties/BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/KMSMasterKeyID",
            Value::Null,
        ),
        (
            "a role can use keys without our tag",
            "/ThumbnailRole/Properties/Policies/0/PolicyDocument/Statement/7/Condition/StringEquals",
            Value::Null,
        ),
        ("the key lacks the tag that lets a later stack use it", "/Key/Properties/Tags", Value::Null),
        (
            "a role can use every key",
            "/ThumbnailRole/Properties/Policies/3/PolicyDocument/Statement/0/Resource",
            json!("*"),
        ),
        (
            "a role can send events from any source",
            "/FailoverRole/Properties/Policies/2/PolicyDocument/Statement/0/Condition",
            Value::Null,
        ),
        (
            "a role can send events to every bus",
            "/ThumbnailRole/Properties/Policies/2/PolicyDocument/Statement/0/Resource",
            json!("*"),
        ),
        (
            "a function does not send events",
            "/FailoverFunction/Properties/Environment/Variables/EVENT_STACK",
            Value::Null,
        ),
        (
            "every web page can upload",
            "/OriginalsBucket/Properties/CorsConfiguration/CorsRules/0/AllowedOrigins",
            json!(["*"]),
        ),
        (
            "web pages can read originals",
            "/OriginalsBucket/Properties/CorsConfiguration/CorsRules/0/AllowedMethods/0",
            json!("GET"),
        ),
        (
            "another account can deliver access logs",
            "/AccessLogsBucketPolicy/Properties/PolicyDocument/Statement/0/Condition/StringEquals",
            Value::Null,
        ),
        (
            "a function runs code from another bucket",
            "/ThumbnailFunction/Properties/Code/S3Bucket",
            json!("elsewhere"),
        ),
        ("everyone can invoke the delivery function", "/DeliveryUrl/Properties/AuthType", json!("NONE")),
        ("the distribution lacks lambda:InvokeFunction", "/DeliveryInvokePermission", Value::Null),
        ("the distribution lacks lambda:InvokeFunctionUrl", "/DeliveryUrlPermission", Value::Null),
        (
            "any distribution can invoke the function",
            "/DeliveryUrlPermission/Properties/SourceArn",
            Value::Null,
        ),
        (
            "every principal can invoke the function",
            "/DeliveryInvokePermission/Properties/Principal",
            json!("*"),
        ),
        (
            "the function can be invoked without its URL",
            "/DeliveryInvokePermission/Properties/InvokedViaFunctionUrl",
            Value::Null,
        ),
        (
            "requests to the bucket are not signed",
            "/DeliveryBucketAccess/Properties/OriginAccessControlConfig/SigningBehavior",
            json!("never"),
        ),
        (
            "any distribution can read the bucket",
            "/ThumbnailsBucketPolicy/Properties/PolicyDocument/Statement/1/Condition/ArnEquals",
            Value::Null,
        ),
        (
            "the distribution can write thumbnails",
            "/ThumbnailsBucketPolicy/Properties/PolicyDocument/Statement/1/Action",
            json!(["s3:GetObject", "s3:PutObject"]),
        ),
        (
            "the distribution cannot read thumbnails",
            "/ThumbnailsBucketPolicy/Properties/PolicyDocument/Statement/1",
            Value::Null,
        ),
        ("the distribution cannot use the key", "/Key/Properties/KeyPolicy/Statement/5", Value::Null),
        (
            "distributions of every account can use the key",
            "/Key/Properties/KeyPolicy/Statement/5/Condition/ArnLike/aws:SourceArn",
            json!("arn:aws:cloudfront::*:distribution/*"),
        ),
        (
            "the cache key contains the host",
            "/DeliveryCurrentCache/Properties/CachePolicyConfig/ParametersInCacheKeyAndForwardedToOrigin/HeadersConfig/Headers",
            json!(["Accept", "Host"]),
        ),
        (
            "the cache key contains every query parameter",
            "/DeliveryVersionCache/Properties/CachePolicyConfig/ParametersInCacheKeyAndForwardedToOrigin/QueryStringsConfig/QueryStringBehavior",
            json!("all"),
        ),
        (
            "the cache stores responses with no-store",
            "/DeliveryCurrentCache/Properties/CachePolicyConfig/MinTTL",
            json!(60),
        ),
        (
            "pictures are delivered without TLS",
            "/DeliveryDistribution/Properties/DistributionConfig/CacheBehaviors/0/ViewerProtocolPolicy",
            json!("allow-all"),
        ),
        (
            "the cache key contains the unchanged Accept header",
            "/DeliveryDistribution/Properties/DistributionConfig/CacheBehaviors/1/FunctionAssociations",
            Value::Null,
        ),
        (
            "the origin group does not fail over on 403",
            "/DeliveryDistribution/Properties/DistributionConfig/OriginGroups/Items/0/FailoverCriteria/StatusCodes/Items",
            json!([404]),
        ),
        (
            "CloudFront caches a 404 for longer than the origin allows",
            "/DeliveryDistribution/Properties/DistributionConfig/CustomErrorResponses/1",
            Value::Null,
        ),
        (
            "responses have no security headers",
            "/DeliveryHeaders/Properties/ResponseHeadersPolicyConfig/SecurityHeadersConfig",
            Value::Null,
        ),
        ("no alarm monitors throttles of the delivery function", "/DeliveryThrottlesAlarm", Value::Null),
        (
            "no alarm monitors the failed responses of the delivery function",
            "/DeliveryUnavailableAlarm",
            Value::Null,
        ),
        (
            "the delivery function can delete thumbnails",
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
