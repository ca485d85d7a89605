//! Écouter et garder, en français.

use jiff::civil::{Date, DateTime};

use super::super::enumerate;
use super::super::mute::MuteWords;
use super::French;
use super::grammar::clock_time;

/// Un moment des derniers jours.
fn when(at: DateTime, today: Date) -> String {
    let time = clock_time(at.time());
    if at.date() == today {
        format!("à {time}")
    } else {
        format!("{} à {time}", super::alarms::day(at.date(), today))
    }
}

impl MuteWords for French {
    fn not_listening(&self, until: Option<DateTime>, today: Date) -> String {
        let Some(until) = until else {
            return "Je n'écoute plus. Réactivez-moi à la main.".into();
        };
        let time = clock_time(until.time());
        if until.date() == today {
            return format!("Je n'écoute plus jusqu'à {time}.");
        }
        let day = format!("à {}", super::alarms::day(until.date(), today)).replace("à le ", "au ");
        format!("Je n'écoute plus jusqu'{day} à {time}.")
    }

    fn guest_mode(&self, on: bool) -> String {
        if on {
            "Le mode invité est activé. Je ne garde aucun historique."
        } else {
            "Le mode invité est désactivé."
        }
        .into()
    }

    fn no_history(&self) -> String {
        "Je ne garde rien de ce qui se dit.".into()
    }

    fn no_history_with_guests(&self) -> String {
        "En mode invité, je ne garde rien de ce qui se dit, et je ne dis rien d'avant.".into()
    }

    fn i_heard(&self, heard: &[(String, DateTime)], today: Date) -> String {
        if heard.is_empty() {
            return "Je n'ai rien gardé de ce qui a été dit.".into();
        }
        let said = |(text, at): &(String, DateTime)| format!("« {text} » {}", when(*at, today));
        let said: Vec<_> = heard.iter().map(said).collect();
        format!("J'ai entendu {}.", enumerate(&said, "et"))
    }

    fn i_recorded(&self, count: usize) -> String {
        match count {
            1 => "J'ai gardé un enregistrement.".into(),
            _ => format!("J'ai gardé {count} enregistrements."),
        }
    }

    fn forgotten(&self, at: DateTime, today: Date) -> String {
        format!("J'ai oublié ce qui a été dit {}.", when(at, today))
    }

    fn forget_today(&self) -> String {
        "Dois-je oublier tout ce qui a été dit aujourd'hui ?".into()
    }

    fn forgotten_today(&self, count: usize) -> String {
        match count {
            0 => "Je n'ai rien gardé d'aujourd'hui.".into(),
            1 => "J'ai oublié une commande d'aujourd'hui.".into(),
            _ => format!("J'ai oublié {count} commandes d'aujourd'hui."),
        }
    }
}
