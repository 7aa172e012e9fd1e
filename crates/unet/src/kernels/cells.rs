//! Where the kernels read and write: a pointer that knows its bounds wherever debug assertions are on, and the
//! places of images.

/// A place in a row of floats. It must not outlive them.
#[derive(Clone, Copy)]
pub struct Cells {
    at: *mut f32,
    #[cfg(debug_assertions)]
    left: usize,
}

impl Cells {
    pub fn new(floats: &mut [f32]) -> Self {
        Self {
            at: floats.as_mut_ptr(),
            #[cfg(debug_assertions)]
            left: floats.len(),
        }
    }

    /// Of floats that are only read.
    pub fn read_only(floats: &[f32]) -> Self {
        Self {
            at: floats.as_ptr().cast_mut(),
            #[cfg(debug_assertions)]
            left: floats.len(),
        }
    }

    /// The place `floats` further on.
    ///
    /// # Safety
    /// It lies within, or just past, what the cells were made of.
    #[inline(always)]
    pub unsafe fn skip(self, floats: usize) -> Self {
        #[cfg(debug_assertions)]
        assert!(floats <= self.left, "{floats} of {} floats", self.left);
        Self {
            // SAFETY: what the caller grants.
            at: unsafe { self.at.add(floats) },
            #[cfg(debug_assertions)]
            left: self.left - floats,
        }
    }

    /// The address of `floats` cells.
    ///
    /// # Safety
    /// So many are left.
    #[inline(always)]
    pub unsafe fn take(self, floats: usize) -> *mut f32 {
        #[cfg(debug_assertions)]
        assert!(floats <= self.left, "{floats} of {} floats", self.left);
        #[cfg(not(debug_assertions))]
        let _ = floats;
        self.at
    }
}

/// Channels that lie side by side in every pixel.
pub const BLOCK: usize = 8;
/// Rows and columns of a tile, the unit of all demand.
pub const TILE: usize = 4;

/// Where an image `[channel / 8][row + 2][column + 2][8]` with zeros around lies in the arena. A pixel of all blocks is at
/// a constant distance from the next whatever the channels, so that every offset in the kernels is a constant; and no
/// kernel asks whether it is at an edge.
///
/// Rows and columns are padded to whole tiles; what lies beyond the picture is zero, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub offset: usize,
    pub blocks: usize,
    pub size: Size,
}

/// Rows and columns of an image, and how many of each there is room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub rows: usize,
    pub columns: usize,
    pub room_rows: usize,
    pub room_columns: usize,
}

impl Size {
    /// Floats from a row to the next.
    pub fn row(&self) -> usize {
        (self.room_columns + 2) * BLOCK
    }

    /// Floats from a block to the next.
    pub fn plane(&self) -> usize {
        (self.room_rows + 2) * self.row()
    }

    /// Whether there is a picture, and room for it in whole tiles.
    pub fn is_sound(&self) -> bool {
        let sound =
            |len: usize, room: usize| (1..=room).contains(&len) && room.is_multiple_of(TILE);
        sound(self.rows, self.room_rows) && sound(self.columns, self.room_columns)
    }

    pub fn pixels(&self) -> usize {
        self.rows * self.columns
    }
}

impl Place {
    /// Floats of all blocks.
    pub fn floats(&self) -> usize {
        self.blocks * self.size.plane()
    }

    /// Where each block begins in the arena.
    pub fn planes(&self) -> impl Iterator<Item = usize> {
        (0..self.blocks).map(|block| self.offset + block * self.size.plane())
    }

    /// Where the pixel at `row` and `column` of a block lies in the arena.
    #[inline(always)]
    pub fn pixel(&self, block: usize, row: usize, column: usize) -> usize {
        let size = &self.size;
        self.offset + block * size.plane() + (row + 1) * size.row() + (column + 1) * BLOCK
    }

    /// The corner of the 6×6 pixels around a tile.
    #[inline(always)]
    pub fn around(&self, block: usize, tile: Tile) -> usize {
        let size = &self.size;
        self.offset + block * size.plane() + tile.row() * size.row() + tile.column() * BLOCK
    }

    /// Makes the edge around the room zero: the memory held something else before.
    pub fn clear_edge(&self, arena: &mut [f32]) {
        let Size { room_rows, room_columns, .. } = self.size;
        for plane in self.planes() {
            let rows = arena[plane..][..self.size.plane()].chunks_exact_mut(self.size.row());
            for (row, pixels) in rows.enumerate() {
                if row == 0 || row == room_rows + 1 {
                    pixels.fill(0.0);
                } else {
                    pixels[..BLOCK].fill(0.0);
                    pixels[(room_columns + 1) * BLOCK..].fill(0.0);
                }
            }
        }
    }

    /// Makes what lies beyond the picture zero again, after whole tiles were written.
    pub fn clear_beyond(&self, arena: &mut [f32]) {
        let Size { rows, columns, room_rows, room_columns } = self.size;
        if (rows, columns) == (room_rows, room_columns) {
            return;
        }
        for block in 0..self.blocks {
            for row in 0..room_rows {
                let first = if row < rows { columns } else { 0 };
                let from = self.pixel(block, row, first);
                arena[from..][..(room_columns - first) * BLOCK].fill(0.0);
            }
        }
    }
}

/// 4×4 pixels, by row and column of tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    row: u16,
    column: u16,
}

impl Tile {
    /// Counted in tiles.
    pub fn new(row: usize, column: usize) -> Self {
        // Images of 2^18 rows do not fit any memory.
        Self { row: row as u16, column: column as u16 }
    }

    /// Whether another follows it in the same row.
    pub fn is_before(self, other: Self) -> bool {
        (self.row, self.column + 1) == (other.row, other.column)
    }

    /// Its first row of pixels.
    #[inline(always)]
    pub fn row(self) -> usize {
        usize::from(self.row) * TILE
    }

    #[inline(always)]
    pub fn column(self) -> usize {
        usize::from(self.column) * TILE
    }
}
