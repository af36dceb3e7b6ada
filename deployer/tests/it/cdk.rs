//! The AWS CDK's own command line on what `deployer synth` writes, against the local stack: `ls`, `synth`, `diff`,
//! `deploy`, `destroy`, and `deployer up` over the same stack.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use testkit::Project;
use testkit::for_this_machine;

/// Installs the CDK as the lock file says; none where there is no npm.
fn install() -> Option<PathBuf> {
    if Command::new("npm").arg("--version").output().is_err() {
        testkit::left_out("the command line of the CDK", "Node.js and npm");
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
}

impl Cdk<'_> {
    fn run(&self, synth: &str, arguments: &[&str]) -> Output {
        Command::new(&self.program)
            .args(["--no-notices", "--no-version-reporting", "--no-color"])
            .args(["--app", &format!("{} synth {synth}", env!("CARGO_BIN_EXE_deployer"))])
            .args(arguments)
            .current_dir(self.project.path(""))
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", "us-east-1")
            .env("CDK_DISABLE_CLI_TELEMETRY", "true")
            // With it, the CDK speaks to people on stdout.
            .env_remove("CI")
            .output()
            .unwrap()
    }

    /// What a command that must succeed prints: to stdout, and to stderr.
    #[track_caller]
    fn said(&self, synth: &str, arguments: &[&str]) -> (String, String) {
        let output = self.run(synth, arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{arguments:?}: {}\n{stderr}", output.status);
        (String::from_utf8(output.stdout).unwrap(), stderr)
    }
}

#[test]
fn the_cdk_and_the_deployer_take_turns_on_one_stack() {
    let Some(program) = install() else { return };
    let project = Project::new(&for_this_machine());
    // As the CDK is given them: it knows nothing of `--local`.
    project.stdout(&["up", "--release"]);
    let endpoint = project.json(&["status"])["endpoint"].as_str().unwrap().to_owned();
    let cdk = Cdk { program, project: &project, endpoint };

    // Over a stack that the deployer has made: the app prints nothing of its own, and nothing changes.
    let app = "--make-bucket";
    assert_eq!(cdk.said(app, &["ls"]).0.trim(), "tested");
    let template: serde_yaml::Value = serde_yaml::from_str(&cdk.said(app, &["synth"]).0).unwrap();
    let memory = &template["Resources"]["ThumbnailFunction"]["Properties"]["MemorySize"];
    assert_eq!(memory.as_str(), Some("1769"), "{memory:?}");
    let (_, deployed) = cdk.said(app, &["deploy", "--require-approval", "never"]);
    assert!(deployed.contains("tested"), "{deployed}");
    assert!(String::from_utf8_lossy(&project.run(&["up", "--release"]).stderr).contains("No changes"));
    let (_, diff) = cdk.said(app, &["diff"]);
    assert!(!diff.contains("AWS::S3::Bucket"), "{diff}");
    works(&project, &[]);
    cdk.said(app, &["destroy", "--force"]);
    assert!(project.stderr(3, &["status"]).contains("there is no stack"));

    // Over a stack that the CDK has made.
    let app = "--make-bucket --stack other";
    let (_, deployed) = cdk.said(app, &["deploy", "--require-approval", "never"]);
    assert!(deployed.contains("other.OriginalsBucket"), "{deployed}");
    let (_, again) = cdk.said(app, &["deploy", "--require-approval", "never"]);
    assert!(again.contains("(no changes)"), "{again}");
    // The deployer gives as parameters what the CDK's template has as values: an update that touches nothing stored.
    let other = ["--stack", "other"];
    project.stdout(&["up", "--release", "--stack", "other", "--yes"]);
    assert!(
        String::from_utf8_lossy(&project.run(&["up", "--release", "--stack", "other"]).stderr)
            .contains("No changes")
    );
    works(&project, &other);
}

/// A photo goes through the stack.
#[track_caller]
fn works(project: &Project, flags: &[&str]) {
    let photo = testkit::sample("coffee.jpg");
    let key = project.stdout(&[flags, &["upload", "--wait", photo.to_str().unwrap()]].concat());
    assert!(key.trim_end().ends_with(".jpg"), "{key}");
}
