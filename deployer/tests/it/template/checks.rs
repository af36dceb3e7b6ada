//! Checks of every template. Each check returns a list of problems.

use serde_json::{Value, json};

use crate::template::delivery::{
    cache_keys_contain_only_known_values, only_the_distribution_invokes_the_function,
    requests_to_origins_are_signed, responses_are_safe,
};
use crate::template::functions::{
    functions_get_the_variables_of_the_contract, functions_run_the_code_in_the_parameters, logs_expire,
};
use crate::template::model::{Model, Statement, list, referenced_id, text};
use crate::template::roles::{
    events_have_our_source, roles_can_use_keys_of_earlier_stacks, roles_have_a_boundary,
    roles_have_exactly_the_listed_permissions, the_model_is_invoked_through_its_profile,
};

/// A check with its name.
pub(crate) type Check = (&'static str, fn(&Model) -> Vec<String>);

/// All checks.
pub(crate) const CHECKS: [Check; 26] = [
    ("the model is invoked only through its inference profile", the_model_is_invoked_through_its_profile),
    ("grants to services are limited to a source", service_grants_have_a_source),
    ("no policy grants access to everyone", no_policy_grants_access_to_everyone),
    ("policies require TLS", policies_require_tls),
    ("roles have exactly the listed permissions", roles_have_exactly_the_listed_permissions),
    ("events may be sent only with our source", events_have_our_source),
    ("data outlives the stack", data_outlives_the_stack),
    ("the visibility timeout is six function timeouts", visibility_timeout_is_six_function_timeouts),
    ("messages are retried, then kept as dead letters", messages_are_retried_then_kept),
    ("subscriptions have a redrive policy", subscriptions_have_a_redrive_policy),
    (
        "event source mappings report failures and limit concurrency",
        mappings_report_failures_and_limit_concurrency,
    ),
    ("every alarm publishes to the alert topic", every_alarm_publishes_to_the_alert_topic),
    (
        "the originals bucket is created after the topic's policy",
        the_bucket_is_created_after_the_topic_policy,
    ),
    ("functions do not write to the originals bucket", functions_do_not_write_to_the_originals_bucket),
    ("functions get exactly the variables of the contract", functions_get_the_variables_of_the_contract),
    ("buckets are private", buckets_are_private),
    ("everything is encrypted", everything_is_encrypted),
    ("only this stack can use its key", only_this_stack_can_use_its_key),
    ("roles have a permissions boundary", roles_have_a_boundary),
    ("roles can use the keys of earlier stacks", roles_can_use_keys_of_earlier_stacks),
    ("logs expire", logs_expire),
    ("functions run the code in the parameters", functions_run_the_code_in_the_parameters),
    ("only the distribution invokes the delivery function", only_the_distribution_invokes_the_function),
    ("requests to origins are signed", requests_to_origins_are_signed),
    ("cache keys contain only known values", cache_keys_contain_only_known_values),
    ("responses are safe to show and to cache", responses_are_safe),
];

/// The log groups of the functions of this stack.
const LOG_GROUPS: &str =
    "arn:AWS::Partition:logs:AWS::Region:AWS::AccountId:log-group:/aws/lambda/AWS::StackName-*";

/// The principal of CloudWatch Logs, which differs between partitions.
const LOGS: &str = "logs.AWS::Region.AWS::URLSuffix";

fn service_grants_have_a_source(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    for statement in model.resource_statements().iter().filter(|statement| statement.allows()) {
        for service in statement.services() {
            // CloudWatch Logs puts the ARN of the log group, which contains the account, into the encryption context.
            if service == LOGS {
                let group = statement.condition("kms:EncryptionContext:aws:logs:arn");
                if group.is_none_or(|group| text(group) != LOG_GROUPS) {
                    wrong.push(format!("{} grants access to {service} for any log group", statement.of));
                }
                continue;
            }
            let account = statement.condition("aws:SourceAccount");
            if account.is_none_or(|account| text(account) != "AWS::AccountId") {
                wrong.push(format!("{} grants access to {service} for any account", statement.of));
            }
            let sources = statement.condition("aws:SourceArn").map(list).unwrap_or_default();
            if sources.is_empty()
                || sources.iter().any(|source| matches!(text(source).as_str(), "*" | "arn:*"))
            {
                wrong.push(format!("{} grants access to {service} for any source", statement.of));
            }
        }
    }
    for statement in model.trust_statements() {
        if statement.condition("aws:SourceAccount").is_none() {
            wrong.push(format!("{} trusts Lambda in any account", statement.of));
        }
    }
    wrong
}

fn no_policy_grants_access_to_everyone(model: &Model) -> Vec<String> {
    let everybody = |principal: &Value| text(principal) == "*" || text(&principal["AWS"]) == "*";
    let grants = model.resource_statements().into_iter().chain(model.trust_statements());
    let mut wrong: Vec<String> = grants
        .filter(|statement| statement.allows() && everybody(&statement.value["Principal"]))
        .map(|statement| format!("{} allows {:?} to everyone", statement.of, statement.actions()))
        .collect();
    for statement in model.trust_statements() {
        if statement.value["Principal"] != json!({ "Service": "lambda.amazonaws.com" }) {
            wrong.push(format!("{} can be assumed by principals other than Lambda", statement.of));
        }
    }
    wrong
}

fn policies_require_tls(model: &Model) -> Vec<String> {
    let kinds = [
        ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "Bucket", "s3:*"),
        ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "Queues", "sqs:*"),
        ("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "Topics", "sns:Publish"),
    ];
    let statements = model.resource_statements();
    let mut wrong = Vec::new();
    for (kind, policy_kind, property, action) in kinds {
        for (id, _) in model.resources(kind) {
            let policies = model.resources(policy_kind).into_iter();
            let mine = |body: &Value| {
                list(&body["Properties"][property]).into_iter().any(|of| referenced_id(of) == Some(id))
            };
            let policies: Vec<&str> =
                policies.filter(|(_, body)| mine(body)).map(|(policy, _)| policy).collect();
            let denies = |statement: &&Statement<'_>| {
                let whole: &[String] = if kind == "AWS::S3::Bucket" {
                    &[format!("{id}.Arn"), format!("{id}.Arn/*")]
                } else {
                    &[]
                };
                let resources: Vec<String> = statement.resources().into_iter().map(text).collect();
                policies.contains(&statement.of)
                    && statement.value["Effect"] == "Deny"
                    && statement.value["Principal"] == "*"
                    && statement.value["Condition"] == json!({ "Bool": { "aws:SecureTransport": false } })
                    && statement.actions() == [action]
                    && whole.iter().all(|part| resources.contains(part))
            };
            if !statements.iter().any(|statement| denies(&statement)) {
                wrong.push(format!("{id} does not require TLS"));
            }
        }
    }
    wrong
}

