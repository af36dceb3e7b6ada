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
    std::panic::set_hook(Box::new(log::print_panic));
    let variables: HashMap<String, String> = std::env::vars().collect();
    let settings = FailoverSettings::read(&variables)?;
    let env = LambdaEnv::read(&variables)?;
    let events = settings.event_stack.as_deref().map(|stack| env.event_bus(stack));
    let (s3, sqs, sns) = (env.s3(), env.sqs(), env.sns());
    let failover = Arc::new(Failover::new(s3, sqs, sns, events, settings));
    lambda_runtime::run(service_fn(|event: LambdaEvent<serde_json::Value>| {
        let invocation = Invocation::from_context(&event.context);
        failover.clone().handle_batch(event.payload, invocation)
    }))
    .await
}
