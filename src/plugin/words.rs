//! What the household hears when a plugin does not do its part.

/// What went wrong, as far as people care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No answer in time.
    Silent,
    /// It ended, or made no sense.
    Failed,
    /// It failed a moment ago and will be there again.
    Restarting,
    /// It failed too often.
    Off,
    /// It says that it cannot.
    Unable,
    /// This machine cannot confine it, and the household has not allowed it to run free.
    NotConfined,
}

/// A plain sentence.
#[must_use]
pub fn sentence(trouble: Trouble, title: &str, language: &str) -> String {
    if language.starts_with("fr") {
        return match trouble {
            Trouble::Silent => format!("L'extension {title} ne répond pas."),
            Trouble::Failed => format!("L'extension {title} a eu un problème."),
            Trouble::Restarting => format!("L'extension {title} redémarre, réessayez dans un instant."),
            Trouble::Off => format!("L'extension {title} est désactivée, elle a échoué trop souvent."),
            Trouble::Unable => format!("L'extension {title} n'a pas pu faire ça."),
            Trouble::NotConfined => {
                format!(
                    "L'extension {title} ne peut pas être isolée sur cette machine, elle n'a pas été lancée."
                )
            }
        };
    }
    match trouble {
        Trouble::Silent => format!("The {title} plugin did not answer."),
        Trouble::Failed => format!("The {title} plugin had a problem."),
        Trouble::Restarting => format!("The {title} plugin is starting again, please try in a moment."),
        Trouble::Off => format!("The {title} plugin is switched off, because it failed too often."),
        Trouble::Unable => format!("The {title} plugin could not do that."),
        Trouble::NotConfined => {
            format!("The {title} plugin cannot be confined on this machine, so it was not started.")
        }
    }
}
