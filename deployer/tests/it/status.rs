//! `deployer status` reads every page of the alarms, for which CloudWatch replies in CBOR. `--watch` continues after an
//! outage.

use std::sync::atomic::{AtomicUsize, Ordering};

use testkit::http::Reply;
use testkit::records::LONG_AGO;
use testkit::{Deployer, aws};

/// Appends texts of up to 23 bytes in CBOR.
fn append(page: &mut Vec<u8>, texts: &[&str]) {
    for text in texts {
        page.push(0x60 + u8::try_from(text.len()).unwrap());
        page.extend_from_slice(text.as_bytes());
    }
}

/// Returns a page with one alarm in CBOR.
fn page(alarm: &str, next: Option<&str>) -> Vec<u8> {
    // A map with one or two fields. The first is a list of one map with two fields.
    let mut page = vec![0xa1 + u8::from(next.is_some())];
    append(&mut page, &["MetricAlarms"]);
    page.extend_from_slice(&[0x81, 0xa2]);
    append(&mut page, &["AlarmName", alarm, "StateValue", "ALARM"]);
    if let Some(token) = next {
        append(&mut page, &["NextToken", token]);
    }
    page
}

#[test]
fn the_alarms_on_all_pages_are_shown() {
    let endpoint = aws::serve(|request| {
        if request.body.contains("Action=ListStackResources") {
            let resource = |id: &str| {
                format!(
                    "<member><LogicalResourceId>{id}</LogicalResourceId><PhysicalResourceId>the-{id}</PhysicalResourceId>\
                     <ResourceType>AWS::CloudWatch::Alarm</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus>\
                     <LastUpdatedTimestamp>{LONG_AGO}</LastUpdatedTimestamp></member>"
                )
            };
            let resources = ["First", "Second"].map(resource).concat();
            let resources = format!("<StackResourceSummaries>{resources}</StackResourceSummaries>");
            return aws::result("ListStackResources", &resources);
        }
        if request.target().ends_with("/operation/DescribeAlarms") {
            let page = match request.body.contains("NextToken") {
                false => page("the-First", Some("more")),
                true => page("the-Second", None),
            };
            return Reply::new(200, page).header("smithy-protocol", "rpc-v2-cbor");
        }
        aws::query_error(403, "AccessDenied", "no")
    });
    let status = Deployer::on(&endpoint).args(["status"]).json();
    let alarms = status["alarms"].as_array().unwrap();
    let names: Vec<_> = alarms.iter().map(|alarm| alarm["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["First", "Second"], "{status:#}");
}

#[test]
fn a_watch_continues_after_a_failure_until_the_stack_is_deleted() {
    let descriptions = AtomicUsize::new(0);
    let endpoint = testkit::http::serve(move |request| {
        if !request.body.contains("Action=DescribeStacks") {
            return aws::query_error(403, "AccessDenied", "no");
        }
        match descriptions.fetch_add(1, Ordering::Relaxed) {
            // The first refresh also reads the outputs.
            0 | 1 => aws::stack(&[]),
            2 => aws::query_error(403, "AccessDenied", "not now"),
            _ => aws::query_error(400, "ValidationError", "Stack with id thumbnail-generator does not exist"),
        }
    });
    let watch = Deployer::on(&endpoint).args(["status", "--watch", "--output", "json"]);
    let ran = watch.fails(3).stderr_has("not now").stderr_has("there is no stack `thumbnail-generator`");
    assert_eq!(ran.json_lines().len(), 1, "{ran}");
}
