//! Écouter et garder, en français.

use jiff::civil::{Date, DateTime};

use super::super::mute::MuteWords;
use super::French;
use super::grammar::clock_time;

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
}
