//! An account with a stack: the ARNs of its resources, and the permissions of its operator.

use std::collections::BTreeMap;

use iam_rs::{Arn, Context, Decision, IAMPolicy, IAMRequest, PolicyEvaluator, Principal, PrincipalId};
use serde_json::Value;

use crate::policy::extracts::Reference;

/// A stack without optional parts.
pub(crate) const LEAST: &str = "stack: photos\nregion: eu-central-1\n";

/// A stack with every optional part.
pub(crate) const WHOLE: &str = "stack: photos\nregion: eu-central-1\nalt_text: {enabled: true}\naccess_logs: true\n\
    alerts: {email: oncall@example.com}\nkms_key: true\ndelivery: {enabled: true, sizes: signed}\nevents: enabled\nuploads: {cors: ['https://app.example']}\nbuckets: {originals: my-photos, artifacts: my-artifacts}\n\
    permissions_boundary: arn:aws:iam::111122223333:policy/boundary\n";

/// The permissions boundary of that stack.
pub(crate) const BOUNDARY: &str = "arn:aws:iam::111122223333:policy/boundary";

/// The tag that CloudFormation adds to all resources of a stack.
pub(crate) const TAG: (&str, &str) = ("managed-by", "thumbnail-generator");

/// The names of CloudFormation's resource types in the reference, and the property with the configured name.
const KINDS: [(&str, &str, &str, &str); 16] = [
    ("AWS::CloudFront::CachePolicy", "cloudfront", "cache-policy", ""),
    ("AWS::CloudFront::Distribution", "cloudfront", "distribution", ""),
    ("AWS::CloudFront::Function", "cloudfront", "function", "Name"),
    ("AWS::CloudFront::OriginAccessControl", "cloudfront", "origin-access-control", ""),
    ("AWS::CloudFront::ResponseHeadersPolicy", "cloudfront", "response-headers-policy", ""),
    ("AWS::SecretsManager::Secret", "secretsmanager", "Secret", ""),
    ("AWS::CloudWatch::Alarm", "cloudwatch", "alarm", "AlarmName"),
    ("AWS::CloudWatch::Dashboard", "cloudwatch", "dashboard", "DashboardName"),
    ("AWS::IAM::Role", "iam", "role", "RoleName"),
    ("AWS::KMS::Key", "kms", "key", ""),
    ("AWS::Lambda::EventSourceMapping", "lambda", "eventSourceMapping", ""),
    ("AWS::Lambda::Function", "lambda", "function", "FunctionName"),
    ("AWS::Logs::LogGroup", "logs", "log-group", "LogGroupName"),
    ("AWS::S3::Bucket", "s3", "bucket", "BucketName"),
    ("AWS::SNS::Topic", "sns", "topic", "TopicName"),
    ("AWS::SQS::Queue", "sqs", "queue", "QueueName"),
];

/// The name of the rule and the queue that `deployer events` creates.
const WATCH: &str = "photos-events-0a1b2c3d";

/// Actions of `deployer events` on its own queue, which the operator may not use on other queues.
const WATCHING: [&str; 2] = ["sqs:DeleteMessage", "sqs:ReceiveMessage"];

/// One stack, with the policy of its operator.
pub(crate) struct Account {
    template: Value,
    policy: Value,
    evaluator: PolicyEvaluator,
    /// The ARNs by service and kind of resource.
    arns: BTreeMap<(String, String), Vec<String>>,
    is_bounded: bool,
}

/// Returns the JSON that the deployer prints for a stack with `settings`.
pub(crate) fn run_json(settings: &str, arguments: &[&str]) -> Value {
    testkit::Deployer::new().file("deployer.yaml", settings).args(arguments).succeeds().json()
}

impl Account {
    pub(crate) fn with(settings: &str) -> Self {
        let template = run_json(settings, &["render"]);
        let mut policy = run_json(settings, &["doctor", "--policy"]);
        if settings.contains("delivery") {
            let delivery = run_json(settings, &["doctor", "--policy", "delivery"]);
            let more = delivery["Statement"].as_array().unwrap().clone();
            policy["Statement"].as_array_mut().unwrap().extend(more);
        }
        let parsed: IAMPolicy = serde_json::from_value(policy.clone()).unwrap();
        let evaluator = PolicyEvaluator::with_policies(vec![parsed]);
        let is_bounded = settings.contains("permissions_boundary");
        let mut account = Self { template, policy, evaluator, arns: BTreeMap::new(), is_bounded };
        account.name_resources();
        account
    }

