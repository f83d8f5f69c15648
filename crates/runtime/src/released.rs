//! The form in which outcomes and answers leave the process: MessagePack, structures as arrays, amounts as decimal
//! text, variants by name. `contracts/events.py` mirrors it.

use rialto_market::MarketUpdate;
use rialto_types::Event;
use rialto_types::query::Answer;
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

/// One thing that leaves the core.
#[derive(Serialize)]
#[serde(tag = "released")]
pub(crate) enum Released<'a> {
    Outcome(Outcome<'a>),
    Answered(Answered<'a>),
}

/// What one command led to.
#[derive(Serialize)]
pub(crate) struct Outcome<'a> {
    pub(crate) ticket: u64,
    pub(crate) sequence: u64,
    pub(crate) time_us: u64,
    pub(crate) events: StatedEvents<'a>,
    pub(crate) market: &'a [MarketUpdate],
}

/// What one query was answered, as of a sequence number.
#[derive(Serialize)]
pub(crate) struct Answered<'a> {
    pub(crate) ticket: u64,
    pub(crate) sequence: u64,
    pub(crate) answer: &'a Answer,
}

/// The events of a command without level changes: those reach the outside through the market views.
pub(crate) struct StatedEvents<'a>(pub(crate) &'a [Event]);

impl Serialize for StatedEvents<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stated = || self.0.iter().filter(|event| !matches!(event, Event::BookChanged(_)));
        let mut sequence = serializer.serialize_seq(Some(stated().count()))?;
        for event in stated() {
            sequence.serialize_element(event)?;
        }
        sequence.end()
    }
}

/// Append one thing to a buffer. Several behind one another form a stream that is read one by one.
pub(crate) fn encode(released: &Released<'_>, buffer: &mut Vec<u8>) {
    let mut serializer = rmp_serde::Serializer::new(buffer).with_human_readable();
    released.serialize(&mut serializer).expect("what leaves the core serializes into memory");
}

/// Encode any value of the interface.
pub fn encode_value(value: &impl Serialize) -> Vec<u8> {
    let mut buffer = Vec::new();
    let mut serializer = rmp_serde::Serializer::new(&mut buffer).with_human_readable();
    value.serialize(&mut serializer).expect("values of the interface serialize into memory");
    buffer
}

/// Things that leave together, preceded by their number as the interface's readers expect a list.
#[derive(Default)]
pub(crate) struct Chunk {
    count: u32,
    body: Vec<u8>,
}

/// A MessagePack array of any length: marker and 32-bit count.
const ARRAY_32: u8 = 0xdd;

/// A list of so many things, encoded one behind the other.
pub(crate) fn array_of(count: usize, body: &[u8]) -> Vec<u8> {
    let mut list = Vec::with_capacity(5 + body.len());
    list.push(ARRAY_32);
    list.extend_from_slice(&u32::try_from(count).expect("a list is shorter than its bytes").to_be_bytes());
    list.extend_from_slice(body);
    list
}

impl Chunk {
    pub(crate) fn push(&mut self, released: &Released<'_>) {
        if self.body.is_empty() {
            self.body.extend_from_slice(&[ARRAY_32, 0, 0, 0, 0]);
        }
        encode(released, &mut self.body);
        self.count += 1;
    }

    /// The encoded things from a position on; see [`Chunk::bytes`].
    pub(crate) fn encoded_from(&self, position: usize) -> &[u8] {
        &self.body[position.max(5)..]
    }

    pub(crate) fn len(&self) -> usize {
        self.count as usize
    }

    pub(crate) fn bytes(&self) -> usize {
        self.body.len()
    }

    /// The finished list; the chunk is empty afterwards.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        let mut body = std::mem::take(&mut self.body);
        if let Some(header) = body.get_mut(1..5) {
            header.copy_from_slice(&self.count.to_be_bytes());
        }
        self.count = 0;
        body
    }
}
