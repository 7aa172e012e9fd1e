//! From a header to frames: what is a CT image, and everything that is later needed of it.

use super::element::Encoding;
use super::groups::Groups;
use super::header::Data;
use super::start::Start;
use super::values;
use super::voi::windows;
use super::walk::PixelElement;
use super::wanted as tags;
use crate::frame::{Frame, Identity, Labels, Order, PixelBytes, Place, Remarks, Stored};
use crate::limits::Limits;
use crate::refusal::{Code, Fault};
use crate::syntax::Syntax;

/// CT Image Storage, Enhanced CT, Legacy Converted Enhanced CT (PS3.4 B.5).
const CT_CLASSES: [&str; 3] =
    ["1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2"];
const MEDIA_DIRECTORY: &str = "1.2.840.10008.1.3.10";

/// Whether the raw value of SOPClassUID names another kind of object.
pub fn is_foreign(sop_class: &[u8]) -> bool {
    let text = String::from_utf8_lossy(sop_class);
    let uid = text.trim_matches([' ', '\0']);
    !uid.is_empty() && !CT_CLASSES.contains(&uid)
}

fn fault<T>(code: Code, detail: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::new(code, detail))
}

/// All frames of a file. `total` is the length of the data set in bytes, where it is known.
pub fn frames(
    path: &str,
    root: Data<'_>,
    start: &Start,
    pixels: Option<PixelElement>,
    total: Option<u64>,
    limits: &Limits,
) -> Result<Vec<Frame>, Fault> {
    check_kind(root, start)?;
    match &start.syntax {
        Syntax::JpegXl => {
            let detail = "JPEG XL: export the images again without compression";
            return fault(Code::UnsupportedSyntax, detail);
        }
        Syntax::Other(uid) => {
            return fault(Code::UnsupportedSyntax, format!("transfer syntax {uid}"));
        }
        _ => {}
    }
    let Some(pixels) = pixels else {
        return fault(Code::NoPixels, "no pixel data element");
    };
    let (rows, columns, count) = dimensions(root, limits)?;
    let stored = stored(root, pixels.tag)?;
    let bytes = pixel_bytes(pixels, start, stored, [rows, columns, count], total)?;
    let syntax = match bytes {
        // Raw cells under a compressed syntax, and fragments under a native one: what lies there counts.
        PixelBytes::Native { .. } => native_syntax(start),
        PixelBytes::Fragments { .. } => match start.syntax {
            Syntax::ImplicitLittle | Syntax::ExplicitLittle => Syntax::EncapsulatedUncompressed,
            _ => start.syntax.clone(),
        },
    };

    let groups = Groups::new(root);
    if groups.enhanced() && groups.frames() != count {
        let detail = format!("{count} frames, {} groups", groups.frames());
        return fault(Code::InconsistentGeometry, detail);
    }
    let multi_frame = groups.enhanced() || count > 1;
    let scouts = |n: &usize| is_localizer(root, &groups, *n);
    if (0..count).all(|n| scouts(&n)) {
        return fault(Code::Localizer, "");
    }
    (0..count)
        .filter(|n| !scouts(n))
        .map(|n| {
            let frame = Frame {
                path: path.to_owned(),
                number: n,
                multi_frame,
                columns,
                rows,
                stored,
                syntax: syntax.clone(),
                pixels: bytes,
                modality_values: values::modality(root, &groups, n, stored),
                other_unit: values::other_unit(root, &groups, n),
                padding: values::padding(root, stored),
                lossy: root.text(tags::LOSSY) == "01",
                place: place(&groups, n, count)?,
                order: order(root, &groups, n),
                identity: identity(root),
                labels: labels(root),
                windows: windows(&groups, n, count),
                contrast: root.has(tags::CONTRAST_AGENT) || root.has(tags::CONTRAST_AGENT_SEQUENCE),
                remarks: remarks(root),
                seen: None,
            };
            // What the header says once is held by every frame.
            if frame.held() > limits.held(count as u64) {
                return fault(Code::TooLarge, "long texts or tables in many frames");
            }
            Ok(frame)
        })
        .collect()
}

