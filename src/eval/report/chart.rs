//! Pictures as SVG text.

use plotters::prelude::*;

/// Pixels.
const SIZE: (u32, u32) = (720, 320);
const COLOURS: [RGBColor; 3] =
    [RGBColor(0x1b, 0x6c, 0xa8), RGBColor(0xc0, 0x39, 0x2b), RGBColor(0x2e, 0x7d, 0x32)];

/// Bars of a histogram.
const BARS: usize = 30;

/// One line of a picture.
#[derive(Debug, Clone)]
pub struct Series {
    /// Shown beside the picture; empty for none.
    pub name: String,
    /// In the order in which they are joined.
    pub points: Vec<(f64, f64)>,
}

impl Series {
    #[must_use]
    pub fn new(name: &str, points: Vec<(f64, f64)>) -> Self {
        Self { name: name.to_owned(), points }
    }
}

/// Lines through points, from zero up to `top` (or the highest point). `axes` are the names of what
/// grows to the right and upwards.
///
/// # Errors
/// What the drawing library says.
pub fn lines(series: &[Series], axes: (&str, &str), top: Option<f64>) -> Result<String, String> {
    let all = || series.iter().flat_map(|series| &series.points);
    let (low, high) = range(all().map(|point| point.0));
    let top = top.unwrap_or_else(|| range(all().map(|point| point.1)).1);
    draw(|area| {
        let mut chart = plane(area, (low, high), top, axes)?;
        for (series, colour) in series.iter().zip(COLOURS.iter().cycle()) {
            let line = LineSeries::new(series.points.iter().copied(), colour.stroke_width(2)).point_size(3);
            let drawn = chart.draw_series(line).map_err(|error| error.to_string())?;
            if !series.name.is_empty() {
                let colour = *colour;
                drawn
                    .label(&series.name)
                    .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour));
            }
        }
        if series.iter().any(|series| !series.name.is_empty()) {
            chart
                .configure_series_labels()
                .border_style(BLACK.mix(0.2))
                .background_style(WHITE)
                .draw()
                .map_err(|error| error.to_string())?;
        }
        Ok(())
    })
}

/// How many values lie where.
///
/// # Errors
/// What the drawing library says.
pub fn histogram(values: &[f64], axes: (&str, &str)) -> Result<String, String> {
    let (_, high) = range(values.iter().copied());
    let width = high / BARS as f64;
    let mut counts = [0usize; BARS];
    for value in values {
        counts[((value / width) as usize).min(BARS - 1)] += 1;
    }
    let top = counts.iter().max().copied().unwrap_or(0).max(1) as f64;
    draw(|area| {
        let mut chart = plane(area, (0.0, high), top * 1.05, axes)?;
        let bars = counts.iter().enumerate().map(|(at, count)| {
            let corners = [(at as f64 * width, 0.0), ((at + 1) as f64 * width, *count as f64)];
            Rectangle::new(corners, COLOURS[0].mix(0.8).filled())
        });
        chart.draw_series(bars).map_err(|error| error.to_string()).map(|_| ())
    })
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Plane<'a, 'b> = ChartContext<
    'b,
    SVGBackend<'a>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

fn draw(paint: impl FnOnce(&Area) -> Result<(), String>) -> Result<String, String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        paint(&area)?;
        area.present().map_err(|error| error.to_string())?;
    }
    Ok(svg)
}

fn plane<'a, 'b>(
    area: &'b Area<'a>,
    (low, high): (f64, f64),
    top: f64,
    axes: (&str, &str),
) -> Result<Plane<'a, 'b>, String> {
    let said = |error: &dyn std::fmt::Display| error.to_string();
    area.fill(&WHITE).map_err(|error| said(&error))?;
    let mut chart = ChartBuilder::on(area)
        .margin(10)
        .x_label_area_size(40)
        .y_label_area_size(56)
        .build_cartesian_2d(low..high, 0.0..top.max(1e-9))
        .map_err(|error| said(&error))?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc(axes.0)
        .y_desc(axes.1)
        .draw()
        .map_err(|error| said(&error))?;
    Ok(chart)
}

/// The lowest and the highest; never the same.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if !low.is_finite() {
        (0.0, 1.0)
    } else if high > low {
        (low, high)
    } else {
        (low, low + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_nothing_little_and_equal_values_can_be_drawn() {
        for points in [vec![], vec![(1.0, 2.0)], vec![(0.0, 0.0), (0.0, 0.0)], vec![(1.0, 5.0), (2.0, 3.0)]] {
            let svg = lines(&[Series::new("a", points)], ("x", "y"), None).unwrap();
            assert!(svg.starts_with("<svg") && svg.contains("</svg>"));
        }
        for values in [&[][..], &[0.0], &[5.0, 5.0], &[1.0, 2.0, 900.0]] {
            assert!(histogram(values, ("ms", "n")).unwrap().contains("</svg>"));
        }
    }
}
