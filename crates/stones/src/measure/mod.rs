//! How large, how dense and where: the measures of one stone, from the original HU.
//!
//! The surface is the half-maximum level between the stone's plateau and what surrounds it, which no display
//! window can move and of which the mask tells only where it is. Sizes are corrected by what the same steps
//! measure of spheres behind the scan's blur and slices ([`response`]), and come with the band in which the
//! truth lies ([`band`]). What can't be told is `None`, and `limits` says why.

pub mod band;
pub(crate) mod level;
mod measures;
mod outline;
pub(crate) mod patch;
mod place;
mod point;
pub(crate) mod region;
pub mod response;
mod solid;

use crate::candidates::Candidate;
use crate::findings::Bounds;
use crate::turn::is_axial;
use glam::DVec3;
use outline::Outline;
use patch::Patch;
use region::Region;
use response::{Quantity, Response, Scan};
use volume::Volume;

pub use measures::{Acquisition, Measures, Raw, UNFINISHED};
pub use patch::voxels_around;
pub use point::point;
pub use region::SEED_HU;

/// Stones of less contrast to noise than this are smoothed before they are measured.
const LOW_CONTRAST: f64 = 18.0;
/// What the contrast of the peak is against, when it is not yet known what surrounds it.
const USUAL_HU: f64 = 30.0;
/// Below this the HU of a stone are those of its edge.
const HU_RELIABLE_MM: f64 = 5.0;
/// Below this even the blur of a known kernel says nothing of them (clinical.md §3.4 h).
const CORRECTED_HU_MM: f64 = 3.0;
/// No axial diameter below this is told in any scan: of a smaller one the upper bound.
const SMALLEST_MM: f64 = 2.0;
/// Craniocaudal extents are corrected by the table on slices up to this thickness; on thicker ones the way back
/// multiplies the noise.
const CORRECTED_CRANIOCAUDAL_MM: f64 = 1.25;
/// How often a patch is made wider, by what is looked at around a mask.
const WIDENED: usize = 8;
/// Metal: what touches it is not measured.
const METAL_HU: f32 = 2500.0;
/// Volumes that differ by more than this share are not certain, from this size on.
const VOLUMES_DIFFER: f64 = 0.25;
const VOLUME_CHECK_MM: f64 = 5.0;

/// Measures the stone that a candidate's mask points at. `others` are stones that are not this one.
pub fn measure(
    volume: &Volume,
    candidate: &Candidate,
    others: &[&Candidate],
    acquisition: &Acquisition,
) -> Measures {
    let mut measures = Measures::unknown(candidate);
    let Some(mut found) = Found::around(volume, candidate, others, measures.bounds_voxel) else {
        measures.limits.push("no_geometry".into());
        return measures;
    };
    // A mask that has only a part of the stone is looked around again from there.
    for _ in 0..WIDENED {
        let bounds = found.bounds_voxel();
        let wider = found.truncated().then(|| Found::around(volume, candidate, others, bounds));
        match wider.flatten() {
            Some(wider) if wider.patch.bounds() != found.patch.bounds() => found = wider,
            _ => break,
        }
    }
    measures.looked = found.patch.bounds();
    let centre = found.centre();
    let center_mm = found.patch.patient(centre);
    let voxel = |axis: usize| centre[axis].round() as usize + found.patch.min[axis];
    measures.center_mm = Some(center_mm.to_array());
    measures.slice = voxel(2);
    measures.pixel = Some([voxel(0), voxel(1)]);
    let midline = place::midline(volume, center_mm.z);
    measures.side = midline.map(|x| place::side(center_mm.x - x));
    measures.skin_distance_mm = place::skin_distance(volume, center_mm, measures.side);
    measures.level = midline.and_then(|x| level::level(volume, center_mm, x));
    found.density(&mut measures);
    found.sizes(&mut measures, acquisition);
    if measures.side.is_none() {
        measures.limits.push("side_undetermined".into());
    }
    measures
}

/// The surface of a simulated sphere, smoothed first or not: what [`response`]'s table is made of. `None` if it
/// is too faint for a seed.
pub fn spheres(volume: &Volume, mask: &Candidate, smoothed: bool) -> Option<Raw> {
    let (min, max) = mask.bounds();
    let found = Found::as_told(volume, mask, &[], Bounds { min, max }, Some(smoothed))?;
    (found.plateau >= f64::from(SEED_HU)).then(|| found.surface())
}

/// A stone in its patch, and the level of its surface.
struct Found<'a> {
    patch: Patch<'a>,
    /// HU as they were, if the patch has been smoothed.
    raw: Vec<f32>,
    light: Vec<f32>,
    noise: f64,
    smoothed: bool,
    background: f64,
    plateau: f64,
    seed: Region,
    region: Region,
}

impl<'a> Found<'a> {
    fn around(
        volume: &'a Volume,
        candidate: &Candidate,
        others: &[&Candidate],
        bounds: Bounds,
    ) -> Option<Self> {
        Self::as_told(volume, candidate, others, bounds, None)
    }

