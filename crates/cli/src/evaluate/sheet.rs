//! Sheets of pictures: the largest misses and the surest false positives, for a person to look at.

use super::case::{Case, PICTURE};
use super::figures::Evaluation;
use std::path::Path;

const ACROSS: usize = 6;
const DOWN: usize = 4;
/// Each pixel of the image is shown this large.
const ZOOM: usize = 3;
const SIDE: usize = PICTURE * ZOOM + 4;

/// Writes `misses.png` and `false-positives.png`, in the order of the evaluation's lists.
pub fn write(folder: &Path, cases: &[Case], evaluation: &Evaluation) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let misses = evaluation.misses.iter().map(|miss| {
        let (case, stone) = miss.at;
        &*cases[case].truth[stone].picture
    });
    let wrong = evaluation.false_positives.iter().map(|wrong| {
        let (case, at) = wrong.at;
        &*cases[case].found[at].picture
    });
    let put = |name: &str, pictures: Vec<&[u8]>| {
        let (width, height) = ((SIDE * ACROSS) as u32, (SIDE * DOWN) as u32);
        let png =
            export::png(&sheet(&pictures), width, height).map_err(|error| error.to_string())?;
        std::fs::write(folder.join(name), png).map_err(|error| error.to_string())
    };
    put("misses.png", misses.take(ACROSS * DOWN).collect())?;
    put("false-positives.png", wrong.take(ACROSS * DOWN).collect())
}

fn sheet(pictures: &[&[u8]]) -> Vec<u8> {
    let width = SIDE * ACROSS;
    let mut rgba = [24, 24, 24, 255].repeat(width * SIDE * DOWN);
    for (n, picture) in pictures.iter().enumerate() {
        let (left, top) = (n % ACROSS * SIDE + 2, n / ACROSS * SIDE + 2);
        for y in 0..PICTURE * ZOOM {
            for x in 0..PICTURE * ZOOM {
                let grey = picture[y / ZOOM * PICTURE + x / ZOOM];
                let at = ((top + y) * width + left + x) * 4;
                rgba[at..at + 3].fill(grey);
            }
        }
    }
    rgba
}
