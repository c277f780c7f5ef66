//! The formats of matrices, as GGUF files have them.

use std::fmt;

/// How the elements of a weight matrix are stored. Block layouts are those of
/// GGUF files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// IEEE single precision.
    F32,
    /// IEEE half precision.
    F16,
    /// The upper half of single precision.
    Bf16,
    /// 4 bits, a scale for each 32.
    Q4_0,
    /// 4 bits, a scale and a minimum for each 32.
    Q4_1,
    /// 5 bits, a scale for each 32.
    Q5_0,
    /// 5 bits, a scale and a minimum for each 32.
    Q5_1,
    /// 8 bits, a scale for each 32.
    Q8_0,
    /// 2 bits, 4-bit scales and minima for each 16.
    Q2K,
    /// 3 bits, 6-bit scales for each 16.
    Q3K,
    /// 4 bits, 6-bit scales and minima for each 32.
    Q4K,
    /// 5 bits, 6-bit scales and minima for each 32.
    Q5K,
    /// 6 bits, 8-bit scales for each 16.
    Q6K,
    /// Codes of 4 bits, a scale for each 32.
    Iq4Nl,
    /// Codes of 4 bits, 6-bit scales for each 32.
    Iq4Xs,
    /// Floats of 4 bits, an exponent for each 32.
    Mxfp4,
}

/// What a product's activations are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Activations {
    /// Single precision.
    F32,
    /// Signed bytes, a scale and a sum for each 32.
    Q8x32,
    /// Signed bytes, a scale for each 256 and a sum for each 16.
    Q8x256,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 16] = [
        Format::F32,
        Format::F16,
        Format::Bf16,
        Format::Q4_0,
        Format::Q4_1,
        Format::Q5_0,
        Format::Q5_1,
        Format::Q8_0,
        Format::Q2K,
        Format::Q3K,
        Format::Q4K,
        Format::Q5K,
        Format::Q6K,
        Format::Iq4Nl,
        Format::Iq4Xs,
        Format::Mxfp4,
    ];

    /// Its name, as functions and reports have it.
    pub fn name(self) -> &'static str {
        match self {
            Format::F32 => "f32",
            Format::F16 => "f16",
            Format::Bf16 => "bf16",
            Format::Q4_0 => "q4_0",
            Format::Q4_1 => "q4_1",
            Format::Q5_0 => "q5_0",
            Format::Q5_1 => "q5_1",
            Format::Q8_0 => "q8_0",
            Format::Q2K => "q2_k",
            Format::Q3K => "q3_k",
            Format::Q4K => "q4_k",
            Format::Q5K => "q5_k",
            Format::Q6K => "q6_k",
            Format::Iq4Nl => "iq4_nl",
            Format::Iq4Xs => "iq4_xs",
            Format::Mxfp4 => "mxfp4",
        }
    }

    /// How many elements a block has.
    pub fn block_elements(self) -> usize {
        match self.activations() {
            Activations::F32 => 1,
            Activations::Q8x32 => 32,
            Activations::Q8x256 => 256,
        }
    }

    /// How many bytes a block has.
    pub fn block_bytes(self) -> usize {
        match self {
            Format::F32 => 4,
            Format::F16 | Format::Bf16 => 2,
            Format::Q4_0 | Format::Iq4Nl => 18,
            Format::Q4_1 => 20,
            Format::Q5_0 => 22,
            Format::Q5_1 => 24,
            Format::Q8_0 => 34,
            Format::Mxfp4 => 17,
            Format::Q2K => 84,
            Format::Q3K => 110,
            Format::Q4K => 144,
            Format::Q5K => 176,
            Format::Q6K => 210,
            Format::Iq4Xs => 136,
        }
    }

    /// How many bytes a row of `k` elements has.
    ///
    /// # Panics
    ///
    /// If `k` is no multiple of the block, or the row longer than an address
    /// can say.
    pub fn row_bytes(self, k: usize) -> usize {
        blocks(k, self.block_elements())
            .checked_mul(self.block_bytes())
            .expect("a row fits the address space")
    }

    /// What its products take as activations.
    pub fn activations(self) -> Activations {
        match self {
            Format::F32 | Format::F16 | Format::Bf16 => Activations::F32,
            Format::Q4_0
            | Format::Q4_1
            | Format::Q5_0
            | Format::Q5_1
            | Format::Q8_0
            | Format::Iq4Nl
            | Format::Mxfp4 => Activations::Q8x32,
            Format::Q2K | Format::Q3K | Format::Q4K | Format::Q5K | Format::Q6K | Format::Iq4Xs => {
                Activations::Q8x256
            }
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Activations {
    /// Every kind.
    pub const ALL: [Activations; 3] = [Activations::F32, Activations::Q8x32, Activations::Q8x256];

    /// Its name, as functions and reports have it.
    pub fn name(self) -> &'static str {
        match self {
            Activations::F32 => "f32",
            Activations::Q8x32 => "q8x32",
            Activations::Q8x256 => "q8x256",
        }
    }

    /// How many elements a block has.
    pub fn block_elements(self) -> usize {
        match self {
            Activations::F32 => 1,
            Activations::Q8x32 => 32,
            Activations::Q8x256 => 256,
        }
    }

    /// How many bytes a row of `k` elements has.
    ///
    /// # Panics
    ///
    /// If `k` is no multiple of the block, or the row longer than an address
    /// can say.
    pub fn row_bytes(self, k: usize) -> usize {
        let blocks = blocks(k, self.block_elements());
        let bytes = match self {
            Activations::F32 => 4,
            Activations::Q8x32 => 32 + 8,
            Activations::Q8x256 => 256 + 4 + 32,
        };
        blocks
            .checked_mul(bytes)
            .expect("a row fits the address space")
    }
}

impl fmt::Display for Activations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn blocks(k: usize, elements: usize) -> usize {
    assert!(
        k.is_multiple_of(elements),
        "{k} elements are no whole blocks of {elements}"
    );
    k / elements
}
