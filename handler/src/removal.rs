//! Removal: what is derived from an original goes with it, and stays if the original is there again.
//!
//! Uploads and removals may overtake each other. So the original is looked at before anything is
//! removed, and again after: what has come back in between gets its thumbnails anew.

use contract::alt_text::AltTextDone;
use contract::function::Function as Origin;
use contract::key::{NameIndexKey, OriginalKey, OriginalVersion};
use contract::log::{LogLine, Outcome};
use contract::manifest::{Done, Manifest};
use contract::settings::OnRemoval;
use futures::future::try_join_all;

use crate::bucket::Bucket;
use crate::delivery::Delivery;
use crate::event::{Happened, Record};
use crate::failure::{Failure, while_doing};
use crate::fetch::{Fetched, moment};
use crate::original::Original;
use crate::record::{self, Failed};
use crate::thumbnail::Thumbnailer;

impl Thumbnailer {
    /// Follows a removal.
    pub(crate) async fn removed(
        &self,
        record: &Record,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        if self.settings.on_removal == OnRemoval::Keep {
            return Ok(Outcome::Kept);
        }
        let (bucket, key) = self.originals.place(record)?;
        let current = self.originals.current(&bucket, key).await?;
        let one = record.version_id.as_deref().filter(|_| record.happened == Happened::VersionRemoved);
        match (one, current) {
            (Some(version), _) => {
                line.version = version.to_owned();
                let version = OriginalVersion::new(key, Some(version), None);
                self.forget(&bucket, &version, delivery, line).await?;
                // The one before it, or one whose delete marker was removed, is to be seen again.
                self.work_on_current(&bucket, key, record, delivery, line).await?;
                Ok(Outcome::Removed)
            }
            (None, Some(head)) => {
                // An earlier delivery may have been killed between deleting and looking again.
                let current = Original::current(bucket.clone(), key, &head);
                self.mend(&current, delivery, line).await?;
                Ok(Outcome::Survived)
            }
            (None, None) => {
                self.forget_all(&bucket, key, record, delivery, line).await?;
                Ok(Outcome::Removed)
            }
        }
    }