fn check_kind(root: Data<'_>, start: &Start) -> Result<(), Fault> {
    let class = match root.text(tags::SOP_CLASS) {
        none if none.is_empty() => start.sop_class.clone().unwrap_or_default(),
        class => class,
    };
    let modality = root.text(tags::MODALITY);
    // Of a directory whose meta group does not say what it is, its first record does.
    if class == MEDIA_DIRECTORY || (class.is_empty() && root.has(tags::FIRST_DIRECTORY_RECORD)) {
        return fault(Code::Dicomdir, "");
    }
    if is_foreign(class.as_bytes()) {
        return fault(Code::NotCtImage, format!("SOP class {class} {modality}").trim_end());
    }
    if class.is_empty() && modality.is_empty() {
        return match (root.has(tags::ROWS), start.declared) {
            (true, _) => fault(Code::Truncated, "neither SOP class nor modality"),
            (_, true) => fault(Code::CorruptHeader, "neither SOP class nor modality"),
            _ => fault(Code::NotDicom, ""),
        };
    }
    if class.is_empty() && modality != "CT" {
        return fault(Code::NotCtImage, format!("modality {modality}"));
    }
    Ok(())
}

fn dimensions(root: Data<'_>, limits: &Limits) -> Result<(usize, usize, usize), Fault> {
    let side = |tag, name| match root.integer(tag).map(u64::try_from) {
        Some(Ok(n)) if n > 0 => Ok(n),
        _ => fault(Code::BadDimensions, format!("{name} is absent or zero")),
    };
    let (rows, columns) = (side(tags::ROWS, "Rows")?, side(tags::COLUMNS, "Columns")?);
    let pixels = limits.pixels(rows, columns)?;
    // Of an image of one frame some writers say that it has none.
    let frames = match root.text(tags::NUMBER_OF_FRAMES).is_empty() {
        true => Some(1),
        false => root.integer(tags::NUMBER_OF_FRAMES),
    };
    let frames = match frames.map(u64::try_from) {
        Some(Ok(n)) if n > limits.frames => return fault(Code::TooLarge, format!("{n} frames")),
        Some(Ok(n)) => n.max(1),
        _ => return fault(Code::BadDimensions, "NumberOfFrames"),
    };
    let colour = |kind: &str| root.text(tags::PHOTOMETRIC).starts_with(kind);
    if root.integer(tags::SAMPLES_PER_PIXEL).is_some_and(|n| n != 1)
        || ["PALETTE", "RGB", "YBR"].into_iter().any(colour)
    {
        return fault(Code::UnsupportedPixelFormat, "colour");
    }
    match usize::try_from(frames).ok().filter(|&n| n.checked_mul(pixels).is_some()) {
        Some(frames) => Ok((rows as usize, columns as usize, frames)),
        None => fault(Code::TooLarge, format!("{frames} frames")),
    }
}

/// PS3.5 8.1.1.
fn stored(root: Data<'_>, pixel_tag: u32) -> Result<Stored, Fault> {
    match pixel_tag {
        tags::FLOAT_PIXEL_DATA => return Ok(Stored::Float32),
        tags::DOUBLE_FLOAT_PIXEL_DATA => return Ok(Stored::Float64),
        _ => {}
    }
    let allocated = root.integer(tags::BITS_ALLOCATED).unwrap_or(0);
    let bits = root.integer(tags::BITS_STORED).unwrap_or(allocated);
    let high = root.integer(tags::HIGH_BIT).unwrap_or(bits - 1);
    let fits = [8, 16, 32].contains(&allocated)
        && (1..=allocated).contains(&bits)
        && (bits - 1..allocated).contains(&high);
    if !fits {
        let detail = format!("{bits} bits up to bit {high} of {allocated}");
        return fault(Code::UnsupportedPixelFormat, detail);
    }
    Ok(Stored::Integer {
        allocated: allocated as u8,
        bits: bits as u8,
        high: high as u8,
        signed: root.integer(tags::PIXEL_REPRESENTATION) == Some(1),
    })
}

