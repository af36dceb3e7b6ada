//! The failover function.

use std::collections::HashMap;
use std::sync::Arc;

use contract::settings::FailoverSettings;
use handler::aws::LambdaEnv;
use handler::failover::Failover;
use handler::log;
use handler::message::Invocation;
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[expect(clippy::disallowed_methods, reason = "`main` reads the environment")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    std::panic::set_hook(Box::new(log::panics));
    let variables: HashMap<String, String> = std::env::vars().collect();
    let settings = FailoverSettings::read(&variables)?;
    let surroundings = LambdaEnv::read(&variables)?;
    let events = settings.event_stack.as_deref().map(|stack| surroundings.event_bus(stack));
    let (s3, sqs, sns) = (surroundings.s3(), surroundings.sqs(), surroundings.sns());
    let failover = Arc::new(Failover::new(s3, sqs, sns, events, settings));
    lambda_runtime::run(service_fn(|event: LambdaEvent<serde_json::Value>| {
        let invocation = Invocation::of(&event.context);
        failover.clone().work_on(event.payload, invocation)
    }))
    .await
}
