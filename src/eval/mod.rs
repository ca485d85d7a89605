//! Measuring the house on recordings.
pub mod nlu;
