//! A DICOM Segmentation (PS3.3 A.51): which pixels of which image belong to which segment.
//!
//! Binary, fractional (from half of the most on), and label maps, uncompressed. Segment and place of a frame are found
//! in its own functional groups or in the shared ones: writers put them in either.

use super::groups::Groups;
use super::header::Data;
use super::start::{Sniffed, Start, sniff};
use super::values::unit_vectors;
use super::walk::{Stop, walk};
use super::wanted as tags;
use crate::inflate::inflate;
use crate::limits::Limits;
use crate::refusal::{Code, Fault, Refusal};
use crate::series::Series;
use crate::syntax::Syntax;
use glam::DVec3;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Segmentation Storage and Label Map Segmentation Storage (PS3.4 B.5).
const CLASSES: [&str; 2] = ["1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"];
/// More voxels than all stones of a body have.
const MOST_VOXELS: usize = 64 << 20;
/// A frame lies in a slice from which it is not further away than this, in mm …
const NEAR_MM: f64 = 0.05;
/// … and whose directions are its own to this, as the sine of an angle.
const PARALLEL: f64 = 1e-3;

/// What a segmentation says.
#[derive(Clone, Debug, PartialEq)]
pub struct Segmentation {
    pub columns: usize,
    pub rows: usize,
    /// What is said of each segment, by its number.
    pub segments: BTreeMap<u32, Segment>,
    frames: Vec<Masked>,
}

/// What a segmentation says of one of its segments; empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    pub label: String,
    pub description: String,
    /// `AUTOMATIC`, `SEMIAUTOMATIC`, `MANUAL`.
    pub algorithm: String,
    /// What it is of: code and scheme.
    pub finding: [String; 2],
    /// CIELab, scaled to words as PS3.3 C.10.7.1.1 says.
    pub colour: Option<[u16; 3]>,
}

/// The pixels `(column, row)` of one frame that belong to one segment.
#[derive(Clone, Debug, PartialEq)]
struct Masked {
    segment: u32,
    /// SOP instance and frame number, from 1, of the image that it was made of.
    source: Option<(String, Option<i64>)>,
    position: Option<[f64; 3]>,
    orientation: Option<[[f64; 3]; 2]>,
    pixels: Vec<[u16; 2]>,
}

/// How the values of the pixels are meant.
#[derive(Clone, Copy)]
enum Cells {
    Bits,
    /// From this on a pixel belongs to the frame's segment.
    Fractions(u8),
    Labels,
    WideLabels,
}

impl Segmentation {
    /// Reads a whole file; `path` names it in a refusal.
    pub fn read(path: &str, file: &[u8], limits: &Limits) -> Result<Self, Refusal> {
        Self::of(file, limits).map_err(|fault| fault.at(path))
    }

    fn of(file: &[u8], limits: &Limits) -> Result<Self, Fault> {
        let Sniffed::Dicom(start) = sniff(file) else {
            return Err(Fault::new(Code::NotDicom, ""));
        };
        let (data, at) = data_set(file, &start, limits)?;
        let walked = walk(&data, at, data.len(), start.encoding, limits, |_| false);
        let walked = walked.map_err(|stop| match stop {
            Stop::Fault(fault) => fault,
            Stop::Needs(_) => Fault::new(Code::Truncated, "the file ends inside its header"),
        })?;
        let root = walked.header.data();
        let class = root.text(tags::SOP_CLASS);
        if !CLASSES.contains(&class.as_str()) {
            return Err(Fault::new(Code::NotCtImage, format!("SOP class {class}, no SEG")));
        }
        let pixels = walked.pixels.ok_or_else(|| Fault::new(Code::NoPixels, "no pixel data"))?;
        let Some(length) = pixels.length else {
            return Err(Fault::new(Code::UnsupportedSyntax, "a compressed segmentation"));
        };
        let bytes = data.get(pixels.value..pixels.value.saturating_add(length as usize));
        let bytes = bytes.ok_or_else(|| Fault::new(Code::Truncated, "pixel data"))?;
        read(root, bytes, limits)
    }

