//! `lithoscope render`: one plane as the page paints it, as a PNG.

use crate::arguments::{Arguments, Exit};
use crate::study::Study;
use paint::{Window, WindowTable, paint_image};
use stones::Kub;
use stones::findings::{Bounds, Findings};
use volume::{Blend, Depth, Grid, Plane, Sampled, Slab, Voxel};

/// Green of the boxes, and how far (pixels) they stay away from the mask.
const BOX_RGB: [u8; 3] = [0, 220, 90];
const MARGIN: f64 = 6.0;

pub fn run(words: impl Iterator<Item = String>) -> Result<(), Exit> {
    let options = ["--series", "--plane", "--slice", "--window", "--slab", "--findings", "-o"];
    let arguments = Arguments::parse(words, &[], &options)?;
    let plane = plane(arguments.need("--plane")?)?;
    let slice = whole(arguments.need("--slice")?, "--slice")?;
    let window = arguments.option("--window").map_or(Ok(Window::ABDOMEN), parse_window)?;
    let out = arguments.need("-o")?;
    let slab = arguments.option("--slab").map(parse_slab).transpose()?;
    let findings = arguments.option("--findings").map(read_findings).transpose()?;

    let study = Study::read(&arguments.paths);
    let series = study.choose(arguments.option("--series"))?;
    let volume = study.volume(series).ok_or(Exit::NothingRead)?;
    let is_of = |found: &Findings| found.series.series_instance_uid == series.series_instance_uid;
    if !findings.as_ref().is_none_or(is_of) {
        return Err(Exit::Usage("--findings are of another series".into()));
    }
    let grid = Grid::new(&volume.geometry, plane).ok_or_else(|| {
        Exit::Usage(
            "too few slices, or no known place in the patient: only the stored plane".into(),
        )
    })?;
    let index = plane_of(&grid, slice)?;

    let mut sampled = Sampled::default();
    match slab {
        Some(Depth::Kub) => sampled = Kub::project(&volume, &grid, &[]).sampled,
        Some(Depth::Slab { blend, mm }) => {
            let slab = Slab::of_thickness(blend, mm, &grid);
            sampled.cut_slab(&volume, &grid, index, slab, &mut Sampled::default());
        }
        Some(Depth::Thin) | None => sampled.cut(&volume, &grid, index),
    }
    let mut rgba = Vec::new();
    let table = WindowTable::new(window).inverted(series.is_inverted());
    paint_image(&sampled, &table, &mut rgba);
    for stone in findings.iter().flat_map(|f| &f.stones).filter(|stone| stone.is_shown()) {
        draw_box(&grid, index, stone.bounds_voxel, &mut rgba);
    }
    let failed = |error: String| Exit::NotWritten(out.into(), error);
    let png = export::png(&rgba, grid.width as u32, grid.height as u32)
        .map_err(|e| failed(e.to_string()))?;
    std::fs::write(out, png).map_err(|e| failed(e.to_string()))
}

/// The plane that a voxel index (column, row or slice, whichever the planes cross) lies in.
fn plane_of(grid: &Grid, slice: usize) -> Result<usize, Exit> {
    let mut voxel = [0.0; 3];
    voxel[grid.through()] = slice as f64;
    let [_, _, index] = grid.pixel(Voxel(voxel.into()));
    let index = index.round();
    if (0.0..grid.count as f64).contains(&index) {
        Ok(index as usize)
    } else {
        Err(Exit::Usage(format!("--slice {slice} is not one of 0 to {}", grid.count - 1)))
    }
}

fn plane(word: &str) -> Result<Plane, Exit> {
    match word {
        "axial" => Ok(Plane::Axial),
        "coronal" => Ok(Plane::Coronal),
        "sagittal" => Ok(Plane::Sagittal),
        _ => Err(Exit::Usage(format!("--plane {word} is not axial, coronal or sagittal"))),
    }
}

fn number(word: &str, option: &str) -> Result<f64, Exit> {
    let number = word.parse().ok().filter(|n: &f64| n.is_finite());
    number.ok_or_else(|| Exit::Usage(format!("{option} {word} is not a number")))
}

fn whole(word: &str, option: &str) -> Result<usize, Exit> {
    word.parse()
        .map_err(|_| Exit::Usage(format!("{option} {word} is not a whole number from 0 on")))
}

fn parse_window(word: &str) -> Result<Window, Exit> {
    let (width, centre) =
        word.split_once('/').ok_or_else(|| Exit::Usage(format!("--window {word} is not WW/WL")))?;
    Ok(Window::linear(number(centre, "--window")?, number(width, "--window")?))
}

fn parse_slab(word: &str) -> Result<Depth, Exit> {
    if word == "kub" {
        return Ok(Depth::Kub);
    }
    let unknown = || Exit::Usage(format!("--slab {word} is not MM/mean, MM/mip, MM/minip or kub"));
    let (mm, blend) = word.split_once('/').ok_or_else(unknown)?;
    let blend = match blend {
        "mean" => Blend::Mean,
        "mip" => Blend::Mip,
        "minip" => Blend::MinIp,
        _ => return Err(unknown()),
    };
    Ok(Depth::Slab { blend, mm: number(mm, "--slab")? })
}

fn read_findings(file: &str) -> Result<Findings, Exit> {
    let unreadable = |error: String| Exit::Usage(format!("--findings {file}: {error}"));
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))
}

/// A frame around the mask's bounds where the plane crosses them.
fn draw_box(grid: &Grid, index: usize, bounds: Bounds, rgba: &mut [u8]) {
    let corner = |at: [usize; 3]| grid.pixel(Voxel(at.map(|x| x as f64).into()));
    let (a, b) = (corner(bounds.min), corner(bounds.max));
    let [across, down, through] =
        [0, 1, 2].map(|axis| (a[axis].min(b[axis]), a[axis].max(b[axis])));
    if !(through.0.round()..=through.1.round()).contains(&(index as f64)) {
        return;
    }
    let edge = |(low, high): (f64, f64), len: usize| {
        let last = len as f64 - 1.0;
        let low = (low - MARGIN).round().clamp(0.0, last) as usize;
        (low, (high + MARGIN).round().clamp(0.0, last) as usize)
    };
    let ((left, right), (top, bottom)) = (edge(across, grid.width), edge(down, grid.height));
    let mut put = |u: usize, v: usize| {
        let at = (v * grid.width + u) * 4;
        rgba[at..at + 3].copy_from_slice(&BOX_RGB);
    };
    for u in left..=right {
        put(u, top);
        put(u, bottom);
    }
    for v in top..=bottom {
        put(left, v);
        put(right, v);
    }
}
