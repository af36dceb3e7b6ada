//! The gallery in a real browser: its content, its accessibility, and hostile names.
//!
//! The tests need Chromium, Node.js and npm. Without these, they are skipped, except in CI.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use serde_json::json;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::photo_stack::{PhotoStack, PhotoStage};
use testkit::stack::ORIGINALS;
use testkit::{Browser, Project};

/// Unusual and hostile names of photos.
const HOSTILE: [&str; 9] = [
    "<script>alert(1)</script>.jpg",
    "\"><img src=x onerror=alert(2)>.jpg",
    "' onmouseover='alert(3)' x='.jpg",
    "\u{202e}gpj.exe\u{202d}.jpg",
    "javascript:alert(4).jpg",
    "%3Cscript%3Ealert(5)%3C%2Fscript%3E &lt;b&gt; &amp;.jpg",
    "\u{1}/--><svg onload=alert(6)><!--.jpg",
    "</title><\u{0}script>alert(7)</script>{{7*7}}${7*7}.jpg",
    "a-name-without-any-place-to-break-it-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on.jpg",
];

static BROWSER: LazyLock<Option<Browser>> = LazyLock::new(|| {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/gallery.mjs");
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gallery");
    Browser::find("the gallery in a browser", script, pictures)
});

/// A running gallery, which stops on drop.
struct GalleryServer {
    deployer: Child,
    address: String,
}

impl GalleryServer {
    fn start(mut command: Command) -> Self {
        let mut deployer = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(deployer.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { deployer, address: line.trim_end().to_owned() }
    }

    /// Starts the gallery of `stack`.
    fn of(photo_stack: &PhotoStack) -> Self {
        Self::start(photo_stack.stack.deployer().args(["gallery"]).command())
    }
}

impl Drop for GalleryServer {
    fn drop(&mut self) {
        self.deployer.kill().unwrap();
        self.deployer.wait().unwrap();
    }
}

const NOON: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

/// Returns photos in every state, with hostile names and texts.
fn hostile() -> PhotoStack {
    let photo_stack = PhotoStack::new();
    let done = |alt: Option<&str>| PhotoStage::Done(alt.map(str::to_owned));
    photo_stack.add("2026/11/24/plain.77af778b51.jpg", NOON, done(Some("A hill under the sky")));
    for (number, name) in HOSTILE.iter().enumerate() {
        let at = NOON - Duration::minutes(1 + number as i64);
        let stage = match number {
            0 => PhotoStage::Failed("<img src=x onerror=alert(8)>".to_owned()),
            1 => PhotoStage::InFlight,
            2 => done(None),
            // The rules for texts of a model do not apply here.
            _ => done(Some("\"><script>alert(9)</script>\u{202e}' onload='alert(10)")),
        };
        // Half of the keys have no day, as from other programs.
        let key =
            if number % 2 == 0 { (*name).to_owned() } else { format!("2026/11/23/{name}.77af778b51.jpg") };
        photo_stack.add(&key, at - Duration::days(i64::from(number % 2 == 1)), stage);
    }
    photo_stack
}

#[test]
fn the_gallery_is_accessible_and_hostile_names_do_no_harm() {
    let Some(browser) = BROWSER.as_ref() else { return };
    let photo_stack = hostile();
    let served = GalleryServer::of(&photo_stack);
    browser.run_scenario("look", &served.address);
    browser.run_scenario("use", &served.address);
    let text = photo_stack.alt_text("by-key/2026/11/24/plain.77af778b51.jpg~/v1/alt.en.json").unwrap();
    assert_eq!(text["alt"], "<b>Chelsea</b> \"&\" the hill");
    assert_eq!(text["source"], json!({"by": "person"}));
    let sent = photo_stack.sent();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent[0]["request"], "replay");
    assert!(sent[0]["key"].as_str().unwrap().contains("<script>alert(1)"), "{sent:?}");
    browser.run_scenario("plain", &served.address);
    let text = photo_stack.alt_text("by-key/2026/11/24/plain.77af778b51.jpg~/v1/alt.en.json").unwrap();
    assert_eq!(text["alt"], "Written without a script");
}

#[test]
fn an_empty_gallery_shows_how_to_upload() {
    let Some(browser) = BROWSER.as_ref() else { return };
    browser.run_scenario("look", &GalleryServer::of(&PhotoStack::new()).address);
}