fn native_syntax(start: &Start) -> Syntax {
    match (&start.syntax, start.encoding) {
        (Syntax::Deflated, _) => Syntax::Deflated,
        (Syntax::ImplicitBigPixels, _) => Syntax::ImplicitBigPixels,
        (_, Encoding::ImplicitLittle) => Syntax::ImplicitLittle,
        (_, Encoding::ExplicitLittle) => Syntax::ExplicitLittle,
        (_, Encoding::ExplicitBig) => Syntax::ExplicitBig,
    }
}

fn pixel_bytes(
    pixels: PixelElement,
    start: &Start,
    stored: Stored,
    [rows, columns, frames]: [usize; 3],
    total: Option<u64>,
) -> Result<PixelBytes, Fault> {
    let offset = pixels.value as u64;
    let Some(length) = pixels.length.map(u64::from) else {
        return Ok(PixelBytes::Fragments { offset, extended: pixels.extended, frames });
    };
    let needed = [rows, columns, frames, stored.cell()]
        .iter()
        .try_fold(1u64, |n, &m| n.checked_mul(m as u64))
        .ok_or_else(|| Fault::new(Code::TooLarge, "pixel data"))?;
    if length == 0 {
        return fault(Code::NoPixels, "the pixel data element is empty");
    }
    let there = total.map_or(length, |t| length.min(t.saturating_sub(offset)));
    // Some writers give the element of the fragments a length. Raw cells have just the length they need.
    if start.syntax.is_compressed() && length != needed.next_multiple_of(2) {
        return Ok(PixelBytes::Fragments { offset, extended: pixels.extended, frames });
    }
    if there < needed {
        return fault(Code::Truncated, format!("{there} of {needed} bytes of pixel data"));
    }
    let swapped_pairs =
        start.encoding == Encoding::ExplicitBig && stored.cell() == 1 && pixels.vr == Some(*b"OW");
    Ok(PixelBytes::Native { offset, length, swapped_pairs })
}

/// ImageType value 3 (PS3.3 C.8.2.1.1.1); of an enhanced image, where it is MIXED, that of the frame (C.8.15.3.1).
fn is_localizer(root: Data<'_>, groups: &Groups<'_>, frame: usize) -> bool {
    let is_scout = |types: String| types.split('\\').nth(2).map(str::trim) == Some("LOCALIZER");
    let frame_type = groups.find(frame, tags::CT_FRAME_TYPE_SEQUENCE, tags::FRAME_TYPE);
    is_scout(root.text(tags::IMAGE_TYPE))
        || frame_type.is_some_and(|item| is_scout(item.text(tags::FRAME_TYPE)))
}

fn place(groups: &Groups<'_>, frame: usize, count: usize) -> Result<Place, Fault> {
    // The root of an image of several frames can place none but its first.
    let find = |sequence, tag| {
        groups.placed(frame, sequence, tag).filter(|_| groups.enhanced() || count == 1)
    };
    let position = find(tags::PLANE_POSITION_SEQUENCE, tags::IMAGE_POSITION)
        .and_then(|data| data.numbers(tags::IMAGE_POSITION));
    let orientation = find(tags::PLANE_ORIENTATION_SEQUENCE, tags::IMAGE_ORIENTATION)
        .and_then(|data| data.numbers(tags::IMAGE_ORIENTATION))
        .and_then(values::unit_vectors);
    if groups.enhanced() && (position.is_none() || orientation.is_none()) {
        return fault(Code::InconsistentGeometry, format!("frame {frame} has no place"));
    }
    let measures = |tag| groups.find_or_root(frame, tags::PIXEL_MEASURES_SEQUENCE, tag);
    let spacing = measures(tags::PIXEL_SPACING).numbers::<2>(tags::PIXEL_SPACING);
    let thickness = measures(tags::SLICE_THICKNESS).decimal(tags::SLICE_THICKNESS);
    Ok(Place {
        position,
        orientation,
        pixel_spacing: spacing.filter(|s| s.iter().all(|&mm| mm > 0.0)),
        thickness_mm: thickness.filter(|&mm| mm > 0.0),
    })
}

