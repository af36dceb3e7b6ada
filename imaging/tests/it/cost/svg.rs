//! Tests the cost of an SVG: its references, entities, layers, and filters.

#![cfg(feature = "svg")]
use super::*;

fn svg(content: &str) -> Vec<u8> {
    sized_svg(400, content)
}

fn sized_svg(side: u32, content: &str) -> Vec<u8> {
    let namespaces = "xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'";
    format!("<svg {namespaces} width='{side}' height='{side}'>{content}</svg>").into_bytes()
}

/// Asserts that a small thumbnail of `original` results in one of `codes`, and uses no more memory than the limit or,
/// if it is drawn, than `inspect` reports.
#[track_caller]
fn check(original: &[u8], codes: &[&str]) {
    let (presets, limits) = ([Preset::inside("small", SMALL_SIDE, SMALL_SIDE)], Limits::default());
    let claimed = inspect(original, &presets, &limits).map_or(limits.max_memory, |header| header.memory);
    let cost = cost(original, &presets, &limits);
    assert!(codes.contains(&cost.code), "{cost:?}");
    assert!(cost.memory <= claimed, "{cost:?} of {claimed}");
}

/// Returns 30 definitions, each of which refers to the previous one ten times.
fn chain(first: &str, definition: impl Fn(usize) -> String) -> String {
    first.to_owned() + &(1..30).map(definition).collect::<String>()
}

#[test]
fn references_that_multiply_are_refused() {
    let rect = "<rect width='400' height='400'/>";
    let uses = chain(&format!("<g id='a0'>{rect}</g>"), |i| {
        format!("<g id='a{i}'>{}</g>", format!("<use href='#a{}'/>", i - 1).repeat(10))
    });
    let through = |property: &str, open: &str, close: &str| {
        chain(&format!("<{open} id='a0'>{rect}</{close}>"), |i| {
            let inner = format!("<rect width='400' height='400' {property}='url(#a{})'/>", i - 1).repeat(10);
            format!("<{open} id='a{i}'>{inner}</{close}>")
        })
    };
    let marker = chain(&format!("<marker id='a0'>{rect}</marker>"), |i| {
        format!("<marker id='a{i}'><path d='M0 0h1v1h1v1h1v1' marker-mid='url(#a{})'/></marker>", i - 1)
    });
    let style = chain(&format!("<mask id='a0'>{rect}</mask>"), |i| {
        let style = format!("<style>.c{i} {{ mask: url(#a{}) }}</style>", i - 1);
        let style = if i < 16 { style } else { String::new() };
        format!(
            "{style}<mask id='a{i}'>{}</mask>",
            format!("<rect width='9' height='9' class='c{i}'/>").repeat(10)
        )
    });
    for (bomb, last) in [
        (uses, "<use href='#a29'/>".to_owned()),
        (through("mask", "mask", "mask"), format!("<g mask='url(#a29)'>{rect}</g>")),
        (through("clip-path", "clipPath", "clipPath"), format!("<g clip-path='url(#a29)'>{rect}</g>")),
        (
            through("fill", "pattern width='9' height='9'", "pattern"),
            format!("<g fill='url(#a29)'>{rect}</g>"),
        ),
        (marker, "<path d='M0 0h1v1h1v1' marker-mid='url(#a29)'/>".to_owned()),
        (style, format!("<g mask='url(#a15)'>{rect}</g>")),
    ] {
        check(&svg(&format!("<defs>{bomb}</defs>{last}")), &["too-much-work", "too-much-memory"]);
    }
}

#[test]
fn an_element_that_refers_to_itself_is_refused() {
    for content in [
        "<g id='a'><use href='#a'/></g>",
        "<mask id='a'><g mask='url(#b)'/></mask><pattern id='b'><g mask='url(#a)'/></pattern>",
        "<clipPath id='a)'><g clip-path='url(&quot;#a)&quot;)'/></clipPath>",
        "<g id='#a'><use href='##a'/></g>",
    ] {
        check(&svg(content), &["too-much-work"]);
    }
}

#[test]
fn entities_are_not_multiplied() {
    let nested: String =
        (1..20).map(|i| format!("<!ENTITY a{i} '{}'>", format!("&a{};", i - 1).repeat(10))).collect();
    let bomb = format!("<!DOCTYPE svg [<!ENTITY a0 'lol'>{nested}]><svg><text>&a19;</text></svg>");
    check(bomb.as_bytes(), &["unsupported-format"]);
    let long =
        format!("<!DOCTYPE svg [<!ENTITY a '{}'>]><svg>{}</svg>", "x".repeat(1000), "&a;".repeat(1 << 20));
    check(long.as_bytes(), &["too-much-memory"]);
}

#[test]
fn the_depth_of_elements_is_bounded() {
    for depth in [90, 100, 100_000] {
        let deep = format!(
            "{}<rect width='9' height='9'/>{}",
            "<g opacity='.9'>".repeat(depth),
            "</g>".repeat(depth)
        );
        check(&svg(&deep), &["thumbnail", "too-much-work"]);
    }
    let chained = |count: usize| -> String {
        let masks = (1..count).map(|i| {
            format!(
                "<mask id='a{i}'><rect width='400' height='400' fill='#fff' mask='url(#a{})'/></mask>",
                i - 1
            )
        });
        masks.collect::<String>() + "<mask id='a0'><rect width='400' height='400'/></mask>"
    };
    for count in [30, 100_000] {
        let last = format!("<rect width='99' height='99' mask='url(#a{})'/>", count - 1);
        check(&svg(&(chained(count) + &last)), &["thumbnail", "too-much-work"]);
    }
}

