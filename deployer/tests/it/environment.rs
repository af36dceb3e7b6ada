//! The environment of a command: proxies, certificates, endpoints, profiles, and signals. Each problem causes one clear
//! error immediately.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use testkit::http::{Reply, Request, serve};
use testkit::{Deployer, aws};

/// The default address of CloudFormation.
const SERVICE: &str = "cloudformation.eu-central-1.amazonaws.com";

/// The message of the fake services, which proves that a service received the request.
const SERVICE_MESSAGE: &str = "this came from the service";

/// Returns a command with a region, but without credentials and an endpoint.
fn without_credentials(arguments: &[&str]) -> Deployer {
    let deployer = Deployer::new().args(arguments);
    deployer.env("AWS_REGION", "eu-central-1").env("AWS_EC2_METADATA_DISABLED", "true")
}

/// Returns a command with a region and credentials, but without an endpoint.
fn deployer(arguments: &[&str]) -> Deployer {
    without_credentials(arguments).env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test")
}

/// Runs a command that must fail with one readable error and a hint. Returns its stderr.
#[track_caller]
fn fails_with_hint(deployer: &Deployer, code: i32) -> String {
    deployer.fails(code).stderr_has("hint: ").stderr_lacks(" { ").stderr
}

/// Returns an error response with the message [`SERVICE_MESSAGE`].
fn error_response() -> String {
    format!(
        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>{SERVICE_MESSAGE}</Message></Error></ErrorResponse>"
    )
}

/// Returns the URL of a port on which no program listens.
fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Starts a proxy that replies in place of every service. Returns its address, its certificate in PEM format, and the
/// heads of the requests it receives.
fn intercepting_proxy() -> (String, String, Arc<Mutex<Vec<String>>>) {
    let made = rcgen::generate_simple_self_signed(vec![SERVICE.to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let heads = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&heads);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (config, heard) = (Arc::clone(&config), Arc::clone(&heard));
            std::thread::spawn(move || intercept(stream, config, &heard));
        }
    });
    (address, made.cert.pem(), heads)
}

/// Answers a CONNECT, then the request in the tunnel.
fn intercept(mut stream: TcpStream, config: Arc<ServerConfig>, heard: &Mutex<Vec<String>>) -> Option<()> {
    let head = head_of(&mut BufReader::new(&stream))?;
    let is_tunnel = head.starts_with("CONNECT ");
    heard.lock().unwrap().push(head);
    if !is_tunnel {
        return None;
    }
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").ok()?;
    let mut inside = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    head_of(&mut BufReader::new(&mut inside))?;
    let body = error_response();
    let length = body.len();
    write!(
        inside,
        "HTTP/1.1 403 X\r\ncontent-type: text/xml\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .ok()?;
    inside.flush().ok()?;
    // Wait until the caller has read the response.
    let _ = inside.read(&mut [0]);
    Some(())
}

fn head_of(reader: &mut impl std::io::BufRead) -> Option<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    Some(head)
}

#[test]
fn services_are_reached_through_the_configured_proxy() {
    let (address, certificate, heads) = intercepting_proxy();
    let ls = deployer(&["ls"]).file("proxy.pem", certificate);
    let with_password = format!("http://me:p%40ss@{address}");
    let plain = format!("http://{address}");
    for proxy in [
        ("HTTPS_PROXY", plain.as_str()),
        ("https_proxy", &with_password),
        ("ALL_PROXY", &address),
        ("all_proxy", &plain),
    ] {
        for certificates in ["AWS_CA_BUNDLE", "SSL_CERT_FILE"] {
            heads.lock().unwrap().clear();
            let stderr = fails_with_hint(&ls.envs(&[proxy, (certificates, "proxy.pem")]), 1);
            assert!(stderr.contains(SERVICE_MESSAGE), "{proxy:?} {certificates}: {stderr}");
            let heads = heads.lock().unwrap();
            assert!(heads[0].starts_with(&format!("CONNECT {SERVICE}:443 ")), "{heads:?}");
            let password = heads[0].contains("Proxy-Authorization: Basic bWU6cEBzcw==");
            assert_eq!(password, proxy.1.contains("me:"), "{heads:?}");
        }
    }
    // The system does not trust its certificate.
    let stderr = fails_with_hint(&ls.envs(&[("HTTPS_PROXY", plain.as_str()), ("AWS_CA_BUNDLE", "")]), 1);
    assert!(stderr.contains("is not trusted") && stderr.contains("AWS_CA_BUNDLE"), "{stderr}");
}

