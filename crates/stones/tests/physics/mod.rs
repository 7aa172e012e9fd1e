//! A scanner in formulas: ellipsoids in urine or in a ureter in fat, behind blur, slice profile and noise.
//!
//! Along z the share of each chord within a slice is exact (rectangle of the thickness, Gaussian of 0.3 mm); in
//! the plane chords lie on a grid of a third of a pixel and are blurred by a Gaussian. Noise has the spectrum
//! f · exp(−(f / 0.35)²) per millimetre in the plane and is white along z.
#![allow(dead_code, reason = "each program that simulates uses a part")]

use glam::{DMat3, DQuat, DVec3};
use stones::measure::{Measures, measure};
use stones::{Acquisition, Candidate};
use volume::{Affine, Geometry, Volume};

const FAT_HU: f64 = -100.0;
const PROFILE_MM: f64 = 0.3;
const FINER: usize = 3;
/// Side of the noise's kernel in pixels, from its middle.
const NOISE_REACH: isize = 6;

/// SplitMix64: the same numbers everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn normal(&mut self) -> f64 {
        let (u, v) = (self.uniform(1e-12, 1.0), self.uniform(0.0, std::f64::consts::TAU));
        libm::sqrt(-2.0 * libm::log(u)) * libm::cos(v)
    }

    pub fn pick<const N: usize>(&mut self, of: [f64; N]) -> f64 {
        of[(self.next() % N as u64) as usize]
    }

    pub fn rotation(&mut self) -> DMat3 {
        let [x, y, z, w] = std::array::from_fn(|_| self.normal());
        DMat3::from_quat(DQuat::from_xyzw(x, y, z, w).normalize())
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Scanner {
    pub pixel_mm: f64,
    pub thickness_mm: f64,
    pub spacing_mm: f64,
    pub sigma_mm: f64,
    pub noise_hu: f64,
}

#[derive(Clone, Copy, Debug)]
pub struct Ellipsoid {
    pub half_axes: DVec3,
    pub rotation: DMat3,
    /// Off the centre of a voxel.
    pub centre: DVec3,
    pub hu: f64,
    pub around_hu: f64,
    /// Thickness of what lies around it before fat begins; `None`: no fat.
    pub wall_mm: Option<f64>,
}

/// What is true of an ellipsoid.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    pub axial_mm: f64,
    pub short_mm: f64,
    pub craniocaudal_mm: f64,
    pub feret_mm: f64,
    pub volume_mm3: f64,
}

impl Ellipsoid {
    pub fn sphere(diameter_mm: f64, centre: DVec3) -> Self {
        Self {
            half_axes: DVec3::splat(diameter_mm / 2.0),
            rotation: DMat3::IDENTITY,
            centre,
            hu: 1030.0,
            around_hu: 30.0,
            wall_mm: None,
        }
    }

    /// A stone whose axial diameter lies within a range, at any place, in any pose (`measure_sim.py`).
    pub fn random(random: &mut Random, [low, high]: [f64; 2], scanner: &Scanner) -> Self {
        loop {
            let half = 0.5 * libm::exp(random.uniform(libm::log(low * 0.8), libm::log(high * 1.3)));
            let (b, c) = (random.uniform(0.55, 1.0), random.uniform(0.55, 1.0));
            let voxel = DVec3::new(scanner.pixel_mm, scanner.pixel_mm, scanner.spacing_mm);
            let stone = Self {
                half_axes: DVec3::new(half, half * b, half * c),
                rotation: random.rotation(),
                centre: voxel * DVec3::from(std::array::from_fn(|_| random.uniform(-0.5, 0.5))),
                hu: random.pick([450.0, 700.0, 700.0, 950.0, 950.0, 1200.0]),
                around_hu: random.pick([5.0, 30.0, 40.0]),
                wall_mm: (random.uniform(0.0, 1.0) < 0.4).then(|| random.uniform(1.5, 3.0)),
            };
            if (low..high).contains(&stone.truth().axial_mm) {
                return stone;
            }
        }
    }

    /// x such that xᵀ A x ≤ 1 is the ellipsoid with this much around it.
    fn form(&self, more_mm: f64) -> DMat3 {
        let axes = self.half_axes + DVec3::splat(more_mm);
        let scale = DMat3::from_diagonal(DVec3::ONE / (axes * axes));
        self.rotation * scale * self.rotation.transpose()
    }

    pub fn truth(&self) -> Truth {
        let a = self.form(0.0);
        let (p, q, r) = (a.x_axis.x, a.y_axis.x, a.y_axis.y);
        let (middle, off) = ((p + r) / 2.0, libm::hypot((p - r) / 2.0, q));
        let h = self.half_axes;
        Truth {
            axial_mm: 2.0 / libm::sqrt(middle - off),
            short_mm: 2.0 / libm::sqrt(middle + off),
            craniocaudal_mm: 2.0 * libm::sqrt(a.inverse().z_axis.z),
            feret_mm: 2.0 * h.max_element(),
            volume_mm3: 4.0 / 3.0 * std::f64::consts::PI * h.x * h.y * h.z,
        }
    }

