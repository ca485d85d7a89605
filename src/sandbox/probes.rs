//! Three system calls that no library makes for us, for the self-test of the seal: they must be tried
//! to show that they are refused.

#![allow(unsafe_code)]

use std::io::{Error, Result};

/// Reads a byte of a process' memory the way a debugger does: of this process itself, which the kernel
/// allows to everybody who may make the call at all.
///
/// # Errors
/// What the kernel says.
pub fn read_memory() -> Result<()> {
    let from = [42_u8];
    let mut to = [0_u8];
    let local = libc::iovec { iov_base: to.as_mut_ptr().cast(), iov_len: 1 };
    let remote = libc::iovec { iov_base: from.as_ptr().cast_mut().cast(), iov_len: 1 };
    // SAFETY: both vectors describe one byte that lives until the call is over; the kernel checks them.
    let read =
        unsafe { libc::process_vm_readv(libc::getpid(), &raw const local, 1, &raw const remote, 1, 0) };
    if read == 1 { Ok(()) } else { Err(Error::last_os_error()) }
}

/// Asks for an `io_uring`, by which files and sockets are reached past a filter of system calls.
///
/// # Errors
/// What the kernel says.
pub fn io_uring() -> Result<()> {
    // Larger than the kernel's structure, which it fills in.
    let mut parameters = [0_u64; 32];
    // SAFETY: the kernel writes its 120 bytes of parameters into the 256 that it is given.
    let made = unsafe { libc::syscall(libc::SYS_io_uring_setup, 1, parameters.as_mut_ptr()) };
    if made >= 0 { Ok(()) } else { Err(Error::last_os_error()) }
}

/// Lets its parent trace this process, the beginning of every debugger.
///
/// # Errors
/// What the kernel says.
pub fn be_traced() -> Result<()> {
    // SAFETY: this request looks at none of its other arguments and touches no memory.
    let traced = unsafe { libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) };
    if traced == 0 { Ok(()) } else { Err(Error::last_os_error()) }
}
