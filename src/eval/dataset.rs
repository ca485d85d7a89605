//! The forms in which recordings come with what is true of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::{Error, Result};

/// A recording with the intent and slots that its speaker meant.
#[derive(Debug, Clone)]
pub struct Labelled {
    pub path: PathBuf,
    pub intent: String,
    pub slots: BTreeMap<String, Value>,
}

/// A recording with the words that were said; an empty sentence must not be acted on.
#[derive(Debug, Clone)]
pub struct Transcribed {
    pub path: PathBuf,
    pub sentence: String,
}

/// Reads `DIR/labels.json`: `{"file.flac": {"intent": "…", "slots": {"name": "value"}}}`.
///
/// # Errors
/// When it cannot be read or has another form.
pub fn labels(folder: &Path) -> Result<Vec<Labelled>> {
    #[derive(Deserialize)]
    struct Label {
        intent: String,
        #[serde(default)]
        slots: BTreeMap<String, Value>,
    }
    let file = folder.join("labels.json");
    let text = fs::read_to_string(&file).map_err(Error::io("read the labels", &file))?;
    let labels: BTreeMap<String, Label> = serde_json::from_str(&text).map_err(|error| {
        Error::Input(format!(
            "{}:{}: {error}; expected `{{\"file.flac\": {{\"intent\": …, \"slots\": {{…}}}}}}`",
            file.display(),
            error.line()
        ))
    })?;
    if labels.is_empty() {
        return Err(Error::Input(format!("{} names no recordings", file.display())));
    }
    Ok(labels
        .into_iter()
        .map(|(name, label)| Labelled { path: folder.join(name), intent: label.intent, slots: label.slots })
        .collect())
}

/// Reads `DIR/transcripts.tsv` (columns `path`, `sentence`), or a Common Voice folder
/// (`validated.tsv` with the same columns among others, recordings in `clips/`).
///
/// # Errors
/// When there is no such table or it lacks a column, with the line.
pub fn transcripts(folder: &Path) -> Result<Vec<Transcribed>> {
    let (table, recordings) =
        [("transcripts.tsv", folder.to_owned()), ("validated.tsv", folder.join("clips"))]
            .into_iter()
            .map(|(name, recordings)| (folder.join(name), recordings))
            .find(|(table, _)| table.is_file())
            .ok_or_else(|| {
                Error::Input(format!(
                    "`{}` holds neither `transcripts.tsv` nor a Common Voice `validated.tsv`",
                    folder.display()
                ))
            })?;
    let text = fs::read_to_string(&table).map_err(Error::io("read the transcripts", &table))?;
    rows(&text, &recordings)
        .map_err(|(line, reason)| Error::Input(format!("{}:{line}: {reason}", table.display())))
}

/// Recordings in which nothing may be acted on: files, or folders that are looked through.
///
/// # Errors
/// When a folder cannot be read or holds no recordings.
pub fn unrelated(places: &[PathBuf]) -> Result<Vec<Transcribed>> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let paths = crate::audio::recordings(places)?;
    Ok(paths.into_iter().map(|path| Transcribed { path, sentence: String::new() }).collect())
}

fn rows(text: &str, recordings: &Path) -> Result<Vec<Transcribed>, (usize, String)> {
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let header: Vec<&str> = lines.next().map(|(_, line)| line.split('\t').collect()).unwrap_or_default();
    let column = |name: &str| {
        header
            .iter()
            .position(|found| found.trim() == name)
            .ok_or((1, format!("the first line has no column `{name}` (columns are separated by tabs)")))
    };
    let (path, sentence) = (column("path")?, column("sentence")?);
    let all: Vec<Transcribed> = lines
        .map(|(index, line)| {
            let cells: Vec<&str> = line.split('\t').collect();
            let file = cells.get(path).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
            let file = file.ok_or((index + 1, "this line names no recording".to_owned()))?;
            Ok(Transcribed {
                path: recordings.join(file),
                sentence: cells.get(sentence).map_or("", |cell| cell.trim()).to_owned(),
            })
        })
        .collect::<Result<_, (usize, String)>>()?;
    if all.is_empty() { Err((1, "there are no recordings".into())) } else { Ok(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name() {
        let table = "client_id\tpath\tsentence\tup_votes\nx\ta.mp3\tHello there.\t2\nx\tb.mp3\t\t2\n";
        let rows = rows(table, Path::new("clips")).unwrap();
        assert_eq!(rows[0].path, Path::new("clips/a.mp3"));
        assert_eq!((rows[0].sentence.as_str(), rows[1].sentence.as_str()), ("Hello there.", ""));
    }

    #[test]
    fn a_table_without_the_columns_is_refused_with_its_line() {
        assert_eq!(rows("file\tsentence\n", Path::new("")).unwrap_err().0, 1);
        assert_eq!(rows("path\tsentence\na.wav\thi\n\t\n\tx\n", Path::new("")).unwrap_err().0, 4);
    }
}
