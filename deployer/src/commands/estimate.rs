//! `deployer estimate`: estimates the cost of a load and the limit that the stack reaches first.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use contract::key::escape;
use estimate::arrivals::Curve;
use estimate::delivery::DeliveryTraffic;
use estimate::limits::{Limit, limits};
use estimate::plot::{self, format_seconds};
use estimate::prices::{Line, Prices};
use estimate::quotas::Quotas;
use estimate::result::SimulationResult;
use estimate::server::{Servers, servers};
use estimate::setup::{AltTextSetup, Architecture, FunctionSetup, Setup};
use estimate::simulation::{Faults, Scenario, simulate};
use estimate::usage::Usage;
use estimate::work::{Speeds, Work};
use estimate::workload::Workload;
use estimate::{DAYS, FULL_SPEED};
use serde::Serialize;

use crate::config::{self, Config, Events, Settings};
use crate::error::CommandError;
use crate::files;
use crate::template;
use crate::ui::Ui;

/// The maximum number of samples in the JSON of a simulation.
const MAX_SAMPLES: usize = 600;

/// Estimate the cost of a load and find the first bottleneck.
///
/// The command uses the settings of this configuration and built-in list prices. It does not connect to AWS.
///
/// With `--output json`, prints `photos_a_day`, `region`, `prices_as_of`, `lines` (`service`, `what`, `quantity`,
/// `unit`, `usd`), `usd_a_month`, `usd_a_thousand_photos`, `seconds_a_photo`, `batches_at_once`, `burst` (`photos`,
/// `oldest_seconds`, `seconds`), `limits` (`what`, `photos_a_second`, `setting`; lowest first) and, with `--compare`,
/// `servers` and, with `--simulate`, `simulation`. A cost is `null` if it includes tokens of a model without a known
/// price.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer estimate --per-day 1000000
  deployer estimate --per-day 50000 --mix photos.csv --compare
  deployer estimate --per-day 1000000 --simulate wave --plot wave.svg

A mix is a CSV file with the columns `kind,share,megapixels,megabytes` and optionally `ms`,
the measured CPU time of a photo.")]
pub(crate) struct EstimateArgs {
    /// Assume this many uploads per day.
    #[arg(long, value_name = "PHOTOS", value_parser = clap::value_parser!(u64).range(1..))]
    per_day: u64,
    /// Assume this many requests for thumbnails per day, with `delivery.enabled` [default: 10 per upload].
    #[arg(long, value_name = "REQUESTS")]
    requests: Option<u64>,
    /// Read the mix of photos from this CSV file [default: mostly 12-megapixel JPEGs].
    #[arg(long = "mix", value_name = "FILE")]
    workload: Option<PathBuf>,
    /// Estimate how long this many simultaneous uploads wait [default: one hour of uploads].
    #[arg(long, value_name = "PHOTOS", value_parser = clap::value_parser!(u64).range(1..))]
    burst: Option<u64>,
    /// Compare with always-on image servers.
    #[arg(long)]
    compare: bool,
    /// Simulate uploads over time: `steady` (one hour), `day`, `wave` (up to 10,000 photos per second and back down), or
    /// a file with one `seconds,photos_a_second` line per point.
    #[arg(long, value_name = "LOAD")]
    simulate: Option<String>,
    /// Use this seed for the random numbers of the simulation.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, requires = "simulate")]
    seed: u64,
    /// Write a plot of the simulation to this SVG file.
    #[arg(long, value_name = "FILE", requires = "simulate")]
    plot: Option<PathBuf>,
    /// Make this share of the simulated photos crash the function, from 0 to 1.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share, requires = "simulate")]
    poison: f64,
    /// Make this share of the simulated deliveries fail once and succeed on retry, from 0 to 1.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share, requires = "simulate")]
    failures: f64,
    /// Assume this concurrency quota for the account [default: 1000, the quota of most accounts].
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    account_concurrency: Option<u32>,
    /// Assume this latency of an S3 request, in milliseconds.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u32).range(1..))]
    request_ms: Option<u32>,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "not a number from 0 to 1".to_owned())
}

