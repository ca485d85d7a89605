//! Running a program for a bounded time.

use std::io::{Read, Write};
use std::process::Stdio;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::programs;

/// How often it is looked whether a program is done.
const STEP: Duration = Duration::from_millis(5);

/// How long the end of the output may come after the end of the program.
const LINGER: Duration = Duration::from_millis(500);

/// As much of a program's output as is read.
const OUTPUT: u64 = 64 * 1024;

/// Runs a program with something on its standard input, and gives its output.
///
/// # Errors
/// When it does not start, takes too long (then it is killed) or fails: why, in words.
pub(super) fn run(program: &[String], input: &str, limit: Duration) -> Result<String, String> {
    let [name, arguments @ ..] = program else { return Err("no program is named".into()) };
    let mut child = programs::command(name)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("`{name}` does not start: {error}"))?;
    // A program that does not care for its input closes it; that is its business. What is written
    // fits the pipe, so that this does not wait.
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input.as_bytes());
    }
    let stdout = child.stdout.take();
    let (sender, output) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = Vec::new();
        let read = stdout.map_or(Ok(0), |stdout| stdout.take(OUTPUT).read_to_end(&mut text));
        // Nobody waits any more when the program was stopped.
        let _ = sender.send(read.map(|_| text));
    });
    let until = Instant::now() + limit;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < until => std::thread::sleep(STEP),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("`{name}` took longer than {} ms and was stopped", limit.as_millis()));
            }
            Err(error) => return Err(format!("`{name}` cannot be waited for: {error}")),
        }
    };
    if !status.success() {
        return Err(format!("`{name}` failed: {status}"));
    }
    // What it left running may hold its output open: that is not waited for.
    match output.recv_timeout(LINGER) {
        Ok(Ok(text)) => Ok(String::from_utf8_lossy(&text).into_owned()),
        Ok(Err(error)) => Err(format!("the output of `{name}` cannot be read: {error}")),
        Err(_) => {
            Err(format!("`{name}` ended and its output did not; let it leave nothing behind that holds it"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str, input: &str, ms: u64) -> Result<String, String> {
        run(&["sh".into(), "-c".into(), script.into()], input, Duration::from_millis(ms))
    }

    #[test]
    fn output_failure_and_time_are_told() {
        assert_eq!(sh("cat", "hello", 10_000).unwrap(), "hello");
        assert!(sh("exit 3", "", 10_000).unwrap_err().contains("exit status: 3"));
        assert!(sh("exec sleep 30", "", 50).unwrap_err().contains("longer than 50 ms"));
        let none = run(&["no-such-program".into()], "", Duration::from_secs(1)).unwrap_err();
        assert!(none.starts_with("`no-such-program` does not start"), "{none}");
    }
}