/// `GALLERY_PHOTOS=100000 cargo test -p deployer --test gallery many -- --nocapture` shows the times.
#[test]
fn many_photos_scroll_without_loading_all() {
    let Some(browser) = BROWSER.as_ref() else { return };
    let count = std::env::var("GALLERY_PHOTOS").map_or(2_000, |count| count.parse().unwrap());
    let per_day = std::env::var("GALLERY_PHOTOS_A_DAY").map_or(400, |count| count.parse().unwrap());
    let photo_stack = PhotoStack::new();
    for number in 0..count {
        let (day, of_day) = (number / per_day, number % per_day);
        let at = NOON - Duration::days(day) - Duration::seconds(of_day);
        let date = at.date().to_string().replace('-', "/");
        let key = format!("{date}/photo-{of_day:06}.77af778b51.jpg");
        photo_stack.add(&key, at, PhotoStage::Done(Some(format!("Hill number {number}"))));
    }
    let served = GalleryServer::of(&photo_stack);
    let report = browser.run_scenario("many", &served.address);
    println!("{count} photos, milliseconds: {}", report.trim_end());
}

#[test]
fn photos_outside_the_day_folders_are_not_repeated_when_the_page_updates_itself() {
    let Some(browser) = BROWSER.as_ref() else { return };
    let photo_stack = PhotoStack::new();
    // The gallery does not sort as many by their time, so they have no day.
    for number in 0..=10_000 {
        photo_stack.add(&format!("users/{number}/avatar.jpg"), NOON, PhotoStage::Done(None));
    }
    browser.run_scenario("update", &GalleryServer::of(&photo_stack).address);
}

#[test]
fn an_export_opens_without_a_server() {
    let Some(browser) = BROWSER.as_ref() else { return };
    let photo_stack = hostile();
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    let export = photo_stack.stack.deployer().args(["gallery", "--export"]).args([&site]);
    export.succeeds();
    browser.run_scenario("files", &format!("file://{}/index.html", site.display()));
    export.fails(1).stderr_has("is not empty");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "something unfinished was left");
}

