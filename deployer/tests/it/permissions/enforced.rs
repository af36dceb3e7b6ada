//! A stack on an emulator that enforces IAM, deployed by an operator with exactly the policy that the deployer prints.

use aws_sdk_sqs::types::MessageAttributeValue;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::Credentials;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Deserialize;
use serde_json::Value;
use testkit::{Deployer, RunResult};
use tokio::runtime::Runtime;

use crate::emulator_python::emulator_python;

/// How long a step may take on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(90);

/// One decision of IAM about a request.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Decision {
    pub(crate) principal: String,
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) allowed: bool,
}

impl Decision {
    /// Returns whether the role or user `name` sent the request.
    pub(crate) fn is_by(&self, name: &str) -> bool {
        self.principal.split(['/', ':']).any(|part| part == name)
    }

    /// Returns whether the role of the function `name` sent the request.
    pub(crate) fn is_in(&self, name: &str) -> bool {
        self.principal.contains(&format!("-{name}Role-"))
    }
}

/// One statement of a policy.
#[derive(Clone, Debug)]
pub(crate) struct PolicyStatement {
    /// Its index in the policy.
    pub(crate) index: usize,
    pub(crate) value: Value,
}

impl PolicyStatement {
    pub(crate) fn parse_policy(policy: &Value) -> Vec<Self> {
        let all = list(&policy["Statement"]).into_iter().enumerate();
        all.map(|(index, value)| Self { index, value: value.clone() }).collect()
    }

    pub(crate) fn actions(&self) -> Vec<&str> {
        list(&self.value["Action"]).into_iter().filter_map(Value::as_str).collect()
    }

    pub(crate) fn resources(&self) -> Vec<&str> {
        list(&self.value["Resource"]).into_iter().filter_map(Value::as_str).collect()
    }
}

fn list(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |items| items.iter().collect())
}

/// Returns whether `text` matches `pattern`, in which `*` matches any text.
pub(crate) fn matches_pattern(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(head) else { return false };
    (0..=rest.len()).any(|at| rest.is_char_boundary(at) && matches_pattern(tail, &rest[at..]))
}

/// The emulator and the operator. The emulator stops on drop.
pub(crate) struct EnforcedStack {
    emulator: Child,
    folder: tempfile::TempDir,
    operator: Vec<(String, String)>,
    root: SdkConfig,
    runtime: Runtime,
}

