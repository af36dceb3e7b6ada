//! The checksums of S3 under the names that aws-smithy-checksums calls them by.
//!
//! The crate it stands in for knows some thirty kinds of CRC and chooses while it runs, so that every program holds the
//! tables of all: half a megabyte that does not compress, an eighth of a function's zip. S3 has three.

use std::fmt;

use crc::{CRC_32_ISCSI, CRC_64_NVME, Crc, Table};

static ISCSI: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISCSI);
static NVME: Crc<u64, Table<16>> = Crc::<u64, Table<16>>::new(&CRC_64_NVME);

/// A kind of checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrcAlgorithm {
    /// S3's CRC32.
    Crc32IsoHdlc,
    /// S3's CRC32C.
    Crc32Iscsi,
    /// S3's CRC64NVME.
    Crc64Nvme,
}

/// A checksum of the bytes so far.
#[derive(Clone)]
pub struct Digest(Sum);

#[derive(Clone)]
enum Sum {
    IsoHdlc(crc32fast::Hasher),
    Iscsi(crc::Digest<'static, u32, Table<16>>),
    Nvme(crc::Digest<'static, u64, Table<16>>),
}

impl Digest {
    /// That of no bytes.
    pub fn new(algorithm: CrcAlgorithm) -> Self {
        Self(match algorithm {
            CrcAlgorithm::Crc32IsoHdlc => Sum::IsoHdlc(crc32fast::Hasher::new()),
            CrcAlgorithm::Crc32Iscsi => Sum::Iscsi(ISCSI.digest()),
            CrcAlgorithm::Crc64Nvme => Sum::Nvme(NVME.digest()),
        })
    }

    /// Takes more bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            Sum::IsoHdlc(sum) => sum.update(bytes),
            Sum::Iscsi(sum) => sum.update(bytes),
            Sum::Nvme(sum) => sum.update(bytes),
        }
    }

    /// The checksum.
    pub fn finalize(&self) -> u64 {
        match self.0.clone() {
            Sum::IsoHdlc(sum) => sum.finalize().into(),
            Sum::Iscsi(sum) => sum.finalize().into(),
            Sum::Nvme(sum) => sum.finalize(),
        }
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({:x})", self.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values of the catalogue of CRC algorithms: <https://reveng.sourceforge.io/crc-catalogue/>.
    #[test]
    fn the_check_values_of_the_catalogue_come_out() {
        let check = |algorithm, wanted: u64| {
            let mut digest = Digest::new(algorithm);
            digest.update(b"12345");
            digest.update(b"6789");
            assert_eq!(digest.finalize(), wanted, "{algorithm:?}");
        };
        check(CrcAlgorithm::Crc32IsoHdlc, 0xcbf4_3926);
        check(CrcAlgorithm::Crc32Iscsi, 0xe306_9283);
        check(CrcAlgorithm::Crc64Nvme, 0xae8b_1486_0a79_9888);
    }
}
