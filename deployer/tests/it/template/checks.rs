//! Checks of every template. Each check returns a list of problems.

use serde_json::{Value, json};

use crate::template::delivery::{
    answers_are_safe, caches_are_keyed_by_little, origins_are_signed, the_distribution_alone_invokes,
};
use crate::template::functions::{functions_run_the_given_code, logs_end, the_environment_is_the_contracts};
use crate::template::model::{Model, Statement, list, referenced_id, text};
use crate::template::roles::{
    earlier_keys_are_usable, events_have_our_source, roles_are_bounded, roles_may_do_exactly_this,
    the_model_is_asked_through_its_profile,
};

/// A check with its name.
pub(crate) type Check = (&'static str, fn(&Model) -> Vec<String>);

/// All checks.
pub(crate) const CHECKS: [Check; 26] = [
    ("the model is asked through its profile", the_model_is_asked_through_its_profile),
    ("services are bound to a source", services_are_bound),
    ("nobody is everybody", nobody_is_everybody),
    ("only over TLS", only_over_tls),
    ("roles may do exactly this", roles_may_do_exactly_this),
    ("events have our source", events_have_our_source),
    ("data outlives the stack", data_outlives_the_stack),
    ("visibility is six timeouts", visibility_is_six_timeouts),
    ("messages are tried again, then kept", messages_are_tried_again_then_kept),
    ("subscriptions have a redrive policy", subscriptions_have_a_redrive_policy),
    ("event sources report failures and are bounded", event_sources_are_careful),
    ("alarms reach the alert topic", alarms_reach_the_alert_topic),
    ("the bucket waits for the topic", the_bucket_waits_for_the_topic),
    ("output is not input", output_is_not_input),
    ("the environment is the contract's", the_environment_is_the_contracts),
    ("buckets are private", buckets_are_private),
    ("everything is encrypted", everything_is_encrypted),
    ("the key is for this stack alone", the_key_is_for_this_stack_alone),
    ("roles are bounded", roles_are_bounded),
    ("earlier keys are usable", earlier_keys_are_usable),
    ("logs end", logs_end),
    ("functions run the given code", functions_run_the_given_code),
    ("the distribution alone invokes", the_distribution_alone_invokes),
    ("origins are signed", origins_are_signed),
    ("caches are keyed by little", caches_are_keyed_by_little),
    ("answers are safe", answers_are_safe),
];

/// The log groups of the functions of this stack.
const LOG_GROUPS: &str =
    "arn:AWS::Partition:logs:AWS::Region:AWS::AccountId:log-group:/aws/lambda/AWS::StackName-*";

/// The principal of CloudWatch Logs, which differs between partitions.
const LOGS: &str = "logs.AWS::Region.AWS::URLSuffix";

fn services_are_bound(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    for statement in model.resource_statements().iter().filter(|statement| statement.allows()) {
        for service in statement.services() {
            // CloudWatch Logs puts the ARN of the log group, which contains the account, into the encryption context.
            if service == LOGS {
                let group = statement.condition("kms:EncryptionContext:aws:logs:arn");
                if group.is_none_or(|group| text(group) != LOG_GROUPS) {
                    wrong.push(format!("{}: {service} for any log group", statement.of));
                }
                continue;
            }
            let account = statement.condition("aws:SourceAccount");
            if account.is_none_or(|account| text(account) != "AWS::AccountId") {
                wrong.push(format!("{}: {service} of any account", statement.of));
            }
            let sources = statement.condition("aws:SourceArn").map(list).unwrap_or_default();
            if sources.is_empty()
                || sources.iter().any(|source| matches!(text(source).as_str(), "*" | "arn:*"))
            {
                wrong.push(format!("{}: {service} for any source", statement.of));
            }
        }
    }
    for statement in model.trust_statements() {
        if statement.condition("aws:SourceAccount").is_none() {
            wrong.push(format!("{}: Lambda of any account", statement.of));
        }
    }
    wrong
}

fn nobody_is_everybody(model: &Model) -> Vec<String> {
    let everybody = |principal: &Value| text(principal) == "*" || text(&principal["AWS"]) == "*";
    let grants = model.resource_statements().into_iter().chain(model.trust_statements());
    let mut wrong: Vec<String> = grants
        .filter(|statement| statement.allows() && everybody(&statement.value["Principal"]))
        .map(|statement| format!("{}: anybody may {:?}", statement.of, statement.actions()))
        .collect();
    for statement in model.trust_statements() {
        if statement.value["Principal"] != json!({ "Service": "lambda.amazonaws.com" }) {
            wrong.push(format!("{}: not only Lambda may be this role", statement.of));
        }
    }
    wrong
}

fn only_over_tls(model: &Model) -> Vec<String> {
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
                wrong.push(format!("{id}: without TLS too"));
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
    kept_ones.filter(|(_, body)| !kept(body)).map(|(id, _)| format!("{id} goes with its stack")).collect()
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

fn visibility_is_six_timeouts(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, queue, function) in event_sources(model) {
        // A message also waits for its batch to fill.
        // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        let window = properties(model, id)["MaximumBatchingWindowInSeconds"].as_u64().unwrap_or(0);
        let timeouts = model.numbers(&properties(model, function)["Timeout"]);
        let hidden = model.numbers(&properties(model, queue)["VisibilityTimeout"]);
        for (parameter, timeout) in &timeouts {
            let six = hidden.iter().any(|(of, seconds)| of == parameter && *seconds == timeout * 6 + window);
            if !six {
                wrong.push(format!(
                    "{queue}: {function} may take {timeout} s, a message is not hidden for six times that"
                ));
            }
        }
        if timeouts.is_empty() {
            wrong.push(format!("{function} has no timeout"));
        }
    }
    wrong
}

fn messages_are_tried_again_then_kept(model: &Model) -> Vec<String> {
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
            wrong.push(format!("{id} gives up at the first failure"));
        }
        if retention(properties(model, dead_letters)) <= retention(properties_of) {
            wrong.push(format!("{dead_letters} forgets before {id}"));
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
        .map(|(id, _)| format!("{id} drops what it cannot deliver"))
        .collect()
}

fn event_sources_are_careful(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, _, _) in event_sources(model) {
        let source = properties(model, id);
        if source["FunctionResponseTypes"] != json!(["ReportBatchItemFailures"]) {
            wrong.push(format!("{id} delivers a whole batch again"));
        }
        let most = model.numbers(&source["ScalingConfig"]["MaximumConcurrency"]);
        if most.is_empty() || most.iter().any(|(_, most)| !(2..=1000).contains(most)) {
            wrong.push(format!("{id} has no greatest concurrency"));
        }
    }
    wrong
}

