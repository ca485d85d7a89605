//! The store as a whole, and sessions with a scripted microphone.
