//! Tests SVG: what is drawn, what is left out, and what is refused.

#![cfg(feature = "svg")]
use crate::samples::{rendered, samples_of};
use contract::preset::Preset;
use imaging::{ImageError, Limits, RenderOutput, SourceFormat, inspect, render};

const NAMESPACES: &str = "xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'";
const RED: [u8; 4] = [255, 0, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];
const CLEAR: [u8; 4] = [0; 4];

/// Returns an SVG of 40 x 20 pixels.
fn svg(content: &str) -> Vec<u8> {
    format!("<svg {NAMESPACES} width='40' height='20'>{content}</svg>").into_bytes()
}

/// Returns the color at a point of a thumbnail.
fn color(made: &RenderOutput, x: u32, y: u32) -> [u8; 4] {
    let (samples, width) = (samples_of(made), made.thumbnails[0].width);
    let channels = samples.len() / (width * made.thumbnails[0].height) as usize;
    let at = (y * width + x) as usize * channels;
    match &samples[at..at + channels] {
        &[gray] => [gray, gray, gray, 255],
        &[gray, alpha] => [gray, gray, gray, alpha],
        &[r, g, b] => [r, g, b, 255],
        pixel => pixel.try_into().unwrap(),
    }
}

fn error(original: &[u8]) -> ImageError {
    render(original, &[Preset::inside("small", 64, 64)], &Limits::default(), &|| false).unwrap_err()
}

#[track_caller]
fn refuses(original: &[u8], name: &'static str) {
    assert_eq!(error(original), ImageError::Unsupported { format: name });
}

/// The left half is red, the right half is clear.
const RED_HALF: &str = "<rect width='20' height='20' fill='red'/>";

#[test]
fn shapes_are_drawn_on_a_clear_ground() {
    let made = rendered(&svg(RED_HALF), 64);
    let facts = &made.facts;
    assert_eq!((facts.format, facts.width, facts.height), (SourceFormat::Svg, 40, 20));
    assert!(facts.has_alpha && !facts.partial);
    assert_eq!((color(&made, 5, 10), color(&made, 35, 10)), (RED, CLEAR));
    let half = rendered(&svg("<rect width='40' height='20' fill='#00f' fill-opacity='.5'/>"), 64);
    assert_eq!(color(&half, 20, 10), [0, 0, 255, 128]);
}

#[test]
fn a_thumbnail_is_drawn_at_its_own_size() {
    let large = format!("<svg {NAMESPACES} viewBox='0 0 4000 2000'><rect width='2000' height='2000'/></svg>");
    let made = rendered(large.as_bytes(), 100);
    assert_eq!((made.thumbnails[0].width, made.thumbnails[0].height), (100, 50));
    // The edge is sharp, which it is not after a resize.
    let row: Vec<u8> = (0..100).map(|x| color(&made, x, 25)[3]).collect();
    assert_eq!(row, [[255; 50], [0; 50]].concat());
    // A small drawing is not enlarged.
    assert_eq!(rendered(&svg(RED_HALF), 500).thumbnails[0].width, 40);
}

#[test]
fn the_view_box_keeps_its_proportions() {
    let tall = format!(
        "<svg {NAMESPACES} width='40' height='20' viewBox='10 10 10 10'><rect width='99' height='99' fill='red'/></svg>"
    );
    let made = rendered(tall.as_bytes(), 64);
    assert_eq!([5, 20, 35].map(|x| color(&made, x, 10)), [RED; 3]);
    let nested = svg(
        "<svg x='20' width='20' height='20' viewBox='0 0 1 2'><rect width='1' height='2' fill='blue'/></svg>",
    );
    let made = rendered(&nested, 64);
    assert_eq!([10, 22, 30, 38].map(|x| color(&made, x, 10)), [CLEAR, CLEAR, BLUE, CLEAR]);
}

#[test]
fn gradients_are_drawn() {
    let made = rendered(
        &svg(
            "<linearGradient id='g'><stop stop-color='red'/><stop offset='1' stop-color='blue'/></linearGradient>\
              <rect width='40' height='20' fill='url(#g)'/>",
        ),
        64,
    );
    let [r, _, b, _] = color(&made, 20, 10);
    assert!(r.abs_diff(b) < 16 && (110..145).contains(&r), "{r} {b}");
    assert!(color(&made, 0, 10)[0] > 240 && color(&made, 39, 10)[2] > 240);
}

