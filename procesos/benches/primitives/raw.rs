//! The raw mechanisms, to compare with.

#![expect(unsafe_code, reason = "a baseline without the library: fork and a mutex of the C library")]

use std::hint::black_box;
use std::mem::MaybeUninit;
use std::num::NonZeroUsize;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::time::Instant;

use nix::libc;
use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous};
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, recv, send, socketpair};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid, fork};

use super::rows::ELEMENTS;

fn micros(begun: Instant, operations: u32) -> f64 {
    begun.elapsed().as_secs_f64() * 1e6 / f64::from(operations)
}

/// Runs `child` in a fork and `parent` here, and waits.
fn forked<R>(child: impl FnOnce(), parent: impl FnOnce() -> R) -> R {
    // SAFETY: the bench has one thread; the child leaves by _exit.
    match unsafe { fork() }.expect("fork") {
        ForkResult::Child => {
            child();
            // SAFETY: ends this process.
            unsafe { libc::_exit(0) }
        }
        ForkResult::Parent { child } => {
            let result = parent();
            waitpid(child, None).expect("waitpid");
            result
        }
    }
}

fn sockets() -> (OwnedFd, OwnedFd) {
    socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::empty()).expect("socketpair")
}

/// Packets from one process to another.
pub(super) fn packets(count: u32, bytes: usize) -> f64 {
    let (a, b) = sockets();
    let mut buffer = vec![0; bytes];
    let payload = vec![7; bytes];
    let begun = Instant::now();
    let produce = || {
        for _ in 0..count {
            send(b.as_raw_fd(), &payload, MsgFlags::empty()).expect("send");
        }
    };
    forked(produce, || {
        for _ in 0..count {
            black_box(recv(a.as_raw_fd(), &mut buffer, MsgFlags::empty()).expect("recv"));
        }
        micros(begun, count)
    })
}

/// A packet there and one back, blocking.
pub(super) fn round_trip(count: u32) -> f64 {
    let (a, b) = sockets();
    let echo = || {
        let mut buffer = [0; 8];
        for _ in 0..count {
            recv(b.as_raw_fd(), &mut buffer, MsgFlags::empty()).expect("recv");
            send(b.as_raw_fd(), &buffer, MsgFlags::empty()).expect("send");
        }
    };
    forked(echo, || {
        let mut buffer = [0; 8];
        let begun = Instant::now();
        for _ in 0..count {
            send(a.as_raw_fd(), &buffer, MsgFlags::empty()).expect("send");
            recv(a.as_raw_fd(), &mut buffer, MsgFlags::empty()).expect("recv");
        }
        micros(begun, count)
    })
}

/// Words of memory that forked processes share.
fn shared_words(count: usize) -> &'static [AtomicU64] {
    let length = NonZeroUsize::new(count * 8).expect("some");
    let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    // SAFETY: a new mapping, which is never unmapped; zeros are atomics, and nobody reaches them as anything else.
    unsafe {
        let memory = mmap_anonymous(None, length, protection, MapFlags::MAP_SHARED).expect("mmap");
        std::slice::from_raw_parts(memory.cast::<AtomicU64>().as_ptr(), count)
    }
}

fn sleep_while(word: &AtomicU64, seen: u32) {
    // SAFETY: the address of a live atomic, of which the low half comes first on the machines that this is run on.
    unsafe {
        let forever = std::ptr::null::<libc::timespec>();
        libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, seen, forever);
    }
}

fn wake(word: &AtomicU64) {
    // SAFETY: the address of a live atomic.
    unsafe {
        libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, 1);
    }
}

/// A number that two processes make even and odd in turn, sleeping at once while it is not theirs.
pub(super) fn round_trip_futex(count: u32) -> f64 {
    let word = &shared_words(1)[0];
    let alternate = |own: u32| {
        for turn in 0..count {
            let mine = 2 * turn + own;
            while word.load(SeqCst) != u64::from(mine) {
                if let Some(before) = mine.checked_sub(1) {
                    sleep_while(word, before);
                }
            }
            word.store(u64::from(mine) + 1, SeqCst);
            wake(word);
        }
    };
    forked(
        || alternate(1),
        || {
            let begun = Instant::now();
            alternate(0);
            micros(begun, count)
        },
    )
}

