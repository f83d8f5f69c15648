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

    /// Of a number given out in sequence within a group. Neighbours stand side by side in the table, so that those given
    /// out lately, which are those asked for most, share a few cache lines however large the table is.
    pub fn in_sequence(group: u32, number: u64) -> KeyHash {
        let spread = hash_of(&group);
        // A table takes the place from the lower bits and what it compares first from the highest seven.
        let compared = hash_of(&number) & !(u64::MAX >> 7);
        KeyHash(compared | (number.wrapping_add(spread) & (u64::MAX >> 7)))
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

    /// The slot that `is` the wanted one, among those whose key may have this hash.
    pub fn find_hashed(&self, hash: KeyHash, is: impl Fn(u32) -> bool) -> Option<u32> {
        self.table.find(hash.0, |&slot| is(slot)).copied()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_sequence_are_found_whatever_was_taken_out_between() {
        let keys: Vec<(u32, u64)> = (0..3_000).map(|at| (at as u32 % 7, 1 + at / 7)).collect();
        let hash = |slot: u32| KeyHash::in_sequence(keys[slot as usize].0, keys[slot as usize].1);
        let mut index = SlotIndex::new();
        for slot in 0..3_000 {
            index.insert_hashed(hash(slot), slot, hash);
            if slot % 3 == 0 {
                assert!(index.remove_hashed(hash(slot / 3), slot / 3));
            }
        }
        for slot in 0..3_000 {
            let found = index.find_hashed(hash(slot), |other| keys[other as usize] == keys[slot as usize]);
            assert_eq!(found, (slot >= 1_000).then_some(slot));
        }
        assert_eq!(index.len(), 2_000);
    }
}
