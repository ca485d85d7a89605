//! English letters to sounds, after the rules of NRL Report 7948, cut to what names need.

use super::Rule as R;

/// How letters are called, spelt so that the rules say them.
pub(super) const LETTERS: &[(char, &str)] = &[
    ('b', "bee"),
    ('c', "cee"),
    ('d', "dee"),
    ('f', "eff"),
    ('g', "jee"),
    ('h', "aitch"),
    ('j', "jay"),
    ('k', "kay"),
    ('l', "ell"),
    ('m', "emm"),
    ('n', "enn"),
    ('p', "pee"),
    ('q', "cue"),
    ('r', "ar"),
    ('s', "ess"),
    ('t', "tee"),
    ('v', "vee"),
    ('w', "dubbelyu"),
    ('x', "ex"),
    ('z', "zed"),
];

#[rustfmt::skip]
pub(super) const RULES: &[R] = &[
    R(" ", "a", " ", "AH"), R(" ", "are", " ", "AA R"), R(" ", "ar", "o", "AH R"),
    R("", "ar", "#", "EH R"), R("^", "as", "#", "EY S"), R("", "a", "wa", "AH"), R("", "aw", "", "AO"),
    R(" :", "any", "", "EH N IY"), R("", "a", "^+#", "EY"), R("#:", "ally", "", "AH L IY"),
    R(" ", "al", "#", "AH L"), R("#:", "ag", "e", "IH JH"), R("", "a", "^+:#", "AE"),
    R(" :", "a", "^+ ", "EY"), R("", "a", "^%", "EY"), R("", "arr", "", "AE R"), R("#:", "ar", " ", "ER"),
    R("", "ar", "", "AA R"), R("", "air", "", "EH R"), R("", "ai", "", "EY"), R("", "ay", "", "EY"),
    R("", "au", "", "AO"), R("#:", "al", " ", "AH L"), R("", "alk", "", "AO K"), R("", "all", "", "AO L"),
    R("", "al", "^", "AO L"), R(" :", "able", "", "EY B AH L"), R("", "able", "", "AH B AH L"),
    R("", "ang", "+", "EY N JH"), R("w", "a", "t", "AA"), R("", "a", " ", "AH"), R("", "a", "", "AE"),

    R(" ", "be", "^#", "B IH"), R(" ", "bus", "#", "B IH Z"), R("", "buil", "", "B IH L"),
    R("m", "b", " ", ""), R("", "b", "", "B"),

    R(" ", "ch", "^", "K"), R("", "ch", "", "CH"), R(" s", "ci", "#", "S AY"), R("", "ci", "a", "SH"),
    R("", "ci", "o", "SH"), R("", "ci", "en", "SH"), R("", "cc", "+", "K S"), R("", "c", "+", "S"),
    R("", "ck", "", "K"), R("", "c", "", "K"),

    R("#:", "ded", " ", "D IH D"), R("#:^e", "d", " ", "T"), R(" ", "de", "^#", "D IH"),
    R(" ", "do", " ", "D UW"), R("", "dg", "+", "JH"), R("", "d", "", "D"),

    R("#:", "e", " ", ""), R(" :", "e", " ", "IY"), R("#", "ed", " ", "D"), R("", "ev", "er", "EH V"),
    R("", "e", "^%", "IY"), R("", "eri", "#", "IY R IY"), R("", "eri", "", "EH R IH"),
    R("#:", "er", "#", "ER"), R("", "er", "#", "EH R"), R("", "er", "", "ER"), R(" ", "ev", "e", "IY V"),
    R("", "ew", "", "UW"), R("", "e", "o", "IY"), R("#:&", "es", " ", "IH Z"), R("#:", "e", "s ", ""),
    R("#:", "ely", " ", "L IY"), R("#:", "ement", "", "M EH N T"), R("", "ee", "", "IY"),
    R("", "earn", "", "ER N"), R(" ", "ear", "^", "ER"), R("", "ead", "", "EH D"), R("", "eat", "h", "EH"),
    R("", "ea", "su", "EH"), R("", "ea", "", "IY"), R("", "eigh", "", "EY"), R("", "ei", "", "IY"),
    R("", "ey", "", "IY"), R("", "eu", "", "UW"), R("", "e", "", "EH"),

    R("", "ful", "", "F UH L"), R("", "f", "", "F"),

    R(" ", "g", "i^", "G"), R("", "ge", "t", "G EH"), R("", "gg", "", "G"), R("", "great", "", "G R EY T"),
    R("#", "gh", "", ""), R(" ", "gn", "", "N"), R("", "g", "+", "JH"), R("", "g", "", "G"),

    R(" ", "here", " ", "HH IY R"), R(" ", "hour", "", "AW ER"), R("", "how", "", "HH AW"),
    R("", "h", "#", "HH"), R("", "h", "", ""),

    R(" ", "i", " ", "AY"), R("", "in", "d ", "AY N"), R("", "ier", "", "IY ER"), R("#:r", "ied", "", "IY D"),
    R("", "ied", " ", "AY D"), R("", "ien", "", "IY EH N"), R("", "ie", "t", "AY EH"), R(" :", "ie", " ", "AY"),
    R("", "ie", "", "IY"), R("", "i", "^+:#", "IH"), R("", "ir", "#", "AY R"), R("", "iz", "%", "AY Z"),
    R("", "is", "%", "AY Z"), R("", "i", "d%", "AY"), R("+^", "i", "^+", "IH"), R("", "i", "t%", "AY"),
    R("#:^", "i", "^+", "IH"), R("", "i", "^+", "AY"), R("", "ir", "", "ER"), R("", "igh", "", "AY"),
    R("", "ild", "", "AY L D"), R("", "ign", " ", "AY N"), R("", "ique", "", "IY K"), R("", "i", "o", "IY"),
    R("", "i", "", "IH"),

    R("", "j", "", "JH"), R(" ", "k", "n", ""), R("", "k", "", "K"),

    R("", "ll", "", "L"), R("#:^", "l", "e ", "AH L"), R("", "l", "", "L"),

    R("", "mov", "", "M UW V"), R("", "m", "", "M"),

    R("e", "ng", "+", "N JH"), R("", "ngl", "%", "NG G AH L"), R("", "ng", "", "NG"), R("", "nk", "", "NG K"),
    R("", "n", "", "N"),

    R(" ", "of", " ", "AH V"), R("#:", "or", " ", "ER"), R("", "oor", "", "AO R"), R("", "or", "", "AO R"),
    R(" ", "one", " ", "W AH N"), R("", "ow", "er", "AW"), R("d", "ow", "n", "AW"), R("br", "ow", "n", "AW"),
    R("t", "ow", "n", "AW"), R("", "ow", "", "OW"), R(" ", "ov", "er", "OW V"), R("", "ov", "e", "AH V"),
    R("", "o", "^%", "OW"), R("", "o", "^en", "OW"), R("", "o", "^i#", "OW"), R("", "ol", "d", "OW L"),
    R("", "ought", "", "AO T"), R("", "ough", "", "AH F"), R("", "ous", " ", "AH S"), R("f", "our", "", "AO R"),
    R("", "our", "", "AW ER"), R("", "ould", "", "UH D"), R("", "oup", "", "UW P"), R("", "ou", "", "AW"),
    R("", "oy", "", "OY"), R("", "oi", "", "OY"), R("", "ook", "", "UH K"), R("", "ood", "", "UH D"),
    R("", "oo", "", "UW"), R("", "o", "e", "OW"), R("", "o", " ", "OW"), R("", "oa", "", "OW"),
    R("", "o", "ng", "AO"), R("i", "on", "", "AH N"), R("#:", "on", " ", "AH N"), R("", "other", "", "AH DH ER"),
    R("", "o", "st ", "OW"), R("", "o", "ff", "AO"), R("#:^", "om", " ", "AH M"), R("", "o", "", "AA"),

    R("", "ph", "", "F"), R("", "pow", "", "P AW"), R("", "p", "", "P"),
    R("", "quar", "", "K W AO R"), R("", "que", " ", "K"), R("", "qu", "", "K W"), R("", "q", "", "K"),
    R(" ", "re", "^#", "R IY"), R("", "r", "", "R"),

    R("", "sh", "", "SH"), R("#", "sion", "", "ZH AH N"), R("", "sion", "", "SH AH N"),
    R("", "some", "", "S AH M"), R("#", "sur", "#", "ZH ER"), R("", "sur", "#", "SH ER"), R("", "stud", "", "S T AH D"),
    R("", "ss", "", "S"), R("#", "s", "#", "Z"), R(".", "s", " ", "Z"), R("#:.e", "s", " ", "Z"),
    R(" ", "sch", "", "S K"), R("", "sc", "+", "S"), R("", "s", "", "S"),

    R("", "to", " ", "T UW"), R("", "ther", "", "DH ER"), R(" ", "th", "e", "DH"), R(" ", "th", "is", "DH"),
    R(" ", "th", "at", "DH"), R("", "th", "", "TH"), R("#:", "ted", " ", "T IH D"), R("s", "ti", "#n", "CH"),
    R("", "ti", "o", "SH"), R("", "ti", "a", "SH"), R("", "tien", "", "SH AH N"), R("", "tur", "#", "CH ER"),
    R("", "two", " ", "T UW"), R("", "tch", "", "CH"), R("", "t", "", "T"),

    R(" ", "un", "i", "Y UW N"), R("", "ur", "#", "Y UH R"), R("", "ur", "", "ER"), R("", "u", "^ ", "AH"),
    R("", "u", "^^", "AH"), R("", "uy", "", "AY"), R("g", "u", "#", ""), R("", "ui", "", "UW"), R("", "u", "", "UW"),

    R("", "view", "", "V Y UW"), R("", "v", "", "V"),
    R("", "who", "", "HH UW"), R("", "wh", "", "W"), R("", "war", "", "W AO R"), R("", "wor", "^", "W ER"),
    R("", "wr", "", "R"), R("", "w", "", "W"),
    R(" ", "x", "", "Z"), R("", "x", "", "K S"),
    R(" ", "you", "", "Y UW"), R(" ", "y", "", "Y"), R(" :", "y", " ", "AY"), R(" :", "y", "^#", "AY"),
    R("#:^", "y", "", "IY"), R("", "y", "", "IH"),
    R("", "z", "", "Z"),
];
