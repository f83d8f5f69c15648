//! One segment as a stream of checked frames, plain or compressed.
//!
//! The stream keeps a window of the segment in memory and hands out frames in place. It tells a frame that is there
//! from the end and from a fault, and says of a fault what it could be; whether it is a torn tail or damage is for the
//! [`crate::Reader`] to decide, who knows which segment is the last.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::disk::Disk;
use crate::error::JournalError;
use crate::frame::{
    FRAME_HEADER_BYTES, FRAME_MARKER, FRAME_PAYLOAD_BYTES_MAX, FrameHeader, HASH_BYTES, Hash, HeaderFault, KIND_BATCH,
    KIND_CHECKPOINT, chain, take,
};
use crate::manifest::Manifest;
use crate::opening::absent_archive;
use crate::segment::{compressed_path, plain_path};

const WINDOW_BYTES: usize = 256 << 10;

/// Where in the log a reader stands: what the next frame must follow on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChainState {
    pub next_seq: u64,
    pub last_time_us: u64,
    pub chain: Hash,
}

/// What stands at the stream's place.
pub(crate) enum Step {
    Frame(FrameHeader),
    End,
    Fault(Fault),
}

/// A place where a frame should be and is not.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub expected: String,
    pub found: String,
    pub nature: Nature,
}

impl Fault {
    /// An intact frame whose content is not what it should be.
    pub fn foreign(expected: String, found: String) -> Fault {
        Fault { expected, found, nature: Nature::Foreign }
    }
}

/// What a fault may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// The segment ends before the frame does.
    CutShort,
    /// The frame's extent is unknown; what follows may begin anywhere.
    BrokenHeader,
    /// The header is intact, the content is not; what follows begins after this many bytes.
    BrokenBody { frame_bytes: usize },
    /// Intact, but it does not belong here: never the trace of an interrupted write.
    Foreign,
}

