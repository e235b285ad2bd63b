//! The sentence about waiting for somebody else's build: told when that takes a while, and taken back afterwards.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

use crate::text::interface;
use crate::{Language, terminal};

/// Shorter waits are nobody's business: most locks are held for a moment.
const WORTH_TELLING: Duration = Duration::from_secs(1);

/// A wait that has begun; it ends when this is dropped.
pub(super) struct Waiting {
    over: Option<Sender<()>>,
    teller: Option<JoinHandle<()>>,
}

impl Waiting {
    pub(super) fn begin(language: Language) -> Self {
        let (over, wait) = bounded(0);
        let teller = thread::spawn(move || {
            if wait.recv_timeout(WORTH_TELLING) == Err(RecvTimeoutError::Timeout) {
                tell(interface::waiting_for_another_build(language));
                // Until it is over.
                let _ = wait.recv();
                terminal::clear();
            }
        });
        Self { over: Some(over), teller: Some(teller) }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        drop(self.over.take());
        // It has nothing left to say.
        let _ = self.teller.take().map(JoinHandle::join);
    }
}

fn tell(sentence: &str) {
    if terminal::is_watched() {
        terminal::show(sentence);
    } else {
        eprintln!("{sentence}");
    }
}
