//! The order in which unpacked blocks of 256 hold their sixteen *units* of
//! sixteen elements: each format has the one that is cheapest to unpack.

/// An order of units, with the tables that instructions want.
pub(super) trait Order {
    /// Which unit lies at each place.
    const UNITS: [usize; 16];

    /// For each quarter of the places, the word of each of 32 lanes if every
    /// place has eight.
    const WORDS: [[u16; 32]; 4] = words(Self::UNITS);

    /// The same by 32-bit lanes, each with two words, of which [`Order::PICKS`]
    /// then takes the right one. In eights, for registers of half the size.
    const DOUBLES: [[[u32; 8]; 2]; 4] = doubles(Self::UNITS);

    /// Bytes of the right word in each 32-bit lane.
    const PICKS: [[[u8; 32]; 2]; 4] = picks(Self::UNITS);
}

const fn words(units: [usize; 16]) -> [[u16; 32]; 4] {
    let mut table = [[0; 32]; 4];
    let mut lane = 0;
    while lane < 128 {
        table[lane / 32][lane % 32] = units[lane / 8] as u16;
        lane += 1;
    }
    table
}

const fn doubles(units: [usize; 16]) -> [[[u32; 8]; 2]; 4] {
    let mut table = [[[0; 8]; 2]; 4];
    let mut lane = 0;
    while lane < 64 {
        table[lane / 16][lane / 8 % 2][lane % 8] = (units[lane / 4] / 2) as u32;
        lane += 1;
    }
    table
}

const fn picks(units: [usize; 16]) -> [[[u8; 32]; 2]; 4] {
    let mut table = [[[0; 32]; 2]; 4];
    let mut lane = 0;
    while lane < 256 {
        let odd = (units[lane / 16] % 2) as u8;
        table[lane / 64][lane / 32 % 2][lane % 32] = 2 * odd + (lane % 2) as u8;
        lane += 1;
    }
    table
}
