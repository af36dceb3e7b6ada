//! The alt-text function.

use std::collections::HashMap;
use std::sync::Arc;

use contract::settings::AltTextSettings;
use handler::alt_text::Describer;
use handler::aws::LambdaEnv;
use handler::originals::Capacity;
use handler::{batch, log};
use lambda_runtime::Error;

#[expect(clippy::disallowed_methods, reason = "`main` reads the environment")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    std::panic::set_hook(Box::new(log::print_panic));
    let variables: HashMap<String, String> = std::env::vars().collect();
    let settings = AltTextSettings::read(&variables)?;
    let env = LambdaEnv::read(&variables)?;
    let events = settings.event_stack.as_deref().map(|stack| env.event_bus(stack));
    let (s3, bedrock) = (env.s3(), env.bedrock());
    let describer =
        Arc::new(Describer::new(s3, bedrock, events, settings, Capacity::from_variables(&variables)));
    batch::run(describer).await
}
