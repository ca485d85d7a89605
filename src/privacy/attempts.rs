//! What a sealed ear would try if it wanted to get a byte out: each way, and what it came to.
//!
//! This runs inside a process of its own, which seals itself exactly as an ear does and then tries.
//! Unsealed, most of these succeed: the tests show that, so that "refused" means something.

use std::fs;
use std::io::{self, Write};
use std::net::{TcpStream, ToSocketAddrs, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};

use rustix::fs::MemfdFlags;
use rustix::net::{AddressFamily, SocketType, socket};
use rustix::process::{Signal, getppid, kill_process};
use serde::{Deserialize, Serialize};

use crate::programs;
use crate::sandbox::{loading, mind, probes, sealed};
use crate::sound::{Pool, Shelf, pool};
use crate::{Error, Result};

/// Where somebody listens, and where files would be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Targets {
    pub tcp: u16,
    /// `None` on a machine without IPv6.
    pub tcp6: Option<u16>,
    pub udp: u16,
    pub stream: PathBuf,
    pub datagram: PathBuf,
    pub abstract_name: String,
    pub folder: PathBuf,
    pub walls: Walls,
}

/// What stands around the process that tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Walls {
    None,
    /// As around a mind that has no machine to speak to; `folder` is its data folder.
    Mind,
    /// As around an ear that still loads its models.
    Loading,
    /// As around an ear that hears.
    Sealed,
    /// As around one that hears and keeps sound.
    Keeping,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// In English: `TCP`, `a file in the data folder`.
    pub way: String,
    /// What refused it; `None` when nothing did.
    pub refused: Option<String>,
}

/// Seals this process as an ear's and tries everything, one line of JSON for each on standard output.
///
/// # Errors
/// When the seal cannot be laid, or nobody reads.
pub fn run(targets: &Targets) -> Result<()> {
    let handed_over = descriptors()?;
    let mut out = io::stdout();
    let mut files = None;
    if targets.walls == Walls::Keeping {
        files = Some(Pool::open(Shelf::of(&targets.folder).folder(), std::process::id())?);
        // Who writes too much is ended by this signal, unless it is caught: then the write fails.
        signal_hook::flag::register(libc::SIGXFSZ, Arc::default())?;
    }
    let unsealed = |error| Error::Stopped(format!("this machine cannot seal an ear: {error}"));
    match targets.walls {
        Walls::None => {}
        Walls::Mind => {
            let allowed = mind::Allowed { write: vec![targets.folder.clone()], ..mind::Allowed::default() };
            mind::confine(&allowed)
                .map_err(|error| Error::Stopped(format!("the assistant cannot be confined: {error}")))?;
        }
        Walls::Loading | Walls::Sealed | Walls::Keeping => {
            loading::confine(&targets.folder.join("cache")).map_err(unsealed)?;
        }
    }
    // As the threads of the sound system: it is there before the seal.
    let (go, wait) = mpsc::channel::<()>();
    let tcp = targets.tcp;
    let older = std::thread::spawn(move || {
        // It is told, or it is not: then nobody seals anything.
        let _ = wait.recv();
        by_tcp(tcp)
    });
    match targets.walls {
        Walls::None | Walls::Mind | Walls::Loading => {}
        Walls::Sealed => drop(sealed::seal(0).map_err(unsealed)?),
        Walls::Keeping => drop(sealed::seal(pool::LONGEST_BYTES).map_err(unsealed)?),
    }
    let mut say = |way: &str, result: io::Result<()>| -> io::Result<()> {
        let attempt = Attempt { way: way.into(), refused: result.err().map(|error| by_whom(&error)) };
        serde_json::to_writer(&mut out, &attempt)?;
        out.write_all(b"\n")
    };
    for (way, attempt) in ways(targets) {
        say(way, attempt())?;
    }
    if let Some(files) = &mut files {
        // Without this there would be nothing to refuse.
        files.write(&vec![0; pool::LONGEST])?;
        say("more than a recording, into its file", too_much(files))?;
    }
    drop(go);
    say(
        "TCP, from a thread that was there before",
        older.join().unwrap_or_else(|_| Err(io::Error::other("the thread failed"))),
    )?;
    // Last: unsealed, it would let every signal stop this process.
    say("being traced, as by a debugger (ptrace)", probes::be_traced())?;
    say(
        "a descriptor that was left open by mistake",
        match handed_over {
            0 => Err(io::Error::other("there is none")),
            _ => Ok(()),
        },
    )?;
    Ok(())
}

fn too_much(files: &mut Pool) -> io::Result<()> {
    let mut file = files.take().ok_or_else(|| io::Error::other("there is no file"))?;
    file.write_all(&vec![0; pool::LONGEST_BYTES as usize + 1])
}

/// How many descriptors this process got beyond the three standard ones.
fn descriptors() -> io::Result<usize> {
    // The folder itself is open while it is read.
    Ok(fs::read_dir("/proc/self/fd")?.count().saturating_sub(4))
}

