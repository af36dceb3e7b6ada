//! The thumbnail function.

use std::collections::HashMap;
use std::sync::Arc;

use contract::preset::PresetFormat;
use contract::settings::ThumbnailSettings;
use handler::aws::LambdaEnv;
use handler::originals::Capacity;
use handler::thumbnail::Thumbnailer;
use handler::{batch, log, watermarks};
use lambda_runtime::Error;

// This thread waits for the network. Other threads render images.
#[expect(clippy::disallowed_methods, reason = "`main` reads the environment")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    std::panic::set_hook(Box::new(log::print_panic));
    let variables: HashMap<String, String> = std::env::vars().collect();
    let settings = ThumbnailSettings::read(&variables)?;
    if !imaging::WRITES_AVIF && settings.presets.iter().any(|preset| preset.format == PresetFormat::Avif) {
        return Err("a preset has the format AVIF, but this program was built without AVIF support".into());
    }
    let watermarks = watermarks::read(&settings.presets, variables.get(watermarks::TASK_ROOT))?;
    let env = LambdaEnv::read(&variables)?;
    let events = settings.event_stack.as_deref().map(|stack| env.event_bus(stack));
    let (s3, sqs) = (env.s3(), env.sqs());
    let thumbnailer =
        Thumbnailer::new(s3, sqs, events, settings, watermarks, Capacity::from_variables(&variables));
    batch::run(Arc::new(thumbnailer)).await
}
