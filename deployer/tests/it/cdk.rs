//! The command line of the AWS CDK with the assembly of `deployer synth` on the local stack: `ls`, `synth`, `diff`,
//! `deploy`, `destroy`, and `deployer up` on the same stack.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use testkit::http::{Reply, serve};
use testkit::{Deployer, Project, RunResult, aws, native_architecture_setting};

use crate::zips::{zip_of, zips_that_start};

/// Installs the CDK from the lock file, or returns `None` without npm.
fn install_cdk() -> Option<PathBuf> {
    if Command::new("npm").arg("--version").output().is_err() {
        testkit::report_skipped("the command line of the CDK", "Node.js and npm");
        return None;
    }
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cdk");
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cdk");
    std::fs::create_dir_all(&to).unwrap();
    let lock = std::fs::read(from.join("package-lock.json")).unwrap();
    if std::fs::read(to.join("installed.json")).ok().as_ref() != Some(&lock) {
        for name in ["package.json", "package-lock.json"] {
            std::fs::copy(from.join(name), to.join(name)).unwrap();
        }
        let installed = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"])
            .current_dir(&to)
            .output()
            .unwrap();
        assert!(installed.status.success(), "{installed:?}");
        std::fs::write(to.join("installed.json"), lock).unwrap();
    }
    Some(to.join("node_modules/.bin/cdk"))
}

/// The CDK in a project, with the deployer as its app.
struct Cdk<'a> {
    program: PathBuf,
    project: &'a Project,
    endpoint: String,
    /// The flags for the functions.
    zips: String,
}

impl Cdk<'_> {
    /// Runs a command of the CDK that must succeed.
    #[track_caller]
    fn run(&self, synth: &str, arguments: &[&str]) -> RunResult {
        Deployer::within(self.project.path(""))
            .program(&self.program)
            // With CI set, the CDK prints messages to stdout.
            .inherit(&["CI"])
            .aws(&self.endpoint)
            .env("AWS_REGION", "us-east-1")
            .env("CDK_DISABLE_CLI_TELEMETRY", "true")
            .args(["--no-notices", "--no-version-reporting", "--no-color"])
            .args(["--app", &format!("{} synth {synth} {}", env!("CARGO_BIN_EXE_deployer"), self.zips)])
            .args(arguments)
            .succeeds()
    }
}

#[test]
fn the_cdk_and_the_deployer_alternate_on_one_stack() {
    let Some(program) = install_cdk() else { return };
    let project = Project::new(&native_architecture_setting());
    // Set the architecture of this machine in deployer.yaml, because the CDK does not pass `--local`.
    let zips = zips_that_start(&["thumbnail", "failover"], &project.path(""));
    let up: Vec<&str> = ["up"].into_iter().chain(zips.iter().map(String::as_str)).collect();
    project.stdout(&up);
    let endpoint = project.json(&["status"])["endpoint"].as_str().unwrap().to_owned();
    let cdk = Cdk { program, project: &project, endpoint, zips: zips.join(" ") };

    // If the deployer created the stack, the app prints nothing, and nothing changes.
    let app = "--make-bucket";
    assert_eq!(cdk.run(app, &["ls"]).line(), "tested");
    let template: serde_yaml::Value = serde_yaml::from_str(&cdk.run(app, &["synth"]).stdout).unwrap();
    let memory = &template["Resources"]["ThumbnailFunction"]["Properties"]["MemorySize"];
    assert_eq!(memory.as_str(), Some("1769"), "{memory:?}");
    let deploy = ["deploy", "--require-approval", "never"];
    cdk.run(app, &deploy).stderr_has("tested");
    assert!(String::from_utf8_lossy(&project.run(&up).stderr).contains("No changes"));
    cdk.run(app, &["diff"]).stderr_lacks("AWS::S3::Bucket");
    check_pipeline(&project, &[]);
    cdk.run(app, &["destroy", "--force"]);
    assert!(project.stderr(3, &["status"]).contains("there is no stack"));

    // Now the CDK creates the stack.
    let app = "--make-bucket --stack other";
    cdk.run(app, &deploy).stderr_has("other.OriginalsBucket");
    cdk.run(app, &deploy).stderr_has("(no changes)");
    // The deployer passes parameters where the template of the CDK has values, which is an update without a change of
    // stored data.
    let other = ["--stack", "other"];
    project.stdout(&[&up[..], &other, &["--yes"]].concat());
    let again = project.run(&[&up[..], &other].concat());
    assert!(String::from_utf8_lossy(&again.stderr).contains("No changes"));
    check_pipeline(&project, &other);
}

#[test]
fn synth_does_not_change_an_existing_bucket_with_a_configured_name() {
    let changes = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&changes);
    let endpoint = serve(move |request| match (request.service(), request.method()) {
        ("sts", _) => aws::identity(),
        (_, "HEAD") => Reply::new(200, ""),
        (_, "GET") => aws::s3_error(404, "NoSuchBucketPolicy"),
        (_, method) => {
            seen.lock().unwrap().push(format!("{method} {}", request.target()));
            Reply::new(200, "")
        }
    });
    // The configured name has the form of a default name.
    let named = "buckets: {artifacts: team-artifacts-111122223333-eu-central-1}\n";
    let synth = Deployer::on(&endpoint)
        .file("deployer.yaml", format!("{named}{}\n", native_architecture_setting()))
        .file("handler.zip", zip_of(&std::fs::read("/bin/true").unwrap()));
    let zips = ["thumbnail", "failover"].map(|function| format!("--zip={function}=handler.zip"));
    synth.args(["synth", "--make-bucket"]).args(zips).succeeds();
    assert_eq!(*changes.lock().unwrap(), [""; 0]);
}

/// Checks that the stack processes a photo.
#[track_caller]
fn check_pipeline(project: &Project, flags: &[&str]) {
    let photo = testkit::sample("coffee.jpg");
    let key = project.stdout(&[flags, &["upload", "--wait", photo.to_str().unwrap()]].concat());
    assert!(key.trim_end().ends_with(".jpg"), "{key}");
}
