//! Plots a simulation as SVG. The diagrams are simple enough without a library.

use std::fmt::Write as _;

use crate::result::{Sample, SimulationResult};

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 190.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 40.0;
const GAP: f64 = 56.0;

/// The name and the color of a curve, and the value of a sample that it shows.
type PlottedCurve = (&'static str, &'static str, fn(&Sample) -> f64);

/// One of the diagrams, which are arranged one below the other.
struct Diagram {
    title: &'static str,
    curves: Vec<PlottedCurve>,
}

/// Draws `result` with `title`.
pub fn draw(result: &SimulationResult, title: &str) -> String {
    let samples = result.timeline(600);
    let end = samples.last().map_or(1.0, |sample| sample.seconds).max(1.0);
    let diagrams = [
        Diagram {
            title: "age of the oldest photo in the queue, seconds",
            curves: vec![("oldest", "#b3261e", |sample| sample.oldest)],
        },
        Diagram {
            title: "photos per second",
            curves: vec![
                ("arriving", "#6b7280", |sample| sample.arriving),
                ("finishing", "#1b7f4b", |sample| sample.finishing),
            ],
        },
        Diagram {
            title: "concurrent batches",
            curves: vec![("batches", "#1f5fa8", |sample| sample.batches as f64)],
        },
    ];
    let height = TOP + diagrams.len() as f64 * (HEIGHT + GAP);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"15\">{}</text>\n",
        escape(title)
    );
    for (index, diagram) in diagrams.iter().enumerate() {
        let top = TOP + index as f64 * (HEIGHT + GAP) + 18.0;
        diagram.draw(&mut svg, &samples, end, top);
    }
    svg.push_str("</svg>\n");
    svg
}

impl Diagram {
    fn draw(&self, svg: &mut String, samples: &[Sample], end: f64, top: f64) {
        let values = self.curves.iter().flat_map(|(_, _, value)| samples.iter().map(value));
        let most = round_up(values.fold(0.0, f64::max));
        let x = |seconds: f64| LEFT + (WIDTH - LEFT - RIGHT) * seconds / end;
        let y = |value: f64| top + HEIGHT * (1.0 - value / most);
        // Writing to a string does not fail.
        let _ = writeln!(
            svg,
            "<text x=\"{LEFT}\" y=\"{}\" font-weight=\"bold\">{}</text>",
            top - 8.0,
            self.title
        );
        for step in 0..=4 {
            let value = most * f64::from(step) / 4.0;
            let _ = writeln!(
                svg,
                "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#e5e7eb\"/>\
                 <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                WIDTH - RIGHT,
                LEFT - 6.0,
                y(value) + 4.0,
                format_number(value),
                y = y(value),
            );
            let seconds = end * f64::from(step) / 4.0;
            let anchor = if step == 4 { "end" } else { "middle" };
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" fill=\"#6b7280\">{}</text>",
                x(seconds),
                top + HEIGHT + 16.0,
                format_seconds(seconds),
            );
        }
        for (index, (name, color, value)) in self.curves.iter().enumerate() {
            let points: Vec<String> =
                samples.iter().map(|s| format!("{:.1},{:.1}", x(s.seconds), y(value(s)))).collect();
            let _ = writeln!(
                svg,
                "<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\" points=\"{}\"/>",
                points.join(" ")
            );
            if self.curves.len() > 1 {
                let from = WIDTH - RIGHT - 90.0 * (self.curves.len() - index) as f64;
                let _ =
                    writeln!(svg, "<text x=\"{from}\" y=\"{}\" fill=\"{color}\">{name}</text>", top - 8.0);
            }
        }
    }
}

/// Returns the next round number that is not less than `value`: 1, 2, 4, 5, 8, 10, 20, ...
fn round_up(value: f64) -> f64 {
    let power = 10f64.powf(value.max(1e-3).log10().floor());
    [1.0, 2.0, 4.0, 5.0, 8.0, 10.0]
        .into_iter()
        .map(|step| step * power)
        .find(|top| *top >= value)
        .unwrap_or(value)
}

fn format_number(value: f64) -> String {
    match value {
        value if value >= 10_000.0 => format!("{:.0}k", value / 1000.0),
        value if value >= 10.0 || value == value.trunc() => format!("{value:.0}"),
        value => format!("{value:.2}"),
    }
}

/// Formats seconds: `90 s`, `25 min`, `3.5 h`.
pub fn format_seconds(seconds: f64) -> String {
    match seconds {
        s if s < 10.0 => format!("{s:.1} s"),
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
