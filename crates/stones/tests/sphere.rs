//! Measures of spheres whose size, place and density are known by construction.
#![expect(clippy::unwrap_used, reason = "a test")]

use glam::DVec3;
use stones::findings::{Engine, Label, SeriesCard, Side};
use stones::measure::measure;
use stones::{
    Acquisition, Answer, Candidate, Context, Crop, Findings, Known, Manifest, Measured,
    ProbabilityMap, Section,
};
use volume::{Affine, Geometry, Grid, Patient, Plane, Volume, Voxel};

const PIXEL_MM: f64 = 0.7;
const BODY_MM: f64 = 60.0;
const URINE_HU: f64 = 5.0;
const WALL_HU: f64 = 40.0;
const FAT_HU: f64 = -100.0;

/// A cylinder of soft tissue along z, with a sphere whose edge the scanner has blurred.
struct Body {
    slice_mm: f64,
    centre: DVec3,
    diameter_mm: f64,
    hu: f64,
    /// A plate of bone through the sphere's place, if any.
    bone: bool,
    /// Soft tissue so thick around the sphere, and fat around that; urine all around it if not told.
    wall_mm: Option<f64>,
    /// Slices that were lost.
    lost: std::ops::Range<usize>,
}

impl Body {
    fn hu_at(&self, place: DVec3) -> f64 {
        const BLUR_MM: f64 = 0.5;
        let radial = libm::hypot(place.x, place.y);
        if radial > BODY_MM {
            return -1000.0;
        }
        if self.bone && (place.z - self.centre.z).abs() < 4.0 && radial < 45.0 {
            return 700.0;
        }
        let outside = (place - self.centre).length() - self.diameter_mm / 2.0;
        let within =
            |mm: f64| 0.5 * libm::erfc((outside - mm) / (BLUR_MM * std::f64::consts::SQRT_2));
        let around = |wall| FAT_HU + (WALL_HU - FAT_HU) * within(wall);
        let around = self.wall_mm.map_or(URINE_HU, around);
        around + (self.hu - around) * within(0.0)
    }

    fn volume(&self) -> Volume {
        let (columns, rows) = (200, 200);
        let corner = DVec3::new(-(columns as f64) / 2.0, -(rows as f64) / 2.0, 0.0) * PIXEL_MM;
        let step = [DVec3::X * PIXEL_MM, DVec3::Y * PIXEL_MM, DVec3::Z * self.slice_mm];
        let kept = (0..(60.0 / self.slice_mm) as usize).filter(|k| !self.lost.contains(k));
        let positions_mm: Vec<f64> = kept.map(|k| k as f64 * self.slice_mm).collect();
        let slices = positions_mm.len();
        let origins = positions_mm.iter().map(|&p| corner + DVec3::Z * p).collect();
        let affine = Some(Affine { step, origin: corner });
        let geometry = Geometry { columns, rows, slices, affine, positions_mm, origins };
        let mut volume = Volume::new(geometry.clone()).unwrap();
        for k in 0..slices {
            let hu: Vec<i16> = (0..columns * rows)
                .map(|at| {
                    let voxel = [(at % columns) as f64, (at / columns) as f64, k as f64];
                    let place = geometry.patient(Voxel(voxel.into())).unwrap().0;
                    self.hu_at(place).round_ties_even() as i16
                })
                .collect();
            assert!(volume.put(k, &hu));
        }
        volume
    }

    /// The mask that a good network gives: voxels within the sphere.
    fn mask(&self, volume: &Volume) -> Candidate {
        let g = &volume.geometry;
        let mut voxels = Vec::new();
        for k in 0..g.slices {
            for j in 0..g.rows {
                for i in 0..g.columns {
                    let place = g.patient(Voxel(DVec3::new(i as f64, j as f64, k as f64))).unwrap();
                    if (place.0 - self.centre).length() <= self.diameter_mm / 2.0 {
                        voxels.push([i, j, k]);
                    }
                }
            }
        }
        Candidate { voxels, probability: 0.9 }
    }
}

fn body(diameter_mm: f64, slice_mm: f64, x: f64) -> Body {
    Body {
        slice_mm,
        centre: DVec3::new(x, 10.2, 30.4),
        diameter_mm,
        hu: 900.0,
        bone: false,
        wall_mm: None,
        lost: 0..0,
    }
}

