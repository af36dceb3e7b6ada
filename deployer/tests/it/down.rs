//! `down` with the S3 of moto, which like AWS rejects the deletion of a bucket that is not empty.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use testkit::Deployer;

/// A stack with our buckets, since moto cannot create the rest.
const TEMPLATE: &str = r#"{"Resources": {
    "O": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {"BucketName": "originals"}},
    "T": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "thumbnails"}},
    "C": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {"BucketName": "catalog"}},
    "L": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {"BucketName": "logs"}}},
  "Outputs": {
    "OriginalsBucket": {"Value": {"Ref": "O"}}, "ThumbnailsBucket": {"Value": {"Ref": "T"}},
    "CatalogBucket": {"Value": {"Ref": "C"}}, "AccessLogsBucket": {"Value": {"Ref": "L"}}}}"#;

/// A server of moto, which stops on drop.
struct Moto {
    process: Child,
    port: u16,
}

impl Moto {
    fn start() -> Self {
        // Another process could take the port before moto does, which is unlikely on a test machine.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(install_moto().join("bin/moto_server"))
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut moto = Self { process, port };
        let mut report = BufReader::new(moto.process.stderr.take().unwrap());
        let begun = Instant::now();
        let mut line = String::new();
        while !line.contains("Running on") {
            line.clear();
            assert!(report.read_line(&mut line).unwrap() > 0, "moto did not start");
            assert!(begun.elapsed() < Duration::from_secs(60), "moto does not come up");
        }
        // moto logs each request, and a full pipe would block it.
        std::thread::spawn(move || std::io::copy(&mut report, &mut std::io::sink()));
        moto
    }

    /// Sends a request, and returns its status and body.
    fn call(&self, service: &str, method: &str, path: &str, body: &str) -> (u16, String) {
        testkit::http::call(&format!("127.0.0.1:{}", self.port), service, method, path, body)
    }

    /// Sends a request that must succeed.
    #[track_caller]
    fn call_successfully(&self, service: &str, method: &str, path: &str, body: &str) {
        let (status, answer) = self.call(service, method, path, body);
        assert!(status < 300, "{method} {path}: {answer}");
    }

    fn down(&self, arguments: &[&str]) -> (Option<i32>, String) {
        self.run(&[&["down"], arguments].concat())
    }

    /// Runs the deployer, and returns its exit code and output.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let deployer =
            Deployer::on(&format!("http://127.0.0.1:{}", self.port)).env("AWS_REGION", "us-east-1");
        let ran = deployer.args(arguments).run();
        (ran.code, ran.stdout + &ran.stderr)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill().and_then(|()| self.process.wait());
    }
}

/// Returns the virtual environment with moto, which is created once for each version of its requirements.
fn install_moto() -> PathBuf {
    let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/moto/requirements.txt");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("moto");
    let done = folder.join("requirements.txt");
    if std::fs::read(&done).ok() != std::fs::read(&requirements).ok() {
        let run = |command: &mut Command| assert!(command.status().unwrap().success(), "{command:?}");
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        run(Command::new(folder.join("bin/pip"))
            .args([
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
                "--require-hashes",
                "--requirement",
            ])
            .arg(&requirements));
        std::fs::copy(&requirements, &done).unwrap();
    }
    folder
}

#[test]
fn down_empties_full_buckets_and_leaves_nothing() {
    let moto = Moto::start();
    let escaped: String = TEMPLATE.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let create =
        format!("Action=CreateStack&Version=2010-05-15&StackName=thumbnail-generator&TemplateBody={escaped}");
    moto.call_successfully("cloudformation", "POST", "/", &create);
    let versioned = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    let buckets = ["originals", "thumbnails", "catalog", "logs"];
    for bucket in buckets {
        moto.call_successfully("s3", "PUT", &format!("/{bucket}?versioning"), versioned);
        // Two versions, one of them behind a delete marker, and an unfinished upload.
        for body in ["first", "second"] {
            moto.call_successfully("s3", "PUT", &format!("/{bucket}/2026/cat.jpg"), body);
        }
        moto.call_successfully("s3", "PUT", &format!("/{bucket}/dog.jpg"), "gone");
        moto.call_successfully("s3", "DELETE", &format!("/{bucket}/dog.jpg"), "");
        moto.call_successfully("s3", "POST", &format!("/{bucket}/large.tif?uploads"), "");
        // Without this check, the test could pass for a wrong reason.
        assert_eq!(moto.call("s3", "DELETE", &format!("/{bucket}"), "").0, 409);
    }
    // The bucket has more objects than one page of a listing.
    for photo in 0..1100 {
        moto.call_successfully("s3", "PUT", &format!("/thumbnails/many/{photo}"), "x");
    }

    let (code, report) = moto.down(&[]);
    assert!(code == Some(1) && report.contains("add `--yes`"), "{report}");
    assert_eq!(moto.call("s3", "GET", "/originals/2026/cat.jpg", "").0, 200);

    // Without the function, the thumbnails and records of the photos would stay.
    let (code, report) = moto.run(&["rm", "--all", "--yes"]);
    assert!(code == Some(1) && report.contains("no output `ThumbnailFunction`"), "{report}");
    assert_eq!(moto.call("s3", "GET", "/originals/2026/cat.jpg", "").0, 200);
    moto.call_successfully("s3", "PUT", "/originals/2026/cat.jpg", "after all");
    moto.call_successfully("s3", "PUT", "/thumbnails/cat/small.webp", "after all");
    let (code, report) = moto.down(&["--yes"]);
    assert_eq!(code, Some(0), "{report}");
    assert!(report.contains("delete  s3://thumbnails with 1000 or more"), "{report}");
    for bucket in buckets {
        assert_eq!(moto.call("s3", "HEAD", &format!("/{bucket}"), "").0, 404, "{bucket}: {report}");
    }
    let (code, report) = moto.down(&["--yes"]);
    assert!(code == Some(0) && report.contains("0 object versions"), "{report}");

    // These buckets are left from an earlier `down`, and no stack lists them in its outputs.
    let logs = "/thumbnail-generator-access-logs-123456789012-us-east-1";
    moto.call_successfully("s3", "PUT", logs, "");
    moto.call_successfully("s3", "PUT", &format!("{logs}/originals/1"), "a line");
    let (code, report) = moto.down(&["--yes"]);
    assert!(code == Some(0) && report.contains("1 object version;"), "{report}");
    assert_eq!(moto.call("s3", "HEAD", logs, "").0, 404, "{report}");
}
