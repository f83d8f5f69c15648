//! The header of a snapshot file, and its bytes on their way to and from the disk.

use rialto_journal::DiskFile;
use std::io::{self, Read, Write};

/// The version of the file format that this release writes and reads.
pub const FORMAT_VERSION: u32 = 1;

pub(crate) const MAGIC: &[u8; 8] = b"RIALTOSN";
pub(crate) const HEADER_BYTES: usize = 92;
pub(crate) const CHECKSUM_BYTES: usize = 32;

/// How much is written at a time.
const PIECE_BYTES: usize = 1 << 20;

/// Of which point of a journal a snapshot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The last command in it.
    pub sequence: u64,
    /// The time of that command, in microseconds since the Unix epoch.
    pub time_us: u64,
    /// The hash of the state after it.
    pub state_hash: [u8; 32],
    /// The chain hash of the journal there.
    pub chain: [u8; 32],
}

impl Position {
    pub(crate) fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[0..8].copy_from_slice(MAGIC);
        bytes[8..12].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
        bytes[12..20].copy_from_slice(&self.sequence.to_le_bytes());
        bytes[20..28].copy_from_slice(&self.time_us.to_le_bytes());
        bytes[28..60].copy_from_slice(&self.state_hash);
        bytes[60..92].copy_from_slice(&self.chain);
        bytes
    }

    /// The version that a header states, and the position where that is a known one. The magic was checked.
    pub(crate) fn decode(bytes: &[u8; HEADER_BYTES]) -> (u32, Position) {
        let position = Position {
            sequence: u64::from_le_bytes(part(bytes, 12)),
            time_us: u64::from_le_bytes(part(bytes, 20)),
            state_hash: part(bytes, 28),
            chain: part(bytes, 60),
        };
        (u32::from_le_bytes(part(bytes, 8)), position)
    }
}

fn part<const N: usize>(bytes: &[u8; HEADER_BYTES], at: usize) -> [u8; N] {
    let mut part = [0; N];
    part.copy_from_slice(&bytes[at..at + N]);
    part
}

/// Appends to a file in large pieces and hashes what goes by.
pub(crate) struct HashingWriter<F: DiskFile> {
    file: F,
    piece: Vec<u8>,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl<F: DiskFile> HashingWriter<F> {
    pub(crate) fn new(file: F) -> HashingWriter<F> {
        HashingWriter { file, piece: Vec::with_capacity(PIECE_BYTES), hasher: blake3::Hasher::new(), bytes: 0 }
    }

    /// Append the hash of everything, and make it all durable; returns how many bytes there are.
    pub(crate) fn finish(mut self) -> io::Result<u64> {
        self.flush()?;
        let hash = *self.hasher.finalize().as_bytes();
        self.file.append(&hash)?;
        self.file.sync_data()?;
        Ok(self.bytes + CHECKSUM_BYTES as u64)
    }
}

impl<F: DiskFile> Write for HashingWriter<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hasher.update(bytes);
        self.piece.extend_from_slice(bytes);
        self.bytes += bytes.len() as u64;
        if self.piece.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.piece.is_empty() {
            self.file.append(&self.piece)?;
            self.piece.clear();
        }
        Ok(())
    }
}

/// Read a whole file and return how many bytes stand before its checksum, or what is wrong with it.
pub(crate) fn check_sum(source: &mut impl Read) -> io::Result<Result<u64, String>> {
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0; PIECE_BYTES];
    // The last bytes read are held back: they may be the checksum.
    let mut held: Vec<u8> = Vec::new();
    let mut bytes = 0;
    loop {
        let read = match source.read(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        if read == 0 {
            break;
        }
        held.extend_from_slice(&piece[..read]);
        let known = held.len().saturating_sub(CHECKSUM_BYTES);
        hasher.update(&held[..known]);
        bytes += known as u64;
        held.drain(..known);
    }
    if held.len() < CHECKSUM_BYTES || bytes < HEADER_BYTES as u64 {
        return Ok(Err(format!("it has {} bytes, fewer than a header and a checksum", bytes + held.len() as u64)));
    }
    let computed = hasher.finalize();
    if computed.as_bytes() == held.as_slice() {
        return Ok(Ok(bytes));
    }
    let mut stated = [0; CHECKSUM_BYTES];
    stated.copy_from_slice(&held);
    Ok(Err(format!("its checksum is {}, that of its bytes {}", blake3::Hash::from(stated), computed)))
}