#[test]
fn an_http_endpoint_uses_the_http_proxy_unless_no_proxy_excludes_it() {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&requests);
    let proxy = serve(move |Request { head, .. }| {
        heard.lock().unwrap().push(head);
        Reply::new(403, error_response())
    });
    let service = serve(|_| Reply::new(403, error_response().replace(SERVICE_MESSAGE, "directly")));
    let proxy = format!("http://me:secret@{}", proxy.trim_start_matches("http://"));
    let ls = deployer(&["ls"]).env("AWS_ENDPOINT_URL", &service);
    let through = |more: &[(&str, &str)]| fails_with_hint(&ls.envs(more), 1);
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        assert!(through(&[(variable, &proxy)]).contains(SERVICE_MESSAGE), "{variable}");
    }
    for request in requests.lock().unwrap().drain(..) {
        assert!(request.starts_with(&format!("POST {service}/ ")), "{request}");
        assert!(request.to_lowercase().contains("proxy-authorization: basic bwu6c2vjcmv0"), "{request}");
    }
    for excepted in ["127.0.0.1", "*", "example.com, 127.0.0.0/8"] {
        for variable in ["NO_PROXY", "no_proxy"] {
            let stderr = through(&[("HTTP_PROXY", &proxy), (variable, excepted)]);
            assert!(stderr.contains("directly"), "{excepted}: {stderr}");
        }
    }
    assert!(through(&[("HTTPS_PROXY", &proxy)]).contains("directly"));
    assert_eq!(requests.lock().unwrap().len(), 0);
}

#[test]
fn an_unreachable_endpoint_or_proxy_is_reported() {
    let refuses = closed_port();
    let wants_another = serve(|_| Reply::new(407, "who are you?"));
    let forbids = serve(|_| Reply::new(403, "no tunnels"));
    for (variables, parts) in [
        (&[("AWS_ENDPOINT_URL", refuses.as_str())][..], ["`: connection refused", "AWS_ENDPOINT_URL"]),
        (&[("HTTPS_PROXY", &refuses)], ["the proxy `http://127.0.0.1", "it cannot be reached"]),
        (&[("HTTPS_PROXY", &wants_another)], ["it rejected the user name or password", "HTTPS_PROXY"]),
        (
            &[("HTTP_PROXY", &wants_another), ("AWS_ENDPOINT_URL", &refuses)],
            ["it rejected the user name or password", "the proxy `http"],
        ),
        (&[("HTTPS_PROXY", &forbids)], ["it refused to connect to the service", "HTTPS_PROXY"]),
    ] {
        let stderr = fails_with_hint(&deployer(&["ls"]).envs(variables), 1);
        assert!(parts.iter().all(|part| stderr.contains(part)), "{variables:?}: {stderr}");
        assert!(!stderr.contains("trying up to"), "{stderr}");
    }
}

#[test]
fn an_invalid_address_is_reported_before_any_request() {
    let ls = deployer(&["ls"]).file("empty.pem", "no certificate");
    for ((variable, value), parts) in [
        (
            ("AWS_ENDPOINT_URL", "localhost:4566"),
            ["AWS_ENDPOINT_URL is `localhost:4566`", "=http://localhost:4566"],
        ),
        (("AWS_ENDPOINT_URL", "localhost"), ["AWS_ENDPOINT_URL is `localhost`", "http://localhost"]),
        (("AWS_ENDPOINT_URL", "http://"), ["AWS_ENDPOINT_URL is `http://`", "use a URL such as"]),
        (("AWS_ENDPOINT_URL", "ftp://a/"), ["AWS_ENDPOINT_URL is `ftp://a/`", "use a URL such as"]),
        (("AWS_ENDPOINT_URL", ""), ["AWS_ENDPOINT_URL is empty", "hint: run `unset AWS_ENDPOINT_URL`"]),
        (("AWS_ENDPOINT_URL_S3", ""), ["AWS_ENDPOINT_URL_S3 is empty", "`unset AWS_ENDPOINT_URL_S3`"]),
        (("AWS_REGION", "eu central"), ["`eu central` is not an AWS region", "eu-central-1"]),
        (("AWS_ENDPOINT_URL_S3", "minio:9000"), ["AWS_ENDPOINT_URL_S3 is `minio:9000`", "http://minio:9000"]),
        (("HTTPS_PROXY", "socks5://proxy:1080"), ["HTTPS_PROXY is `socks5://proxy:1080`", "HTTP proxy"]),
        (("https_proxy", "http://me:p@ss@proxy:80"), ["https_proxy is `http://...@proxy:80`", "`%40`"]),
        (("AWS_CA_BUNDLE", "nowhere.pem"), ["nowhere.pem", "AWS_CA_BUNDLE"]),
        (("SSL_CERT_FILE", "empty.pem"), ["`empty.pem`, which contains no certificate", "SSL_CERT_FILE"]),
    ] {
        let code = if value == "nowhere.pem" { 1 } else { 2 };
        let stderr = fails_with_hint(&ls.env(variable, value), code);
        assert!(parts.iter().all(|part| stderr.contains(part)), "{variable}={value}: {stderr}");
    }
}

