//! French nouns, articles, counts and times.

pub(super) use crate::nlu::months::FR as MONTHS;
use jiff::civil::Time;

use super::super::{Noun, Place, SHOWN, SpokenTimer, Status, Subject, Thing, enumerate, split};
use crate::home::number_text;

/// Grammatical gender and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) feminine: bool,
    pub(super) plural: bool,
}

/// Singular, plural, and whether it is feminine, of what groups are called.
const NOUNS: &[(&str, &str, &str, bool)] = &[
    ("light", "lumière", "lumières", true),
    ("switch", "prise", "prises", true),
    ("fan", "ventilateur", "ventilateurs", false),
    ("cover", "ouvrant", "ouvrants", false),
    ("lock", "serrure", "serrures", true),
    ("scene", "scène", "scènes", true),
    ("script", "script", "scripts", false),
    ("climate", "thermostat", "thermostats", false),
    ("media_player", "lecteur", "lecteurs", false),
    ("sensor", "capteur", "capteurs", false),
    ("vacuum", "aspirateur", "aspirateurs", false),
    ("awning", "auvent", "auvents", false),
    ("blind", "store", "stores", false),
    ("curtain", "rideau", "rideaux", false),
    ("door", "porte", "portes", true),
    ("garage", "porte de garage", "portes de garage", true),
    ("gate", "portail", "portails", false),
    ("shade", "store", "stores", false),
    ("shutter", "volet", "volets", false),
    ("window", "fenêtre", "fenêtres", true),
];

/// First words of names and of places, in the singular, and whether they are feminine.
const HEADS: &[(&str, bool)] = &[
    ("lumière", true),
    ("lampe", true),
    ("lampadaire", false),
    ("plafonnier", false),
    ("applique", true),
    ("ampoule", true),
    ("spot", false),
    ("guirlande", true),
    ("éclairage", false),
    ("prise", true),
    ("interrupteur", false),
    ("machine", true),
    ("cafetière", true),
    ("bouilloire", true),
    ("ventilateur", false),
    ("radiateur", false),
    ("chauffage", false),
    ("thermostat", false),
    ("climatisation", true),
    ("auvent", false),
    ("banne", true),
    ("store", false),
    ("rideau", false),
    ("porte", true),
    ("portail", false),
    ("volet", false),
    ("fenêtre", true),
    ("baie", true),
    ("serrure", true),
    ("verrou", false),
    ("entrée", true),
    ("télé", true),
    ("télévision", true),
    ("tv", true),
    ("radio", true),
    ("enceinte", true),
    ("chaîne", true),
    ("aspirateur", false),
    ("robot", false),
    ("capteur", false),
    ("température", true),
    ("humidité", true),
    ("pression", true),
    ("consommation", true),
    ("batterie", true),
    ("météo", true),
    ("liste", true),
    ("mode", false),
    ("scène", true),
    ("soirée", true),
    ("cuisine", true),
    ("salon", false),
    ("séjour", false),
    ("chambre", true),
    ("bureau", false),
    ("salle", true),
    ("couloir", false),
    ("jardin", false),
    ("garage", false),
    ("cave", true),
    ("grenier", false),
    ("buanderie", true),
    ("véranda", true),
    ("toilettes", true),
    ("atelier", false),
    ("cour", true),
];

pub(super) fn noun(key: Noun, count: usize) -> &'static str {
    let (_, one, many, _) =
        NOUNS.iter().find(|(own, ..)| *own == key).unwrap_or(&("", "appareil", "appareils", false));
    if count < 2 { one } else { many }
}

pub(super) fn form(key: Noun, count: usize) -> Form {
    let feminine = NOUNS.iter().any(|(own, _, _, feminine)| *own == key && *feminine);
    Form { feminine, plural: count > 1 }
}

/// The form of a name, by its first word; `None` for a word that is not known.
pub(super) fn head(name: &str) -> Option<Form> {
    let first = name.split_whitespace().next()?.to_lowercase();
    let singular = first.strip_suffix(['s', 'x']).unwrap_or(&first);
    HEADS.iter().find_map(|(word, feminine)| {
        (*word == first || *word == singular)
            .then_some(Form { feminine: *feminine, plural: *word != first || first.ends_with('s') })
    })
}

