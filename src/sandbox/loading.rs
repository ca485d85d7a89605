//! The first wall of an ear, for the time in which it reads models and opens the microphone.
//!
//! A model file may be crafted to take over the process that reads it, and that happens before the
//! ear can be sealed. So an ear gives up first what it needs at no time: privileges, every network,
//! other processes' memory, and writing files except its cache and the sound devices. What it
//! starts (`espeak-ng`, for how words sound) inherits all of this. What stays open until the seal is
//! reading files and Unix sockets: sound servers are reached by them.

use std::path::Path;

use libc::c_long;

use super::{Files, SandboxError, calls, files, limits};

/// Locks this thread in for loading; `cache` is the folder that it may write. The process must not have
/// other threads yet. Some kernels lack Landlock: there the filter of system calls stands alone.
///
/// # Errors
/// [`SandboxError`]; some of the walls may stand then. Do not go on.
pub fn confine(cache: &Path) -> Result<(), SandboxError> {
    limits::drop_privileges()?;
    let kept = Files {
        read: vec!["/".into()],
        execute: ["/bin", "/lib", "/lib64", "/usr", "/nix/store"].map(Into::into).into(),
        write: vec![cache.to_owned()],
        device: vec!["/dev/snd".into(), "/dev/null".into()],
    };
    match files::confine(&kept, &[]) {
        Ok(_) | Err(SandboxError::NoLandlock) => {}
        Err(error) => return Err(error),
    }
    let mut never: calls::Calls = NEVER.iter().map(|call| (*call, Vec::new())).collect();
    never.insert(libc::SYS_socket, vec![calls::socket_but(&[libc::AF_UNIX])?]);
    calls::refuse(never)
}

/// What no ear needs: other processes' memory, ways around this filter, the machine's own settings.
#[rustfmt::skip]
const NEVER: &[c_long] = &[
    libc::SYS_ptrace, libc::SYS_process_vm_readv, libc::SYS_process_vm_writev, libc::SYS_pidfd_getfd,
    libc::SYS_io_uring_setup, libc::SYS_io_uring_enter, libc::SYS_io_uring_register, libc::SYS_bpf,
    libc::SYS_userfaultfd, libc::SYS_perf_event_open, libc::SYS_keyctl, libc::SYS_add_key,
    libc::SYS_request_key, libc::SYS_unshare, libc::SYS_setns, libc::SYS_mount, libc::SYS_umount2,
    libc::SYS_pivot_root, libc::SYS_chroot, libc::SYS_open_by_handle_at, libc::SYS_init_module,
    libc::SYS_finit_module, libc::SYS_delete_module, libc::SYS_kexec_load, libc::SYS_reboot,
    libc::SYS_swapon, libc::SYS_swapoff, libc::SYS_settimeofday, libc::SYS_clock_settime,
];