enum Source<S: Read> {
    Plain(S),
    Compressed(Box<zstd::Decoder<'static, BufReader<S>>>),
}

/// A segment being read; `offset` is the place, in uncompressed bytes, of the next unread byte.
pub(crate) struct SegmentStream<S: Read + Seek> {
    path: PathBuf,
    source: Source<S>,
    window: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
}

impl<S: Read + Seek> SegmentStream<S> {
    /// Open a segment by its first sequence: the plain file if there is one, else the compressed one beside it, else the
    /// one in the archive; `None` when none of them is known. Errors: `AbsentArchive` when it should be in the archive.
    pub fn open<D: Disk<Source = S>>(
        disk: &D,
        dir: &Path,
        archived: &Manifest,
        first_seq: u64,
    ) -> Result<Option<Self>, JournalError> {
        let plain = plain_path(dir, first_seq);
        match disk.open_read(&plain) {
            Ok(file) => return Ok(Some(Self::new(plain, Source::Plain(file)))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(JournalError::io("open", &plain)(error)),
        }
        if let Some(stream) = Self::open_compressed(disk, &compressed_path(dir, first_seq))? {
            return Ok(Some(stream));
        }
        let Some(segment) = archived.find(first_seq) else { return Ok(None) };
        match Self::open_compressed(disk, &segment.path(dir))? {
            Some(stream) => Ok(Some(stream)),
            None => Err(absent_archive(dir, &[segment])),
        }
    }

    /// Open a compressed segment; `None` when there is no such file.
    pub fn open_compressed<D: Disk<Source = S>>(disk: &D, path: &Path) -> Result<Option<Self>, JournalError> {
        match disk.open_read(path) {
            Ok(file) => {
                let decoder = zstd::Decoder::new(file).map_err(JournalError::io("decompress", path))?;
                Ok(Some(Self::new(path.to_path_buf(), Source::Compressed(Box::new(decoder)))))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(JournalError::io("open", path)(error)),
        }
    }

    fn new(path: PathBuf, source: Source<S>) -> Self {
        SegmentStream { path, source, window: Vec::new(), start: 0, end: 0, offset: 0 }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn offset(&self) -> u64 {
        self.offset
    }

    pub fn is_compressed(&self) -> bool {
        matches!(self.source, Source::Compressed(_))
    }

    /// Give what the window holds from the current place on.
    pub fn window(&self) -> &[u8] {
        &self.window[self.start..self.end]
    }

    /// Read until the window holds `wanted` bytes or the segment ends; returns how many it holds.
    pub fn fill(&mut self, wanted: usize) -> Result<usize, JournalError> {
        if self.end - self.start < wanted {
            self.window.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            if self.window.len() < wanted.max(WINDOW_BYTES) {
                self.window.resize(wanted.max(WINDOW_BYTES), 0);
            }
        }
        while self.end - self.start < wanted {
            let room = &mut self.window[self.end..];
            let read = match &mut self.source {
                Source::Plain(file) => file.read(room),
                Source::Compressed(decoder) => decoder.read(room),
            };
            match read {
                Ok(0) => break,
                Ok(bytes) => self.end += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.read_error(error)),
            }
        }
        Ok(self.end - self.start)
    }

    /// Tell a failing disk from a compressed stream that does not decode: only the first has an error of the system.
    fn read_error(&self, error: io::Error) -> JournalError {
        if self.is_compressed() && error.raw_os_error().is_none() {
            return JournalError::Damage {
                file: self.path.clone(),
                offset: self.offset + (self.end - self.start) as u64,
                expected: "a zstd stream that decodes to its end (offset counted in decoded bytes)".into(),
                found: error.to_string(),
            };
        }
        JournalError::io("read", &self.path)(error)
    }

    /// Pass over bytes that the window holds.
    pub fn consume(&mut self, bytes: usize) {
        assert!(bytes <= self.end - self.start, "only what was read is passed over");
        self.start += bytes;
        self.offset += bytes as u64;
    }

    /// Forget what was read ahead, so that a plain file that has changed since is read anew from `offset`.
    pub fn reread_from(&mut self, offset: u64) -> Result<(), JournalError> {
        if let Source::Plain(file) = &mut self.source {
            file.seek(SeekFrom::Start(offset)).map_err(JournalError::io("seek in", &self.path))?;
            (self.start, self.end, self.offset) = (0, 0, offset);
        }
        Ok(())
    }

    /// Check the frame at the current place against the log before it; a good one stays in the window.
    pub fn step(&mut self, state: &ChainState) -> Result<Step, JournalError> {
        let held = self.fill(FRAME_HEADER_BYTES)?;
        if held == 0 {
            return Ok(Step::End);
        }
        if held < FRAME_HEADER_BYTES {
            let expected = format!("a frame header of {FRAME_HEADER_BYTES} bytes");
            return Ok(fault(Nature::CutShort, expected, format!("{held} bytes to the end of the file")));
        }
        let header = match FrameHeader::decode(self.window()) {
            Ok(header) => header,
            Err(HeaderFault::Marker(found)) => {
                let expected = format!("the frame of sequence {} with marker \"RLJF\"", state.next_seq);
                return Ok(fault(Nature::BrokenHeader, expected, format!("\"{}\"", found.escape_ascii())));
            }
            Err(HeaderFault::Checksum { stated, computed }) => {
                let expected = format!("frame header checksum {computed:08x}");
                return Ok(fault(Nature::BrokenHeader, expected, format!("{stated:08x}")));
            }
        };
        if !matches!(header.kind, KIND_BATCH | KIND_CHECKPOINT) || header.flags != 0 {
            return Err(JournalError::UnsupportedFrame {
                file: self.path.clone(),
                offset: self.offset,
                kind: header.kind,
                flags: header.flags,
            });
        }
        if let Some(found) = misfit(&header, state) {
            return Ok(found);
        }
        let held = self.fill(header.frame_bytes())?;
        if held < header.frame_bytes() {
            let expected = format!("a frame of {} bytes", header.frame_bytes());
            return Ok(fault(Nature::CutShort, expected, format!("{held} bytes to the end of the file")));
        }
        Ok(self.check_content(header, state))
    }

    fn check_content(&self, header: FrameHeader, state: &ChainState) -> Step {
        let nature = Nature::BrokenBody { frame_bytes: header.frame_bytes() };
        let content = &self.window()[..header.frame_bytes() - HASH_BYTES];
        let computed = crc32fast::hash(&content[FRAME_HEADER_BYTES..]);
        if computed != header.payload_crc {
            let expected = format!("frame payload checksum {:08x}", header.payload_crc);
            return fault(nature, expected, format!("{computed:08x}"));
        }
        let computed = chain(&state.chain, content);
        let stated = self.chain_after(&header);
        if computed != stated {
            let expected = format!("chain hash {}", blake3::Hash::from(computed).to_hex());
            return fault(nature, expected, blake3::Hash::from(stated).to_hex().to_string());
        }
        Step::Frame(header)
    }

    /// Give the chain hash that ends the frame at the current place.
    pub fn chain_after(&self, header: &FrameHeader) -> Hash {
        take(self.window(), header.frame_bytes() - HASH_BYTES)
    }

    /// Give the whole frame at the current place.
    pub fn frame(&self, header: &FrameHeader) -> &[u8] {
        &self.window()[..header.frame_bytes()]
    }

    /// Give the payload of the frame at the current place.
    pub fn payload(&self, header: &FrameHeader) -> &[u8] {
        &self.window()[FRAME_HEADER_BYTES..header.frame_bytes() - HASH_BYTES]
    }

    /// Tell whether any frame header stands after a fault, which then was not the end of the log when that was
    /// written. Reads ahead: the caller returns to the fault with [`SegmentStream::reread_from`].
    ///
    /// The header alone is enough: a frame is only begun once the one before it is durable.
    pub fn is_followed(&mut self, nature: Nature, next_seq: u64) -> Result<bool, JournalError> {
        let skip = match nature {
            Nature::CutShort => return Ok(false),
            Nature::Foreign => return Ok(true),
            Nature::BrokenHeader => 1,
            Nature::BrokenBody { frame_bytes } => frame_bytes,
        };
        self.fill(skip)?;
        self.consume(skip);
        while self.fill(FRAME_HEADER_BYTES)? >= FRAME_HEADER_BYTES {
            let window = self.window();
            let last = window.len() - FRAME_HEADER_BYTES;
            let candidate = (0..=last).find(|&at| {
                window[at..at + FRAME_MARKER.len()] == FRAME_MARKER
                    && FrameHeader::decode(&window[at..]).is_ok_and(|header| header.first_seq >= next_seq)
            });
            if candidate.is_some() {
                return Ok(true);
            }
            self.consume(last + 1);
        }
        Ok(false)
    }
}

fn fault(nature: Nature, expected: String, found: String) -> Step {
    Step::Fault(Fault { expected, found, nature })
}

/// Find what an intact header states that cannot follow on the log before it.
fn misfit(header: &FrameHeader, state: &ChainState) -> Option<Step> {
    let foreign = |expected: String, found: String| Some(fault(Nature::Foreign, expected, found));
    if header.payload_bytes as usize > FRAME_PAYLOAD_BYTES_MAX {
        let expected = format!("a frame payload of at most {FRAME_PAYLOAD_BYTES_MAX} bytes");
        return foreign(expected, format!("{} bytes", header.payload_bytes));
    }
    if header.first_seq != state.next_seq {
        return foreign(format!("the frame of sequence {}", state.next_seq), format!("sequence {}", header.first_seq));
    }
    if header.base_time_us < state.last_time_us {
        let expected = format!("a frame time of at least {} µs", state.last_time_us);
        return foreign(expected, format!("{} µs", header.base_time_us));
    }
    let counted = match header.kind {
        KIND_BATCH => header.count > 0,
        _ => header.count == 0 && header.payload_bytes as usize == HASH_BYTES,
    };
    if !counted {
        let expected = "a batch of at least one record, or a checkpoint of 32 bytes and no record".to_string();
        return foreign(expected, format!("{} records in {} bytes", header.count, header.payload_bytes));
    }
    None
}
