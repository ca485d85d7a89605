//! Choosing a recogniser: the one that was asked for, or the best that is installed.

use std::path::{Path, PathBuf};

use super::{Cascade, SpeechToText, SttError};
use crate::config::SttConfig;
use crate::models::{Kind, Manifest, Model, State};
use crate::nlu::grammar::Grammar;

/// An engine, and what it is in words.
type Built = (Box<dyn SpeechToText>, String);

/// Builds the engine that the configuration asks for and says which it is and why. `grammar` is what
/// can be asked for, `answers` what can be answered; `cache` is where compiled vocabularies are kept, `adapted`
/// what was learnt about the voices of the household.
///
/// # Errors
/// When no engine can run here, or a model is damaged.
pub fn build(
    config: &SttConfig,
    model_dirs: &[PathBuf],
    language: &str,
    grammar: &Grammar,
    answers: &Grammar,
    cache: &Path,
    adapted: Option<&Path>,
) -> Result<Built, SttError> {
    let wide = (config.vocabulary == "wide").then(|| grammar.widened());
    let closed = || closed(config, model_dirs, wide.as_ref().unwrap_or(grammar), answers, cache, adapted);
    let open = || open(config, model_dirs, language, grammar);
    match config.engine.as_str() {
        "pocketsphinx" => closed()?.ok_or_else(|| no_pocketsphinx(language)),
        "whisper" => open()?.ok_or_else(|| no_whisper(language)),
        "cascade" => {
            let closed = closed()?.ok_or_else(|| no_pocketsphinx(language))?;
            let open = open()?.ok_or_else(|| no_whisper(language))?;
            Ok(cascade(closed, open, config))
        }
        _ => match (closed()?, open()?) {
            (Some(closed), Some(open)) => Ok(cascade(closed, open, config)),
            (Some((engine, what)), None) => Ok((
                engine,
                format!("{what} (no Whisper model is installed, so only your sentences are heard)"),
            )),
            (None, Some((engine, what))) => {
                Ok((engine, format!("{what} (no PocketSphinx model for `{language}` is installed)")))
            }
            (None, None) => Err(SttError::NoEngine(format!(
                "no recogniser for `{language}` is installed; {}, or {}",
                mend_pocketsphinx(language),
                mend_whisper(language)
            ))),
        },
    }
}

fn cascade(closed: Built, open: Built, config: &SttConfig) -> Built {
    let what = format!("{}, then {} where that is unsure", closed.1, open.1);
    (Box::new(Cascade::new(closed.0, open.0, config.min_confidence)), what)
}

#[cfg(feature = "whisper")]
fn open(
    config: &SttConfig,
    model_dirs: &[PathBuf],
    language: &str,
    grammar: &Grammar,
) -> Result<Option<Built>, SttError> {
    let Some(path) = whisper_model(&config.whisper_model, model_dirs, language)? else { return Ok(None) };
    let engine =
        super::whisper::Whisper::load(&path, language, grammar, config.threads, config.min_confidence)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(Some((Box::new(engine), format!("whisper with `{name}`"))))
}

#[cfg(not(feature = "whisper"))]
fn open(_: &SttConfig, _: &[PathBuf], _: &str, _: &Grammar) -> Result<Option<Built>, SttError> {
    Ok(None)
}

/// The file of the Whisper model that `asked` names: a name in the manifest, a path, or `auto` for
/// the best that is installed. `None` when `auto` finds none.
///
/// # Errors
/// When a model that was named is not there, or is not one.
pub fn whisper_model(
    asked: &str,
    model_dirs: &[PathBuf],
    language: &str,
) -> Result<Option<PathBuf>, SttError> {
    if asked == "auto" {
        let mut installed: Vec<_> = Manifest::shipped()
            .of(Kind::Whisper, language)
            .filter_map(|model| Some((rank(model), file_of(model, model_dirs)?)))
            .collect();
        installed.sort();
        return Ok(installed.pop().map(|(_, path)| path));
    }
    if Path::new(asked).is_file() {
        return Ok(Some(asked.into()));
    }
    let fault = |reason: String| SttError::Model { path: asked.into(), reason };
    let model = Manifest::shipped().get(asked).map_err(|_| {
        fault("there is neither such a file nor such a model; see `entrenous models list`".into())
    })?;
    if model.kind != Kind::Whisper || !model.speaks(language) {
        return Err(fault(format!(
            "it is not a Whisper model for `{language}`; see `entrenous models list`"
        )));
    }
    let path = file_of(model, model_dirs);
    path.map(Some)
        .ok_or_else(|| fault(format!("it is not installed; get it with `entrenous models get {asked}`")))
}

