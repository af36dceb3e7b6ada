//! `down` against a fake AWS with a few buckets, a stack, and a key. Any call may be denied, and the deployer may be
//! killed at any call: `down` destroys nothing before CloudFormation has deleted the stack, and the next `down`
//! finishes.

mod fake_aws;

use crate::teardown::fake_aws::{FakeAws, FakeAwsServer, Fault};

const STACK_ID: &str = "arn:aws:cloudformation:eu-central-1:111122223333:stack/thumbnail-generator/1";
const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1";

/// The calls that change resources, in the order of `down`.
const CHANGES: [&str; 4] = ["DeleteStack", "DeleteObjects", "ScheduleKeyDeletion", "DeleteBucket"];

fn bucket(role: &str) -> String {
    format!("thumbnail-generator-{role}-111122223333-eu-central-1")
}

#[test]
fn the_stack_is_deleted_before_its_buckets_and_its_key() {
    let server = FakeAwsServer::new(FakeAws::new());
    let (code, report) = server.down(&[]);
    assert_eq!(code, Some(0), "{report}");
    assert!(report.contains("and 10 object versions") && report.contains("key/1 in 30 days"), "{report}");
    server.with(|fake_aws| {
        assert!(fake_aws.is_deleted(), "{:?}", fake_aws.buckets);
        let at = |name: &str| fake_aws.calls.iter().position(|call| call == name).unwrap();
        assert!(CHANGES.windows(2).all(|pair| at(pair[0]) < at(pair[1])), "{:?}", fake_aws.calls);
    });
    // A second `down` has nothing to do.
    let (code, report) = server.down(&[]);
    assert!(code == Some(0) && report.contains("0 object versions"), "{report}");
}

#[test]
fn down_checks_for_refusals_before_it_deletes_anything() {
    type Change = fn(&mut FakeAws);
    let refusals: [(&str, Change, &str); 6] = [
        ("termination protection", |fake_aws| fake_aws.protected = true, "update-termination-protection"),
        (
            "the user lacks permission to delete the stack",
            |fake_aws| fake_aws.deletion_result = Err("AccessDenied"),
            "deployer doctor",
        ),
        (
            "CloudFormation fails to delete the stack",
            |fake_aws| fake_aws.deletion_result = Ok("DELETE_FAILED"),
            "its buckets and their key are unchanged",
        ),
        (
            "the user lacks permission to delete objects",
            |fake_aws| {
                fake_aws.faults =
                    (1..=5).map(|at| ("MayDelete", at, Fault::EachKey("AccessDenied"))).collect();
            },
            "deployer doctor",
        ),
        (
            "an SCP denies deleting objects",
            |fake_aws| {
                fake_aws.faults =
                    (1..=5).map(|at| ("MayDelete", at, Fault::Error(403, "AccessDenied"))).collect();
            },
            "deployer doctor",
        ),
        (
            "another process is changing the stack",
            |fake_aws| fake_aws.deletion_result = Err("ValidationError"),
            "cannot delete the stack",
        ),
    ];
    for (what, change, hint) in refusals {
        let mut fake_aws = FakeAws::new();
        change(&mut fake_aws);
        let server = FakeAwsServer::new(fake_aws);
        let (code, report) = server.down(&[]);
        assert!(code == Some(1) && report.contains(hint), "{what}: {report}");
        server.with(|fake_aws| {
            assert_eq!((fake_aws.objects(), fake_aws.key_state), (10, "Enabled"), "{what}");
            assert!(!fake_aws.calls.iter().any(|call| call == "DeleteObjects"), "{what}");
            let is_probed = fake_aws.calls.iter().any(|call| call == "MayDelete");
            assert_ne!(is_probed, fake_aws.protected, "{what}");
        });
    }
}

