//! French: sums, units, the calendar, and the assistant itself.

use jiff::civil::{Date, Time};

use super::super::capital;
use super::super::facts::{FactWords, Topic};
use super::grammar::{DAYS, MONTHS, clock_time};

/// One and many of a unit.
fn unit(id: &str, many: bool) -> &str {
    let (one, more) = match id {
        "mm" => ("millimètre", "millimètres"),
        "cm" => ("centimètre", "centimètres"),
        "m" => ("mètre", "mètres"),
        "km" => ("kilomètre", "kilomètres"),
        "in" => ("pouce", "pouces"),
        "ft" => ("pied", "pieds"),
        "yd" => ("yard", "yards"),
        "mi" => ("mile", "miles"),
        "g" => ("gramme", "grammes"),
        "kg" => ("kilo", "kilos"),
        "oz" => ("once", "onces"),
        "lb" => ("livre", "livres"),
        "st" => ("stone", "stones"),
        "ml" => ("millilitre", "millilitres"),
        "cl" => ("centilitre", "centilitres"),
        "dl" => ("décilitre", "décilitres"),
        "l" => ("litre", "litres"),
        "tsp" => ("cuillère à café", "cuillères à café"),
        "tbsp" => ("cuillère à soupe", "cuillères à soupe"),
        "cup" => ("tasse", "tasses"),
        "floz" => ("once liquide", "onces liquides"),
        "pt" => ("pinte", "pintes"),
        "gal" => ("gallon", "gallons"),
        "C" => ("degré Celsius", "degrés Celsius"),
        "F" => ("degré Fahrenheit", "degrés Fahrenheit"),
        "kmh" => ("kilomètre à l'heure", "kilomètres à l'heure"),
        "mph" => ("mile à l'heure", "miles à l'heure"),
        "s" => ("seconde", "secondes"),
        "min" => ("minute", "minutes"),
        "h" => ("heure", "heures"),
        "d" => ("jour", "jours"),
        "week" => ("semaine", "semaines"),
        other => (other, other),
    };
    if many { more } else { one }
}

/// `2,5`.
fn number(text: &str) -> String {
    text.replace('.', ",")
}

fn amount(text: &str, id: &str) -> String {
    // In French, what is less than two is singular.
    let many = text.trim_start_matches('-').parse::<f64>().is_ok_and(|value| value >= 2.0);
    format!("{} {}", number(text), unit(id, many))
}

fn day(date: Date) -> String {
    let weekday = DAYS[date.weekday().to_monday_zero_offset() as usize];
    let month = MONTHS[date.month() as usize - 1];
    let day = if date.day() == 1 { "premier".into() } else { date.day().to_string() };
    format!("{weekday} {day} {month} {}", date.year())
}

impl FactWords for super::French {
    fn result(&self, text: &str, exact: bool) -> String {
        let about = if exact { "" } else { "environ " };
        format!("Cela fait {about}{}.", number(text))
    }

    fn divided_by_zero(&self) -> String {
        "On ne peut pas diviser par zéro.".into()
    }

    fn no_real_root(&self) -> String {
        "Un nombre négatif n'a pas de racine carrée que je puisse dire.".into()
    }

    fn too_large(&self) -> String {
        "Ce nombre est trop grand pour moi.".into()
    }

    fn converted(&self, text: &str, from: &str, result: &str, to: &str, exact: bool) -> String {
        let about = if exact { "" } else { "environ " };
        let verb = if amount(text, from).ends_with(unit(from, true)) && unit(from, true) != unit(from, false)
        {
            "font"
        } else {
            "fait"
        };
        capital(&format!("{} {verb} {about}{}.", amount(text, from), amount(result, to)))
    }

    fn not_convertible(&self, from: &str, to: &str) -> String {
        format!("On ne convertit pas des {} en {}.", unit(from, true), unit(to, true))
    }

    fn time_in(&self, city: &str, time: Time, days: i32) -> String {
        let day = match days {
            0 => "",
            1.. => ", demain",
            _ => ", hier",
        };
        format!("À {city}, il est {}{day}.", clock_time(time))
    }

    fn day_of(&self, date: Date) -> String {
        format!("C'est le {}.", day(date))
    }

    fn days_until(&self, date: Date, days: i64) -> String {
        match days {
            0 => format!("C'est aujourd'hui, le {}.", day(date)),
            1 => format!("C'est demain, le {}.", day(date)),
            -1 => format!("C'était hier, le {}.", day(date)),
            2.. => format!("Dans {days} jours, le {}.", day(date)),
            _ => format!("C'était il y a {} jours, le {}.", -days, day(date)),
        }
    }

    fn week(&self, number: i8) -> String {
        format!("Nous sommes en semaine {number}.")
    }

    fn no_such_day(&self) -> String {
        "Ce jour n'existe pas.".into()
    }

    fn talk(&self, topic: Topic) -> String {
        match topic {
            Topic::Recording => {
                "Non. J'écoute mon nom, sur cet appareil seulement. Ce que vous dites y devient des mots. \
                 Le texte des commandes reste ici, un jour sauf autre réglage. Aucun son n'est gardé, et rien n'est \
                 jamais envoyé ailleurs."
            }
            Topic::Who => {
                "Je suis Entrenous, un assistant vocal qui vit sur cet appareil. Ce qui se dit ici reste ici."
            }
            Topic::Hello => "Bonjour.",
            Topic::GoodNight => "Bonne nuit.",
            Topic::Thanks => "Je vous en prie.",
            Topic::HowAreYou => "Je suis un programme, donc toujours pareil. Tout fonctionne.",
            Topic::Joke => "J'ai une blague sur les autres assistants vocaux, mais ils l'entendraient tous.",
        }
        .into()
    }

    fn nothing_to_announce(&self) -> String {
        "Je n'ai pas entendu quoi annoncer.".into()
    }
}