pub(super) fn form_of(thing: &Thing) -> Form {
    head(&thing.name).unwrap_or(Form {
        feminine: thing.article.as_deref() == Some("la"),
        plural: thing.article.as_deref() == Some("les"),
    })
}

/// `la lumière`, `l'entrée`, `les stores`; `New York`.
pub(super) fn the(thing: &Thing) -> String {
    let name = &thing.name;
    let Some(form) = head(name) else {
        return match thing.article.as_deref() {
            Some("l") => format!("l'{name}"),
            Some(article @ ("le" | "la" | "les")) => format!("{article} {name}"),
            _ => name.clone(),
        };
    };
    with_article(name, form)
}

pub(super) fn with_article(name: &str, form: Form) -> String {
    let vowel = name
        .chars()
        .next()
        .is_some_and(|first| "aeiouyhàâéèêëîïôûù".contains(first.to_lowercase().next().unwrap_or(first)));
    match form {
        Form { plural: true, .. } => format!("les {name}"),
        _ if vowel => format!("l'{name}"),
        Form { feminine: true, .. } => format!("la {name}"),
        Form { .. } => format!("le {name}"),
    }
}

/// ` dans la cuisine`, with the space before it; nothing for the whole home.
pub(super) fn in_place(place: &Place) -> String {
    let name = match place {
        Place::Home => return String::new(),
        Place::Area(name) | Place::Floor(name) => name,
    };
    let lower = name.to_lowercase();
    let floor = matches!(place, Place::Floor(_)) || lower.starts_with("rez-de") || lower.ends_with("étage");
    match lower.split_whitespace().next().unwrap_or_default() {
        "en" | "à" | "au" | "chez" => format!(" {name}"),
        "terrasse" => format!(" sur la {name}"),
        "balcon" => format!(" sur le {name}"),
        "étage" => format!(" à l'{name}"),
        _ if floor => format!(" au {name}"),
        _ => match head(name) {
            Some(form) => format!(" dans {}", with_article(name, form)),
            None => format!(" dans {name}"),
        },
    }
}

pub(super) fn be(form: Form) -> &'static str {
    if form.plural { "sont" } else { "est" }
}

/// `fermé`, agreeing: `fermées`.
pub(super) fn agree(word: &str, form: Form) -> String {
    let e = if form.feminine { "e" } else { "" };
    let s = if form.plural { "s" } else { "" };
    format!("{word}{e}{s}")
}

pub(super) fn status_text(status: Status, form: Form) -> String {
    match status {
        Status::On => agree("allumé", form),
        Status::Off => agree("éteint", form),
        Status::Dimmed(percent) => format!("{} à {percent} pour cent", agree("allumé", form)),
        Status::Open => agree("ouvert", form),
        Status::Closed => agree("fermé", form),
        Status::Ajar(percent) => format!("{} à {percent} pour cent", agree("ouvert", form)),
        Status::Locked => agree("verrouillé", form),
        Status::Unlocked => agree("déverrouillé", form),
        Status::Playing => "en lecture".into(),
        Status::Paused => "en pause".into(),
        Status::Cleaning => "en plein nettoyage".into(),
        Status::Docked => "à sa base".into(),
        Status::Triggered => agree("déclenché", form),
        Status::Quiet => "au repos".into(),
    }
}

pub(super) fn subject_text(subject: &Subject) -> String {
    match subject {
        Subject::One(thing) => the(thing),
        Subject::Many { noun: key, count, place } => {
            format!(
                "{} {}{}",
                cardinal(*count as u64, form(key, 1).feminine),
                noun(key, *count),
                in_place(place)
            )
        }
    }
}

pub(super) fn subject_form(subject: &Subject) -> Form {
    match subject {
        Subject::One(thing) => form_of(thing),
        Subject::Many { noun: key, count, .. } => form(key, *count),
    }
}

