//! Pictures in a terminal: by the protocol of kitty or iTerm2, or as colored half blocks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use console::Style;

/// The maximum number of Base64 characters in one escape sequence of kitty.
const CHUNK_CHARS: usize = 4096;

/// How a terminal shows a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PictureProtocol {
    /// kitty and Ghostty: raw pixels (<https://sw.kovidgoyal.net/kitty/graphics-protocol/>).
    Kitty,
    /// iTerm2 and WezTerm: a file (<https://iterm2.com/documentation-images.html>).
    Iterm,
    /// Any other terminal: two pixels in each character.
    HalfBlocks,
}

impl PictureProtocol {
    /// Returns how the terminal with these environment variables shows pictures.
    pub(crate) fn detect(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is_one_of =
            |name: &str, known: &[&str]| variable(name).is_some_and(|value| known.contains(&&*value));
        if variable("TMUX").is_some() {
            // tmux does not forward the sequences.
            Self::HalfBlocks
        } else if variable("KITTY_WINDOW_ID").is_some()
            || is_one_of("TERM", &["xterm-kitty", "xterm-ghostty"])
        {
            Self::Kitty
        } else if is_one_of("TERM_PROGRAM", &["iTerm.app", "WezTerm"])
            || is_one_of("LC_TERMINAL", &["iTerm2"])
        {
            Self::Iterm
        } else {
            Self::HalfBlocks
        }
    }

    /// Returns the text that shows an encoded picture, `rows` lines high, or `None` if the picture cannot be decoded.
    pub(super) fn text(self, encoded: &[u8], rows: u32) -> Option<String> {
        let picture = image::load_from_memory(encoded).ok()?;
        Some(match self {
            Self::Kitty => {
                let pixels = picture.to_rgb8();
                kitty_sequences(pixels.width(), pixels.height(), rows, &STANDARD.encode(pixels.as_raw()))
            }
            Self::Iterm => {
                let file = STANDARD.encode(encoded);
                format!("\x1b]1337;File=inline=1;height={rows};preserveAspectRatio=1:{file}\x07")
            }
            Self::HalfBlocks => {
                // A cell is twice as high as wide, so it shows two pixels.
                let small = picture.thumbnail(u32::MAX, rows.saturating_mul(2)).to_rgb8();
                let pixel = |x, y| small.get_pixel_checked(x, y).map(|pixel| pixel.0);
                let row = |y| (0..small.width()).map(move |x| cell(pixel(x, y), pixel(x, y + 1))).collect();
                let lines: Vec<String> = (0..small.height()).step_by(2).map(row).collect();
                lines.join("\n")
            }
        })
    }
}

/// Returns the sequences of kitty for RGB pixels in base64.
fn kitty_sequences(width: u32, height: u32, rows: u32, pixels: &str) -> String {
    let mut text = String::new();
    let mut begin = 0;
    while begin < pixels.len() {
        let end = (begin + CHUNK_CHARS).min(pixels.len());
        let control =
            if begin == 0 { format!("a=T,q=2,f=24,s={width},v={height},r={rows},") } else { String::new() };
        let more = u8::from(end < pixels.len());
        text += &format!("\x1b_G{control}m={more};{}\x1b\\", &pixels[begin..end]);
        begin = end;
    }
    text
}

/// Returns one terminal cell with two pixels, one above the other.
fn cell(above: Option<[u8; 3]>, below: Option<[u8; 3]>) -> String {
    // The 6 x 6 x 6 color cube that most terminals support.
    let nearest = |[r, g, b]: [u8; 3]| {
        let step = |value: u8| (u16::from(value) * 5 + 127) / 255;
        u8::try_from(16 + 36 * step(r) + 6 * step(g) + step(b)).unwrap_or(16)
    };
    let mut style = Style::new();
    if let Some([r, g, b]) = above {
        style = if console::true_colors_enabled() {
            style.true_color(r, g, b)
        } else {
            style.color256(nearest([r, g, b]))
        };
    }
    if let Some([r, g, b]) = below {
        style = if console::true_colors_enabled() {
            style.on_true_color(r, g, b)
        } else {
            style.on_color256(nearest([r, g, b]))
        };
    }
    style.apply_to("▀").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_the_sequences_that_it_supports() {
        let cases: [(&[(&str, &str)], PictureProtocol); 6] = [
            (&[("TERM", "xterm-kitty")], PictureProtocol::Kitty),
            (&[("TERM", "xterm-256color"), ("KITTY_WINDOW_ID", "1")], PictureProtocol::Kitty),
            (&[("TERM_PROGRAM", "iTerm.app")], PictureProtocol::Iterm),
            (&[("LC_TERMINAL", "iTerm2")], PictureProtocol::Iterm),
            (
                &[("TERM_PROGRAM", "iTerm.app"), ("TMUX", "/tmp/tmux-0/default,1,0")],
                PictureProtocol::HalfBlocks,
            ),
            (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "Apple_Terminal")], PictureProtocol::HalfBlocks),
        ];
        for (variables, expected) in cases {
            let found = PictureProtocol::detect(|name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            });
            assert_eq!(found, expected, "{variables:?}");
        }
    }

    #[test]
    fn each_protocol_shows_the_whole_picture() {
        let pixels: Vec<u8> = (0..64 * 48 * 3).map(|n| (n % 251) as u8).collect();
        let picture = image::RgbImage::from_raw(64, 48, pixels.clone()).unwrap();
        let mut file = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut file, image::ImageFormat::Png).unwrap();
        let file = file.into_inner();

        let kitty = PictureProtocol::Kitty.text(&file, 8).unwrap();
        assert!(kitty.starts_with("\x1b_Ga=T,q=2,f=24,s=64,v=48,r=8,m=1;"), "{:?}", &kitty[..60]);
        let parts = kitty.split("\x1b\\").filter_map(|part| part.split_once(';'));
        let sent: String = parts.map(|(_, data)| data).collect();
        assert_eq!(STANDARD.decode(sent).unwrap(), pixels);
        assert_eq!(kitty.matches("m=0;").count(), 1);

        let iterm = PictureProtocol::Iterm.text(&file, 8).unwrap();
        let (head, data) = iterm.strip_suffix('\x07').unwrap().split_once(':').unwrap();
        assert_eq!(head, "\x1b]1337;File=inline=1;height=8;preserveAspectRatio=1");
        assert_eq!(STANDARD.decode(data).unwrap(), file);

        assert_eq!(PictureProtocol::HalfBlocks.text(&file, 8).unwrap().lines().count(), 8);
        assert!(PictureProtocol::Kitty.text(b"not a picture", 8).is_none());
    }
}
