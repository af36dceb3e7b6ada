//! The delivery function.

use std::collections::HashMap;
use std::sync::Arc;

use contract::delivery::Sizes;
use contract::preset::PresetFormat;
use contract::settings::DeliverySettings;
use handler::aws::LambdaEnv;
use handler::delivery::{self, Deliverer};
use handler::log;
use handler::originals::Capacity;
use lambda_runtime::Error;

#[expect(clippy::disallowed_methods, reason = "`main` reads the environment")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    std::panic::set_hook(Box::new(log::panics));
    let variables: HashMap<String, String> = std::env::vars().collect();
    let settings = DeliverySettings::read(&variables)?;
    if !imaging::WRITES_AVIF && settings.presets.iter().any(|preset| preset.format == PresetFormat::Avif) {
        return Err("a preset asks for AVIF, which this program was built without".into());
    }
    let surroundings = LambdaEnv::read(&variables)?;
    let (s3, sqs) = (surroundings.quick_s3(), surroundings.sqs());
    let secrets = (settings.sizes == Sizes::Signed).then(|| surroundings.secrets());
    let deliverer = Deliverer::new(s3, sqs, secrets, settings, Capacity::of(&variables));
    delivery::run(Arc::new(deliverer)).await
}