#[test]
fn diameters_volume_and_density_of_spheres() {
    // Diameter, slice distance, allowed error of axial, craniocaudal (mm) and volume (share).
    let table = [
        (4.0, 0.7, 0.4, 0.6, 0.20),
        (6.0, 1.0, 0.3, 0.5, 0.12),
        (10.0, 1.0, 0.3, 0.5, 0.06),
        (10.0, 2.5, 0.3, 1.2, 0.08),
    ];
    for (diameter, slice_mm, axial, craniocaudal, share) in table {
        let body = body(diameter, slice_mm, 30.0);
        let volume = body.volume();
        let m = measure(&volume, &body.mask(&volume), &[], &scan(slice_mm));
        let name = format!("{diameter} mm at {slice_mm} mm: {m:?}");
        assert!((m.max_axial_diameter_mm.unwrap() - diameter).abs() <= axial, "{name}");
        assert!((m.craniocaudal_mm.unwrap() - diameter).abs() <= craniocaudal, "{name}");
        assert!(m.max_3d_diameter_mm.unwrap() >= m.max_axial_diameter_mm.unwrap(), "{name}");
        let truth = std::f64::consts::PI / 6.0 * diameter.powi(3);
        assert!((m.volume_mm3.unwrap() / truth - 1.0).abs() <= share, "{name}");
        let centre = DVec3::from_array(m.center_mm.unwrap());
        assert!((centre - body.centre).length() < 0.6, "{name}");
        if diameter >= 6.0 {
            assert!((m.hu_mean.unwrap() - 900.0).abs() < 15.0, "{name}");
        }
        assert!((m.hu_max.unwrap() - 900.0).abs() < 30.0, "{name}");
    }
}

#[test]
fn the_rim_is_what_lies_right_around() {
    for (wall_mm, rim_hu) in [(None, URINE_HU), (Some(0.0), FAT_HU), (Some(3.0), WALL_HU)] {
        for diameter_mm in [4.0, 7.0] {
            let body = Body { wall_mm, ..body(diameter_mm, 1.0, 30.0) };
            let volume = body.volume();
            let rim = measure(&volume, &body.mask(&volume), &[], &scan(1.0)).rim_hu.unwrap();
            assert!((rim - rim_hu).abs() <= 15.0, "{diameter_mm} mm in {rim_hu} HU: {rim}");
        }
    }
}

#[test]
fn nothing_is_measured_across_missing_slices() {
    // The sphere reaches from 25.4 to 35.4 mm: slices lost in its middle, at its end, and away from it.
    for (lost, crosses) in [(30..32, true), (36..39, true), (40..43, false)] {
        let body = Body { lost: lost.clone(), ..body(10.0, 1.0, 30.0) };
        let volume = body.volume();
        let m = measure(&volume, &body.mask(&volume), &[], &scan(1.0));
        let along =
            [m.craniocaudal_mm, m.max_3d_diameter_mm, m.volume_mm3, m.error_mm.craniocaudal];
        assert!(along.iter().all(|size| size.is_none() == crosses), "{lost:?}: {m:?}");
        assert_eq!(m.limits.iter().any(|word| word == "gap"), crosses, "{lost:?}: {m:?}");
        assert!((m.max_axial_diameter_mm.unwrap() - 10.0).abs() <= 0.4, "{lost:?}: {m:?}");
    }
}

#[test]
fn side_and_skin_distance_come_from_the_patient() {
    for (x, side) in [(30.0, Side::Left), (-30.0, Side::Right), (2.0, Side::Midline)] {
        let body = body(6.0, 1.0, x);
        let volume = body.volume();
        let m = measure(&volume, &body.mask(&volume), &[], &scan(1.0));
        assert_eq!(m.side, Some(side), "x = {x}");
        if side == Side::Midline {
            continue;
        }
        // Exact distances from the centre to the cylinder: straight back, diagonally, to the side.
        let c = body.centre;
        let along = |d: DVec3| {
            let b = c.x * d.x + c.y * d.y;
            -b + libm::sqrt(b * b - (c.x * c.x + c.y * c.y - BODY_MM * BODY_MM))
        };
        let lateral = DVec3::X * x.signum();
        let exact =
            (along(DVec3::Y) + along((DVec3::Y + lateral).normalize()) + along(lateral)) / 3.0;
        let found = m.skin_distance_mm.unwrap();
        assert!((found - exact).abs() < 2.0, "{found} mm, not {exact} mm");
    }
}

#[test]
fn a_small_stone_says_that_it_is_small() {
    let body = body(1.5, 2.5, 30.0);
    let volume = body.volume();
    let mask = Candidate { voxels: vec![[142, 114, 12], [143, 114, 12]], probability: 0.6 };
    let limits = measure(&volume, &mask, &[], &scan(2.5)).limits;
    for word in ["resolution_limit", "partial_volume", "hu_not_reliable", "single_slice"] {
        assert!(limits.iter().any(|l| l == word), "{word} is not among {limits:?}");
    }
}

