//! Return addresses of the callers, by frame pointers; read only within this thread's own stack.

use std::cell::Cell;
use std::mem::MaybeUninit;

use nix::libc;

/// Frames that are looked at: enough to get from an operation through std's adapters to the program's own code.
pub(crate) const MAX_FRAMES: usize = 24;

const WORD: usize = size_of::<usize>();

thread_local! {
    /// Lowest and highest address of the stack; (0, 0) until asked, (1, 1) when the system does not tell.
    static STACK: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

unsafe extern "C" {
    /// Start of the program's image, defined by the linker.
    static __ehdr_start: u8;
    /// End of the program's code, defined by the linker.
    static etext: u8;
}

/// Address at which the program's image is loaded.
pub(crate) fn load_bias() -> u64 {
    // The linker defines the symbol; only its address is taken, nothing is read.
    (&raw const __ehdr_start).addr() as u64
}

fn stack_bounds() -> (usize, usize) {
    let known = STACK.get();
    if known != (0, 0) {
        return known;
    }
    let mut attributes = MaybeUninit::uninit();
    let mut low = std::ptr::null_mut();
    let mut bytes = 0;
    // SAFETY: the structure is initialised by the first call and destroyed by the last; pointers are to locals.
    let found = unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) == 0 {
            let got = libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut low, &raw mut bytes) == 0;
            libc::pthread_attr_destroy(attributes.as_mut_ptr());
            got
        } else {
            false
        }
    };
    let bounds = if found { (low.addr(), low.addr() + bytes) } else { (1, 1) };
    STACK.set(bounds);
    bounds
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[inline(always)]
fn frame_pointer() -> usize {
    let pointer: usize;
    // SAFETY: copies a register.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!("mov {}, rbp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    // SAFETY: copies a register.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!("mov {}, x29", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    pointer
}

/// Writes the return addresses of the calling frames, innermost first, and returns how many there are.
///
/// Where code was built without frame pointers the chain is nonsense: it is followed only while it climbs within
/// the stack, so the worst is an address that means nothing.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(crate) fn return_addresses(out: &mut [u64; MAX_FRAMES]) -> usize {
    let (low, high) = stack_bounds();
    let here = std::ptr::from_ref(&out).addr();
    if here < low {
        // Some other stack, whose end nobody told.
        return 0;
    }
    // SAFETY: from a local of this call on the stack is in use, so it is mapped up to its end.
    unsafe { follow(frame_pointer(), here & !(WORD - 1), high, out) }
}

/// Follows a chain of frames that climbs from `lowest` within a stack that ends at `high`.
///
/// # Safety
/// From `lowest` to `high` the memory is mapped and nobody takes it away meanwhile.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
unsafe fn follow(mut frame: usize, mut lowest: usize, high: usize, out: &mut [u64]) -> usize {
    let mut count = 0;
    while count < out.len() && frame >= lowest && frame.is_multiple_of(WORD) && frame + 2 * WORD <= high {
        let words = std::ptr::with_exposed_provenance::<usize>(frame);
        // SAFETY: both words lie between `lowest` and `high`.
        let (next, address) = unsafe { (words.read(), words.add(1).read()) };
        if address == 0 {
            break;
        }
        out[count] = address as u64;
        count += 1;
        lowest = frame + WORD;
        frame = next;
    }
    count
}

/// Words of a stack that are looked at between code without frame pointers and the program's own.
const MOST_SCANNED: usize = 512;
/// Most of them that are kept.
const MOST_FOUND: usize = 8;

/// Writes the words from `lowest` to `high` that are addresses of the program's code, the lowest first.
///
/// # Safety
/// As for [`follow`].
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
unsafe fn scan(lowest: usize, high: usize, out: &mut [u64]) -> usize {
    let (mut at, mut count) = (lowest, 0);
    let end = high.min(lowest.saturating_add(MOST_SCANNED * WORD));
    while at + WORD <= end && count < out.len().min(MOST_FOUND) {
        // SAFETY: the word lies between `lowest` and `high`.
        let word = unsafe { std::ptr::with_exposed_provenance::<usize>(at).read() };
        if is_program_code(word) {
            out[count] = word as u64;
            count += 1;
        }
        at += WORD;
    }
    count
}

fn is_program_code(address: usize) -> bool {
    // The linker defines both symbols; only their addresses are taken, nothing is read.
    ((&raw const __ehdr_start).addr()..(&raw const etext).addr()).contains(&address)
}

/// In a child: its stack ends at `local`, of the function that is its whole life. What is beyond is a copy of the frames by which
/// its parent came there, and nothing that the child has called.
pub(crate) fn end_stack_at<T>(local: &T) {
    let (low, high) = stack_bounds();
    let here = std::ptr::from_ref(local).addr();
    if (low..high).contains(&here) {
        STACK.set((low, here));
    }
}

/// Learns the bounds of this thread's stack, which [`interrupted_addresses`] may not ask for.
pub(super) fn learn_stack() {
    stack_bounds();
}

/// Writes where an interrupted thread is, innermost first, and returns how many addresses there are: that of its
/// instruction (plus one, as if it were a return address), then the return addresses of its frames; where it is in code
/// without frame pointers, before those what looks like the return addresses from there.
///
/// For signal handlers: takes no lock and no memory. Where the bounds of the stack were not learnt it is the instruction
/// alone.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) fn interrupted_addresses(context: &libc::ucontext_t, out: &mut [u64; MAX_FRAMES]) -> usize {
    let registers = Registers::of(context);
    out[0] = registers.instruction.wrapping_add(1) as u64;
    let (low, high) = STACK.get();
    if !(low..high).contains(&registers.stack) {
        return 1;
    }
    let lowest = registers.stack.next_multiple_of(WORD);
    let mut count = 1;
    if !is_program_code(registers.instruction) {
        // The C library keeps no frames: the first address of the program's code on the stack is where it called.
        let frame = if (lowest..high).contains(&registers.frame) { registers.frame } else { high };
        // SAFETY: the interrupted code uses its stack from its stack pointer on, and does not go on before this returns.
        count += unsafe { scan(lowest, frame, &mut out[count..]) };
    }
    // SAFETY: as above.
    count + unsafe { follow(registers.frame, lowest, high, &mut out[count..]) }
}

/// The registers of an interrupted thread that tell where it is.
struct Registers {
    instruction: usize,
    frame: usize,
    stack: usize,
}

impl Registers {
    #[cfg(target_arch = "x86_64")]
    fn of(context: &libc::ucontext_t) -> Self {
        // Addresses of a program are small positive numbers of the C library's type.
        let register = |number: libc::c_int| {
            let value = context.uc_mcontext.gregs[number.cast_unsigned() as usize];
            usize::try_from(value).unwrap_or(0)
        };
        Self {
            instruction: register(libc::REG_RIP),
            frame: register(libc::REG_RBP),
            stack: register(libc::REG_RSP),
        }
    }

    #[cfg(target_arch = "aarch64")]
    fn of(context: &libc::ucontext_t) -> Self {
        let machine = &context.uc_mcontext;
        Self {
            instruction: machine.pc as usize,
            frame: machine.regs[29] as usize,
            stack: machine.sp as usize,
        }
    }
}

/// No frames on this architecture.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(crate) fn return_addresses(_out: &mut [u64; MAX_FRAMES]) -> usize {
    0
}

/// No registers that are known on this architecture.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) fn interrupted_addresses(_context: &libc::ucontext_t, _out: &mut [u64; MAX_FRAMES]) -> usize {
    0
}