/// Digits, but `une`: a voice would read `1 heure` as « un heure ».
pub(super) fn cardinal(number: u64, feminine: bool) -> String {
    match (number, feminine) {
        (1, true) => "une".into(),
        (1, false) => "un".into(),
        (21, true) => "vingt et une".into(),
        (31, true) => "trente et une".into(),
        (41, true) => "quarante et une".into(),
        (51, true) => "cinquante et une".into(),
        _ => number.to_string(),
    }
}

pub(super) fn duration(seconds: u64) -> String {
    let (h, m, s) = split(seconds);
    let parts: Vec<_> = [(h, "heure"), (m, "minute"), (s, "seconde")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, unit)| {
            format!("{} {unit}{}", cardinal(number, true), if number > 1 { "s" } else { "" })
        })
        .collect();
    if parts.is_empty() { "0 seconde".into() } else { enumerate(&parts, "et") }
}

/// `minuteur pizza`, `minuteur de 5 minutes`, `minuteur d'une heure`.
pub(super) fn timer(timer: &SpokenTimer) -> String {
    if let Some(name) = &timer.name {
        return format!("minuteur {name}");
    }
    let duration = duration(timer.total_s);
    if duration.starts_with('u') {
        format!("minuteur d'{duration}")
    } else {
        format!("minuteur de {duration}")
    }
}

/// `il reste 5 minutes`.
pub(super) fn remains(seconds: u64) -> String {
    format!("il reste {}", duration(seconds))
}

pub(super) fn left(it: &SpokenTimer) -> String {
    let paused = if it.paused { ", en pause" } else { "" };
    format!("{} pour le {}{paused}", duration(it.left_s), timer(it))
}

pub(super) fn names(things: &[Thing]) -> String {
    let mut shown: Vec<_> = things.iter().take(SHOWN).map(the).collect();
    if things.len() > SHOWN {
        let more = things.len() - SHOWN;
        shown.push(if more == 1 { "un autre".into() } else { format!("{more} autres") });
    }
    enumerate(&shown, "et")
}

pub(super) fn color(name: &str) -> &str {
    match name {
        "white" => "blanc",
        "black" => "noir",
        "red" => "rouge",
        "green" => "vert",
        "blue" => "bleu",
        "yellow" => "jaune",
        "purple" => "violet",
        "pink" => "rose",
        "brown" => "marron",
        other => other,
    }
}

pub(super) fn sky(condition: &str) -> String {
    match condition {
        "clear-night" | "clear" => "le ciel est dégagé",
        "cloudy" => "le temps est couvert",
        "fog" => "il y a du brouillard",
        "hail" => "il grêle",
        "lightning" => "le temps est à l'orage",
        "lightning-rainy" => "il pleut et l'orage gronde",
        "partlycloudy" => "le temps est nuageux",
        "pouring" => "il pleut à verse",
        "rainy" => "il pleut",
        "snowy" => "il neige",
        "snowy-rainy" => "il tombe de la neige fondue",
        "sunny" => "il y a du soleil",
        "windy" | "windy-variant" => "il y a du vent",
        other => return format!("le temps est : {other}"),
    }
    .to_owned()
}

/// `à New York`.
pub(super) fn at(place: Option<&str>) -> String {
    place.map_or(String::new(), |place| format!(" à {place}"))
}

pub(super) fn clock_time(time: Time) -> String {
    let minute = match time.minute() {
        0 => String::new(),
        minute => format!(" {}", cardinal(minute.unsigned_abs().into(), true)),
    };
    match time.hour() {
        0 => format!("minuit{minute}"),
        12 => format!("midi{minute}"),
        hour => format!(
            "{} heure{}{minute}",
            cardinal(hour.unsigned_abs().into(), true),
            if hour > 1 { "s" } else { "" }
        ),
    }
}

pub(super) const DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

/// `20,5`.
pub(super) fn decimal(number: f64) -> String {
    number_text(number).replace('.', ",")
}
