//! The signature of an address.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::options::SIGNATURE;
use super::{Address, Options};

/// A key that signs addresses: any text that only the application and the delivery function know.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey(String);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey")
    }
}

impl SigningKey {
    /// Creates the key `secret`.
    pub fn new(secret: &str) -> Self {
        Self(secret.to_owned())
    }

    /// Returns `address` with its signature.
    pub fn sign(&self, address: &Address) -> String {
        let digits: String =
            self.mac(address).finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let has_options = matches!(address, Address::Size { options, .. } if *options != Options::default());
        format!("{address}{}{SIGNATURE}={digits}", if has_options { '&' } else { '?' })
    }

    /// Returns whether `signature` is the signature of `address` with this key. The comparison takes the same time for
    /// every wrong signature of the right length.
    pub fn verifies(&self, address: &Address, signature: &str) -> bool {
        let digit = |digit: u8| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        };
        let pairs = signature.as_bytes().chunks(2);
        let bytes: Option<Vec<u8>> =
            pairs.map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?)).collect();
        bytes.is_some_and(|bytes| self.mac(address).verify_slice(&bytes).is_ok())
    }

    fn mac(&self, address: &Address) -> Hmac<Sha256> {
        // RFC 2104, section 2: a key is padded to a block with zeros, or hashed if it is longer.
        let mut block = [0; 64];
        let secret = self.0.as_bytes();
        match block.get_mut(..secret.len()) {
            Some(start) => start.copy_from_slice(secret),
            None => block[..32].copy_from_slice(&Sha256::digest(secret)),
        }
        Hmac::new(&block.into()).chain_update(address.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_matches_that_of_openssl() {
        // printf '/p/400x300/cat.jpg?dpr=2&quality=60' | openssl dgst -sha256 -hmac secret
        let expect = "5754d49ba7232941162f5ad0593ba66619aa72b808ced038968896f051ca3b55";
        let (address, _) = Address::read("/p/400x300/cat.jpg", "quality=60&dpr=2", &[]).unwrap();
        let key = SigningKey::new("secret");
        assert_eq!(key.sign(&address), format!("{address}&sig={expect}"));
        assert!(key.verifies(&address, expect));
        let (bare, _) = Address::read("/p/400x300/cat.jpg", "", &[]).unwrap();
        assert!(key.sign(&bare).starts_with("/p/400x300/cat.jpg?sig="));
        for wrong in ["", "00", &expect[..62], &expect.to_uppercase(), &format!("{expect}00"), "\u{e9}"] {
            assert!(!key.verifies(&address, wrong), "{wrong}");
        }
        assert!(!key.verifies(&bare, expect));
        assert!(!SigningKey::new("other").verifies(&address, expect));
        // The same with a key of 100 letters.
        let expect = "73b46b22cf6b1703c9ea20091df3d81e9ed1c1cd20e0ace52c81c62bfbe0b3ca";
        assert!(SigningKey::new(&"k".repeat(100)).verifies(&address, expect));
    }
}
