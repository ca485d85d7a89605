//! The seal of the ear: what is left to a process that has opened everything it will ever need.
//!
//! Unlike a plugin it has threads already (the sound system's, the recogniser's), so the filter of
//! system calls is laid on all of them at once (`SECCOMP_FILTER_FLAG_TSYNC`). No call that opens,
//! makes, connects, binds or executes anything is on its list, so that files and networks are out
//! of reach whatever Landlock does; Landlock, which a thread can only lay on itself, stands in
//! front of the same door for the thread that hears, and for all that begin later.

use std::collections::BTreeMap;

use libc::c_long;
use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Is, SeccompCondition,
    SeccompFilter, SeccompRule,
};

use super::{Files, SandboxError, calls, files, limits};

/// Seals this process, for good, and says whether Landlock stands, too. Some kernels lack it; the filter
/// alone opens no file. Into files that are open already it writes no further than `largest` bytes.
///
/// # Errors
/// [`SandboxError`]; some of the walls may stand then. Do not go on.
pub fn seal(largest: u64) -> Result<bool, SandboxError> {
    let failed = |what| move |error: rustix::io::Errno| SandboxError::Limits { what, source: error.into() };
    super::hide_memory()?;
    for (resource, most) in [(Resource::Fsize, largest), (Resource::Core, 0)] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
            .map_err(failed("set limits"))?;
    }
    limits::drop_privileges()?;
    let landlock = match files::confine(&Files::default(), &[]) {
        Ok(_) => true,
        Err(SandboxError::NoLandlock) => false,
        Err(error) => return Err(error),
    };
    filter()?;
    Ok(landlock)
}

fn filter() -> Result<(), SandboxError> {
    let arch = calls::arch()?;
    let refuse = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let allowed: BpfProgram =
        SeccompFilter::new(allowed()?, refuse, SeccompAction::Allow, arch)?.try_into()?;
    let unknown: BTreeMap<i64, Vec<SeccompRule>> = [(libc::SYS_clone3, Vec::new())].into();
    let missing = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let fall_back: BpfProgram =
        SeccompFilter::new(unknown, SeccompAction::Allow, missing, arch)?.try_into()?;
    seccompiler::apply_filter_all_threads(&fall_back)?;
    Ok(seccompiler::apply_filter_all_threads(&allowed)?)
}

fn allowed() -> Result<BTreeMap<i64, Vec<SeccompRule>>, SandboxError> {
    let mut list: BTreeMap<i64, Vec<SeccompRule>> =
        ALWAYS.iter().chain(ON_THIS_PROCESSOR).map(|call| (*call, Vec::new())).collect();
    let is = |argument, value: u64| SeccompCondition::new(argument, Length::Qword, Is::Eq, value);
    let bits = |argument, mask: i32, value: i32| {
        let bits = |flags: i32| u64::from(flags.cast_unsigned());
        SeccompCondition::new(argument, Length::Dword, Is::MaskedEq(bits(mask)), bits(value))
    };
    let rule = |conditions: Vec<SeccompCondition>| SeccompRule::new(conditions);
    // Threads, never processes. The other filter says that there is no `clone3`, so that libc takes `clone`;
    // of two refusals the later one would count, and that is this filter's.
    list.insert(libc::SYS_clone3, Vec::new());
    let thread = libc::CLONE_THREAD;
    list.insert(libc::SYS_clone, vec![rule(vec![bits(0, thread, thread)?])?]);
    // The sound card's own requests (type 'A'), none of terminals or network devices.
    list.insert(libc::SYS_ioctl, vec![rule(vec![bits(1, 0xff00, 0x4100)?])?]);
    // Memory that belongs to no file.
    list.insert(libc::SYS_mmap, vec![rule(vec![bits(3, libc::MAP_ANONYMOUS, libc::MAP_ANONYMOUS)?])?]);
    // A thread's name.
    list.insert(libc::SYS_prctl, vec![rule(vec![is(0, libc::PR_SET_NAME as u64)?])?]);
    // Its own end.
    let own = u64::from(std::process::id());
    list.insert(libc::SYS_tgkill, vec![rule(vec![is(0, own)?])?]);
    // To whom a socket is connected already, never to an address.
    list.insert(libc::SYS_sendto, vec![rule(vec![is(4, 0)?, bits(3, libc::MSG_FASTOPEN, 0)?])?]);
    // A sound server is spoken to by these.
    list.insert(libc::SYS_sendmsg, vec![rule(vec![bits(2, libc::MSG_FASTOPEN, 0)?])?]);
    list.insert(libc::SYS_recvmsg, Vec::new());
    Ok(list)
}

/// Reading and writing what is open, waiting, memory, threads, time.
#[rustfmt::skip]
const ALWAYS: &[c_long] = &[
    libc::SYS_read, libc::SYS_write, libc::SYS_readv, libc::SYS_writev, libc::SYS_recvfrom,
    libc::SYS_close, libc::SYS_fstat, libc::SYS_lseek, libc::SYS_setsockopt, libc::SYS_shutdown,
    libc::SYS_ppoll, libc::SYS_pselect6, libc::SYS_epoll_ctl, libc::SYS_epoll_pwait, libc::SYS_eventfd2,
    libc::SYS_epoll_create1, libc::SYS_nanosleep, libc::SYS_clock_nanosleep, libc::SYS_futex,
    libc::SYS_restart_syscall, libc::SYS_timerfd_settime,
    libc::SYS_munmap, libc::SYS_mprotect, libc::SYS_mremap, libc::SYS_madvise, libc::SYS_brk,
    libc::SYS_membarrier,
    libc::SYS_exit, libc::SYS_exit_group, libc::SYS_getpid, libc::SYS_gettid, libc::SYS_set_robust_list,
    libc::SYS_rseq, libc::SYS_sched_yield, libc::SYS_sched_getaffinity, libc::SYS_getrusage,
    libc::SYS_getrandom, libc::SYS_seccomp, libc::SYS_getppid, libc::SYS_getuid, libc::SYS_geteuid,
    libc::SYS_rt_sigaction, libc::SYS_rt_sigprocmask, libc::SYS_rt_sigreturn, libc::SYS_sigaltstack,
    libc::SYS_clock_gettime, libc::SYS_clock_getres, libc::SYS_gettimeofday,
];

/// Older names of the above.
#[cfg(target_arch = "x86_64")]
const ON_THIS_PROCESSOR: &[c_long] =
    &[libc::SYS_poll, libc::SYS_select, libc::SYS_epoll_wait, libc::SYS_time];
#[cfg(not(target_arch = "x86_64"))]
const ON_THIS_PROCESSOR: &[c_long] = &[];