/// In words, what refused.
fn by_whom(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::EPERM) => "the kernel's filter of system calls (EPERM)".into(),
        Some(libc::EACCES) => "the kernel's rules for files (EACCES)".into(),
        Some(libc::EFBIG) => "the kernel's limit for the size of a file (EFBIG)".into(),
        Some(libc::ENOSYS) => "the kernel, which hides this call (ENOSYS)".into(),
        _ => error.to_string(),
    }
}

fn by_tcp(port: u16) -> io::Result<()> {
    TcpStream::connect(("127.0.0.1", port))?.write_all(b"x")
}

type Way<'a> = (&'static str, Box<dyn Fn() -> io::Result<()> + 'a>);

fn ways(to: &Targets) -> Vec<Way<'_>> {
    let file = |folder: PathBuf| move || fs::write(folder.join("entrenous-leak"), b"x");
    let raw = |family, kind, protocol| move || Ok(socket(family, kind, protocol).map(drop)?);
    let mut ways: Vec<Way> = vec![
        ("TCP", Box::new(|| by_tcp(to.tcp))),
        ("UDP", Box::new(|| UdpSocket::bind("127.0.0.1:0")?.send_to(b"x", ("127.0.0.1", to.udp)).map(drop))),
        (
            "looking up a name (DNS)",
            Box::new(|| ("localhost", 80).to_socket_addrs().map(drop).map_err(unresolved)),
        ),
        (
            "a raw network socket",
            Box::new(raw(AddressFamily::INET, SocketType::RAW, Some(rustix::net::ipproto::ICMP))),
        ),
        ("a netlink socket", Box::new(raw(AddressFamily::NETLINK, SocketType::RAW, None))),
        ("a Unix socket", Box::new(|| UnixStream::connect(&to.stream)?.write_all(b"x"))),
        ("a Unix datagram", Box::new(|| UnixDatagram::unbound()?.send_to(b"x", &to.datagram).map(drop))),
        (
            "an abstract Unix socket",
            Box::new(|| {
                let address = SocketAddr::from_abstract_name(&to.abstract_name)?;
                UnixStream::connect_addr(&address)?.write_all(b"x")
            }),
        ),
        ("a file in the data folder", Box::new(file(to.folder.clone()))),
        ("a file in shared memory (/dev/shm)", Box::new(file("/dev/shm".into()))),
        ("a file in /tmp", Box::new(file("/tmp".into()))),
        ("reading somebody's file (/etc/passwd)", Box::new(|| fs::read("/etc/passwd").map(drop))),
        ("starting a program", Box::new(|| programs::command("/bin/true").status().map(drop))),
        (
            "a file in memory, to be handed on",
            Box::new(|| Ok(rustix::fs::memfd_create("leak", MemfdFlags::empty()).map(drop)?)),
        ),
        ("memory of a process", Box::new(probes::read_memory)),
        (
            "a signal to the assistant",
            Box::new(|| {
                let parent = getppid().ok_or_else(|| io::Error::other("there is no parent"))?;
                // Does nothing to a process that is not stopped.
                Ok(kill_process(parent, Signal::CONT)?)
            }),
        ),
        ("io_uring", Box::new(probes::io_uring)),
    ];
    if let Some(port) = to.tcp6 {
        ways.push(("TCP over IPv6", Box::new(move || TcpStream::connect(("::1", port))?.write_all(b"x"))));
    }
    ways
}

/// The same in French, for householders; what is unknown stays as it is.
#[must_use]
pub fn in_french(way: &str) -> &str {
    match way {
        "looking up a name (DNS)" => "chercher un nom (DNS)",
        "a raw network socket" => "un socket réseau brut",
        "a netlink socket" => "un socket netlink",
        "a Unix socket" => "un socket Unix",
        "a Unix datagram" => "un datagramme Unix",
        "an abstract Unix socket" => "un socket Unix abstrait",
        "a file in the data folder" => "un fichier dans le dossier de données",
        "a file in shared memory (/dev/shm)" => "un fichier en mémoire partagée (/dev/shm)",
        "a file in /tmp" => "un fichier dans /tmp",
        "reading somebody's file (/etc/passwd)" => "lire un fichier d'autrui (/etc/passwd)",
        "starting a program" => "lancer un programme",
        "a file in memory, to be handed on" => "un fichier en mémoire, à transmettre",
        "memory of a process" => "la mémoire d'un processus",
        "a signal to the assistant" => "un signal à l'assistant",
        "TCP over IPv6" => "TCP sur IPv6",
        "TCP, from a thread that was there before" => "TCP, depuis un fil déjà là avant",
        "more than a recording, into its file" => "plus qu'un enregistrement, dans son fichier",
        "being traced, as by a debugger (ptrace)" => "être suivi, comme par un débogueur (ptrace)",
        "a descriptor that was left open by mistake" => "un descripteur laissé ouvert par erreur",
        _ => way,
    }
}

/// The resolver has errors of its own; behind them is a file or a socket that it did not get.
fn unresolved(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(_) => error,
        None => io::Error::other("the name is not found, since no file and no socket can be opened"),
    }
}
