//! Contexts of significance and sign by neighbours (ITU-T T.800 tables D.1 to D.3).

/// Context of significance, by kind of sub-band and by the 3 × 3 samples around, row by row from bit 0.
pub static ZERO: [[u8; 512]; 3] = [zero(false, false), zero(true, false), zero(false, true)];

/// Context of a sign, times 2, plus the bit that inverts it. Index: significance of the neighbours above, left, right
/// and below in bits 1, 3, 5 and 7, their signs in the bits before.
pub static SIGN: [u8; 256] = sign();

/// T.800 table D.1: for LL and LH, or with the roles of rows and columns exchanged for HL, or for HH.
const fn zero(exchanged: bool, diagonal: bool) -> [u8; 512] {
    let mut contexts = [0; 512];
    let mut around = 0;
    while around < 512 {
        let mut h = (around >> 3 & 1) + (around >> 5 & 1);
        let mut v = (around >> 1 & 1) + (around >> 7 & 1);
        let d = (around & 1) + (around >> 2 & 1) + (around >> 6 & 1) + (around >> 8 & 1);
        if exchanged {
            (h, v) = (v, h);
        }
        contexts[around] = if diagonal {
            match (h + v, d) {
                (_, 3..) => 8,
                (1.., 2) => 7,
                (0, 2) => 6,
                (2.., 1) => 5,
                (1, 1) => 4,
                (0, 1) => 3,
                (2.., _) => 2,
                (1, _) => 1,
                (0, _) => 0,
            }
        } else {
            match (h, v, d) {
                (2, _, _) => 8,
                (1, 1.., _) => 7,
                (1, 0, 1..) => 6,
                (1, 0, 0) => 5,
                (_, 2, _) => 4,
                (_, 1, _) => 3,
                (_, _, 2..) => 2,
                (_, _, 1) => 1,
                (_, _, 0) => 0,
            }
        };
        around += 1;
    }
    contexts
}

/// T.800 tables D.2 and D.3.
const fn sign() -> [u8; 256] {
    /// What one neighbour contributes.
    const fn one(bits: usize) -> i32 {
        match bits & 3 {
            0b10 => 1,
            0b11 => -1,
            _ => 0,
        }
    }
    let mut looks = [0; 256];
    let mut around = 0;
    while around < 256 {
        let h = one(around >> 2) + one(around >> 4);
        let v = one(around) + one(around >> 6);
        let both = 3 * h.signum() + v.signum();
        let context = match both.abs() {
            4 => 13,
            3 => 12,
            2 => 11,
            1 => 10,
            _ => 9,
        };
        looks[around] = 2 * context + (both < 0) as u8;
        around += 1;
    }
    looks
}
