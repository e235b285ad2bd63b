//! How handles get from a parent to its child: only as arguments of a start.
//!
//! While arguments are encoded for a start, each handle lists what it stands for and leaves its index in the
//! bytes; in the child the index leads back to it. Outside a start a handle refuses to be encoded. The registry
//! knows every descriptor that handles of this process own, so that the child closes those it was not given.

use std::any::Any;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Kind};

/// What a handle stands for: the part that parent and child share.
pub(crate) trait Shareable: Any + Send + Sync {
    /// The descriptor that the child must keep open for it.
    fn descriptor(&self) -> Option<RawFd> {
        None
    }

    /// In the parent, once the child has it: lets go of what only one process has.
    fn let_go(&self) {}
}

type Listed = Vec<Arc<dyn Shareable>>;

enum Context {
    /// Arguments are being encoded.
    Offering(Listed),
    /// Arguments are being decoded.
    Receiving(Listed),
    /// What this keeps is being encoded or decoded.
    Within(Arc<dyn Shareable>),
}

thread_local! {
    static CONTEXT: RefCell<Option<Context>> = const { RefCell::new(None) };
    /// Why the last encoding was refused, since codecs drop the message of a custom error.
    static REFUSAL: RefCell<Option<Kind>> = const { RefCell::new(None) };
}

/// Runs `encode` as the encoding of a start's arguments; also returns what their handles stand for.
pub(crate) fn offering<R>(encode: impl FnOnce() -> R) -> (R, Listed) {
    CONTEXT.set(Some(Context::Offering(Vec::new())));
    let result = encode();
    match CONTEXT.take() {
        Some(Context::Offering(listed)) => (result, listed),
        _ => (result, Vec::new()),
    }
}

/// Runs `decode` as the decoding of a start's arguments in the child.
pub(crate) fn receiving<R>(listed: Listed, decode: impl FnOnce() -> R) -> R {
    CONTEXT.set(Some(Context::Receiving(listed)));
    let result = decode();
    CONTEXT.set(None);
    result
}

/// Runs `code` as the encoding or decoding of what `keeper` keeps, in which handles that lead to it may be.
pub(crate) fn within<R>(keeper: Arc<dyn Shareable>, code: impl FnOnce() -> R) -> R {
    let before = CONTEXT.replace(Some(Context::Within(keeper)));
    let result = code();
    CONTEXT.set(before);
    result
}

/// Whether what `shared` keeps is being encoded.
pub(crate) fn is_within(shared: &Arc<dyn Shareable>) -> bool {
    CONTEXT.with_borrow(|context| match context {
        Some(Context::Within(keeper)) => Arc::ptr_eq(keeper, shared),
        _ => false,
    })
}

/// That whose content is being decoded.
///
/// # Errors
/// A custom error of the decoder when there is no such.
pub(crate) fn accept_within<T: Shareable, E: serde::de::Error>(what: impl Display) -> Result<Arc<T>, E> {
    let keeper = CONTEXT.with_borrow(|context| match context {
        Some(Context::Within(keeper)) => Some(Arc::clone(keeper)),
        _ => None,
    });
    let shared: Option<Arc<dyn Any + Send + Sync>> = keeper.map(|keeper| keeper as _);
    shared.and_then(|shared| shared.downcast::<T>().ok()).ok_or_else(|| E::custom(what))
}

/// Lists what a handle stands for and returns its index; refused outside a start.
///
/// # Errors
/// A custom error of the encoder; [`take_refusal`] tells why.
pub(crate) fn offer<E: serde::ser::Error>(
    what: &'static str,
    shared: Result<Arc<dyn Shareable>, Error>,
) -> Result<u32, E> {
    let refuse = |kind: Kind| {
        REFUSAL.set(Some(kind));
        E::custom(what)
    };
    let shared = shared.map_err(|_| refuse(Kind::NotHanded(what)))?;
    CONTEXT.with_borrow_mut(|context| match context {
        Some(Context::Offering(listed)) => {
            listed.push(shared);
            u32::try_from(listed.len() - 1).map_err(|_| refuse(Kind::TooManyProcesses))
        }
        _ => Err(refuse(Kind::HandleInMessage(what))),
    })
}

/// Finds what a received index stands for.
///
/// # Errors
/// A custom error of the decoder when this is not a start, or the index is of another kind of handle.
pub(crate) fn accept<T: Shareable, E: serde::de::Error>(what: impl Display, index: u32) -> Result<Arc<T>, E> {
    let found = CONTEXT.with_borrow(|context| match context {
        Some(Context::Receiving(listed)) => listed.get(index as usize).cloned(),
        _ => None,
    });
    let shared: Option<Arc<dyn Any + Send + Sync>> = found.map(|shared| shared as _);
    shared.and_then(|shared| shared.downcast::<T>().ok()).ok_or_else(|| E::custom(what))
}

/// Why the last encoding was refused, if a handle refused it.
pub(crate) fn take_refusal() -> Option<Kind> {
    REFUSAL.take()
}

/// Descriptors that handles of this process own, with the serial of their entry.
static REGISTRY: Mutex<BTreeMap<RawFd, u64>> = Mutex::new(BTreeMap::new());
static SERIALS: AtomicU64 = AtomicU64::new(0);

fn registry() -> MutexGuard<'static, BTreeMap<RawFd, u64>> {
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A descriptor that the registry knows for as long as it is open.
#[derive(Debug)]
pub(crate) struct Registered {
    descriptor: Option<OwnedFd>,
    serial: u64,
}

impl Registered {
    /// Enters a descriptor in the registry.
    pub(crate) fn new(descriptor: OwnedFd) -> Self {
        let serial = SERIALS.fetch_add(1, Ordering::Relaxed);
        registry().insert(descriptor.as_raw_fd(), serial);
        Self { descriptor: Some(descriptor), serial }
    }

    /// The descriptor.
    pub(crate) fn get(&self) -> Option<&OwnedFd> {
        self.descriptor.as_ref()
    }

    /// Its number.
    pub(crate) fn number(&self) -> Option<RawFd> {
        self.get().map(AsRawFd::as_raw_fd)
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let Some(descriptor) = self.descriptor.take() else { return };
        let mut registry = registry();
        if registry.get(&descriptor.as_raw_fd()) == Some(&self.serial) {
            registry.remove(&descriptor.as_raw_fd());
        } else {
            // This process closed the number after its fork: it may be another descriptor by now.
            std::mem::forget(descriptor);
        }
    }
}

/// In a child: closes every registered descriptor that it was not given.
pub(crate) fn close_all_but(listed: &[Arc<dyn Shareable>]) {
    let kept: BTreeSet<RawFd> = listed.iter().filter_map(|shared| shared.descriptor()).collect();
    let lost = registry().extract_if(.., |number, _| !kept.contains(number)).collect::<Vec<_>>();
    lost.into_iter().for_each(|(number, _)| crate::sys::close_number(number));
}