#[test]
fn where_slices_have_only_its_edge_the_density_is_not_told_as_its_own() {
    // Diameter, slice distance, whether a slice shows the stone through and through.
    for (diameter_mm, slice_mm, reliable) in [
        (9.0, 1.0, true),
        (9.0, 2.5, true),
        (5.5, 5.0, false),
        (7.5, 5.0, false),
        (16.0, 5.0, true),
    ] {
        // Half-way between two slices.
        let middle = (30.0_f64 / slice_mm).floor() * slice_mm + slice_mm / 2.0;
        let at = body(diameter_mm, slice_mm, 30.0);
        let body = Body { centre: DVec3::new(30.0, 10.2, middle), ..at };
        let volume = body.volume();
        let m = measure(&volume, &body.mask(&volume), &[], &scan(slice_mm));
        let told = m.limits.iter().any(|word| word == "hu_not_reliable");
        assert_eq!((told, m.hu_corrected.is_some()), (!reliable, !reliable), "{diameter_mm} {m:?}");
    }
}

#[test]
fn of_a_single_slice_nothing_is_told_across_it() {
    let body = body(6.0, 1.0, 30.0);
    let volume = body.volume();
    let mut geometry = volume.geometry.clone();
    let k = 30;
    (geometry.slices, geometry.positions_mm, geometry.origins) =
        (1, vec![0.0], vec![geometry.origins[k]]);
    geometry.affine =
        geometry.affine.map(|affine| Affine { origin: geometry.origins[0], ..affine });
    let mut single = Volume::new(geometry).unwrap();
    single.put(0, volume.slice(k));
    let mask = body.mask(&single);
    let m = measure(&single, &mask, &[], &scan(1.0));
    for word in ["single_slice", "truncated"] {
        assert!(m.limits.iter().any(|l| l == word), "{word} is not among {:?}", m.limits);
    }
    assert_eq!((m.craniocaudal_mm, m.volume_mm3, m.max_3d_diameter_mm), (None, None, None));
    assert!((m.max_axial_diameter_mm.unwrap() - 6.0).abs() < 0.4, "{m:?}");
}

#[test]
fn a_section_is_the_mask_in_that_plane() {
    let body = body(6.0, 2.5, 30.0);
    let volume = body.volume();
    let mask = body.mask(&volume);
    let cut = volume.geometry.voxel(Patient(body.centre)).unwrap();
    for plane in Plane::ALL {
        let grid = Grid::new(&volume.geometry, plane).unwrap();
        let [u, v, s] = grid.pixel(cut);
        let section = Section::cut(&grid, s.round() as usize, &mask).unwrap();
        // As many pixels as the mask has voxels in that plane: the grids are the volume's own.
        let axis = [2, 1, 0][Plane::ALL.iter().position(|p| *p == plane).unwrap()];
        let index = cut.0[axis].round() as usize;
        assert_eq!(section.pixels.len(), mask.voxels.iter().filter(|v| v[axis] == index).count());
        let inside = |at: f64, axis: usize| {
            (section.min[axis] as f64..=section.max[axis] as f64).contains(&at.round())
        };
        assert!(inside(u, 0) && inside(v, 1), "{plane:?}");
        assert!(Section::cut(&grid, 0, &mask).is_none());
    }
}

fn manifest() -> Manifest {
    let text = r#"{"schema":"lithoscope/model/1","name":"test","version":"0","file":"","bytes":0,"sha256":"",
        "licence":"","input":{"channels":[{"offset_mm":0,"low_hu":-140,"high_hu":260},
        {"offset_mm":2.5,"low_hu":-140,"high_hu":260}],"multiple_of":8},"floor":{"hu":110,"reach":1},"threshold":0.5,"grow_threshold":0.3,
        "min_voxels":2,"pixel_mm":[0.5,1.1],"slice_mm":[0.5,5],"trained_on":"","validation":"","card":""}"#;
    Manifest::parse(text).unwrap()
}

/// The bodies are blurred by 0.5 mm, as by a standard kernel.
fn scan(thickness_mm: f64) -> Acquisition {
    Acquisition { thickness_mm: Some(thickness_mm), kernel: "STANDARD".into() }
}

