//! Names for the property tests of the keys.

use proptest::prelude::*;

/// Returns names as hostile as a file system allows: dots, percent signs, control characters, any Unicode.
pub(super) fn hostile_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        "[a-f0-9./%+ \\-]{0,60}",
        "([a-z]{0,3}[./]){0,8}[0-9a-f]{10}(\\.[0-9a-f]{10}){0,2}",
        "[\u{0}-\u{1f}a-f.\u{300}-\u{345}]{0,20}",
        any::<String>(),
    ]
}
