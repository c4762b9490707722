//! Records as bytes: numbers, strings, and the checksum that every record carries.

use crate::hash;

/// The length of a checksum.
pub(crate) const SUM: usize = 8;

/// Appends a number, seven bits a byte, the lowest first.
pub(crate) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a number of either sign.
pub(crate) fn put_signed(out: &mut Vec<u8>, number: i64) {
    put_number(out, ((number << 1) ^ (number >> 63)) as u64);
}

/// Appends a string behind its length.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// What is left of a record while it is read. Each step gives `None` where the record does not hold what it should.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rest<'a>(pub(crate) &'a [u8]);

impl<'a> Rest<'a> {
    pub(crate) fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    pub(crate) fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(usize::try_from(length).ok()?)
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of fixed size.
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// The checksum of a record: it tells where the record belongs, so that one record cannot pass for another.
fn sum(table: u8, key: &[u8], body: &[u8]) -> [u8; SUM] {
    sum_of(table, key, hash::bytes(body))
}

/// The checksum of a record whose body has this hash.
pub(crate) fn sum_of(table: u8, key: &[u8], body: u64) -> [u8; SUM] {
    hash::combine(hash::combine(u64::from(table), hash::bytes(key)), body).to_le_bytes()
}

/// Puts the checksum behind a record.
pub(crate) fn seal(table: u8, key: &[u8], mut body: Vec<u8>) -> Vec<u8> {
    let sum = sum(table, key, &body);
    body.extend(sum);
    body
}

/// The length of a record without its checksum, if that one is right.
pub(crate) fn unseal(table: u8, key: &[u8], stored: &[u8]) -> Option<usize> {
    let (body, stored) = stored.split_last_chunk::<SUM>()?;
    (sum(table, key, body) == *stored).then_some(body.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_answers() {
        // These bytes are on people's disks: they may never change.
        let mut out = Vec::new();
        put_number(&mut out, 300);
        put_signed(&mut out, -2);
        put_bytes(&mut out, b"id");
        assert_eq!(out, [0xac, 0x02, 0x03, 0x02, b'i', b'd']);
        assert_eq!(seal(1, b"key", b"body".to_vec())[4..], [136, 152, 89, 153, 244, 186, 172, 133]);
    }

    proptest! {
        #[test]
        fn what_is_put_is_read(number: u64, signed: i64, bytes: Vec<u8>) {
            let mut out = Vec::new();
            put_number(&mut out, number);
            put_signed(&mut out, signed);
            put_bytes(&mut out, &bytes);
            let mut rest = Rest(&out);
            prop_assert_eq!((rest.number(), rest.signed(), rest.bytes()), (Some(number), Some(signed), Some(&*bytes)));
            prop_assert_eq!(rest.end(), Some(()));
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
            let mut rest = Rest(&bytes);
            while rest.number().is_some() && rest.text().is_some() {}
        }

        #[test]
        fn a_flipped_bit_is_seen(body: Vec<u8>, bit: usize) {
            let mut sealed = seal(3, b"key", body);
            prop_assert!(unseal(3, b"key", &sealed).is_some());
            prop_assert!(unseal(2, b"key", &sealed).is_none() && unseal(3, b"kex", &sealed).is_none());
            let bit = bit % (8 * sealed.len());
            sealed[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(unseal(3, b"key", &sealed).is_none());
        }
    }
}
