//! Measuring the house on recordings.