#[test]
fn an_interrupted_down_can_always_be_continued() {
    let server = FakeAwsServer::new(FakeAws::new());
    server.down(&[]);
    let calls = server.with(|fake_aws| fake_aws.calls.clone());
    let points: Vec<(&str, usize)> = CHANGES
        .into_iter()
        .flat_map(|name| (1..=calls.iter().filter(|call| *call == name).count()).map(move |at| (name, at)))
        .collect();
    assert!(points.len() > 10, "{points:?}");
    // Run the cases in parallel, because most of the time is spent waiting.
    std::thread::scope(|scope| {
        for signal in ["-INT", "-KILL"] {
            for point in &points {
                scope.spawn(move || {
                    let mut fake_aws = FakeAws::new();
                    fake_aws.faults = vec![(point.0, point.1, Fault::Signal(signal))];
                    let server = FakeAwsServer::new(fake_aws);
                    let (code, report) = server.down(&[]);
                    if signal == "-INT" && code != Some(0) {
                        assert_eq!(code, Some(130), "{point:?}: {report}");
                        assert!(report.contains("hint: run `deployer down` to "), "{point:?}: {report}");
                        let where_it_is = if point.0 == "DeleteStack" {
                            "its buckets are unchanged"
                        } else {
                            "the stack is deleted, but some of its buckets are not"
                        };
                        assert!(report.contains(where_it_is), "{point:?}: {report}");
                    }
                    let (code, report) = server.down(&[]);
                    assert_eq!(code, Some(0), "{signal} at {point:?}: {report}");
                    server.with(|fake_aws| {
                        assert!(fake_aws.is_deleted(), "{signal} at {point:?}: {:?}", fake_aws.buckets);
                    });
                });
            }
        }
    });
}

#[test]
fn transient_errors_of_s3_are_retried() {
    let mut fake_aws = FakeAws::new();
    fake_aws.faults = vec![
        ("DeleteObjects", 1, Fault::EachKey("InternalError")),
        ("DeleteObjects", 2, Fault::EachKey("SlowDown")),
        ("DeleteBucket", 1, Fault::LateLog),
        ("DeleteBucket", 2, Fault::Error(409, "OperationAborted")),
        ("HeadBucket", 1, Fault::StillThere),
        ("HeadBucket", 2, Fault::StillThere),
    ];
    let server = FakeAwsServer::new(fake_aws);
    let (code, report) = server.down(&[]);
    assert!(code == Some(0) && report.contains("Waiting for S3 to delete `"), "{report}");
    server.with(|fake_aws| assert!(fake_aws.is_deleted(), "{:?}", fake_aws.buckets));

    // A persistent failure is not reported as a missing permission.
    let mut fake_aws = FakeAws::new();
    fake_aws.stack = None;
    fake_aws.faults = (1..=100).map(|at| ("DeleteObjects", at, Fault::EachKey("SlowDown"))).collect();
    let (code, report) = FakeAwsServer::new(fake_aws).down(&[]);
    assert!(code == Some(1) && report.contains("(SlowDown)") && !report.contains("permission"), "{report}");
}

#[test]
fn down_keep_data_keeps_the_key_and_its_hint_repeats_the_flag() {
    let mut fake_aws = FakeAws::new();
    fake_aws.faults = vec![("DeleteStack", 1, Fault::Signal("-INT"))];
    let server = FakeAwsServer::new(fake_aws);
    let (code, report) = server.down(&["--keep-data"]);
    assert!(
        code == Some(130)
            && report.contains("hint: run `deployer down --keep-data` to wait for CloudFormation"),
        "{report}"
    );
    let (code, report) = server.down(&["--keep-data"]);
    assert!(code == Some(0) && report.contains("key/1, which encrypts the data"), "{report}");
    server.with(|fake_aws| assert_eq!((fake_aws.data_objects(), fake_aws.key_state), (8, "Enabled")));
    // A later `down` deletes everything. The encryption settings of the buckets still name the key.
    let (code, report) = server.down(&[]);
    assert!(code == Some(0) && report.contains("key/1 after 30 days"), "{report}");
    server.with(|fake_aws| assert!(fake_aws.is_deleted(), "{:?}", fake_aws.buckets));
}

#[test]
fn a_key_that_the_stack_did_not_create_is_not_deleted() {
    let mut fake_aws = FakeAws::new();
    (fake_aws.stack, fake_aws.key_description) = (None, "The company's.");
    let server = FakeAwsServer::new(fake_aws);
    let (code, report) = server.down(&[]);
    assert_eq!(code, Some(0), "{report}");
    server.with(|fake_aws| assert_eq!((fake_aws.buckets.len(), fake_aws.key_state), (0, "Enabled")));
}

