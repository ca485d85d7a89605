//! Word classes that no training set should have to teach: numbers, days, months, times.
//!
//! English and French together: a word is looked up in lower case and may belong to one class.

/// The class of a word, if it has one.
#[must_use]
pub fn class(lower: &str) -> Option<&'static str> {
    if lower.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(digits(lower));
    }
    CLASSES.iter().find(|(_, words)| words.split(' ').any(|word| word == lower)).map(|(class, _)| *class)
}

fn digits(lower: &str) -> &'static str {
    let tail = lower.trim_start_matches(|c: char| c.is_ascii_digit());
    match (tail, lower.len() - tail.len()) {
        ("", 4) => "year",
        ("", 1 | 2) => "digits",
        ("", _) => "long-digits",
        ("st" | "nd" | "rd" | "th" | "er" | "e" | "ème", _) => "ordinal",
        ("am" | "pm" | "a" | "p" | "h", _) => "clock",
        ("s", _) => "decade",
        _ => "mixed-digits",
    }
}

const CLASSES: [(&str, &str); 14] = [
    (
        "unit",
        "zero one two three four five six seven eight nine un une deux trois quatre cinq sept huit neuf",
    ),
    (
        "number",
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty \
         fifty sixty seventy eighty ninety hundred thousand million half quarter dozen dix onze douze treize \
         quatorze quinze seize vingt vingts trente quarante cinquante soixante cent cents mille demi demie quart",
    ),
    (
        "ordinal",
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth \
         fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth premier première \
         deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième",
    ),
    (
        "month",
        "january february march april may june july august september october november december jan feb mar apr \
         jun jul aug sep sept oct nov dec janvier février mars avril mai juin juillet août septembre octobre \
         novembre décembre",
    ),
    (
        "weekday",
        "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun lundi \
         mardi mercredi jeudi vendredi samedi dimanche",
    ),
    (
        "day-part",
        "morning noon midday afternoon evening night midnight sunrise sunset dawn dusk breakfast brunch lunch \
         lunchtime supper dinner teatime matin midi après-midi soir soirée nuit minuit aube déjeuner dîner",
    ),
    ("day", "today tonight tomorrow yesterday now aujourd demain hier maintenant"),
    (
        "time-unit",
        "second seconds minute minutes hour hours day days week weeks weekend weekends month months year years \
         decade decades seconde secondes heure heures jour jours semaine semaines mois an ans année années",
    ),
    ("clock", "am pm clock oclock"),
    ("decade", "twenties thirties forties fifties sixties seventies eighties nineties"),
    (
        "coming",
        "next last this that these coming following past previous upcoming prochain prochaine dernier dernière \
         ce cet cette ces",
    ),
    (
        "possessive",
        "my your his her its our their mine mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs",
    ),
    (
        "near",
        "near nearby close closest nearest around within beside local neighboring far distant walking distance \
         près proche loin autour",
    ),
    (
        "question",
        "what when where which who how why is are will would can could does do quel quelle quels quelles quand où \
         qui comment pourquoi est-ce",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_digits_have_classes() {
        for (word, expected) in [
            ("seven", Some("unit")),
            ("août", Some("month")),
            ("7pm", Some("clock")),
            ("21st", Some("ordinal")),
            ("2018", Some("year")),
            ("1980s", Some("decade")),
            ("lamp", None),
        ] {
            assert_eq!(class(word), expected, "{word}");
        }
    }
}
