//! Monitors a running stack: its metrics, logs, queues, functions, and alarms.

pub(crate) mod alarms;
pub(crate) mod functions;
pub(crate) mod live_events;
pub(crate) mod logs;
pub(crate) mod metrics;
pub(crate) mod outage;
pub(crate) mod queues;
pub(crate) mod status;
pub(crate) mod tail;
