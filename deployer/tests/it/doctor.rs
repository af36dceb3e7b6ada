//! `deployer doctor` finds each problem of the account, the credentials and the clock, and prints a fix.

use testkit::http::{Reply, Request, serve};
use testkit::{Deployer, RunResult, aws};

/// Returns `doctor` with a region and without credentials.
fn doctor() -> Deployer {
    Deployer::new()
        .args(["doctor", "--output", "json"])
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
}

/// Returns the line about `what`: its state, the finding, and the fix.
#[track_caller]
fn line(ran: &RunResult, what: &str) -> (String, String, String) {
    let checks = ran.json();
    let check = checks.as_array().unwrap().iter().find(|check| check["check"] == what);
    let check = check.unwrap_or_else(|| panic!("no check reports {what}: {checks:#}"));
    let text = |name: &str| check[name].as_str().unwrap_or_default().to_owned();
    (text("state"), text("found"), text("fix"))
}

/// Returns an account whose model responds and has the lifecycle `status`.
fn with_model(status: &'static str) -> String {
    serve(move |Request { head, body, .. }| {
        let mut words = head.split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        if body.contains("Action=GetCallerIdentity") {
            return aws::identity();
        }
        if path.contains("/converse") {
            let answer = r#"{"output": {"message": {"role": "assistant", "content": [{"text": "ok"}]}},
                "stopReason": "end_turn", "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
                "metrics": {"latencyMs": 1}}"#;
            return Reply::new(200, answer);
        }
        if (method, path) == ("GET", "/foundation-models/amazon.nova-lite-v1%3A0") {
            assert!(head.to_lowercase().contains("/bedrock/aws4_request"), "{head}");
            let model = format!(r#"{{"modelDetails": {{"modelLifecycle": {{"status": "{status}"}}}}}}"#);
            return Reply::new(200, model);
        }
        Reply::new(404, "")
    })
}

#[test]
fn a_model_that_bedrock_will_retire_is_a_warning() {
    let doctor = doctor().file("deployer.yaml", "alt_text: {enabled: true}\n");
    for (status, state, found) in [("ACTIVE", "ok", "responds"), ("LEGACY", "warn", "is legacy")] {
        let line = line(&doctor.aws(&with_model(status)).run(), "model");
        assert!(line.0 == state && line.1.contains(found), "{line:?}");
    }
}

/// Returns an account with every problem.
fn account_with_every_problem() -> String {
    serve(|Request { head, body, .. }| {
        let path = head.split(' ').nth(1).unwrap_or_default();
        if body.contains("Action=GetCallerIdentity") {
            let caller = aws::caller("arn:aws:sts::111122223333:assumed-role/Worker/me");
            return caller.header("date", "Wed, 01 Jan 2025 00:00:00 GMT");
        }
        if body.contains("Action=DescribeStacks") {
            return aws::query_error(400, "ValidationError", "Stack with id x does not exist");
        }
        if body.contains("Action=SimulatePrincipalPolicy") {
            // IAM reports the path of the role.
            assert!(body.contains("role%2Fteam%2FWorker"), "{body}");
            // A condition restricts the service of PassRole and the function of a mapping.
            for (action, key) in [
                ("iam%3APassRole", "iam%3APassedToService"),
                ("lambda%3AUpdateEventSourceMapping", "lambda%3AFunctionArn"),
            ] {
                assert!(!body.contains(action) || body.contains(key), "{action} without {key}: {body}");
            }
            let results: String = body
                .split('&')
                .filter_map(|pair| pair.strip_prefix("ActionNames.member.")?.split_once('='))
                .map(|(_, action)| {
                    let action = action.replace("%3A", ":");
                    let decision = if action == "sqs:CreateQueue" { "implicitDeny" } else { "allowed" };
                    // IAM denies one of several resources.
                    let each = if action == "s3:PutObject" { "implicitDeny" } else { "allowed" };
                    format!(
                        "<member><EvalActionName>{action}</EvalActionName><EvalDecision>{decision}</EvalDecision>\
                         <ResourceSpecificResults><member><EvalResourceName>x</EvalResourceName>\
                         <EvalResourceDecision>{each}</EvalResourceDecision></member></ResourceSpecificResults></member>"
                    )
                })
                .collect();
            return Reply::new(
                200,
                format!(
                    "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults>{results}\
                     </EvaluationResults><IsTruncated>false</IsTruncated></SimulatePrincipalPolicyResult>\
                     </SimulatePrincipalPolicyResponse>"
                ),
            );
        }
        if body.contains("Action=GetRole") {
            let role = "<GetRoleResponse><GetRoleResult><Role><Path>/team/</Path><RoleName>Worker</RoleName>\
                <RoleId>R</RoleId><Arn>arn:aws:iam::111122223333:role/team/Worker</Arn>\
                <CreateDate>2025-01-01T00:00:00Z</CreateDate></Role></GetRoleResult></GetRoleResponse>";
            return Reply::new(200, role);
        }
        if path.contains("account-settings") {
            let limit =
                r#"{"AccountLimit": {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}}"#;
            return Reply::new(200, limit);
        }
        if path.contains("/converse") {
            let denied = r#"{"__type": "AccessDeniedException", "message": "no access to the model"}"#;
            return Reply::new(403, denied);
        }
        // Another account owns a bucket with the name of the originals bucket.
        let status = if path.contains("originals") { 403 } else { 404 };
        Reply::new(status, "")
    })
}

