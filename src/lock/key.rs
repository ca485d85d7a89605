//! A key, and what is done with it.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::LockError;
use crate::random;

/// Long enough to be drawn by chance each time.
const NONCE: usize = 24;

/// A secret key. It is wiped from memory when it is dropped, and never shown.
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// One that nobody knows.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn random() -> Result<Self, LockError> {
        Ok(Self(Zeroizing::new(drawn()?)))
    }

    pub(super) fn of(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }

    /// Encrypts. `about` is what the bytes are and where they belong: they open there and nowhere else.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn seal(&self, bytes: &[u8], about: &str) -> Result<Vec<u8>, LockError> {
        let nonce: [u8; NONCE] = drawn()?;
        let payload = Payload { msg: bytes, aad: about.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|error| LockError::Machine(error.to_string()))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Decrypts what [`Self::seal`] gave.
    ///
    /// # Errors
    /// [`LockError::Changed`] when it was sealed with another key or about something else, or a byte differs.
    pub fn open(&self, sealed: &[u8], about: &str) -> Result<Zeroizing<Vec<u8>>, LockError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(LockError::Changed)?;
        let payload = Payload { msg: sealed, aad: about.as_bytes() };
        let bytes = self.cipher().decrypt(&XNonce::from(*nonce), payload);
        bytes.map(Zeroizing::new).map_err(|_| LockError::Changed)
    }
}

/// Random bytes.
pub(super) fn drawn<const N: usize>() -> Result<[u8; N], LockError> {
    let mut bytes = [0; N];
    let none = |error| LockError::Machine(format!("the system gives no random bytes ({error})"));
    random::fill(&mut bytes).map_err(none)?;
    Ok(bytes)
}