    /// Removes what is derived from all versions of `key`.
    pub(crate) async fn forget_all(
        &self,
        bucket: &Bucket,
        key: &str,
        record: &Record,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<(), Failure> {
        let prefix = OriginalVersion::prefix_of_key(key);
        let records = self.catalog.list(&prefix).await.map_err(while_doing("list the records"))?;
        let mut versions: Vec<&str> =
            records.iter().filter_map(|record| OriginalVersion::version_of_record(key, record)).collect();
        versions.dedup();
        for version in versions {
            let version = OriginalVersion { key: key.to_owned(), version: version.to_owned() };
            self.forget(bucket, &version, delivery, line).await?;
        }
        self.work_on_current(bucket, key, record, delivery, line).await
    }

    /// Makes the thumbnails of the current version of `key` if there is one that lacks any.
    async fn work_on_current(
        &self,
        bucket: &Bucket,
        key: &str,
        record: &Record,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<(), Failure> {
        let Some(head) = self.originals.current(bucket, key).await? else { return Ok(()) };
        let original = Original::current(bucket.clone(), key, &head);
        if self.mend(&original, delivery, line).await? {
            return Ok(());
        }
        let Err(failure) = self.make(&original, delivery, line).await else { return Ok(()) };
        if failure.is_transient() {
            return Err(failure);
        }
        // It is the current version's failure, not that of the one whose removal led here.
        let version = &original.version;
        let failed =
            Failed { function: Origin::Thumbnail, bucket: &bucket.name, version, event: &record.kept };
        record::store_failure(&self.catalog, &version.failure_key(), failed, &failure, delivery).await?;
        // It may have been noted as superseded, by what is removed now.
        record::drop(&self.catalog, &version.done_key()).await
    }

    /// Removes the records of `version`, and its thumbnails and alt texts unless they are another's too.
    async fn forget(
        &self,
        bucket: &Bucket,
        version: &OriginalVersion,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<(), Failure> {
        let done: Option<Done> = self.read(&version.done_key()).await?;
        let described: Option<AltTextDone> = self.read(&version.alt_text_done_key()).await?;
        if let Some(manifest) = done.and_then(|done| done.manifest) {
            let (index, base) = (manifest.index_key().to_string(), manifest.base);
            if self.sharing(bucket, &index, &base).await?.is_empty() {
                let prefix = format!("{base}/");
                for place in [&self.thumbnails, &self.catalog] {
                    let keys = place.children(&prefix).await.map_err(while_doing("list what is derived"))?;
                    delete_all(place, &keys).await?;
                }
            }
            delete_all(&self.catalog, std::slice::from_ref(&index)).await?;
            // Another photo with the same bytes may have come while they were removed.
            for manifest in self.sharing(bucket, &index, &base).await? {
                self.restore(bucket, manifest, delivery, line).await?;
            }
        }
        // Alt texts without thumbnails, which nothing else will lead to.
        else if let Some(base) = described.and_then(|described| described.base) {
            let keys = self.catalog.children(&format!("{base}/")).await;
            delete_all(&self.catalog, &keys.map_err(while_doing("list the alt texts"))?).await?;
        }
        // Last, so that a delivery that breaks off before finds its way again.
        let alt_texts = [version.alt_text_failure_key(), version.alt_text_done_key()];
        for record in alt_texts.into_iter().chain([version.failure_key(), version.done_key()]) {
            record::drop(&self.catalog, &record).await?;
        }
        Ok(())
    }

    /// Makes what is missing of the thumbnails of `original` if it has a manifest, and gives whether it has one.
    async fn mend(
        &self,
        original: &Original,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<bool, Failure> {
        let done: Option<Done> = self.read(&original.version.done_key()).await?;
        let Some(manifest) = done.and_then(|done| done.manifest) else { return Ok(false) };
        // A removal that broke off may have taken it from the name index already.
        let index = manifest.index_key().to_string();
        let Some(manifest) = self.read::<Manifest>(&index).await? else { return Ok(false) };
        self.restore(&original.bucket, manifest, delivery, line).await?;
        let described: Option<AltTextDone> = self.read(&original.version.alt_text_done_key()).await?;
        if let Some(base) = described.and_then(|described| described.base) {
            let alt_texts = self.catalog.children(&format!("{base}/")).await;
            if alt_texts.map_err(while_doing("list the alt texts"))?.is_empty() {
                // Only the other function can write them: what is not recorded as done is found by a backfill.
                delete_all(&self.catalog, &[original.version.alt_text_done_key()]).await?;
            }
        }
        Ok(true)
    }

    /// Makes the thumbnails that `manifest` promises again where one of them is missing.
    async fn restore(
        &self,
        bucket: &Bucket,
        manifest: Manifest,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<(), Failure> {
        let there = manifest.thumbnails.iter().map(|thumbnail| self.thumbnails.has(&thumbnail.key));
        let there = try_join_all(there).await.map_err(while_doing("look for the thumbnails"))?;
        if there.contains(&false) {
            let facts = manifest.original;
            let bucket = Bucket { s3: bucket.s3.clone(), name: facts.bucket };
            let version = OriginalVersion { key: facts.key, version: facts.version };
            let original = Original { bucket, version, size: facts.bytes };
            // Superseded or not: its manifest promises them.
            if let Fetched::Original(fetched) = self.originals.fetch(&original, delivery, line).await? {
                self.make_of(&original, fetched, delivery, line).await?;
            }
        }
        Ok(())
    }

    /// The other manifests whose thumbnails stand under `base`: copies with the same name and bytes. However many photos
    /// have the name, only a day of it is listed.
    async fn sharing(&self, bucket: &Bucket, index: &str, base: &str) -> Result<Vec<Manifest>, Failure> {
        let Ok(key) = base.parse::<OriginalKey>() else { return Ok(Vec::new()) };
        let day = NameIndexKey::stretch_of_day(index, key.date());
        let listed = self.catalog.list_stretch(NameIndexKey::siblings(index), Some(day)).await;
        let listed = listed.map_err(while_doing("list the name index"))?;
        let ours = match self.originals.current(bucket, base).await? {
            Some(head) => {
                let modified = moment(head.last_modified()).map_err(while_doing("look at the original"))?;
                Some((OriginalVersion::new(base, head.version_id(), head.e_tag()), modified))
            }
            None => None,
        };
        let mut sharing = Vec::new();
        for other in NameIndexKey::that_may_share(index, &key, listed, ours) {
            sharing.extend(self.read::<Manifest>(&other).await?.filter(|manifest| manifest.base == base));
        }
        Ok(sharing)
    }

    async fn read<T: serde::de::DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Failure> {
        self.catalog.read(key).await.map_err(while_doing("read a record"))
    }
}

async fn delete_all(bucket: &Bucket, keys: &[String]) -> Result<(), Failure> {
    let deletes = keys.iter().map(|key| bucket.delete(key));
    try_join_all(deletes).await.map_err(while_doing("remove what is derived"))?;
    Ok(())
}
