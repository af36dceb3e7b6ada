//! The photo wall, an example: a web application that shows photos as soon as they are uploaded.
//!
//! The browser uploads a photo directly to S3, with a form that this server signs. The functions of the stack make the
//! thumbnails and send an event. This server receives the event from a queue and passes it on to all open pages, which
//! load the thumbnails from CloudFront. There are no user accounts: anyone who opens the page may add and delete
//! photos.

mod aws;
mod queue;
mod server;
mod stack;
mod upload;
mod wall;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::aws::Aws;
use crate::queue::EventQueue;
use crate::server::App;
use crate::stack::Stack;
use crate::wall::Wall;

/// Any error.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Show photos on a web page as soon as they are uploaded.
#[derive(Parser)]
struct Arguments {
    /// Use the stack on this machine.
    #[arg(long)]
    local: bool,
    /// Configuration of the stack.
    #[arg(long, value_name = "FILE", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/deployer.yaml"))]
    config: PathBuf,
    /// Port of the page; `uploads.cors` in the configuration names it, too.
    #[arg(long, default_value_t = 3000)]
    port: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Err(error) = run(Arguments::parse()).await else { return ExitCode::SUCCESS };
    report(&error);
    ExitCode::FAILURE
}

/// Prints an error and its causes.
#[expect(clippy::print_stderr, reason = "the only place that reports errors")]
fn report(error: &Failure) {
    eprintln!("error: {}", with_causes(error));
}

/// Returns the texts of an error and its causes.
fn with_causes(error: &Failure) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let stack = Stack::find(arguments.local, &arguments.config).await?;
    let aws = Aws::connect(&stack).await?;
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await;
    let listener = listener.map_err(|error| format!("cannot use the port {}: {error}", arguments.port))?;
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let queue = EventQueue::create(&aws, &stack).await?;
    let ended = tokio::select! {
        ended = serve(&queue, listener, aws, stack) => ended,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    };
    // Delete the queue even if the server failed.
    queue.delete().await.and(ended)
}

#[expect(clippy::print_stdout, reason = "the only output")]
async fn serve(queue: &EventQueue, listener: TcpListener, aws: Aws, stack: Stack) -> Result<(), Failure> {
    queue.subscribe().await?;
    let wall = Arc::new(Wall::new(stack, aws.s3.clone()));
    wall.fill().await?;
    println!("The photo wall is at http://{}", listener.local_addr()?);
    let app = App { wall: Arc::clone(&wall), aws };
    tokio::select! {
        served = server::serve(listener, app) => served,
        never = queue.follow(&wall) => match never {},
    }
}