fn alarms_reach_the_alert_topic(model: &Model) -> Vec<String> {
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
        needed.extend(["Errors", "Throttles", "Duration"].map(|metric| (metric, function)));
    }
    let unwatched = needed.into_iter().filter(|(metric, of)| !watched(metric, of));
    let mut wrong: Vec<String> =
        unwatched.map(|(metric, of)| format!("no alarm for {metric} of {of}")).collect();
    for (id, body) in &alarms {
        if body["Properties"]["AlarmActions"] != json!([{ "Ref": "AlertTopic" }]) {
            wrong.push(format!("{id} tells nobody"));
        }
    }
    wrong
}

fn the_bucket_waits_for_the_topic(model: &Model) -> Vec<String> {
    let bucket = &model.value["Resources"]["OriginalsBucket"];
    let waits = list(&bucket["DependsOn"]);
    let mut wrong: Vec<String> = ["OriginalsTopicPolicy", "ThumbnailSubscription"]
        .into_iter()
        .filter(|other| !waits.iter().any(|waits| *waits == other))
        .map(|other| format!("OriginalsBucket does not wait for {other}"))
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
        wrong.push("OriginalsTopicPolicy lets another bucket publish".to_owned());
    }
    let events = list(&bucket["Properties"]["NotificationConfiguration"]["TopicConfigurations"]);
    for event in ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"] {
        if !events
            .iter()
            .any(|to| to["Event"] == event && referenced_id(&to["Topic"]) == Some("OriginalsTopic"))
        {
            wrong.push(format!("{event} is announced to nobody"));
        }
    }
    wrong
}

