//! Public keys as authenticators write them: COSE keys (RFC 8152) of three kinds.
//!
//! Owns the little CBOR (RFC 8949) that such a key needs: maps of whole numbers to whole numbers,
//! bytes and texts, each with its length in front. Whatever else there is in CBOR is refused.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};

/// The most entries of a key.
const ENTRIES: u64 = 16;

/// Bytes that are read from the front.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

/// A value in a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item<'a> {
    Number(i64),
    Bytes(&'a [u8]),
    Text,
}

impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// A whole number of so many bytes, at most eight, the greatest first.
    pub(super) fn number(&mut self, bytes: usize) -> Option<u64> {
        let taken = self.take(bytes)?;
        Some(taken.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// The kind of what follows, and its number or length (RFC 8949, section 3).
    fn head(&mut self) -> Option<(u8, u64)> {
        let first = self.number(1)? as u8;
        let value = match first & 31 {
            small @ 0..=23 => u64::from(small),
            24 => self.number(1)?,
            25 => self.number(2)?,
            26 => self.number(4)?,
            _ => return None,
        };
        Some((first >> 5, value))
    }

    fn item(&mut self) -> Option<Item<'a>> {
        // Numbers have four bytes at most, so nothing overflows.
        match self.head()? {
            (0, value) => Some(Item::Number(value as i64)),
            (1, value) => Some(Item::Number(-1 - value as i64)),
            (2, length) => Some(Item::Bytes(self.take(usize::try_from(length).ok()?)?)),
            (3, length) => self.take(usize::try_from(length).ok()?).map(|_| Item::Text),
            _ => None,
        }
    }

    fn map(&mut self) -> Option<Vec<(i64, Item<'a>)>> {
        let (5, entries @ 0..=ENTRIES) = self.head()? else { return None };
        let mut map: Vec<(i64, Item<'a>)> = Vec::new();
        for _ in 0..entries {
            let Item::Number(name) = self.item()? else { return None };
            if map.iter().any(|(own, _)| *own == name) {
                return None;
            }
            map.push((name, self.item()?));
        }
        Some(map)
    }

    /// Goes past a key.
    pub(super) fn skip_map(&mut self) -> Option<()> {
        self.map().map(drop)
    }
}

/// A public key, by what it signs with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Key<'a> {
    /// ECDSA over P-256 with SHA-256: a point on the curve.
    Es256 { x: &'a [u8], y: &'a [u8] },
    /// Ed25519.
    Ed25519 { x: &'a [u8] },
    /// RSA (PKCS 1, version 1.5) with SHA-256.
    Rs256 { n: &'a [u8], e: &'a [u8] },
}

impl<'a> Key<'a> {
    /// Reads a COSE key, all of it; `None` for other kinds and for what is none.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Key<'a>> {
        let mut reader = Reader(bytes);
        let map = reader.map()?;
        let get = |name: i64| map.iter().find(|(own, _)| *own == name).map(|(_, item)| *item);
        let number = |name| match get(name)? {
            Item::Number(number) => Some(number),
            Item::Bytes(_) | Item::Text => None,
        };
        let bytes_of = |name| match get(name)? {
            Item::Bytes(bytes) => Some(bytes),
            Item::Number(_) | Item::Text => None,
        };
        if !reader.0.is_empty() {
            return None;
        }
        let coordinate = |name| bytes_of(name).filter(|bytes| bytes.len() == 32);
        // 1 is the family, 3 the algorithm, -1 the curve (RFC 8152, section 13; RFC 8230).
        match (number(1)?, number(3)?) {
            (2, -7) if number(-1)? == 1 => {
                Some(Key::Es256 { x: coordinate(-2)?, y: coordinate(-3)? })
            }
            (1, -8) if number(-1)? == 6 => Some(Key::Ed25519 { x: coordinate(-2)? }),
            (3, -257) => Some(Key::Rs256 { n: bytes_of(-1)?, e: bytes_of(-2)? }),
            _ => None,
        }
    }

    /// Whether a signature over a message is this key's.
    pub(super) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Key::Es256 { x, y } => {
                // A point that is not compressed (SEC 1, section 2.3.3).
                let point = [&[4], *x, *y].concat();
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point);
                key.verify(message, signature).is_ok()
            }
            Key::Ed25519 { x } => {
                UnparsedPublicKey::new(&ED25519, x).verify(message, signature).is_ok()
            }
            Key::Rs256 { n, e } => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
        }
    }
}
