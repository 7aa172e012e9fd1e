//! Makes the tables that sizes are corrected and bounded by, and prints how well they do.
//!
//! `cargo run --release --workspace --example physics -- response|bands|report [STONES]`: the first two write
//! `src/measure/response.table` and `src/measure/bands.table` (in this order: bands are of corrected sizes), the third
//! prints bias, limits of agreement and coverage. All seeds are fixed.
#![expect(clippy::unwrap_used, reason = "a program for the developer")]

#[path = "../tests/physics/mod.rs"]
mod physics;

use glam::DVec3;
use physics::{Ellipsoid, Random, Scanner, kernel, measured};
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use stones::measure::response::QUANTITIES;
use stones::measure::{Measures, band, spheres};

const SIGMAS: [f64; 5] = [0.4, 0.5, 0.6, 0.7, 0.9];
const THICKNESSES: [f64; 6] = [0.6, 1.0, 1.5, 2.0, 3.0, 5.0];
const OVERLAPS: [f64; 2] = [0.5, 1.0];
const DIAMETERS: [f64; 16] =
    [1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 15.0];
const PIXEL_MM: f64 = 0.7;

fn main() {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let count: Option<usize> = words.next().and_then(|n| n.parse().ok());
    let write = |name: &str, text: String| {
        let path = format!("{}/src/measure/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::write(path, text).unwrap();
    };
    match &*command {
        "response" => write("response.table", response()),
        "bands" => write("bands.table", bands(count.unwrap_or(60))),
        "report" => report(count.unwrap_or(40)),
        _ => eprintln!("response, bands or report"),
    }
}

/// Results of all jobs in their order, with all cores.
fn all<J: Sync, R: Send>(jobs: &[J], work: impl Fn(&J) -> R + Sync) -> Vec<R> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(at) else { return };
                    let result = work(job);
                    done.lock().unwrap().push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn response() -> String {
    let mut jobs = Vec::new();
    for smoothed in [false, true] {
        for sigma_mm in SIGMAS {
            for thickness_mm in THICKNESSES {
                for overlap in OVERLAPS {
                    let spacing_mm = thickness_mm * overlap;
                    let scanner = Scanner {
                        pixel_mm: PIXEL_MM,
                        thickness_mm,
                        spacing_mm,
                        sigma_mm,
                        noise_hu: 0.0,
                    };
                    jobs.push((smoothed, scanner));
                }
            }
        }
    }
    let curves = all(&jobs, |(smoothed, scanner)| DIAMETERS.map(|d| sphere(d, scanner, *smoothed)));
    let mut text = String::from(
        "# examples/physics.rs response: sigma, thickness, overlap, diameter; then rows\n",
    );
    for axis in [&SIGMAS[..], &THICKNESSES, &OVERLAPS, &DIAMETERS] {
        let axis: Vec<String> = axis.iter().map(f64::to_string).collect();
        writeln!(text, "{}", axis.join(" ")).unwrap();
    }
    for curve in curves {
        for quantity in 0..QUANTITIES.len() {
            let row: Vec<String> = curve
                .iter()
                .map(|seen| seen.map_or("-".into(), |m| format!("{:.0}", m[quantity] * 100.0)))
                .collect();
            writeln!(text, "{}", row.join(" ")).unwrap();
        }
    }
    text
}

/// What is measured of a sphere, the mean over places within the voxel.
fn sphere(diameter: f64, scanner: &Scanner, smoothed: bool) -> Option<[f64; 5]> {
    let places = if diameter < 5.0 { 8 } else { 3 };
    let mut random = Random((diameter * 1000.0 + scanner.sigma_mm * 1e6) as u64);
    let voxel = DVec3::new(scanner.pixel_mm, scanner.pixel_mm, scanner.spacing_mm);
    let (mut sum, mut seen) = ([0.0; 5], 0.0);
    for _ in 0..places {
        let place = DVec3::from(std::array::from_fn(|_| random.uniform(-0.5, 0.5)));
        let stone = Ellipsoid::sphere(diameter, voxel * place);
        let (volume, mask) = stone.scan(scanner, &mut random);
        let Some(raw) = spheres(&volume, &mask, smoothed) else { continue };
        let volume_mm = libm::cbrt(6.0 / std::f64::consts::PI * raw.volume_mm3);
        let contrast = (raw.plateau_hu - 30.0) / 1000.0;
        let values = [raw.axial_mm, raw.craniocaudal_mm, raw.feret_mm, volume_mm, contrast];
        sum = std::array::from_fn(|n| sum[n] + values[n]);
        seen += 1.0;
    }
    (seen > 0.0).then(|| sum.map(|s| s / seen))
}

/// Thickness and overlap of the scans that are simulated.
const SCANS: [(f64, f64); 8] = [
    (0.6, 1.0),
    (1.0, 1.0),
    (1.25, 1.0),
    (1.5, 0.67),
    (2.0, 1.0),
    (2.5, 0.8),
    (3.0, 1.0),
    (5.0, 1.0),
];
const NOISES: [f64; 4] = [8.0, 15.0, 25.0, 45.0];
const SIZES: [[f64; 2]; 6] =
    [[1.5, 2.0], [2.0, 3.0], [3.0, 5.0], [5.0, 10.0], [10.0, 20.0], [20.0, 25.0]];

struct Cell {
    thickness_mm: f64,
    spacing_mm: f64,
    noise_hu: f64,
    size: [f64; 2],
    known: bool,
    seed: u64,
}

fn cells(seed: u64) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (thickness_mm, overlap) in SCANS {
        for noise_hu in NOISES {
            for size in SIZES {
                for known in [true, false] {
                    let seed = seed + cells.len() as u64 * 7919;
                    cells.push(Cell {
                        thickness_mm,
                        spacing_mm: thickness_mm * overlap,
                        noise_hu,
                        size,
                        known,
                        seed,
                    });
                }
            }
        }
    }
    cells
}

