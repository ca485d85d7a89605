//! French: alarms, reminders, and what rings.

use jiff::civil::{Date, DateTime, Time};

use super::super::alarms::{AlarmWords, Kind, SpokenAlarm};
use super::super::{SpokenTimer, capital, enumerate};
use super::grammar::{DAYS, MONTHS, clock_time, timer};
use crate::nlu::entities::{Period, Weekdays};
use crate::skills::alarm::rule::Rule;

fn noun(kind: Kind, count: usize) -> &'static str {
    match (kind, count) {
        (Kind::Alarm, 1) => "réveil",
        (Kind::Alarm, _) => "réveils",
        (Kind::Reminder, 1) => "rappel",
        (Kind::Reminder, _) => "rappels",
    }
}

pub(super) fn at(time: Time) -> String {
    format!("à {}", clock_time(time))
}

fn of_month(date: Date) -> String {
    let day = if date.day() == 1 { "premier".into() } else { date.day().to_string() };
    format!("{day} {}", MONTHS[date.month() as usize - 1])
}

/// `demain`, `mardi`, `le 3 mars`.
pub(super) fn day(date: Date, today: Date) -> String {
    let days = date.duration_since(today).as_hours() / 24;
    match days {
        -1 => "hier".into(),
        0 => "aujourd'hui".into(),
        1 => "demain".into(),
        -6..=6 => DAYS[date.weekday().to_monday_zero_offset() as usize].into(),
        _ if date.year() == today.year() => format!("le {}", of_month(date)),
        _ => format!("le {} {}", of_month(date), date.year()),
    }
}

fn every(rule: &Rule) -> String {
    let masculine = |units: &str| match rule.every {
        1 => format!("tous les {units}"),
        many => format!("tous les {many} {units}"),
    };
    let feminine = |units: &str| match rule.every {
        1 => format!("toutes les {units}"),
        many => format!("toutes les {many} {units}"),
    };
    match rule.unit {
        Period::Second => feminine("secondes"),
        Period::Minute => feminine("minutes"),
        Period::Hour => feminine("heures"),
        Period::Day if rule.every == 2 => "un jour sur deux".into(),
        Period::Day => masculine("jours"),
        Period::Week if rule.every == 1 && rule.days == Weekdays::WORKING => "du lundi au vendredi".into(),
        Period::Week if rule.every == 1 && rule.days == Weekdays::WEEKEND => "le week-end".into(),
        Period::Week => {
            let own = Weekdays::one(rule.first.weekday().to_monday_one_offset().cast_unsigned());
            let days = if rule.days.0 == 0 { own } else { rule.days };
            let plural = if rule.every == 1 { "s" } else { "" };
            let names: Vec<_> =
                days.iter().map(|day| format!("{}{plural}", DAYS[usize::from(day) - 1])).collect();
            let names = enumerate(&names, "et");
            match rule.every {
                1 => format!("tous les {names}"),
                2 => format!("une semaine sur deux, {names},"),
                many => format!("toutes les {many} semaines, {names},"),
            }
        }
        Period::Month => {
            let on = match rule.day.map_or(rule.first.day(), u8::cast_signed) {
                1 => "premier".to_owned(),
                day => day.to_string(),
            };
            match rule.every {
                1 => format!("le {on} de chaque mois"),
                2 => format!("le {on}, un mois sur deux,"),
                many => format!("le {on}, tous les {many} mois,"),
            }
        }
        Period::Year => match rule.every {
            1 => format!("tous les ans le {}", of_month(rule.first.date())),
            many => format!("tous les {many} ans le {}", of_month(rule.first.date())),
        },
    }
}

/// `demain à 7 heures`, `du lundi au vendredi à …`.
fn when(it: &SpokenAlarm, today: Date) -> String {
    match &it.rule {
        Some(rule) if rule.seconds().is_some() => every(rule),
        Some(rule) => format!("{} {}", every(rule), at(rule.first.time())),
        None => format!("{} {}", day(it.at.date(), today), at(it.at.time())),
    }
}

/// `réveil`, `réveil sport`, `rappel`.
fn called(it: &SpokenAlarm) -> String {
    match (it.kind, &it.text) {
        (Kind::Alarm, Some(name)) => format!("réveil {name}"),
        (kind, _) => noun(kind, 1).into(),
    }
}

/// What somebody said of themselves, said to them.
fn yours(text: &str) -> String {
    let turned = |word: &str| match word {
        "mon" | "ma" | "notre" => "votre".to_owned(),
        "mes" | "nos" => "vos".to_owned(),
        "me" | "nous" => "vous".to_owned(),
        _ => match word.strip_prefix("m'") {
            Some(rest) => format!("vous {rest}"),
            None => word.to_owned(),
        },
    };
    text.split(' ').map(turned).collect::<Vec<_>>().join(" ")
}

fn text(it: &SpokenAlarm) -> String {
    yours(it.text.as_deref().unwrap_or_default())
}

impl AlarmWords for super::French {
    fn alarm_set(&self, it: &SpokenAlarm, today: Date) -> String {
        match it.kind {
            Kind::Alarm => format!("Le {} sonnera {}.", called(it), when(it, today)),
            Kind::Reminder => format!("Je vous le rappellerai {} : {}.", when(it, today), text(it)),
        }
    }

    fn alarm_cancelled(&self, it: &SpokenAlarm, today: Date) -> String {
        match it.kind {
            Kind::Alarm => format!("Le {} est annulé ({}).", called(it), when(it, today)),
            Kind::Reminder => format!("Le rappel est annulé ({}) : {}.", when(it, today), text(it)),
        }
    }

