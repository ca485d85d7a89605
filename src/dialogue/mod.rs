//! Conversations: sessions from wake word to answer.
