//! A hash index from keys to slots, without iteration.
//!
//! Looking up by hash is deterministic; walking a hash table is not. This is the only place in the deterministic
//! crates that touches a hash table, and it offers no way to walk it. Keys stay in the slots; the table holds only
//! slot numbers, four bytes each.

use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// Finds the slot whose key equals the wanted one. The caller says how a slot's key is read.
#[derive(Clone, Default, Debug)]
pub struct SlotIndex {
    table: HashTable<u32>,
}

/// The hash of a key, for who keeps it beside a slot whose key is long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyHash(u64);

impl KeyHash {
    /// Of a key.
    pub fn of<K: Hash + ?Sized>(key: &K) -> KeyHash {
        KeyHash(hash_of(key))
    }
}

fn hash_of<K: Hash + ?Sized>(key: &K) -> u64 {
    let mut hasher = FxHasher::default();
    key.hash(&mut hasher);
    hasher.finish()
}

impl SlotIndex {
    /// An empty index.
    pub fn new() -> SlotIndex {
        SlotIndex::default()
    }

    /// The slot of a key.
    pub fn find<K: Hash + Eq>(&self, key: &K, key_of: impl Fn(u32) -> K) -> Option<u32> {
        self.table.find(hash_of(key), |&slot| key_of(slot) == *key).copied()
    }

    /// Enter a slot under its key. The key must not be in the index.
    pub fn insert<K: Hash + Eq>(&mut self, key: &K, slot: u32, key_of: impl Fn(u32) -> K) {
        debug_assert!(self.find(key, &key_of).is_none(), "key entered twice");
        self.table.insert_unique(hash_of(key), slot, |&other| hash_of(&key_of(other)));
    }

    /// Take a slot out, found by its key. Returns whether it was there.
    pub fn remove<K: Hash + Eq>(&mut self, key: &K, slot: u32) -> bool {
        self.remove_hashed(KeyHash::of(key), slot)
    }

    /// Enter a slot under a key of this hash. The key must not be in the index.
    pub fn insert_hashed(&mut self, hash: KeyHash, slot: u32, hash_of: impl Fn(u32) -> KeyHash) {
        self.table.insert_unique(hash.0, slot, |&other| hash_of(other).0);
    }

    /// Take a slot out, found by the hash of its key. Returns whether it was there.
    pub fn remove_hashed(&mut self, hash: KeyHash, slot: u32) -> bool {
        match self.table.find_entry(hash.0, |&other| other == slot) {
            Ok(entry) => {
                entry.remove();
                true
            }
            Err(_) => false,
        }
    }

    /// How many slots are entered.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }
}