    fn alarms_cancelled(&self, kind: Kind, count: usize) -> String {
        match count {
            0 => self.no_alarm(kind),
            1 => format!("Le {} est annulé.", noun(kind, 1)),
            _ => format!("Les {count} {} sont annulés.", noun(kind, count)),
        }
    }

    fn alarm_skipped(&self, it: &SpokenAlarm, today: Date) -> String {
        let next = day(it.at.date(), today);
        format!("Le {} sonnera la prochaine fois {next} {}.", called(it), at(it.at.time()))
    }

    fn alarm_status(&self, kind: Kind, all: &[SpokenAlarm], today: Date) -> String {
        let said = |it: &SpokenAlarm| {
            let again = match &it.rule {
                Some(rule) if rule.seconds().is_none() => {
                    format!(", la prochaine fois {} {}", day(it.at.date(), today), at(it.at.time()))
                }
                _ => String::new(),
            };
            match (it.ringing, it.kind) {
                (true, Kind::Alarm) => format!("Le {} sonne.", called(it)),
                (true, Kind::Reminder) => format!("Maintenant : {}.", text(it)),
                (_, Kind::Alarm) => format!("Le {} sonnera {}{again}.", called(it), when(it, today)),
                (_, Kind::Reminder) => format!("{} : {}.", capital(&when(it, today)), text(it)),
            }
        };
        let shown: Vec<_> = all.iter().take(3).map(said).collect();
        match all.len() {
            0 => self.no_alarm(kind),
            1 if kind == Kind::Alarm => shown.concat(),
            1 => format!("Vous avez un rappel. {}", shown.concat()),
            many => {
                let more = if many > 3 { " Les prochains :" } else { "" };
                format!("Vous avez {many} {}.{more} {}", noun(kind, many), shown.join(" "))
            }
        }
    }

    fn alarm_rings(&self, it: &SpokenAlarm, now: Time) -> String {
        match it.kind {
            Kind::Alarm => format!("Votre {} : il est {}.", called(it), clock_time(now)),
            Kind::Reminder => format!("Rappel : {}.", text(it)),
        }
    }

    fn alarm_missed(&self, it: &SpokenAlarm, due: DateTime, rang: bool, today: Date) -> String {
        let then = match day(due.date(), today) {
            day if day == "aujourd'hui" => at(due.time()),
            day => format!("{day} {}", at(due.time())),
        };
        match (it.kind, rang) {
            (Kind::Alarm, false) => {
                format!("Pendant mon arrêt, votre {} aurait dû sonner, {then}.", called(it))
            }
            (Kind::Alarm, true) => {
                format!("Votre {} a sonné {then}, et personne ne l'a arrêté.", called(it))
            }
            (Kind::Reminder, false) => {
                format!("Pendant mon arrêt, il y avait un rappel, {then} : {}.", text(it))
            }
            (Kind::Reminder, true) => format!("Rappel resté sans réponse {then} : {}.", text(it)),
        }
    }

    fn timer_in_vain(&self, it: &SpokenTimer, then: Time) -> String {
        format!("Le {} a sonné {}, et personne ne l'a arrêté.", timer(it), at(then))
    }

    fn alarm_called(&self, it: &SpokenAlarm, today: Date) -> String {
        match (it.kind, &it.text) {
            (Kind::Alarm, Some(_)) => format!("le {}", called(it)),
            (Kind::Alarm, None) => format!("celui qui sonne {}", when(it, today)),
            (Kind::Reminder, _) => format!("« {} »", text(it)),
        }
    }

    fn which_alarm(&self, kind: Kind, all: &[SpokenAlarm], today: Date) -> String {
        let shown: Vec<_> = all.iter().take(3).map(|it| self.alarm_called(it, today)).collect();
        format!("Il y a {} {}. Lequel : {} ?", all.len(), noun(kind, 2), enumerate(&shown, "ou"))
    }

    fn no_alarm(&self, kind: Kind) -> String {
        format!("Il n'y a pas de {}.", noun(kind, 1))
    }

    fn no_such_alarm(&self, kind: Kind) -> String {
        format!("Ce {} n'existe pas.", noun(kind, 1))
    }

    fn too_many_alarms(&self, limit: usize) -> String {
        format!(
            "Il y a déjà {limit} réveils et rappels, et je ne peux pas en garder plus. Annulez-en d'abord."
        )
    }

    fn reminder_too_long(&self) -> String {
        "C'est trop long pour un rappel.".into()
    }

    fn many_ring(&self, number: usize) -> String {
        format!("{number} minuteurs et réveils sonnent.")
    }

    fn many_missed(&self, number: usize) -> String {
        format!("{number} minuteurs et réveils ont été manqués.")
    }

    fn nothing_rings(&self) -> String {
        "Rien ne sonne.".into()
    }

    fn snoozed(&self, then: Time) -> String {
        format!("Je sonnerai de nouveau {}.", at(then))
    }

    fn for_when(&self) -> String {
        "Pour quand ?".into()
    }

    fn at_what_time(&self) -> String {
        "À quelle heure ?".into()
    }

    fn remind_of_what(&self) -> String {
        "Que faut-il vous rappeler ?".into()
    }

    fn no_such_time(&self) -> String {
        "Je ne sais pas quand c'est, donc rien n'est réglé.".into()
    }

    fn no_such_length(&self) -> String {
        "Je ne peux pas compter aussi longtemps, donc rien n'est réglé.".into()
    }

    fn is_past(&self) -> String {
        "C'est passé, donc rien n'est réglé.".into()
    }

    fn too_far(&self, years: i32) -> String {
        format!("C'est trop loin : je vois {years} ans devant moi, pas plus.")
    }

    fn too_often(&self, minutes: i64) -> String {
        format!("C'est trop souvent : toutes les {minutes} minutes au plus.")
    }
}