/// The requests for thumbnails per upload, an assumption.
const REQUESTS_PER_UPLOAD: u64 = 10;

/// The result of the command.
#[derive(Debug, Serialize)]
struct Estimate {
    photos_a_day: u64,
    region: String,
    prices_as_of: String,
    lines: Vec<Line>,
    usd_a_month: f64,
    usd_a_thousand_photos: f64,
    seconds_a_photo: f64,
    batches_at_once: f64,
    burst: Burst,
    limits: Vec<Limit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    servers: Option<Servers>,
    #[serde(skip_serializing_if = "Option::is_none")]
    simulation: Option<SimulationReport>,
}

/// A burst of uploads.
#[derive(Debug, Serialize)]
struct Burst {
    photos: u64,
    /// The longest wait of a photo.
    oldest_seconds: f64,
    /// The time until the last photo has its thumbnails.
    seconds: f64,
}

/// A simulation and its cost.
#[derive(Debug, Serialize)]
struct SimulationReport {
    /// The load curve: `steady`, `day`, `wave`, or a file.
    #[serde(rename = "course")]
    load: String,
    seed: u64,
    #[serde(flatten)]
    result: SimulationResult,
    /// The cost of these photos, without storage and monthly charges.
    usd: f64,
}

/// Returns the settings that an estimate depends on.
fn estimate_setup(settings: &Settings) -> Result<Setup, CommandError> {
    let template = template::render(settings)?;
    let (function, alt_text) = (&settings.function, &settings.alt_text);
    Ok(Setup {
        presets: settings.presets.clone(),
        function: FunctionSetup {
            memory: function.memory,
            timeout: function.timeout,
            batch_size: function.batch_size,
            maximum_concurrency: function.maximum_concurrency,
            maximum_receives: function.maximum_receives,
            architecture: match function.architecture {
                config::Architecture::Arm64 => Architecture::Arm64,
                config::Architecture::X86_64 => Architecture::X86_64,
            },
            events: settings.events == Events::Enabled,
            name_index: settings.name_index,
        },
        alt_text: alt_text.enabled.then(|| AltTextSetup {
            model: alt_text.model.clone(),
            languages: alt_text.languages.len(),
            maximum_concurrency: alt_text.maximum_concurrency,
        }),
        log_retention_days: settings.log_retention_days,
        alarm_metrics: template.resources_of_type("AWS::CloudWatch::Alarm").map(metrics_of).sum(),
        event_source_mappings: template.resources_of_type("AWS::Lambda::EventSourceMapping").count(),
    })
}

/// Returns the number of metrics that an alarm evaluates.
fn metrics_of(alarm: &serde_json::Value) -> usize {
    let metrics = alarm["Properties"]["Metrics"].as_array();
    metrics.map_or(1, |metrics| metrics.iter().filter(|metric| metric.get("MetricStat").is_some()).count())
}

/// Converts an error in a file or a flag.
fn command_error(error: estimate::Error) -> CommandError {
    let message = error.to_string();
    let converted =
        if error.is_usage() { CommandError::usage(message) } else { CommandError::failed(message) };
    error.hints().iter().fold(converted, |converted, hint| converted.hint(hint.as_str()))
}

