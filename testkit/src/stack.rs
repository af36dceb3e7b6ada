//! A fake stack: buckets, a queue that keeps its messages, and a thumbnail function whose reaction to removals a test
//! sets.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use contract::key::{OriginalVersion, index_of_key, records_of_key, thumbnails_of_key};
use contract::preset::ThumbnailFormat;
use serde_json::{Value, json};

use crate::http::{Reply, Request};
use crate::s3::{self, Store};
use crate::{Deployer, aws, records};

/// The bucket of the originals.
pub const ORIGINALS: &str = "originals";
/// The bucket of the thumbnails.
pub const THUMBNAILS: &str = "thumbnails";
/// The bucket of the records.
pub const CATALOG: &str = "catalog";

/// The end of a key, and the change after the deployer has put an object at such a key.
pub type AfterPut = (&'static str, fn(&mut StackState));

/// How the thumbnail function reacts when a photo is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Removal {
    /// It deletes the derived objects after the deployer has listed the buckets this number of times.
    AfterListings(usize),
    /// It does nothing.
    #[default]
    Never,
}

/// The state of a fake stack.
#[derive(Default)]
pub struct StackState {
    /// The objects in its buckets.
    pub store: Store,
    /// The bodies of the messages that the deployer has sent.
    pub sent: Vec<Value>,
    /// The number of messages that the queues report.
    pub messages: u64,
    /// How the function reacts to a removal.
    pub removal: Removal,
    /// Whether the function keeps the outputs of a removed photo.
    pub keeps: bool,
    /// Whether the name index is disabled.
    pub has_no_name_index: bool,
    /// The keys that the deployer deleted from the thumbnails and the catalog.
    pub deleted: Vec<String>,
    /// The change after the deployer has put an object.
    pub after_put: Option<AfterPut>,
}

impl StackState {
    /// Uploads a version of a photo.
    pub fn add_photo(&mut self, key: &str) -> OriginalVersion {
        let version = self.store.put(ORIGINALS, key, "photo");
        OriginalVersion::new(key, Some(&version.id), None)
    }

    /// Stores everything that the function derives from `original`.
    pub fn add_outputs(&mut self, original: &OriginalVersion) {
        let thumbnail = original.thumbnail_key("small", ThumbnailFormat::Webp);
        self.store.put(THUMBNAILS, &thumbnail, "thumbnail");
        if !self.has_no_name_index {
            self.store.put(CATALOG, &original.index_key(), "{}");
        }
        self.store.put(CATALOG, &original.done_key(), records::done(original).to_string());
    }

    /// Stores the failure record of `original`.
    pub fn add_failure_record(&mut self, original: &OriginalVersion) {
        let failure = records::failed(original, "no photo");
        self.store.put(CATALOG, &original.failure_key(), failure.to_string());
    }

    /// Returns the keys of everything that is derived from any photo.
    pub fn derived_keys(&self) -> Vec<String> {
        [self.store.list(THUMBNAILS, ""), self.store.list(CATALOG, "")].concat()
    }

    /// Lets the function react to removals.
    fn react(&mut self) {
        match &mut self.removal {
            Removal::AfterListings(0) => {
                let records = self.store.list(CATALOG, "");
                let keys: BTreeSet<String> = records
                    .iter()
                    .filter_map(|key| OriginalVersion::from_record_key(key))
                    .map(|of| of.key)
                    .collect();
                for key in &keys {
                    if !self.store.versions_of(ORIGINALS, key).is_empty() {
                        continue;
                    }
                    for (bucket, prefix) in [
                        (THUMBNAILS, thumbnails_of_key(key)),
                        (CATALOG, records_of_key(key)),
                        (CATALOG, index_of_key(key)),
                    ] {
                        for derived in self.store.list(bucket, &prefix) {
                            self.store.remove_all(bucket, &derived);
                        }
                    }
                }
            }
            Removal::AfterListings(left) => *left -= 1,
            Removal::Never => {}
        }
    }

    fn reply(&mut self, request: &Request) -> Reply {
        let head = request.head.to_lowercase();
        if head.contains("getqueueattributes") {
            let count = self.messages.to_string();
            return Reply::new(
                200,
                json!({"Attributes": {"ApproximateNumberOfMessages": count}}).to_string(),
            );
        }
        if head.contains("sendmessagebatch") {
            let (sent, reply) = aws::receive_batch(&request.body);
            self.sent.extend(sent);
            return reply;
        }
        if head.contains("/functions/") {
            let setting = if self.keeps { "keep" } else { "delete" };
            let environment = json!({"Variables": {"ON_REMOVAL": setting}});
            return Reply::new(200, json!({ "Environment": environment }).to_string());
        }
        let (bucket, key) = s3::address(request);
        let is_listing = request.method() == "GET" && key.is_empty();
        if is_listing && bucket != ORIGINALS {
            self.react();
        }
        let reply = s3::reply(&mut self.store, request);
        match request.method() {
            "DELETE" if bucket != ORIGINALS => self.deleted.push(key),
            "PUT" => {
                if let Some((_, happen)) = self.after_put.filter(|(end, _)| key.ends_with(end)) {
                    happen(self);
                }
            }
            _ => {}
        }
        reply
    }
}

/// A fake stack that replies until the test process ends.
#[derive(Clone)]
pub struct FakeStack {
    /// The state of the stack.
    pub state: Arc<Mutex<StackState>>,
    endpoint: String,
}

/// The smallest GIF.
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

impl FakeStack {
    /// Serves `state`.
    pub fn new(state: StackState) -> Self {
        let state = Arc::new(Mutex::new(state));
        let serving = Arc::clone(&state);
        let endpoint = crate::http::serve(move |request| {
            let mut state = serving.lock().unwrap();
            if request.body.contains("Action=DescribeStacks") {
                aws::stack(if state.has_no_name_index { &[("NameIndex", "disabled")] } else { &[] })
            } else {
                state.reply(&request)
            }
        });
        Self { state, endpoint }
    }

    /// Returns a run of the deployer with one preset, `small`, in a folder with the photo `photo.gif`.
    pub fn deployer(&self) -> Deployer {
        let settings = "presets: [{name: small, width: 128, height: 128}]\n";
        Deployer::on(&self.endpoint).file("deployer.yaml", settings).file("photo.gif", GIF)
    }
}
