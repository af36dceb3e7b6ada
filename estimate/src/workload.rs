//! The workload: the mix of photos, from a CSV file or by default.

use std::path::Path;

use crate::error::Error;

/// The kinds of photos with their shares, which sum to one.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload(pub Vec<Photos>);

/// Photos of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Photos {
    /// The kind, which must have a measured speed: `jpeg`, `progressive-jpeg`, `png`, ...
    pub kind: String,
    /// The share of all photos, from 0 to 1.
    pub share: f64,
    /// Width x height, in millions of pixels.
    pub megapixels: f64,
    /// The size of the file, in millions of bytes.
    pub megabytes: f64,
    /// The measured CPU time, in milliseconds, if known.
    pub ms: Option<f64>,
}

/// The first line of the file.
const COLUMNS: [&str; 4] = ["kind", "share", "megapixels", "megabytes"];

impl Default for Workload {
    /// Returns a mix of phone photos, mostly 12-megapixel JPEGs.
    fn default() -> Self {
        let photos = |kind: &str, share, megapixels, megabytes| Photos {
            kind: kind.to_owned(),
            share,
            megapixels,
            megabytes,
            ms: None,
        };
        Self(vec![
            photos("jpeg", 0.80, 12.0, 3.5),
            photos("progressive-jpeg", 0.05, 12.0, 3.0),
            photos("png", 0.08, 2.0, 2.5),
            photos("webp", 0.07, 2.0, 0.4),
        ])
    }
}

impl Workload {
    /// Reads the file at `path`, whose kinds must be among `known`.
    ///
    /// Its first line is `kind,share,megapixels,megabytes` or the same with `,ms`. Shares may have any sum.
    pub fn read(path: &Path, known: &[&str]) -> Result<Self, Error> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| Error::unreadable("mix", path, &error))?;
        Self::parse(&text, known).map_err(|(line, problem)| {
            Error::usage(format!("{shown}:{line}: {problem}"))
                .hint(format!("use the columns `{}` and optionally `,ms`", COLUMNS.join(",")))
                .hint(format!("use the kinds {}", known.join(", ")))
        })
    }

    /// Parses the text of such a file. An error has its line number.
    fn parse(text: &str, known: &[&str]) -> Result<Self, (usize, String)> {
        let mut lines = text.lines().enumerate().filter(|(_, line)| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with('#')
        });
        let (_, head) = lines.next().ok_or((1, "the file is empty".to_owned()))?;
        let head: Vec<&str> = head.split(',').map(str::trim).collect();
        let has_ms = head.len() == COLUMNS.len() + 1 && head.last() == Some(&"ms");
        if head.get(..COLUMNS.len()) != Some(&COLUMNS[..]) || (head.len() > COLUMNS.len() && !has_ms) {
            return Err((1, "the first line must name the columns".to_owned()));
        }
        let mut all = Vec::new();
        for (at, line) in lines {
            let wrong = |problem: String| (at + 1, problem);
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            if cells.len() < COLUMNS.len() || cells.len() > head.len() {
                return Err(wrong(format!("expected {1} columns, but found {0}", cells.len(), head.len())));
            }
            let number = |column: usize| {
                let cell = cells[column];
                let number = cell.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
                number.ok_or_else(|| {
                    wrong(format!("`{}` is `{cell}`, which is not a valid number", head[column]))
                })
            };
            if !known.contains(&cells[0]) {
                return Err(wrong(format!("unknown kind `{}`", cells[0])));
            }
            let measured = cells.get(COLUMNS.len()).filter(|cell| !cell.is_empty());
            all.push(Photos {
                kind: cells[0].to_owned(),
                share: number(1)?,
                megapixels: number(2)?,
                megabytes: number(3)?,
                ms: measured.map(|_| number(COLUMNS.len())).transpose()?,
            });
        }
        let sum: f64 = all.iter().map(|photos| photos.share).sum();
        if sum <= 0.0 {
            return Err((1, "all shares are zero".to_owned()));
        }
        all.iter_mut().for_each(|photos| photos.share /= sum);
        Ok(Self(all))
    }

    /// Returns the mean of `value` over all photos.
    pub fn mean(&self, value: impl Fn(&Photos) -> f64) -> f64 {
        self.0.iter().map(|photos| photos.share * value(photos)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_scaled_to_one_and_a_measured_time_is_used() {
        let text = "kind,share,megapixels,megabytes,ms\n# phones\njpeg, 3, 12, 3.5, 150\n\npng,1,2,2.5,\n";
        let Workload(photos) = Workload::parse(text, &["jpeg", "png"]).unwrap();
        assert_eq!((photos[0].share, photos[0].ms), (0.75, Some(150.0)));
        assert_eq!((photos[1].share, photos[1].ms), (0.25, None));
    }

    #[test]
    fn an_error_has_the_number_of_its_line() {
        let check = |text: &str, line: usize, part: &str| {
            let (at, problem) = Workload::parse(text, &["jpeg"]).unwrap_err();
            assert!(at == line && problem.contains(part), "{at}: {problem}");
        };
        check("", 1, "empty");
        check("jpeg,1,2,3\n", 1, "columns");
        check("kind,share,megapixels,megabytes\njpeg,1,2\n", 2, "found 3");
        check("kind,share,megapixels,megabytes\njpeg,1,-2,1\n", 2, "`megapixels` is `-2`");
        check("kind,share,megapixels,megabytes\n\nbmq,1,2,1\n", 3, "`bmq`");
        check("kind,share,megapixels,megabytes\njpeg,0,2,1\n", 1, "zero");
    }
}
