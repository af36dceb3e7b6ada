//! The delivery function.

use std::collections::HashMap;
use std::sync::Arc;

use contract::delivery::Sizes;
use contract::preset::PresetFormat;
use contract::settings::DeliverySettings;
use handler::aws::LambdaEnv;
use handler::delivery::{self, Deliverer};
use handler::originals::Capacity;
use handler::{log, watermarks};
use lambda_runtime::Error;

#[expect(clippy::disallowed_methods, reason = "`main` reads the environment")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    std::panic::set_hook(Box::new(log::print_panic));
    let variables: HashMap<String, String> = std::env::vars().collect();
    let settings = DeliverySettings::read(&variables)?;
    if !imaging::WRITES_AVIF && settings.presets.iter().any(|preset| preset.format == PresetFormat::Avif) {
        return Err("a preset has the format AVIF, but this program was built without AVIF support".into());
    }
    let watermarks = watermarks::read(&settings.presets, variables.get(watermarks::TASK_ROOT))?;
    let env = LambdaEnv::read(&variables)?;
    let (s3, sqs) = (env.quick_s3(), env.sqs());
    let secrets = (settings.sizes == Sizes::Signed).then(|| env.secrets());
    let deliverer =
        Deliverer::new(s3, sqs, secrets, settings, watermarks, Capacity::from_variables(&variables));
    delivery::run(Arc::new(deliverer)).await
}
