//! `entrenous wake record` and `wake forget`: a household's own word, said a few times.

use std::io::Write;

use super::Engine;
use crate::Result;
use crate::config::Config;
use crate::wake::record::Shelf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The word, as it will stand in `wake.words`: letters, digits, `_` and `-`
    pub name: String,
    /// How often it is said
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u16).range(3..=100))]
    pub takes: u16,
    /// What it is for [default: `embedding` where its model is installed, else `small`]
    #[arg(long, value_enum)]
    pub engine: Option<Engine>,
}

#[derive(Debug, clap::Args)]
pub struct ForgetArgs {
    /// The word
    pub name: String,
}

/// # Errors
/// Whatever the command fails with.
pub fn forget(args: &ForgetArgs, config: &Config) -> Result<()> {
    let gone = Shelf::new(&args.name, &config.data_dir)?.forget()?;
    let mut to = std::io::stdout().lock();
    writeln!(to, "deleted {} recordings and {} models of `{}`", gone.recordings, gone.models, args.name)?;
    if config.wake.words.iter().any(|word| word.name == args.name) {
        writeln!(to, "take `{}` out of `wake.words`: it is named there, and no longer known", args.name)?;
    }
    Ok(())
}

/// # Errors
/// Whatever the command fails with.
#[cfg(not(feature = "audio"))]
pub fn run(_args: &Args, _config: &Config) -> Result<()> {
    Err(crate::audio::AudioError::NotBuilt.into())
}

/// # Errors
/// Whatever the command fails with.
#[cfg(feature = "audio")]
pub fn run(args: &Args, config: &Config) -> Result<()> {
    use crate::audio::{Loudspeaker, Microphone, Speaker};
    use crate::cli::terminal::Terminal;
    use crate::studio::Studio;
    use crate::wake::WakeModel;
    use crate::wake::record::learn;
    use crate::wake::train::Effort;

    let shelf = Shelf::new(&args.name, &config.data_dir)?;
    // Found out before anybody has said anything.
    let engine = args.engine.unwrap_or_else(|| Engine::best(config));
    let embedder = engine.embedder(config)?;
    let (mut voice, choice) = crate::tts::build(config)?;
    let mut microphone = Microphone::new(&config.audio);
    let mut speaker = Loudspeaker::new(&config.audio);
    speaker.set_volume(config.audio.volume);
    let mut screen = Terminal::default();
    let before = shelf.clips()?;
    let mut to = std::io::stdout();
    writeln!(to, "{choice}; engine: {}", engine.name())?;
    writeln!(
        to,
        "recordings stay on this computer, in {}, for nothing but learning the word; `entrenous wake forget {}` \
         deletes them",
        shelf.folder().display(),
        args.name
    )?;
    if !before.is_empty() {
        writeln!(to, "there are {} already; the new ones are added", before.len())?;
    }

    let mut studio =
        Studio::new(&mut microphone, voice.as_mut(), &mut speaker, &mut screen, &config.language);
    let clips = studio.record(&args.name, usize::from(args.takes))?;
    shelf.add(&clips)?;
    let all = [before, clips].concat();
    let recordings = all.len();
    let around = studio.speech_around()?;
    let (trained, extension) = learn(&args.name, all, around, embedder.as_ref(), Effort::default())?;
    let file = shelf.put_model(extension, &trained.bytes)?;
    super::report(&mut to, &args.name, recordings, &trained)?;

    let model = WakeModel::find(&file.display().to_string(), "auto", config.into())?;
    let mut detector = model.detector()?;
    for _ in 0..2 {
        let (score, heard) = studio.try_out(&args.name, detector.as_mut(), model.threshold)?;
        writeln!(to, "{}, {score:.2}", if heard { "heard" } else { "not heard" })?;
        if heard {
            break;
        }
    }
    let mut words: Vec<String> = config.wake.words.iter().map(|word| format!("\"{}\"", word.name)).collect();
    if !config.wake.words.iter().any(|word| word.name == args.name) {
        words.push(format!("\"{}\"", args.name));
    }
    writeln!(to, "to switch it on, set under [wake] in the configuration: words = [{}]", words.join(", "))?;
    Ok(())
}
