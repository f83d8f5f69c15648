//! The record inside a batch: checksum, length, time, payload. Layout only, no I/O.

use crate::frame::take;

/// The most bytes one record's payload may have.
pub const RECORD_BYTES_MAX: usize = 1 << 20;

/// Bytes of a record before its time: checksum and length.
pub(crate) const RECORD_HEAD_BYTES: usize = 8;
const CRC_BYTES: usize = 4;
const VARINT_BYTES_MAX: usize = 10;

/// One record found in a batch's payload, as places in that payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RecordPlace {
    pub payload_start: usize,
    pub payload_end: usize,
    pub time_delta_us: u64,
}

/// Begin a record at the end of `out`; the payload is to be appended next, then [`finish_record`] called.
pub(crate) fn begin_record(out: &mut Vec<u8>, time_delta_us: u64) {
    out.extend_from_slice(&[0; RECORD_HEAD_BYTES]);
    put_varint(out, time_delta_us);
}

/// Fill in length and checksum of the record that begins at `start` and whose payload begins at `payload_start`.
pub(crate) fn finish_record(out: &mut [u8], start: usize, payload_start: usize) {
    let payload_bytes = (out.len() - payload_start) as u32;
    out[start + CRC_BYTES..start + RECORD_HEAD_BYTES].copy_from_slice(&payload_bytes.to_le_bytes());
    let crc = crc32fast::hash(&out[start + CRC_BYTES..]);
    out[start..start + CRC_BYTES].copy_from_slice(&crc.to_le_bytes());
}

/// Read the record at `start` of a batch's payload; the error says what was expected and what was found.
pub(crate) fn read_record(batch: &[u8], start: usize) -> Result<RecordPlace, (String, String)> {
    let left = &batch[start..];
    if left.len() < RECORD_HEAD_BYTES {
        return Err(("a record of at least 8 bytes".into(), format!("{} bytes", left.len())));
    }
    let payload_bytes = u32::from_le_bytes(take(left, CRC_BYTES)) as usize;
    if payload_bytes > RECORD_BYTES_MAX {
        return Err((format!("a record of at most {RECORD_BYTES_MAX} bytes"), format!("{payload_bytes} bytes")));
    }
    let (time_delta_us, varint_bytes) = get_varint(&left[RECORD_HEAD_BYTES..])
        .ok_or_else(|| ("a time as a varint of 64 bits".to_string(), "none".to_string()))?;
    let payload_at = RECORD_HEAD_BYTES + varint_bytes;
    let Some(checked) = left.get(CRC_BYTES..payload_at + payload_bytes) else {
        return Err((
            format!("a record payload of {payload_bytes} bytes"),
            format!("{} bytes to the end of the batch", left.len() - payload_at),
        ));
    };
    let stated = u32::from_le_bytes(take(left, 0));
    let computed = crc32fast::hash(checked);
    if stated != computed {
        return Err((format!("record checksum {computed:08x}"), format!("{stated:08x}")));
    }
    let payload_start = start + payload_at;
    Ok(RecordPlace { payload_start, payload_end: payload_start + payload_bytes, time_delta_us })
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn get_varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (i, &byte) in bytes.iter().take(VARINT_BYTES_MAX).enumerate() {
        let bits = u64::from(byte & 0x7f);
        if i == VARINT_BYTES_MAX - 1 && bits > 1 {
            return None;
        }
        value |= bits << (7 * i);
        if byte & 0x80 == 0 {
            return Some((value, i + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_varint_reads_back(value: u64, shift in 0u32..64) {
            let value = value >> shift;
            let mut bytes = Vec::new();
            put_varint(&mut bytes, value);
            prop_assert_eq!(get_varint(&bytes), Some((value, bytes.len())));
            prop_assert_eq!(get_varint(&bytes[..bytes.len() - 1]), None);
        }
    }

    #[test]
    fn a_varint_beyond_64_bits_is_refused() {
        let mut bytes = Vec::new();
        put_varint(&mut bytes, u64::MAX);
        assert_eq!(get_varint(&bytes), Some((u64::MAX, 10)));
        bytes[9] = 2;
        assert_eq!(get_varint(&bytes), None);
        assert_eq!(get_varint(&[0xff; 11]), None);
    }

    #[test]
    fn a_record_longer_than_allowed_is_refused_before_its_checksum_is_read() {
        let mut bytes = vec![0; 32];
        bytes[4..8].copy_from_slice(&(RECORD_BYTES_MAX as u32 + 1).to_le_bytes());
        let (expected, found) = read_record(&bytes, 0).unwrap_err();
        assert_eq!(expected, "a record of at most 1048576 bytes");
        assert_eq!(found, "1048577 bytes");
    }
}
