//! Every sentence that people read, in Spanish and English.

pub(crate) mod clean;
pub mod compiler;
pub(crate) mod diagram;
pub mod finding;
pub(crate) mod help;
pub(crate) mod interface;
pub(crate) mod phrase;
pub(crate) mod screen;
pub mod verify;