pub(crate) fn estimate(args: EstimateArgs, config: &Config, ui: &Ui) -> Result<(), CommandError> {
    let settings = &config.settings;
    let setup = estimate_setup(settings)?;
    let speeds = Speeds::read(args.request_ms.map(f64::from)).map_err(command_error)?;
    let known: Vec<&str> = speeds.kinds.keys().map(String::as_str).collect();
    let workload = args
        .workload
        .as_deref()
        .map_or_else(|| Ok(Workload::default()), |path| Workload::read(path, &known))
        .map_err(command_error)?;
    let region =
        settings.region.clone().or_else(|| config::region_from_environment().map(|(region, _)| region));
    let prices = Prices::for_region(region.as_deref()).map_err(command_error)?;
    if let Some(region) = region.as_ref().filter(|region| **region != prices.region) {
        ui.warn(format!(
            "no price list for the region `{}`; using the prices of {}",
            escape(region),
            prices.region
        ));
    }
    let quotas = Quotas::for_account(args.account_concurrency).map_err(command_error)?;
    let work = Work::for_workload(&workload, &setup.presets, &setup.function, &speeds);
    let region = region.unwrap_or_else(|| prices.region.clone());
    if settings.alt_text.enabled && contract::alt_text::Price::for_model(&settings.alt_text.model).is_none() {
        ui.note(format!(
            "no price for the model `{}`: the cost of its tokens and the total are unknown",
            escape(&settings.alt_text.model)
        ));
    }

    let rate = args.per_day as f64 / 86_400.0;
    let photos = args.per_day as f64 * DAYS;
    let seconds = work.mean_seconds(&workload, 1.0);
    let usage = Usage::for_single_photo_batches(
        photos,
        workload.mean(|photos| photos.megabytes) * 1e6,
        seconds,
        &work,
    );
    let mut lines = usage.bill(&work, &setup, &prices);
    if settings.delivery.enabled {
        let requests =
            args.requests.unwrap_or(args.per_day.saturating_mul(REQUESTS_PER_UPLOAD)) as f64 * DAYS;
        let traffic = DeliveryTraffic { requests, is_signed: settings.delivery.is_signed() };
        lines.extend(traffic.bill(&work, &setup, &prices));
    } else if args.requests.is_some() {
        return Err(CommandError::usage("`--requests` needs `delivery.enabled`")
            .hint("set `delivery: {enabled: true}` in deployer.yaml"));
    }
    let usd_a_month = total(&lines);
    let scenario = |curve, faults| Scenario {
        curve,
        workload: &workload,
        work: &work,
        function: &setup.function,
        quotas: &quotas,
        faults,
        seed: args.seed,
    };
    let at_once = args.burst.unwrap_or_else(|| args.per_day.div_ceil(24));
    let curve = Curve::burst(at_once as f64);
    curve.check().map_err(command_error)?;
    let burst = simulate(&scenario(&curve, Faults::default()));
    let simulation = match &args.simulate {
        None => None,
        Some(load) => {
            let curve = match load.as_str() {
                "steady" => Curve::steady(rate, 3600.0),
                "day" => Curve::day(rate),
                "wave" => Curve::wave(rate.min(FULL_SPEED), FULL_SPEED),
                file => Curve::read(Path::new(file)).map_err(command_error)?,
            };
            curve.check().map_err(command_error)?;
            let faults = Faults { poison: args.poison, failures: args.failures };
            let mut result = simulate(&scenario(&curve, faults));
            let is_usage_charge = |line: &&Line| !["GB", "metrics", "alarms", "polls"].contains(&line.unit);
            let bill = result.usage(&workload).bill(&work, &setup, &prices);
            let usd = bill.iter().filter(is_usage_charge).map(|line| line.usd).sum();
            if let Some(path) = &args.plot {
                let title =
                    format!("{} photos, {load}, seed {}", group_digits(result.photos as f64), args.seed);
                files::write(path, plot::draw(&result, &title))?;
            }
            result.samples = result.timeline(MAX_SAMPLES);
            Some(SimulationReport { load: load.clone(), seed: args.seed, result, usd })
        }
    };
    let estimate = Estimate {
        photos_a_day: args.per_day,
        region: prices.region.clone(),
        prices_as_of: prices.as_of.clone(),
        usd_a_month,
        usd_a_thousand_photos: usd_a_month / photos * 1000.0,
        seconds_a_photo: seconds,
        batches_at_once: rate * seconds,
        burst: Burst { photos: burst.photos, oldest_seconds: burst.oldest_seconds, seconds: burst.seconds },
        limits: limits(&workload, &work, &setup, &quotas, &region),
        servers: args
            .compare
            .then(|| servers(&workload, settings.presets.len(), Curve::day(rate).peak(), &prices)),
        simulation,
        lines,
    };
    ui.print_result(&estimate, || text(&estimate))
}