#[test]
fn an_empty_variable_is_treated_as_unset() {
    let config = Deployer::new().file("deployer.yaml", "stack: photos\nregion: eu-west-1\n").args(["config"]);
    let unset = config.succeeds().stdout;
    for variable in ["CONFIG", "ENV", "LOCAL", "OUTPUT", "PROFILE", "REGION", "STACK"] {
        config.env(&format!("DEPLOYER_{variable}"), "").succeeds().stdout(&unset);
    }
}

#[test]
fn a_missing_profile_is_reported_with_the_existing_ones() {
    let ls = deployer(&["ls"]);
    let stderr = fails_with_hint(&ls.env("AWS_PROFILE", "photos"), 2);
    assert!(
        stderr.contains("there is no profile `photos`; the AWS configuration has no profiles"),
        "{stderr}"
    );
    let ls = ls.file(".aws/config", "[profile photos]\nregion = eu-west-1\n[profile other]\n");
    for (variables, arguments) in [
        (&[("AWS_PROFILE", "phtos")][..], &[][..]),
        (&[("DEPLOYER_PROFILE", "phtos")], &[]),
        (&[], &["--profile", "phtos"]),
    ] {
        let stderr = fails_with_hint(&ls.envs(variables).args(arguments), 2);
        assert!(
            stderr.contains("there is no profile `phtos`; the AWS configuration has other, photos"),
            "{stderr}"
        );
    }
    // An existing profile and an empty variable are valid.
    let service = serve(|_| Reply::new(403, error_response()));
    for profile in ["photos", ""] {
        let ls = ls.env("AWS_PROFILE", profile).env("AWS_ENDPOINT_URL", &service);
        assert!(fails_with_hint(&ls, 1).contains(SERVICE_MESSAGE));
    }
    let stderr = fails_with_hint(&ls.file(".aws/config", "[profile photos]\nthis is no setting\n"), 2);
    assert!(stderr.contains("cannot read the AWS configuration") && stderr.contains("config"), "{stderr}");
}

#[test]
fn a_failing_credential_process_is_reported() {
    let ls = without_credentials(&["ls"]).env("AWS_PROFILE", "photos");
    for process in ["/bin/false", "/bin/echo nonsense", "/nowhere/at-all"] {
        let config = format!("[profile photos]\nregion = eu-west-1\ncredential_process = {process}\n");
        let stderr = fails_with_hint(&ls.clone().file(".aws/config", config), 1);
        assert!(stderr.contains("hint: run the `credential_process` command"), "{stderr}");
    }
}

