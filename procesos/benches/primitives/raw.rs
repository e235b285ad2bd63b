//! The raw mechanisms, to compare with.

#![expect(unsafe_code, reason = "a baseline without the library: fork and a mutex of the C library")]

use std::hint::black_box;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Instant;

use nix::libc;
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, recv, send, socketpair};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

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
pub(crate) fn packets(count: u32, bytes: usize) -> f64 {
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
pub(crate) fn round_trip(count: u32) -> f64 {
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

/// A robust, process-shared, error-checking mutex that nobody else wants.
pub(crate) fn mutex(count: u32) -> f64 {
    let mut attributes = MaybeUninit::uninit();
    let mut mutex = Box::new(MaybeUninit::<libc::pthread_mutex_t>::uninit());
    let raw = mutex.as_mut_ptr();
    // SAFETY: initialised in the order that POSIX asks for; the mutex stays where it is.
    unsafe {
        libc::pthread_mutexattr_init(attributes.as_mut_ptr());
        libc::pthread_mutexattr_setpshared(attributes.as_mut_ptr(), libc::PTHREAD_PROCESS_SHARED);
        libc::pthread_mutexattr_setrobust(attributes.as_mut_ptr(), libc::PTHREAD_MUTEX_ROBUST);
        libc::pthread_mutexattr_settype(attributes.as_mut_ptr(), libc::PTHREAD_MUTEX_ERRORCHECK);
        libc::pthread_mutex_init(raw, attributes.as_ptr());
    }
    let begun = Instant::now();
    for _ in 0..count {
        // SAFETY: initialised above.
        unsafe {
            black_box(libc::pthread_mutex_trylock(raw));
            black_box(libc::pthread_mutex_unlock(raw));
        }
    }
    micros(begun, count)
}

/// A process that does nothing, and waiting for it.
pub(crate) fn forks(count: u32) -> f64 {
    let begun = Instant::now();
    for _ in 0..count {
        forked(|| (), || ());
    }
    micros(begun, count)
}
