//! All permissions of the roles of the functions, and their boundaries.

use contract::settings::EVENT_STACK;
use serde_json::json;

use crate::template::checks::properties;
use crate::template::model::{Model, Statement, list, text};

/// All keys; a condition allows only keys with our tag.
const KEYS: &str = "arn:AWS::Partition:kms:AWS::Region:AWS::AccountId:key/*";

/// All permissions of the roles: role, action, resource.
const MAY: [(&str, &str, &str); 30] = [
    ("ThumbnailRole", "sqs:ReceiveMessage", "ThumbnailQueue.Arn"),
    ("ThumbnailRole", "sqs:DeleteMessage", "ThumbnailQueue.Arn"),
    ("ThumbnailRole", "sqs:GetQueueAttributes", "ThumbnailQueue.Arn"),
    ("ThumbnailRole", "sqs:SendMessage", "ThumbnailQueue.Arn"),
    ("ThumbnailRole", "s3:GetObject", "OriginalsBucket.Arn/*"),
    ("ThumbnailRole", "s3:ListBucket", "OriginalsBucket.Arn"),
    ("ThumbnailRole", "s3:ListBucket", "ThumbnailsBucket.Arn"),
    ("ThumbnailRole", "s3:ListBucket", "CatalogBucket.Arn"),
    ("ThumbnailRole", "s3:PutObject", "ThumbnailsBucket.Arn/*"),
    ("ThumbnailRole", "s3:DeleteObject", "ThumbnailsBucket.Arn/*"),
    ("ThumbnailRole", "s3:GetObject", "CatalogBucket.Arn/*"),
    ("ThumbnailRole", "s3:PutObject", "CatalogBucket.Arn/*"),
    ("ThumbnailRole", "s3:DeleteObject", "CatalogBucket.Arn/*"),
    ("ThumbnailRole", "kms:Decrypt", KEYS),
    ("ThumbnailRole", "logs:CreateLogStream", "ThumbnailLogGroup.Arn"),
    ("ThumbnailRole", "logs:PutLogEvents", "ThumbnailLogGroup.Arn"),
    ("FailoverRole", "sqs:ReceiveMessage", "ThumbnailDeadLetterQueue.Arn"),
    ("FailoverRole", "sqs:DeleteMessage", "ThumbnailDeadLetterQueue.Arn"),
    ("FailoverRole", "sqs:GetQueueAttributes", "ThumbnailDeadLetterQueue.Arn"),
    ("FailoverRole", "s3:GetObject", "arn:AWS::Partition:s3:::CatalogBucket/*"),
    ("FailoverRole", "s3:PutObject", "arn:AWS::Partition:s3:::CatalogBucket/*"),
    ("FailoverRole", "s3:DeleteObject", "arn:AWS::Partition:s3:::CatalogBucket/*"),
    ("FailoverRole", "s3:ListBucket", "arn:AWS::Partition:s3:::CatalogBucket"),
    ("FailoverRole", "s3:GetObject", "arn:AWS::Partition:s3:::OriginalsBucket/*"),
    ("FailoverRole", "s3:ListBucket", "arn:AWS::Partition:s3:::OriginalsBucket"),
    ("FailoverRole", "sqs:SendMessage", "ThumbnailQueue.Arn"),
    ("FailoverRole", "kms:Decrypt", KEYS),
    ("FailoverRole", "sns:Publish", "AlertTopic"),
    ("FailoverRole", "logs:CreateLogStream", "FailoverLogGroup.Arn"),
    ("FailoverRole", "logs:PutLogEvents", "FailoverLogGroup.Arn"),
];

