//! The broker: connects for a plugin that may make no sockets, to the addresses it was granted.
//!
//! The plugin writes `host:port` and a line's end to its broker socket and gets one line back: `ok`
//! with a connected TCP socket (`SCM_RIGHTS`), or `error: …`. Names are resolved here. The plugin's
//! system call filter knows no `connect`, so that the socket cannot be taken elsewhere.

use std::io::{BufRead, BufReader, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::net::{TcpStream, ToSocketAddrs};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

use super::permissions::split_target;

/// How long a machine may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// The longest name of a machine, with its port.
const MAX_TARGET: u64 = 300;

/// Serves one plugin on a thread of its own, until the plugin is gone. Returns the plugin's end.
///
/// # Errors
/// When no sockets can be made.
pub fn serve(plugin: &str, granted: &[String]) -> std::io::Result<OwnedFd> {
    let (ours, theirs) = UnixStream::pair()?;
    let (plugin, granted) = (plugin.to_owned(), granted.to_vec());
    std::thread::Builder::new().name(format!("network of {plugin}")).spawn(move || {
        if let Err(error) = answer_all(&ours, &granted) {
            tracing::debug!(plugin, "the network broker ended: {error}");
        }
    })?;
    Ok(theirs.into())
}

fn answer_all(socket: &UnixStream, granted: &[String]) -> std::io::Result<()> {
    let mut requests = BufReader::new(socket);
    let mut target = String::new();
    loop {
        target.clear();
        if requests.by_ref().take(MAX_TARGET).read_line(&mut target)? == 0 {
            return Ok(());
        }
        match connect(target.trim_end(), granted) {
            Ok(stream) => {
                let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
                let mut message = SendAncillaryBuffer::new(&mut space);
                let handed = [stream.as_fd()];
                message.push(SendAncillaryMessage::ScmRights(&handed));
                sendmsg(socket, &[IoSlice::new(b"ok\n")], &mut message, SendFlags::NOSIGNAL)?;
            }
            Err(reason) => {
                let mut socket = socket;
                // In one piece: who reads once has the whole line.
                socket.write_all(format!("error: {reason}\n").as_bytes())?;
            }
        }
    }
}

fn connect(target: &str, granted: &[String]) -> Result<TcpStream, String> {
    if !granted.iter().any(|one| one.eq_ignore_ascii_case(target)) {
        return Err(format!("`{target}` is not among the permissions"));
    }
    let target = split_target(target)?;
    let addresses = target.to_socket_addrs().map_err(|error| error.to_string())?;
    let mut last = "the name has no address".to_owned();
    for address in addresses {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error.to_string(),
        }
    }
    Err(last)
}