/// Sends a request, and returns the status and the whole response.
fn send(address: &str, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
    let host = address.trim_start_matches("http://").split('/').next().unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

#[test]
fn other_programs_and_pages_cannot_read_or_change_anything() {
    let photo_stack = hostile();
    let served = GalleryServer::of(&photo_stack);
    let (host, token) =
        served.address.trim_start_matches("http://").trim_end_matches('/').split_once('/').unwrap();
    assert!(token.len() >= 32 && host.starts_with("127.0.0.1:"), "{}", served.address);
    let ask = |method: &str, path: &str, headers: &str, body: &str| {
        send(&served.address, method, path, headers, body)
    };
    let ours = format!("host: {host}");
    let page = format!("/{token}/");
    let (status, answer) = ask("GET", &page, &ours, "");
    assert_eq!(status, 200);
    let policy = "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'";
    assert!(answer.contains(policy) && !answer.contains("unsafe"), "{answer}");
    assert!(answer.contains("referrer-policy: same-origin") && answer.contains("cache-control: no-store"));
    // Requests without the token, or with a host name that an attacker points at this machine, are rejected.
    for path in ["/", "/photos", "/x/", "/thumbnail?key=a.png"] {
        assert_eq!(ask("GET", path, &ours, "").0, 404, "{path}");
    }
    assert_eq!(ask("GET", &page, "host: evil.example", "").0, 403);

    // A form on another page that knows the token.
    let form = "content-type: application/x-www-form-urlencoded";
    let replay = format!("{page}replay");
    let body = "key=%3Cscript%3Ealert%281%29%3C%2Fscript%3E.jpg&function=thumbnail";
    for origin in
        ["", "\r\norigin: null", "\r\norigin: http://evil.example", "\r\norigin: http://127.0.0.1:1"]
    {
        assert_eq!(ask("POST", &replay, &format!("{ours}\r\n{form}{origin}"), body).0, 403, "{origin}");
    }
    assert_eq!(photo_stack.sent().len(), 0);
    let own = format!("{ours}\r\n{form}\r\norigin: http://{host}");
    assert_eq!(ask("POST", &replay, &own, body).0, 303);
    assert_eq!(photo_stack.sent().len(), 1);

    // Invalid requests are rejected.
    for query in ["?after=x/y/z", "?date=2026-13-01"] {
        assert_eq!(ask("GET", &format!("{page}photos{query}"), &ours, "").0, 400, "{query}");
    }
    assert_eq!(ask("GET", &format!("{page}photo?key=nowhere.jpg"), &ours, "").0, 404);
    assert_eq!(ask("GET", &format!("{page}thumbnail?key=..%2F..%2Fetc%2Fpasswd"), &ours, "").0, 404);
    let alt = |text: &str| {
        let body = format!("key=2026%2F11%2F24%2Fplain.77af778b51.jpg&language=en&alt={text}");
        ask("POST", &format!("{page}alt"), &own, &body).0
    };
    assert_eq!((alt("a%0Ab"), alt(&"a".repeat(126)), alt("")), (400, 400, 400));
    let text = photo_stack.alt_text("by-key/2026/11/24/plain.77af778b51.jpg~/v1/alt.en.json").unwrap();
    assert_eq!((&text["alt"], &text["source"]["by"]), (&json!("A hill under the sky"), &json!("model")));
}

#[test]
fn silent_connections_do_not_block_others() {
    let photo_stack = hostile();
    let limited = "ulimit -n 64; exec \"$DEPLOYER\" gallery";
    let served = GalleryServer::start(photo_stack.stack.deployer().in_shell(limited));
    let host = served.address.trim_start_matches("http://").split('/').next().unwrap();
    let silent = || std::net::TcpStream::connect(host).unwrap();
    let idle: Vec<_> = (0..80).map(|_| silent()).collect();
    let page = format!("/{}", served.address.trim_start_matches("http://").split_once('/').unwrap().1);
    assert_eq!(send(&served.address, "GET", &page, &format!("host: {host}"), "").0, 200);
    drop(idle);
}

#[test]
fn a_photo_that_cannot_be_exported_does_not_stop_the_others() {
    let photo_stack = PhotoStack::new();
    for hour in 0..3 {
        let key = format!("2026/11/24/cat-{hour}.77af778b51.jpg");
        photo_stack.add(&key, NOON - Duration::hours(hour), PhotoStage::Done(None));
    }
    photo_stack.poison("2026/11/24/cat-1.77af778b51.jpg");
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    let ran = photo_stack.stack.deployer().args(["gallery", "--export"]).args([&site]).fails(1);
    ran.stderr_has("cannot export `2026/11/24/cat-1.77af778b51.jpg`")
        .stderr_has("cannot export 1 of 3 photos");
    let index = std::fs::read_to_string(site.join("index.html")).unwrap();
    assert!(index.contains("cat-0") && index.contains("cat-2") && !index.contains("cat-1"), "{index}");
}

#[test]
fn photos_appear_while_they_are_uploaded_with_pictures_of_the_distribution() {
    let Some(browser) = BROWSER.as_ref() else { return };
    let project = Project::new("delivery: {enabled: true}");
    project.stdout(&["up"]);
    let served = GalleryServer::start(project.command(&["gallery"]));
    follow(browser, "live", &served.address, &["coffee.jpg", "astronaut.jpg"], |name| {
        project.stdout(&["upload", testkit::sample(name).to_str().unwrap()]);
    });
}

#[test]
fn deleted_photos_disappear_without_a_reload() {
    let Some(browser) = BROWSER.as_ref() else { return };
    let photo_stack = PhotoStack::new();
    let key = |name: &str| format!("2026/11/{}/{}.77af778b51.jpg", &name[..2], name.trim_end_matches(".jpg"));
    for (name, day) in [("24-only.jpg", 0), ("23-first.jpg", 1), ("23-last.jpg", 1), ("22-only.jpg", 2)] {
        photo_stack.add(&key(name), NOON - Duration::days(day), PhotoStage::Done(None));
    }
    let served = GalleryServer::of(&photo_stack);
    follow(browser, "removals", &served.address, &["24-only.jpg", "22-only.jpg"], |name| {
        photo_stack.stack.state.lock().unwrap().store.remove_all(ORIGINALS, &key(name));
    });
}

#[test]
fn an_overwritten_photo_moves_to_another_day_without_a_reload() {
    let Some(browser) = BROWSER.as_ref() else { return };
    let photo_stack = PhotoStack::new();
    for (name, day) in [("new.jpg", 0), ("avatar.jpg", 1), ("pet.jpg", 1)] {
        photo_stack.add(name, NOON - Duration::days(day), PhotoStage::Done(None));
    }
    let served = GalleryServer::of(&photo_stack);
    follow(browser, "moves", &served.address, &["avatar.jpg"], |name| {
        photo_stack.add(name, NOON + Duration::days(1), PhotoStage::Done(None));
    });
}

/// Starts a `scenario` that prints `ready`. Then calls `change` for each photo, and waits until the scenario has seen it.
fn follow(browser: &Browser, scenario: &str, address: &str, names: &[&str], change: impl Fn(&str)) {
    let mut driver = browser
        .command(scenario, address)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut report = BufReader::new(driver.stdout.take().unwrap()).lines();
    assert_eq!(report.next().unwrap().unwrap(), "ready");
    let mut see = driver.stdin.take().unwrap();
    for name in names {
        change(name);
        writeln!(see, "{name}").unwrap();
        assert_eq!(report.next().unwrap().unwrap(), format!("seen {name}"));
    }
    drop(see);
    assert!(driver.wait().unwrap().success());
}
