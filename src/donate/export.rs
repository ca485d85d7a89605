//! Writing a Common Voice folder: `clips/*.wav` and `validated.tsv`, and nothing that tells more.
//!
//! The speaker's number and the files' names are random and new each time, the rows stand in the order of
//! these, and all files are of the same day: nothing tells two exports of one person together, or when
//! somebody was at home.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::consent::About;
use super::private::{self, random_hex};
use super::{Donation, Export, Shelf, no_consent, sound};
use crate::audio::{SAMPLE_RATE, wav};
use crate::{Error, Result};

/// The columns of `validated.tsv`.
pub const COLUMNS: [&str; 11] = [
    "client_id",
    "path",
    "sentence",
    "up_votes",
    "down_votes",
    "age",
    "gender",
    "accents",
    "variant",
    "locale",
    "segment",
];

/// The day of all files: the first of 1980, the oldest that a ZIP archive can hold.
const DAY: Duration = Duration::from_hours(24 * 3_652);

/// Writes the recordings that are confirmed; `again` also those that were exported before. Gives what was
/// written down of it.
///
/// # Errors
/// When there is nothing to write, the folder is not empty, or cannot be written; nothing is left there then.
pub fn export(shelf: &mut Shelf, folder: &Path, again: bool, now: Timestamp) -> Result<Export> {
    let about = shelf.consent()?.ok_or_else(no_consent)?.about.clone();
    let chosen = choose(shelf, again)?;
    let made = empty(folder)?;
    let place = folder.canonicalize().map_err(Error::io("find", folder))?;
    let mut clips = Vec::new();
    for donation in &chosen {
        clips.push((donation.number, format!("{}.wav", random_hex(16)?)));
    }
    let entry = Export { at: now, folder: place, client_id: random_hex(64)?, clips };
    // Known before it is there: what was written and not noted could not be taken back.
    shelf.index.exports.push(entry.clone());
    let written = shelf.write().and_then(|()| write(shelf, folder, &entry, &chosen, &about));
    if let Err(error) = written {
        let _ = fs::remove_dir_all(folder.join("clips"));
        let _ = fs::remove_file(folder.join("validated.tsv"));
        if made {
            let _ = fs::remove_dir(folder);
        }
        shelf.index.exports.pop();
        shelf.write()?;
        return Err(error);
    }
    Ok(entry)
}

fn choose(shelf: &Shelf, again: bool) -> Result<Vec<Donation>> {
    let mut confirmed = Vec::new();
    for donation in &shelf.index.donations {
        let Some(under) = &donation.confirmed else { continue };
        let receipt = shelf.index.receipts.iter().find(|receipt| receipt.id == under.receipt);
        if receipt.is_some_and(|receipt| receipt.withdrawn.is_none()) {
            confirmed.push(donation.clone());
        }
    }
    if confirmed.is_empty() {
        return Err(Error::Input(
            "nothing is confirmed; `entrenous donate list` shows what there is, `donate play N` and `donate \
             confirm N` confirm it"
                .into(),
        ));
    }
    if !again {
        confirmed.retain(|donation| shelf.index.exported(donation.number).next().is_none());
        if confirmed.is_empty() {
            return Err(Error::Input(
                "all that is confirmed was exported already; `--again` writes it once more (do not give it to \
                 the same people twice)"
                    .into(),
            ));
        }
    }
    Ok(confirmed)
}

/// An empty folder; whether it was made.
fn empty(folder: &Path) -> Result<bool> {
    if folder.symlink_metadata().is_err() {
        private::folder(folder)?;
        return Ok(true);
    }
    let mut inside = fs::read_dir(folder).map_err(Error::io("read", folder))?;
    if inside.next().is_some() {
        return Err(Error::Input(format!(
            "`{}` is not empty; name a new folder, so that nothing else is given away",
            folder.display()
        )));
    }
    Ok(false)
}

fn write(shelf: &Shelf, folder: &Path, export: &Export, chosen: &[Donation], about: &About) -> Result<()> {
    let clips = folder.join("clips");
    private::folder(&clips)?;
    let mut rows = Vec::new();
    for (donation, (_, name)) in chosen.iter().zip(&export.clips) {
        let path = clips.join(name);
        let sound = sound::levelled(&shelf.sound(donation.number)?);
        let file = private::create(&path)?;
        wav::write_to(file, &sound, SAMPLE_RATE).map_err(Error::io("write", &path))?;
        let said = |value: &Option<String>| value.clone().unwrap_or_default();
        // One vote: the speaker's own, who listened and confirmed.
        rows.push(
            [
                export.client_id.as_str(),
                name,
                &donation.sentence,
                "1",
                "0",
                &said(&about.age),
                &said(&about.gender),
                &said(&about.accents),
                "",
                &donation.locale,
                "",
            ]
            .join("\t"),
        );
    }
    rows.sort();
    let table = folder.join("validated.tsv");
    let mut file = private::create(&table)?;
    let text = format!("{}\n{}\n", COLUMNS.join("\t"), rows.join("\n"));
    file.write_all(text.as_bytes()).map_err(Error::io("write", &table))?;
    let all = export.clips.iter().map(|(_, name)| clips.join(name)).chain([
        table,
        clips.clone(),
        folder.to_owned(),
    ]);
    for path in all {
        let set = fs::File::open(&path).and_then(|file| file.set_modified(SystemTime::UNIX_EPOCH + DAY));
        set.map_err(Error::io("set the date of", &path))?;
    }
    Ok(())
}
