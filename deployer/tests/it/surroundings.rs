//! The world that a command line lives in: proxies, certificates, endpoints and profiles, and the user's Ctrl-C. What is
//! wrong with them is said at once, in one sentence.

use std::io::{BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use testkit::http::{Reply, Request, serve};
use testkit::{Deployer, aws};

/// Where CloudFormation is, if nothing says otherwise.
const SERVICE: &str = "cloudformation.eu-central-1.amazonaws.com";

/// What a service says in these tests, so that it is known to have been asked.
const SAYING: &str = "this came from the service";

/// A command in a region, without credentials and without an endpoint.
fn without_credentials(arguments: &[&str]) -> Deployer {
    let deployer = Deployer::new().args(arguments);
    deployer.env("AWS_REGION", "eu-central-1").env("AWS_EC2_METADATA_DISABLED", "true")
}

/// A command in a region with credentials, without an endpoint.
fn deployer(arguments: &[&str]) -> Deployer {
    without_credentials(arguments).env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test")
}

/// Runs a command that fails with one error that a person can read, and a hint. Returns what it prints to stderr.
#[track_caller]
fn said(deployer: &Deployer, code: i32) -> String {
    deployer.fails(code).stderr_has("hint: ").stderr_lacks(" { ").stderr
}

/// A refusal that has [`SAYING`] in it.
fn refusal() -> String {
    format!(
        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>{SAYING}</Message></Error></ErrorResponse>"
    )
}

/// A port on which nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A proxy that behind itself is every service, with a certificate of its own in PEM form. Gives its address, the
/// certificate, and the heads of what it is asked.
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

/// Answers a CONNECT, and then the request that comes through the tunnel.
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
    let body = refusal();
    let length = body.len();
    write!(
        inside,
        "HTTP/1.1 403 X\r\ncontent-type: text/xml\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .ok()?;
    inside.flush().ok()?;
    // Until the caller has read it.
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
fn services_are_reached_through_the_proxy_that_is_named() {
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
            let stderr = said(&ls.envs(&[proxy, (certificates, "proxy.pem")]), 1);
            assert!(stderr.contains(SAYING), "{proxy:?} {certificates}: {stderr}");
            let heads = heads.lock().unwrap();
            assert!(heads[0].starts_with(&format!("CONNECT {SERVICE}:443 ")), "{heads:?}");
            let password = heads[0].contains("Proxy-Authorization: Basic bWU6cEBzcw==");
            assert_eq!(password, proxy.1.contains("me:"), "{heads:?}");
        }
    }
    // Its certificate is not one that the system knows.
    let stderr = said(&ls.envs(&[("HTTPS_PROXY", plain.as_str()), ("AWS_CA_BUNDLE", "")]), 1);
    assert!(stderr.contains("is not trusted") && stderr.contains("AWS_CA_BUNDLE"), "{stderr}");
}

#[test]
fn an_endpoint_goes_through_the_proxy_of_http_unless_it_is_excepted() {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&requests);
    let proxy = serve(move |Request { head, .. }| {
        heard.lock().unwrap().push(head);
        Reply::new(403, refusal())
    });
    let service = serve(|_| Reply::new(403, refusal().replace(SAYING, "directly")));
    let proxy = format!("http://me:secret@{}", proxy.trim_start_matches("http://"));
    let ls = deployer(&["ls"]).env("AWS_ENDPOINT_URL", &service);
    let through = |more: &[(&str, &str)]| said(&ls.envs(more), 1);
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        assert!(through(&[(variable, &proxy)]).contains(SAYING), "{variable}");
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
fn a_way_that_leads_nowhere_is_named() {
    let refuses = nobody();
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
        let stderr = said(&deployer(&["ls"]).envs(variables), 1);
        assert!(parts.iter().all(|part| stderr.contains(part)), "{variables:?}: {stderr}");
        assert!(!stderr.contains("trying up to"), "{stderr}");
    }
}

#[test]
fn what_is_no_address_is_named_before_anything_is_asked() {
    let ls = deployer(&["ls"]).file("empty.pem", "no certificate");
    for ((variable, value), parts) in [
        (
            ("AWS_ENDPOINT_URL", "localhost:4566"),
            ["AWS_ENDPOINT_URL is `localhost:4566`", "=http://localhost:4566"],
        ),
        (("AWS_ENDPOINT_URL", "localhost"), ["AWS_ENDPOINT_URL is `localhost`", "http://localhost"]),
        (("AWS_ENDPOINT_URL", "http://"), ["AWS_ENDPOINT_URL is `http://`", "use a URL such as"]),
        (("AWS_ENDPOINT_URL", "ftp://a/"), ["AWS_ENDPOINT_URL is `ftp://a/`", "use a URL such as"]),
        (("AWS_ENDPOINT_URL_S3", "minio:9000"), ["AWS_ENDPOINT_URL_S3 is `minio:9000`", "http://minio:9000"]),
        (("HTTPS_PROXY", "socks5://proxy:1080"), ["HTTPS_PROXY is `socks5://proxy:1080`", "HTTP proxy"]),
        (("https_proxy", "http://me:p@ss@proxy:80"), ["https_proxy is `http://...@proxy:80`", "`%40`"]),
        (("AWS_CA_BUNDLE", "nowhere.pem"), ["nowhere.pem", "AWS_CA_BUNDLE"]),
        (("SSL_CERT_FILE", "empty.pem"), ["`empty.pem`, which contains no certificate", "SSL_CERT_FILE"]),
    ] {
        let code = if value == "nowhere.pem" { 1 } else { 2 };
        let stderr = said(&ls.env(variable, value), code);
        assert!(parts.iter().all(|part| stderr.contains(part)), "{variable}={value}: {stderr}");
    }
}

