//! Delivery on the local stack: requests URLs through the emulator's CloudFront, the distribution, and the delivery
//! function.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use testkit::Project;

use crate::emulator_python::emulator_python;
use crate::viewer::request;

fn is_webp(bytes: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && bytes[8..12] == *b"WEBP"
}

#[test]
fn a_photo_is_delivered_at_urls_computed_from_its_key() {
    let settings = "delivery: {enabled: true, sizes: [200x150, 300x], cors: ['https://app.example']}";
    let project = Project::new(settings);
    project.stdout(&["up"]);
    let status = project.json(&["status"]);
    let base = status["delivery"].as_str().unwrap().to_owned();
    let bucket = |name: &str| status["outputs"][name].as_str().unwrap().to_owned();
    let coffee = std::fs::read(testkit::sample("coffee.jpg")).unwrap();
    let originals = bucket("OriginalsBucket");

    // Uploads like an application, and requests each key right after its upload.
    for (sent, path) in [
        ("users/42/my%20cat%2B1.jpg", "users/42/my~20cat~2B1.jpg"),
        ("a%252Fb.jpg", "a~252Fb.jpg"),
        ("%F0%9F%98%BA.jpg", "~F0~9F~98~BA.jpg"),
    ] {
        project.request("PUT", &format!("/{originals}/{sent}"), &coffee);
        let answer = request("GET", &format!("{base}/p/small/{path}"), "");
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        assert!(is_webp(&answer.body) && answer.is_of_function(), "{path}");
    }
    let key = "users/42/my cat+1.jpg";
    project.until(&["explain", key], |report| report["state"] == "done");

    // The function reads every unambiguous spelling, and rejects an ambiguous one.
    for (path, expect) in [
        ("/p/small/users/42/my%20cat%2B1.jpg", 200),
        ("/p/small/users/42/my%20cat+1.jpg", 200),
        ("/p/small/users%2F42%2Fmy%20cat+1.jpg", 200),
        ("/p/small/a%252Fb.jpg", 200),
        ("/p/small/%F0%9F%98%BA.jpg", 200),
        ("/p/small/a%2Fb.jpg", 404),
        ("/p/small/users//42/my%20cat+1.jpg", 400),
        ("/p/small/users/../users/42/my%20cat+1.jpg", 400),
        ("/p/small/users/%2E%2E/42/my%20cat+1.jpg", 400),
        ("/p/small/100%zz.jpg", 400),
        ("/p/huge/a~252Fb.jpg", 404),
        ("/p/200x150/a~252Fb.jpg", 200),
        ("/p/300x/a~252Fb.jpg?dpr=2&format=jpeg", 200),
        ("/p/201x150/a~252Fb.jpg", 403),
        ("/", 404),
        ("/photos/a.jpg", 404),
        ("/t/nowhere.jpg~/v1/small.webp", 404),
    ] {
        let answer = request("GET", &format!("{base}{path}"), "");
        assert_eq!(answer.status, expect, "{path}: {:?}", answer.headers);
    }
    assert_eq!(request("POST", &format!("{base}/p/small/a~252Fb.jpg"), "").status, 403);

    // `url` prints the URL computed above and the URL of each thumbnail.
    let urls = project.json(&["url", key]);
    let stable = format!("{base}/p/small/users/42/my~20cat~2B1.jpg");
    assert_eq!(urls["urls"][0]["url"], stable.as_str(), "{urls}");
    assert_eq!(project.stdout(&["url", key, "--preset", "small"]).trim_end(), stable);
    assert_eq!(project.json(&["explain", key])["url"], stable.as_str());
    let sized = project.stdout(&["url", key, "--width", "200", "--height", "150", "--fit", "cover"]);
    assert_eq!(sized.trim_end(), format!("{base}/p/200x150/users/42/my~20cat~2B1.jpg?fit=cover"));
    assert_eq!(request("GET", sized.trim_end(), "").status, 200);
    assert!(project.stderr(2, &["url", key, "--width", "201"]).contains("does not contain 201x"));
    let version = urls["thumbnails"][0]["url"].as_str().unwrap().to_owned();

    // A thumbnail comes from the bucket. If it is missing, the function makes and stores it.
    let hit = request("GET", &version, "");
    assert!(hit.status == 200 && is_webp(&hit.body) && !hit.is_of_function(), "{hit:?}");
    assert!(hit.header("cache-control").contains("immutable"), "{:?}", hit.headers);
    let stored = format!("/{}/{}", bucket("ThumbnailsBucket"), version.split_once("/t/").unwrap().1);
    project.request("DELETE", &stored, "");
    let miss = request("GET", &version, "");
    assert!(miss.status == 200 && is_webp(&miss.body) && miss.is_of_function(), "{miss:?}");
    assert!(miss.header("cache-control").contains("immutable"), "{:?}", miss.headers);
    assert!(!request("GET", &version, "").is_of_function());

    // Conditional requests, CORS, and headers that restrict the page.
    let first = request("GET", &stable, "origin: https://app.example\r\n");
    assert_eq!(first.header("access-control-allow-origin"), "https://app.example", "{:?}", first.headers);
    assert!(first.header("cache-control").contains("stale-while-revalidate=86400"), "{:?}", first.headers);
    for (name, expect) in [
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'"),
        ("cross-origin-resource-policy", "cross-origin"),
    ] {
        for answer in [&first, &hit] {
            assert!(answer.header(name).starts_with(expect), "{name}: {:?}", answer.headers);
        }
    }
    let again = request("GET", &stable, &format!("if-none-match: {}\r\n", first.header("etag")));
    assert!(again.status == 304 && again.body.is_empty(), "{again:?}");
    let head = request("HEAD", &stable, "");
    assert!(head.status == 200 && head.body.is_empty(), "{head:?}");
    let foreign = request("GET", &stable, "origin: https://other.example\r\n");
    assert_eq!(foreign.header("access-control-allow-origin"), "");

    // An export shows these pictures instead of copies.
    project.stdout(&["gallery", "--export", "site"]);
    let page = std::fs::read_to_string(project.path("site/index.html")).unwrap();
    assert!(page.contains(&format!("src=\"{base}/t/")) && page.contains(&format!("data: {base};")), "{page}");
    assert_eq!(std::fs::read_dir(project.path("site/thumbnails")).unwrap().count(), 0);

    // A failed photo has a reason; a removed photo is missing at once.
    project.request("PUT", &format!("/{originals}/text.jpg"), "no image");
    project.until(&["explain", "text.jpg"], |report| report["state"] == "failed");
    let failed = request("GET", &format!("{base}/p/small/text.jpg"), "");
    assert_eq!((failed.status, failed.header("x-failure-reason")), (404, "not-an-image"), "{failed:?}");
    project.stdout(&["rm", key]);
    let removed = request("GET", &stable, "");
    assert_eq!((removed.status, removed.header("cache-control")), (404, "no-store"), "{removed:?}");
    assert_eq!(request("GET", &version, "").status, 404);

    // The distribution reaches the function only with both permissions.
    let function = format!("/2015-03-31/functions/{}/policy", bucket("DeliveryFunction"));
    let policy = project.request("GET", &function, "");
    let policy: Value = serde_json::from_str(policy.split_once("\r\n\r\n").unwrap().1).unwrap();
    let policy: Value = serde_json::from_str(policy["Policy"].as_str().unwrap()).unwrap();
    let sid = policy["Statement"][0]["Sid"].as_str().unwrap();
    project.request("DELETE", &format!("{function}/{sid}"), "");
    assert_eq!(request("GET", &format!("{base}/p/small/a~252Fb.jpg"), "").status, 403);

    let told = String::from_utf8_lossy(&project.run(&["down"]).stderr).into_owned();
    assert!(told.contains("CloudFront disables the distribution"), "{told}");
}

