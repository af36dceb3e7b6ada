//! The focal point of a photo: the point around which thumbnails are cropped.

use std::fmt;
use std::str::FromStr;

/// The user metadata of an original with its focal point: the header `x-amz-meta-focus`.
pub const FOCUS_METADATA: &str = "focus";

/// A focal point of a photo, written `0.3,0.6`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Focus {
    /// The share of the width to its left, 0 to 1, with the orientation of the photo applied.
    pub x: f64,
    /// The share of the height above it, 0 to 1.
    pub y: f64,
}

/// The error for a string that is not a focal point.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a focal point consists of two numbers from 0 to 1, such as `0.3,0.6`: the distance from the left and from the top"
)]
pub struct FocusError;

impl FromStr for Focus {
    type Err = FocusError;

    fn from_str(text: &str) -> Result<Self, FocusError> {
        let share = |text: &str| {
            let number = text.trim().parse::<f64>().ok();
            number.filter(|number| (0.0..=1.0).contains(number)).ok_or(FocusError)
        };
        let (x, y) = text.split_once(',').ok_or(FocusError)?;
        Ok(Self { x: share(x)?, y: share(y)? })
    }
}

impl fmt::Display for Focus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.x, self.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_focal_point_needs_two_fractions() {
        assert_eq!("0.3,0.6".parse(), Ok(Focus { x: 0.3, y: 0.6 }));
        assert_eq!(" 0 , 1 ".parse(), Ok(Focus { x: 0.0, y: 1.0 }));
        for text in
            ["", "0.3", "0.3,", "0.3,0.6,0.9", "0.3;0.6", "-0.1,0.5", "0.5,1.01", "nan,0.5", "30%,60%"]
        {
            assert_eq!(text.parse::<Focus>(), Err(FocusError), "{text}");
        }
    }

    #[test]
    fn a_focal_point_round_trips() {
        let focus = Focus { x: 0.25, y: 1.0 };
        assert_eq!(focus.to_string().parse(), Ok(focus));
    }
}
