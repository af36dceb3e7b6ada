//! Fits the concurrency of the functions to the quota of the account. A new account allows ten concurrent invocations.
//! Without a fitting limit, Lambda throttles messages, which then use up their receives and become dead letters.

use aws_sdk_lambda::config::Builder;
use aws_smithy_types::retry::RetryConfig;

use crate::config::{CONCURRENCY, Settings};
use crate::stack::Stack;
use crate::ui::Ui;

/// The concurrency left to the failover function and other functions of the account.
const RESERVED_FOR_OTHERS: u32 = 2;

/// The maximum concurrency left to the delivery function, which gets up to a quarter of the quota.
const MAX_DELIVERY: u32 = 10;

/// The maximum number of times that the request for the quota is sent: `up` also works without the response.
const ATTEMPTS: u32 = 3;

/// Returns the settings, with the maximum concurrency lowered to the quota of the account.
pub(crate) async fn fit_to_quota(stack: &Stack, ui: &Ui) -> Settings {
    let mut settings = stack.config.settings.clone();
    let Some(limit) = unreserved_concurrency(stack, ui).await else { return settings };
    let delivery = if settings.delivery.enabled { (limit / 4).min(MAX_DELIVERY) } else { 0 };
    let alt_texts = settings.alt_text.enabled.then_some(&mut settings.alt_text.maximum_concurrency);
    for (setting, before, after) in
        share_quota(limit - delivery, &mut settings.function.maximum_concurrency, alt_texts)
    {
        ui.warn(format!(
            "lowering `{setting}` from {before} to {after}: the account allows {limit} concurrent invocations; to raise \
             the quota, run `aws service-quotas request-service-quota-increase --service-code lambda --quota-code \
             L-B99A9384 --desired-value 1000{}`, then `deployer up{}`",
            stack.aws_flags(),
            stack.config.flags()
        ));
    }
    settings
}

/// Returns the unreserved concurrency of the account, or `None` if Lambda does not report it.
async fn unreserved_concurrency(stack: &Stack, ui: &Ui) -> Option<u32> {
    let few_attempts = Builder::new().retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS));
    match stack.aws.lambda().get_account_settings().customize().config_override(few_attempts).send().await {
        Ok(account) => {
            let limit = account.account_limit()?;
            let unreserved = limit.unreserved_concurrent_executions();
            u32::try_from(unreserved.unwrap_or(limit.concurrent_executions())).ok()
        }
        Err(error) => {
            let error = crate::aws::error::aws_error("read the account's Lambda quotas", &error);
            ui.detail(error.message);
            None
        }
    }
}

/// Lowers the maximum concurrency of the functions to `limit`. Returns each changed setting with its old and new value.
fn share_quota(
    limit: u32,
    thumbnails: &mut u32,
    alt_texts: Option<&mut u32>,
) -> Vec<(&'static str, u32, u32)> {
    let minimum = *CONCURRENCY.start();
    let available = limit.saturating_sub(RESERVED_FOR_OTHERS);
    let mut changed = Vec::new();
    let mut lower = |setting, value: &mut u32, maximum: u32| {
        let lowered = (*value).min(maximum.max(minimum));
        if lowered != *value {
            changed.push((setting, *value, lowered));
            *value = lowered;
        }
        lowered
    };
    // The alt-text function waits for the model, so a small share is enough.
    let for_alt_texts =
        alt_texts.map_or(0, |alt_texts| lower("alt_text.maximum_concurrency", alt_texts, available / 4));
    lower("function.maximum_concurrency", thumbnails, available.saturating_sub(for_alt_texts));
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(limit: u32, thumbnails: u32, alt_texts: Option<u32>, expect: (u32, Option<u32>)) {
        let (mut lowered, mut alt) = (thumbnails, alt_texts);
        let changed = share_quota(limit, &mut lowered, alt.as_mut());
        assert_eq!((lowered, alt), expect);
        assert_eq!(changed.is_empty(), (lowered, alt) == (thumbnails, alt_texts));
    }

    #[test]
    fn the_concurrency_of_each_function_is_within_the_quota_and_the_limits_of_lambda() {
        check(1000, 50, None, (50, None));
        check(10, 50, None, (8, None));
        check(10, 4, None, (4, None));
        check(10, 50, Some(2), (6, Some(2)));
        check(10, 50, Some(20), (6, Some(2)));
        check(100, 50, Some(40), (50, Some(24)));
        check(1000, 1000, Some(100), (898, Some(100)));
        check(2, 50, Some(2), (2, Some(2)));
        check(0, 50, None, (2, None));
    }
}
