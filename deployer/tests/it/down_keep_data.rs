//! `up` after `down --keep-data`: the new stack continues with the photos of the old one.

use testkit::Project;

#[test]
fn a_new_stack_imports_the_buckets_of_an_earlier_one() {
    let project = Project::new("");
    for photo in ["coffee.jpg", "astronaut.jpg"] {
        project.sample(photo, photo);
    }
    project.stdout(&["up"]);
    let key = project.stdout(&["upload", "--wait", "coffee.jpg"]);

    // A stack that CloudFormation does not delete loses nothing.
    let address = &project.address();
    let protect = |is: bool| {
        let body = format!(
            "Action=UpdateTerminationProtection&Version=2010-05-15&StackName=tested&EnableTerminationProtection={is}"
        );
        assert_eq!(testkit::http::call(address, "cloudformation", "POST", "/", body).0, 200);
    };
    protect(true);
    let report = project.stderr(1, &["down"]);
    assert!(report.contains("has termination protection") && report.contains("--endpoint-url"), "{report}");
    assert!(project.stdout(&["ls"]).contains(key.trim()));
    protect(false);

    let report = project.stdout(&["down", "--keep-data"]);
    assert!(
        report.contains("Kept: s3://tested-originals-") && report.contains("deployer up --local"),
        "{report}"
    );
    let report = project.stderr(3, &["ls"]);
    assert!(report.contains("there is no stack `tested` on this machine"), "{report}");
    let report = project.stdout(&["doctor"]);
    assert!(report.contains("these buckets already exist; `up` will import them into the stack"), "{report}");

    // The photos exist, new ones get thumbnails, and the configuration applies.
    let plan = project.json(&["plan"]);
    let changes = plan["changes"].as_array().unwrap();
    assert_eq!(changes.iter().filter(|change| change["action"] == "import").count(), 3, "{plan:#}");
    let report = project.stderr(0, &["up"]);
    assert!(report.contains("3 to import") && report.contains("deployer backfill --local"), "{report}");
    assert!(project.stdout(&["ls"]).contains(key.trim()));
    project.stdout(&["upload", "--wait", "astronaut.jpg"]);
    let report = project.stderr(0, &["up"]);
    assert!(report.contains("No changes"), "{report}");

    // An existing stack imports a bucket, too.
    let with = |access_logs: bool| {
        std::fs::write(project.path("deployer.yaml"), format!("stack: tested\naccess_logs: {access_logs}\n"))
            .unwrap();
        project.stderr(0, &["up"])
    };
    with(true);
    with(false);
    let report = with(true);
    assert!(report.contains("1 to import"), "{report}");
    let report = with(true);
    assert!(report.contains("No changes"), "{report}");

    // `down` also deletes a bucket that the stack had before.
    with(false);
    let report = project.stderr(0, &["down"]);
    assert!(report.contains("Emptying `tested-access-logs-"), "{report}");
}