fn context() -> Context {
    Context {
        series: SeriesCard::default(),
        engine: Engine::default(),
        acquisition: scan(1.0),
        contrast: Vec::new(),
        instance_numbers: (0..60).map(|k| Some(60 - k)).collect(),
        warnings: Vec::new(),
        not_loaded: Vec::new(),
    }
}

#[test]
fn what_hangs_on_the_skeleton_is_rejected() {
    for (bone, label) in [(false, Label::Stone), (true, Label::Rejected)] {
        let body = Body { bone, ..body(6.0, 1.0, 30.0) };
        let volume = body.volume();
        let crop = Crop::around_body(&volume, 8);
        let mut map = ProbabilityMap::new(&volume.geometry);
        for k in 0..volume.geometry.slices {
            let inside = |at: &u32| {
                let (x, y) = (*at as usize % crop.width, *at as usize / crop.width);
                body.mask_has(&volume, [x + crop.left, y + crop.top, k])
            };
            let pixels: Vec<u32> = (0..crop.len() as u32).filter(inside).collect();
            let probabilities = vec![0.8; pixels.len()];
            map.put(k, crop, &Answer { pixels, probabilities });
        }
        let (findings, masks) = anew(&volume, &map);
        assert_eq!((findings.stones.len(), masks.len()), (1, 1));
        let stone = &findings.stones[0];
        assert_eq!((stone.id, stone.label), (1, label));
        assert!(findings.complete && findings.missing_slices.is_empty());
        assert_eq!(stone.voxels, body.mask(&volume).voxels.len());
        assert!(stone.find_again.instance_number.is_some());
    }
}

impl Body {
    fn mask_has(&self, volume: &Volume, [i, j, k]: [usize; 3]) -> bool {
        let voxel = Voxel(DVec3::new(i as f64, j as f64, k as f64));
        (volume.geometry.patient(voxel).unwrap().0 - self.centre).length() <= self.diameter_mm / 2.0
    }
}

/// What is told of a map.
fn anew(volume: &Volume, map: &ProbabilityMap) -> (Findings, Vec<Candidate>) {
    let known = &mut Known::default();
    stones::report(volume, map, &manifest(), &context(), None, known, Measured::All).unwrap()
}

#[test]
fn an_unfinished_search_names_what_it_did_not_see() {
    let body = body(6.0, 2.5, 30.0);
    let volume = body.volume();
    let mut map = ProbabilityMap::new(&volume.geometry);
    map.put(3, Crop::around_body(&volume, 8), &Answer::default());
    let (findings, _) = anew(&volume, &map);
    assert!(!findings.complete);
    assert_eq!(findings.missing_slices.len(), volume.geometry.slices - 1);
    assert!(findings.stones.is_empty());
}

#[test]
fn channels_are_windows_of_neighbouring_slices() {
    let body = body(6.0, 1.0, 30.0);
    let volume = body.volume();
    let manifest = manifest();
    let crop = Crop::around_body(&volume, 16);
    assert_eq!((crop.width % 16, crop.height % 16), (0, 0));
    // The body is 120 mm wide: 172 pixels, and 8 pixels of air to each side.
    assert!((186..=208).contains(&crop.width), "{crop:?}");
    let planes = stones::Planes::cut(&volume, 28, &manifest.offsets_mm(), crop);
    let image = planes.channels(&manifest.input.channels, crop);
    assert_eq!(image.len(), 2 * crop.len());
    let at = |k: f64| {
        let place = DVec3::new(30.1, 10.5, k);
        (body.hu_at(place) - -140.0) / 400.0
    };
    let voxel = volume.geometry.voxel(Patient(DVec3::new(30.1, 10.5, 28.0))).unwrap().0.round();
    let pixel = (voxel.y as usize - crop.top) * crop.width + voxel.x as usize - crop.left;
    assert!((f64::from(image[pixel]) - at(28.0).clamp(0.0, 1.0)).abs() < 0.05);
    assert!((f64::from(image[crop.len() + pixel]) - at(30.5).clamp(0.0, 1.0)).abs() < 0.05);
    // Past the end of the scan the last slice stands in.
    let ends = stones::Planes::cut(&volume, 59, &[2.5], crop);
    assert_eq!(ends, stones::Planes::cut(&volume, 59, &[0.0], crop));
}

#[test]
fn weights_must_be_those_of_the_manifest() {
    let mut manifest = manifest();
    // SHA-256 of "abc", FIPS 180-2 appendix B.1.
    manifest.sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".into();
    assert!(manifest.check(b"abc").is_ok());
    assert!(manifest.check(b"abd").is_err());
    assert!(Manifest::parse("{}").is_err());
}
