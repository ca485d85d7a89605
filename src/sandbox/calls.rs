//! Which system calls are left: seccomp.
//!
//! A list of what may be, not of what may not: a call that the kernel learns tomorrow is forbidden
//! today. It holds what Python, Bash, Node and native programs were seen to need, for files,
//! memory, threads, time and pipes. What is absent on purpose: making sockets and connecting them,
//! tracing and reading other processes, mounting, namespaces, kernel modules and keys, `bpf`,
//! `io_uring`, handles of files, sending signals by other ways than `kill`.

use std::collections::BTreeMap;

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Is, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch,
};

use super::{Rules, SandboxError};

pub(super) type Calls = BTreeMap<i64, Vec<SeccompRule>>;

/// Leaves only what the rules need. `signals_stay_inside`: the kernel keeps signals among the
/// process and its children by itself.
pub(super) fn filter(rules: &Rules, signals_stay_inside: bool) -> Result<(), SandboxError> {
    let arch = arch()?;
    let own = u64::from(std::process::id());
    let allowed = allowed(rules, signals_stay_inside, own)?;
    let refuse = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let first: BpfProgram = SeccompFilter::new(allowed, refuse, SeccompAction::Allow, arch)?.try_into()?;
    // The C library tries these first and falls back when the kernel does not know them; "not
    // permitted" it would take for final. Of two filters that refuse, the later one's error counts.
    let unknown = [libc::SYS_clone3, libc::SYS_io_uring_setup].map(|call| (call, Vec::new()));
    let unknown: Calls = unknown.into_iter().collect();
    let missing = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let second: BpfProgram = SeccompFilter::new(unknown, SeccompAction::Allow, missing, arch)?.try_into()?;
    seccompiler::apply_filter(&first)?;
    // Installing a filter is itself a call, which the first one allows.
    Ok(seccompiler::apply_filter(&second)?)
}

/// Refuses these calls, and leaves all others.
pub(super) fn refuse(calls: Calls) -> Result<(), SandboxError> {
    let refuse = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let filter: BpfProgram = SeccompFilter::new(calls, SeccompAction::Allow, refuse, arch()?)?.try_into()?;
    Ok(seccompiler::apply_filter(&filter)?)
}

/// A socket of none of these families.
pub(super) fn socket_but(families: &[i32]) -> Result<SeccompRule, SandboxError> {
    let not =
        |family: &i32| SeccompCondition::new(0, Length::Dword, Is::Ne, u64::from(family.cast_unsigned()));
    Ok(SeccompRule::new(families.iter().map(not).collect::<Result<_, _>>()?)?)
}

/// Whether filters can be made for this processor.
pub(super) fn check() -> Result<(), SandboxError> {
    arch().map(|_| ())
}

pub(super) fn arch() -> Result<TargetArch, SandboxError> {
    std::env::consts::ARCH.try_into().map_err(|_| SandboxError::NoSeccomp(std::env::consts::ARCH))
}

fn allowed(rules: &Rules, signals_stay_inside: bool, own: u64) -> Result<Calls, SandboxError> {
    let mut calls: Calls = ALWAYS.iter().chain(ON_THIS_PROCESSOR).map(|call| (*call, Vec::new())).collect();

    // Memory that is shared with nobody in particular is not counted by the memory limit.
    let private = masked(3, libc::MAP_SHARED, 0)?;
    let of_a_file = masked(3, libc::MAP_ANONYMOUS, 0)?;
    calls.insert(libc::SYS_mmap, vec![rule([private])?, rule([of_a_file])?]);

    // Threads always, processes where they are allowed, new namespaces never.
    let namespaces = libc::CLONE_NEWUSER
        | libc::CLONE_NEWNS
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWNET
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUTS
        | libc::CLONE_NEWCGROUP;
    let thread = libc::CLONE_THREAD;
    let clone =
        if rules.processes > 0 { masked(0, namespaces, 0)? } else { masked(0, namespaces | thread, thread)? };
    calls.insert(libc::SYS_clone, vec![rule([clone])?]);
    if rules.processes > 0 {
        calls.extend(CHILDREN.iter().map(|call| (*call, Vec::new())));
        let pair = equal(0, libc::AF_UNIX as u64)?;
        calls.insert(libc::SYS_socketpair, vec![rule([pair])?]);
    }

    // Only its own limits: another process of the same user would obey, too.
    calls.insert(libc::SYS_prlimit64, vec![rule([equal(0, 0)?])?]);
    calls.insert(libc::SYS_sched_setaffinity, vec![rule([equal(0, 0)?])?]);

    if signals_stay_inside {
        calls.extend([libc::SYS_kill, libc::SYS_tgkill, libc::SYS_tkill].map(|call| (call, Vec::new())));
    } else {
        calls.insert(libc::SYS_kill, vec![rule([equal(0, own)?])?, rule([equal(0, 0)?])?]);
        calls.insert(libc::SYS_tgkill, vec![rule([equal(0, own)?])?]);
    }

    if rules.sockets {
        calls.extend(CONNECTED.iter().map(|call| (*call, Vec::new())));
        // This flag would connect a closed socket again, to anywhere.
        let fast_open = libc::MSG_FASTOPEN;
        for (call, flags) in [(libc::SYS_sendto, 3), (libc::SYS_sendmsg, 2), (libc::SYS_sendmmsg, 3)] {
            calls.insert(call, vec![rule([masked(flags, fast_open, 0)?])?]);
        }
    }
    Ok(calls)
}

