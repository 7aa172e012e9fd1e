//! How far a size may be off: 95 % bands, by what was measured and how well it stood out.
//!
//! `bands.table` is made by this crate's own measuring of simulated stones (`examples/physics.rs`).

use std::sync::OnceLock;

/// Upper limits of the classes: slice thickness (mm), contrast to noise, size (mm). The last class is all above.
pub const THICKNESSES_MM: [f64; 4] = [0.8, 1.5, 2.5, 3.5];
pub const CONTRASTS: [f64; 4] = [6.0, 12.0, 25.0, 50.0];
pub const SIZES_MM: [f64; 4] = [2.0, 3.0, 5.0, 10.0];
const CLASSES: usize = 5;

/// Half-widths of the 95 % bands; `None`: no claim.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Band {
    pub axial_mm: Option<f64>,
    pub craniocaudal_mm: Option<f64>,
    /// Share of the volume.
    pub volume: Option<f64>,
}

/// Where a stone belongs in the table: its row.
pub fn class(kernel_known: bool, thickness_mm: f64, contrast_to_noise: f64, size_mm: f64) -> usize {
    let of = |limits: &[f64], x: f64| limits.iter().filter(|&&limit| x > limit).count();
    let thickness = usize::from(kernel_known) * CLASSES + of(&THICKNESSES_MM, thickness_mm);
    (thickness * CLASSES + of(&CONTRASTS, contrast_to_noise)) * CLASSES + of(&SIZES_MM, size_mm)
}

/// Rows that [`class`] tells apart.
pub const ROWS: usize = 2 * CLASSES * CLASSES * CLASSES;

/// The bands of a class. Each row of the table: axial and craniocaudal in hundredths of a millimetre, volume in
/// hundredths; `-`: no claim.
pub fn band(class: usize) -> Band {
    static TABLE: OnceLock<Vec<[Option<f64>; 3]>> = OnceLock::new();
    let read = || {
        let lines = include_str!("bands.table").lines().filter(|line| !line.starts_with('#'));
        let row = |line: &str| {
            let mut values =
                line.split_whitespace().map(|n| n.parse::<f64>().ok().map(|n| n / 100.0));
            std::array::from_fn(|_| values.next().flatten())
        };
        lines.map(row).collect()
    };
    let [axial_mm, craniocaudal_mm, volume] =
        TABLE.get_or_init(read).get(class).copied().unwrap_or_default();
    Band { axial_mm, craniocaudal_mm, volume }
}
