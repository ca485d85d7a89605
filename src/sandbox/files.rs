//! Which files can be opened: Landlock.
//!
//! What is older in Landlock (opening files, 5.13) is required; what came later (cutting files
//! short, TCP ports, `ioctl`, signals and abstract sockets of others) is added where the kernel
//! has it.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, LandlockStatus, NetPort,
    PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope,
};

use super::{Files, SandboxError};

/// What must be there.
const LEAST: ABI = ABI::V1;
/// What is used where it is there.
const BEST: ABI = ABI::V6;

/// Leaves only these files, and TCP connections to these ports, and says whether signals cannot leave either (Linux 6.12).
pub(super) fn confine(files: &Files, ports: &[u16]) -> Result<bool, SandboxError> {
    check()?;
    let mut rules = ruleset()?.create()?.set_compatibility(CompatLevel::BestEffort);
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let device = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate | AccessFs::IoctlDev;
    // New sockets, pipes and device files have no place in a data folder.
    let made_elsewhere = AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::MakeSock | AccessFs::MakeFifo;
    let write = AccessFs::from_all(BEST) & !made_elsewhere & !AccessFs::Execute & !AccessFs::IoctlDev;
    for (paths, access) in [
        (&files.read, read),
        (&files.execute, read | AccessFs::Execute),
        (&files.write, write),
        (&files.device, device),
    ] {
        for path in paths {
            let Some((file, access)) = open(path, access)? else { continue };
            rules = rules.add_rule(PathBeneath::new(file, access))?;
        }
    }
    for port in ports {
        rules = rules.add_rule(NetPort::new(*port, AccessNet::ConnectTcp))?;
    }
    let status = rules.restrict_self()?;
    if status.ruleset == RulesetStatus::NotEnforced {
        return Err(SandboxError::NoLandlock);
    }
    Ok(matches!(status.landlock, LandlockStatus::Available { effective_abi, .. } if effective_abi >= ABI::V6))
}

/// Whether the kernel has what is required.
pub(super) fn check() -> Result<(), SandboxError> {
    ruleset().and_then(|ruleset| Ok(ruleset.create()?)).map(|_| ()).map_err(|_| SandboxError::NoLandlock)
}

fn ruleset() -> Result<Ruleset, SandboxError> {
    Ok(Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(LEAST))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(BEST))?
        .handle_access(AccessNet::from_all(BEST))?
        .scope(Scope::from_all(BEST))?)
}

/// A path with the rights that make sense for it; `None` where nothing is there, which is as good
/// as forbidden.
fn open(
    path: &Path,
    access: BitFlags<AccessFs>,
) -> Result<Option<(PathFd, BitFlags<AccessFs>)>, SandboxError> {
    let fail = |reason: &dyn std::fmt::Display| SandboxError::Path {
        path: PathBuf::from(path),
        reason: reason.to_string(),
    };
    let kind = match std::fs::metadata(path) {
        Ok(kind) => kind,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fail(&error)),
    };
    let file = PathFd::new(path).map_err(|error| fail(&error))?;
    Ok(Some((file, if kind.is_dir() { access } else { access & AccessFs::from_file(BEST) })))
}
