//! Uploads of large files to S3.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Condvar, Mutex};

use crate::transfer::{MAX_MEMORY_KIB, MIB, answer, bytes, drain, on_a_small_disk};
use testkit::http::listen;
use testkit::{Deployer, aws};

/// A fake S3 that stores only the lengths and digests of parts.
#[derive(Default)]
struct FakeS3 {
    /// The unfinished uploads by ID.
    uploads: BTreeMap<u32, Parts>,
    /// The number of uploads created.
    begun: u32,
    /// The number of completions that will fail with a conflict, as if another request for the same key were in
    /// progress.
    conflicts: u32,
    /// The numbers of the parts that were sent, in order, whether they arrived or not.
    sent: Vec<u32>,
    /// The length of the object, once it is complete.
    object: Option<u64>,
    completions: u32,
    /// A file that grows when the first part arrives.
    growing: Option<PathBuf>,
    /// Parts with higher numbers get no response.
    answers_up_to: Option<u32>,
}

/// The parts that arrived by number, with their lengths and digests.
type Parts = BTreeMap<u32, (u64, [u8; 32])>;

impl FakeS3 {
    /// Returns the parts of the newest upload.
    fn parts(&self) -> Parts {
        self.uploads.last_key_value().map(|(_, parts)| parts.clone()).unwrap_or_default()
    }
}

type SharedS3 = Arc<(Mutex<FakeS3>, Condvar)>;

fn serve(shared: SharedS3) -> String {
    listen(move |head, length, mut body, stream| {
        let target = head.split(' ').nth(1)?.to_owned();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let value = |name: &str| {
            query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
        };
        let (state, changed) = &*shared;
        let id = value("uploadId").and_then(|id| id.trim_start_matches('u').parse().ok()).unwrap_or(0);
        let gone = || answer(stream, "404 Not Found", "", "<Error><Code>NoSuchUpload</Code></Error>");
        let method = head.split(' ').next()?;
        if path == "/" {
            drain(&mut body, length);
            return answer(stream, "200 OK", "", aws::stack(&[]).text());
        }
        match (method, value("partNumber"), query) {
            ("PUT", Some(number), _) => {
                let number = number.parse().unwrap();
                let may = {
                    let mut s3 = state.lock().unwrap();
                    s3.sent.push(number);
                    changed.notify_all();
                    s3.answers_up_to.is_none_or(|last| number <= last)
                };
                let digest = drain(&mut body, length);
                if !may {
                    // Waits until the caller has exited.
                    let _ = body.read(&mut [0]);
                    return None;
                }
                let mut s3 = state.lock().unwrap();
                if let Some(growing) = s3.growing.take() {
                    std::fs::OpenOptions::new()
                        .append(true)
                        .open(growing)
                        .unwrap()
                        .write_all(b"more")
                        .unwrap();
                }
                let Some(parts) = s3.uploads.get_mut(&id) else { return gone() };
                parts.insert(number, (length, digest));
                drop(s3);
                changed.notify_all();
                answer(stream, "200 OK", &format!("etag: \"{number}\"\r\n"), "")
            }
            ("POST", _, "uploads=" | "uploads") => {
                let mut s3 = state.lock().unwrap();
                s3.begun += 1;
                let id = s3.begun;
                s3.uploads.insert(id, Parts::new());
                let began = format!(
                    "<InitiateMultipartUploadResult><UploadId>u{id}</UploadId></InitiateMultipartUploadResult>"
                );
                answer(stream, "200 OK", "", &began)
            }
            ("DELETE", ..) => {
                state.lock().unwrap().uploads.remove(&id);
                answer(stream, "204 No Content", "", "")
            }
            ("GET", _, query) if query.contains("uploadId") => {
                let Some(parts) = state.lock().unwrap().uploads.get(&id).cloned() else { return gone() };
                let parts: String = parts
                    .iter()
                    .map(|(number, (_, digest))| {
                        let sha256 = aws_smithy_types::base64::encode(digest);
                        format!(
                            "<Part><PartNumber>{number}</PartNumber><ETag>\"{number}\"</ETag>\
                             <ChecksumSHA256>{sha256}</ChecksumSHA256></Part>"
                        )
                    })
                    .collect();
                answer(stream, "200 OK", "", &format!("<ListPartsResult>{parts}</ListPartsResult>"))
            }
            ("POST", _, query) if query.contains("uploadId") => {
                drain(&mut body, length);
                let mut s3 = state.lock().unwrap();
                let Some(parts) = s3.uploads.get(&id) else { return gone() };
                let bytes = parts.values().map(|(length, _)| length).sum();
                if s3.object.is_some() {
                    return answer(stream, "412 X", "", "<Error><Code>PreconditionFailed</Code></Error>");
                }
                if s3.conflicts > 0 {
                    s3.conflicts -= 1;
                    return answer(
                        stream,
                        "409 X",
                        "",
                        "<Error><Code>ConditionalRequestConflict</Code></Error>",
                    );
                }
                s3.uploads.remove(&id);
                s3.object = Some(bytes);
                s3.completions += 1;
                answer(
                    stream,
                    "200 OK",
                    "x-amz-version-id: v1\r\n",
                    "<CompleteMultipartUploadResult><ETag>\"e\"</ETag></CompleteMultipartUploadResult>",
                )
            }
            ("HEAD", ..) => match state.lock().unwrap().object {
                Some(_) => answer(stream, "200 OK", "x-amz-version-id: v1\r\netag: \"e\"\r\n", ""),
                None => answer(stream, "404 Not Found", "", ""),
            },
            _ => answer(stream, "501 Not Implemented", "", ""),
        }
    })
}

