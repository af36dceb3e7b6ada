//! The functions' roles in the templates. The test fails if a call is not allowed by the caller's role.

use std::path::Path;
use std::sync::LazyLock;

use serde_yaml::Value;
use testkit::http::Request;

use crate::aws::{Call, GET_SECRET};
use crate::world::{ALT_TEXT_QUEUE, CATALOG, ORIGINALS, THUMBNAILS};

/// Panics unless the role that signed `request` allows it. The tests sign with the role's name as the key's ID.
pub(crate) fn check(call: &Call, request: &Request) {
    let header = |name: &str| request.header(name).unwrap_or_default();
    let signed = header("authorization").split_once("Credential=").map_or("", |(_, rest)| rest);
    let role = signed.split('/').next().unwrap_or_default();
    let Some((action, resource)) = permission(call, header("x-amz-target"), &request.bytes) else { return };
    assert!(allows(role, action, resource), "{role} does not allow {action} on {resource}: {call:?}");
}

/// Returns the permission that AWS requires for `call`, and a part of the resource as in the templates.
fn permission(call: &Call, target: &str, body: &[u8]) -> Option<(&'static str, &'static str)> {
    if call.key.ends_with("/converse") {
        return Some(("bedrock:InvokeModel", "inference-profile/"));
    }
    if target.starts_with("AmazonSQS.SendMessage") {
        let message: serde_json::Value = serde_json::from_slice(body).unwrap();
        let is_alt_text = message["QueueUrl"] == ALT_TEXT_QUEUE;
        return Some(("sqs:SendMessage", if is_alt_text { "AltTextQueue" } else { "ThumbnailQueue" }));
    }
    if target == GET_SECRET {
        return Some(("secretsmanager:GetSecretValue", "DeliverySigningKey"));
    }
    if target == "AWSEvents.PutEvents" {
        return Some(("events:PutEvents", "event-bus/default"));
    }
    if call.bucket.is_empty() {
        return Some(("sns:Publish", "AlertTopic"));
    }
    let bucket = match call.bucket.as_str() {
        ORIGINALS => "OriginalsBucket",
        THUMBNAILS => "ThumbnailsBucket",
        CATALOG => "CatalogBucket",
        // A bucket of another account, which a false event can name.
        _ => return None,
    };
    let of_version = call.version_id.is_some();
    let action = match call.method.as_str() {
        _ if call.key.is_empty() => "s3:ListBucket",
        "PUT" => "s3:PutObject",
        "DELETE" if of_version => "s3:DeleteObjectVersion",
        "DELETE" => "s3:DeleteObject",
        _ if of_version => "s3:GetObjectVersion",
        _ => "s3:GetObject",
    };
    Some((action, bucket))
}

/// Returns whether a statement of `role` has `action` and a resource that contains `part`.
fn allows(role: &str, action: &str, part: &str) -> bool {
    let of_objects = action.starts_with("s3:") && action != "s3:ListBucket";
    let of_role = TEMPLATES.iter().flat_map(|template| policies(template, role));
    of_role.flat_map(|policy| list(&policy["PolicyDocument"]["Statement"])).any(|statement| {
        let actions = list(&statement["Action"]);
        let resources = list(&statement["Resource"]);
        actions.iter().any(|one| text(one) == action)
            && resources.iter().any(|one| text(one).contains(part) && text(one).ends_with("/*") == of_objects)
    })
}

static TEMPLATES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let templates = files.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    templates.map(|path| serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()).collect()
});

/// Returns the policies of `role` in a template.
fn policies(template: &Value, role: &str) -> Vec<Value> {
    let parts = [&template["Resources"][role]["Properties"], &template["Metadata"]["Extends"][role]];
    parts.into_iter().flat_map(|part| list(&part["Policies"])).collect()
}

/// Returns the elements of a list, or a list of the single value.
fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Sequence(items) => items.clone(),
        one => vec![one.clone()],
    }
}

/// Returns a text, or the text of a tag like `!Sub`.
fn text(value: &Value) -> String {
    match value {
        Value::Tagged(tagged) => text(&tagged.value),
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}

#[test]
fn a_role_allows_only_the_actions_of_its_template() {
    assert!(allows("ThumbnailRole", "s3:PutObject", "ThumbnailsBucket"));
    assert!(allows("AltTextRole", "bedrock:InvokeModel", "inference-profile/"));
    assert!(allows("FailoverRole", "events:PutEvents", "event-bus/default"));
    assert!(allows("FailoverRole", "sns:Publish", "AlertTopic"));
    assert!(allows("DeliveryRole", "s3:PutObject", "ThumbnailsBucket"));
    assert!(!allows("DeliveryRole", "s3:DeleteObject", "ThumbnailsBucket"));
    assert!(!allows("DeliveryRole", "s3:PutObject", "CatalogBucket"));
    assert!(!allows("ThumbnailRole", "s3:PutObject", "OriginalsBucket"));
    assert!(!allows("ThumbnailRole", "s3:DeleteObjectVersion", "CatalogBucket"));
    assert!(!allows("AltTextRole", "s3:GetObject", "ThumbnailsBucket"));
    assert!(!allows("Nobody", "s3:GetObject", "OriginalsBucket"));
}