#[test]
fn every_problem_is_reported_with_a_fix() {
    let doctor =
        doctor().file("deployer.yaml", "alt_text: {enabled: true}\n").aws(&account_with_every_problem());
    let ran = doctor.fails(1).stderr_has("checks failed");
    for (what, state, found, fix) in [
        ("region", "ok", "eu-central-1 at http://", ""),
        ("credentials", "ok", "assumed-role/Worker/me", ""),
        ("clock", "fail", "ahead of AWS", "timedatectl"),
        ("stack", "ok", "thumbnail-generator does not exist yet", ""),
        (
            "permissions",
            "fail",
            "actions: s3:PutObject, sqs:CreateQueue",
            "aws iam attach-role-policy --role-name Worker",
        ),
        (
            "concurrency",
            "warn",
            "10 concurrent invocations",
            "aws service-quotas request-service-quota-increase",
        ),
        ("names", "fail", "thumbnail-generator-originals-111122223333-eu-central-1", "deployer init"),
        ("model", "fail", "no access to the model", "aws bedrock get-foundation-model-availability"),
    ] {
        let line = line(&ran, what);
        assert_eq!(line.0, state, "{line:?}");
        assert!(line.1.contains(found) && line.2.contains(fix), "{line:?}");
    }
}

#[test]
fn credentials_that_expire_soon_are_reported() {
    let doctor = doctor();
    let profiles = format!(
        "[profile short]\ncredential_process = cat {}\n\
         [profile over]\nsso_session = company\nsso_account_id = 111122223333\nsso_role_name = Worker\n\
         [sso-session company]\nsso_region = eu-central-1\nsso_start_url = https://example.invalid/start\n",
        doctor.path("credentials.json").display()
    );
    let soon = time::OffsetDateTime::now_utc() + time::Duration::minutes(10);
    let soon = soon.format(&time::format_description::well_known::Rfc3339).unwrap();
    let credentials = serde_json::json!({"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "b",
        "SessionToken": "c", "Expiration": soon});
    let doctor = doctor
        .file(".aws/config", profiles)
        .file("credentials.json", credentials.to_string())
        .env("AWS_ENDPOINT_URL", account_with_every_problem());
    let short = line(&doctor.args(["--profile", "short"]).run(), "credentials");
    assert_eq!(short.0, "warn", "{short:?}");
    assert!(short.1.contains("min") && short.2.contains("aws sso login"), "{short:?}");

    // The file name is the SHA-1 of the name of the session.
    let token = r#"{"accessToken": "t", "expiresAt": "2025-01-01T00:00:00Z", "region": "eu-central-1",
        "startUrl": "https://example.invalid/start"}"#;
    let doctor = doctor.file(".aws/sso/cache/71b21161ffa1e6516bcc072aaf5ef38cbe85b511.json", token);
    let over = line(&doctor.args(["--profile", "over"]).run(), "credentials");
    assert_eq!((over.0.as_str(), over.2.as_str()), ("fail", "aws sso login --profile over"), "{over:?}");
}
