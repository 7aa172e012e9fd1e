//! From pixels to what is multiplied, and from products to pixels.
#![expect(clippy::needless_range_loop, reason = "rows and columns of matrices are numbered")]

use super::POSITIONS;
use crate::kernels::cells::{BLOCK, Cells, TILE};
use crate::kernels::finish::Finish;
use crate::kernels::lanes::Lanes;

/// Pixels of one register of channels.
#[derive(Clone, Copy)]
pub struct Grid {
    pub at: Cells,
    /// Floats from a row to the next.
    pub row: usize,
}

impl Grid {
    /// # Safety
    /// There is such a pixel.
    #[inline(always)]
    unsafe fn get<V: Lanes>(self, row: usize, column: usize) -> V {
        // SAFETY: what the caller grants.
        unsafe { V::load(self.at.skip(row * self.row + column * BLOCK).take(V::WIDTH)) }
    }

    /// # Safety
    /// There are such pixels.
    #[inline(always)]
    unsafe fn put<V: Lanes, const N: usize>(self, row: usize, values: [V; N]) {
        for (column, value) in values.into_iter().enumerate() {
            // SAFETY: what the caller grants.
            unsafe { value.store(self.at.skip(row * self.row + column * BLOCK).take(V::WIDTH)) };
        }
    }
}

// The transforms are taken by one or two rows of what they make, reading again what the rows share: a browser has 15
// registers for them, and keeping all of the first pass would cost more stores than the result has.
// There are no closures: those of a function that is compiled for every machine would be too, and not be inlined
// where the machine's own instructions are.

/// Bᵀ d B of the 6×6 pixels around each of some tiles, neighbours in a row: the columns that two of them share go through
/// the vertical pass once.
///
/// # Safety
/// There are such pixels, and a place for each tile in every position.
#[inline(always)]
pub unsafe fn input_tiles<V: Lanes>(from: Grid, tiles: usize, to: Cells, apart: usize) {
    // SAFETY: what the caller grants.
    unsafe {
        input_rows::<V, 0>(from, tiles, to, apart);
        input_rows::<V, 1>(from, tiles, to, apart);
        input_rows::<V, 3>(from, tiles, to, apart);
        input_rows::<V, 5>(from, tiles, to, apart);
    }
}

/// Row `ROW` of the positions, and the next one where the two share sums.
#[inline(always)]
unsafe fn input_rows<V: Lanes, const ROW: usize>(
    from: Grid,
    tiles: usize,
    to: Cells,
    apart: usize,
) {
    let mut rows = [[V::splat(0.0); 6]; 2];
    // SAFETY: what the caller grants.
    unsafe {
        for c in 0..6 - TILE {
            [rows[0][c], rows[1][c]] = down::<V, ROW>(from, c);
        }
        for tile in 0..tiles {
            for c in 6 - TILE..6 {
                [rows[0][c], rows[1][c]] = down::<V, ROW>(from, tile * TILE + c);
            }
            let to = to.skip(tile * BLOCK);
            store_positions(transform_input(rows[0]), to, apart, ROW);
            if matches!(ROW, 1 | 3) {
                store_positions(transform_input(rows[1]), to, apart, ROW + 1);
            }
            for row in &mut rows {
                row.copy_within(TILE.., 0);
            }
        }
    }
}

/// The vertical pass: rows `ROW` and, where it is 1 or 3, `ROW + 1` of Bᵀ d.
#[inline(always)]
unsafe fn down<V: Lanes, const ROW: usize>(from: Grid, c: usize) -> [V; 2] {
    let [two, four, five] = [V::splat(2.0), V::splat(4.0), V::splat(5.0)];
    // SAFETY: what the caller grants.
    unsafe {
        match ROW {
            0 | 5 => {
                let odd = ROW % 2;
                let near: V = from.get(odd + 2, c);
                let sum = from.get::<V>(odd + 4, c).minus_product(near, five);
                [sum.plus_product(from.get(odd, c), four), near]
            }
            _ => {
                let [d1, d2]: [V; 2] = [from.get(1, c), from.get(2, c)];
                let [d3, d4]: [V; 2] = [from.get(3, c), from.get(4, c)];
                if ROW == 1 {
                    let (even, odd) = (d4.minus_product(d2, four), d3.minus_product(d1, four));
                    [even.add(odd), even.sub(odd)]
                } else {
                    let (outer, inner) = (d4.sub(d2), d3.sub(d1));
                    [outer.plus_product(inner, two), outer.minus_product(inner, two)]
                }
            }
        }
    }
}

/// Stores a row of six positions.
#[inline(always)]
unsafe fn store_positions<V: Lanes>(values: [V; 6], to: Cells, apart: usize, row: usize) {
    for (c, value) in values.into_iter().enumerate() {
        // SAFETY: what the caller grants.
        unsafe { value.store(to.skip((row * 6 + c) * apart).take(V::WIDTH)) };
    }
}

