//! The same slice more than once: dropped where it is the same image, a volume of its own where it is not.

use super::Series;
use crate::frame::{Frame, Order};
use crate::refusal::{Code, Refusal};
use glam::DVec3;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use volume::sort_by;

/// Frames of one volume in canonical order.
pub struct Part {
    pub frames: Vec<Frame>,
    /// A slice came a second time under another SOPInstanceUID.
    pub repeated: bool,
    /// What tells it from the other parts, where it was divided.
    pub told_by: Option<String>,
}

type Tell = fn(&Order) -> &str;

/// What tells repeats apart, most telling first.
const TELLS: [(&str, Tell); 7] = [
    ("StackID", |o| &o.stack),
    ("AcquisitionNumber", |o| &o.acquisition),
    ("ConvolutionKernel", |o| &o.kernel),
    ("KVP", |o| &o.kvp),
    ("ImageType", |o| &o.image_type),
    ("AcquisitionDateTime", |o| &o.time),
    ("TemporalPosition", |o| &o.temporal),
];

/// More scans than a place has repeats overlap only in part; they have so many slices each, on average.
const STACK: usize = 3;

/// Positions along the normal (mm) that are one differ by less from the first of them; hundredths are told apart.
const SAME_MM: f64 = 0.008;

/// The places of frames along the normal, each by its first position.
struct Places(Vec<f64>);

impl Places {
    fn of(frames: &[Frame]) -> Self {
        let mut positions: Vec<f64> = frames.iter().filter_map(distance).collect();
        positions.sort_by(f64::total_cmp);
        positions.dedup_by(|position, first| *position - *first < SAME_MM);
        Self(positions)
    }

    /// Which of them a frame has; `None` without a position.
    fn at(&self, frame: &Frame) -> Option<usize> {
        let position = distance(frame)?;
        self.0.partition_point(|first| *first <= position).checked_sub(1)
    }

    /// Whether a frame, which may be none of them, is at one.
    fn hold(&self, frame: &Frame) -> bool {
        let near = |position: f64| {
            let from = self.0.partition_point(|first| *first <= position - SAME_MM);
            self.0.get(from).is_some_and(|first| *first < position + SAME_MM)
        };
        distance(frame).is_some_and(near)
    }
}

fn distance(frame: &Frame) -> Option<f64> {
    let [row, column] = frame.place.orientation?.map(DVec3::from_array);
    let position = DVec3::from_array(frame.place.position?);
    Some(position.dot(row.cross(column).normalize_or_zero())).filter(|mm| mm.is_finite())
}

/// Frames of one size and orientation → volumes, each position once.
pub fn separate(frames: Vec<Frame>, refused: &mut Vec<Refusal>) -> Vec<Part> {
    let places = Places::of(&frames);
    let frames = drop_same_instance(frames, &places, refused);
    let before = refused.len();
    let frames = drop_same_place(frames, &places, refused);
    let mut parts = drop_same_part(split(frames, &places), &places, refused);
    let repeated = refused.len() > before;
    for (part, _) in &mut parts {
        sort(part);
    }
    parts.into_iter().map(|(frames, told_by)| Part { frames, repeated, told_by }).collect()
}

/// Frames of `all` that lie where a slice of the series lies and are not among its own: only their pixels can
/// tell whether they are that slice again.
pub fn rivals<'a>(series: &Series, all: &'a [Frame]) -> impl Iterator<Item = &'a Frame> {
    let uid = series.series_instance_uid.clone();
    let own: HashSet<_> = series.frames.iter().map(|f| (f.path.clone(), f.number)).collect();
    let places = Places::of(&series.frames);
    all.iter().filter(move |frame| {
        frame.identity.series_instance_uid == uid
            && !own.contains(&(frame.path.clone(), frame.number))
            && places.hold(frame)
    })
}

/// Two files of one SOP instance at the same place, with the same HU once pixels are read. The UID alone would not
/// do: some anonymisers give all files the same.
fn drop_same_instance(
    frames: Vec<Frame>,
    places: &Places,
    refused: &mut Vec<Refusal>,
) -> Vec<Frame> {
    let mut first = HashSet::new();
    let mut kept = Vec::with_capacity(frames.len());
    for frame in frames {
        let uid = frame.identity.sop_instance_uid.clone();
        let hash = frame.seen.map(|s| s.hash);
        let known = !uid.is_empty() && !first.insert((uid, frame.number, hash, places.at(&frame)));
        if known { refused.push(duplicate(frame)) } else { kept.push(frame) }
    }
    kept
}

/// The same HU at the same place, of the same scan: the same slice, stored again. Needs pixels.
fn drop_same_place(frames: Vec<Frame>, places: &Places, refused: &mut Vec<Refusal>) -> Vec<Frame> {
    let mut seen = HashSet::new();
    let of_scan = |frame: &Frame| TELLS.map(|(_, tell)| tell(&frame.order).to_owned());
    let mut kept = Vec::with_capacity(frames.len());
    for frame in frames {
        let image = image(&frame, places).map(|image| (image, of_scan(&frame)));
        let known = image.is_some_and(|image| !seen.insert(image));
        if known { refused.push(duplicate(frame)) } else { kept.push(frame) }
    }
    kept
}

type Told = (Vec<Frame>, Option<String>);