    fn name_resources(&mut self) {
        let reference = Reference::read();
        let mut named = Vec::new();
        for (kind, id, properties) in self.resources() {
            let Some((_, service, what, property)) = KINDS.iter().find(|(of, ..)| *of == kind) else {
                continue;
            };
            let name = name(&properties[*property]).unwrap_or_else(|| format!("photos-{id}-1A2B3C4D5E6F"));
            let path =
                properties["Path"]["Fn::Sub"].as_str().unwrap_or("/").replace("${AWS::StackName}", "photos");
            named.push((*service, *what, format!("{}{name}", path.trim_start_matches('/'))));
            if *what == "bucket" {
                named.push((service, "object", name));
            }
        }
        for bucket in ["my-photos", "my-artifacts"].into_iter().filter(|_| self.is_bounded) {
            named.push(("s3", "bucket", bucket.to_owned()));
            named.push(("s3", "object", bucket.to_owned()));
        }
        for what in ["bucket", "object"] {
            named.push(("s3", what, "photos-artifacts-111122223333-eu-central-1".to_owned()));
        }
        named.push(("cloudformation", "stack", "photos".to_owned()));
        named.push(("events", "rule-on-default-event-bus", WATCH.to_owned()));
        named.push(("events", "event-bus", "default".to_owned()));
        if self.is_bounded {
            named.push(("bedrock", "foundation-model", "amazon.nova-lite-v1:0".to_owned()));
            named.push(("bedrock", "inference-profile", "eu.amazon.nova-lite-v1:0".to_owned()));
        }
        for (service, what, name) in named {
            let arn = reference.arn(service, what, &name);
            self.arns.entry((service.to_owned(), what.to_owned())).or_default().push(arn);
        }
    }

    /// Returns the type, logical ID and properties of each resource.
    pub(crate) fn resources(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        let all = self.template["Resources"].as_object().unwrap().iter();
        all.map(|(id, body)| (body["Type"].as_str().unwrap(), id.as_str(), &body["Properties"]))
    }

    /// Returns the types of the resources.
    pub(crate) fn kinds(&self) -> Vec<String> {
        let mut kinds: Vec<String> = self.resources().map(|(kind, ..)| kind.to_owned()).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }

    pub(crate) fn arns(&self, service: &str, what: &str) -> &[String] {
        self.arns.get(&(service.to_owned(), what.to_owned())).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn statements(&self) -> &[Value] {
        self.policy["Statement"].as_array().unwrap()
    }

    /// Returns whether the operator may do `action` on `arn`, in a request with these condition keys.
    pub(crate) fn allows(&self, action: &str, arn: &str, keys: &[(&str, &str)]) -> bool {
        let context = keys.iter().fold(Context::new(), |all, (key, value)| all.with_string(*key, *value));
        let operator = PrincipalId::String("arn:aws:iam::111122223333:user/operator".to_owned());
        let arn = Arn::parse(arn).unwrap();
        let request = IAMRequest::new_with_context(Principal::Aws(operator), action, arn, context);
        self.evaluator.evaluate(&request).unwrap().decision == Decision::Allow
    }

    /// Returns the resources of this stack on which the operator may not do `action`, of the kinds that the reference
    /// names.
    pub(crate) fn refused(&self, reference: &Reference, action: &str) -> impl Iterator<Item = String> {
        let service = action.split(':').next().unwrap();
        let known = reference.kinds(action);
        let arns = known.iter().flat_map(|what| self.arns(service, what).iter().cloned());
        let mut arns: Vec<String> = arns.collect();
        if WATCHING.contains(&action) {
            arns = vec![reference.arn(service, "queue", WATCH)];
        }
        if arns.is_empty() {
            // Only `*` matches it.
            arns.push(format!("arn:aws:{service}:eu-central-1:111122223333:unnamed/unnamed"));
        }
        // The delivery function has no event source mapping.
        let polls = |function: &&String| !function.ends_with("-delivery");
        let functions: Vec<&String> = self.arns("lambda", "function").iter().filter(polls).collect();
        let mut refused = Vec::new();
        for arn in arns {
            for function in &functions {
                let keys = self.context(reference, action, function);
                let keys: Vec<(&str, &str)> =
                    keys.iter().map(|(key, value)| (key.as_str(), *value)).collect();
                if !self.allows(action, &arn, &keys) {
                    refused.push(format!("on {arn}"));
                    break;
                }
            }
        }
        refused.into_iter()
    }

    /// Returns the condition keys of a request that the reference lists.
    fn context<'a>(&self, reference: &Reference, action: &str, function: &'a str) -> Vec<(String, &'a str)> {
        let verb = action.rsplit(':').next().unwrap();
        // A new resource has no tags yet.
        let is_new = verb.starts_with("Create") && verb != "CreateGrant" || verb == "TagResource";
        let value = |key: &String| match key.split('/').next().unwrap() {
            "aws:ResourceTag" if is_new => None,
            "aws:RequestTag" | "aws:ResourceTag" => Some((key.clone(), TAG.1)),
            "events:source" => Some((key.clone(), "thumbnail-generator")),
            "iam:PassedToService" => Some((key.clone(), "lambda.amazonaws.com")),
            "iam:PermissionsBoundary" if self.is_bounded => Some((key.clone(), BOUNDARY)),
            "lambda:FunctionArn" => Some((key.clone(), function)),
            _ => None,
        };
        reference.keys(action).iter().filter_map(value).collect()
    }
}

/// Returns the name in a property, or `None` if CloudFormation generates it.
fn name(value: &Value) -> Option<String> {
    if let Some(name) = value.as_str() {
        return Some(name.to_owned());
    }
    if let Some(other) = value["Fn::If"].get(2) {
        return name(other);
    }
    let text = value["Fn::Sub"].as_str()?;
    let text = text.replace("${AWS::StackName}", "photos").replace("${AWS::AccountId}", "111122223333");
    Some(text.replace("${AWS::Region}", "eu-central-1"))
}