/// Stones of a cell with what was measured of them. The true blur lies within 0.12 mm of the kernel's class, or
/// anywhere from 0.42 to 0.85 mm if the kernel is not known.
fn simulate(cell: &Cell, count: usize) -> Vec<(Ellipsoid, Measures)> {
    let mut random = Random(cell.seed);
    let count = if cell.size[1] > 10.0 { count / 2 + 1 } else { count };
    let one = |_| {
        let (name, sigma_mm) = if cell.known {
            let class = random.pick([0.5, 0.6, 0.7]);
            (kernel(class), (class + 0.06 * random.normal()).clamp(class - 0.12, class + 0.12))
        } else {
            ("", random.uniform(0.42, 0.85))
        };
        let scanner = Scanner {
            pixel_mm: random.pick([0.6, 0.7, 0.8, 0.9]),
            thickness_mm: cell.thickness_mm,
            spacing_mm: cell.spacing_mm,
            sigma_mm,
            noise_hu: cell.noise_hu,
        };
        let stone = Ellipsoid::random(&mut random, cell.size, &scanner);
        measured(&stone, &scanner, name, &mut random).map(|m| (stone, m))
    };
    (0..count).filter_map(one).collect()
}

/// Below so many stones a class makes no claim of its own.
const FEWEST: usize = 15;
/// Bands are made to hold this share of the stones of a class: more than the 95 % that are claimed, as some
/// sizes and noises within a class are worse than others.
const HELD: f64 = 0.975;

fn bands(count: usize) -> String {
    let cells = cells(1);
    let stones = all(&cells, |cell| simulate(cell, count));
    let mut errors: Vec<[Vec<f64>; 3]> = vec![Default::default(); band::ROWS];
    for (cell, stones) in cells.iter().zip(stones) {
        for (stone, m) in stones {
            let contrast = (m.raw.plateau_hu - m.raw.background_hu) / m.raw.noise_hu.max(1.0);
            let row =
                band::class(cell.known, cell.thickness_mm, contrast, m.raw.corrected_axial_mm);
            let truth = stone.truth();
            errors[row][0].push((m.raw.corrected_axial_mm - truth.axial_mm).abs());
            errors[row][1].push((m.raw.corrected_craniocaudal_mm - truth.craniocaudal_mm).abs());
            // Of the measured volume: that is what the band is printed beside.
            errors[row][2].push(
                (m.raw.corrected_volume_mm3 - truth.volume_mm3).abs() / m.raw.corrected_volume_mm3,
            );
        }
    }
    let mut text = String::from(
        "# examples/physics.rs bands: kernel known or not, thickness, contrast to noise, size; 0.01 mm, 0.01 mm, %\n",
    );
    for row in &mut errors {
        let [axial, craniocaudal, volume] = row.each_mut().map(|errors| {
            errors.sort_by(f64::total_cmp);
            let at = (errors.len() as f64 * HELD).ceil() as usize;
            (errors.len() >= FEWEST).then(|| errors[at.min(errors.len() - 1)])
        });
        let shown = |value: Option<f64>, most: f64, least: f64| {
            value
                .filter(|v| *v <= most)
                .map_or("-".into(), |v: f64| format!("{:.0}", (v.max(least) * 100.0).ceil()))
        };
        let (a, c, v) =
            (shown(axial, 5.0, 0.2), shown(craniocaudal, 2.5, 0.2), shown(volume, 1.0, 0.02));
        writeln!(text, "{a} {c} {v}").unwrap();
    }
    text
}

struct Row {
    errors: Vec<f64>,
    held: usize,
    banded: usize,
}

impl Row {
    fn of(
        stones: &[(Ellipsoid, Measures)],
        error: impl Fn(&Ellipsoid, &Measures) -> Option<(f64, Option<f64>)>,
    ) -> Self {
        let mut row = Self { errors: vec![], held: 0, banded: 0 };
        for (error, band) in stones.iter().filter_map(|(stone, m)| error(stone, m)) {
            row.errors.push(error);
            row.banded += usize::from(band.is_some());
            row.held += usize::from(band.is_some_and(|band| error.abs() <= band + 1e-9));
        }
        row
    }

