//! `entrenous vocabulary`: values that are added to slot lists at run time.

use std::io::{self, Write};

use serde_json::json;

use crate::config::Config;
use crate::household::Household;
use crate::vocabulary::{self, Added};
use crate::{Error, Result, store};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Add a value to a list of the sentence files
    Add {
        /// The list, as in `{playlist}`
        list: String,
        /// What the slot gets
        value: String,
        /// How it is said, if not as it is written; may be given several times
        #[arg(long, value_name = "WORDS")]
        say: Vec<String>,
    },
    /// Show what was added
    List {
        /// Only this list's values
        list: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take out what was added
    Reset {
        /// Only this list's values
        list: Option<String>,
    },
}

/// # Errors
/// When the list or the value is refused, or the store cannot be used.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    if cfg!(not(feature = "sqlite")) {
        let reason = "this program was built without `sqlite` and would forget the words at once; build it with `--features sqlite`";
        return Err(Error::Check(reason.into()));
    }
    let (mut store, _) = store::open(&config.data_dir)?;
    let language = &config.language;
    let mut out = io::stdout().lock();
    match &args.command {
        Command::Add { list, value, say } => {
            let lists = Household::load(config)?.lists;
            let said = if say.is_empty() { vec![value.clone()] } else { say.clone() };
            let added = Added { list: list.clone(), value: value.clone(), said };
            vocabulary::add(store.as_mut(), language, &lists, &[added])?;
            writeln!(out, "added `{value}` to `{list}`; a running assistant knows it in a moment")?;
        }
        Command::List { list, json } => {
            let mut added = vocabulary::all(store.as_ref(), language)?;
            added.retain(|value| list.as_ref().is_none_or(|list| *list == value.list));
            if *json {
                writeln!(out, "{:#}", json!(added))?;
            } else {
                for value in &added {
                    writeln!(out, "{}: {} (said {})", value.list, value.value, value.said.join(", "))?;
                }
                if added.is_empty() {
                    writeln!(out, "nothing was added in `{language}`")?;
                }
            }
        }
        Command::Reset { list } => {
            let gone = vocabulary::reset(store.as_mut(), language, list.as_deref())?;
            writeln!(out, "took out {gone} value{}", if gone == 1 { "" } else { "s" })?;
        }
    }
    Ok(out.flush()?)
}