#[test]
fn attributes_and_style_sheets_are_bounded() {
    let attributes: String = (0..100_000).map(|i| format!(" a{i}='1'")).collect();
    check(&svg(&format!("<g{attributes}/>")), &["too-much-work"]);
    let namespaces: String = (0..100).map(|i| format!(" xmlns:a{i}='u'")).collect();
    check(&svg(&format!("<g{namespaces}>{}</g>", "<g xmlns:b='u'/>".repeat(1000))), &["too-much-work"]);
    let siblings: String = (0..100).map(|i| format!("<g xmlns:a{i}='u'><g xmlns:b='u'/></g>")).collect();
    check(&svg(&format!("{siblings}<rect width='9' height='9'/>")), &["thumbnail"]);
    let commas = format!("<style>{}a{{{}}}</style>", "a,".repeat(100_000), "fill:red;".repeat(100_000));
    check(&svg(&commas), &["too-much-memory"]);
    let ancestors = format!("<style>{} x {{fill:red}}</style>", "* ".repeat(60));
    let deep = format!("{ancestors}{}<rect/>{}", "<g>".repeat(80), "</g>".repeat(80));
    check(&svg(&deep), &["too-much-work", "thumbnail"]);
}

#[test]
fn what_a_drawing_asks_of_each_pixel_is_bounded() {
    let filtered = |filter: &str| {
        svg(&format!(
            "<filter id='f' x='-9' y='-9' width='99' height='99'>{filter}</filter>\
             <rect width='400' height='400' filter='url(#f)'/>"
        ))
    };
    check(&filtered("<feGaussianBlur stdDeviation='3'/>"), &["thumbnail"]);
    for filter in [
        "<feTurbulence baseFrequency='.1' numOctaves='2000000000'/>".to_owned(),
        "<feTurbulence baseFrequency='.1' numOctaves='100'/>".repeat(1000),
        "<feMorphology radius='1000'/>".repeat(100),
        "<feGaussianBlur stdDeviation='9'/>".repeat(10_000),
    ] {
        check(&filtered(&filter), &["too-much-work", "too-much-memory"]);
    }
    for content in [
        "<pattern id='p' width='1e5' height='1e5' patternUnits='userSpaceOnUse'><rect width='9' height='9'/></pattern>\
         <rect width='400' height='400' fill='url(#p)'/>"
            .to_owned(),
        "<rect width='400' height='400' opacity='.5'/>".repeat(100_000),
        format!("<path d='M0 0{}'/>", "L9 400 400 0".repeat(200_000)),
        "<path d='M0 0h1e6v1e6' stroke='red' stroke-dasharray='1'/>".repeat(100),
    ] {
        check(&svg(&content), &["too-much-work", "too-much-memory"]);
    }
}

#[test]
fn shapes_that_take_long_for_their_size_are_refused() {
    let code = |content: &str| {
        let presets = [Preset::inside("large", 1280, 1280)];
        cost(&sized_svg(1280, content), &presets, &Limits::default()).code
    };
    let rect = |fill: &str| format!("<rect width='1280' height='1280' fill='{fill}'/>");
    let pattern = |transform: &str| {
        let tile = "<rect width='10' height='10'/>";
        let size = "width='20' height='20' patternUnits='userSpaceOnUse'";
        format!(
            "<pattern id='p' {size} patternTransform='{transform}'>{tile}</pattern>{}",
            rect("url(#p)").repeat(10)
        )
    };
    let scaled_circle = |scale: &str, stroke: &str| {
        let circle = format!("<circle r='1' fill='none' stroke='red' {stroke}/>");
        format!("<g transform='scale({scale})'>{circle}</g>").repeat(4)
    };
    let style_sheet = |count: usize| {
        let rules: String = (0..count).map(|i| format!(".c{i}{{fill:red}}")).collect();
        format!("<style>{rules}</style>{}", "<g class='x'/>".repeat(count))
    };
    for (content, expected) in [
        (pattern("scale(2)"), "thumbnail"),
        (pattern("rotate(30)"), "too-much-work"),
        (scaled_circle("1000", "stroke-width='1'"), "thumbnail"),
        (scaled_circle("1e7", "stroke-width='1'"), "too-much-work"),
        (scaled_circle("1e9", "stroke-width='1e-9' stroke-dasharray='1'"), "too-much-work"),
        (style_sheet(1000), "thumbnail"),
        (style_sheet(10_000), "too-much-work"),
        (
            format!(
                "<filter id='f'><feTurbulence numOctaves='5'/></filter><g filter='url(#f)'>{}</g>",
                rect("red")
            ),
            "thumbnail",
        ),
        ("<path d='M0 0L1280 1280L0 9' stroke='red' fill='none'/>".repeat(1000), "thumbnail"),
    ] {
        assert_eq!(code(&content), expected, "{}", &content[..content.len().min(200)]);
    }
}

#[test]
fn the_pieces_of_a_long_curve_count_as_memory() {
    let presets = [Preset::inside("large", 1280, 1280)];
    for (scale, code) in [("1e5", "thumbnail"), ("1e7", "too-much-memory"), ("1e8", "too-much-memory")] {
        let circle = "<circle r='1' fill='none' stroke='red' stroke-width='1'/>";
        let original = sized_svg(1280, &format!("<g transform='scale({scale})'>{circle}</g>"));
        assert_eq!(cost(&original, &presets, &Limits::default()).code, code, "{scale}");
    }
}