#[test]
fn a_profile_that_is_not_there_is_named_with_those_that_are() {
    let ls = deployer(&["ls"]);
    let stderr = said(&ls.env("AWS_PROFILE", "photos"), 2);
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
        let stderr = said(&ls.envs(variables).args(arguments), 2);
        assert!(
            stderr.contains("there is no profile `phtos`; the AWS configuration has other, photos"),
            "{stderr}"
        );
    }
    // One that is there, and a variable that is set to nothing.
    let service = serve(|_| Reply::new(403, refusal()));
    for profile in ["photos", ""] {
        let ls = ls.env("AWS_PROFILE", profile).env("AWS_ENDPOINT_URL", &service);
        assert!(said(&ls, 1).contains(SAYING));
    }
    let stderr = said(&ls.file(".aws/config", "[profile photos]\nthis is no setting\n"), 2);
    assert!(stderr.contains("cannot read the AWS configuration") && stderr.contains("config"), "{stderr}");
}

#[test]
fn a_credential_process_that_fails_is_named() {
    let ls = without_credentials(&["ls"]).env("AWS_PROFILE", "photos");
    for process in ["/bin/false", "/bin/echo nonsense", "/nowhere/at-all"] {
        let config = format!("[profile photos]\nregion = eu-west-1\ncredential_process = {process}\n");
        let stderr = said(&ls.clone().file(".aws/config", config), 1);
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
        Reply::new(403, refusal())
    });
    let ls = without_credentials(&["ls"]).env("AWS_PROFILE", "photos").env("AWS_ENDPOINT_URL", service);
    let ls = ls.file(".aws/config", config);
    let stderr = said(&ls, 1);
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
    let stderr = said(&ls, 1);
    assert!(stderr.contains(SAYING), "{stderr}");
    assert!(heads.lock().unwrap().contains("AKIDOFTHELOGIN/"));
}

/// Waits until the process has a handler for Ctrl-C, and sends it `signal`.
fn interrupt(child: &Child, signal: Signal) {
    let catches = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
        u64::from_str_radix(caught.trim(), 16).unwrap() & 0b10 != 0
    };
    while !catches() {
        std::thread::yield_now();
    }
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), signal).unwrap();
}

#[test]
fn a_signal_ends_what_would_go_on_for_long() {
    // Nobody could wait for the ends of these.
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
            (&silent, &["rm", "--all"]),
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
            assert_eq!(deployer.files(), ["large.jpg"], "{arguments:?} has left something");
        }
    }
}

#[test]
fn a_terabyte_of_zeros_is_no_image() {
    let endpoint = serve(|_| aws::stack(&[]));
    let deployer = deployer(&[]).env("AWS_ENDPOINT_URL", endpoint);
    let zeros = deployer.path("zeros.jpg");
    std::fs::File::create(&zeros).unwrap().set_len(1 << 40).unwrap();
    for arguments in [&["upload", "zeros.jpg"][..], &["upload", "-", "--name", "zeros.jpg"]] {
        let stderr = said(&deployer.args(arguments).stdin(&zeros), 1);
        assert!(stderr.contains("`zeros.jpg` is not an image"), "{stderr}");
    }
}

#[test]
fn what_is_not_uploaded_of_a_folder_is_named_by_its_kind() {
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
fn jpeg_xl_is_uploaded_and_previewed_where_the_functions_read_it() {
    let endpoint = aws::serve(|request| Reply::new(if request.method() == "PUT" { 200 } else { 404 }, ""));
    let picture = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../imaging/tests/data/rare/rgb.jxl");
    let with = |settings: &str| {
        let deployer = deployer(&[]).env("AWS_ENDPOINT_URL", &endpoint);
        deployer.file("a.jxl", std::fs::read(&picture).unwrap()).file("deployer.yaml", settings)
    };
    let (without, with) = (with("jpeg_xl: false\n"), with("jpeg_xl: true\n"));
    let stderr = said(&without.args(["upload", "a.jxl"]), 1);
    assert!(stderr.contains("hint: set `jpeg_xl: true` in deployer.yaml"), "{stderr}");
    with.args(["upload", "a.jxl"]).succeeds();
    let status = |deployer: &Deployer| deployer.args(["preview", "a.jxl"]).json()[0]["status"].clone();
    assert_eq!((status(&without), status(&with)), ("rejected".into(), "thumbnail".into()));
}

#[test]
fn previews_of_previews_are_never_made() {
    let deployer = deployer(&["preview"]).sample("coffee.jpg");
    let preview = |arguments: &[&str]| deployer.args(arguments).json().as_array().unwrap().len();
    for out in
        ["preview-output", "preview-output", "preview-output", "other", "other/below", "preview-output"]
    {
        assert_eq!(preview(&[".", "--out", out]), 1, "{out}");
    }
    let here = deployer.folder().to_str().unwrap();
    for wrong in [&[".", "--out", "."][..], &[".", "--out", here], &["other"]] {
        said(&deployer.args(wrong), 2);
    }
    let name = format!("{}.jpg", "b".repeat(251));
    std::fs::rename(deployer.path("coffee.jpg"), deployer.path(&name)).unwrap();
    assert_eq!(preview(&["."]), 1);
}