    /// The voxels `[i, j, k]` of each segment in a series, in ascending order of k, j, i. Empty where the frames are of
    /// no slice of it.
    pub fn voxels(&self, series: &Series) -> BTreeMap<u32, Vec<[usize; 3]>> {
        let mut segments: BTreeMap<u32, Vec<[usize; 3]>> = BTreeMap::new();
        let geometry = &series.geometry;
        if (self.columns, self.rows) != (geometry.columns, geometry.rows) {
            return segments;
        }
        for frame in &self.frames {
            if let Some(k) = slice_of(frame, series) {
                let voxels = frame.pixels.iter().map(|&[i, j]| [usize::from(i), usize::from(j), k]);
                segments.entry(frame.segment).or_default().extend(voxels);
            }
        }
        for voxels in segments.values_mut() {
            volume::sort_voxels(voxels);
            voxels.dedup();
        }
        segments
    }
}

fn data_set<'a>(
    file: &'a [u8],
    start: &Start,
    limits: &Limits,
) -> Result<(Cow<'a, [u8]>, usize), Fault> {
    match &start.syntax {
        Syntax::Deflated => {
            let packed = file.get(start.data_set..).unwrap_or(&[]);
            Ok((Cow::Owned(inflate(packed, limits.unpacked(packed.len() as u64))), 0))
        }
        Syntax::Other(uid) => {
            Err(Fault::new(Code::UnsupportedSyntax, format!("transfer syntax {uid}")))
        }
        _ => Ok((Cow::Borrowed(file), start.data_set)),
    }
}

fn read(root: Data<'_>, bytes: &[u8], limits: &Limits) -> Result<Segmentation, Fault> {
    let side = |tag| root.integer(tag).and_then(|n| u64::try_from(n).ok()).filter(|&n| n > 0);
    let (Some(columns), Some(rows)) = (side(tags::COLUMNS), side(tags::ROWS)) else {
        return Err(Fault::new(Code::BadDimensions, "rows or columns are absent or zero"));
    };
    let size = limits.pixels(rows, columns)?;
    let cells = match (root.integer(tags::BITS_ALLOCATED), &*root.text(tags::SEGMENTATION_TYPE)) {
        (Some(1), _) => Cells::Bits,
        (Some(8), "LABELMAP") => Cells::Labels,
        (Some(16), "LABELMAP") => Cells::WideLabels,
        (Some(8), _) => {
            let most = root.integer(tags::MAXIMUM_FRACTIONAL_VALUE).unwrap_or(255).clamp(1, 255);
            Cells::Fractions((most as u8).div_ceil(2))
        }
        _ => return Err(Fault::new(Code::UnsupportedPixelFormat, "bits of a segmentation")),
    };
    let groups = Groups::new(root);
    let mut frames = Vec::new();
    let mut left = MOST_VOXELS;
    for n in 0..groups.frames() {
        let found = pixels_of(bytes, n, size, columns as usize, cells, &mut left)?;
        let named = groups
            .find(n, tags::SEGMENT_IDENTIFICATION_SEQUENCE, tags::REFERENCED_SEGMENT)
            .and_then(|item| item.integer(tags::REFERENCED_SEGMENT))
            .and_then(|number| u32::try_from(number).ok());
        for (label, pixels) in found {
            let Some(segment) = label.or(named) else { continue };
            frames.push(Masked {
                segment,
                source: source(&groups, n),
                position: groups
                    .find(n, tags::PLANE_POSITION_SEQUENCE, tags::IMAGE_POSITION)
                    .and_then(|item| item.numbers(tags::IMAGE_POSITION)),
                orientation: groups
                    .find(n, tags::PLANE_ORIENTATION_SEQUENCE, tags::IMAGE_ORIENTATION)
                    .and_then(|item| item.numbers(tags::IMAGE_ORIENTATION))
                    .and_then(unit_vectors),
                pixels,
            });
        }
    }
    let (columns, rows) = (columns as usize, rows as usize);
    Ok(Segmentation { columns, rows, segments: segments(root), frames })
}

