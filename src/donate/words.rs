//! What people read while they donate, in English and French.

use super::sound::LENGTH_MS;
use super::{Donation, Export, Index};
use crate::studio::Fault;

/// What is wrong with a recording, and the mend.
#[must_use]
pub fn fault(fault: Fault, french: bool) -> String {
    let (short, long) = (*LENGTH_MS.start() as f32 / 1000.0, LENGTH_MS.end() / 1000);
    match (fault, french) {
        (Fault::Silent, false) => "nobody speaks in it; is the microphone muted?".into(),
        (Fault::Silent, true) => "personne n'y parle ; le micro est-il coupé ?".into(),
        (Fault::Quiet, false) => "it is too quiet; come closer or speak up".into(),
        (Fault::Quiet, true) => "c'est trop faible ; approchez-vous ou parlez plus fort".into(),
        (Fault::Clipped, false) => {
            "it is cut off because it was too loud; step back, or turn the microphone down".into()
        }
        (Fault::Clipped, true) => {
            "le son est écrêté, c'était trop fort ; reculez, ou baissez le niveau du micro".into()
        }
        (Fault::Noisy, false) => "the room is too loud; turn off music or fans for a moment".into(),
        (Fault::Noisy, true) => {
            "il y a trop de bruit ; éteignez un instant la musique ou le ventilateur".into()
        }
        (Fault::Short, false) => format!("it is shorter than {short} s; say the whole sentence"),
        (Fault::Short, true) => {
            format!(
                "c'est plus court que {} s ; dites la phrase entière",
                short.to_string().replace('.', ",")
            )
        }
        (Fault::Long, false) => format!("it is longer than {long} s; cut it to the sentence"),
        (Fault::Long, true) => format!("c'est plus long que {long} s ; n'en gardez que la phrase"),
        (Fault::Twice, false) => "more than one thing is said in it; say the sentence only once".into(),
        (Fault::Twice, true) => "on y dit plusieurs choses ; dites la phrase une seule fois".into(),
        (Fault::Early, false) => "it begins in the middle; wait for the tone".into(),
        (Fault::Early, true) => "cela commence au milieu ; attendez le bip".into(),
        (Fault::Bang, false) => "a bang or click in it is far louder than the voice; record it again".into(),
        (Fault::Bang, true) => "un choc y est bien plus fort que la voix ; recommencez".into(),
        (Fault::Lost, false) => "some sound was lost, this computer is busy; try again".into(),
        (Fault::Lost, true) => {
            "une partie du son s'est perdue, cet ordinateur est trop occupé ; réessayez".into()
        }
    }
}

/// One line of `donate list`.
#[must_use]
pub fn line(donation: &Donation, index: &Index, french: bool) -> String {
    let state = match (&donation.confirmed, donation.heard, french) {
        (Some(_), _, false) => "confirmed",
        (Some(_), _, true) => "confirmé",
        (None, true, false) => "listened to",
        (None, true, true) => "écouté",
        (None, false, false) => "new",
        (None, false, true) => "nouveau",
    };
    let exports: Vec<String> =
        index.exported(donation.number).map(|(export, _)| export.folder.display().to_string()).collect();
    let exported = match (exports.is_empty(), french) {
        (true, _) => String::new(),
        (false, false) => format!("; exported to {}", exports.join(", ")),
        (false, true) => format!(" ; exporté vers {}", exports.join(", ")),
    };
    let Donation { number, sentence, locale, ms, .. } = donation;
    format!("{number:>5}  {:>4.1} s  {locale}  {sentence}  ({state}{exported})", *ms as f32 / 1000.0)
}

/// What is to be done about recordings of these numbers that were exported before they were withdrawn.
#[must_use]
pub fn exported(exports: &[&Export], numbers: &[u32], french: bool) -> String {
    if exports.is_empty() {
        return if french {
            "Rien n'en avait été exporté : personne d'autre ne les a par ce programme.\n".into()
        } else {
            "None of it had been exported: nobody else has it through this program.\n".into()
        };
    }
    let mut lines = Vec::new();
    for export in exports {
        let day = export.at.strftime("%F");
        let folder = export.folder.display();
        lines.push(if french {
            format!("Exporté le {day} dans `{folder}`, client_id {} :", export.client_id)
        } else {
            format!("Exported on {day} to `{folder}`, client_id {}:", export.client_id)
        });
        for (number, clip) in export.clips.iter().filter(|(number, _)| numbers.contains(number)) {
            lines.push(format!("  {number}: clips/{clip}"));
        }
        let there = match (export.folder.exists(), french) {
            (true, false) => "  The folder is still there: delete it, or these files and their rows.",
            (true, true) => "  Le dossier est encore là : supprimez-le, ou ces fichiers et leurs lignes.",
            (false, false) => "  The folder is no longer there.",
            (false, true) => "  Le dossier n'est plus là.",
        };
        lines.push(there.to_owned());
    }
    let ask = if french {
        "Si vous avez remis un dossier à quelqu'un, écrivez-lui : « Je retire mon consentement (RGPD, art. 7(3)) et \
         demande l'effacement (art. 17) des enregistrements du client_id … : … » avec les noms ci-dessus. Seul ce \
         client_id permet de les retrouver. Des copies faites sous CC0 peuvent subsister.\n"
    } else {
        "If you gave a folder to somebody, write to them: \"I withdraw my consent (GDPR, art. 7(3)) and ask you to \
         erase (art. 17) the recordings of client_id …: …\" with the names above. Only that client_id finds them. \
         Copies that were made under CC0 may remain.\n"
    };
    format!("{}\n{ask}", lines.join("\n"))
}
