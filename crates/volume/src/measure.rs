//! What a person measures on a picture: lengths and angles in the patient, HU within a shape.

use crate::cut::Cut;
use crate::geometry::Volume;
use glam::DVec3;
use serde::{Deserialize, Serialize};

/// Angle at `vertex` between two places, in degrees; 0 where a side has no length.
pub fn angle_degrees(a: DVec3, vertex: DVec3, b: DVec3) -> f64 {
    let (a, b) = (a - vertex, b - vertex);
    // More exact than the cosine where the angle is small or nearly straight.
    libm::atan2(a.cross(b).length(), a.dot(b)).to_degrees()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outline {
    Ellipse,
    Rectangle,
}

/// An ellipse or a rectangle along the edges of a picture, between two opposite corners of its box in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    pub outline: Outline,
    pub cut: Cut,
    pub corners: [[f64; 2]; 2],
}

/// HU of the pixels whose centres lie in a region, and the size of the region itself. `sd` is that of all its pixels
/// (divided by their number).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    pub mean: f64,
    pub sd: f64,
    pub min: f64,
    pub max: f64,
    pub pixels: usize,
    pub area_mm2: f64,
}

impl Region {
    pub fn area_mm2(&self) -> f64 {
        let [width, height] = [0, 1].map(|axis| self.high(axis) - self.low(axis));
        let all = (self.cut.right * width).cross(self.cut.down * height).length();
        match self.outline {
            Outline::Rectangle => all,
            Outline::Ellipse => all * std::f64::consts::FRAC_PI_4,
        }
    }

    /// `None` where no pixel of the volume lies in the region.
    pub fn statistics(&self, volume: &Volume) -> Option<Statistics> {
        let (mut pixels, mut sum, mut squares) = (0, 0.0, 0.0);
        let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
        for v in self.range(1) {
            for u in self.range(0).filter(|&u| self.contains(u, v)) {
                let Some(hu) = volume.hu_at(self.cut.place([u, v])) else { continue };
                pixels += 1;
                sum += hu;
                squares += hu * hu;
                (min, max) = (min.min(hu), max.max(hu));
            }
        }
        let mean = sum / pixels as f64;
        let sd = (squares / pixels as f64 - mean * mean).max(0.0).sqrt();
        let area_mm2 = self.area_mm2();
        (pixels > 0).then_some(Statistics { mean, sd, min, max, pixels, area_mm2 })
    }

    fn low(&self, axis: usize) -> f64 {
        self.corners[0][axis].min(self.corners[1][axis])
    }

    fn high(&self, axis: usize) -> f64 {
        self.corners[0][axis].max(self.corners[1][axis])
    }

    /// Whole pixels between both corners; no picture has more than these.
    fn range(&self, axis: usize) -> impl Iterator<Item = f64> + use<> {
        const MOST: f64 = 10_000.0;
        let within = |x: f64| x.clamp(-MOST, MOST) as i32;
        (within(self.low(axis).ceil())..=within(self.high(axis).floor())).map(f64::from)
    }

    fn contains(&self, u: f64, v: f64) -> bool {
        if self.outline == Outline::Rectangle {
            return true;
        }
        let off = |axis: usize, x: f64| {
            let (low, high) = (self.low(axis), self.high(axis));
            (2.0 * x - low - high) / (high - low).max(f64::MIN_POSITIVE)
        };
        let (x, y) = (off(0, u), off(1, v));
        x * x + y * y <= 1.0
    }
}