#[test]
fn sizes_are_signed_with_the_key_of_the_stack() {
    let project = Project::new("delivery: {enabled: true, sizes: signed}");
    project.stdout(&["up"]);
    std::fs::copy(testkit::sample("coffee.jpg"), project.path("coffee.jpg")).unwrap();
    let key = project.stdout(&["upload", "--wait", "coffee.jpg"]);
    let key = key.trim_end();
    let url = project.stdout(&["url", key, "--width", "240", "--quality", "60", "--expires", "1h"]);
    let url = url.trim_end();
    let answer = request("GET", url, "accept: image/webp,*/*\r\n");
    assert!(answer.status == 200 && is_webp(&answer.body), "{url}: {answer:?}");
    // CloudFront reduces the header `Accept` before it sends the request to the function.
    for (accept, expect) in [
        ("*/*", "image/jpeg"),
        ("image/webp;q=0, */*", "image/jpeg"),
        ("image/webp-animation", "image/jpeg"),
        ("Image/WebP ; q=0.1, image/avif;q=0", "image/webp"),
    ] {
        let answer = request("GET", url, &format!("accept: {accept}\r\n"));
        assert_eq!(answer.header("content-type"), expect, "{accept}");
    }
    for wrong in [url.replace("240x", "241x"), url.replace("q60", "q61").replace("quality=60", "quality=61")]
    {
        assert_eq!(request("GET", &wrong, "").status, 403, "{wrong}");
    }
    let unsigned = url.split("&sig=").next().unwrap();
    assert_eq!(request("GET", unsigned, "").status, 403);
}

#[test]
fn every_patch_of_the_emulators_cloudfront_is_still_needed() {
    let python = emulator_python();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let gaps = |patches: Option<PathBuf>| -> BTreeMap<String, bool> {
        let mut command = Command::new(&python);
        command.arg("-I").arg(folder.join("tests/emulator/gaps.py")).args(patches);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let open = gaps(None);
    assert_eq!(open.len(), 6);
    let closed: Vec<_> = open.iter().filter(|(_, is_open)| !**is_open).collect();
    assert!(closed.is_empty(), "the emulator no longer needs the patches for {closed:?}");
    let left: Vec<_> = gaps(Some(folder.join("src/local/cloudfront.py")))
        .into_iter()
        .filter(|(_, is_open)| *is_open)
        .collect();
    assert!(left.is_empty(), "the patches do not fix {left:?}");
}