/// Creates a sparse file of this size.
fn sparse(path: &Path, length: u64) {
    let mut file = std::fs::File::create(path).unwrap();
    file.write_all(b"\xff\xd8\xff\xe0 like a JPEG").unwrap();
    file.set_len(length).unwrap();
}

#[test]
fn a_large_file_is_uploaded_in_little_memory() {
    let shared = SharedS3::default();
    let endpoint = serve(shared.clone());
    let upload = Deployer::on(&endpoint).args(["upload", "large.jpg"]);
    sparse(&upload.path("large.jpg"), bytes());
    let (ran, memory) = upload.measured();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(shared.0.lock().unwrap().object, Some(bytes()));
    assert!(memory < MAX_MEMORY_KIB, "{memory} KiB");
}

/// Writes `large.jpg`, whose four parts differ, and returns its length.
fn write_large(upload: &Deployer) -> u64 {
    let content: Vec<u8> =
        b"\xff\xd8\xff".iter().copied().chain((0..50 * MIB).map(|at| (at >> 7) as u8)).collect();
    std::fs::write(upload.path("large.jpg"), &content).unwrap();
    content.len() as u64
}

/// Runs an upload of `large.jpg`, and kills it when two of four parts have arrived and the others are in progress.
fn kill_halfway(upload: &Deployer, shared: &SharedS3) {
    let (state, changed) = &**shared;
    state.lock().unwrap().answers_up_to = Some(2);
    let mut killed = upload.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let on_the_way = |s3: &mut FakeS3| s3.parts().len() < 2 || s3.sent.len() < 4;
    drop(changed.wait_while(state.lock().unwrap(), on_the_way).unwrap());
    killed.kill().unwrap();
    killed.wait().unwrap();
    let mut s3 = state.lock().unwrap();
    s3.answers_up_to = None;
    s3.sent.clear();
    assert_eq!((s3.object, s3.completions), (None, 0));
}