#[inline(always)]
fn transform_input<V: Lanes>(d: [V; 6]) -> [V; 6] {
    let [two, four] = [V::splat(2.0), V::splat(4.0)];
    let (even, odd) = (d[4].minus_product(d[2], four), d[3].minus_product(d[1], four));
    let (outer, inner) = (d[4].sub(d[2]), d[3].sub(d[1]));
    [
        outer.plus_product(d[0].sub(d[2]), four),
        even.add(odd),
        even.sub(odd),
        outer.plus_product(inner, two),
        outer.minus_product(inner, two),
        d[5].sub(d[3]).minus_product(inner, four),
    ]
}

/// Aᵀ m A of 36 products, with the bias, finished. The bias joins the product of the point (1, 1), which goes into every pixel
/// once.
#[inline(always)]
pub unsafe fn output_tile<V: Lanes, F: Finish<V>>(
    from: Cells,
    apart: usize,
    to: Grid,
    bias: V,
    finish: F,
) {
    let [two, four, eight] = [V::splat(2.0), V::splat(4.0), V::splat(8.0)];
    let mut rows = [[V::splat(0.0); 6]; 2];
    // SAFETY: what the caller grants.
    unsafe {
        for c in 0..6 {
            let [m0, m1, m2, m3, m4] = column::<V, 5>(from, apart, 0, c);
            let m1 = if c == 1 { m1.add(bias) } else { m1 };
            let (sum1, sum2) = (m1.add(m2), m3.add(m4));
            rows[0][c] = m0.add(sum1).add(sum2);
            rows[1][c] = sum1.plus_product(sum2, four);
        }
        to.put(0, finished(transform_output(rows[0]), finish));
        to.put(2, finished(transform_output(rows[1]), finish));
        for c in 0..6 {
            let [m1, m2, m3, m4, m5] = column::<V, 5>(from, apart, 1, c);
            let m1 = if c == 1 { m1.add(bias) } else { m1 };
            let (difference1, difference2) = (m1.sub(m2), m3.sub(m4));
            rows[0][c] = difference1.plus_product(difference2, two);
            rows[1][c] = difference1.plus_product(difference2, eight).add(m5);
        }
        to.put(1, finished(transform_output(rows[0]), finish));
        to.put(3, finished(transform_output(rows[1]), finish));
    }
}

/// Products of `N` rows from `row` on.
#[inline(always)]
unsafe fn column<V: Lanes, const N: usize>(
    from: Cells,
    apart: usize,
    row: usize,
    column: usize,
) -> [V; N] {
    let mut products = [V::splat(0.0); N];
    for (r, product) in products.iter_mut().enumerate() {
        let position = (row + r) * 6 + column;
        // SAFETY: what the caller grants.
        *product = unsafe { V::load(from.skip(position * apart).take(V::WIDTH)) };
    }
    products
}

#[inline(always)]
fn transform_output<V: Lanes>(m: [V; 6]) -> [V; 4] {
    let [two, four, eight] = [V::splat(2.0), V::splat(4.0), V::splat(8.0)];
    let (sum1, difference1) = (m[1].add(m[2]), m[1].sub(m[2]));
    let (sum2, difference2) = (m[3].add(m[4]), m[3].sub(m[4]));
    [
        m[0].add(sum1).add(sum2),
        difference1.plus_product(difference2, two),
        sum1.plus_product(sum2, four),
        difference1.plus_product(difference2, eight).add(m[5]),
    ]
}

#[inline(always)]
fn finished<V: Lanes, F: Finish<V>>(values: [V; 4], finish: F) -> [V; 4] {
    let mut values = values;
    for value in &mut values {
        *value = finish.of(*value);
    }
    values
}

/// The largest of each 2×2 of a tile that was just written.
#[inline(always)]
pub unsafe fn pool_tile<V: Lanes>(from: Grid, to: Grid) {
    for r in 0..2 {
        let mut largest = [V::splat(0.0); 2];
        for (c, largest) in largest.iter_mut().enumerate() {
            // SAFETY: what the caller grants; so below.
            unsafe {
                let above = from.get::<V>(2 * r, 2 * c).max(from.get(2 * r, 2 * c + 1));
                let below = from.get::<V>(2 * r + 1, 2 * c).max(from.get(2 * r + 1, 2 * c + 1));
                *largest = above.max(below);
            }
        }
        // SAFETY: as above.
        unsafe { to.put(r, largest) };
    }
}

/// G g Gᵀ of a 3×3 filter.
pub fn transform_filter(g: &[f32; 9]) -> [f32; POSITIONS] {
    const G: [[f64; 3]; 6] = [
        [1.0 / 4.0, 0.0, 0.0],
        [-1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0],
        [-1.0 / 6.0, 1.0 / 6.0, -1.0 / 6.0],
        [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0],
        [1.0 / 24.0, -1.0 / 12.0, 1.0 / 6.0],
        [0.0, 0.0, 1.0],
    ];
    let down: [[f64; 3]; 6] = G
        .map(|row| std::array::from_fn(|c| (0..3).map(|k| row[k] * f64::from(g[k * 3 + c])).sum()));
    std::array::from_fn(|at| {
        let (row, column) = (down[at / 6], G[at % 6]);
        (0..3).map(|k| row[k] * column[k]).sum::<f64>() as f32
    })
}
