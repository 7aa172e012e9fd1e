//! Where a picture lies in the patient: its corner, and how far a pixel leads across and down.

use glam::DVec3;
use serde::{Deserialize, Serialize};

/// A flat picture in the patient. `origin` is the centre of pixel (0, 0), `right` and `down` lead to the next pixels,
/// all in patient LPS mm; in voxels where a series has no known place, so that marks on it still hold together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    pub origin: DVec3,
    pub right: DVec3,
    pub down: DVec3,
}

impl Cut {
    /// The place under a pixel; whole numbers are centres.
    pub fn place(&self, [u, v]: [f64; 2]) -> DVec3 {
        self.origin + self.right * u + self.down * v
    }

    /// The pixel that a place is seen at, looking along the normal, and its distance (mm) from the picture: positive
    /// away from the viewer.
    pub fn pixel(&self, place: DVec3) -> [f64; 3] {
        let (r, d, way) = (self.right, self.down, place - self.origin);
        let [rr, rd, dd] = [r.dot(r), r.dot(d), d.dot(d)];
        let [wr, wd] = [way.dot(r), way.dot(d)];
        let determinant = rr * dd - rd * rd;
        let (u, v) = ((wr * dd - wd * rd) / determinant, (wd * rr - wr * rd) / determinant);
        [u, v, way.dot(self.normal())]
    }

    /// Unit vector away from the viewer.
    pub fn normal(&self) -> DVec3 {
        self.right.cross(self.down).normalize_or_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_pixels_are_each_other() {
        let (sin, cos) = (libm::sin(0.4), libm::cos(0.4));
        let cut = Cut {
            origin: DVec3::new(3.0, -7.0, 11.0),
            right: DVec3::new(0.7, 0.0, 0.0),
            down: DVec3::new(0.2, 1.1 * cos, 1.1 * sin),
        };
        let place = cut.place([12.25, -4.5]) + cut.normal() * 2.5;
        let [u, v, off] = cut.pixel(place);
        assert!((u - 12.25).abs() < 1e-12 && (v + 4.5).abs() < 1e-12 && (off - 2.5).abs() < 1e-12);
    }
}
