//! French letters to sounds. The rules' form is that of NRL Report 7948, their content the usual
//! one of French phonetic codes (Brouard, "Phonex", 1999): nasal vowels, silent endings, groups of
//! letters for one sound.

use super::Rule as R;

/// How letters are called, spelt so that the rules say them.
pub(super) const LETTERS: &[(char, &str)] = &[
    ('b', "bé"),
    ('c', "cé"),
    ('d', "dé"),
    ('f', "èfe"),
    ('g', "gé"),
    ('h', "ache"),
    ('j', "jie"),
    ('k', "ka"),
    ('l', "èle"),
    ('m', "ème"),
    ('n', "ène"),
    ('p', "pé"),
    ('q', "cu"),
    ('r', "ère"),
    ('s', "èsse"),
    ('t', "té"),
    ('v', "vé"),
    ('w', "doublevé"),
    ('x', "ixe"),
    ('z', "zède"),
];

#[rustfmt::skip]
pub(super) const RULES: &[R] = &[
    R("", "ann", "", "aa nn"), R("", "amm", "", "aa mm"), R("", "ain", "#", "ai nn"), R("", "ain", "", "in"),
    R("", "aim", "", "in"), R("", "an", "#", "aa nn"), R("", "an", "", "an"), R("", "am", "p", "an"),
    R("", "am", "b", "an"), R("", "am", "", "aa mm"), R("", "aill", "", "aa yy"), R("", "ail", " ", "aa yy"),
    R("", "ail", "s ", "aa yy"), R("", "ai", "", "ai"), R("", "aî", "", "ai"), R("", "ay", "#", "ai yy"),
    R("", "ay", "", "ai"), R("", "au", "", "au"), R("", "a", "", "aa"), R("", "à", "", "aa"), R("", "â", "", "aa"),
    R("", "æ", "", "ei"), R("", "ä", "", "ai"),

    R("", "b", " ", ""), R("", "bb", "", "bb"), R("", "b", "", "bb"),
    R("", "chr", "", "kk rr"), R("", "ch", "", "ch"), R("", "ck", "", "kk"), R("", "cc", "+", "kk ss"),
    R("", "cu", "eil", "kk"), R("", "c", "+", "ss"), R("n", "c", " ", ""), R("", "c", "", "kk"), R("", "ç", "", "ss"),
    R("", "d", " ", ""), R("", "d", "s ", ""), R("", "dd", "", "dd"), R("", "d", "", "dd"),

    R("", "eau", "", "au"), R("", "euill", "", "oe yy"), R("", "euil", "", "oe yy"), R("", "eill", "", "ai yy"),
    R("", "eil", "", "ai yy"), R("", "ein", "#", "ai nn"), R("", "ein", "", "in"), R("", "ei", "", "ai"),
    R("", "eu", "r", "oe"), R("", "eu", "f", "oe"), R("", "eu", "l", "oe"), R("", "eu", "", "eu"),
    R("i", "enn", "", "ai nn"), R("", "enn", "", "ai nn"), R("", "emm", "", "ai mm"), R("i", "en", " ", "in"),
    R("i", "en", "s ", "in"), R("é", "en", " ", "in"), R("", "en", "#", "ee nn"), R("", "en", "", "an"),
    R("", "em", "p", "an"), R("", "em", "b", "an"), R("", "em", "", "ee mm"), R(":#:", "er", " ", "ei"),
    R("", "ez", " ", "ei"), R("", "et", " ", "ai"), R("", "ets", " ", "ai"), R("#:", "es", " ", ""),
    R("#:", "e", " ", ""), R("g", "e", "a", ""), R("g", "e", "o", ""), R("", "ex", "#", "ai gg zz"),
    R("", "e", "x", "ai"), R("", "ell", "", "ai ll"), R("", "e", "^^", "ai"), R("", "el", " ", "ai ll"),
    R("", "ef", " ", "ai ff"), R("", "er", "", "ai rr"), R("", "e", "", "ee"), R("", "é", "", "ei"),
    R("", "è", "", "ai"), R("", "ê", "", "ai"), R("", "ë", "", "ai"),

    R("", "ff", "", "ff"), R("", "f", "", "ff"),
    R("", "gn", "", "gn"), R("", "gu", "+", "gg"), R("", "gg", "", "gg"), R("", "g", "+", "jj"),
    R("", "g", " ", ""), R("", "g", "", "gg"),
    R("", "h", "", ""),

    R("v", "ill", "", "ii ll"), R("m", "ill", "", "ii ll"), R("", "ill", "", "ii yy"), R("", "inn", "", "ii nn"),
    R("", "imm", "", "ii mm"), R("", "in", "#", "ii nn"), R("", "in", "", "in"), R("", "im", "p", "in"),
    R("", "im", "b", "in"), R("", "i", "en", "yy"), R("", "i", "on", "yy"), R("", "ie", " ", "ii"),
    R("", "ies", " ", "ii"), R("", "i", "#", "yy"), R("", "i", "", "ii"), R("", "î", "", "ii"), R("", "ï", "", "ii"),

    R("", "j", "", "jj"), R("", "k", "", "kk"), R("", "ll", "", "ll"), R("", "l", "", "ll"),
    R("", "mm", "", "mm"), R("", "m", "", "mm"), R("", "nn", "", "nn"), R("", "n", "", "nn"),

    R("", "oin", "", "ww in"), R("", "oî", "", "ww aa"), R("", "oi", "", "ww aa"), R("", "oy", "", "ww aa yy"),
    R("", "ouill", "", "ou yy"), R("", "ou", "i", "ww"), R("", "ou", "e", "ww"), R("", "ou", "", "ou"),
    R("", "oû", "", "ou"), R("", "où", "", "ou"), R("", "onn", "", "oo nn"), R("", "omm", "", "oo mm"),
    R("", "on", "#", "oo nn"), R("", "on", "", "on"), R("", "om", "p", "on"), R("", "om", "b", "on"),
    R("", "om", " ", "on"), R("", "oo", "", "ou"), R("", "o", " ", "au"), R("", "o", "s ", "au"), R("", "ot", " ", "au"),
    R("", "o", "", "oo"), R("", "ô", "", "au"), R("", "ö", "", "eu"), R("", "œu", "", "oe"), R("", "œ", "", "oe"),

    R("", "ph", "", "ff"), R("", "pp", "", "pp"), R("", "p", " ", ""), R("", "p", "s ", ""), R("", "p", "", "pp"),
    R("", "qu", "", "kk"), R("", "q", "", "kk"), R("", "rr", "", "rr"), R("", "r", "", "rr"),
    R("", "sch", "", "ch"), R("", "sc", "+", "ss"), R("", "ss", "", "ss"), R("#", "s", "#", "zz"), R("", "s", " ", ""),
    R("", "s", "", "ss"),
    R("s", "tion", "", "tt yy on"), R("", "tion", "", "ss yy on"), R("", "th", "", "tt"), R("", "tt", "", "tt"),
    R("", "t", " ", ""), R("", "t", "s ", ""), R("", "t", "", "tt"),
    R("", "ueil", "", "oe yy"), R("", "un", "#", "uu nn"), R("", "un", "", "un"), R("", "um", " ", "oo mm"),
    R("", "ui", "", "uy ii"), R("", "u", "", "uu"), R("", "û", "", "uu"), R("", "ü", "", "uu"), R("", "ù", "", "uu"),
    R("", "v", "", "vv"), R("", "w", "", "ww"), R("", "x", " ", ""), R("", "x", "", "kk ss"),
    R("", "yn", "^", "in"), R("", "y", "#", "yy"), R("", "y", "", "ii"), R("", "z", " ", ""), R("", "z", "", "zz"),
];