#[test]
fn the_credentials_of_aws_login_are_used() {
    let session = "arn:aws:iam::111122223333:user/me";
    let config = format!("[profile photos]\nregion = eu-west-1\nlogin_session = {session}\n");
    let heads = Arc::new(Mutex::new(String::new()));
    let heard = Arc::clone(&heads);
    let service = serve(move |request| {
        heard.lock().unwrap().push_str(&request.head);
        Reply::new(403, error_response())
    });
    let ls = without_credentials(&["ls"]).env("AWS_PROFILE", "photos").env("AWS_ENDPOINT_URL", service);
    let ls = ls.file(".aws/config", config);
    let stderr = fails_with_hint(&ls, 1);
    assert!(stderr.contains("hint: run `aws login`"), "{stderr}");
    assert_eq!(*heads.lock().unwrap(), "");
    let token = serde_json::json!({
        "accessToken": {
            "accessKeyId": "AKIDOFTHELOGIN", "secretAccessKey": "secret", "sessionToken": "token",
            "accountId": "111122223333", "expiresAt": "2099-01-01T00:00:00Z",
        },
        "tokenType": "urn:aws:params:oauth:token-type:access_token_sigv4", "refreshToken": "refresh",
        "idToken": "id", "clientId": "arn:aws:signin:::devtools/same-device", "dpopKey": "only for a refresh",
    });
    let name = contract::key::Digest::of(session.as_bytes());
    let ls = ls.file(&format!(".aws/login/cache/{}.json", name.as_str()), token.to_string());
    let stderr = fails_with_hint(&ls, 1);
    assert!(stderr.contains(SERVICE_MESSAGE), "{stderr}");
    assert!(heads.lock().unwrap().contains("AKIDOFTHELOGIN/"));
}

/// Waits until the process handles Ctrl-C, then sends `signal`.
fn interrupt(child: &Child, signal: Signal) {
    let catches = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
        u64::from_str_radix(caught.trim(), 16).unwrap() & 0b10 != 0
    };
    // A process that has ended catches no signal.
    let began = Instant::now();
    while !catches() {
        assert!(began.elapsed() < Duration::from_secs(60), "it does not catch Ctrl-C");
        std::thread::yield_now();
    }
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), signal).unwrap();
}

#[test]
fn a_signal_ends_a_long_command() {
    // These commands would run far too long.
    let silent = testkit::http::listen(|_, _, mut body, _| {
        let _ = body.read(&mut [0]);
        None
    });
    let endpoint = serve(|_| aws::stack(&[]));
    let deployer = deployer(&[]);
    let mut photo = std::fs::File::create(deployer.path("large.jpg")).unwrap();
    photo.write_all(b"\xff\xd8\xff\xe0").unwrap();
    photo.set_len(1 << 40).unwrap();
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        for (endpoint, arguments) in [
            (&endpoint, &["upload", "large.jpg"][..]),
            (&endpoint, &["upload", "-", "--name", "cat.jpg"]),
            (&silent, &["ls"]),
            (&silent, &["fetch", "cat.jpg"]),
            (&silent, &["up", "--yes"]),
            (&silent, &["rm", "--all", "--yes"]),
            (&silent, &["doctor"]),
        ] {
            let run = deployer.args(arguments).env("AWS_ENDPOINT_URL", endpoint);
            let mut command = run.env("TMPDIR", deployer.folder()).command();
            command.stdin(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.stdout(Stdio::null()).spawn().unwrap();
            let stdin = child.stdin.take();
            interrupt(&child, signal);
            let output = child.wait_with_output().unwrap();
            drop(stdin);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(130), "{arguments:?}: {stderr}");
            assert!(!stderr.contains("panicked"), "{arguments:?}: {stderr}");
            assert_eq!(deployer.files(), ["large.jpg"], "{arguments:?} left a file behind");
        }
    }
}

#[test]
fn a_viewer_that_a_signal_stops_has_not_failed() {
    let line = r#"{"events": [{"eventId": "1", "timestamp": 1764000000000, "message": "a line"}]}"#;
    let endpoint = serve(move |request| {
        if request.body.contains("Action=DescribeStacks") {
            return aws::stack(&[("ThumbnailLogGroup", "/aws/lambda/thumbnail-generator-thumbnail")]);
        }
        match request.service() {
            "logs" => Reply::new(200, line),
            "sqs" => Reply::new(200, r#"{"Attributes": {}}"#),
            _ => Reply::new(403, error_response()),
        }
    });
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        for arguments in [&["logs", "-f"][..], &["status", "--watch"], &["gallery"]] {
            let viewer = deployer(arguments).env("AWS_ENDPOINT_URL", &endpoint);
            let mut child = viewer.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let mut stdout = BufReader::new(child.stdout.take().unwrap());
            stdout.read_line(&mut String::new()).unwrap();
            interrupt(&child, signal);
            let output = child.wait_with_output().unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{arguments:?}: {stderr}");
            assert!(!stderr.contains("error: "), "{arguments:?}: {stderr}");
        }
    }
}

