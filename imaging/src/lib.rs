//! Encoded bytes in, encoded bytes out.