fn data_outlives_the_stack(model: &Model) -> Vec<String> {
    let kept = |body: &Value| {
        body["DeletionPolicy"] == "RetainExceptOnCreate" && body["UpdateReplacePolicy"] == "Retain"
    };
    let buckets = model.resources("AWS::S3::Bucket").into_iter();
    let kept_ones = buckets.chain(model.resources("AWS::KMS::Key"));
    kept_ones
        .filter(|(_, body)| !kept(body))
        .map(|(id, _)| format!("{id} is deleted with its stack"))
        .collect()
}

pub(crate) fn properties<'a>(model: &'a Model, id: &str) -> &'a Value {
    &model.value["Resources"][id]["Properties"]
}

/// Returns the event source mappings: ID, queue, function.
fn event_sources(model: &Model) -> Vec<(&str, &str, &str)> {
    let sources = model.resources("AWS::Lambda::EventSourceMapping").into_iter();
    sources
        .map(|(id, body)| {
            let of = |name: &str| referenced_id(&body["Properties"][name]).unwrap_or_default();
            (id, of("EventSourceArn"), of("FunctionName"))
        })
        .collect()
}

fn visibility_timeout_is_six_function_timeouts(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, queue, function) in event_sources(model) {
        // A message also waits until its batch is full.
        // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        let window = properties(model, id)["MaximumBatchingWindowInSeconds"].as_u64().unwrap_or(0);
        let timeouts = model.numbers(&properties(model, function)["Timeout"]);
        let hidden = model.numbers(&properties(model, queue)["VisibilityTimeout"]);
        for (parameter, timeout) in &timeouts {
            let six = hidden.iter().any(|(of, seconds)| of == parameter && *seconds == timeout * 6 + window);
            if !six {
                wrong.push(format!(
                    "{queue} hides a message for less than six times the {timeout} s timeout of {function}"
                ));
            }
        }
        if timeouts.is_empty() {
            wrong.push(format!("{function} has no timeout"));
        }
    }
    wrong
}

