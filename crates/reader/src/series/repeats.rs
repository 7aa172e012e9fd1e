//! The same slice more than once: dropped where it is the same image, a volume of its own where it is not.

use super::Series;
use crate::frame::{Frame, Order};
use crate::refusal::{Code, Refusal};
use glam::DVec3;
use std::collections::{BTreeMap, BTreeSet, HashSet};
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
const STACK: usize = 10;

/// Position along the normal in hundredths of a millimetre; `None` without a place.
fn place(frame: &Frame) -> Option<i64> {
    // Steps are often eighths of a millimetre: a third keeps them from where the last digit tips the rounding.
    Some((distance(frame)? * 100.0 + 1.0 / 3.0).round_ties_even() as i64)
}

fn distance(frame: &Frame) -> Option<f64> {
    let [row, column] = frame.place.orientation?.map(DVec3::from_array);
    let position = DVec3::from_array(frame.place.position?);
    Some(position.dot(row.cross(column).normalize_or_zero()))
}

/// Frames of one size and orientation → volumes, each position once.
pub fn separate(frames: Vec<Frame>, refused: &mut Vec<Refusal>) -> Vec<Part> {
    let frames = drop_same_instance(frames, refused);
    let (frames, repeated) = drop_same_place(frames, refused);
    let mut parts = split(frames);
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
    let places: HashSet<_> = series.frames.iter().filter_map(place).collect();
    all.iter().filter(move |frame| {
        frame.identity.series_instance_uid == uid
            && !own.contains(&(frame.path.clone(), frame.number))
            && place(frame).is_some_and(|place| places.contains(&place))
    })
}

/// Two files of one SOP instance with the same HU; before pixels are read, at the same place. The UID alone
/// would not do: some anonymisers give all files the same.
fn drop_same_instance(frames: Vec<Frame>, refused: &mut Vec<Refusal>) -> Vec<Frame> {
    let mut first = HashSet::new();
    let mut kept = Vec::with_capacity(frames.len());
    for frame in frames {
        let uid = frame.identity.sop_instance_uid.clone();
        let hash = frame.seen.map(|s| s.hash);
        let place = place(&frame).filter(|_| hash.is_none());
        let known = !uid.is_empty() && !first.insert((uid, frame.number, hash, place));
        if known { refused.push(duplicate(frame)) } else { kept.push(frame) }
    }
    kept
}

/// The same HU at the same place: the same slice, stored again. Needs pixels.
fn drop_same_place(frames: Vec<Frame>, refused: &mut Vec<Refusal>) -> (Vec<Frame>, bool) {
    let mut seen = BTreeSet::new();
    let mut kept = Vec::with_capacity(frames.len());
    let before = refused.len();
    for frame in frames {
        let key = place(&frame).zip(frame.seen.map(|s| s.hash));
        let known = key.is_some_and(|key| !seen.insert(key));
        if known { refused.push(duplicate(frame)) } else { kept.push(frame) }
    }
    (kept, refused.len() > before)
}

fn duplicate(frame: Frame) -> Refusal {
    Refusal { path: frame.path, code: Code::Duplicate, detail: String::new() }
}

/// Divides by the first property that leaves no position twice; names it and its value.
fn split(frames: Vec<Frame>) -> Vec<(Vec<Frame>, Option<String>)> {
    if frames.iter().any(|f| place(f).is_none()) || is_unique(frames.iter()) {
        return vec![(frames, None)];
    }
    let most = repeats(&frames);
    for (name, tell) in TELLS {
        let mut parts: BTreeMap<&str, Vec<&Frame>> = BTreeMap::new();
        for frame in &frames {
            parts.entry(tell(&frame.order)).or_default().push(frame);
        }
        // What differs from slice to slice, as the time of a scan does, tells slices apart and not scans.
        let scans = parts.len() <= most || parts.len() * STACK <= frames.len();
        if scans && parts.len() > 1 && parts.values().all(|p| is_unique(p.iter().copied())) {
            let part = |(value, frames): (&str, Vec<&Frame>)| {
                let told_by = format!("{name} {value}").trim_end().to_owned();
                (frames.into_iter().cloned().collect(), Some(told_by))
            };
            return parts.into_iter().map(part).collect();
        }
    }
    let named = |frames| (frames, Some("InstanceNumber".to_owned()));
    by_rank(frames).into_iter().map(named).collect()
}

fn is_unique<'a>(frames: impl Iterator<Item = &'a Frame>) -> bool {
    let mut seen = BTreeSet::new();
    frames.map(place).all(|place| seen.insert(place))
}

/// How often the place that comes most often does.
fn repeats(frames: &[Frame]) -> usize {
    let mut counts: BTreeMap<Option<i64>, usize> = BTreeMap::new();
    for frame in frames {
        *counts.entry(place(frame)).or_default() += 1;
    }
    counts.into_values().max().unwrap_or(0)
}

/// Nothing tells them apart: the n-th of each position by instance number goes to the n-th volume.
fn by_rank(mut frames: Vec<Frame>) -> Vec<Vec<Frame>> {
    sort_by(&mut frames, |a, b| by_instance(a).cmp(&by_instance(b)));
    let mut ranks: BTreeMap<Option<i64>, usize> = BTreeMap::new();
    let mut parts: Vec<Vec<Frame>> = Vec::new();
    for frame in frames {
        let rank = ranks.entry(place(&frame)).or_default();
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
