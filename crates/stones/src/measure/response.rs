//! How a scanner shows a sphere: what is measured of it at each diameter, and the way back from there.
//!
//! `response.table` is made by this crate's own measuring of simulated spheres (`examples/physics.rs`). Blur,
//! slice thickness and overlap are axes of the table; the half-maximum of a sphere smaller than they are is
//! wider than the sphere, of one a little larger it is narrower.

use std::sync::OnceLock;

/// Blur of a scan whose kernel is not known: that of most kernels for the abdomen lies within 0.15 mm.
const USUAL_SIGMA_MM: f64 = 0.6;
/// Below the first diameter at which the measured width rises by this share of the true one, nothing can be
/// told from the width.
const STEEP: f64 = 0.5;

/// Standard deviation (mm) of the point spread in the plane by the name of the kernel: 0.187 / f50 with f50 of
/// the kernel's class (very soft 0.27, soft 0.31, standard 0.37, sharp 0.47 per mm); `None` if the name says nothing.
pub fn sigma_mm(kernel: &str) -> Option<f64> {
    let name = kernel.trim().to_ascii_uppercase();
    let name = name.split(['\\', ' ', '/']).next().unwrap_or_default();
    let (letters, number) =
        name.split_at(name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len()));
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    let number: Option<u32> = digits.parse().ok();
    let class = match (letters, number) {
        // Siemens: B, I, Br, Bf, Bv, Hr, Qr and others, followed by a sharpness of 8 to 80.
        (
            "B" | "I" | "J" | "D" | "H" | "U" | "BR" | "BF" | "BV" | "HR" | "HF" | "QR" | "BL",
            Some(n),
        ) => match n {
            0..=19 => 0.7,
            20..=33 => 0.6,
            34..=45 => 0.5,
            _ => 0.4,
        },
        // Canon and Toshiba.
        ("FC", Some(1..=5 | 11..=15)) => 0.6,
        ("FC", Some(7..=9 | 17..=19)) => 0.5,
        ("FC", Some(30 | 50..=56 | 80..=89)) => 0.4,
        // General Electric.
        ("SOFT", None) => 0.6,
        ("STANDARD" | "STND" | "CHST", None) => 0.5,
        ("DETAIL" | "LUNG" | "BONE" | "BONEPLUS" | "EDGE", None) => 0.4,
        // Philips.
        ("A", None) => 0.7,
        ("B" | "IB", None) => 0.6,
        ("C" | "IC", None) => 0.5,
        ("D" | "E" | "L" | "YA" | "YB" | "YC" | "YD", None) => 0.4,
        _ => return None,
    };
    Some(class)
}

/// What the table is entered with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scan {
    pub sigma_mm: f64,
    pub thickness_mm: f64,
    /// From slice to slice.
    pub spacing_mm: f64,
    /// The stone was smoothed before it was measured.
    pub smoothed: bool,
}

impl Scan {
    pub fn new(kernel: &str, thickness_mm: f64, spacing_mm: f64, smoothed: bool) -> Self {
        let sigma_mm = sigma_mm(kernel).unwrap_or(USUAL_SIGMA_MM);
        Self { sigma_mm, thickness_mm, spacing_mm, smoothed }
    }
}

/// What of a sphere is measured, in the order of the table's rows.
pub const QUANTITIES: [&str; 5] = ["axial", "craniocaudal", "feret", "volume", "contrast"];

/// The measured against the true, of spheres of all the table's diameters in one scan. `volume` is the diameter of
/// the sphere of the measured volume, `contrast` the share of the contrast that the plateau keeps.
pub struct Response {
    diameters: &'static [f64],
    curves: [Vec<f64>; 5],
}

#[derive(Clone, Copy)]
pub enum Quantity {
    Axial = 0,
    Craniocaudal = 1,
    Feret = 2,
    Volume = 3,
    Contrast = 4,
}

impl Response {
    /// The table's curves at a scan, linear between its rows; `None` if there is no table.
    pub fn of(scan: Scan) -> Option<Self> {
        let table = table()?;
        let overlap = scan.spacing_mm / scan.thickness_mm.max(1e-3);
        let axes: [(&[f64], f64); 3] = [
            (&table.sigmas, scan.sigma_mm),
            (&table.thicknesses, scan.thickness_mm),
            (&table.overlaps, overlap),
        ];
        let ends = axes.map(|(axis, x)| between(axis, x));
        let mut curves: [Vec<f64>; 5] = std::array::from_fn(|_| vec![0.0; table.diameters.len()]);
        for corner in 0..8 {
            let mut weight = 1.0;
            let mut row = usize::from(scan.smoothed);
            for (bit, ((axis, _), (low, share))) in axes.iter().zip(ends).enumerate() {
                let up = corner >> bit & 1;
                weight *= if up == 1 { share } else { 1.0 - share };
                row = row * axis.len() + (low + up).min(axis.len() - 1);
            }
            if weight > 0.0 {
                for (quantity, curve) in curves.iter_mut().enumerate() {
                    let values = table.rows.get(row * QUANTITIES.len() + quantity)?;
                    for (sum, value) in curve.iter_mut().zip(values) {
                        *sum += weight * value;
                    }
                }
            }
        }
        Some(Self { diameters: &table.diameters, curves })
    }