fn messages_are_retried_then_kept(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    let queues = model.resources("AWS::SQS::Queue");
    let target = |id: &str| referenced_id(&properties(model, id)["RedrivePolicy"]["deadLetterTargetArn"]);
    for (id, body) in &queues {
        let retention = |body: &Value| body["MessageRetentionPeriod"].as_u64().unwrap_or(345_600);
        let Some(dead_letters) = target(id) else {
            if !queues.iter().any(|(other, _)| target(other) == Some(id)) {
                wrong.push(format!("{id} has no dead-letter queue"));
            }
            continue;
        };
        let properties_of = &body["Properties"];
        let tries = model.numbers(&properties_of["RedrivePolicy"]["maxReceiveCount"]);
        if tries.is_empty() || tries.iter().any(|(_, tries)| *tries < 2) {
            wrong.push(format!("{id} does not retry a failed message"));
        }
        if retention(properties(model, dead_letters)) <= retention(properties_of) {
            wrong.push(format!("{dead_letters} does not keep messages longer than {id}"));
        }
    }
    wrong
}

fn subscriptions_have_a_redrive_policy(model: &Model) -> Vec<String> {
    let subscriptions = model.resources("AWS::SNS::Subscription").into_iter();
    let queues = subscriptions.filter(|(_, body)| body["Properties"]["Protocol"] == "sqs");
    queues
        .filter(|(_, body)| {
            referenced_id(&body["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]).is_none()
        })
        .map(|(id, _)| format!("{id} drops messages that it cannot deliver"))
        .collect()
}

fn mappings_report_failures_and_limit_concurrency(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, _, _) in event_sources(model) {
        let source = properties(model, id);
        if source["FunctionResponseTypes"] != json!(["ReportBatchItemFailures"]) {
            wrong.push(format!("{id} retries the whole batch after a failure"));
        }
        let most = model.numbers(&source["ScalingConfig"]["MaximumConcurrency"]);
        if most.is_empty() || most.iter().any(|(_, most)| !(2..=1000).contains(most)) {
            wrong.push(format!("{id} has no maximum concurrency"));
        }
    }
    wrong
}

fn every_alarm_publishes_to_the_alert_topic(model: &Model) -> Vec<String> {
    let alarms = model.resources("AWS::CloudWatch::Alarm");
    let watched = |metric: &str, of: &str| {
        alarms.iter().any(|(_, body)| {
            let alarm = &body["Properties"];
            let terms = list(&alarm["Metrics"]).into_iter().map(|term| &term["MetricStat"]["Metric"]);
            terms.chain([alarm]).any(|watched| {
                watched["MetricName"] == metric
                    && referenced_id(&watched["Dimensions"][0]["Value"]) == Some(of)
            })
        })
    };
    let mut needed = Vec::new();
    for (_, queue, function) in event_sources(model) {
        let dead_letters = referenced_id(&properties(model, queue)["RedrivePolicy"]["deadLetterTargetArn"]);
        if let Some(dead_letters) = dead_letters {
            needed.push(("NumberOfMessagesReceived", dead_letters));
            needed.push(("ApproximateNumberOfMessagesVisible", dead_letters));
            needed.push(("ApproximateNumberOfMessagesNotVisible", dead_letters));
            needed.push(("ApproximateAgeOfOldestMessage", queue));
            needed.push((contract::log::AGE, function));
            needed.push(("Throttles", function));
            needed.push(("Duration", function));
        }
        needed.push(("Errors", function));
    }
    for (_, body) in model.resources("AWS::Lambda::Url") {
        let function = referenced_id(&body["Properties"]["TargetFunctionArn"]).unwrap_or_default();
        needed.extend(["Errors", "Url5xxCount", "Throttles", "Duration"].map(|metric| (metric, function)));
    }
    let unwatched = needed.into_iter().filter(|(metric, of)| !watched(metric, of));
    let mut wrong: Vec<String> =
        unwatched.map(|(metric, of)| format!("no alarm monitors {metric} of {of}")).collect();
    for (id, body) in &alarms {
        if body["Properties"]["AlarmActions"] != json!([{ "Ref": "AlertTopic" }]) {
            wrong.push(format!("{id} notifies no one"));
        }
    }
    wrong
}

fn the_bucket_is_created_after_the_topic_policy(model: &Model) -> Vec<String> {
    let bucket = &model.value["Resources"]["OriginalsBucket"];
    let waits = list(&bucket["DependsOn"]);
    let mut wrong: Vec<String> = ["OriginalsTopicPolicy", "ThumbnailSubscription"]
        .into_iter()
        .filter(|other| !waits.iter().any(|waits| *waits == other))
        .map(|other| format!("OriginalsBucket does not depend on {other}"))
        .collect();
    // The policy repeats the future name of the bucket.
    let name = &bucket["Properties"]["BucketName"]["Fn::If"];
    let statements = model.resource_statements();
    let publish = statements.iter().find(|statement| statement.services() == ["s3.amazonaws.com"]);
    let source =
        publish.and_then(|publish| publish.condition("aws:SourceArn")).map(|source| &source["Fn::If"]);
    let arn = |name: &Value| format!("arn:AWS::Partition:s3:::{}", text(name));
    let same = |source: &Value| {
        source[0] == name[0] && (1..3).all(|i| !name[i].is_null() && text(&source[i]) == arn(&name[i]))
    };
    if !source.is_some_and(same) {
        wrong.push("OriginalsTopicPolicy allows another bucket to publish".to_owned());
    }
    let events = list(&bucket["Properties"]["NotificationConfiguration"]["TopicConfigurations"]);
    for event in ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"] {
        if !events
            .iter()
            .any(|to| to["Event"] == event && referenced_id(&to["Topic"]) == Some("OriginalsTopic"))
        {
            wrong.push(format!("OriginalsBucket does not publish {event}"));
        }
    }
    wrong
}