/// Additional permissions with alt text.
const MAY_WITH_ALT_TEXT: [(&str, &str, &str); 19] = [
    ("FailoverRole", "sqs:ReceiveMessage", "AltTextDeadLetterQueue.Arn"),
    ("FailoverRole", "sqs:DeleteMessage", "AltTextDeadLetterQueue.Arn"),
    ("FailoverRole", "sqs:GetQueueAttributes", "AltTextDeadLetterQueue.Arn"),
    ("FailoverRole", "sqs:SendMessage", "AltTextQueue.Arn"),
    ("ThumbnailRole", "sqs:SendMessage", "AltTextQueue.Arn"),
    ("AltTextRole", "sqs:ReceiveMessage", "AltTextQueue.Arn"),
    ("AltTextRole", "sqs:DeleteMessage", "AltTextQueue.Arn"),
    ("AltTextRole", "sqs:GetQueueAttributes", "AltTextQueue.Arn"),
    ("AltTextRole", "s3:GetObject", "arn:AWS::Partition:s3:::OriginalsBucket/*"),
    ("AltTextRole", "s3:ListBucket", "arn:AWS::Partition:s3:::OriginalsBucket"),
    ("AltTextRole", "s3:ListBucket", "arn:AWS::Partition:s3:::CatalogBucket"),
    ("AltTextRole", "s3:GetObject", "arn:AWS::Partition:s3:::CatalogBucket/*"),
    ("AltTextRole", "s3:PutObject", "arn:AWS::Partition:s3:::CatalogBucket/*"),
    ("AltTextRole", "s3:DeleteObject", "arn:AWS::Partition:s3:::CatalogBucket/*"),
    (
        "AltTextRole",
        "bedrock:InvokeModel",
        "arn:AWS::Partition:bedrock:AWS::Region:AWS::AccountId:inference-profile/AltTextInferenceProfile",
    ),
    ("AltTextRole", "bedrock:InvokeModel", "arn:AWS::Partition:bedrock:*::foundation-model/AltTextModel"),
    ("AltTextRole", "kms:Decrypt", KEYS),
    ("AltTextRole", "logs:CreateLogStream", "AltTextLogGroup.Arn"),
    ("AltTextRole", "logs:PutLogEvents", "AltTextLogGroup.Arn"),
];

/// Additional permissions with delivery.
const MAY_WITH_DELIVERY: [(&str, &str, &str); 11] = [
    ("DeliveryRole", "s3:GetObject", "arn:AWS::Partition:s3:::OriginalsBucket/*"),
    ("DeliveryRole", "s3:GetObject", "arn:AWS::Partition:s3:::ThumbnailsBucket/*"),
    ("DeliveryRole", "s3:GetObject", "arn:AWS::Partition:s3:::CatalogBucket/*"),
    ("DeliveryRole", "s3:ListBucket", "arn:AWS::Partition:s3:::OriginalsBucket"),
    ("DeliveryRole", "s3:ListBucket", "arn:AWS::Partition:s3:::ThumbnailsBucket"),
    ("DeliveryRole", "s3:ListBucket", "arn:AWS::Partition:s3:::CatalogBucket"),
    ("DeliveryRole", "s3:PutObject", "arn:AWS::Partition:s3:::ThumbnailsBucket/*"),
    ("DeliveryRole", "sqs:SendMessage", "ThumbnailQueue.Arn"),
    ("DeliveryRole", "kms:Decrypt", KEYS),
    ("DeliveryRole", "logs:CreateLogStream", "DeliveryLogGroup.Arn"),
    ("DeliveryRole", "logs:PutLogEvents", "DeliveryLogGroup.Arn"),
];

/// Additional permissions with signed sizes.
const MAY_WITH_SIGNING: [(&str, &str, &str); 1] =
    [("DeliveryRole", "secretsmanager:GetSecretValue", "DeliverySigningKey")];
/// The only event bus to which roles may send events.
const BUS: &str = "arn:AWS::Partition:events:AWS::Region:AWS::AccountId:event-bus/default";

/// Additional permissions with a key: role and action.
const MAY_WITH_KEY: [(&str, &str); 8] = [
    ("DeliveryRole", "kms:Decrypt"),
    ("DeliveryRole", "kms:GenerateDataKey"),
    ("ThumbnailRole", "kms:Decrypt"),
    ("ThumbnailRole", "kms:GenerateDataKey"),
    ("FailoverRole", "kms:Decrypt"),
    ("FailoverRole", "kms:GenerateDataKey"),
    ("AltTextRole", "kms:Decrypt"),
    ("AltTextRole", "kms:GenerateDataKey"),
];

/// Checks that a role may call the foundation model only through the inference profile, which determines the regions.
pub(crate) fn the_model_is_invoked_through_its_profile(model: &Model) -> Vec<String> {
    let profile =
        "arn:AWS::Partition:bedrock:AWS::Region:AWS::AccountId:inference-profile/AltTextInferenceProfile";
    let asks = |statement: &Statement<'_>| {
        statement.resources().into_iter().any(|resource| text(resource).contains("foundation-model"))
    };
    let bound = |statement: &Statement<'_>| {
        statement.condition("bedrock:InferenceProfileArn").is_some_and(|arn| text(arn) == profile)
    };
    let statements = model.role_statements();
    let unbound = statements.iter().filter(|statement| asks(statement) && !bound(statement));
    unbound
        .map(|statement| format!("{} can invoke the model without the inference profile", statement.of))
        .collect()
}