#[test]
fn the_next_down_deletes_a_bucket_that_the_configuration_no_longer_names() {
    let mut fake_aws = FakeAws::new();
    fake_aws.originals = "photos-of-the-year".to_owned();
    let objects = fake_aws.buckets.remove(&bucket("originals")).unwrap();
    fake_aws.buckets.insert(fake_aws.originals.clone(), objects);
    fake_aws.faults = vec![("DeleteObjects", 1, Fault::Signal("-KILL"))];
    let server = FakeAwsServer::new(fake_aws);
    server.down(&[]);
    server.with(|fake_aws| {
        assert!(fake_aws.stack.is_none() && fake_aws.buckets.contains_key("photos-of-the-year"));
    });
    let (code, report) = server.down(&[]);
    assert!(code == Some(0) && report.contains("photos-of-the-year"), "{report}");
    server.with(|fake_aws| assert!(fake_aws.is_deleted(), "{:?}", fake_aws.buckets));
}

#[test]
fn a_bucket_with_a_configured_name_is_deleted_only_if_a_stack_of_this_name_created_it() {
    for (creator, is_deleted) in [(Some("thumbnail-generator"), true), (Some("photos"), false), (None, false)]
    {
        let mut fake_aws = FakeAws::new();
        (fake_aws.stack, fake_aws.key_description) = (None, "The company's.");
        let objects = fake_aws.buckets.remove(&bucket("originals")).unwrap();
        fake_aws.buckets.insert("my-photos".to_owned(), objects);
        fake_aws.tags = creator.map(|stack| ("my-photos".to_owned(), stack)).into_iter().collect();
        let mut server = FakeAwsServer::new(fake_aws);
        server.settings = "buckets: {originals: my-photos}";
        let (code, report) = server.down(&[]);
        assert_eq!(code, Some(0), "{report}");
        server.with(|fake_aws| {
            let left: Vec<_> = fake_aws.buckets.keys().collect();
            assert_eq!(left, if is_deleted { vec![] } else { vec!["my-photos"] }, "{creator:?}: {report}");
        });
        assert_eq!(report.contains("the bucket `my-photos` is kept"), !is_deleted, "{report}");
    }
}

#[test]
fn a_shared_artifacts_bucket_keeps_the_artifacts_of_other_stacks() {
    let own = "thumbnail-generator/functions/thumbnail/1.zip";
    for others in [vec!["photos/functions/thumbnail/1.zip".to_owned()], vec![]] {
        let mut fake_aws = FakeAws::new();
        fake_aws.buckets.remove(&bucket("artifacts"));
        let objects = [vec![own.to_owned()], others.clone()].concat();
        fake_aws.buckets.insert("our-artifacts".to_owned(), objects);
        let mut server = FakeAwsServer::new(fake_aws);
        server.settings = "buckets: {artifacts: our-artifacts}";
        let (code, report) = server.down(&[]);
        assert_eq!(code, Some(0), "{report}");
        server.with(|fake_aws| {
            let left: Vec<_> = fake_aws.buckets.values().flatten().cloned().collect();
            assert_eq!(left, others, "{report}");
            assert_eq!(fake_aws.buckets.len(), 1, "{report}");
        });
    }
}

#[test]
fn an_unreadable_listing_keeps_only_its_bucket_and_the_key() {
    let mut fake_aws = FakeAws::new();
    fake_aws.unreadable = Some(bucket("thumbnails"));
    let server = FakeAwsServer::new(fake_aws);
    let (code, report) = server.down(&[]);
    assert!(code == Some(1) && report.contains("hint: run `deployer down` to continue"), "{report}");
    server.with(|fake_aws| {
        let left: Vec<_> = fake_aws.buckets.keys().cloned().collect();
        assert_eq!(left, [bucket("artifacts"), bucket("thumbnails")]);
        assert_eq!((fake_aws.stack, fake_aws.key_state), (None, "Enabled"));
        fake_aws.unreadable = None;
    });
    let (code, report) = server.down(&[]);
    assert_eq!(code, Some(0), "{report}");
    server.with(|fake_aws| assert!(fake_aws.is_deleted(), "{:?}", fake_aws.buckets));
}