impl EnforcedStack {
    /// Starts the emulator, with `settings` for the deployer and a model at `model`.
    pub(crate) fn start(settings: &str, model: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = format!("{settings}{}", testkit::native_architecture_setting());
        std::fs::write(folder.path().join("deployer.yaml"), settings).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let endpoint = format!("http://127.0.0.1:{port}");
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut emulator = Command::new(emulator_python())
            .arg("-I")
            .arg(root.join("tests/permissions/emulator.py"))
            .args(["tested", "decisions"])
            .arg(root.join("src/local/launcher.py"))
            .current_dir(folder.path())
            .env_clear()
            .envs([
                // Include Node.js, which `./dev` may have installed.
                ("PATH", std::env::var("PATH").unwrap().as_str()),
                ("HOME", folder.path().to_str().unwrap()),
                ("BIND_HOST", "127.0.0.1"),
                ("GATEWAY_PORT", &port.to_string()),
                ("AWS_ENDPOINT_URL", &endpoint),
                ("AWS_EC2_METADATA_DISABLED", "true"),
                ("MINISTACK_HOST", "127.0.0.1"),
                ("MINISTACK_BEDROCK_PROXY_URL", model),
                ("SFTP_ENABLED", "0"),
                ("IOT_MTLS_ENABLED", "0"),
                ("LAMBDA_EXECUTOR", "local"),
                ("AUTH", "true"),
            ])
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < TIMEOUT && emulator.try_wait().unwrap().is_none(), "no emulator");
            std::thread::sleep(Duration::from_millis(30));
        }
        let runtime = Runtime::new().unwrap();
        let loader = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(&endpoint)
            .region(Region::new("us-east-1"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .credentials_provider(Credentials::new("test", "test", None, None, "root"));
        let root = runtime.block_on(loader.load());
        let operator = vec![("AWS_ENDPOINT_URL".to_owned(), endpoint)];
        Self { emulator, folder, operator, root, runtime }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the deployer as the operator, with the emulator in place of AWS. Checks that it does not print the secret
    /// key.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> RunResult {
        let deployer = Deployer::within(self.folder.path()).inherit(&["AWS_PROFILE"]);
        let deployer = deployer.env("AWS_REGION", "us-east-1").args(["-v"]).args(arguments);
        let add = |deployer: Deployer, (name, value): &(String, String)| deployer.env(name, value);
        let ran = self.operator.iter().fold(deployer, add).run();
        let is_in = |secret: &str| ran.stdout.contains(secret) || ran.stderr.contains(secret);
        assert!(!self.secret().is_some_and(is_in), "{arguments:?} prints the secret key");
        ran
    }

    fn secret(&self) -> Option<&str> {
        let found = self.operator.iter().find(|(name, _)| name == "AWS_SECRET_ACCESS_KEY");
        found.map(|(_, secret)| secret.as_str())
    }

    /// Checks that the files of the deployer contain no credentials and are writable only by their owner.
    pub(crate) fn check_files(&self, names: &[&str]) {
        for name in names {
            let path = self.path(name);
            let mode = path.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o022, 0, "{name}: {mode:o}");
            let bytes = std::fs::read(path).unwrap();
            let secret = self.secret().unwrap().as_bytes();
            assert!(!bytes.windows(secret.len()).any(|part| part == secret), "{name}");
        }
    }

    /// Runs a command that must succeed, and returns its stdout.
    #[track_caller]
    pub(crate) fn stdout(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "{ran}");
        ran.stdout
    }

    /// Waits until `find` returns a value.
    #[track_caller]
    pub(crate) fn until<T>(&self, what: &str, find: impl Fn(&Self) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = find(self) {
                return found;
            }
            assert!(begun.elapsed() < TIMEOUT, "{what}: not found; denied: {:#?}", self.denied());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Returns all decisions so far.
    pub(crate) fn decisions(&self) -> Vec<Decision> {
        let text = std::fs::read_to_string(self.path("decisions")).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Returns the decisions so far that deny a request.
    pub(crate) fn denied(&self) -> Vec<Decision> {
        self.decisions().into_iter().filter(|decision| !decision.allowed).collect()
    }

    /// Sets whether later requests count as sent over TLS.
    pub(crate) fn set_tls(&self, is: bool) {
        let plain = self.path("PLAIN");
        if is { std::fs::remove_file(plain).unwrap() } else { std::fs::write(plain, "").unwrap() }
    }

    /// Creates the operator with the two policies that the deployer prints, and returns the policies: name and document.
    pub(crate) fn create_operator(&mut self) -> [(&'static str, Value); 2] {
        let policies = ["stack", "delivery"].map(|part| {
            let policy = self.stdout(&["doctor", "--policy", part]);
            (part, serde_json::from_str(&policy).unwrap())
        });
        let key = self.runtime.block_on(async {
            let iam = aws_sdk_iam::Client::new(&self.root);
            iam.create_user().user_name("operator").send().await.unwrap();
            iam.create_access_key().user_name("operator").send().await.unwrap().access_key.unwrap()
        });
        self.operator.push(("AWS_ACCESS_KEY_ID".to_owned(), key.access_key_id));
        self.operator.push(("AWS_SECRET_ACCESS_KEY".to_owned(), key.secret_access_key));
        for (name, policy) in &policies {
            self.put_operator_policy(name, policy);
        }
        policies
    }

    /// Attaches this policy to the operator.
    pub(crate) fn put_operator_policy(&self, name: &str, policy: &Value) {
        let iam = aws_sdk_iam::Client::new(&self.root);
        let put = iam.put_user_policy().user_name("operator").policy_name(name);
        self.runtime.block_on(put.policy_document(policy.to_string()).send()).unwrap();
    }

    /// Returns the names of the roles of the stack.
    pub(crate) fn roles(&self) -> Vec<String> {
        let iam = aws_sdk_iam::Client::new(&self.root);
        let all = self.runtime.block_on(iam.list_roles().send()).unwrap().roles;
        all.into_iter().map(|role| role.role_name).filter(|name| name.starts_with("tested-")).collect()
    }

    /// Returns the policies of a role: name and document.
    pub(crate) fn policies(&self, role: &str) -> Vec<(String, Value)> {
        let iam = aws_sdk_iam::Client::new(&self.root);
        self.runtime.block_on(async {
            let names = iam.list_role_policies().role_name(role).send().await.unwrap().policy_names;
            let mut policies = Vec::new();
            for name in names {
                let found = iam.get_role_policy().role_name(role).policy_name(&name).send().await.unwrap();
                let text =
                    percent_encoding::percent_decode_str(&found.policy_document).decode_utf8().unwrap();
                policies.push((name, serde_json::from_str(&text).unwrap()));
            }
            policies
        })
    }

    /// Attaches this policy to a role.
    pub(crate) fn put_role_policy(&self, role: &str, name: &str, policy: &Value) {
        let iam = aws_sdk_iam::Client::new(&self.root);
        let put = iam.put_role_policy().role_name(role).policy_name(name).policy_document(policy.to_string());
        self.runtime.block_on(put.send()).unwrap();
    }

    /// Returns the URL of a photo that `deployer url` prints with these arguments, on the CloudFront of the emulator.
    #[track_caller]
    pub(crate) fn url(&self, arguments: &[&str]) -> String {
        let url = self.stdout(&[&["url"], arguments].concat());
        let (address, path) = url.trim_end().split_once(".cloudfront.net").unwrap();
        let port = self.operator[0].1.rsplit(':').next().unwrap();
        format!("{}.cloudfront.localhost:{port}{path}", address.replace("https", "http"))
    }

    /// Puts a photo into a bucket without the deployer.
    pub(crate) fn put(&self, bucket: &str, key: &str, file: &Path) {
        let body = std::fs::read(file).unwrap().into();
        let s3 = self.s3();
        self.runtime.block_on(s3.put_object().bucket(bucket).key(key).body(body).send()).unwrap();
    }

    /// Deletes an object without the deployer.
    pub(crate) fn delete(&self, bucket: &str, key: &str) {
        self.runtime.block_on(self.s3().delete_object().bucket(bucket).key(key).send()).unwrap();
    }

    /// Puts a file into a bucket twice, then deletes the first version.
    pub(crate) fn replace(&self, bucket: &str, key: &str, file: &Path) {
        let s3 = self.s3();
        let body = || std::fs::read(file).unwrap().into();
        let first =
            self.runtime.block_on(s3.put_object().bucket(bucket).key(key).body(body()).send()).unwrap();
        self.runtime.block_on(s3.put_object().bucket(bucket).key(key).body(body()).send()).unwrap();
        let delete =
            s3.delete_object().bucket(bucket).key(key).set_version_id(first.version_id().map(str::to_owned));
        self.runtime.block_on(delete.send()).unwrap();
    }

    /// Sends a dead letter without the deployer, with the maximum number of returns to its queue.
    pub(crate) fn send(&self, queue: &str, body: &str) {
        let sqs = aws_sdk_sqs::Client::new(&self.root);
        let returns = MessageAttributeValue::builder().data_type("Number").string_value("2").build().unwrap();
        let message = sqs.send_message().queue_url(queue).message_body(body);
        self.runtime.block_on(message.message_attributes("Returns", returns).send()).unwrap();
    }

    fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.root).force_path_style(true).build();
        aws_sdk_s3::Client::from_conf(config)
    }
}

impl Drop for EnforcedStack {
    fn drop(&mut self) {
        // Send SIGTERM, because a killed emulator leaves processes of functions behind.
        let pid = Pid::from_raw(self.emulator.id().cast_signed());
        let _ = kill(pid, Signal::SIGTERM).map(|()| self.emulator.wait());
    }
}
