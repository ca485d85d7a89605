//! What tests share: a program to run, in a folder of its own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The `entrenous` program with a fresh data folder and a configuration of its own.
///
/// ```ignore
/// let run = Program::new().config("language = \"fr\"").run(["ask", "bonjour"]);
/// assert_eq!(run.code(), 0);
/// ```
pub struct Program {
    folder: TempDir,
    variables: Vec<(&'static str, OsString)>,
}

/// What a run of the program gave.
pub struct Run {
    output: Output,
}

impl Program {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let program = Self { folder, variables: Vec::new() };
        program.config("")
    }

    /// The folder in which the program runs.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes the configuration.
    pub fn config(self, toml: &str) -> Self {
        self.file("entrenous.toml", toml)
    }

    /// Writes a file.
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.folder().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, content).expect("a file");
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// The program, ready to be started.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_entrenous"));
        command
            .current_dir(self.folder())
            .env("ENTRENOUS_CONFIG", self.folder().join("entrenous.toml"))
            .env("ENTRENOUS_DATA", self.folder().join("data"))
            .env("HOME", self.folder())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .envs(self.variables.iter().cloned());
        command
    }

    pub fn run<S: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        Run { output: self.command().args(args).output().expect("the program starts") }
    }
}

impl Run {
    pub fn code(&self) -> i32 {
        self.output.status.code().expect("the program was not killed")
    }

    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// The output, of a run that must succeed.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code(), 0, "stdout:\n{}\nstderr:\n{}", self.stdout(), self.stderr());
        self.stdout()
    }
}

/// A file of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The folder of recordings and models that are not part of the project; says why when there is none.
pub fn shared(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("ENTRENOUS_SHARED").map_or_else(|| repository("../shared"), PathBuf::from);
    if folder.join("audio").is_dir() {
        return Some(folder);
    }
    println!("skipped: {test}: no recordings at `{}`; set ENTRENOUS_SHARED", folder.display());
    None
}
