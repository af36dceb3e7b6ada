//! Reads any path and query as an address, or refuses them. An address is printed in unreserved characters and is the same
//! after reading it again. A signature that the key did not create is wrong.
#![no_main]

use contract::delivery::{AcceptedFormats, Address, Rendition, SigningKey};
use contract::preset::Preset;

libfuzzer_sys::fuzz_target!(|input: (&str, &str, &str)| {
    let (path, query, accept) = input;
    let presets = Preset::defaults();
    AcceptedFormats::from_header(accept);
    let Ok((address, signature)) = Address::read(path, query, &presets) else { return };
    let printed = address.to_string();
    assert!(printed.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./~?&=".contains(&b)), "{printed:?}");
    let (path, query) = printed.split_once('?').unwrap_or((&printed, ""));
    assert_eq!(Address::read(path, query, &presets), Ok((address.clone(), None)));
    if let Some(signature) = signature {
        assert!(!SigningKey::new("key").verifies(&address, &signature), "{signature}");
    }
    if let Address::Size { size, options, .. } = address {
        let rendition = Rendition::new(size, &options).expect("the address was read");
        assert_eq!(rendition.to_string().parse(), Ok(rendition));
    }
});
