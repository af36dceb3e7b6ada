//! The prices: a dated price list, and the cost of a month's usage.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The region whose prices apply to unknown regions.
const FALLBACK: &str = "us-east-1";

/// The prices of one region.
#[derive(Clone, Debug)]
pub struct Prices {
    /// Their region.
    pub region: String,
    /// Their date, such as `2026-11-25`.
    pub as_of: String,
    items: BTreeMap<String, Vec<Tier>>,
}

/// A price tier: the monthly quantity up to which it applies, or `None` for the last, and the price in US dollars.
type Tier = (Option<f64>, f64);

#[derive(Deserialize)]
struct File {
    as_of: String,
    regions: BTreeMap<String, BTreeMap<String, Vec<Tier>>>,
}

/// A line of the bill.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// The service, as named in the AWS bill.
    pub service: &'static str,
    /// A description of the usage.
    pub what: &'static str,
    /// The quantity, in `unit`.
    pub quantity: f64,
    /// The unit of the quantity.
    pub unit: &'static str,
    /// The cost, in US dollars, or NaN if the price is unknown. In JSON, NaN becomes null.
    pub usd: f64,
}

impl Prices {
    /// Returns the prices of `region`, or of us-east-1 if they are not known.
    pub fn for_region(region: Option<&str>) -> Result<Self, Error> {
        let File { as_of, mut regions } = read(include_str!("prices.json"))?;
        let region = region.filter(|region| regions.contains_key(*region)).unwrap_or(FALLBACK);
        let items = regions.remove(region).unwrap_or_default();
        Ok(Self { region: region.to_owned(), as_of, items })
    }

    /// Returns the monthly cost of `quantity` of `item`, in US dollars.
    pub fn cost(&self, item: &str, quantity: f64) -> f64 {
        let mut from = 0.0;
        let mut cost = 0.0;
        for &(to, price) in self.items.get(item).into_iter().flatten() {
            let to = to.unwrap_or(f64::INFINITY);
            cost += (quantity.min(to) - from).max(0.0) * price;
            from = to;
        }
        cost
    }

    /// Returns the line of the bill for `quantity` of `item`.
    pub(crate) fn line(
        &self,
        service: &'static str,
        what: &'static str,
        item: &str,
        quantity: f64,
        unit: &'static str,
    ) -> Line {
        Line { service, what, quantity, unit, usd: self.cost(item, quantity) }
    }
}

/// Reads a built-in file.
pub(crate) fn read<T: for<'a> Deserialize<'a>>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text)
        .map_err(|error| Error::failed(format!("cannot parse the built-in figures: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tier_has_its_own_price() {
        let prices = Prices::for_region(Some("us-east-1")).unwrap();
        let close = |cost: f64, wanted: f64| assert!((cost - wanted).abs() < wanted * 1e-6, "{cost}");
        close(prices.cost("s3_gb_month", 1000.0), 23.0);
        // 50 TB at 0.023, 450 TB at 0.022, the rest at 0.021.
        close(prices.cost("s3_gb_month", 600_000.0), 51_200.0 * 0.023 + 460_800.0 * 0.022 + 88_000.0 * 0.021);
    }

    #[test]
    fn every_region_has_every_price_and_an_unknown_region_uses_the_default() {
        let File { regions, .. } = read(include_str!("prices.json")).unwrap();
        let items: Vec<_> = regions[FALLBACK].keys().collect();
        for (region, there) in &regions {
            assert_eq!(there.keys().collect::<Vec<_>>(), items, "{region}");
        }
        assert_eq!(Prices::for_region(Some("mars-north-1")).unwrap().region, FALLBACK);
    }
}
