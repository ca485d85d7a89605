//! What the closed-vocabulary recogniser can hear: words, how they follow each other, how they
//! sound. All of it is compiled from the household's grammar.

pub mod cache;
pub mod calls;
pub mod compiled;
pub mod completeness;
pub mod dictionary;
pub mod graph;
pub mod lm;
pub mod phones;
pub mod pronounce;
