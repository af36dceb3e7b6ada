//! Checks of the delivery part: permissions, cache keys, and caching of errors.

use serde_json::{Value, json};

use crate::template::checks::properties;
use crate::template::model::{Model, list, referenced_id, text};

/// The ARN of the distribution in conditions.
const DISTRIBUTION: &str = "arn:AWS::Partition:cloudfront::AWS::AccountId:distribution/DeliveryDistribution";

fn config(model: &Model) -> &Value {
    &properties(model, "DeliveryDistribution")["DistributionConfig"]
}

/// Checks that only this distribution may invoke each function behind a URL, for which it needs two permissions.
pub(crate) fn only_the_distribution_invokes_the_function(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    let permissions = model.resources("AWS::Lambda::Permission");
    for (id, body) in &permissions {
        let permission = &body["Properties"];
        if permission["Principal"] != "cloudfront.amazonaws.com"
            || text(&permission["SourceArn"]) != DISTRIBUTION
        {
            wrong.push(format!("{id} allows principals other than the distribution"));
        }
    }
    for (id, body) in model.resources("AWS::Lambda::Url") {
        let url = &body["Properties"];
        if url["AuthType"] != "AWS_IAM" {
            wrong.push(format!("{id} can be invoked by everyone"));
        }
        if url["InvokeMode"] != "BUFFERED" || !url["Cors"].is_null() {
            wrong.push(format!("{id} streams responses or allows CORS"));
        }
        let function = referenced_id(&url["TargetFunctionArn"]);
        for (action, bound) in [
            ("lambda:InvokeFunctionUrl", ("FunctionUrlAuthType", json!("AWS_IAM"))),
            ("lambda:InvokeFunction", ("InvokedViaFunctionUrl", json!(true))),
        ] {
            let allows = |permission: &Value| {
                permission["Action"] == action
                    && referenced_id(&permission["FunctionName"]) == function
                    && permission[bound.0] == bound.1
            };
            if !permissions.iter().any(|(_, body)| allows(&body["Properties"])) {
                wrong.push(format!("the distribution lacks {action} for {id}"));
            }
        }
    }
    wrong
}

/// Checks that the bucket and the function accept only signed requests of CloudFront.
pub(crate) fn requests_to_origins_are_signed(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, body) in model.resources("AWS::CloudFront::OriginAccessControl") {
        let access = &body["Properties"]["OriginAccessControlConfig"];
        if access["SigningBehavior"] != "always" || access["SigningProtocol"] != "sigv4" {
            wrong.push(format!("{id} does not always sign"));
        }
    }
    for origin in list(&config(model)["Origins"]) {
        let id = &origin["Id"];
        let access = referenced_id(&origin["OriginAccessControlId"]).unwrap_or_default();
        let kind = &properties(model, access)["OriginAccessControlConfig"]["OriginAccessControlOriginType"];
        let is_bucket = !origin["S3OriginConfig"].is_null();
        if *kind != if is_bucket { "s3" } else { "lambda" } {
            wrong.push(format!("{id} has no origin access control of its type"));
        }
        if is_bucket && origin["S3OriginConfig"] != json!({ "OriginAccessIdentity": "" }) {
            wrong.push(format!("{id} has an origin access identity in addition to its access control"));
        }
        if !is_bucket && origin["CustomOriginConfig"]["OriginProtocolPolicy"] != "https-only" {
            wrong.push(format!("{id} is requested without TLS"));
        }
    }
    let policies = model.resource_statements();
    let reads = policies.iter().filter(|one| one.services() == ["cloudfront.amazonaws.com"]);
    let mut readers: Vec<&str> = Vec::new();
    for statement in reads {
        readers.push(statement.of);
        let source = statement.condition("aws:SourceArn").map(text).unwrap_or_default();
        // The ARN of the distribution would be a circular dependency.
        let any = DISTRIBUTION.replace("DeliveryDistribution", "*");
        let (action, expect) = match statement.of {
            "Key" => ("kms:Decrypt", any.as_str()),
            _ => ("s3:GetObject", DISTRIBUTION),
        };
        if statement.actions() != [action] || source != expect {
            wrong.push(format!("{} allows {:?} to {source}", statement.of, statement.actions()));
        }
    }
    if !config(model).is_null() {
        let key = (!properties(model, "Key").is_null()).then_some("Key");
        for needed in ["ThumbnailsBucketPolicy"].into_iter().chain(key) {
            if !readers.contains(&needed) {
                wrong.push(format!("{needed} does not allow the distribution to read"));
            }
        }
    }
    wrong
}

