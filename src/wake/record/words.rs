//! What is said and shown while somebody teaches a wake word.

use crate::studio::Fault;

/// Something to tell the person.
pub enum Say<'a> {
    Welcome { word: &'a str, takes: usize },
    Once { number: usize, takes: usize },
    Again(Fault),
    Learning,
    Try { word: &'a str },
    Heard,
    NotHeard,
}

impl Say<'_> {
    /// In a language; what is not French is English.
    pub fn text(&self, language: &str) -> String {
        if language == "fr" { self.french() } else { self.english() }
    }

    fn english(&self) -> String {
        match self {
            Self::Welcome { word, takes } => {
                format!(
                    "Please say \"{word}\" {takes} times, each time after the tone, as you would call from where you usually are."
                )
            }
            Self::Once { number, takes } => format!("{number} of {takes}. Say the word after the tone."),
            Self::Again(fault) => format!(
                "Once more, please: {}.",
                match fault {
                    Fault::Silent =>
                        "I heard nobody; speak after the tone, or see whether the microphone is muted",
                    Fault::Quiet => "that was too quiet; come closer or speak up",
                    Fault::Clipped => "that was too loud; step back, or turn the microphone down",
                    Fault::Noisy => "the room is too loud; turn off music or fans for a moment",
                    Fault::Short => "that was too short for a word; say it in full",
                    Fault::Long => "that was too long; say only the word",
                    Fault::Twice => "I heard more than one thing; say the word only once",
                    Fault::Early => "you began before the tone was over; wait for it",
                    Fault::Bang => "something banged or clicked; say it again",
                    Fault::Lost => "some sound was lost, this computer is busy",
                }
            ),
            Self::Learning => "Thank you. I am learning the word; this takes some seconds.".into(),
            Self::Try { word } => format!("Now call me after the tone: \"{word}\"."),
            Self::Heard => "I heard you.".into(),
            Self::NotHeard => "I did not hear it.".into(),
        }
    }

    fn french(&self) -> String {
        match self {
            Self::Welcome { word, takes } => {
                format!(
                    "Dites « {word} » {takes} fois, chaque fois après le bip, comme vous m'appelleriez de là où vous êtes d'habitude."
                )
            }
            Self::Once { number, takes } => format!("{number} sur {takes}. Dites le mot après le bip."),
            Self::Again(fault) => format!(
                "Encore une fois, s'il vous plaît : {}.",
                match fault {
                    Fault::Silent =>
                        "je n'ai entendu personne ; parlez après le bip, ou vérifiez que le micro n'est pas coupé",
                    Fault::Quiet => "c'était trop faible ; approchez-vous ou parlez plus fort",
                    Fault::Clipped => "c'était trop fort ; reculez, ou baissez le niveau du micro",
                    Fault::Noisy => "il y a trop de bruit ; éteignez un instant la musique ou le ventilateur",
                    Fault::Short => "c'était trop court ; dites le mot en entier",
                    Fault::Long => "c'était trop long ; dites seulement le mot",
                    Fault::Twice => "j'ai entendu plusieurs choses ; dites le mot une seule fois",
                    Fault::Early => "vous avez commencé avant la fin du bip ; attendez-le",
                    Fault::Bang => "quelque chose a claqué ; redites-le",
                    Fault::Lost => "une partie du son s'est perdue, cet ordinateur est trop occupé",
                }
            ),
            Self::Learning => "Merci. J'apprends le mot, cela prend quelques secondes.".into(),
            Self::Try { word } => format!("Maintenant, appelez-moi après le bip : « {word} »."),
            Self::Heard => "Je vous ai entendu.".into(),
            Self::NotHeard => "Je ne l'ai pas entendu.".into(),
        }
    }
}

/// What may be said just before or after the word: the voice says it, and training puts it there.
pub fn around(language: &str) -> &'static [&'static str] {
    if language == "fr" {
        &[
            "allume la lumière dans la cuisine, s'il te plaît",
            "il est quelle heure maintenant ? je dois partir bientôt",
            "on mange quoi ce soir ? il reste du pain d'hier",
        ]
    } else {
        &[
            "turn on the light in the kitchen, please",
            "what time is it now? I have to leave in a minute",
            "what shall we eat tonight? there is some bread left",
        ]
    }
}
