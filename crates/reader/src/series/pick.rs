//! Which series a doctor who looks for stones wants to see first.

use super::Series;

/// The index of the thin axial series without contrast, or of what comes nearest to it.
pub fn pick(series: &[Series]) -> Option<usize> {
    series
        .iter()
        .enumerate()
        .min_by(|(_, a), (_, b)| {
            let ([a_rank, a_mm], [b_rank, b_mm]) = (rank(a), rank(b));
            a_rank
                .total_cmp(&b_rank)
                .then(a_mm.total_cmp(&b_mm))
                .then(b.frames.len().cmp(&a.frames.len()))
        })
        .map(|(index, _)| index)
}

/// Fewest faults first, then the thinnest slices.
fn rank(series: &Series) -> [f64; 2] {
    let affine = series.geometry.affine;
    let axial = affine.is_some_and(|a| a.normal().z.abs() > 0.8);
    let faults = [
        // A stack, not a few images.
        series.frames.len() < 10,
        affine.is_none(),
        !axial,
        series.contrast,
        // Secondary reconstructions and maps.
        series.frames.iter().any(|f| f.other_unit.is_some()),
    ];
    let weight = faults.iter().fold(0.0, |sum, &fault| 2.0 * sum + f64::from(u8::from(fault)));
    let step = affine.map_or(f64::INFINITY, |a| a.slice_distance_mm());
    [weight, series.thickness_mm.unwrap_or(0.0).max(step)]
}
