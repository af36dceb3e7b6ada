//! The keys that sign addresses: the current and the previous value of a secret.

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use contract::delivery::{Address, SigningKey};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::service_error::ServiceError;

/// How long the function uses keys before it reads them again.
const LIFETIME: Duration = Duration::from_secs(300);

/// The minimum time between two reads that are caused by wrong signatures.
const REREAD_PAUSE: Duration = Duration::from_secs(60);

/// How long the function waits for the secret, and how long it waits after a failure before it reads the secret again.
const PATIENCE: Duration = Duration::from_secs(2);

/// The keys. The function reads them when it first verifies a signature.
#[derive(Debug)]
pub(super) struct SigningKeys {
    client: Client,
    secret: String,
    cache: Mutex<KeyCache>,
}

#[derive(Debug, Default)]
struct KeyCache {
    keys: Vec<SigningKey>,
    read_at: Option<Instant>,
    /// When the keys were last read again because of a wrong signature.
    reread_at: Option<Instant>,
    /// When the secret could not be read.
    failed_at: Option<Instant>,
}

impl SigningKeys {
    /// Creates the keys of `secret`, which `client` reads.
    pub(super) fn new(client: Client, secret: String) -> Self {
        Self { client, secret, cache: Mutex::default() }
    }

    /// Returns whether `signature` is the signature of `address` with one of the keys.
    ///
    /// A signature that seems wrong may have been made with a newer key. The function therefore reads the keys again,
    /// but at most once a minute, because many wrong signatures must not cause many calls.
    pub(super) async fn verify(&self, address: &Address, signature: &str) -> Result<bool, ServiceError> {
        let mut cache = self.cache.lock().await;
        let is_older = |at: Option<Instant>, age: Duration| at.is_none_or(|at| at.elapsed() > age);
        if is_older(cache.read_at, LIFETIME) {
            match self.read().await {
                Ok(keys) => (cache.keys, cache.read_at) = (keys, Some(Instant::now())),
                // The known keys stay valid until the secret can be read.
                Err(error) if cache.keys.is_empty() => return Err(error),
                Err(_) => (cache.read_at, cache.failed_at) = (Some(Instant::now()), Some(Instant::now())),
            }
        }
        let verifies = |cache: &KeyCache| cache.keys.iter().any(|key| key.verifies(address, signature));
        if verifies(&cache) {
            return Ok(true);
        }
        if !is_older(cache.reread_at, REREAD_PAUSE) {
            return Ok(false);
        }
        if !is_older(cache.failed_at, PATIENCE) {
            return Err(ServiceError::Unavailable("the secret could not be read a moment ago".to_owned()));
        }
        match self.read().await {
            Ok(keys) => (cache.keys, cache.reread_at) = (keys, Some(Instant::now())),
            // The signature may be right, so do not report it as wrong.
            Err(error) => {
                cache.failed_at = Some(Instant::now());
                return Err(error);
            }
        }
        Ok(verifies(&cache))
    }

    /// Reads the current key, and the previous one if there is one.
    async fn read(&self) -> Result<Vec<SigningKey>, ServiceError> {
        let both = async { tokio::join!(self.read_stage("AWSCURRENT"), self.read_stage("AWSPREVIOUS")) };
        let (current, previous) = tokio::time::timeout(PATIENCE, both).await.map_err(|_| {
            ServiceError::NoResponse(format!(
                "Secrets Manager did not respond within {} s",
                PATIENCE.as_secs()
            ))
        })?;
        let current = current?.ok_or(ServiceError::Missing)?;
        Ok([Some(current), previous?].into_iter().flatten().collect())
    }

    async fn read_stage(&self, stage: &str) -> Result<Option<SigningKey>, ServiceError> {
        let got = self.client.get_secret_value().secret_id(&self.secret).version_stage(stage).send().await;
        match got {
            Ok(got) => Ok(got.secret_string().filter(|key| !key.is_empty()).map(SigningKey::new)),
            Err(error) => {
                let is_missing =
                    error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception());
                if is_missing { Ok(None) } else { Err(ServiceError::from_sdk_error(&error)) }
            }
        }
    }
}
