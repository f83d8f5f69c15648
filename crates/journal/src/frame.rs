//! The frame: the unit that is written, synced, checked and chained at once. Layout only, no I/O.
//!
//! A frame is a 40-byte header, a payload, and the chain hash after it. The header has a checksum of its own, so that
//! its length may be believed before the payload is read.

use crate::batch::Batch;

/// A blake3 hash: of the chain, or of the core's state.
pub type Hash = [u8; 32];

/// The most bytes one frame's payload, and so one batch, may have.
pub const FRAME_PAYLOAD_BYTES_MAX: usize = 64 << 20;

pub(crate) const FRAME_HEADER_BYTES: usize = 40;
pub(crate) const HASH_BYTES: usize = 32;
pub(crate) const FRAME_MARKER: [u8; 4] = *b"RLJF";

pub(crate) const KIND_BATCH: u16 = 1;
pub(crate) const KIND_CHECKPOINT: u16 = 2;

/// State the core's state hash right after a sequence, so that any replay can be compared with the live run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last sequence applied; 0 before the first.
    pub seq: u64,
    /// Microseconds since the Unix epoch.
    pub time_us: u64,
    /// The state's hash.
    pub state_hash: Hash,
}

/// The fixed part of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    pub kind: u16,
    pub flags: u16,
    pub payload_bytes: u32,
    pub count: u32,
    pub first_seq: u64,
    pub base_time_us: u64,
    pub payload_crc: u32,
}

/// What is wrong with 40 bytes that should be a frame header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderFault {
    Marker([u8; 4]),
    Checksum { stated: u32, computed: u32 },
}

impl FrameHeader {
    /// Begin the frame of a batch that is not empty; its payload is stated when it is written.
    pub fn of_batch(batch: &Batch, first_seq: u64) -> FrameHeader {
        FrameHeader {
            kind: KIND_BATCH,
            flags: 0,
            payload_bytes: 0,
            count: batch.len() as u32,
            first_seq,
            base_time_us: batch.base_time_us(),
            payload_crc: 0,
        }
    }

    /// Count the bytes of the whole frame, chain hash included.
    pub fn frame_bytes(&self) -> usize {
        FRAME_HEADER_BYTES + self.payload_bytes as usize + HASH_BYTES
    }

    pub fn encode(&self) -> [u8; FRAME_HEADER_BYTES] {
        let mut bytes = [0; FRAME_HEADER_BYTES];
        bytes[0..4].copy_from_slice(&FRAME_MARKER);
        bytes[4..6].copy_from_slice(&self.kind.to_le_bytes());
        bytes[6..8].copy_from_slice(&self.flags.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.payload_bytes.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.count.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.first_seq.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.base_time_us.to_le_bytes());
        bytes[32..36].copy_from_slice(&self.payload_crc.to_le_bytes());
        let crc = crc32fast::hash(&bytes[..36]);
        bytes[36..40].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Read the header at the start of `bytes`, which has at least [`FRAME_HEADER_BYTES`].
    pub fn decode(bytes: &[u8]) -> Result<FrameHeader, HeaderFault> {
        let marker = take(bytes, 0);
        if marker != FRAME_MARKER {
            return Err(HeaderFault::Marker(marker));
        }
        let stated = u32::from_le_bytes(take(bytes, 36));
        let computed = crc32fast::hash(&bytes[..36]);
        if stated != computed {
            return Err(HeaderFault::Checksum { stated, computed });
        }
        Ok(FrameHeader {
            kind: u16::from_le_bytes(take(bytes, 4)),
            flags: u16::from_le_bytes(take(bytes, 6)),
            payload_bytes: u32::from_le_bytes(take(bytes, 8)),
            count: u32::from_le_bytes(take(bytes, 12)),
            first_seq: u64::from_le_bytes(take(bytes, 16)),
            base_time_us: u64::from_le_bytes(take(bytes, 24)),
            payload_crc: u32::from_le_bytes(take(bytes, 32)),
        })
    }
}

/// Copy `N` bytes out of `bytes` at `at`.
pub(crate) fn take<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[at..at + N]);
    out
}

/// Chain a frame's header and payload to the frames before it.
pub(crate) fn chain(before: &Hash, content: &[u8]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(before);
    hasher.update(content);
    *hasher.finalize().as_bytes()
}

/// Replace `out` with a whole frame; returns the chain hash after it.
///
/// `payload_bytes` and `payload_crc` of `header` are filled in here.
pub(crate) fn write_frame(out: &mut Vec<u8>, mut header: FrameHeader, payload: &[u8], before: &Hash) -> Hash {
    assert!(payload.len() <= FRAME_PAYLOAD_BYTES_MAX, "the batch has bounded its payload");
    header.payload_bytes = payload.len() as u32;
    header.payload_crc = crc32fast::hash(payload);
    out.clear();
    out.reserve(header.frame_bytes());
    out.extend_from_slice(&header.encode());
    out.extend_from_slice(payload);
    let after = chain(before, out);
    out.extend_from_slice(&after);
    after
}
