//! Scaling: the number of concurrent batches of a queue, and of new environments, in Lambda.

use crate::quotas::Quotas;

/// How long Lambda keeps an idle environment. AWS does not document it; observations show minutes.
const IDLE_SECONDS: f64 = 300.0;

/// The pollers of a queue: five concurrent batches at first, more each minute while there are messages.
#[derive(Clone, Debug)]
pub struct Pollers {
    first: f64,
    most: f64,
    more_a_second: f64,
    now: f64,
}

impl Pollers {
    /// Returns the pollers of an event source mapping with `maximum_concurrency`.
    pub fn new(quotas: &Quotas, maximum_concurrency: f64) -> Self {
        let most = maximum_concurrency.min(quotas.mapping_invocations);
        let first = quotas.mapping_first_invocations.min(most);
        Self { first, most, more_a_second: quotas.mapping_more_a_minute / 60.0, now: first }
    }

    /// Advances by `seconds`, with or without a backlog. Pollers scale down as fast as up, since AWS documents no rate.
    pub fn advance(&mut self, seconds: f64, is_backlog: bool) {
        let change = seconds * self.more_a_second * if is_backlog { 1.0 } else { -1.0 };
        self.now = (self.now + change).clamp(self.first, self.most);
    }

    /// Returns the maximum number of concurrent batches.
    pub fn allowed(&self) -> usize {
        self.now as usize
    }
}

/// The environments of a function: warm ones, and a budget for new ones.
#[derive(Clone, Debug)]
pub struct Environments {
    /// The last use of each idle environment, the longest ago first.
    free: std::collections::VecDeque<f64>,
    busy: usize,
    quota: usize,
    budget: f64,
    budget_most: f64,
    budget_a_second: f64,
    refilled: f64,
}

/// The environment of an invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// A warm environment.
    Warm,
    /// A new one.
    Cold,
    /// No environment: the invocation is throttled.
    Throttled,
}

impl Environments {
    /// Returns no environments.
    pub fn new(quotas: &Quotas) -> Self {
        let most = quotas.lambda_environments;
        Self {
            free: std::collections::VecDeque::new(),
            busy: 0,
            quota: quotas.lambda_concurrency as usize,
            budget: most,
            budget_most: most,
            budget_a_second: most / quotas.lambda_environments_seconds,
            refilled: 0.0,
        }
    }

    /// Returns an environment at `now`, in seconds.
    pub fn take(&mut self, now: f64) -> Start {
        while self.free.front().is_some_and(|last| *last < now - IDLE_SECONDS) {
            self.free.pop_front();
        }
        self.budget = (self.budget + (now - self.refilled) * self.budget_a_second).min(self.budget_most);
        self.refilled = now;
        if self.busy >= self.quota {
            return Start::Throttled;
        }
        let start = if self.free.pop_back().is_some() {
            Start::Warm
        } else if self.budget >= 1.0 {
            self.budget -= 1.0;
            Start::Cold
        } else {
            return Start::Throttled;
        };
        self.busy += 1;
        start
    }

    /// Releases an environment at `now`. `is_alive` is whether its process is still running.
    pub fn release(&mut self, now: f64, is_alive: bool) {
        self.busy -= 1;
        if is_alive {
            self.free.push_back(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pollers_grow_by_three_hundred_a_minute_up_to_the_lowest_limit_and_shrink_again() {
        let quotas = Quotas::for_account(None).unwrap();
        let mut pollers = Pollers::new(&quotas, 1000.0);
        assert_eq!(pollers.allowed(), 5);
        pollers.advance(60.0, true);
        assert_eq!(pollers.allowed(), 305);
        pollers.advance(600.0, true);
        assert_eq!(pollers.allowed(), 1000);
        pollers.advance(600.0, false);
        assert_eq!(pollers.allowed(), 5);
        assert_eq!(Pollers::new(&quotas, 2.0).allowed(), 2);
    }

    #[test]
    fn a_thousand_environments_start_in_ten_seconds_and_warm_ones_are_used_first() {
        let quotas = Quotas { lambda_concurrency: 5000.0, ..Quotas::for_account(None).unwrap() };
        let mut environments = Environments::new(&quotas);
        assert!((0..1000).all(|_| environments.take(0.0) == Start::Cold));
        assert_eq!(environments.take(0.0), Start::Throttled);
        assert!((0..500).all(|_| environments.take(5.0) == Start::Cold));
        assert_eq!(environments.take(5.0), Start::Throttled);
        environments.release(6.0, true);
        assert_eq!(environments.take(6.0), Start::Warm);
        environments.release(6.0, false);
        // Since the fifth second, the budget has grown by 101.
        assert_eq!(environments.take(6.01), Start::Cold);
    }

    #[test]
    fn the_quota_of_the_account_limits_the_environments() {
        let mut environments = Environments::new(&Quotas::for_account(Some(2)).unwrap());
        assert_eq!([(); 3].map(|()| environments.take(0.0)), [Start::Cold, Start::Cold, Start::Throttled]);
    }
}