fn output_is_not_input(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, body) in model.resources("AWS::Lambda::Function") {
        let variables = body["Properties"]["Environment"]["Variables"].as_object().into_iter().flatten();
        // The function uses the name to recognize events of other buckets.
        let stores = |name: &str| name.ends_with("_BUCKET") && name != contract::settings::ORIGINALS_BUCKET;
        for (name, value) in variables.filter(|(name, _)| stores(name)) {
            if referenced_id(value) == Some("OriginalsBucket") {
                wrong.push(format!("{id}: {name} is the originals bucket"));
            }
        }
    }
    let mut names = Vec::new();
    for (id, body) in model.resources("AWS::S3::Bucket") {
        let name = body["Properties"]["BucketName"].to_string();
        if names.contains(&name) {
            wrong.push(format!("{id} has the name of another bucket"));
        }
        names.push(name);
        let announces = !body["Properties"]["NotificationConfiguration"].is_null();
        if announces && id != "OriginalsBucket" {
            wrong.push(format!("{id} announces what is stored in it"));
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
                wrong.push(format!("{id}: pages may do more than upload, or from everywhere"));
            }
        }
        for flag in ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"] {
            if bucket["PublicAccessBlockConfiguration"][flag] != true {
                wrong.push(format!("{id}: {flag} is off"));
            }
        }
        if bucket["OwnershipControls"]["Rules"][0]["ObjectOwnership"] != "BucketOwnerEnforced" {
            wrong.push(format!("{id}: objects may have other owners"));
        }
        if bucket["VersioningConfiguration"]["Status"] != "Enabled" {
            wrong.push(format!("{id} keeps no versions"));
        }
        let rules = list(&bucket["LifecycleConfiguration"]["Rules"]);
        if !rules.iter().any(|rule| !rule["AbortIncompleteMultipartUpload"].is_null()) {
            wrong.push(format!("{id} keeps unfinished uploads"));
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
                wrong.push(format!("{id} is not encrypted with the stack's key"));
            }
        }
    }
    wrong
}

/// The permissions of services for the key.
const SERVICES_MAY: [&str; 6] = [
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
];

fn the_key_is_for_this_stack_alone(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, body) in model.resources("AWS::KMS::Key") {
        if body["Properties"]["EnableKeyRotation"] != true {
            wrong.push(format!("{id} is never changed"));
        }
        let statements = model.resource_statements();
        for statement in statements.iter().filter(|statement| statement.of == id) {
            let principal = &statement.value["Principal"];
            let account = text(&principal["AWS"]) == "arn:AWS::Partition:iam::AWS::AccountId:root";
            if !account && statement.services().len() != 1 {
                wrong.push(format!("{id} is for {principal}"));
            }
            let may = |action: &&str| !action.contains('*') && (account || SERVICES_MAY.contains(action));
            let too_much = statement.actions().into_iter().filter(|action| !may(action));
            wrong.extend(too_much.map(|action| format!("{id}: {action} for {principal}")));
        }
        // The checks of the delivery cover CloudFront.
        for service in ["s3.amazonaws.com", "sns.amazonaws.com", "cloudwatch.amazonaws.com", LOGS] {
            if !statements.iter().any(|statement| statement.of == id && statement.services() == [service]) {
                wrong.push(format!("{id}: {service} cannot use it"));
            }
        }
    }
    wrong
}