    /// What a scanner makes of it: the volume, and the mask that a good network gives.
    pub fn scan(&self, scanner: &Scanner, random: &mut Random) -> (Volume, Candidate) {
        let truth = self.truth();
        let Scanner { pixel_mm, spacing_mm, thickness_mm, noise_hu, .. } = *scanner;
        let reach = truth.feret_mm / 2.0 + 9.0;
        let half = (reach / pixel_mm).ceil() as usize;
        let past = truth.craniocaudal_mm / 2.0 + 1.6 * thickness_mm.max(2.0) + spacing_mm;
        let half_slices = (past.max(reach) / spacing_mm).ceil() as usize;
        let (side, slices) = (2 * half + 1, 2 * half_slices + 1);
        let corner = -DVec3::new(
            half as f64 * pixel_mm,
            half as f64 * pixel_mm,
            half_slices as f64 * spacing_mm,
        );
        let step = [DVec3::X * pixel_mm, DVec3::Y * pixel_mm, DVec3::Z * spacing_mm];
        let positions_mm: Vec<f64> = (0..slices).map(|k| k as f64 * spacing_mm).collect();
        let origins = positions_mm.iter().map(|&z| corner + DVec3::Z * z).collect();
        let affine = Some(Affine { step, origin: corner });
        let geometry =
            Geometry { columns: side, rows: side, slices, affine, positions_mm, origins };

        let base = if self.wall_mm.is_some() { FAT_HU } else { self.around_hu };
        let mut layers = vec![(self.form(0.0), self.hu - self.around_hu)];
        if let Some(wall) = self.wall_mm {
            layers.push((self.form(wall), self.around_hu - FAT_HU));
        }
        let (Some(mut volume), noise) = (Volume::new(geometry), Noise::of(scanner)) else {
            unreachable!("a small volume")
        };
        for k in 0..slices {
            let z = (k as f64 - half_slices as f64) * spacing_mm;
            let mut hu = vec![base; side * side];
            for (form, contrast) in &layers {
                self.blurred(scanner, form, half, z, *contrast, &mut hu);
            }
            if noise_hu > 0.0 {
                noise.add(&mut hu, side, noise_hu, random);
            }
            let hu: Vec<i16> = hu.into_iter().map(|hu| hu.round_ties_even() as i16).collect();
            volume.put(k, &hu);
        }
        let form = self.form(0.0);
        let mut voxels = Vec::new();
        for k in 0..slices {
            for j in 0..side {
                for i in 0..side {
                    let at = corner + step[0] * i as f64 + step[1] * j as f64 + step[2] * k as f64;
                    let d = at - self.centre;
                    if d.dot(form * d) <= 1.0 {
                        voxels.push([i, j, k]);
                    }
                }
            }
        }
        if voxels.is_empty() {
            voxels.push([half, half, half_slices]);
        }
        (volume, Candidate { voxels, probability: 1.0 })
    }

    /// Adds a layer's share of one slice, blurred in the plane.
    fn blurred(
        &self,
        scanner: &Scanner,
        form: &DMat3,
        half: usize,
        z: f64,
        contrast: f64,
        hu: &mut [f64],
    ) {
        let fine = scanner.pixel_mm / FINER as f64;
        let side = 2 * half + 1;
        let sigma = scanner.sigma_mm / fine;
        let reach = (4.0 * sigma).ceil() as isize;
        let weights: Vec<f64> =
            (-reach..=reach).map(|n| libm::exp(-0.5 * (n as f64 / sigma).powi(2))).collect();
        let sum: f64 = weights.iter().sum();
        // Rows that the layer is in at all, from its extent along y.
        let inverse = form.inverse();
        let extent = [inverse.x_axis.x, inverse.y_axis.y]
            .map(|v| (libm::sqrt(v) / fine).ceil() as isize + 1);
        let centre = [self.centre.x, self.centre.y].map(|c| (c / fine).round() as isize);
        let a = form;
        let mut rows: Vec<(isize, Vec<f64>)> = Vec::new();
        for y in centre[1] - extent[1]..=centre[1] + extent[1] {
            let mut row = vec![0.0; side];
            let mut any = false;
            for x in centre[0] - extent[0]..=centre[0] + extent[0] {
                let (dx, dy) = (x as f64 * fine - self.centre.x, y as f64 * fine - self.centre.y);
                // The chord along z solves a₃₃ z² + 2 (a₁₃ x + a₂₃ y) z + … = 1.
                let (p, q) = (a.z_axis.z, a.z_axis.x * dx + a.z_axis.y * dy);
                let rest =
                    a.x_axis.x * dx * dx + 2.0 * a.y_axis.x * dx * dy + a.y_axis.y * dy * dy - 1.0;
                let root = q * q - p * rest;
                if root <= 0.0 {
                    continue;
                }
                let (mid, long) = (self.centre.z - q / p - z, libm::sqrt(root) / p);
                let share = profile(mid + long, scanner.thickness_mm)
                    - profile(mid - long, scanner.thickness_mm);
                if share <= 0.0 {
                    continue;
                }
                any = true;
                let first = ((x - reach) as f64 / FINER as f64).ceil() as isize;
                let last = ((x + reach) as f64 / FINER as f64).floor() as isize;
                for pixel in first.max(-(half as isize))..=last.min(half as isize) {
                    let tap = pixel * FINER as isize - x + reach;
                    row[(pixel + half as isize) as usize] += share * weights[tap as usize];
                }
            }
            if any {
                rows.push((y, row));
            }
        }
        for (y, row) in rows {
            let first = ((y - reach) as f64 / FINER as f64).ceil() as isize;
            let last = ((y + reach) as f64 / FINER as f64).floor() as isize;
            for pixel in first.max(-(half as isize))..=last.min(half as isize) {
                let weight = weights[(pixel * FINER as isize - y + reach) as usize];
                let line = (pixel + half as isize) as usize * side;
                for (value, share) in hu[line..line + side].iter_mut().zip(&row) {
                    *value += contrast * share * weight / (sum * sum);
                }
            }
        }
    }
}

