//! The faults that a script applies to calls.

use std::time::Duration;

use crate::aws::s3_error;
use crate::http::{Reply, Request};

/// A fault of a call. A fake service or a proxy applies it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No fault: the call has its effect and its reply.
    None,
    /// The call has no effect, and the reply has this status and code.
    Refuse(u16, &'static str),
    /// The call has no effect, and the connection is closed.
    Cut,
    /// The call has its effect, and the connection is closed.
    Lose,
    /// The call has its effect, and only half of the reply is sent.
    Truncate,
    /// The call has its effect and its reply after a delay.
    Delay(Duration),
    /// The call has no effect, and there is never a reply.
    Hang,
}

/// The error with which S3 throttles calls.
pub const SLOW_DOWN: Fault = Fault::Refuse(503, "SlowDown");

impl Fault {
    /// Replies to `request` with this fault. `effect` applies the effect of the call.
    pub fn apply(self, request: &Request, effect: impl FnOnce() -> Reply) -> Reply {
        match self {
            Self::None => effect(),
            Self::Refuse(status, code) => refused_reply(request, status, code),
            Self::Cut => Reply::disconnect(),
            Self::Lose => {
                effect();
                Reply::disconnect()
            }
            Self::Truncate => effect().truncated(),
            Self::Delay(time) => {
                std::thread::sleep(time);
                effect()
            }
            Self::Hang => loop {
                std::thread::park();
            },
        }
    }
}

/// Returns the reply of a refused call. The reply to a HEAD has no body, so it has no code.
fn refused_reply(request: &Request, status: u16, code: &str) -> Reply {
    match request.service() {
        "s3" if request.method() != "HEAD" => s3_error(status, code),
        _ => Reply::new(status, ""),
    }
}
