//! Colours between their names, as people say them, and the numbers that lamps speak.

/// The names that sentences know, as red, green and blue.
const NAMED: &[(&str, [u8; 3])] = &[
    ("white", [255, 255, 255]),
    ("black", [0, 0, 0]),
    ("red", [255, 0, 0]),
    ("orange", [255, 128, 0]),
    ("yellow", [255, 255, 0]),
    ("green", [0, 255, 0]),
    ("turquoise", [64, 224, 208]),
    ("blue", [0, 0, 255]),
    ("purple", [128, 0, 255]),
    ("pink", [255, 105, 180]),
    ("brown", [150, 75, 0]),
];

/// Red, green and blue of a colour's name; white for one that is not known.
pub(crate) fn rgb(name: &str) -> [u8; 3] {
    NAMED.iter().find(|(own, _)| *own == name).map_or([255, 255, 255], |(_, rgb)| *rgb)
}

/// `#FF8000`
pub(crate) fn hex(name: &str) -> String {
    let [r, g, b] = rgb(name);
    format!("#{r:02X}{g:02X}{b:02X}")
}

/// The name that is nearest to a hue (0–360) and a saturation (0–100).
pub(crate) fn of_hue(hue: f64, saturation: f64) -> &'static str {
    if saturation < 15.0 {
        return "white";
    }
    let distance = |other: f64| {
        let apart = (hue - other).rem_euclid(360.0);
        apart.min(360.0 - apart)
    };
    let coloured = NAMED.iter().filter(|(name, _)| !["white", "black", "brown"].contains(name));
    let weighed = coloured.map(|(name, rgb)| {
        let (own, own_saturation) = hue_of(*rgb);
        (distance(own) + (saturation - own_saturation).abs() / 4.0, *name)
    });
    weighed.min_by(|a, b| a.0.total_cmp(&b.0)).map_or("white", |(_, name)| name)
}

/// The name that is nearest to red, green and blue.
pub(crate) fn of_rgb(rgb: [u8; 3]) -> &'static str {
    let (hue, saturation) = hue_of(rgb);
    of_hue(hue, saturation)
}

/// The name that is nearest to a point of the CIE 1931 diagram.
pub(crate) fn of_xy(x: f64, y: f64) -> &'static str {
    let y = y.max(1e-6);
    let (big_x, big_z) = (x / y, (1.0 - x - y) / y);
    let linear = [
        3.2406 * big_x - 1.5372 - 0.4986 * big_z,
        -0.9689 * big_x + 1.8758 + 0.0415 * big_z,
        0.0557 * big_x - 0.2040 + 1.0570 * big_z,
    ]
    .map(|part| part.max(0.0));
    let most = linear.iter().copied().fold(1e-6, f64::max);
    of_rgb(linear.map(|part| ((part / most).powf(1.0 / 2.2) * 255.0).round() as u8))
}

/// Hue (0–360) and saturation (0–100).
fn hue_of([r, g, b]: [u8; 3]) -> (f64, f64) {
    let [r, g, b] = [r, g, b].map(f64::from);
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let span = most - least;
    if span <= 0.0 {
        return (0.0, 0.0);
    }
    let sixth = if r >= most {
        ((g - b) / span).rem_euclid(6.0)
    } else if g >= most {
        (b - r) / span + 2.0
    } else {
        (r - g) / span + 4.0
    };
    (sixth * 60.0, span / most * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_is_found_again() {
        for (name, rgb) in NAMED.iter().filter(|(name, _)| !["black", "brown"].contains(name)) {
            assert_eq!(of_rgb(*rgb), *name);
        }
        assert_eq!(hex("orange"), "#FF8000");
    }

    #[test]
    fn points_of_the_diagram_are_named() {
        assert_eq!([of_xy(0.70, 0.30), of_xy(0.17, 0.70), of_xy(0.14, 0.05)], ["red", "green", "blue"]);
        assert_eq!(of_xy(0.3127, 0.3290), "white");
    }
}
