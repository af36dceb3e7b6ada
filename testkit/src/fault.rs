//! What a script does to a call.

use std::time::Duration;

use crate::aws::s3_error;
use crate::http::{Reply, Request};

/// What is done to a call, by a fake service or by a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the call has its effect and its reply.
    None,
    /// The call has no effect, and is answered with this status and code.
    Refuse(u16, &'static str),
    /// The call has no effect, and the connection is closed.
    Cut,
    /// The call has its effect, and the connection is closed.
    Lose,
    /// The call has its effect, and only half of the reply is sent.
    Truncate,
    /// The call has its effect and its reply after a delay.
    Delay(Duration),
    /// The call has no effect, and is never answered.
    Hang,
}

/// How S3 asks for fewer calls.
pub const SLOW_DOWN: Fault = Fault::Refuse(503, "SlowDown");

impl Fault {
    /// Replies to `request` with this fault; `deed` has the effect of the call.
    pub fn apply(self, request: &Request, deed: impl FnOnce() -> Reply) -> Reply {
        match self {
            Self::None => deed(),
            Self::Refuse(status, code) => refusal(request, status, code),
            Self::Cut => Reply::cut(),
            Self::Lose => {
                deed();
                Reply::cut()
            }
            Self::Truncate => deed().half(),
            Self::Delay(time) => {
                std::thread::sleep(time);
                deed()
            }
            Self::Hang => loop {
                std::thread::park();
            },
        }
    }
}

/// A reply to a HEAD has no body, and so no code.
fn refusal(request: &Request, status: u16, code: &str) -> Reply {
    match request.service() {
        "s3" if request.method() != "HEAD" => s3_error(status, code),
        _ => Reply::new(status, ""),
    }
}
