//! Replies of AWS's services, as their protocols define them.

use serde_json::{Value, json};

use crate::http::{Reply, Request};

/// The outputs of the stack that [`stack`] describes.
const OUTPUTS: [(&str, &str); 5] = [
    ("OriginalsBucket", "originals"),
    ("ThumbnailsBucket", "thumbnails"),
    ("CatalogBucket", "catalog"),
    ("ThumbnailQueueUrl", "http://queue/"),
    ("ThumbnailFunction", "thumbnail"),
];

/// Serves the services of an account with a stack. CloudFormation describes the stack, and `reply` replies to all other
/// requests.
pub fn serve(reply: impl Fn(Request) -> Reply + Send + Sync + 'static) -> String {
    crate::http::serve(move |request| {
        if request.body.contains("Action=DescribeStacks") { stack(&[]) } else { reply(request) }
    })
}

/// Returns CloudFormation's description of a stack, with `more` outputs.
pub fn stack(more: &[(&str, &str)]) -> Reply {
    let outputs: String = OUTPUTS.iter().chain(more).map(|(name, value)| output(name, value)).collect();
    result(
        "DescribeStacks",
        &format!(
            "<Stacks><member><StackName>thumbnail-generator</StackName><StackStatus>CREATE_COMPLETE</StackStatus>\
             <CreationTime>2026-01-01T00:00:00Z</CreationTime><Outputs>{outputs}</Outputs></member></Stacks>"
        ),
    )
}

/// Returns an output in CloudFormation's description of a stack.
pub fn output(name: &str, value: &str) -> String {
    format!("<member><OutputKey>{name}</OutputKey><OutputValue>{value}</OutputValue></member>")
}

/// Returns the identity of a user of the account 111122223333.
pub fn identity() -> Reply {
    caller("arn:aws:iam::111122223333:user/me")
}

/// Returns the identity of a principal of the account 111122223333.
pub fn caller(arn: &str) -> Reply {
    result("GetCallerIdentity", &format!("<Account>111122223333</Account><Arn>{arn}</Arn>"))
}

/// Returns a result of a service with the query protocol: CloudFormation, IAM, SNS, and STS.
pub fn result(action: &str, content: &str) -> Reply {
    Reply::new(
        200,
        format!("<{action}Response><{action}Result>{content}</{action}Result></{action}Response>"),
    )
}

/// Returns an error of a service with the query protocol.
pub fn query_error(status: u16, code: &str, message: &str) -> Reply {
    let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    Reply::new(status, format!("<ErrorResponse>{error}</ErrorResponse>"))
}

/// Returns an error of S3.
pub fn s3_error(status: u16, code: &str) -> Reply {
    let message = match code {
        "InvalidRequest" => "The object was stored using a form of Server Side Encryption.",
        _ => "by the test",
    };
    Reply::new(status, format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"))
}

/// Receives the messages of a SendMessageBatch. Returns their bodies and the reply.
pub fn receive_batch(body: &str) -> (Vec<Value>, Reply) {
    let batch: Value = serde_json::from_str(body).unwrap();
    let (mut sent, mut taken) = (Vec::new(), Vec::new());
    for entry in batch["Entries"].as_array().unwrap() {
        sent.push(serde_json::from_str(entry["MessageBody"].as_str().unwrap()).unwrap());
        taken.push(json!({"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "m"}));
    }
    (sent, Reply::new(200, json!({"Successful": taken, "Failed": []}).to_string()))
}
