use super::*;
use proptest::prelude::*;

/// Writes GGUF headers.
#[derive(Clone, Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn header(tensors: u64, entries: u64) -> Self {
        Self(b"GGUF".to_vec()).u32(3).u64(tensors).u64(entries)
    }

    fn u32(mut self, value: u32) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    fn u64(mut self, value: u64) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    fn text(self, text: &str) -> Self {
        let mut longer = self.u64(text.len() as u64);
        longer.0.extend(text.as_bytes());
        longer
    }

    fn text_entry(self, key: &str, value: &str) -> Self {
        self.text(key).u32(8).text(value)
    }

    fn tensor(self, name: &str, dimensions: &[u64], kind: u32, offset: u64) -> Self {
        let mut writer = self.text(name).u32(dimensions.len() as u32);
        for length in dimensions {
            writer = writer.u64(*length);
        }
        writer.u32(kind).u64(offset)
    }

    fn read(&self) -> Result<Gguf, GgufError> {
        Gguf::read(self.0.as_slice(), self.0.len() as u64)
    }

    fn error(&self) -> String {
        self.read().unwrap_err().to_string()
    }
}

/// A small model: 2 tensors, Q4_1 of 64 x 2 (80 bytes) and F32 of 8 (32 bytes) at offset 96.
fn model() -> Writer {
    let mut writer = Writer::header(2, 4)
        .text_entry("general.architecture", "llama")
        .text("llama.context_length")
        .u32(4)
        .u32(8192)
        .text_entry("tokenizer.chat_template", "{{ messages }}")
        .text("tokenizer.ggml.tokens")
        .u32(9)
        .u32(8)
        .u64(2)
        .text("a")
        .text("bc")
        .tensor("w", &[64, 2], 3, 0)
        .tensor("b", &[8], 0, 96);
    writer
        .0
        .resize(writer.0.len().next_multiple_of(32) + 128, 0);
    writer
}

#[test]
fn a_model_tells_its_facts() {
    let writer = model();
    let gguf = writer.read().unwrap();
    assert_eq!(
        (gguf.version, gguf.architecture(), gguf.context_length()),
        (3, "llama", Some(8192))
    );
    assert_eq!(
        (gguf.chat_template(), gguf.name(), gguf.parameters()),
        (Some("{{ messages }}"), None, 136)
    );
    assert_eq!(gguf.metadata["tokenizer.ggml.tokens"], Value::Array(2));
    assert_eq!(gguf.file_bytes, writer.0.len() as u64);
    let counts: Vec<_> = gguf
        .tensor_types()
        .into_iter()
        .map(|(kind, count)| (kind.name(), count))
        .collect();
    assert_eq!(counts, [("F32", 1), ("Q4_1", 1)]);
    assert_eq!((gguf.tensors[0].bytes, gguf.tensors[1].bytes), (80, 32));
}

#[test]
fn other_files_are_recognized_as_such() {
    assert!(
        Writer(b"PK\x03\x04 a zip".to_vec())
            .error()
            .contains("not a GGUF model")
    );
    assert!(Writer(Vec::new()).error().contains("only 0 byte(s)"));
    assert!(
        Writer(b"GGUF".to_vec())
            .u32(1)
            .error()
            .contains("version 1 is not supported")
    );
    assert!(
        Writer(b"GGUF".to_vec())
            .u32(0x0300_0000)
            .error()
            .contains("not supported")
    );
}

#[test]
fn a_file_cut_anywhere_is_truncated() {
    let whole = model().0;
    for len in 4..whole.len() {
        let error = Gguf::read(&whole[..len], len as u64).unwrap_err();
        assert!(
            matches!(error, GgufError::Truncated { have, expected } if have == len as u64 && expected > have),
            "{len}: {error}"
        );
    }
}

#[test]
fn what_llama_cpp_cannot_run_is_refused() {
    let text = Writer::header(0, 1)
        .text_entry("general.architecture", "perpetual-motion")
        .error();
    assert!(
        text.contains("unknown model architecture \"perpetual-motion\""),
        "{text}"
    );
    assert!(
        Writer::header(0, 0)
            .error()
            .contains("unknown model architecture \"\"")
    );
}

#[test]
fn lies_in_the_header_are_found() {
    let with_tensor = |dimensions: &[u64], kind, offset| {
        Writer::header(1, 1)
            .text_entry("general.architecture", "llama")
            .tensor("t", dimensions, kind, offset)
            .error()
    };
    assert!(with_tensor(&[1; 5], 0, 0).contains("has 5 dimensions"));
    assert!(with_tensor(&[8], 4, 0).contains("unknown type 4"));
    assert!(with_tensor(&[8], 0, 33).contains("not aligned to 32"));
    assert!(with_tensor(&[33], 2, 0).contains("impossible shape"));
    assert!(with_tensor(&[u64::MAX, 2], 0, 0).contains("impossible shape"));
    assert!(with_tensor(&[1 << 60], 1, u64::MAX - 31).contains("beyond 2^64"));
    assert!(
        Writer::header(u64::MAX, 0)
            .error()
            .contains("more than any model has")
    );
    assert!(
        Writer::header(0, 1)
            .u64(u64::MAX)
            .error()
            .contains("too long")
    );
    assert!(
        Writer::header(0, 1)
            .text("k")
            .u32(13)
            .error()
            .contains("13 is not a type")
    );
    assert!(
        Writer::header(0, 1)
            .text("k")
            .u32(9)
            .u32(4)
            .u64(u64::MAX)
            .error()
            .contains("truncated")
    );
    let twice = Writer::header(0, 2).text("k").u32(7).0;
    let twice = Writer([twice, vec![1]].concat()).text("k").u32(7);
    assert!(
        Writer([twice.0, vec![1]].concat())
            .error()
            .contains("there twice")
    );
    let alignment = Writer::header(0, 1).text("general.alignment").u32(4).u32(3);
    assert!(alignment.error().contains("not a possible alignment"));
}

#[test]
fn deep_nesting_ends() {
    let mut writer = Writer::header(0, 1).text("k").u32(9);
    for _ in 0..64 {
        writer = writer.u32(9).u64(1);
    }
    assert!(
        writer.error().contains("nested too deeply"),
        "{}",
        writer.error()
    );
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8)) {
        let mut bytes = model().0;
        for (index, value) in edits {
            let at = index.index(bytes.len());
            bytes[at] = value;
        }
        let _ = Gguf::read(bytes.as_slice(), bytes.len() as u64);
    }
}
