//! Units, as they are written and as they are said.

/// A unit's names: as written, English singular and plural, French singular and plural, and whether
/// the French one is feminine.
pub struct Unit {
    pub symbol: &'static str,
    pub en: (&'static str, &'static str),
    pub fr: (&'static str, &'static str),
    pub feminine: bool,
}

const fn unit(
    symbol: &'static str,
    en: (&'static str, &'static str),
    fr: (&'static str, &'static str),
) -> Unit {
    Unit { symbol, en, fr, feminine: false }
}

const fn feminine(
    symbol: &'static str,
    en: (&'static str, &'static str),
    fr: (&'static str, &'static str),
) -> Unit {
    Unit { symbol, en, fr, feminine: true }
}

/// Degrees of a thermometer go without "Celsius", as people say them at home.
#[rustfmt::skip]
pub const UNITS: &[Unit] = &[
    unit("%", ("percent", "percent"), ("pour cent", "pour cent")),
    unit("‰", ("per mille", "per mille"), ("pour mille", "pour mille")),
    unit("°C", ("degree", "degrees"), ("degré", "degrés")),
    unit("° C", ("degree", "degrees"), ("degré", "degrés")),
    unit("℃", ("degree", "degrees"), ("degré", "degrés")),
    unit("°F", ("degree Fahrenheit", "degrees Fahrenheit"), ("degré Fahrenheit", "degrés Fahrenheit")),
    unit("° F", ("degree Fahrenheit", "degrees Fahrenheit"), ("degré Fahrenheit", "degrés Fahrenheit")),
    unit("°", ("degree", "degrees"), ("degré", "degrés")),
    unit("km/h", ("kilometre per hour", "kilometres per hour"), ("kilomètre heure", "kilomètres heure")),
    unit("m/s", ("metre per second", "metres per second"), ("mètre par seconde", "mètres par seconde")),
    unit("mm/h", ("millimetre per hour", "millimetres per hour"), ("millimètre par heure", "millimètres par heure")),
    unit("L/min", ("litre per minute", "litres per minute"), ("litre par minute", "litres par minute")),
    unit("l/min", ("litre per minute", "litres per minute"), ("litre par minute", "litres par minute")),
    unit("mph", ("mile per hour", "miles per hour"), ("mile par heure", "miles par heure")),
    unit("km²", ("square kilometre", "square kilometres"), ("kilomètre carré", "kilomètres carrés")),
    unit("m²", ("square metre", "square metres"), ("mètre carré", "mètres carrés")),
    unit("m³", ("cubic metre", "cubic metres"), ("mètre cube", "mètres cubes")),
    unit("µg/m³", ("microgram per cubic metre", "micrograms per cubic metre"), ("microgramme par mètre cube", "microgrammes par mètre cube")),
    unit("μg/m³", ("microgram per cubic metre", "micrograms per cubic metre"), ("microgramme par mètre cube", "microgrammes par mètre cube")),
    unit("km", ("kilometre", "kilometres"), ("kilomètre", "kilomètres")),
    unit("m", ("metre", "metres"), ("mètre", "mètres")),
    unit("cm", ("centimetre", "centimetres"), ("centimètre", "centimètres")),
    unit("mm", ("millimetre", "millimetres"), ("millimètre", "millimètres")),
    unit("mi", ("mile", "miles"), ("mile", "miles")),
    unit("ft", ("foot", "feet"), ("pied", "pieds")),
    unit("kg", ("kilogram", "kilograms"), ("kilogramme", "kilogrammes")),
    unit("g", ("gram", "grams"), ("gramme", "grammes")),
    unit("mg", ("milligram", "milligrams"), ("milligramme", "milligrammes")),
    feminine("t", ("tonne", "tonnes"), ("tonne", "tonnes")),
    feminine("lb", ("pound", "pounds"), ("livre", "livres")),
    feminine("oz", ("ounce", "ounces"), ("once", "onces")),
    unit("l", ("litre", "litres"), ("litre", "litres")),
    unit("L", ("litre", "litres"), ("litre", "litres")),
    unit("dl", ("decilitre", "decilitres"), ("décilitre", "décilitres")),
    unit("cl", ("centilitre", "centilitres"), ("centilitre", "centilitres")),
    unit("ml", ("millilitre", "millilitres"), ("millilitre", "millilitres")),
    unit("mL", ("millilitre", "millilitres"), ("millilitre", "millilitres")),
    unit("W", ("watt", "watts"), ("watt", "watts")),
    unit("kW", ("kilowatt", "kilowatts"), ("kilowatt", "kilowatts")),
    unit("MW", ("megawatt", "megawatts"), ("mégawatt", "mégawatts")),
    unit("Wh", ("watt hour", "watt hours"), ("wattheure", "wattheures")),
    unit("kWh", ("kilowatt hour", "kilowatt hours"), ("kilowattheure", "kilowattheures")),
    unit("V", ("volt", "volts"), ("volt", "volts")),
    unit("mV", ("millivolt", "millivolts"), ("millivolt", "millivolts")),
    unit("A", ("ampere", "amperes"), ("ampère", "ampères")),
    unit("mA", ("milliampere", "milliamperes"), ("milliampère", "milliampères")),
    unit("Hz", ("hertz", "hertz"), ("hertz", "hertz")),
    unit("kHz", ("kilohertz", "kilohertz"), ("kilohertz", "kilohertz")),
    unit("MHz", ("megahertz", "megahertz"), ("mégahertz", "mégahertz")),
    unit("GHz", ("gigahertz", "gigahertz"), ("gigahertz", "gigahertz")),
    unit("Pa", ("pascal", "pascals"), ("pascal", "pascals")),
    unit("hPa", ("hectopascal", "hectopascals"), ("hectopascal", "hectopascals")),
    unit("mbar", ("millibar", "millibars"), ("millibar", "millibars")),
    unit("lx", ("lux", "lux"), ("lux", "lux")),
    unit("lm", ("lumen", "lumens"), ("lumen", "lumens")),
    unit("dB", ("decibel", "decibels"), ("décibel", "décibels")),
    unit("ppm", ("part per million", "parts per million"), ("partie par million", "parties par million")),
    unit("kB", ("kilobyte", "kilobytes"), ("kilooctet", "kilooctets")),
    unit("MB", ("megabyte", "megabytes"), ("mégaoctet", "mégaoctets")),
    unit("GB", ("gigabyte", "gigabytes"), ("gigaoctet", "gigaoctets")),
    unit("Ko", ("kilobyte", "kilobytes"), ("kilooctet", "kilooctets")),
    unit("Mo", ("megabyte", "megabytes"), ("mégaoctet", "mégaoctets")),
    unit("Go", ("gigabyte", "gigabytes"), ("gigaoctet", "gigaoctets")),
    feminine("h", ("hour", "hours"), ("heure", "heures")),
    feminine("min", ("minute", "minutes"), ("minute", "minutes")),
    feminine("s", ("second", "seconds"), ("seconde", "secondes")),
    feminine("ms", ("millisecond", "milliseconds"), ("milliseconde", "millisecondes")),
];

/// The unit that is written here, and where it ends.
pub fn at(chars: &[char], at: usize) -> Option<(&'static Unit, usize)> {
    let starts = |unit: &&Unit| {
        let mut length = 0;
        let same = unit.symbol.chars().all(|c| {
            length += 1;
            chars.get(at + length - 1) == Some(&c)
        });
        let letter = unit.symbol.ends_with(char::is_alphabetic);
        // "5 l'un" holds no litres.
        let ends = chars.get(at + length).is_none_or(|c| !c.is_alphanumeric() && !"'’".contains(*c));
        same && (ends || !letter)
    };
    let unit = UNITS.iter().filter(starts).max_by_key(|unit| unit.symbol.len())?;
    Some((unit, at + unit.symbol.chars().count()))
}