fn rule<const N: usize>(conditions: [SeccompCondition; N]) -> Result<SeccompRule, SandboxError> {
    Ok(SeccompRule::new(conditions.into())?)
}

fn equal(argument: u8, value: u64) -> Result<SeccompCondition, SandboxError> {
    Ok(SeccompCondition::new(argument, Length::Dword, Is::Eq, value)?)
}

fn masked(argument: u8, mask: i32, value: i32) -> Result<SeccompCondition, SandboxError> {
    let bits = |flags: i32| u64::from(flags.cast_unsigned());
    Ok(SeccompCondition::new(argument, Length::Dword, Is::MaskedEq(bits(mask)), bits(value))?)
}

/// Needed by every program.
#[rustfmt::skip]
const ALWAYS: &[c_long] = &[
    // Files and folders; Landlock decides which.
    libc::SYS_read, libc::SYS_write, libc::SYS_readv, libc::SYS_writev, libc::SYS_pread64,
    libc::SYS_pwrite64, libc::SYS_preadv, libc::SYS_pwritev, libc::SYS_openat, libc::SYS_openat2,
    libc::SYS_close, libc::SYS_close_range, libc::SYS_lseek, libc::SYS_fstat, libc::SYS_newfstatat,
    libc::SYS_statx, libc::SYS_statfs, libc::SYS_fstatfs, libc::SYS_faccessat, libc::SYS_faccessat2,
    libc::SYS_readlinkat, libc::SYS_getdents64, libc::SYS_getcwd, libc::SYS_chdir, libc::SYS_fchdir,
    libc::SYS_mkdirat, libc::SYS_unlinkat, libc::SYS_renameat, libc::SYS_renameat2, libc::SYS_linkat,
    libc::SYS_symlinkat, libc::SYS_ftruncate, libc::SYS_truncate, libc::SYS_fallocate, libc::SYS_fsync,
    libc::SYS_fdatasync, libc::SYS_flock, libc::SYS_fchmod, libc::SYS_fchmodat, libc::SYS_utimensat,
    libc::SYS_umask, libc::SYS_fadvise64, libc::SYS_copy_file_range, libc::SYS_sendfile, libc::SYS_splice,
    libc::SYS_getxattr, libc::SYS_lgetxattr, libc::SYS_fgetxattr, libc::SYS_listxattr,
    // `ioctl` asks terminals for their size and devices for their service; Landlock decides which.
    libc::SYS_ioctl, libc::SYS_fcntl, libc::SYS_dup, libc::SYS_dup3, libc::SYS_pipe2,
    // Waiting.
    libc::SYS_ppoll, libc::SYS_pselect6, libc::SYS_epoll_create1, libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait, libc::SYS_epoll_pwait2, libc::SYS_eventfd2, libc::SYS_timerfd_create,
    libc::SYS_timerfd_settime, libc::SYS_timerfd_gettime, libc::SYS_inotify_init1,
    libc::SYS_inotify_add_watch, libc::SYS_inotify_rm_watch, libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep, libc::SYS_futex, libc::SYS_restart_syscall,
    // Memory.
    libc::SYS_munmap, libc::SYS_mprotect, libc::SYS_mremap, libc::SYS_madvise, libc::SYS_brk,
    libc::SYS_mincore, libc::SYS_msync, libc::SYS_membarrier, libc::SYS_pkey_alloc, libc::SYS_pkey_free,
    libc::SYS_pkey_mprotect, libc::SYS_get_mempolicy,
    // Itself and its threads.
    libc::SYS_execve, libc::SYS_exit, libc::SYS_exit_group, libc::SYS_getpid, libc::SYS_getppid,
    libc::SYS_gettid, libc::SYS_getuid, libc::SYS_geteuid, libc::SYS_getgid, libc::SYS_getegid,
    libc::SYS_getresuid, libc::SYS_getresgid, libc::SYS_getgroups, libc::SYS_getpgid, libc::SYS_getsid,
    libc::SYS_set_tid_address, libc::SYS_set_robust_list, libc::SYS_get_robust_list, libc::SYS_rseq,
    libc::SYS_sched_yield, libc::SYS_sched_getaffinity, libc::SYS_sched_getscheduler,
    libc::SYS_sched_getparam, libc::SYS_sched_get_priority_max, libc::SYS_sched_get_priority_min,
    libc::SYS_getpriority, libc::SYS_prctl, libc::SYS_seccomp, libc::SYS_capget, libc::SYS_getrlimit,
    libc::SYS_getrusage, libc::SYS_times, libc::SYS_uname, libc::SYS_sysinfo, libc::SYS_getcpu,
    libc::SYS_getrandom, libc::SYS_wait4, libc::SYS_waitid,
    // Signals that it gets.
    libc::SYS_rt_sigaction, libc::SYS_rt_sigprocmask, libc::SYS_rt_sigreturn, libc::SYS_rt_sigpending,
    libc::SYS_rt_sigtimedwait, libc::SYS_rt_sigsuspend, libc::SYS_sigaltstack, libc::SYS_signalfd4,
    // Time.
    libc::SYS_clock_gettime, libc::SYS_clock_getres, libc::SYS_gettimeofday, libc::SYS_setitimer,
    libc::SYS_getitimer, libc::SYS_timer_create, libc::SYS_timer_settime, libc::SYS_timer_gettime,
    libc::SYS_timer_getoverrun, libc::SYS_timer_delete,
];