fn order(root: Data<'_>, groups: &Groups<'_>, frame: usize) -> Order {
    let content = [tags::FRAME_CONTENT_SEQUENCE];
    let unassigned = [
        tags::CT_RECONSTRUCTION_SEQUENCE,
        tags::CT_X_RAY_DETAILS_SEQUENCE,
        tags::UNASSIGNED_PER_FRAME_SEQUENCE,
        tags::UNASSIGNED_SHARED_SEQUENCE,
    ];
    let date_time = [tags::ACQUISITION_DATE_TIME, tags::ACQUISITION_DATE, tags::ACQUISITION_TIME];
    let acquisition = match groups.text(frame, &content, tags::FRAME_ACQUISITION_NUMBER) {
        number if number.is_empty() => root.text(tags::ACQUISITION_NUMBER),
        number => number,
    };
    let temporal = match groups.text(frame, &content, tags::TEMPORAL_INDEX) {
        index if index.is_empty() => root.text(tags::TEMPORAL_POSITION),
        index => index,
    };
    let number = root.integer(tags::INSTANCE_NUMBER).filter(|_| !groups.enhanced());
    Order {
        instance_number: number.and_then(|n| i32::try_from(n).ok()),
        stack: groups.text(frame, &content, tags::STACK_ID),
        acquisition,
        kernel: groups.text(frame, &unassigned, tags::KERNEL),
        kvp: groups.text(frame, &unassigned, tags::KVP),
        image_type: match groups.text(frame, &[tags::CT_FRAME_TYPE_SEQUENCE], tags::FRAME_TYPE) {
            kind if kind.is_empty() => root.text(tags::IMAGE_TYPE),
            kind => kind,
        },
        time: groups.text(frame, &content, tags::FRAME_ACQUISITION_DATE_TIME)
            + &date_time.map(|tag| root.text(tag)).concat(),
        temporal,
    }
}

fn identity(root: Data<'_>) -> Identity {
    Identity {
        sop_class_uid: root.text(tags::SOP_CLASS),
        sop_instance_uid: root.text(tags::SOP_INSTANCE),
        series_instance_uid: root.uid(tags::SERIES_INSTANCE),
        study_instance_uid: root.uid(tags::STUDY_INSTANCE),
        frame_of_reference_uid: root.uid(tags::FRAME_OF_REFERENCE),
        // Whoever comes here is a CT by its SOP class, or else by its modality.
        modality: root.uid(tags::MODALITY).or(Some("CT".to_owned())),
    }
}

fn labels(root: Data<'_>) -> Labels {
    Labels {
        patient_name: root.text(tags::PATIENT_NAME),
        patient_id: root.text(tags::PATIENT_ID),
        birth_date: root.text(tags::BIRTH_DATE),
        sex: root.text(tags::SEX),
        study_description: root.text(tags::STUDY_DESCRIPTION),
        study_date: root.text(tags::STUDY_DATE),
        study_time: root.text(tags::STUDY_TIME),
        study_id: root.text(tags::STUDY_ID),
        accession_number: root.text(tags::ACCESSION_NUMBER),
        referring_physician: root.text(tags::REFERRING_PHYSICIAN),
        series_description: root.text(tags::SERIES_DESCRIPTION),
        series_number: root.integer(tags::SERIES_NUMBER).and_then(|n| i32::try_from(n).ok()),
    }
}

fn remarks(root: Data<'_>) -> Remarks {
    Remarks {
        contrast_agent: root.text(tags::CONTRAST_AGENT),
        burned_in: root.text(tags::BURNED_IN) == "YES",
        lossy_method: root.text(tags::LOSSY_METHOD),
        lossy_ratio: root.text(tags::LOSSY_RATIO),
        patient_position: root.text(tags::PATIENT_POSITION),
        inverted: root.text(tags::PHOTOMETRIC) == "MONOCHROME1",
    }
}
