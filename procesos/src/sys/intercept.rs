//! Stands in for functions of the C library that would show a controlled program real time or real chance.
//!
//! Only in what the grader builds (`--cfg procesos_intercept`). These symbols take precedence over those of the C library, so `std`
//! calls them: `thread::sleep`, `Instant::now`, the seeds of `HashMap`, `available_parallelism`. Without control each does what the
//! original does.

use std::ffi::{c_int, c_uint, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::time::Duration;

use nix::libc::{self, clockid_t, cpu_set_t, pid_t, size_t, ssize_t, timespec};

use crate::control::intercepted;

/// Seconds that the virtual clock shows at the beginning of an execution: before what the machine's own shows, so that a wait
/// of `std` until a moment of this clock (`park_timeout`, `recv_timeout`), which the system measures by its own, is over
/// instead of lasting for hours.
const MONOTONIC_BEGIN: i64 = 1;
/// 2026-01-01, for the clock that tells the date.
const DATE_BEGIN: i64 = 1_767_225_600;

type ClockGettime = unsafe extern "C" fn(clockid_t, *mut timespec) -> c_int;

/// The C library's own function, found once.
static REAL_CLOCK: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());

/// Asks the real clock.
pub(super) fn real_clock(clock: clockid_t, time: *mut timespec) -> c_int {
    let mut function = REAL_CLOCK.load(Ordering::Relaxed);
    if function.is_null() {
        // SAFETY: the name is a C string.
        function = unsafe { libc::dlsym(libc::RTLD_NEXT, c"clock_gettime".as_ptr()) };
        REAL_CLOCK.store(function, Ordering::Relaxed);
    }
    if function.is_null() {
        // A static program: the system call does the same, more slowly.
        // SAFETY: as the caller of `clock_gettime` promises.
        return result_of(unsafe { libc::syscall(libc::SYS_clock_gettime, clock, time) });
    }
    // SAFETY: it is the C library's `clock_gettime`, and the caller promises what that asks for.
    unsafe { std::mem::transmute::<*mut c_void, ClockGettime>(function)(clock, time) }
}

/// A system call's result as a C function gives it.
fn result_of(number: libc::c_long) -> c_int {
    c_int::try_from(number).unwrap_or(-1)
}

fn duration_of(time: *const timespec) -> Option<Duration> {
    // SAFETY: the caller of an intercepted function promises a valid pointer or null.
    let time = unsafe { time.as_ref() }?;
    let nanoseconds = u32::try_from(time.tv_nsec).ok().filter(|n| *n < 1_000_000_000)?;
    Some(Duration::new(u64::try_from(time.tv_sec).ok()?, nanoseconds))
}

/// As the C library's.
#[unsafe(no_mangle)]
extern "C" fn clock_gettime(clock: clockid_t, time: *mut timespec) -> c_int {
    let begin = match clock {
        libc::CLOCK_REALTIME | libc::CLOCK_REALTIME_COARSE | libc::CLOCK_TAI => DATE_BEGIN,
        libc::CLOCK_MONOTONIC
        | libc::CLOCK_MONOTONIC_RAW
        | libc::CLOCK_MONOTONIC_COARSE
        | libc::CLOCK_BOOTTIME => MONOTONIC_BEGIN,
        _ => return real_clock(clock, time),
    };
    let Some(now) = intercepted::clock() else { return real_clock(clock, time) };
    let now = Duration::from_nanos(now);
    // SAFETY: the caller promises a valid pointer or null.
    let Some(target) = (unsafe { time.as_mut() }) else { return real_clock(clock, time) };
    target.tv_sec = begin + i64::try_from(now.as_secs()).unwrap_or(0);
    target.tv_nsec = i64::from(now.subsec_nanos());
    0
}

/// As the C library's.
#[unsafe(no_mangle)]
extern "C" fn nanosleep(time: *const timespec, left: *mut timespec) -> c_int {
    if duration_of(time).is_some_and(intercepted::sleep) {
        return 0;
    }
    // SAFETY: the caller's own pointers.
    result_of(unsafe { libc::syscall(libc::SYS_nanosleep, time, left) })
}

/// As the C library's.
#[unsafe(no_mangle)]
extern "C" fn clock_nanosleep(
    clock: clockid_t,
    how: c_int,
    time: *const timespec,
    left: *mut timespec,
) -> c_int {
    if let Some(asked) = duration_of(time) {
        let wait = if how & libc::TIMER_ABSTIME == 0 {
            Some(asked)
        } else {
            let begin = if clock == libc::CLOCK_REALTIME { DATE_BEGIN } else { MONOTONIC_BEGIN };
            let begin = Duration::from_secs(begin.unsigned_abs());
            intercepted::clock().map(|now| asked.saturating_sub(begin + Duration::from_nanos(now)))
        };
        if wait.is_some_and(intercepted::sleep) {
            return 0;
        }
    }
    // SAFETY: the caller's own pointers.
    let result = unsafe { libc::syscall(libc::SYS_clock_nanosleep, clock, how, time, left) };
    // This one returns its error instead of setting `errno`.
    if result == 0 { 0 } else { std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL) }
}

/// As the C library's.
#[unsafe(no_mangle)]
extern "C" fn getrandom(bytes: *mut c_void, length: size_t, how: c_uint) -> ssize_t {
    if !bytes.is_null() && length > 0 {
        // SAFETY: the caller promises so many writable bytes; zeroing makes them valid to borrow.
        let target = unsafe {
            bytes.cast::<u8>().write_bytes(0, length);
            std::slice::from_raw_parts_mut(bytes.cast::<u8>(), length)
        };
        if intercepted::random(target) {
            return ssize_t::try_from(length).unwrap_or(ssize_t::MAX);
        }
    }
    // SAFETY: the caller's own pointer.
    let written = unsafe { libc::syscall(libc::SYS_getrandom, bytes, length, how) };
    ssize_t::try_from(written).unwrap_or(-1)
}

/// As the C library's.
#[unsafe(no_mangle)]
extern "C" fn sched_getaffinity(pid: pid_t, bytes: size_t, set: *mut cpu_set_t) -> c_int {
    let own = pid == 0 || pid.cast_unsigned() == std::process::id();
    if own
        && bytes >= size_of::<cpu_set_t>()
        && let Some(processors) = intercepted::processors()
    {
        // SAFETY: the caller promises room for a set, as the size just checked says.
        unsafe {
            set.cast::<u8>().write_bytes(0, bytes);
            for number in (0..nix::sched::CpuSet::count()).filter(|n| processors.is_set(*n).unwrap_or(false))
            {
                libc::CPU_SET(number, &mut *set);
            }
        }
        return 0;
    }
    // SAFETY: the caller's own pointers.
    let written = unsafe { libc::syscall(libc::SYS_sched_getaffinity, pid, bytes, set) };
    // The system call returns how much it wrote; the function returns 0, and zeroes the rest.
    let Ok(written) = usize::try_from(written) else { return -1 };
    // SAFETY: the rest of the caller's buffer.
    unsafe { set.cast::<u8>().add(written.min(bytes)).write_bytes(0, bytes - written.min(bytes)) };
    0
}