pub(crate) fn roles_have_exactly_the_listed_permissions(model: &Model) -> Vec<String> {
    let line = |(role, action, resource): &(&str, &str, &str)| format!("{role}: {action} on {resource}");
    let is_there = |id: &str| !properties(model, id).is_null();
    let alt_text = MAY_WITH_ALT_TEXT.iter().filter(|_| is_there("AltTextRole"));
    let delivery = MAY_WITH_DELIVERY.iter().filter(|_| is_there("DeliveryRole"));
    let signing = MAY_WITH_SIGNING.iter().filter(|_| is_there("DeliverySigningKey"));
    let optional = alt_text.chain(delivery).chain(signing);
    let key = MAY_WITH_KEY.iter().filter(|(role, _)| is_there("Key") && is_there(role));
    let key = key.map(|(role, action)| line(&(role, action, "Key.Arn")));
    let sends = !properties(model, "ThumbnailFunction")["Environment"]["Variables"][EVENT_STACK].is_null();
    let roles = ["ThumbnailRole", "FailoverRole", "AltTextRole"].into_iter();
    let events = roles.filter(|role| sends && is_there(role));
    let events = events.map(|role| line(&(role, "events:PutEvents", BUS)));
    let expect: Vec<String> = MAY.iter().chain(optional).map(line).chain(key).chain(events).collect();
    let mut may = Vec::new();
    for statement in model.role_statements() {
        for action in statement.actions() {
            may.extend(statement.resources().into_iter().map(|on| line(&(statement.of, action, &text(on)))));
        }
    }
    let more = may.iter().filter(|line| !expect.contains(line)).map(|line| format!("{line} is not needed"));
    let less = expect.iter().filter(|line| !may.contains(line)).map(|line| format!("{line} is missing"));
    more.chain(less).collect()
}

/// Checks that objects with a key of an earlier stack or an earlier `kms_key` can be read, and no objects with other
/// keys.
pub(crate) fn roles_can_use_keys_of_earlier_stacks(model: &Model) -> Vec<String> {
    let statements = model.role_statements();
    let of_keys: Vec<_> = statements
        .iter()
        .filter(|statement| statement.resources().into_iter().any(|resource| text(resource) == KEYS))
        .collect();
    let bound = |statement: &&Statement<'_>| {
        let tag = statement.condition("aws:ResourceTag/managed-by").map(text);
        let via = statement.condition("kms:ViaService").map(list).unwrap_or_default();
        let via: Vec<String> = via.into_iter().map(text).collect();
        // A function without a queue reads only objects.
        let services = ["s3.AWS::Region.*", "sqs.AWS::Region.*"];
        let count = if statement.of == "DeliveryRole" { 1 } else { 2 };
        tag.as_deref() == Some("thumbnail-generator") && via == services[..count]
    };
    let unbound = of_keys.iter().filter(|statement| !bound(statement));
    let blind = model.resources("AWS::IAM::Role").into_iter().map(|(id, _)| id);
    let blind = blind.filter(|id| !of_keys.iter().any(|statement| statement.of == *id));
    let tags = model.resources("AWS::KMS::Key").into_iter().filter(|(_, body)| {
        body["Properties"]["Tags"] != json!([{ "Key": "managed-by", "Value": "thumbnail-generator" }])
    });
    unbound
        .map(|statement| format!("{} can use every key of the account", statement.of))
        .chain(blind.map(|id| format!("{id} cannot read objects that are encrypted with an earlier key")))
        .chain(tags.map(|(id, _)| format!("{id} lacks the tag that lets a later stack use it")))
        .collect()
}

/// Checks that a function sends events only with our source.
pub(crate) fn events_have_our_source(model: &Model) -> Vec<String> {
    let sends = |statement: &&Statement<'_>| statement.actions().contains(&"events:PutEvents");
    let bound = |statement: &Statement<'_>| {
        statement.condition("events:source").is_some_and(|source| source == contract::outcome_event::SOURCE)
    };
    let statements = model.role_statements();
    let unbound = statements.iter().filter(sends).filter(|statement| !bound(statement));
    unbound.map(|statement| format!("{} can send events from any source", statement.of)).collect()
}

pub(crate) fn roles_have_a_boundary(model: &Model) -> Vec<String> {
    let bound =
        json!({ "Fn::If": ["IsBounded", { "Ref": "PermissionsBoundary" }, { "Ref": "AWS::NoValue" }] });
    let roles = model.resources("AWS::IAM::Role").into_iter();
    let unbounded = roles.filter(|(_, body)| body["Properties"]["PermissionsBoundary"] != bound);
    unbounded.map(|(id, _)| format!("{id} has no permissions boundary")).collect()
}