/// A robust, process-shared, error-checking mutex.
fn mutex() -> *mut libc::pthread_mutex_t {
    let raw = shared_words(8).as_ptr().cast_mut().cast::<libc::pthread_mutex_t>();
    let mut attributes = MaybeUninit::uninit();
    // SAFETY: initialised in the order that POSIX asks for, in memory that is large enough and stays where it is.
    unsafe {
        libc::pthread_mutexattr_init(attributes.as_mut_ptr());
        libc::pthread_mutexattr_setpshared(attributes.as_mut_ptr(), libc::PTHREAD_PROCESS_SHARED);
        libc::pthread_mutexattr_setrobust(attributes.as_mut_ptr(), libc::PTHREAD_MUTEX_ROBUST);
        libc::pthread_mutexattr_settype(attributes.as_mut_ptr(), libc::PTHREAD_MUTEX_ERRORCHECK);
        libc::pthread_mutex_init(raw, attributes.as_ptr());
    }
    raw
}

/// So many processes that each do `step` so often; a single one is this one.
fn crowd(processes: u32, count: u32, step: impl Fn()) -> f64 {
    let begun = Instant::now();
    if processes == 1 {
        (0..count).for_each(|_| step());
        return micros(begun, count);
    }
    let children: Vec<Pid> = (0..processes)
        // SAFETY: the bench has one thread; the child leaves by _exit.
        .map(|_| match unsafe { fork() }.expect("fork") {
            ForkResult::Parent { child } => child,
            ForkResult::Child => {
                (0..count).for_each(|_| step());
                // SAFETY: ends this process.
                unsafe { libc::_exit(0) }
            }
        })
        .collect();
    for child in children {
        waitpid(child, None).expect("waitpid");
    }
    micros(begun, processes * count)
}

/// The mutex, taken and given back.
pub(super) fn locks(processes: u32, count: u32) -> f64 {
    let mutex = mutex();
    // SAFETY: initialised above; whoever has it gives it back.
    crowd(processes, count, || unsafe {
        black_box(libc::pthread_mutex_lock(mutex));
        black_box(libc::pthread_mutex_unlock(mutex));
    })
}

/// A number, increased while the mutex is held.
pub(super) fn increments(processes: u32, count: u32) -> f64 {
    let (mutex, word) = (mutex(), &shared_words(1)[0]);
    // SAFETY: as above.
    crowd(processes, count, || unsafe {
        black_box(libc::pthread_mutex_lock(mutex));
        word.store(word.load(Relaxed) + 1, Relaxed);
        black_box(libc::pthread_mutex_unlock(mutex));
    })
}

/// A semaphore of the C library with one permit, taken and given back.
pub(super) fn permits(processes: u32, count: u32) -> f64 {
    let semaphore = shared_words(4).as_ptr().cast_mut().cast::<libc::sem_t>();
    // SAFETY: initialised before its use, in memory that is large enough and stays where it is.
    unsafe {
        libc::sem_init(semaphore, 1, 1);
    }
    // SAFETY: initialised above.
    crowd(processes, count, || unsafe {
        black_box(libc::sem_wait(semaphore));
        black_box(libc::sem_post(semaphore));
    })
}

/// Shared memory, copied at once.
pub(super) fn read_array(count: u32) -> f64 {
    let memory = shared_words(ELEMENTS);
    memory.iter().for_each(|word| word.store(7, Relaxed));
    let begun = Instant::now();
    for _ in 0..count {
        let mut copy = Vec::<u64>::with_capacity(ELEMENTS);
        // SAFETY: nobody else writes; the copy fills what becomes the vector's.
        unsafe {
            std::ptr::copy_nonoverlapping(memory.as_ptr().cast(), copy.as_mut_ptr(), ELEMENTS);
            copy.set_len(ELEMENTS);
        }
        black_box(copy);
    }
    micros(begun, count)
}

/// Shared memory, filled at once.
pub(super) fn write_array(count: u32) -> f64 {
    let (memory, values) = (shared_words(ELEMENTS), vec![8_u64; ELEMENTS]);
    memory.iter().for_each(|word| word.store(7, Relaxed));
    let begun = Instant::now();
    for _ in 0..count {
        // SAFETY: nobody else reads; both are so long.
        unsafe { std::ptr::copy_nonoverlapping(black_box(&values).as_ptr(), memory[0].as_ptr(), ELEMENTS) };
    }
    micros(begun, count)
}

/// A process that does nothing, and waiting for it.
pub(super) fn forks(count: u32) -> f64 {
    let begun = Instant::now();
    for _ in 0..count {
        forked(|| (), || ());
    }
    micros(begun, count)
}