#[test]
fn other_files_are_not_read() {
    let marker = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("marker.svg");
    std::fs::write(&marker, svg("<rect id='a' width='40' height='20' fill='red'/>")).unwrap();
    let path = marker.display();
    for outside in [
        format!("<image href='{path}' width='40' height='20'/>"),
        format!("<image xlink:href='file://{path}' width='40' height='20'/>"),
        format!("<use href='{path}#a'/>"),
        format!(
            "<filter id='f'><feImage href='{path}'/></filter><g filter='url(#f)'><rect width='9' height='9'/></g>"
        ),
        format!("<style>@import url('{path}');</style>"),
    ] {
        let made = rendered(&svg(&format!("<rect x='30' width='10' height='20' fill='blue'/>{outside}")), 64);
        assert_eq!([color(&made, 5, 10), color(&made, 35, 10)], [CLEAR, BLUE], "{outside}");
    }
    let entity = format!(
        "<!DOCTYPE svg [<!ENTITY other SYSTEM '{path}'>]><svg {NAMESPACES} width='40' height='20'>&other;</svg>"
    );
    assert_eq!(error(entity.as_bytes()).code(), "damaged");
}

#[test]
fn a_drawing_with_text_is_partial_and_one_of_only_text_is_refused() {
    let text = "<text x='2' y='15'>Hello</text>";
    let made = rendered(&svg(&format!("{RED_HALF}{text}")), 64);
    assert!(made.facts.partial);
    assert_eq!(color(&made, 5, 10), RED);
    refuses(&svg(text), "SVG that has only text or embedded pictures");
    refuses(
        &svg("<image href='data:image/png;base64,AA=='/>"),
        "SVG that has only text or embedded pictures",
    );
}

#[test]
fn what_precedes_the_first_element_is_skipped() {
    let drawing = String::from_utf8(svg(RED_HALF)).unwrap();
    for before in [
        "\u{feff}",
        " \n",
        "<?xml version='1.0' encoding='utf-8'?>\n<!-- a drawing -->",
        "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'>",
        "<!DOCTYPE svg [<!ENTITY ns 'http://www.w3.org/2000/svg'>]>",
    ] {
        assert_eq!(color(&rendered(format!("{before}{drawing}").as_bytes(), 64), 5, 10), RED, "{before}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_refused_with_a_reason() {
    let whole = svg(RED_HALF);
    assert_eq!(
        error(&whole[..whole.len() - 9]).to_string(),
        "the SVG file is damaged: its XML is not well-formed"
    );
    assert_eq!(error(&svg("<g></svg>")).to_string(), "the SVG file is damaged: its XML is not well-formed");
    let utf16: Vec<u8> =
        String::from_utf8(whole).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect();
    refuses(&[&[0xff, 0xfe], &utf16[..]].concat(), "SVG in an encoding other than UTF-8");
    let latin = svg("<!-- \u{e9} -->").into_iter().filter(|byte| *byte != 0xc3).collect::<Vec<u8>>();
    refuses(&latin, "SVG in an encoding other than UTF-8");
    refuses(b"\x1f\x8b\x08\0\0\0\0\0", "gzip (SVGZ)");
    assert_eq!(error(b"<?xml version='1.0'?><html/>"), ImageError::Unsupported { format: "HTML" });
    assert_eq!(error(b"<?xml version='1.0'?><note><svg/></note>"), ImageError::Unknown);
    assert_eq!(error(b"<svg width='0' height='0'/>").code(), "damaged");
}

#[test]
fn a_drawing_larger_than_the_limits_is_drawn_smaller() {
    let huge =
        format!("<svg {NAMESPACES} viewBox='0 0 4e6 2e6'><rect width='2e6' height='2e6' fill='red'/></svg>");
    let header = inspect(huge.as_bytes(), &[], &Limits::default()).unwrap();
    assert!(u64::from(header.width) * u64::from(header.height) <= Limits::default().max_pixels);
    assert_eq!(header.width / header.height, 2);
    let made = rendered(huge.as_bytes(), 64);
    assert_eq!([5, 50].map(|x| color(&made, x, 16)), [RED, CLEAR]);
    for sides in ["width='1e9' height='1'", "width='1' height='1e30'", "viewBox='0 0 1e-3 1e9'"] {
        let sliver = format!("<svg {NAMESPACES} {sides}><rect width='9' height='9'/></svg>");
        let made = render(sliver.as_bytes(), &[Preset::inside("a", 64, 64)], &Limits::default(), &|| false);
        assert!(made.is_ok() || matches!(made, Err(ImageError::Damaged { .. })), "{sides}: {made:?}");
    }
}
