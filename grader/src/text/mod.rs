//! Every sentence that people read, in Spanish and English.

pub(crate) mod interface;
pub mod verify;