/// How well a Whisper model hears: first its size, then whether it knows one language only, then
/// its precision.
fn rank(model: &Model) -> (usize, bool, bool) {
    let size = ["tiny", "base", "small"].iter().position(|size| model.name.contains(size));
    (size.unwrap_or(0), model.languages.len() == 1, model.name.ends_with("q8_0"))
}

/// Where the one file of an installed model is.
fn file_of(model: &Model, model_dirs: &[PathBuf]) -> Option<PathBuf> {
    let State::Installed { folder } = model.state(model_dirs) else { return None };
    Some(folder.join(&model.files.first()?.path))
}

fn no_pocketsphinx(language: &str) -> SttError {
    SttError::NoEngine(if cfg!(feature = "pocketsphinx") {
        format!("no PocketSphinx model for `{language}` is installed; {}", mend_pocketsphinx(language))
    } else {
        "this program was built without PocketSphinx; build it with `--features pocketsphinx`".into()
    })
}

fn no_whisper(language: &str) -> SttError {
    SttError::NoEngine(if cfg!(feature = "whisper") {
        format!("no Whisper model for `{language}` is installed; {}", mend_whisper(language))
    } else {
        "this program was built without Whisper; build it with `--features whisper`".into()
    })
}

fn mend_pocketsphinx(language: &str) -> &'static str {
    if language == "fr" {
        "get it with `entrenous models get pocketsphinx-fr-fr`"
    } else {
        "install it with `sudo apt install pocketsphinx-en-us`"
    }
}

fn mend_whisper(language: &str) -> &'static str {
    if language == "en" {
        "get one with `entrenous models get whisper-base.en-q5_1`"
    } else {
        "get one with `entrenous models get whisper-base-q5_1`"
    }
}

#[cfg(feature = "pocketsphinx")]
fn closed(
    config: &SttConfig,
    model_dirs: &[PathBuf],
    grammar: &Grammar,
    answers: &Grammar,
    cache: &Path,
    adapted: Option<&Path>,
) -> Result<Option<Built>, SttError> {
    use super::{Scoped, pocketsphinx};
    let built = pocketsphinx::build(model_dirs, grammar, cache, config.min_confidence, true, adapted)?;
    let Some((commands, what)) = built else { return Ok(None) };
    let (folders, answers) = (model_dirs.to_vec(), answers.clone());
    let (cache, min_confidence) = (cache.to_owned(), config.min_confidence);
    let adapted = adapted.map(Path::to_owned);
    let make = move |kind| -> Result<Box<dyn SpeechToText>, SttError> {
        let answers = crate::dialogue::grammar_of(&answers, kind);
        let built =
            pocketsphinx::build(&folders, &answers, &cache, min_confidence, false, adapted.as_deref())?;
        let gone = || SttError::NoEngine("its model is gone".into());
        built.map(|(engine, _)| -> Box<dyn SpeechToText> { Box::new(engine) }).ok_or_else(gone)
    };
    Ok(Some((Box::new(Scoped::new(Box::new(commands), Box::new(make))), what)))
}

#[cfg(not(feature = "pocketsphinx"))]
fn closed(
    _: &SttConfig,
    _: &[PathBuf],
    _: &Grammar,
    _: &Grammar,
    _: &Path,
    _: Option<&Path>,
) -> Result<Option<Built>, SttError> {
    Ok(None)
}