#[test]
fn a_killed_upload_is_resumed() {
    let shared = SharedS3::default();
    let endpoint = serve(shared.clone());
    let upload = Deployer::on(&endpoint).args(["upload", "large.jpg"]);
    let length = write_large(&upload);
    kill_halfway(&upload, &shared);

    let first = upload.succeeds();
    let mut s3 = shared.0.lock().unwrap();
    s3.sent.sort_unstable();
    assert_eq!(s3.sent, [3, 4], "what was there is sent again");
    assert_eq!((s3.begun, s3.object), (1, Some(length)));
    drop(s3);

    // A complete object is not uploaded again.
    upload.succeeds().stdout(&first.stdout).stderr_has("already exists");
    assert_eq!(shared.0.lock().unwrap().completions, 1);
}

#[test]
fn a_killed_upload_is_resumed_only_with_the_same_focal_point() {
    let shared = SharedS3::default();
    let endpoint = serve(shared.clone());
    let upload = Deployer::on(&endpoint).args(["upload", "large.jpg"]);
    let length = write_large(&upload);
    let focused = upload.args(["--focus", "0.3,0.6"]);
    kill_halfway(&focused, &shared);
    kill_halfway(&upload, &shared);
    kill_halfway(&upload.args(["--focus", "0.6,0.3"]), &shared);
    assert_eq!(shared.0.lock().unwrap().begun, 3);

    focused.succeeds();
    let mut s3 = shared.0.lock().unwrap();
    s3.sent.sort_unstable();
    assert_eq!((s3.begun, s3.object), (3, Some(length)));
    assert_eq!((&s3.sent[..], s3.uploads.keys().collect::<Vec<_>>()), (&[3, 4][..], vec![&2, &3]));
}

#[test]
fn the_same_file_can_be_uploaded_from_many_terminals_at_once() {
    let shared = SharedS3::default();
    let endpoint = serve(shared.clone());
    let upload = Deployer::on(&endpoint).args(["upload", "large.jpg"]);
    sparse(&upload.path("large.jpg"), 40 * MIB);
    let start = || upload.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let uploads: Vec<_> = (0..6).map(|_| start()).collect();
    let mut keys = BTreeSet::new();
    for upload in uploads {
        let output = upload.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        keys.insert(output.stdout);
    }
    assert_eq!(keys.len(), 1);
    let s3 = shared.0.lock().unwrap();
    assert_eq!((s3.object, s3.completions), (Some(40 * MIB), 1));
}

#[test]
fn an_upload_with_a_conflict_is_restarted_by_this_run_and_the_next() {
    let shared = SharedS3::default();
    let endpoint = serve(shared.clone());
    let upload = Deployer::on(&endpoint).args(["upload", "large.jpg"]);
    sparse(&upload.path("large.jpg"), 20 * MIB);
    // This number of conflicts exceeds the retries of one run.
    shared.0.lock().unwrap().conflicts = 6;
    upload.fails(1).stderr_has("ConditionalRequestConflict");
    assert_eq!(shared.0.lock().unwrap().begun, 5);
    upload.succeeds();
    assert_eq!(shared.0.lock().unwrap().object, Some(20 * MIB));
}

#[test]
fn a_file_that_changes_during_the_upload_is_reported() {
    let shared = SharedS3::default();
    let endpoint = serve(shared.clone());
    let upload = Deployer::on(&endpoint).args(["upload", "large.jpg"]);
    let path = upload.path("large.jpg");
    sparse(&path, 20 * MIB);
    shared.0.lock().unwrap().growing = Some(path);
    upload.fails(1).stderr_has("`large.jpg` changed during the upload");
    assert_eq!(shared.0.lock().unwrap().object, None);
}

#[test]
fn a_full_disk_uploads_nothing_from_stdin() {
    let shared = SharedS3::default();
    let endpoint = serve(shared.clone());
    let deployer = Deployer::on(&endpoint);
    sparse(&deployer.path("large.jpg"), 3 * MIB);
    let ran = on_a_small_disk(&deployer, 1024, "upload - --name cat.jpg < large.jpg");
    assert_eq!(ran.code, Some(1), "{ran}");
    ran.stderr_has("cannot copy stdin").stderr_has("TMPDIR");
    let s3 = shared.0.lock().unwrap();
    assert_eq!((s3.sent.len(), s3.object), (0, None));
}