/// A part whose slices are all slices of another: a series stored again, whole or in part, as if it were another scan.
fn drop_same_part(parts: Vec<Told>, places: &Places, refused: &mut Vec<Refusal>) -> Vec<Told> {
    let mut longest_first: Vec<usize> = (0..parts.len()).collect();
    sort_by(&mut longest_first, |a, b| {
        let length = |at: &usize| parts.get(*at).map_or(0, |(frames, _)| frames.len());
        length(b).cmp(&length(a)).then(a.cmp(b))
    });
    let mut owners: HashMap<Image, usize> = HashMap::new();
    let mut copies = HashSet::new();
    for at in longest_first {
        let frames = parts.get(at).map_or(&[][..], |(frames, _)| frames);
        let images: Vec<_> = frames.iter().map(|frame| image(frame, places)).collect();
        let mut of = images.iter().map(|image| owners.get(image.as_ref()?).copied());
        let owner = of.next().flatten();
        if owner.is_some() && of.all(|of| of == owner) {
            copies.insert(at);
        }
        images.into_iter().flatten().for_each(|image| {
            owners.entry(image).or_insert(at);
        });
    }
    let mut kept = Vec::with_capacity(parts.len());
    for (at, part) in parts.into_iter().enumerate() {
        match copies.contains(&at) {
            true => refused.extend(part.0.into_iter().map(duplicate)),
            false => kept.push(part),
        }
    }
    kept
}

/// What a slice shows (a hash of its HU) and where: along the normal, and about the place itself. A reconstruction of
/// another region may have the same air.
type Image = (usize, u64, [i64; 3]);

fn image(frame: &Frame, places: &Places) -> Option<Image> {
    // Not cut at halves of a millimetre, where many positions lie.
    let about = frame.place.position?.map(|mm| (mm + 1.0 / 3.0).round() as i64);
    Some((places.at(frame)?, frame.seen?.hash, about))
}

fn duplicate(frame: Frame) -> Refusal {
    Refusal { path: frame.path, code: Code::Duplicate, detail: String::new() }
}

/// Divides by the first property that leaves no position twice; names it and its value.
fn split(frames: Vec<Frame>, places: &Places) -> Vec<(Vec<Frame>, Option<String>)> {
    if frames.iter().any(|f| places.at(f).is_none()) || is_unique(frames.iter(), places) {
        return vec![(frames, None)];
    }
    let most = repeats(&frames, places);
    for (name, tell) in TELLS {
        let mut parts: BTreeMap<&str, Vec<&Frame>> = BTreeMap::new();
        for frame in &frames {
            parts.entry(tell(&frame.order)).or_default().push(frame);
        }
        // What differs from slice to slice, as the time of a scan does, tells slices apart and not scans.
        let scans = parts.len() <= most || parts.len() * STACK <= frames.len();
        if scans && parts.len() > 1 && parts.values().all(|p| is_unique(p.iter().copied(), places))
        {
            let part = |(value, frames): (&str, Vec<&Frame>)| {
                let told_by = format!("{name} {value}").trim_end().to_owned();
                (frames.into_iter().cloned().collect(), Some(told_by))
            };
            return parts.into_iter().map(part).collect();
        }
    }
    let named = |frames| (frames, Some("InstanceNumber".to_owned()));
    by_rank(frames, places).into_iter().map(named).collect()
}

fn is_unique<'a>(mut frames: impl Iterator<Item = &'a Frame>, places: &Places) -> bool {
    let mut seen = BTreeSet::new();
    frames.all(|frame| seen.insert(places.at(frame)))
}

/// How often the place that comes most often does.
fn repeats(frames: &[Frame], places: &Places) -> usize {
    let mut counts: BTreeMap<Option<usize>, usize> = BTreeMap::new();
    for frame in frames {
        *counts.entry(places.at(frame)).or_default() += 1;
    }
    counts.into_values().max().unwrap_or(0)
}

/// Nothing tells them apart: the n-th of each position by instance number goes to the n-th volume.
fn by_rank(mut frames: Vec<Frame>, places: &Places) -> Vec<Vec<Frame>> {
    sort_by(&mut frames, |a, b| by_instance(a).cmp(&by_instance(b)));
    let mut ranks: BTreeMap<Option<usize>, usize> = BTreeMap::new();
    let mut parts: Vec<Vec<Frame>> = Vec::new();
    for frame in frames {
        let rank = ranks.entry(places.at(&frame)).or_default();
        match parts.get_mut(*rank) {
            Some(part) => part.push(frame),
            None => parts.push(vec![frame]),
        }
        *rank += 1;
    }
    parts
}

fn by_instance(frame: &Frame) -> (bool, Option<i32>, &str, usize) {
    let number = frame.order.instance_number;
    (number.is_none(), number, &frame.path, frame.number)
}

/// Along the normal (PS3.3 C.7.6.2.1.1); without a place by instance number.
fn sort(frames: &mut Vec<Frame>) {
    if frames.iter().all(|f| distance(f).is_some()) {
        sort_by(frames, |a, b| {
            let [x, y] = [a, b].map(|f| distance(f).unwrap_or(0.0));
            x.total_cmp(&y).then_with(|| by_instance(a).cmp(&by_instance(b)))
        });
    } else {
        sort_by(frames, |a, b| by_instance(a).cmp(&by_instance(b)));
    }
}
