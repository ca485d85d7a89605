//! Parse, dispatch, print one error.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = entrenous::cli::Cli::parse();
    match entrenous::cli::run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader went away (`entrenous … | head`): nobody is left to be told.
        Err(entrenous::Error::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            let mut cause = std::error::Error::source(&error);
            let mut printed = error.to_string();
            while let Some(inner) = cause {
                let text = inner.to_string();
                // Messages that already quote their cause are not repeated.
                if !printed.contains(&text) {
                    eprintln!("  because: {text}");
                    printed.push_str(&text);
                }
                cause = inner.source();
            }
            ExitCode::from(error.exit_code())
        }
    }
}
