//! Maps by the small numbers of a trace: objects, versions, places in it.
//!
//! Every order of a scenario is judged, by a grader that is rarely optimised. The standard hash is made against keys that
//! somebody chose to collide; these numbers nobody chooses, and a multiplication mixes them well enough.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map by numbers of a trace.
pub(super) type Map<K, V> = HashMap<K, V, BuildHasherDefault<Mixer>>;
/// A set of numbers of a trace.
pub(super) type Set<K> = HashSet<K, BuildHasherDefault<Mixer>>;

/// Mixes numbers by multiplication.
#[derive(Debug, Default)]
pub(super) struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64((*byte).into()));
    }

    fn write_u16(&mut self, number: u16) {
        self.write_u64(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(23) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
}
