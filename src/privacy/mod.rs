//! What anybody can check: that a sealed ear of this machine has no way out, what runs, and what is kept.

pub mod around;
pub mod at_rest;
pub mod attempts;
pub mod reach;

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::programs;
use crate::{Error, Result, sandbox};
use attempts::{Attempt, Targets, Walls};

/// The hidden command that tries.
pub const COMMAND: &str = "sealed-attempts";

/// Those who would hear of a byte that got out.
struct Listeners {
    tcp: TcpListener,
    tcp6: Option<TcpListener>,
    udp: UdpSocket,
    stream: UnixListener,
    datagram: UnixDatagram,
    hidden: UnixListener,
}

impl Listeners {
    fn new(folder: &Path, name: &str) -> std::io::Result<Self> {
        let hidden = SocketAddr::from_abstract_name(name)?;
        let listeners = Self {
            tcp: TcpListener::bind("127.0.0.1:0")?,
            tcp6: TcpListener::bind("[::1]:0").ok(),
            udp: UdpSocket::bind("127.0.0.1:0")?,
            stream: UnixListener::bind(folder.join("stream"))?,
            datagram: UnixDatagram::bind(folder.join("datagram"))?,
            hidden: UnixListener::bind_addr(&hidden)?,
        };
        listeners.tcp.set_nonblocking(true)?;
        if let Some(tcp6) = &listeners.tcp6 {
            tcp6.set_nonblocking(true)?;
        }
        listeners.udp.set_nonblocking(true)?;
        listeners.stream.set_nonblocking(true)?;
        listeners.datagram.set_nonblocking(true)?;
        listeners.hidden.set_nonblocking(true)?;
        Ok(listeners)
    }

    /// Who was reached.
    fn reached(&self) -> Vec<&'static str> {
        let mut byte = [0];
        let reached = [
            ("TCP", self.tcp.accept().is_ok()),
            ("TCP over IPv6", self.tcp6.as_ref().is_some_and(|tcp6| tcp6.accept().is_ok())),
            ("UDP", self.udp.recv(&mut byte).is_ok()),
            ("Unix socket", self.stream.accept().is_ok()),
            ("Unix datagram", self.datagram.recv(&mut byte).is_ok()),
            ("abstract Unix socket", self.hidden.accept().is_ok()),
        ];
        reached.into_iter().filter_map(|(name, reached)| reached.then_some(name)).collect()
    }
}

/// What a self-test found.
#[derive(Debug, serde::Serialize)]
pub struct Proof {
    pub attempts: Vec<Attempt>,
    /// Listeners that heard something although the attempt says that it was refused.
    pub reached: Vec<String>,
}

impl Proof {
    /// Whether nothing got out.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.reached.is_empty() && self.attempts.iter().all(|attempt| attempt.refused.is_some())
    }
}

/// Starts a process that seals itself as an ear does and tries to get a byte out. `program` is this
/// program; with `log` it runs under `strace`, which writes every system call there.
///
/// # Errors
/// When it cannot be started, cannot seal itself, or tells less than it should.
pub fn prove(program: &Path, walls: Walls, log: Option<&Path>) -> Result<Proof> {
    let folder = tempfile::tempdir()?;
    std::fs::create_dir(folder.path().join("cache"))?;
    // As unique as the folder: self-tests may run side by side in one process.
    let name = folder.path().file_name().unwrap_or_default().to_string_lossy();
    let name = format!("entrenous-{}", name.trim_start_matches('.'));
    let listeners = Listeners::new(folder.path(), &name)?;
    let targets = Targets {
        tcp: listeners.tcp.local_addr()?.port(),
        tcp6: listeners.tcp6.as_ref().map(|tcp6| tcp6.local_addr().map(|at| at.port())).transpose()?,
        udp: listeners.udp.local_addr()?.port(),
        stream: folder.path().join("stream"),
        datagram: folder.path().join("datagram"),
        abstract_name: name,
        folder: folder.path().to_owned(),
        walls,
    };
    let text = serde_json::to_string(&targets).map_err(std::io::Error::from)?;
    let mut line: Vec<OsString> = vec![program.into(), COMMAND.into(), text.into()];
    if let Some(log) = log {
        let strace = ["strace".into(), "-f".into(), "-o".into(), OsString::from(log)];
        line.splice(0..0, strace);
    }
    sandbox::keep_descriptors();
    let mut child = programs::command(&line[0])
        .args(&line[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| unstarted(log.is_some(), error))?;
    let mut attempts = Vec::new();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            attempts.push(serde_json::from_str(&line?).map_err(std::io::Error::from)?);
        }
    }
    let status = child.wait()?;
    if !status.success() || attempts.len() < 12 {
        let tried = attempts.len();
        return Err(Error::Stopped(format!(
            "the self-test did not end well ({status}, {tried} attempts); is this kernel's seccomp and Landlock switched on? `entrenous doctor` says"
        )));
    }
    let reached = listeners.reached().into_iter().map(str::to_owned).collect();
    Ok(Proof { attempts, reached })
}

fn unstarted(strace: bool, error: std::io::Error) -> Error {
    if strace && error.kind() == std::io::ErrorKind::NotFound {
        Error::Stopped(
            "`strace` is not installed; install it (`sudo apt install strace`) and try again".into(),
        )
    } else {
        error.into()
    }
}

/// This very program.
///
/// # Errors
/// When the system does not say where it lies.
pub fn this_program() -> Result<PathBuf> {
    Ok(std::env::current_exe()?)
}