    fn told(&self) -> String {
        let n = self.errors.len() as f64;
        if self.errors.len() < 8 {
            return "–".into();
        }
        let bias = self.errors.iter().sum::<f64>() / n;
        let sd = libm::sqrt(
            self.errors.iter().map(|e| (e - bias) * (e - bias)).sum::<f64>() / (n - 1.0),
        );
        let coverage = if self.banded > 0 {
            format!("{:.1} %", 100.0 * self.held as f64 / self.banded as f64)
        } else {
            "–".into()
        };
        format!("{bias:+.2} ± {:.2}, {coverage}", 1.96 * sd)
    }
}

fn report(count: usize) {
    let cells: Vec<Cell> = cells(1_000_003).into_iter().filter(|cell| cell.known).collect();
    let stones = all(&cells, |cell| simulate(cell, count));
    println!(
        "Bias ± 1.96 SD (mm; volume in % of the true), share of stones within the printed band."
    );
    println!(
        "| slices mm | noise HU | size mm | n | axial | axial, \"≤\" holds | craniocaudal | volume % | HU corrected |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (cell, stones) in cells.iter().zip(&stones) {
        row(cell, stones);
    }
    for (name, thickness, noise, size) in [
        ("axial 3–20 mm, ≤ 1.25 mm, noise ≤ 25 HU (goal 0.3, ± 0.6)", 1.25, 25.0, [3.0, 20.0]),
        ("the same, noise 45 HU included (goal 0.3, ± 0.8)", 1.25, 45.0, [3.0, 20.0]),
        ("2–3 mm, ≤ 1.25 mm, noise ≤ 25 HU (goal 0.3, ± 0.9)", 1.25, 25.0, [2.0, 3.0]),
        ("3–20 mm, slices to 3 mm, noise ≤ 25 HU (goal 0.3, ± 0.8)", 3.0, 25.0, [3.0, 20.0]),
        ("3–20 mm, slices to 5 mm, noise ≤ 25 HU (goal 0.3, ± 1.0)", 5.0, 25.0, [3.0, 20.0]),
        ("5–25 mm, ≤ 1.25 mm, noise ≤ 25 HU: volume (goal 5 %, ± 15 %)", 1.25, 25.0, [5.0, 25.0]),
        ("everything", 5.0, 45.0, [1.5, 25.0]),
    ] {
        let chosen = |cell: &&(&Cell, &Vec<(Ellipsoid, Measures)>)| {
            let cell = cell.0;
            cell.thickness_mm <= thickness
                && cell.noise_hu <= noise
                && cell.size[0] >= size[0]
                && cell.size[1] <= size[1]
        };
        let pooled: Vec<_> = cells
            .iter()
            .zip(&stones)
            .collect::<Vec<_>>()
            .iter()
            .filter(chosen)
            .flat_map(|c| c.1.clone())
            .collect();
        println!("\n{name}: n = {}", pooled.len());
        println!(
            "  axial {}; craniocaudal {}; volume {}",
            axial(&pooled).told(),
            craniocaudal(&pooled).told(),
            volume(&pooled).told()
        );
        println!("  \"≤ x\" holds for {}", bounded(&pooled));
    }
}

fn row(cell: &Cell, stones: &[(Ellipsoid, Measures)]) {
    let hu = Row::of(stones, |stone, m| Some((m.hu_corrected.or(m.hu_mean)? - stone.hu, None)));
    println!(
        "| {} | {} | {}–{} | {} | {} | {} | {} | {} | {} |",
        cell.thickness_mm,
        cell.noise_hu,
        cell.size[0],
        cell.size[1],
        stones.len(),
        axial(stones).told(),
        bounded(stones),
        craniocaudal(stones).told(),
        volume(stones).told(),
        hu.told()
    );
}

fn axial(stones: &[(Ellipsoid, Measures)]) -> Row {
    Row::of(stones, |stone, m| {
        let band = m.error_mm.axial?;
        Some((m.max_axial_diameter_mm? - stone.truth().axial_mm, Some(band)))
    })
}

/// Of stones below the resolution limit: how often the bound holds.
fn bounded(stones: &[(Ellipsoid, Measures)]) -> String {
    let bounds: Vec<bool> = stones
        .iter()
        .filter(|(_, m)| m.limits.iter().any(|l| l == "resolution_limit"))
        .filter_map(|(stone, m)| Some(m.max_axial_diameter_mm? >= stone.truth().axial_mm))
        .collect();
    match bounds.len() {
        0 => "–".into(),
        n => format!("{} of {n}", bounds.iter().filter(|holds| **holds).count()),
    }
}

fn craniocaudal(stones: &[(Ellipsoid, Measures)]) -> Row {
    Row::of(stones, |stone, m| {
        let band = m.error_mm.craniocaudal?;
        Some((m.craniocaudal_mm? - stone.truth().craniocaudal_mm, Some(band)))
    })
}

fn volume(stones: &[(Ellipsoid, Measures)]) -> Row {
    Row::of(stones, |stone, m| {
        let truth = stone.truth().volume_mm3;
        let band = m.error_mm.volume.map(|mm3| 100.0 * mm3 / truth);
        Some((100.0 * (m.volume_mm3? / truth - 1.0), band))
    })
}