/// Older names of the above, which newer processors never had.
#[cfg(target_arch = "x86_64")]
#[rustfmt::skip]
const ON_THIS_PROCESSOR: &[c_long] = &[
    libc::SYS_open, libc::SYS_creat, libc::SYS_stat, libc::SYS_lstat, libc::SYS_access, libc::SYS_readlink,
    libc::SYS_getdents, libc::SYS_mkdir, libc::SYS_rmdir, libc::SYS_unlink, libc::SYS_rename, libc::SYS_link,
    libc::SYS_symlink, libc::SYS_chmod, libc::SYS_utime, libc::SYS_utimes, libc::SYS_futimesat,
    libc::SYS_dup2, libc::SYS_pipe, libc::SYS_poll, libc::SYS_select, libc::SYS_epoll_create,
    libc::SYS_epoll_wait, libc::SYS_eventfd, libc::SYS_inotify_init, libc::SYS_pause, libc::SYS_alarm,
    libc::SYS_arch_prctl, libc::SYS_getpgrp, libc::SYS_time, libc::SYS_signalfd,
];
#[cfg(not(target_arch = "x86_64"))]
const ON_THIS_PROCESSOR: &[c_long] = &[];

/// Other ways to make a process.
#[cfg(target_arch = "x86_64")]
const CHILDREN: &[c_long] = &[libc::SYS_fork, libc::SYS_vfork];
#[cfg(not(target_arch = "x86_64"))]
const CHILDREN: &[c_long] = &[];

/// What a connected socket needs. Never `connect`, which can also take a socket elsewhere.
#[rustfmt::skip]
const CONNECTED: &[c_long] = &[
    libc::SYS_recvfrom, libc::SYS_recvmsg, libc::SYS_recvmmsg, libc::SYS_getsockopt, libc::SYS_setsockopt,
    libc::SYS_getsockname, libc::SYS_getpeername, libc::SYS_shutdown,
];