#[test]
fn a_terabyte_of_zeros_is_not_an_image() {
    let endpoint = serve(|_| aws::stack(&[]));
    let deployer = deployer(&[]).env("AWS_ENDPOINT_URL", endpoint);
    let zeros = deployer.path("zeros.jpg");
    std::fs::File::create(&zeros).unwrap().set_len(1 << 40).unwrap();
    for arguments in [&["upload", "zeros.jpg"][..], &["upload", "-", "--name", "zeros.jpg"]] {
        let stderr = fails_with_hint(&deployer.args(arguments).stdin(&zeros), 1);
        assert!(stderr.contains("`zeros.jpg` is not an image"), "{stderr}");
    }
}

#[test]
fn skipped_files_of_a_folder_are_counted_by_kind() {
    let endpoint = aws::serve(|request| Reply::new(if request.method() == "PUT" { 200 } else { 404 }, ""));
    let mut upload = deployer(&["upload", "--recursive", "."]).env("AWS_ENDPOINT_URL", endpoint);
    for (name, bytes) in [
        ("a.jxl", &b"\xff\x0a\0 like a JPEG XL"[..]),
        ("b.JXL", b"\xff\x0a\0 like another"),
        ("c.pdf", b"%PDF-1.7 like a PDF"),
        ("d.txt", b"text"),
        ("README", b"text"),
        ("e.jpg", b"\xff\xd8\xff\xe0 like a JPEG"),
    ] {
        upload = upload.file(name, bytes);
    }
    for quiet in [&[][..], &["--quiet"]] {
        let stderr = upload.args(quiet).succeeds().stderr;
        let expect = "skipped 5 files in unsupported formats: 2 JPEG XL, 1 PDF, 1 `.txt`, 1 not an image";
        let listed = |part: &str| stderr.contains(part);
        assert!(expect.split(": ").all(|part| part.split(", ").all(listed)), "{stderr}");
    }
}

#[test]
fn formats_with_a_setting_are_uploaded_and_previewed_if_the_functions_read_them() {
    let endpoint = aws::serve(|request| Reply::new(if request.method() == "PUT" { 200 } else { 404 }, ""));
    for (setting, file, picture) in [("jpeg_xl", "a.jxl", "rare/rgb.jxl"), ("svg", "a.svg", "svg/plain.svg")]
    {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../imaging/tests/data");
        let picture = std::path::Path::new(folder).join(picture);
        let with = |value: bool| {
            let deployer = deployer(&[]).env("AWS_ENDPOINT_URL", &endpoint);
            let settings = format!("{setting}: {value}\n");
            deployer.file(file, std::fs::read(&picture).unwrap()).file("deployer.yaml", settings)
        };
        let (without, with) = (with(false), with(true));
        let stderr = fails_with_hint(&without.args(["upload", file]), 1);
        assert!(stderr.contains(&format!("hint: set `{setting}: true` in deployer.yaml")), "{stderr}");
        with.args(["upload", file]).succeeds();
        let preview = |deployer: &Deployer, code| {
            deployer.args(["--output", "json", "preview", file]).ends_with(code).json()[0]["status"].clone()
        };
        assert_eq!((preview(&without, 1), preview(&with, 0)), ("rejected".into(), "thumbnail".into()));
    }
}

#[test]
fn previews_are_never_previewed() {
    let deployer = deployer(&["preview"]).sample("coffee.jpg");
    let preview = |arguments: &[&str]| deployer.args(arguments).json().as_array().unwrap().len();
    for out in
        ["preview-output", "preview-output", "preview-output", "other", "other/below", "preview-output"]
    {
        assert_eq!(preview(&[".", "--out", out]), 1, "{out}");
    }
    let here = deployer.folder().to_str().unwrap();
    for wrong in [&[".", "--out", "."][..], &[".", "--out", here], &["other"]] {
        fails_with_hint(&deployer.args(wrong), 2);
    }
    let name = format!("{}.jpg", "b".repeat(251));
    std::fs::rename(deployer.path("coffee.jpg"), deployer.path(&name)).unwrap();
    assert_eq!(preview(&["."]), 1);
}
