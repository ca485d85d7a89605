//! Reports to look at: one HTML file with the figures, their pictures, what was taken for what, and
//! the recordings that went wrong, to be listened to. The page holds everything it shows but the
//! recordings, which stay where they are.

mod chart;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use minijinja::{AutoEscape, Environment, Value, value::Serde};
use serde::Serialize;

use super::Utterance;
use super::det::Point;
use crate::{Error, Result};

pub use chart::Series;

/// As many recordings that went wrong are listed.
const LISTED: usize = 200;

/// A report under way.
#[derive(Debug, Default, Serialize)]
pub struct Page {
    title: String,
    figures: Vec<(String, String)>,
    charts: Vec<Chart>,
    confusions: Vec<Confusion>,
    wrong: Vec<Wrong>,
    not_listed: usize,
}

#[derive(Debug, Serialize)]
struct Chart {
    title: String,
    svg: String,
}

/// How often one intent was taken for another.
#[derive(Debug, Serialize)]
struct Confusion {
    expected: String,
    got: String,
    count: usize,
}

#[derive(Debug, Serialize)]
struct Wrong {
    /// For people.
    name: String,
    /// For the browser.
    url: String,
    why: String,
    expected: String,
    heard: String,
}

impl Page {
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// A figure with its name and unit.
    #[must_use]
    pub fn figure(mut self, name: &str, value: impl Into<String>) -> Self {
        self.figures.push((name.to_owned(), value.into()));
        self
    }

