//! A wake word behind the speech embedding: the head's file.
//!
//! One line of JSON, then the weights as little-endian `f32`, layer by layer, each its weights
//! (row by row) and then its biases:
//!
//! ```text
//! {"format":"entrenous-wake-head","version":1,"word":"computer","threshold":0.6,"network":"public",
//!  "layers":[1536,32,1]}
//! ```

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::WakeError;
use super::mlp::{Layer, Mlp};
use super::network::{Network, VALUES};

const FORMAT: &str = "entrenous-wake-head";
const VERSION: u32 = 1;

/// The most embeddings a head may look back on: 16 are 1.96 s.
pub const MAX_FRAMES: usize = 16;

/// The largest hidden layer that a file may ask for.
const MAX_HIDDEN: usize = 4096;

/// A trained head.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    pub word: String,
    /// Whose embeddings it looks at.
    pub network: Network,
    /// The score (0–1) from which training proposes to wake up.
    pub threshold: f32,
    /// Takes the newest [`Self::frames`] embeddings, oldest first.
    pub mlp: Mlp,
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    word: String,
    threshold: f32,
    /// Files from before there were two say nothing.
    #[serde(default)]
    network: Network,
    layers: Vec<usize>,
}

impl Head {
    /// How many embeddings it looks at.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.mlp.inputs() / VALUES
    }

    /// Whether these bytes begin as a head's file does.
    #[must_use]
    pub fn recognises(bytes: &[u8]) -> bool {
        bytes.starts_with(format!("{{\"format\":\"{FORMAT}\"").as_bytes())
    }

    /// Reads a head; `path` is for messages.
    ///
    /// # Errors
    /// When the bytes are not a whole, sensible head.
    pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<Self, WakeError> {
        parse(bytes).map_err(|reason| WakeError::Model { path: path.to_owned(), reason })
    }

    /// The file's content.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut layers = vec![self.mlp.inputs()];
        layers.extend(self.mlp.layers.iter().map(|layer| layer.bias.len()));
        let header = serde_json::json!({
            "format": FORMAT, "version": VERSION, "word": self.word, "threshold": self.threshold,
            "network": self.network, "layers": layers,
        });
        let mut bytes = header.to_string().into_bytes();
        bytes.push(b'\n');
        for layer in &self.mlp.layers {
            for value in layer.weights.iter().chain(&layer.bias) {
                bytes.extend(value.to_le_bytes());
            }
        }
        bytes
    }
}

fn parse(bytes: &[u8]) -> Result<Head, String> {
    let line = bytes.iter().take(4096).position(|&b| b == b'\n').ok_or("it has no header line")?;
    let header: Header =
        serde_json::from_slice(&bytes[..line]).map_err(|e| format!("its header cannot be read: {e}"))?;
    if header.format != FORMAT || header.version != VERSION {
        return Err(format!(
            "it is `{}` version {}; `{FORMAT}` version {VERSION} is understood",
            header.format, header.version
        ));
    }
    if !(0.0..=1.0).contains(&header.threshold) {
        return Err(format!("its threshold {} is not between 0 and 1", header.threshold));
    }
    let sizes = &header.layers;
    let sensible = sizes.len() >= 2
        && sizes.len() <= 5
        && sizes[0].is_multiple_of(VALUES)
        && (1..=MAX_FRAMES).contains(&(sizes[0] / VALUES))
        && sizes[1..].iter().all(|size| (1..=MAX_HIDDEN).contains(size))
        && sizes.last() == Some(&1);
    if !sensible {
        return Err(format!("layers of sizes {sizes:?} are not a head"));
    }
    let expected: usize = sizes.windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum();
    let data = &bytes[line + 1..];
    if data.len() != expected * 4 {
        return Err(format!("it holds {} bytes of weights where {} belong", data.len(), expected * 4));
    }
    let mut values = data.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let layers: Vec<Layer> = sizes
        .windows(2)
        .map(|pair| Layer {
            inputs: pair[0],
            weights: values.by_ref().take(pair[0] * pair[1]).collect(),
            bias: values.by_ref().take(pair[1]).collect(),
        })
        .collect();
    if layers.iter().any(|layer| layer.weights.iter().chain(&layer.bias).any(|w| !w.is_finite())) {
        return Err("it holds weights that are not numbers".into());
    }
    Ok(Head { word: header.word, network: header.network, threshold: header.threshold, mlp: Mlp { layers } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Head {
        let layer = |inputs: usize, outputs: usize| Layer {
            inputs,
            weights: (0..inputs * outputs).map(|i| i as f32 * 0.5).collect(),
            bias: vec![-1.5; outputs],
        };
        Head {
            word: "computer".into(),
            network: Network::Small,
            threshold: 0.625,
            mlp: Mlp { layers: vec![layer(2 * VALUES, 3), layer(3, 1)] },
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = head().to_bytes();
        assert!(Head::recognises(&bytes));
        assert_eq!(Head::from_bytes(&bytes, Path::new("x")).expect("a head"), head());
    }

    #[test]
    fn damaged_files_are_refused() {
        let whole = head().to_bytes();
        let text = |s: &str| {
            let cut = whole.iter().position(|&b| b == b'\n').expect("a header");
            let header = String::from_utf8_lossy(&whole[..cut]).into_owned();
            let (from, to) = s.split_once("=>").expect("a replacement");
            assert!(header.contains(from), "{header}");
            [header.replace(from, to).as_bytes(), &whole[cut..]].concat()
        };
        let nan = [&whole[..whole.len() - 4], &f32::NAN.to_le_bytes()].concat();
        for (bytes, expected) in [
            (Vec::new(), "no header"),
            (vec![0xFF; 9000], "no header"),
            (b"RIFF\n".to_vec(), "header cannot be read"),
            (whole[..whole.len() - 1].to_vec(), "bytes of weights"),
            ([&whole[..], &[0]].concat(), "bytes of weights"),
            (text("\"version\":1=>\"version\":9"), "version 9"),
            (text("0.625=>7.5"), "threshold"),
            (text("small=>large"), "unknown variant"),
            (text("[192,3,1]=>[192,3,2]"), "not a head"),
            (text("[192,3,1]=>[193,3,1]"), "not a head"),
            (text("[192,3,1]=>[192,18446744073709551615,1]"), "not a head"),
            (nan, "not numbers"),
        ] {
            let error = Head::from_bytes(&bytes, Path::new("some.head")).expect_err(expected).to_string();
            assert!(error.contains(expected) && error.contains("some.head"), "{error}");
        }
    }
}
