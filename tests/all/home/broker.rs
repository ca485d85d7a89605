//! A real Mosquitto of the test's own: on a free port of the loopback, in a temporary folder.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub struct Broker {
    program: PathBuf,
    folder: TempDir,
    pub port: u16,
    child: Option<Child>,
}

/// A port that nobody uses now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
}

fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Debian keeps it where only root looks.
    let places = std::env::split_paths(&path).chain(["/usr/sbin", "/usr/bin"].map(PathBuf::from));
    places.map(|folder| folder.join(name)).find(|file| file.is_file())
}

impl Broker {
    /// One that everybody may use; says why when there is none.
    pub fn start(test: &str) -> Option<Self> {
        Self::start_with(test, "allow_anonymous true\n")
    }

    /// One that knows the user `house` with this password, and nobody else.
    pub fn start_guarded(test: &str, password: &str) -> Option<Self> {
        let mut broker = Self::prepare(test)?;
        let file = broker.folder.path().join("passwords");
        let tool = program("mosquitto_passwd").expect("mosquitto comes with its password tool");
        let made = Command::new(tool).args(["-b", "-c"]).arg(&file).args(["house", password]).output();
        assert!(made.expect("the password tool").status.success());
        broker.configure(&format!("allow_anonymous false\npassword_file {}\n", file.display()));
        broker.restart();
        Some(broker)
    }

    fn start_with(test: &str, config: &str) -> Option<Self> {
        let mut broker = Self::prepare(test)?;
        broker.configure(config);
        broker.restart();
        Some(broker)
    }

    fn prepare(test: &str) -> Option<Self> {
        let Some(program) = program("mosquitto") else {
            println!("skipped: {test}: no mosquitto; get it with scripts/setup --tests");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        Some(Self { program, folder, port: free_port(), child: None })
    }

    fn configure(&self, config: &str) {
        // Run as root, it would become another user, who cannot read this folder.
        let user = if is_root() { "user root\n" } else { "" };
        let text = format!("listener {} 127.0.0.1\npersistence false\n{user}{config}", self.port);
        std::fs::write(self.config(), text).expect("a configuration");
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("mosquitto.conf")
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends it at once, as a power cut does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it can be killed");
            child.wait().expect("it ends");
        }
    }

    /// Starts it (again) on the same port.
    pub fn restart(&mut self) {
        self.kill();
        let started = Command::new(&self.program)
            .arg("-c")
            .arg(self.config())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.child = Some(started.expect("mosquitto starts"));
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < until, "mosquitto does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.kill();
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    // Files that this process makes belong to its user.
    tempfile::tempfile().and_then(|file| file.metadata()).is_ok_and(|it| it.uid() == 0)
}