/// Share of the slice profile around 0 that lies below `u`.
fn profile(u: f64, thickness: f64) -> f64 {
    let half = thickness / 2.0;
    if u < -half - 4.0 * PROFILE_MM {
        return 0.0;
    }
    if u > half + 4.0 * PROFILE_MM {
        return 1.0;
    }
    // The integral of the Gaussian's own integral.
    let ramp = |t: f64| {
        let s = t / PROFILE_MM;
        let below = 0.5 * libm::erfc(-s / std::f64::consts::SQRT_2);
        t * below + PROFILE_MM * libm::exp(-0.5 * s * s) / libm::sqrt(std::f64::consts::TAU)
    };
    (ramp(u + half) - ramp(u - half)) / thickness
}

struct Noise {
    kernel: Vec<f64>,
}

impl Noise {
    /// White noise through this has the spectrum; its sum of squares is 1.
    fn of(scanner: &Scanner) -> Self {
        let side = 2 * NOISE_REACH + 1;
        let mut kernel = Vec::new();
        const STEPS: isize = 24;
        let nyquist = 0.5 / scanner.pixel_mm;
        for y in -NOISE_REACH..=NOISE_REACH {
            for x in -NOISE_REACH..=NOISE_REACH {
                let mut sum = 0.0;
                for v in -STEPS..=STEPS {
                    for u in -STEPS..=STEPS {
                        let [fx, fy] = [u, v].map(|n| n as f64 / STEPS as f64 * nyquist);
                        let f = libm::hypot(fx, fy);
                        let turn = std::f64::consts::TAU * scanner.pixel_mm;
                        sum += f
                            * libm::exp(-(f / 0.35) * (f / 0.35))
                            * libm::cos(turn * (fx * x as f64 + fy * y as f64));
                    }
                }
                kernel.push(sum);
            }
        }
        let norm = libm::sqrt(kernel.iter().map(|k| k * k).sum());
        kernel.iter_mut().for_each(|k| *k /= norm);
        debug_assert_eq!(kernel.len() as isize, side * side);
        Self { kernel }
    }

    fn add(&self, hu: &mut [f64], side: usize, sd: f64, random: &mut Random) {
        let wide = side + 2 * NOISE_REACH as usize;
        let white: Vec<f64> = (0..wide * wide).map(|_| random.normal() * sd).collect();
        let taps = 2 * NOISE_REACH as usize + 1;
        for j in 0..side {
            for ty in 0..taps {
                let kernel = &self.kernel[ty * taps..(ty + 1) * taps];
                let row = &white[(j + ty) * wide..(j + ty + 1) * wide];
                for i in 0..side {
                    let sum: f64 = kernel.iter().zip(&row[i..]).map(|(k, w)| k * w).sum();
                    hu[j * side + i] += sum;
                }
            }
        }
    }
}

/// A stone through a scanner and through this crate. The kernel's class is told as it is known: by one of the
/// names whose blur is nearest, or not at all. `None`: too faint for a seed.
pub fn measured(
    stone: &Ellipsoid,
    scanner: &Scanner,
    kernel: &str,
    random: &mut Random,
) -> Option<Measures> {
    let (volume, mask) = stone.scan(scanner, random);
    let acquisition =
        Acquisition { thickness_mm: Some(scanner.thickness_mm), kernel: kernel.to_owned() };
    let measures = measure(&volume, &mask, &[], &acquisition);
    let seen = measures.raw.plateau_hu >= f64::from(stones::measure::SEED_HU);
    seen.then_some(measures)
}

/// A name of the kernel's class for a blur of 0.35 to 0.75 mm.
pub fn kernel(sigma_mm: f64) -> &'static str {
    match sigma_mm {
        s if s < 0.45 => "B60f",
        s if s < 0.55 => "B40f",
        s if s < 0.65 => "B30f",
        _ => "B10f",
    }
}
