//! What the house can do, one file per skill.
