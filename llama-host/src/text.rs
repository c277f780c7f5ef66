//! Turns the bytes of tokens into text as they come.

use std::ops::ControlFlow;

/// Collects bytes and hands out whole characters. A character may be spread over several tokens; bytes that can become no
/// character are replaced by U+FFFD.
#[derive(Debug, Default)]
pub(crate) struct TextStream {
    text: String,
    /// The beginning of a character whose end has not come yet: at most three bytes.
    pending: Vec<u8>,
}

impl TextStream {
    /// Adds bytes, and gives `on_text` what has become text.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.pending.extend_from_slice(bytes);
        let start = self.text.len();
        let mut used = 0;
        for chunk in self.pending.utf8_chunks() {
            used += chunk.valid().len();
            self.text.push_str(chunk.valid());
            let invalid = chunk.invalid();
            // Only what stands at the very end can still become a character.
            let unfinished = used + invalid.len() == self.pending.len() && may_go_on(invalid);
            if !invalid.is_empty() && !unfinished {
                used += invalid.len();
                self.text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        self.pending.drain(..used);
        tell(&self.text[start..], on_text)
    }

    /// Ends the text: an unfinished character becomes U+FFFD. Returns all of it.
    pub(crate) fn finish(mut self, on_text: &mut dyn FnMut(&str) -> ControlFlow<()>) -> String {
        if !self.pending.is_empty() {
            let start = self.text.len();
            self.text.push(char::REPLACEMENT_CHARACTER);
            // There is nothing left to stop.
            let _ = tell(&self.text[start..], on_text);
        }
        self.text
    }
}

fn tell(text: &str, on_text: &mut dyn FnMut(&str) -> ControlFlow<()>) -> ControlFlow<()> {
    if text.is_empty() {
        ControlFlow::Continue(())
    } else {
        on_text(text)
    }
}

/// Whether bytes are the beginning of a character, so that the decoder only misses the rest.
fn may_go_on(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(pieces: &[&[u8]]) -> (Vec<String>, String) {
        let mut told = Vec::new();
        let mut on_text = |text: &str| {
            told.push(text.to_string());
            ControlFlow::Continue(())
        };
        let mut stream = TextStream::default();
        for piece in pieces {
            assert!(stream.push(piece, &mut on_text).is_continue());
        }
        let text = stream.finish(&mut on_text);
        (told, text)
    }

    #[test]
    fn characters_come_out_whole() {
        let (told, text) = run(&[b"a\xf0\x9f", b"\x99", b"\x82!", b""]);
        assert_eq!(
            (told.join("|").as_str(), text.as_str()),
            ("a|\u{1f642}!", "a\u{1f642}!")
        );
    }

    #[test]
    fn broken_bytes_are_replaced() {
        assert_eq!(run(&[b"\xff", b"x"]).1, "\u{fffd}x");
        assert_eq!(run(&[b"\xf0\x9f", b"x"]).1, "\u{fffd}x");
        assert_eq!(run(&[b"ok\xe2\x82"]).0, ["ok", "\u{fffd}"]);
    }

    #[test]
    fn a_listener_can_stop() {
        let mut stream = TextStream::default();
        assert!(
            stream
                .push(b"a", &mut |_| ControlFlow::Break(()))
                .is_break()
        );
    }

    proptest! {
        #[test]
        fn cutting_changes_nothing(bytes in prop::collection::vec(any::<u8>(), 0..30), at in 0usize..30) {
            let at = at.min(bytes.len());
            let (told, text) = run(&[&bytes[..at], &bytes[at..]]);
            prop_assert_eq!(&text, &String::from_utf8_lossy(&bytes));
            prop_assert_eq!(told.concat(), text);
        }
    }
}