fn functions_do_not_write_to_the_originals_bucket(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, body) in model.resources("AWS::Lambda::Function") {
        let variables = body["Properties"]["Environment"]["Variables"].as_object().into_iter().flatten();
        // The function uses the name to recognize events of other buckets.
        let stores = |name: &str| name.ends_with("_BUCKET") && name != contract::settings::ORIGINALS_BUCKET;
        for (name, value) in variables.filter(|(name, _)| stores(name)) {
            if referenced_id(value) == Some("OriginalsBucket") {
                wrong.push(format!("{name} of {id} is the originals bucket"));
            }
        }
    }
    let mut names = Vec::new();
    for (id, body) in model.resources("AWS::S3::Bucket") {
        let name = body["Properties"]["BucketName"].to_string();
        if names.contains(&name) {
            wrong.push(format!("{id} has the same name as another bucket"));
        }
        names.push(name);
        let announces = !body["Properties"]["NotificationConfiguration"].is_null();
        if announces && id != "OriginalsBucket" {
            wrong.push(format!("{id} publishes events"));
        }
    }
    wrong
}

fn buckets_are_private(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, body) in model.resources("AWS::S3::Bucket") {
        let bucket = &body["Properties"];
        for rule in list(&bucket["CorsConfiguration"]["CorsRules"]) {
            let uploads = rule["AllowedMethods"] == json!(["POST", "PUT"]);
            if !uploads
                || rule["AllowedOrigins"] != json!({ "Ref": "UploadOrigins" })
                || id != "OriginalsBucket"
            {
                wrong.push(format!("{id} allows web pages more than uploads from the configured origins"));
            }
        }
        for flag in ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"] {
            if bucket["PublicAccessBlockConfiguration"][flag] != true {
                wrong.push(format!("{id} does not set {flag}"));
            }
        }
        if bucket["OwnershipControls"]["Rules"][0]["ObjectOwnership"] != "BucketOwnerEnforced" {
            wrong.push(format!("{id} accepts objects of other owners"));
        }
        if bucket["VersioningConfiguration"]["Status"] != "Enabled" {
            wrong.push(format!("{id} keeps no versions"));
        }
        let rules = list(&bucket["LifecycleConfiguration"]["Rules"]);
        if !rules.iter().any(|rule| !rule["AbortIncompleteMultipartUpload"].is_null()) {
            wrong.push(format!("{id} never deletes unfinished uploads"));
        }
    }
    wrong
}