    /// `smooth`: whether the patch is smoothed; by its noise, if it is not told.
    fn as_told(
        volume: &'a Volume,
        candidate: &Candidate,
        others: &[&Candidate],
        bounds: Bounds,
        smooth: Option<bool>,
    ) -> Option<Self> {
        let mut patch = Patch::around(volume, bounds)?;
        let mask: Vec<usize> = candidate.voxels.iter().filter_map(|&v| patch.find(v)).collect();
        let mut barred = vec![false; patch.hu.len()];
        for at in others.iter().flat_map(|o| &o.voxels).filter_map(|&v| patch.find(v)) {
            barred[at] = true;
        }
        let raw = patch.hu.clone();
        let mut light = patch.light();
        let noise = patch.noise();
        let peak = mask.iter().map(|&at| light[at]).fold(f32::NEG_INFINITY, f32::max);
        let faint = (f64::from(peak) - USUAL_HU) / noise.max(1.0) < LOW_CONTRAST;
        let smoothed = smooth.unwrap_or(faint);
        if smoothed {
            patch.smooth();
            light = patch.light();
        }
        let seed = Region::seed(&patch, &light, &mask, &barred);
        let background = seed.background(&patch);
        let plateau = seed.plateau(&light, &seed.core(&patch));
        let level = ((background + plateau) / 2.0) as f32;
        let mut region = Region::grow(&patch, &patch.hu, &seed.voxels, level, &barred);
        if region.voxels.is_empty() {
            // The level is noise: the brightest voxel stands in.
            let brightest =
                mask.iter().copied().max_by(|&a, &b| patch.hu[a].total_cmp(&patch.hu[b]))?;
            let level = patch.hu[brightest];
            region = Region::grow(&patch, &patch.hu, &[brightest], level, &barred);
        }
        Some(Self { patch, raw, light, noise, smoothed, background, plateau, seed, region })
    }

    fn level(&self) -> f32 {
        ((self.background + self.plateau) / 2.0) as f32
    }

    /// Centre of mass, in voxels of the patch.
    fn centre(&self) -> DVec3 {
        let place = |&at: &usize| DVec3::from(self.patch.place(at).map(|x| x as f64));
        self.region.voxels.iter().map(place).sum::<DVec3>() / self.region.voxels.len() as f64
    }

    /// HU by the core rule: of the core; of all voxels where there is none. And of what lies around.
    fn density(&self, measures: &mut Measures) {
        let mut hu = self.seed.core(&self.patch);
        if hu.is_empty() {
            hu = self.region.voxels.iter().map(|&at| f64::from(self.raw[at])).collect();
        }
        volume::sort_numbers(&mut hu);
        let n = hu.len() as f64;
        let mean = hu.iter().sum::<f64>() / n;
        let variance = hu.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
        measures.hu_mean = Some(mean);
        measures.hu_sd = Some(libm::sqrt(variance));
        measures.hu_max = hu.get(((n - 1.0) * 0.99).round_ties_even() as usize).copied();
        measures.rim_hu = self.seed.rim(&self.patch, &self.raw);
    }