fn total(lines: &[Line]) -> f64 {
    lines.iter().map(|line| line.usd).sum()
}

fn text(estimate: &Estimate) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let mut push_line = |line: String| {
        let _ = writeln!(text, "{line}");
    };
    push_line(format!(
        "{} photos per day ({:.1} per second) in {}, at list prices of {} without free tiers\n",
        group_digits(estimate.photos_a_day as f64),
        estimate.photos_a_day as f64 / 86_400.0,
        estimate.region,
        estimate.prices_as_of
    ));
    for line in &estimate.lines {
        let quantity = group_digits(line.quantity);
        let usd = format_usd(line.usd, 2);
        push_line(format!(
            "{:<11} {:<28} {quantity:>18} {:<10} {usd:>15}",
            line.service, line.what, line.unit
        ));
    }
    let a_month = format_usd(estimate.usd_a_month, 2);
    let a_thousand_photos = format_usd(estimate.usd_a_thousand_photos, 5);
    push_line(format!("{:<71}{a_month:>15} per month", "total"));
    push_line(format!("{:<71}{a_thousand_photos:>15} per thousand photos", ""));
    push_line(
        "the storage cost covers one month of photos and grows by this amount every month\n".to_owned(),
    );
    push_line(format!(
        "processing: {:.0} ms per photo; {:.1} concurrent batches on average",
        estimate.seconds_a_photo * 1e3,
        estimate.batches_at_once
    ));
    push_line(format!(
        "burst of {} photos: the last one waits {}; all are done after {}\n",
        group_digits(estimate.burst.photos as f64),
        format_seconds(estimate.burst.oldest_seconds),
        format_seconds(estimate.burst.seconds)
    ));
    push_line("limits in photos per second, lowest first:".to_owned());
    for limit in &estimate.limits {
        push_line(format!(
            "{:>10}  {}\n            {}",
            group_digits(limit.photos_a_second),
            limit.what,
            limit.setting
        ));
    }
    if let Some(servers) = &estimate.servers {
        push_line(format!(
            "\nalways-on servers: {} x {} for an evening peak of {:.1} photos per second: ${:.2} per month without\n\
             storage, traffic, or a load balancer ({:.1} thumbnails per second each; {})",
            servers.count,
            servers.kind,
            servers.photos_a_second,
            servers.usd,
            servers.thumbnails_a_second,
            servers.source
        ));
    }
    if let Some(report) = &estimate.simulation {
        push_line(format!("\nsimulated: {}, seed {}\n{}", report.load, report.seed, simulation_text(report)));
    }
    text
}

fn simulation_text(report: &SimulationReport) -> String {
    let result = &report.result;
    let count = |count: u64| group_digits(count as f64);
    format!(
        "  photos {}, done {}, dead letters {}, processed twice {}, crashes {}\n  \
         batches {} ({:.1} photos each), cold starts {}, throttled {}, up to {} concurrent\n  \
         latency: median {}, 99th percentile {}, maximum {}; all done after {}\n  \
         {} excluding monthly charges",
        count(result.photos),
        count(result.done),
        count(result.dead_letters),
        count(result.duplicates),
        count(result.killed),
        count(result.batches),
        result.deliveries as f64 / result.batches.max(1) as f64,
        count(result.cold_starts),
        count(result.throttles),
        result.most_batches,
        format_seconds(result.median_seconds),
        format_seconds(result.p99_seconds),
        format_seconds(result.oldest_seconds),
        format_seconds(result.seconds),
        format_usd(report.usd, 2)
    )
}

/// Formats a cost in US dollars with this number of decimals. The cost of a model without a known price is NaN.
fn format_usd(usd: f64, decimals: usize) -> String {
    if usd.is_nan() { "unknown".to_owned() } else { format!("${usd:.decimals$}") }
}

/// Formats a number with thousands separators (`1,234,567`), or with one decimal if it is small.
fn group_digits(number: f64) -> String {
    if number < 100.0 && number != number.trunc() {
        return format!("{number:.1}");
    }
    let digits = format!("{number:.0}");
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
