//! The keys that sign addresses: the current and the previous version of a secret.

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use contract::delivery::{Address, SigningKey};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::service_error::ServiceError;

/// How long keys are used before they are read again.
const LIFETIME: Duration = Duration::from_secs(300);

/// How long the keys are not read again because of a wrong signature, after one has caused this.
const PAUSE: Duration = Duration::from_secs(60);

/// The keys, read when a signature is first verified.
#[derive(Debug)]
pub(super) struct SigningKeys {
    client: Client,
    secret: String,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    keys: Vec<SigningKey>,
    read_at: Option<Instant>,
    /// When the keys were last read again because of a wrong signature.
    doubted_at: Option<Instant>,
}

impl SigningKeys {
    /// The keys in `secret`, which `client` reads.
    pub(super) fn new(client: Client, secret: String) -> Self {
        Self { client, secret, known: Mutex::default() }
    }

    /// Whether `signature` is that of `address` under one of the keys.
    ///
    /// A newer key may have made a wrong signature. So the function reads the keys again, but not more than once a
    /// minute: a flood of wrong signatures causes no flood of calls.
    pub(super) async fn verify(&self, address: &Address, signature: &str) -> Result<bool, ServiceError> {
        let mut known = self.known.lock().await;
        let is_older = |at: Option<Instant>, age: Duration| at.is_none_or(|at| at.elapsed() > age);
        if is_older(known.read_at, LIFETIME) {
            match self.read().await {
                Ok(keys) => (known.keys, known.read_at) = (keys, Some(Instant::now())),
                // The known keys stay valid until the secret can be read.
                Err(error) if known.keys.is_empty() => return Err(error),
                Err(_) => known.read_at = Some(Instant::now()),
            }
        }
        let verifies = |known: &Known| known.keys.iter().any(|key| key.verifies(address, signature));
        if verifies(&known) {
            return Ok(true);
        }
        if !is_older(known.doubted_at, PAUSE) {
            return Ok(false);
        }
        known.doubted_at = Some(Instant::now());
        known.keys = self.read().await?;
        Ok(verifies(&known))
    }

    /// Reads the current key, and the previous one if there is one.
    async fn read(&self) -> Result<Vec<SigningKey>, ServiceError> {
        let (current, previous) = tokio::join!(self.stage("AWSCURRENT"), self.stage("AWSPREVIOUS"));
        let current = current?.ok_or(ServiceError::Missing)?;
        Ok([Some(current), previous?].into_iter().flatten().collect())
    }

    async fn stage(&self, stage: &str) -> Result<Option<SigningKey>, ServiceError> {
        let got = self.client.get_secret_value().secret_id(&self.secret).version_stage(stage).send().await;
        match got {
            Ok(got) => Ok(got.secret_string().filter(|key| !key.is_empty()).map(SigningKey::new)),
            Err(error) => {
                let is_missing =
                    error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception());
                if is_missing { Ok(None) } else { Err(ServiceError::of(&error)) }
            }
        }
    }
}