fn segments(root: Data<'_>) -> BTreeMap<u32, Segment> {
    let segment = |item: Data<'_>| {
        let code = item.item(tags::PROPERTY_TYPE_SEQUENCE);
        let coded = |tag| code.map(|code| code.text(tag)).unwrap_or_default();
        let number = u32::try_from(item.integer(tags::SEGMENT_NUMBER)?).ok()?;
        let segment = Segment {
            label: item.text(tags::SEGMENT_LABEL),
            description: item.text(tags::SEGMENT_DESCRIPTION),
            algorithm: item.text(tags::SEGMENT_ALGORITHM_TYPE),
            finding: [coded(tags::CODE_VALUE), coded(tags::CODING_SCHEME)],
            colour: item.words(tags::RECOMMENDED_COLOUR).and_then(|words| words.try_into().ok()),
        };
        Some((number, segment))
    };
    root.items(tags::SEGMENT_SEQUENCE).filter_map(segment).collect()
}

/// By label, where the pixels hold labels, the pixels of frame `n` that are set.
type Found = BTreeMap<Option<u32>, Vec<[u16; 2]>>;

fn pixels_of(
    bytes: &[u8],
    n: usize,
    size: usize,
    columns: usize,
    cells: Cells,
    left: &mut usize,
) -> Result<Found, Fault> {
    let truncated = || Fault::new(Code::Truncated, "pixel data");
    let first = n.checked_mul(size).ok_or_else(truncated)?;
    let end = first.checked_add(size).ok_or_else(truncated)?;
    let cell = match cells {
        Cells::Bits => None,
        Cells::Fractions(_) | Cells::Labels => Some(1),
        Cells::WideLabels => Some(2),
    };
    let most = cell.map_or(bytes.len().saturating_mul(8), |cell| bytes.len() / cell);
    if end > most {
        return Err(truncated());
    }
    let mut found = Found::new();
    for at in first..end {
        // Without a break between frames, the first pixel lowest (PS3.5 8.1.1).
        let label = match cells {
            Cells::Bits => (bytes[at / 8] >> (at % 8) & 1 == 1).then_some(None),
            Cells::Fractions(least) => (bytes[at] >= least).then_some(None),
            Cells::Labels => (bytes[at] > 0).then_some(Some(u32::from(bytes[at]))),
            Cells::WideLabels => {
                let label = u16::from_le_bytes([bytes[2 * at], bytes[2 * at + 1]]);
                (label > 0).then_some(Some(u32::from(label)))
            }
        };
        if let Some(label) = label {
            *left = left.checked_sub(1).ok_or_else(|| Fault::new(Code::TooLarge, "voxels"))?;
            let (i, j) = ((at - first) % columns, (at - first) / columns);
            found.entry(label).or_default().push([i as u16, j as u16]);
        }
    }
    Ok(found)
}

fn source(groups: &Groups<'_>, frame: usize) -> Option<(String, Option<i64>)> {
    let image = groups
        .find(frame, tags::DERIVATION_IMAGE_SEQUENCE, tags::SOURCE_IMAGE_SEQUENCE)?
        .item(tags::SOURCE_IMAGE_SEQUENCE)?;
    let uid = image.uid(tags::REFERENCED_SOP_INSTANCE)?;
    Some((uid, image.integer(tags::REFERENCED_FRAME)))
}

/// The slice that a frame was made of; where it names none that is here, the one that lies where it does.
fn slice_of(frame: &Masked, series: &Series) -> Option<usize> {
    let named = || {
        let (uid, number) = frame.source.as_ref()?;
        series.frames.iter().position(|slice| {
            let same = number.is_none_or(|n| !slice.multi_frame || n == slice.number as i64 + 1);
            slice.identity.sop_instance_uid == *uid && same
        })
    };
    named().or_else(|| {
        let affine = series.geometry.affine?;
        let own = [affine.step[0], affine.step[1]].map(DVec3::normalize_or_zero);
        let given = frame.orientation?.map(DVec3::from_array);
        let position = DVec3::from_array(frame.position?);
        let parallel = (0..2).all(|n| own[n].distance(given[n]) < PARALLEL);
        let near = |origin: &DVec3| origin.distance(position) < NEAR_MM;
        series.geometry.origins.iter().position(near).filter(|_| parallel)
    })
}