    /// Utterances: latency, what was taken for what, and what to listen to; with noise, the share
    /// understood at each level.
    ///
    /// # Errors
    /// When a picture cannot be drawn.
    pub fn utterances(mut self, utterances: &[Utterance]) -> Result<Self> {
        let levels = by_level(utterances);
        if levels.len() > 1 {
            let points: Vec<_> = levels.iter().map(|(db, share)| (*db, share * 100.0)).collect();
            let axes = ("signal to noise (dB)", "understood (%)");
            self.chart("Understood, by noise", chart::lines(&[Series::new("", points)], axes, Some(100.0)))?;
        }
        let latencies: Vec<f64> =
            utterances.iter().map(|heard| heard.latency.as_secs_f64() * 1000.0).collect();
        if !latencies.is_empty() {
            self.chart(
                "From the last sample to the intent",
                chart::histogram(&latencies, ("milliseconds", "utterances")),
            )?;
        }
        self.confusions = confusions(utterances);
        let mut wrong: Vec<&Utterance> = utterances.iter().filter(|heard| heard.wrong.is_some()).collect();
        // What was acted on wrongly is worse than what was not heard; the least noise first.
        wrong.sort_by(|a, b| {
            let noise = |heard: &Utterance| heard.snr_db.map_or(f32::MIN, |db| -db);
            (a.intent.is_none(), noise(a))
                .partial_cmp(&(b.intent.is_none(), noise(b)))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        self.not_listed = wrong.len().saturating_sub(LISTED);
        self.wrong = wrong.into_iter().take(LISTED).map(Wrong::of).collect();
        Ok(self)
    }

    /// A wake word's misses against its false alarms.
    ///
    /// # Errors
    /// When the picture cannot be drawn.
    pub fn wake(mut self, name: &str, points: &[Point]) -> Result<Self> {
        let mut curve: Vec<(f64, f64)> =
            points.iter().map(|point| (point.false_per_h, point.miss * 100.0)).collect();
        curve.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
        // Beyond this nobody would keep the thing.
        curve.retain(|(false_per_h, _)| *false_per_h <= 20.0);
        let axes = ("false alarms in an hour", "missed (%)");
        self.chart("Missed against false alarms", chart::lines(&[Series::new(name, curve)], axes, None))?;
        Ok(self)
    }

    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, file: &Path) -> Result<()> {
        let mut templates = Environment::new();
        templates.set_auto_escape_callback(|_| AutoEscape::Html);
        let page = templates
            .render_str(include_str!("page.html"), Value::from(Serde(self)))
            .map_err(|error| Error::Input(format!("the report cannot be laid out: {error}")))?;
        fs::write(file, page).map_err(Error::io("write the report", file))
    }

    fn chart(&mut self, title: &str, svg: std::result::Result<String, String>) -> Result<()> {
        let svg =
            svg.map_err(|reason| Error::Input(format!("the picture `{title}` cannot be drawn: {reason}")))?;
        self.charts.push(Chart { title: title.to_owned(), svg });
        Ok(())
    }
}

impl Wrong {
    fn of(heard: &Utterance) -> Self {
        let name = heard.recording.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let level = heard.snr_db.map(|db| format!(" at {db} dB")).unwrap_or_default();
        // The page may lie elsewhere than the recordings.
        let place = heard.recording.canonicalize().unwrap_or_else(|_| heard.recording.clone());
        Self {
            name: name + &level,
            url: format!("file://{}", place.display()),
            why: heard.wrong.unwrap_or_default().to_owned(),
            expected: heard.expected.clone(),
            heard: heard.text.clone(),
        }
    }
}

/// The share understood at each level of noise (dB), least first.
fn by_level(utterances: &[Utterance]) -> Vec<(f64, f64)> {
    let mut levels: BTreeMap<i64, (usize, usize)> = BTreeMap::new();
    for heard in utterances {
        let Some(db) = heard.snr_db else { continue };
        // Hundredths of a decibel can be sorted.
        let level = levels.entry((db * 100.0).round() as i64).or_default();
        level.0 += usize::from(heard.wrong.is_none());
        level.1 += 1;
    }
    levels.into_iter().map(|(db, (right, all))| (db as f64 / 100.0, right as f64 / all as f64)).collect()
}

/// Intents that were taken for others, most often first.
fn confusions(utterances: &[Utterance]) -> Vec<Confusion> {
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for heard in utterances.iter().filter(|heard| heard.wrong.is_some()) {
        let named = |intent: &Option<String>| intent.clone().unwrap_or_else(|| "nothing".to_owned());
        let pair = (named(&heard.expected_intent), named(&heard.intent));
        *counts.entry(pair).or_default() += 1;
    }
    let mut all: Vec<Confusion> =
        counts.into_iter().map(|((expected, got), count)| Confusion { expected, got, count }).collect();
    all.sort_by_key(|confusion| std::cmp::Reverse(confusion.count));
    all
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;

    fn utterance(name: &str, snr_db: f32, wrong: Option<&'static str>, intent: Option<&str>) -> Utterance {
        Utterance {
            recording: PathBuf::from(format!("/nowhere/{name}")),
            snr_db: Some(snr_db),
            expected: "coffee <b>".into(),
            expected_intent: Some("Order".into()),
            text: "tea".into(),
            intent: intent.map(str::to_owned),
            wrong,
            latency: Duration::from_millis(100),
        }
    }

    #[test]
    fn a_page_shows_what_went_wrong_worst_first() {
        let utterances = [
            utterance("a.flac", 6.0, Some("not recognised"), None),
            utterance("b.flac", 6.0, Some("understood as something else"), Some("Cancel")),
            utterance("c.flac", 12.0, None, Some("Order")),
            utterance("d.flac", 12.0, Some("understood as something else"), Some("Cancel")),
        ];
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("report.html");
        let page = Page::new("Orders & more").figure("utterances", "4").utterances(&utterances).unwrap();
        page.wake("computer", &[Point { threshold: 0.5, miss: 0.1, false_per_h: 1.0 }])
            .unwrap()
            .write(&file)
            .unwrap();
        let html = fs::read_to_string(&file).unwrap();
        // Escaped, and pictures as they are.
        assert!(html.contains("Orders &amp; more") && html.contains("coffee &lt;b&gt;"), "{html}");
        assert_eq!(html.matches("<svg").count(), 3);
        let place = |name: &str| html.find(name).unwrap_or_else(|| panic!("no {name}"));
        assert!(place("d.flac") < place("b.flac") && place("b.flac") < place("a.flac"));
        assert!(!html.contains("c.flac"));
        assert!(place("Cancel") < place("nothing"));
    }

    #[test]
    fn levels_are_in_order_of_number() {
        let at = |db, wrong| utterance("a", db, wrong, None);
        let levels = by_level(&[at(12.0, None), at(6.0, Some("no")), at(-3.0, None), at(12.0, Some("no"))]);
        assert_eq!(levels, [(-3.0, 1.0), (6.0, 0.0), (12.0, 0.5)]);
    }
}
