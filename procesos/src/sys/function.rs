//! Functions by number: what a process that was forked from the same program can call although it was forked before.
//!
//! The code of a program is at the same addresses in everything that is forked from it, so a few words are enough.

use std::mem::MaybeUninit;

/// What is done with a function, told by its type alone.
pub(crate) trait Job<Function> {
    /// Does it: bytes in, bytes out.
    fn run(function: Function, input: &[u8]) -> Vec<u8>;
}

/// What the words of a function lead to.
type Entry = fn(u64, &[u8]) -> Vec<u8>;

/// Bytes of a function on its way.
pub(crate) const FUNCTION_BYTES: usize = 24;
/// Mixed into the third word, by which damage to the other two would be noticed.
const SEAL: u64 = 0x7072_6f63_6573_6f73;

/// Whether a function fits: it has no captured variables, or is a pointer.
pub(crate) const fn fits<Function>() -> bool {
    size_of::<Function>() == 0 || size_of::<Function>() == size_of::<fn()>()
}

/// The words for doing `Work` with `function`.
///
/// # Panics
/// When the function does not [fit](fits): an error of this library.
pub(crate) fn function_bytes<Function: Copy + 'static, Work: Job<Function>>(
    function: Function,
) -> [u8; FUNCTION_BYTES] {
    assert!(fits::<Function>());
    let mut bits = 0_u64;
    // SAFETY: both are valid for as many bytes, which is at most those of a word.
    unsafe {
        let from = (&raw const function).cast::<u8>();
        std::ptr::copy_nonoverlapping(from, (&raw mut bits).cast::<u8>(), size_of::<Function>());
    }
    let entry: Entry = enter::<Function, Work>;
    let address = entry as usize as u64;
    let mut bytes = [0; FUNCTION_BYTES];
    for (place, word) in bytes.chunks_exact_mut(8).zip([address, bits, address ^ bits ^ SEAL]) {
        place.copy_from_slice(&word.to_ne_bytes());
    }
    bytes
}

fn enter<Function: Copy + 'static, Work: Job<Function>>(bits: u64, input: &[u8]) -> Vec<u8> {
    let mut function = MaybeUninit::<Function>::uninit();
    // SAFETY: the bits are those of a `Function` (its words were sealed with this very entry), which is plain data or a pointer
    // to code, and as valid in this process as in the one that it was copied in.
    let function = unsafe {
        let to = function.as_mut_ptr().cast::<u8>();
        std::ptr::copy_nonoverlapping((&raw const bits).cast::<u8>(), to, size_of::<Function>());
        function.assume_init()
    };
    Work::run(function, input)
}

/// Calls what [`function_bytes`] gave, in this process or one that both were forked from; `None` for other bytes.
pub(crate) fn call(bytes: &[u8; FUNCTION_BYTES], input: &[u8]) -> Option<Vec<u8>> {
    let mut words = [0_u64; 3];
    for (word, place) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = u64::from_ne_bytes(place.try_into().ok()?);
    }
    let [address, bits, seal] = words;
    if address == 0 || address ^ bits ^ SEAL != seal {
        return None;
    }
    let address = std::ptr::without_provenance::<()>(usize::try_from(address).ok()?);
    // SAFETY: the seal says that the words were made by `function_bytes`; nobody but this library writes where they come from, and
    // the code of the program is at the same address in every process that was forked from it.
    let entry = unsafe { std::mem::transmute::<*const (), Entry>(address) };
    Some(entry(bits, input))
}
