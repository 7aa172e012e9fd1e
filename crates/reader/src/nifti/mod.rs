//! NIfTI-1 and NIfTI-2 (`.nii`) as a CT volume: every plane of constant k is a [`Frame`]. Offsets and rules
//! are those of the standard's header files `nifti1.h` and `nifti2.h`.

mod header;
pub mod labels;
mod place;
#[cfg(test)]
mod tests;

use crate::frame::{Frame, Identity, Labels, Modality, Order, PixelBytes, Place, Remarks, Stored};
use crate::limits::Limits;
use crate::refusal::{Code, Fault};
use crate::syntax::Syntax;
use header::Header;
use place::Grid;

pub(crate) enum Looked {
    Frames(Vec<Frame>),
    NeedMore(u64),
    /// Not NIfTI.
    Other,
}

/// `prefix` is the beginning of a file of `total` bytes.
pub(crate) fn look(
    path: &str,
    prefix: &[u8],
    total: u64,
    limits: &Limits,
) -> Result<Looked, Fault> {
    let Some((layout, big)) = header::sniff(prefix) else { return Ok(Looked::Other) };
    match prefix.get(..layout.length) {
        Some(bytes) => {
            let header = Header { bytes, layout, big };
            frames(path, &header, total, limits).map(Looked::Frames)
        }
        None if total >= layout.length as u64 => Ok(Looked::NeedMore(layout.length as u64)),
        None => Err(Fault::new(Code::Truncated, "the file ends inside its header")),
    }
}

fn frames(
    path: &str,
    header: &Header<'_>,
    total: u64,
    limits: &Limits,
) -> Result<Vec<Frame>, Fault> {
    if header.is_apart() {
        let detail = "a NIfTI header whose voxels are in an .img file: save both as one .nii";
        return Err(Fault::new(Code::NoPixels, detail));
    }
    let [columns, rows, slices] = dimensions(header, limits)?;
    let stored = stored(header.datatype())?;
    let offset = header.voxel_offset()?;
    let needed = [columns, rows, slices, stored.cell()]
        .iter()
        .try_fold(1u64, |n, &m| n.checked_mul(m as u64))
        .ok_or_else(|| Fault::new(Code::TooLarge, "voxels"))?;
    let there = total.saturating_sub(offset);
    if there < needed {
        return Err(Fault::new(Code::Truncated, format!("{there} of {needed} bytes of voxels")));
    }
    let grid = Grid::read(header);
    let name = path.rsplit('/').next().unwrap_or(path);
    let frame = |k| Frame {
        path: path.to_owned(),
        number: k,
        multi_frame: true,
        columns,
        rows,
        stored,
        syntax: Syntax::Nifti { big: header.big },
        pixels: PixelBytes::Native { offset, length: needed, swapped_pairs: false },
        modality_values: scaling(header),
        other_unit: None,
        padding: None,
        lossy: false,
        place: place(&grid, k, slices),
        order: Order::default(),
        identity: Identity::default(),
        labels: Labels { series_description: name.to_owned(), ..Labels::default() },
        windows: Vec::new(),
        contrast: false,
        remarks: Remarks::default(),
        seen: None,
    };
    Ok((0..slices).map(frame).collect())
}

/// Columns, rows, slices. Axes beyond the third are time and the like.
fn dimensions(header: &Header<'_>, limits: &Limits) -> Result<[usize; 3], Fault> {
    let bad = |detail: String| Fault::new(Code::BadDimensions, detail);
    let [axes, dims @ ..] = header.dimensions();
    if !(1..=7).contains(&axes) {
        return Err(bad(format!("{axes} axes")));
    }
    let mut sizes = [1u64; 7];
    for (size, &dim) in sizes.iter_mut().zip(&dims).take(axes as usize) {
        *size =
            u64::try_from(dim).ok().filter(|&n| n > 0).ok_or_else(|| bad(format!("{dims:?}")))?;
    }
    let [columns, rows, slices, further @ ..] = sizes;
    if further.iter().any(|&n| n != 1) {
        return Err(bad(format!("more than one volume: {dims:?}")));
    }
    limits.pixels(rows, columns)?;
    if slices > limits.frames {
        return Err(Fault::new(Code::TooLarge, format!("{slices} slices")));
    }
    // Bounded above.
    Ok([columns as usize, rows as usize, slices as usize])
}

fn stored(datatype: i64) -> Result<Stored, Fault> {
    let integer = |allocated, signed| {
        Ok(Stored::Integer { allocated, bits: allocated, high: allocated - 1, signed })
    };
    match datatype {
        2 => integer(8, false),
        4 => integer(16, true),
        8 => integer(32, true),
        16 => Ok(Stored::Float32),
        64 => Ok(Stored::Float64),
        256 => integer(8, true),
        512 => integer(16, false),
        768 => integer(32, false),
        1024 => integer(64, true),
        1280 => integer(64, false),
        other => {
            let detail = format!("NIfTI datatype {other}: neither integers nor reals");
            Err(Fault::new(Code::UnsupportedPixelFormat, detail))
        }
    }
}

/// A slope of 0 says that the values are not scaled; so, in practice, does one that is no number.
fn scaling(header: &Header<'_>) -> Modality {
    let [slope, intercept] = header.scaling();
    if slope == 0.0 || !slope.is_finite() {
        return Modality::Linear { slope: 1.0, intercept: 0.0 };
    }
    Modality::Linear { slope, intercept: if intercept.is_finite() { intercept } else { 0.0 } }
}

/// Where plane `k` lies. The distance to the next tells the thickness only where there is no next.
fn place(grid: &Grid, k: usize, slices: usize) -> Place {
    let [i_mm, j_mm, k_mm] = grid.spacing_mm;
    Place {
        position: grid.placed.map(|p| (p.origin + p.step * k as f64).to_array()),
        orientation: grid.placed.map(|p| p.directions.map(|d| d.to_array())),
        pixel_spacing: (i_mm > 0.0 && j_mm > 0.0).then_some([j_mm, i_mm]),
        thickness_mm: (slices == 1 && k_mm > 0.0).then_some(k_mm),
    }
}
