//! Plugins that try to get out of their sandbox, as the user of the tests and as one without
//! privileges: people do not run assistants as root.
//!
//! `cargo test plugin_escapes -- --nocapture` prints what came of each attempt.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use serde_json::json;

use crate::plugin_bench::{Bench, can_confine, have, nothing, said};

#[test]
fn a_plugin_cannot_get_out() {
    if can_confine("escapes") {
        let user = rustix::process::getuid().as_raw();
        try_to_escape(Path::new(env!("CARGO_BIN_EXE_entrenous")), user);
    }
}

#[test]
fn a_plugin_of_an_ordinary_user_cannot_get_out() {
    if !can_confine("escapes of ordinary users") || !have("setpriv", "escapes of ordinary users") {
        return;
    }
    if !rustix::process::geteuid().is_root() {
        println!("skipped: escapes of another user: only root can become one; the test above ran as one");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    set_mode(folder.path(), 0o755);
    // A copy, since nobody may look into the folders of root.
    let program = folder.path().join("entrenous");
    fs::copy(env!("CARGO_BIN_EXE_entrenous"), &program).unwrap();
    set_mode(&program, 0o755);
    let launcher = folder.path().join("launcher");
    let script = format!(
        "#!/bin/sh\nexec setpriv --reuid=65534 --regid=65534 --clear-groups {} \"$@\"\n",
        program.display()
    );
    fs::write(&launcher, script).unwrap();
    set_mode(&launcher, 0o755);
    try_to_escape(&launcher, 65534);
}

fn try_to_escape(launcher: &Path, user: u32) {
    let mut bench = bench(launcher);
    let mut outside = Outside::new(bench.folder.path());
    bench = bench.with("tests/data/plugins/escape", &[]).start();
    println!("| attempt (as user {user}) | observed |\n|---|---|");
    for (attempt, function, with) in outside.attempts() {
        let observed = attempt_in(&mut bench, function, &with);
        println!("| {attempt} | {observed} |");
        assert!(observed.contains("Error"), "{attempt}: {observed}");
    }
    let calls = said(&bench.ask("escape.Calls", nothing()));
    for call in calls.split(' ') {
        let observed = attempt_in(&mut bench, "call", call);
        let expected = ["PermissionError: Operation not permitted", "OSError: Function not implemented"];
        assert!(expected.contains(&observed.as_str()) || observed.contains("skipped"), "{call}: {observed}");
    }
    println!("| {} | EPERM, or ENOSYS |", calls.replace(' ', ", "));
    let privileges = attempt_in(&mut bench, "privileges", "");
    println!("| privileges | {privileges} |");
    assert!(privileges.starts_with("NoNewPrivs 1, CapEff 0000000000000000, "), "{privileges}");
    let descriptors = attempt_in(&mut bench, "descriptors", "");
    println!("| descriptors | {descriptors} |");
    // The fourth and fifth are Python's own: the helper's output, and the folder that is being listed.
    assert!(descriptors.split(' ').count() <= 6, "{descriptors}");
    println!("| environment | {} |", attempt_in(&mut bench, "environment", ""));
    outside.is_unharmed();
    setuid_gains_nothing(launcher, user);
}

/// One that may start programs is still nobody else.
fn setuid_gains_nothing(launcher: &Path, user: u32) {
    let run = "run = [\"python3\", \"main.py\"]";
    let more = format!("{run}\n[permissions]\nprocesses = 2");
    let mut bench = bench(launcher).with("tests/data/plugins/escape", &[(run, &more)]).start();
    let setuid = bench.folder.path().join("escape/id");
    fs::copy("/usr/bin/id", &setuid).unwrap();
    set_mode(&setuid, 0o4755);
    let observed = attempt_in(&mut bench, "execute", &text(&setuid));
    println!("| exec a setuid program, where programs may be started | {observed} |");
    assert_eq!(observed, format!("user {user}"));
}

/// A bench whose plugins are started by another program, and may be another user's.
fn bench(launcher: &Path) -> Bench {
    let mut bench = Bench::new();
    launcher.clone_into(&mut bench.places.launcher);
    let data = bench.places.data_of("escape");
    fs::create_dir_all(&data).unwrap();
    set_mode(&data, 0o777);
    // Its owner's only; here somebody else reads it.
    let library = bench.places.library().unwrap();
    set_mode(&library, 0o755);
    bench
}

fn attempt_in(bench: &mut Bench, function: &str, with: &str) -> String {
    said(&bench.ask("escape.Try", json!({ "attempt": function, "with": with })))
}

/// What a plugin would like to reach.
struct Outside {
    root: PathBuf,
    tcp: TcpListener,
    udp: UdpSocket,
    _buses: [UnixListener; 2],
    victim: Child,
}

impl Outside {
    fn new(root: &Path) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        tcp.set_nonblocking(true).unwrap();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        udp.set_nonblocking(true).unwrap();
        for folder in ["run/dbus", "run/pulse", "home/.ssh", "data"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        let buses = ["run/dbus/system_bus_socket", "run/pulse/native"]
            .map(|bus| UnixListener::bind(root.join(bus)).unwrap());
        for file in ["home/.ssh/id_ed25519", "data/entrenous.db", "foreign.txt"] {
            fs::write(root.join(file), "secret").unwrap();
            // The sandbox is to hold, not the permissions of files.
            set_mode(&root.join(file), 0o666);
        }
        let victim = Command::new("sleep").arg("600").spawn().unwrap();
        Self { root: root.to_owned(), tcp, udp, _buses: buses, victim }
    }

    /// What is tried: a name, the function of the plugin, its arguments.
    fn attempts(&self) -> Vec<(&'static str, &'static str, String)> {
        let at = |path: &str| text(&self.root.join(path));
        let tcp = format!("127.0.0.1|{}", self.tcp.local_addr().unwrap().port());
        let udp = format!("127.0.0.1|{}", self.udp.local_addr().unwrap().port());
        let (victim, parent) = (self.victim.id().to_string(), std::process::id().to_string());
        let none = String::new;
        vec![
            ("TCP", "tcp", tcp),
            ("UDP", "udp", udp),
            ("raw socket", "raw", none()),
            ("raw socket (packets)", "packet", none()),
            ("Unix socket: D-Bus", "unix", at("run/dbus/system_bus_socket")),
            ("Unix socket: PulseAudio", "unix", at("run/pulse/native")),
            ("Unix socket: abstract", "abstract", "/tmp/.X11-unix/X0".to_owned()),
            ("read ~/.ssh", "read", at("home/.ssh/id_ed25519")),
            ("read ~/.ssh by a link", "read_by_link", at("home/.ssh/id_ed25519")),
            ("read ~/.ssh by a hard link", "hard_link", at("home/.ssh/id_ed25519")),
            ("list ~/.ssh", "list_folder", at("home/.ssh")),
            ("read the heard-log", "read", at("data/entrenous.db")),
            ("read /etc/passwd", "read", "/etc/passwd".to_owned()),
            ("write outside", "write", at("foreign.txt")),
            ("write a new file outside", "write", at("new.txt")),
            ("write to /tmp", "write", "/tmp/entrenous-escape".to_owned()),
            ("write its own program", "write", at("escape/main.py")),
            ("remove its own program", "remove", at("escape/main.py")),
            ("ptrace", "ptrace", victim.clone()),
            ("/proc of the parent: environ", "parent", "environ".to_owned()),
            ("/proc of the parent: mem", "parent", "mem".to_owned()),
            ("/proc of another: maps", "read", format!("/proc/{victim}/maps")),
            ("mount", "mount", at("data/plugin-data/escape")),
            ("a user namespace", "namespace", none()),
            ("kill another", "kill", victim),
            ("kill the assistant", "kill", parent.clone()),
            ("limit the assistant", "limit", parent),
            ("leave the session", "session", none()),
            ("leave the group", "group", none()),
            ("exec a setuid program", "execute", "/usr/bin/su".to_owned()),
        ]
    }

    fn is_unharmed(&mut self) {
        assert_eq!(fs::read_to_string(self.root.join("foreign.txt")).unwrap(), "secret");
        assert!(!self.root.join("new.txt").exists() && self.root.join("escape/main.py").is_file());
        assert!(self.victim.try_wait().unwrap().is_none(), "the victim was killed");
        assert!(self.tcp.accept().is_err(), "something has connected");
        assert!(self.udp.recv(&mut [0; 8]).is_err(), "something was sent");
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        self.victim.kill().unwrap();
        self.victim.wait().unwrap();
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