    /// Diameters at which a sphere is seen at all, and what is measured of it, made to rise.
    fn rising(&self, quantity: Quantity) -> Vec<(f64, f64)> {
        let mut highest = f64::NEG_INFINITY;
        let curve = self.diameters.iter().zip(&self.curves[quantity as usize]);
        let seen = curve.filter(|(_, measured)| !measured.is_nan());
        seen.map(|(&diameter, &measured)| {
            highest = measured.max(highest + 1e-6);
            (diameter, highest)
        })
        .collect()
    }

    /// The diameter of the sphere of which this is measured; above the table the last difference stays.
    pub fn true_mm(&self, quantity: Quantity, measured: f64) -> f64 {
        let curve = self.rising(quantity);
        let (Some(first), Some(last)) = (curve.first(), curve.last()) else { return measured };
        if measured <= first.1 {
            return first.0;
        }
        if measured >= last.1 {
            return measured + last.0 - last.1;
        }
        let upper = curve.partition_point(|&(_, m)| m <= measured);
        let ((d0, m0), (d1, m1)) = (curve[upper - 1], curve[upper]);
        d0 + (d1 - d0) * (measured - m0) / (m1 - m0)
    }

    /// Share of its contrast that the plateau of a sphere of this diameter keeps.
    pub fn contrast(&self, diameter_mm: f64) -> f64 {
        let curve = &self.curves[Quantity::Contrast as usize];
        let (low, share) = between(self.diameters, diameter_mm);
        let value = |n: usize| curve.get(n).copied().filter(|v| !v.is_nan()).unwrap_or(0.15);
        (value(low) + (value(low + 1) - value(low)) * share).max(0.15)
    }

    /// The diameter below which all spheres look as wide as each other.
    pub fn resolution_mm(&self) -> f64 {
        let curve = self.rising(Quantity::Axial);
        let steep = |w: &&[(f64, f64)]| (w[1].1 - w[0].1) >= STEEP * (w[1].0 - w[0].0);
        curve.windows(2).find(steep).map_or(0.0, |w| w[0].0)
    }
}

struct Table {
    sigmas: Vec<f64>,
    thicknesses: Vec<f64>,
    overlaps: Vec<f64>,
    diameters: Vec<f64>,
    /// Of not smoothed and smoothed, each sigma, thickness and overlap: a row for each quantity.
    rows: Vec<Vec<f64>>,
}

/// Read once. Values are hundredths; `-` is a sphere that is not seen.
fn table() -> Option<&'static Table> {
    static TABLE: OnceLock<Option<Table>> = OnceLock::new();
    let read = || {
        let mut lines =
            include_str!("response.table").lines().filter(|line| !line.starts_with('#'));
        let numbers = |line: &str, scale: f64| -> Vec<f64> {
            line.split_whitespace()
                .map(|n| n.parse().map_or(f64::NAN, |n: f64| n / scale))
                .collect()
        };
        let mut axis = || lines.next().map(|line| numbers(line, 1.0));
        let (sigmas, thicknesses, overlaps, diameters) = (axis()?, axis()?, axis()?, axis()?);
        let rows = lines.map(|line| numbers(line, 100.0)).collect();
        Some(Table { sigmas, thicknesses, overlaps, diameters, rows })
    };
    TABLE.get_or_init(read).as_ref()
}

/// The place below a value on a rising axis, and how far to the next it lies; held to the axis' ends.
fn between(axis: &[f64], x: f64) -> (usize, f64) {
    let last = axis.len().saturating_sub(1);
    let upper = axis.partition_point(|&a| a <= x);
    if upper == 0 {
        return (0, 0.0);
    }
    if upper > last {
        return (last, 0.0);
    }
    (upper - 1, (x - axis[upper - 1]) / (axis[upper] - axis[upper - 1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_are_known_by_their_makers_names() {
        for (name, sigma) in [
            ("B30f", Some(0.6)),
            ("Br40d\\3", Some(0.5)),
            ("STANDARD", Some(0.5)),
            ("FC08", Some(0.5)),
            ("B", Some(0.6)),
            ("BONE", Some(0.4)),
            ("B70s", Some(0.4)),
            ("", None),
            ("something", None),
        ] {
            assert_eq!(sigma_mm(name), sigma, "{name}");
        }
    }
}
