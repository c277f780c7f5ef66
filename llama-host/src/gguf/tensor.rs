//! Tensors and the types their elements are stored in.

use std::fmt;
use std::io::Read;

use super::GgufError;
use super::reader::Reader;

const MAX_DIMENSIONS: u32 = 4;

/// One tensor: its name, shape, type and place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tensor {
    /// The tensor's name.
    pub name: String,
    /// The lengths of its dimensions; the first is the one whose elements lie side by side.
    pub dimensions: Vec<u64>,
    /// How its elements are stored.
    pub kind: TensorType,
    /// Where its bytes start, counted from the start of the data.
    pub offset: u64,
    /// The number of its elements.
    pub elements: u64,
    /// The number of its bytes.
    pub bytes: u64,
}

impl Tensor {
    pub(super) fn read<R: Read>(reader: &mut Reader<R>, alignment: u64) -> Result<Self, GgufError> {
        let name = reader.text()?;
        let count = reader.u32()?;
        if count > MAX_DIMENSIONS {
            return Err(reader.malformed(format!("the tensor {name:?} has {count} dimensions")));
        }
        let mut dimensions = Vec::new();
        for _ in 0..count {
            dimensions.push(reader.u64()?);
        }
        let number = reader.u32()?;
        let kind = TensorType::from_number(number).ok_or_else(|| {
            reader.malformed(format!("the tensor {name:?} has the unknown type {number}"))
        })?;
        let offset = reader.u64()?;
        if offset % alignment != 0 {
            return Err(reader.malformed(format!(
                "the tensor {name:?} is not aligned to {alignment} bytes"
            )));
        }
        let elements = dimensions
            .iter()
            .try_fold(1u64, |product, length| product.checked_mul(*length));
        let size =
            elements.and_then(|elements| Some((elements, kind.bytes_of(&dimensions, elements)?)));
        let (elements, bytes) = size.ok_or_else(|| {
            reader.malformed(format!(
                "the tensor {name:?} has the impossible shape {dimensions:?}"
            ))
        })?;
        Ok(Self {
            name,
            dimensions,
            kind,
            offset,
            elements,
            bytes,
        })
    }
}

/// How the elements of a tensor are stored: a row of a table that ggml's file format fixes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TensorType {
    number: u32,
    name: &'static str,
    /// Elements in a block, and bytes of a block.
    block: (u64, u64),
}

impl TensorType {
    /// The type's name, such as `Q4_K`.
    pub fn name(self) -> &'static str {
        self.name
    }

    fn from_number(number: u32) -> Option<Self> {
        TYPES.iter().copied().find(|kind| kind.number == number)
    }

    /// The bytes of a tensor of this shape; None if a row is not whole blocks or the size is beyond 64 bits.
    fn bytes_of(self, dimensions: &[u64], elements: u64) -> Option<u64> {
        let (block_elements, block_bytes) = self.block;
        let row = dimensions.first().copied().unwrap_or(1);
        if row % block_elements != 0 {
            return None;
        }
        (elements / block_elements).checked_mul(block_bytes)
    }
}

impl fmt::Debug for TensorType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

impl fmt::Display for TensorType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name)
    }
}

const fn row(number: u32, name: &'static str, block_elements: u64, block_bytes: u64) -> TensorType {
    TensorType {
        number,
        name,
        block: (block_elements, block_bytes),
    }
}

const TYPES: [TensorType; 33] = [
    row(0, "F32", 1, 4),
    row(1, "F16", 1, 2),
    row(2, "Q4_0", 32, 18),
    row(3, "Q4_1", 32, 20),
    row(6, "Q5_0", 32, 22),
    row(7, "Q5_1", 32, 24),
    row(8, "Q8_0", 32, 34),
    row(10, "Q2_K", 256, 84),
    row(11, "Q3_K", 256, 110),
    row(12, "Q4_K", 256, 144),
    row(13, "Q5_K", 256, 176),
    row(14, "Q6_K", 256, 210),
    row(16, "IQ2_XXS", 256, 66),
    row(17, "IQ2_XS", 256, 74),
    row(18, "IQ3_XXS", 256, 98),
    row(19, "IQ1_S", 256, 50),
    row(20, "IQ4_NL", 32, 18),
    row(21, "IQ3_S", 256, 110),
    row(22, "IQ2_S", 256, 82),
    row(23, "IQ4_XS", 256, 136),
    row(24, "I8", 1, 1),
    row(25, "I16", 1, 2),
    row(26, "I32", 1, 4),
    row(27, "I64", 1, 8),
    row(28, "F64", 1, 8),
    row(29, "IQ1_M", 256, 56),
    row(30, "BF16", 1, 2),
    row(34, "TQ1_0", 256, 54),
    row(35, "TQ2_0", 256, 66),
    row(39, "MXFP4", 32, 17),
    row(40, "NVFP4", 64, 36),
    row(41, "Q1_0", 128, 18),
    row(42, "Q2_0", 64, 18),
];