/// Checks that a cache key contains only the path, one of three values of Accept, and known options.
pub(crate) fn cache_keys_contain_only_known_values(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, body) in model.resources("AWS::CloudFront::CachePolicy") {
        let policy = &body["Properties"]["CachePolicyConfig"];
        let key = &policy["ParametersInCacheKeyAndForwardedToOrigin"];
        if key["CookiesConfig"] != json!({ "CookieBehavior": "none" }) {
            wrong.push(format!("{id} contains cookies"));
        }
        let headers = list(&key["HeadersConfig"]["Headers"]);
        let is_few = match key["HeadersConfig"]["HeaderBehavior"].as_str() {
            Some("none") => headers.is_empty(),
            Some("whitelist") => headers == [&json!("Accept")],
            _ => false,
        };
        if !is_few {
            wrong.push(format!("{id} contains the headers {headers:?}"));
        }
        if key["QueryStringsConfig"]["QueryStringBehavior"].as_str().is_none_or(|all| all.starts_with("all"))
        {
            wrong.push(format!("{id} contains every query parameter"));
        }
        // A value above zero overrides `no-store`.
        if policy["MinTTL"] != 0 || policy["MaxTTL"] != 31_536_000 {
            wrong.push(format!("{id} overrides the cache lifetime of the origin"));
        }
    }
    for behavior in behaviors(model) {
        let at = behavior["PathPattern"].as_str().unwrap_or("default");
        for (property, expect) in [
            ("ViewerProtocolPolicy", json!("redirect-to-https")),
            ("AllowedMethods", json!(["GET", "HEAD"])),
            ("OriginRequestPolicyId", Value::Null),
            ("ForwardedValues", Value::Null),
        ] {
            if behavior[property] != expect {
                wrong.push(format!("{property} of the behavior {at} is {}", behavior[property]));
            }
        }
        let function = &behavior["FunctionAssociations"][0];
        if function["EventType"] != "viewer-request"
            || referenced_id(&function["FunctionARN"]) != Some("DeliveryRequest")
        {
            wrong.push(format!("the behavior {at} does not normalize the path and Accept"));
        }
        if properties(model, referenced_id(&behavior["ResponseHeadersPolicyId"]).unwrap_or_default())
            .is_null()
        {
            wrong.push(format!("the behavior {at} has no response headers policy"));
        }
    }
    wrong
}

fn behaviors(model: &Model) -> Vec<&Value> {
    let config = config(model);
    let default = &config["DefaultCacheBehavior"];
    list(&config["CacheBehaviors"]).into_iter().chain(Some(default).filter(|one| !one.is_null())).collect()
}

/// Checks that the function receives the request if a thumbnail is missing, that errors are cached briefly, and that
/// browsers run no script.
pub(crate) fn responses_are_safe(model: &Model) -> Vec<String> {
    let config = config(model);
    if config.is_null() {
        return Vec::new();
    }
    let mut wrong = Vec::new();
    let group = &config["OriginGroups"]["Items"][0];
    let codes = list(&group["FailoverCriteria"]["StatusCodes"]["Items"]);
    let members: Vec<&Value> = list(&group["Members"]["Items"]).iter().map(|one| &one["OriginId"]).collect();
    // CloudFront does not allow 429, and 5xx of S3 would invoke the function for every thumbnail.
    if codes != [&json!(403), &json!(404)] || members != [&json!("bucket"), &json!("function-for-version")] {
        wrong.push(format!("the origin group fails over on {codes:?} to {members:?}"));
    }
    for code in [403, 404, 500, 502, 503, 504] {
        let errors = list(&config["CustomErrorResponses"]);
        let seconds =
            errors.iter().find(|one| one["ErrorCode"] == code).map(|one| &one["ErrorCachingMinTTL"]);
        let most = if code == 403 { 10 } else { 1 };
        if seconds.and_then(|seconds| seconds.as_u64()).is_none_or(|seconds| seconds > most) {
            wrong.push(format!("CloudFront caches {code} for {seconds:?} seconds"));
        }
    }
    let headers = &properties(model, "DeliveryHeaders")["ResponseHeadersPolicyConfig"];
    let security = &headers["SecurityHeadersConfig"];
    let csp = security["ContentSecurityPolicy"]["ContentSecurityPolicy"].as_str().unwrap_or_default();
    if !csp.starts_with("default-src 'none'") || security["ContentTypeOptions"]["Override"] != true {
        wrong.push("browsers may execute a file from the bucket".to_owned());
    }
    let cors = &headers["CorsConfig"]["Fn::If"];
    if cors[0] != "DeliveryHasCors" || cors[1]["AccessControlAllowCredentials"] != false {
        wrong.push("every site can send requests with the viewer's cookies".to_owned());
    }
    let code = properties(model, "DeliveryRequest")["FunctionCode"].as_str().unwrap_or_default();
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
    if code.len() > 10_240 || properties(model, "DeliveryRequest")["AutoPublish"] != true {
        wrong.push("the CloudFront Function is not published".to_owned());
    }
    wrong
}
