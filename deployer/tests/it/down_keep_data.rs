//! `down --keep-data` and `up` after it: the new stack goes on with the photos of the old one.

use testkit::Project;

#[test]
fn a_new_stack_takes_over_what_an_earlier_one_left() {
    let project = Project::new("");
    for photo in ["coffee.jpg", "astronaut.jpg"] {
        project.sample(photo, photo);
    }
    project.stdout(&["up"]);
    let key = project.stdout(&["upload", "--wait", "coffee.jpg"]);

    // What CloudFormation will not delete loses nothing.
    let status = project.json(&["status"]);
    let address = status["endpoint"].as_str().unwrap().trim_start_matches("http://");
    let protect = |is: bool| {
        let body = format!(
            "Action=UpdateTerminationProtection&Version=2010-05-15&StackName=tested&EnableTerminationProtection={is}"
        );
        assert_eq!(testkit::http::call(address, "cloudformation", "POST", "/", body).0, 200);
    };
    protect(true);
    let said = project.stderr(1, &["down"]);
    assert!(said.contains("has termination protection") && said.contains("--endpoint-url"), "{said}");
    assert!(project.stdout(&["ls"]).contains(key.trim()));
    protect(false);

    let said = project.stdout(&["down", "--keep-data"]);
    assert!(said.contains("Kept: s3://tested-originals-") && said.contains("deployer up --local"), "{said}");
    let said = project.stderr(3, &["ls"]);
    assert!(said.contains("there is no stack `tested` on this machine"), "{said}");
    let said = project.stdout(&["doctor"]);
    assert!(said.contains("these buckets already exist; `up` will import them into the stack"), "{said}");

    // The photos are there, new ones get their thumbnails, and all is as configured.
    let plan = project.json(&["plan"]);
    let changes = plan["changes"].as_array().unwrap();
    assert_eq!(changes.iter().filter(|change| change["action"] == "import").count(), 3, "{plan:#}");
    let said = project.stderr(0, &["up"]);
    assert!(said.contains("3 to import") && said.contains("deployer backfill --local"), "{said}");
    assert!(project.stdout(&["ls"]).contains(key.trim()));
    project.stdout(&["upload", "--wait", "astronaut.jpg"]);
    let said = project.stderr(0, &["up"]);
    assert!(said.contains("No changes"), "{said}");

    // What comes back to a stack that is there is taken over as well.
    let with = |access_logs: bool| {
        std::fs::write(project.path("deployer.yaml"), format!("stack: tested\naccess_logs: {access_logs}\n"))
            .unwrap();
        project.stderr(0, &["up"])
    };
    with(true);
    with(false);
    let said = with(true);
    assert!(said.contains("1 to import"), "{said}");
    let said = with(true);
    assert!(said.contains("No changes"), "{said}");
}