    fn sizes(&self, measures: &mut Measures, acquisition: &Acquisition) {
        let mut limits = Vec::new();
        let mut limit = |holds: bool, word: &str| {
            if holds {
                limits.push(word.to_owned());
            }
            holds
        };
        let raw = self.surface();
        let Acquisition { thickness_mm, kernel } = acquisition;
        let spacing_mm = self.patch.mm[2];
        let thickness_mm = thickness_mm.unwrap_or(spacing_mm);
        let kernel_known = response::sigma_mm(kernel).is_some();
        let response = Response::of(Scan::new(kernel, thickness_mm, spacing_mm, self.smoothed));
        let corrected = |quantity, mm| response.as_ref().map_or(mm, |r| r.true_mm(quantity, mm));
        let axial = corrected(Quantity::Axial, raw.axial_mm);
        let craniocaudal = if thickness_mm <= CORRECTED_CRANIOCAUDAL_MM {
            corrected(Quantity::Craniocaudal, raw.craniocaudal_mm)
        } else {
            raw.craniocaudal_mm
        };
        let volume_mm = corrected(Quantity::Volume, sphere_mm(raw.volume_mm3));
        let volume_mm3 = std::f64::consts::PI / 6.0 * volume_mm * volume_mm * volume_mm;
        measures.raw = Raw {
            corrected_axial_mm: axial,
            corrected_craniocaudal_mm: craniocaudal,
            corrected_volume_mm3: volume_mm3,
            ..raw
        };

        let contrast_to_noise = (self.plateau - self.background) / self.noise.max(1.0);
        let class = band::class(kernel_known, thickness_mm, contrast_to_noise, axial);
        let band = band::band(class);
        let (first, last) = self.slices();
        let slices = last - first + 1;

        let metal = self.region.voxels.iter().any(|&at| self.raw[at] > METAL_HU);
        let resolution = response.as_ref().map_or(0.0, Response::resolution_mm);
        let unresolved = axial <= resolution.max(SMALLEST_MM);
        let truncated = self.truncated();
        let gap = self.crosses_gap();
        limit(slices == 1, "single_slice");
        limit(slices == 2, "few_slices");
        limit(truncated, "truncated");
        limit(gap, "gap");
        limit(self.smoothed, "smoothed");
        limit(!kernel_known, "kernel_unknown");
        limit(thickness_mm > axial || unresolved, "partial_volume");
        let edge = axial < HU_RELIABLE_MM || !self.seed.has_depth(&self.patch);
        limit(edge, "hu_not_reliable");
        let upright = is_axial(&self.patch.volume.geometry);
        limit(!upright, "not_axial");
        if limit(metal, "device") {
            measures.limits = limits;
            return;
        }

        let contrast = response.as_ref().map_or(1.0, |r| r.contrast(volume_mm));
        let plateau = self.background + (self.plateau - self.background) / contrast;
        measures.hu_corrected =
            (edge && !unresolved && axial >= CORRECTED_HU_MM).then_some(plateau);
        if limit(unresolved, "resolution_limit") {
            measures.max_axial_diameter_mm = band.axial_mm.map(|mm| axial + mm);
        } else {
            measures.max_axial_diameter_mm = Some(axial);
            let short = corrected(Quantity::Axial, raw.short_mm).min(axial);
            measures.short_axis_mm = Some(short);
            measures.error_mm.axial = band.axial_mm;
        }
        // What no slice shows has no length.
        if !gap && !truncated && !unresolved {
            let feret = corrected(Quantity::Feret, raw.feret_mm);
            measures.max_3d_diameter_mm = Some(feret.max(axial));
            measures.volume_mm3 = Some(volume_mm3);
            measures.error_mm.volume = band.volume.map(|share| share * volume_mm3);
            let mass = solid::mass(&self.patch, &self.region, &self.raw, self.background);
            let by_mass = mass / (plateau - self.background).max(50.0);
            let differ = (by_mass / volume_mm3.max(1e-9) - 1.0).abs() > VOLUMES_DIFFER;
            limit(volume_mm >= VOLUME_CHECK_MM && differ, "volume_check");
        }
        if !gap && !truncated && upright {
            measures.craniocaudal_mm = Some(craniocaudal);
            measures.error_mm.craniocaudal = band.craniocaudal_mm;
            let claimed = !unresolved && band.craniocaudal_mm.is_some();
            if limit(!claimed, "craniocaudal_limit") {
                measures.error_mm.craniocaudal = None;
                measures.craniocaudal_mm = Some(raw.craniocaudal_mm);
            }
        }
        measures.limits = limits;
    }

    /// Sizes of the half-maximum surface.
    fn surface(&self) -> Raw {
        let level = self.level();
        let background = self.background as f32;
        let field = self.region.alone(&self.patch.hu, level, background);
        let light = self.region.alone(&self.light, level, background);
        let (first, last) = self.slices();
        let outlines: Vec<(usize, Outline)> = (first..=last)
            .filter_map(|k| Some((k, Outline::trace(&self.patch, &self.region, &field, level, k)?)))
            .collect();
        let height = solid::height(&self.patch, &self.region, &light, level, background);
        let widest = outlines.iter().max_by(|a, b| a.1.long_mm.total_cmp(&b.1.long_mm));
        let (axial_mm, short_mm) = widest.map_or((0.0, 0.0), |(_, o)| (o.long_mm, o.short_mm));
        Raw {
            axial_mm,
            short_mm,
            craniocaudal_mm: height.mm,
            feret_mm: solid::feret(&self.patch, &outlines, &height),
            volume_mm3: solid::volume_mm3(&self.patch, &self.region, &field, level),
            background_hu: self.background,
            plateau_hu: self.plateau,
            noise_hu: self.noise,
            smoothed: self.smoothed,
            ..Raw::default()
        }
    }

    /// First and last slice of the patch that the stone is in.
    fn slices(&self) -> (usize, usize) {
        let (min, max) = self.region.bounds(&self.patch);
        (min[2], max[2])
    }

    fn bounds_voxel(&self) -> Bounds {
        let (min, max) = self.region.bounds(&self.patch);
        let of_volume = |at: [usize; 3]| [0, 1, 2].map(|axis| at[axis] + self.patch.min[axis]);
        Bounds { min: of_volume(min), max: of_volume(max) }
    }

    /// Whether the stone reaches the edge of the scan, or of what was looked at.
    fn truncated(&self) -> bool {
        let (min, max) = self.region.bounds(&self.patch);
        (0..3).any(|a| min[a] == 0 || max[a] + 1 == self.patch.size[a])
    }

    /// Whether slices are missing within the stone or right beside it, where it may go on.
    fn crosses_gap(&self) -> bool {
        let (first, last) = self.slices();
        let k = |of_patch: usize| self.patch.min[2] + of_patch;
        let geometry = &self.patch.volume.geometry;
        (k(first).saturating_sub(1)..=k(last)).any(|k| geometry.gap_above(k).is_some())
    }
}

/// Diameter of the sphere of a volume.
fn sphere_mm(mm3: f64) -> f64 {
    libm::cbrt(6.0 / std::f64::consts::PI * mm3)
}
