//! Looks return addresses of a program up in its debug information.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;

use addr2line::Loader;

use super::Place;
use crate::course::functions::Outline;

/// The debug information of one program, and what was found in it so far.
pub struct Symbols {
    shown_path: String,
    source: String,
    outline: Outline,
    // The loader's own caches are not shared between threads.
    inner: Mutex<Inner>,
}

struct Inner {
    loader: Option<Loader>,
    known: HashMap<u64, Option<Place>>,
}

impl fmt::Debug for Symbols {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Symbols").field("shown_path", &self.shown_path).finish_non_exhaustive()
    }
}

impl Symbols {
    /// Opens a program; without readable debug information addresses just have no place.
    #[must_use]
    pub fn of(program: &Path, shown_path: &str, source: &str) -> Self {
        let inner = Inner { loader: Loader::new(program).ok(), known: HashMap::new() };
        Self {
            shown_path: shown_path.to_owned(),
            source: source.to_owned(),
            outline: Outline::of(source),
            inner: Mutex::new(inner),
        }
    }

    /// A place that the compiler told.
    pub(super) fn place(&self, file: &str, line: u32) -> Place {
        let of_student = file == self.shown_path;
        let function = if of_student { self.outline.function_at(line).map(str::to_owned) } else { None };
        Place { file: file.to_owned(), line, of_student, function }
    }

    /// The innermost place in the student's file among return addresses, innermost first.
    pub(super) fn first_of_student(&self, addresses: &[u64]) -> Option<Place> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        addresses.iter().find_map(|address| {
            if let Some(known) = inner.known.get(address) {
                return known.clone();
            }
            // A return address is behind the call: one byte before it is within.
            let found = self.look_up(inner.loader.as_ref()?, address.wrapping_sub(1));
            inner.known.insert(*address, found.clone());
            found
        })
    }

    /// The variable that the line of a place in the student's file binds, the one at `position` of a pattern.
    pub(super) fn variable_at(&self, place: &Place, position: usize) -> Option<String> {
        if !place.of_student {
            return None;
        }
        let line = self.source.lines().nth((place.line as usize).checked_sub(1)?)?;
        let (pattern, _) = line.split_once("let ")?.1.split_once('=')?;
        let pattern = pattern.split(':').next()?;
        let mut words = pattern.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        let named = words.by_ref().filter(|word| !matches!(*word, "" | "mut" | "ref" | "_"));
        named.map(str::to_owned).nth(position)
    }

    fn look_up(&self, loader: &Loader, address: u64) -> Option<Place> {
        let mut frames = loader.find_frames(address).ok()?;
        while let Ok(Some(frame)) = frames.next() {
            let Some(location) = frame.location else { continue };
            if let (Some(file), Some(line)) = (location.file, location.line)
                && file.ends_with(&self.shown_path)
            {
                return Some(self.place(&self.shown_path, line));
            }
        }
        None
    }
}
