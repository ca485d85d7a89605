//! English: sums, units, the calendar, and the assistant itself.

use jiff::civil::{Date, Time};

use super::super::capital;
use super::super::facts::{FactWords, Topic};
use super::grammar::{DAYS, MONTHS, clock_time, ordinal};

/// One and many of a unit.
fn unit(id: &str, many: bool) -> &str {
    let (one, more) = match id {
        "mm" => ("millimetre", "millimetres"),
        "cm" => ("centimetre", "centimetres"),
        "m" => ("metre", "metres"),
        "km" => ("kilometre", "kilometres"),
        "in" => ("inch", "inches"),
        "ft" => ("foot", "feet"),
        "yd" => ("yard", "yards"),
        "mi" => ("mile", "miles"),
        "g" => ("gram", "grams"),
        "kg" => ("kilo", "kilos"),
        "oz" => ("ounce", "ounces"),
        "lb" => ("pound", "pounds"),
        "st" => ("stone", "stone"),
        "ml" => ("millilitre", "millilitres"),
        "cl" => ("centilitre", "centilitres"),
        "dl" => ("decilitre", "decilitres"),
        "l" => ("litre", "litres"),
        "tsp" => ("teaspoon", "teaspoons"),
        "tbsp" => ("tablespoon", "tablespoons"),
        "cup" => ("cup", "cups"),
        "floz" => ("fluid ounce", "fluid ounces"),
        "pt" => ("pint", "pints"),
        "gal" => ("gallon", "gallons"),
        "C" => ("degree Celsius", "degrees Celsius"),
        "F" => ("degree Fahrenheit", "degrees Fahrenheit"),
        "kmh" => ("kilometre an hour", "kilometres an hour"),
        "mph" => ("mile an hour", "miles an hour"),
        "s" => ("second", "seconds"),
        "min" => ("minute", "minutes"),
        "h" => ("hour", "hours"),
        "d" => ("day", "days"),
        "week" => ("week", "weeks"),
        other => (other, other),
    };
    if many { more } else { one }
}

fn amount(number: &str, id: &str) -> String {
    format!("{number} {}", unit(id, number != "1"))
}

fn day(date: Date) -> String {
    let weekday = DAYS[date.weekday().to_monday_zero_offset() as usize];
    let month = MONTHS[date.month() as usize - 1];
    format!("{weekday}, the {} of {month} {}", ordinal(date.day()), date.year())
}

impl FactWords for super::English {
    fn result(&self, number: &str, exact: bool) -> String {
        if exact { format!("That is {number}.") } else { format!("That is about {number}.") }
    }

    fn divided_by_zero(&self) -> String {
        "Nothing can be divided by zero.".into()
    }

    fn no_real_root(&self) -> String {
        "A negative number has no square root that I could tell.".into()
    }

    fn too_large(&self) -> String {
        "That number is too large for me.".into()
    }

    fn converted(&self, number: &str, from: &str, result: &str, to: &str, exact: bool) -> String {
        let be = if number == "1" { "is" } else { "are" };
        let about = if exact { "" } else { "about " };
        capital(&format!("{} {be} {about}{}.", amount(number, from), amount(result, to)))
    }

    fn not_convertible(&self, from: &str, to: &str) -> String {
        format!("{} cannot be turned into {}.", capital(unit(from, true)), unit(to, true))
    }

    fn time_in(&self, city: &str, time: Time, days: i32) -> String {
        let day = match days {
            0 => "",
            1.. => " tomorrow",
            _ => " yesterday",
        };
        format!("In {city} it is {}{day}.", clock_time(time))
    }

    fn day_of(&self, date: Date) -> String {
        format!("That is {}.", day(date))
    }

    fn days_until(&self, date: Date, days: i64) -> String {
        match days {
            0 => format!("That is today, {}.", day(date)),
            1 => format!("That is tomorrow, {}.", day(date)),
            -1 => format!("That was yesterday, {}.", day(date)),
            2.. => format!("In {days} days, on {}.", day(date)),
            _ => format!("That was {} days ago, on {}.", -days, day(date)),
        }
    }

    fn week(&self, number: i8) -> String {
        format!("It is week {number}.")
    }

    fn no_such_day(&self) -> String {
        "There is no such day.".into()
    }

    fn talk(&self, topic: Topic) -> String {
        match topic {
            Topic::Recording => {
                "No. I listen for my name on this device only. What you say is turned into words here. \
                 The text of commands stays here, for a day unless you set otherwise. No sound is kept, and none \
                 is ever sent anywhere."
            }
            Topic::Who => {
                "I am Entrenous, a voice assistant that lives on this device. What is said here stays here."
            }
            Topic::Hello => "Hello.",
            Topic::GoodNight => "Good night.",
            Topic::Thanks => "You're welcome.",
            Topic::HowAreYou => "I am a program, so I am always the same. Everything works.",
            Topic::Joke => {
                "I would tell you a joke about other voice assistants, but they would all hear it."
            }
        }
        .into()
    }

    fn nothing_to_announce(&self) -> String {
        "I did not hear what to announce.".into()
    }
}
