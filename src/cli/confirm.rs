//! Asking whoever sits at the keyboard, before what cannot be taken back.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::{Error, Result};

/// What is asked, in the languages of households.
pub(super) struct Question {
    pub english: &'static str,
    pub french: &'static str,
}

/// Goes on where the answer is yes; `refused` is what is said otherwise.
///
/// # Errors
/// [`Error::Input`] where nobody can answer, [`Error::Check`] where the answer is anything but yes.
pub(super) fn confirm(question: &Question, language: &str, refused: &str) -> Result<()> {
    let stdin = io::stdin();
    let keyboard = stdin.is_terminal().then(|| stdin.lock());
    ask(question, language, refused, keyboard, &mut io::stderr())
}

fn ask(
    question: &Question,
    language: &str,
    refused: &str,
    keyboard: Option<impl BufRead>,
    screen: &mut impl Write,
) -> Result<()> {
    let Some(mut keyboard) = keyboard else {
        let reason = "this asks before it is done, and nobody can answer here; add `--yes` to agree";
        return Err(Error::Input(reason.into()));
    };
    match language {
        "fr" => write!(screen, "{} Tapez « oui » : ", question.french)?,
        _ => write!(screen, "{} Type “yes”: ", question.english)?,
    }
    screen.flush()?;
    let mut answer = String::new();
    keyboard.read_line(&mut answer)?;
    match answer.trim().to_lowercase().as_str() {
        "yes" | "oui" => Ok(()),
        _ => Err(Error::Check(refused.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: Question = Question { english: "Delete it?", french: "L'effacer ?" };

    fn typed(answer: &str, language: &str) -> (Result<()>, String) {
        let mut screen = Vec::new();
        let came = ask(&QUESTION, language, "nothing is deleted", Some(answer.as_bytes()), &mut screen);
        (came, String::from_utf8(screen).unwrap())
    }

    #[test]
    fn yes_in_either_language_and_nothing_else_goes_on() {
        for answer in ["yes\n", "oui\n", " Yes \n", "OUI"] {
            for language in ["en", "fr"] {
                assert!(typed(answer, language).0.is_ok(), "{answer} in {language}");
            }
        }
        for answer in ["", "\n", "y\n", "o\n", "no\n", "yes please\n"] {
            let refused = typed(answer, "en").0.unwrap_err();
            assert!(matches!(&refused, Error::Check(why) if why == "nothing is deleted"), "{refused}");
        }
        assert_eq!(typed("", "en").1, "Delete it? Type “yes”: ");
        assert_eq!(typed("", "fr").1, "L'effacer ? Tapez « oui » : ");
    }

    #[test]
    fn where_nobody_can_answer_nothing_is_asked() {
        let mut screen = Vec::new();
        let refused = ask(&QUESTION, "en", "", None::<&[u8]>, &mut screen).unwrap_err();
        assert!(matches!(&refused, Error::Input(why) if why.contains("`--yes`")), "{refused}");
        assert!(screen.is_empty());
    }
}