/// With its own key, the stack uses it for everything; otherwise, it uses the keys of the services.
fn everything_is_encrypted(model: &Model) -> Vec<String> {
    let by_key = !properties(model, "Key").is_null();
    let key = |value: &Value| text(value) == "Key.Arn";
    let mut wrong = Vec::new();
    for (id, body) in model.resources("AWS::S3::Bucket") {
        let rule = &body["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"][0];
        let default = &rule["ServerSideEncryptionByDefault"];
        // S3 delivers no access logs to a bucket with a customer managed key.
        let encrypted = if by_key && id != "AccessLogsBucket" {
            default["SSEAlgorithm"] == "aws:kms"
                && key(&default["KMSMasterKeyID"])
                && rule["BucketKeyEnabled"] == true
        } else {
            default["SSEAlgorithm"] == "AES256"
        };
        if !encrypted {
            wrong.push(format!("{id} is not encrypted"));
        }
    }
    for (id, body) in model.resources("AWS::SQS::Queue") {
        let queue = &body["Properties"];
        let own = key(&queue["KmsMasterKeyId"]) && queue["SqsManagedSseEnabled"] == false;
        let theirs = queue["KmsMasterKeyId"].is_null() && queue["SqsManagedSseEnabled"] == true;
        if !(if by_key { own } else { theirs }) {
            wrong.push(format!("{id} is not encrypted"));
        }
    }
    for (kind, property) in [
        ("AWS::SNS::Topic", "KmsMasterKeyId"),
        ("AWS::Logs::LogGroup", "KmsKeyId"),
        ("AWS::Lambda::Function", "KmsKeyArn"),
    ] {
        for (id, body) in model.resources(kind) {
            let value = &body["Properties"][property];
            if !(if by_key { key(value) } else { value.is_null() }) {
                wrong.push(format!("{id} does not use the configured key"));
            }
        }
    }
    wrong
}

/// The permissions that services have for the key.
const SERVICES_MAY: [&str; 6] = [
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
];

fn only_this_stack_can_use_its_key(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, body) in model.resources("AWS::KMS::Key") {
        if body["Properties"]["EnableKeyRotation"] != true {
            wrong.push(format!("{id} is never rotated"));
        }
        let statements = model.resource_statements();
        for statement in statements.iter().filter(|statement| statement.of == id) {
            let principal = &statement.value["Principal"];
            let account = text(&principal["AWS"]) == "arn:AWS::Partition:iam::AWS::AccountId:root";
            if !account && statement.services().len() != 1 {
                wrong.push(format!("{id} can be used by {principal}"));
            }
            let may = |action: &&str| !action.contains('*') && (account || SERVICES_MAY.contains(action));
            let too_much = statement.actions().into_iter().filter(|action| !may(action));
            wrong.extend(too_much.map(|action| format!("{id} allows {action} to {principal}")));
        }
        // The checks of the delivery cover CloudFront.
        for service in ["s3.amazonaws.com", "sns.amazonaws.com", "cloudwatch.amazonaws.com", LOGS] {
            if !statements.iter().any(|statement| statement.of == id && statement.services() == [service]) {
                wrong.push(format!("{id} cannot be used by {service}"));
            }
        }
    }
    wrong
}
