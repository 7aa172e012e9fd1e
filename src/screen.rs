//! Where a plane lies on its pane: the map between pixels of the plane and pixels of the screen.

use workers::messages::PlaneCard;

/// How a person looks at a plane: magnification beyond "fits the pane", and the move of its middle in mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    pub zoom: f64,
    pub moved_mm: [f64; 2],
}

impl Default for Camera {
    fn default() -> Self {
        Self { zoom: 1.0, moved_mm: [0.0; 2] }
    }
}

impl Camera {
    /// About so many mm around a pixel.
    pub fn around(card: &PlaneCard, pixel: [f64; 2], mm: f64) -> Self {
        Self::on(card, pixel, card.fit_mm[0].max(card.fit_mm[1]) / mm)
    }

    /// A pixel in the middle of the pane.
    pub fn on(card: &PlaneCard, pixel: [f64; 2], zoom: f64) -> Self {
        let pixels = [card.width as f64, card.height as f64];
        let size_mm = [0, 1].map(|a| pixels[a] * card.pixel_mm[a]);
        let moved_mm = [0, 1].map(|a| size_mm[a] / 2.0 - (pixel[a] + 0.5) * card.pixel_mm[a]);
        Self { zoom: within(zoom), moved_mm }
    }

    /// Whether nobody sees a difference.
    pub fn is_like(&self, other: &Self) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() < 1e-6;
        near(self.zoom, other.zoom)
            && [0, 1].into_iter().all(|a| near(self.moved_mm[a], other.moved_mm[a]))
    }
}

/// A magnification that can still be looked at.
pub fn within(zoom: f64) -> f64 {
    zoom.clamp(0.2, 40.0)
}

/// A plane on a pane. Plane pixel `p` spans `p - 0.5 ..= p + 0.5`; whole numbers are centres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// Screen pixels per plane pixel.
    pub scale: [f64; 2],
    /// Screen position of the plane's upper left corner.
    pub origin: [f64; 2],
    /// Screen pixels per mm at zoom 1.
    fit: f64,
}

impl Placement {
    /// `None` until the pane has a size.
    pub fn new(card: &PlaneCard, camera: Camera, pane: [f64; 2]) -> Option<Self> {
        let pixels = [card.width as f64, card.height as f64];
        let size_mm = [0, 1].map(|a| pixels[a] * card.pixel_mm[a]);
        let fit = (pane[0] / card.fit_mm[0]).min(pane[1] / card.fit_mm[1]);
        if !(fit.is_finite() && fit > 0.0) {
            return None;
        }
        let per_mm = fit * camera.zoom;
        Some(Self {
            scale: card.pixel_mm.map(|mm| mm * per_mm),
            origin: [0, 1]
                .map(|a| pane[a] / 2.0 + (camera.moved_mm[a] - size_mm[a] / 2.0) * per_mm),
            fit,
        })
    }

    /// Plane pixel under a place of the screen.
    pub fn pixel(&self, screen: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|a| (screen[a] - self.origin[a]) / self.scale[a] - 0.5)
    }

    /// Screen place of a plane pixel.
    pub fn screen(&self, pixel: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|a| self.origin[a] + (pixel[a] + 0.5) * self.scale[a])
    }

    /// Whether a plane pixel is seen on the pane, and not only at its edge.
    pub fn has_in_sight(&self, pixel: [f64; 2], pane: [f64; 2]) -> bool {
        const EDGE: f64 = 16.0;
        let at = self.screen(pixel);
        [0, 1].into_iter().all(|a| (EDGE..=pane[a] - EDGE).contains(&at[a]))
    }

    /// Screen pixels per mm now.
    pub fn per_mm(&self, camera: Camera) -> f64 {
        self.fit * camera.zoom
    }

    /// Moves by pixels of the screen, and leaves a piece of the plane on the pane.
    pub fn panned(&self, camera: Camera, by: [f64; 2], pane: [f64; 2]) -> Camera {
        const LEFT: f64 = 48.0;
        let per_mm = self.per_mm(camera);
        let moved_mm = [0, 1].map(|a| {
            let moved = camera.moved_mm[a] * per_mm;
            let half_plane = pane[a] / 2.0 + moved - self.origin[a];
            let most = (pane[a] / 2.0 + half_plane - LEFT).max(0.0);
            (moved + by[a]).clamp(-most, most) / per_mm
        });
        Camera { moved_mm, ..camera }
    }

    /// Magnifies so that what lies under `at` stays there.
    pub fn zoomed(&self, camera: Camera, factor: f64, at: [f64; 2], pane: [f64; 2]) -> Camera {
        let zoom = within(camera.zoom * factor);
        let (before, after) = (self.per_mm(camera), self.fit * zoom);
        let moved_mm = [0, 1].map(|a| {
            let from_middle = at[a] - pane[a] / 2.0;
            camera.moved_mm[a] + from_middle / after - from_middle / before
        });
        Camera { zoom, moved_mm }
    }
}

/// Half the gap of the crosshair, so that what lies at the crossing is seen.
pub const CROSSHAIR_GAP: f64 = 16.0;
/// How far from the crossing a line can be taken hold of to move it.
pub const CROSSHAIR_GRIP: f64 = 60.0;
/// How far from the crossing a line is taken hold of to turn the planes.
pub const KNOB: f64 = 120.0;

/// A stone's box on the screen, `[left, top, width, height]`: a margin of 6 mm, and of 6 pixels at the least, keeps the
/// frame off the stone.
pub fn frame(placement: &Placement, per_mm: f64, min: [f64; 2], max: [f64; 2]) -> [f64; 4] {
    const MARGIN: f64 = 6.0;
    const LEAST: f64 = 24.0;
    let (from, to) = (placement.screen(min), placement.screen(max));
    let margin = MARGIN * per_mm.max(1.0);
    let size = [0, 1].map(|a| (to[a] - from[a] + 2.0 * margin).max(LEAST));
    let corner = [0, 1].map(|a| (from[a] + to[a] - size[a]) / 2.0);
    [corner[0], corner[1], size[0], size[1]]
}

/// Where a text stands that tells of places, `[x, y]`, and whether it ends there: beside them, within the pane.
pub fn beside(places: &[[f64; 2]], text: &str, pane: [f64; 2]) -> ([f64; 2], bool) {
    const GAP: f64 = 8.0;
    const ABOVE: f64 = 14.0;
    const BELOW: f64 = 6.0;
    let width: f64 = text.chars().map(|c| if c.is_ascii() { 8.0 } else { 13.0 }).sum();
    let most = |a: usize| places.iter().map(|at| at[a]).fold(f64::MIN, f64::max);
    let left = places.iter().map(|at| at[0]).fold(f64::MAX, f64::min) - GAP;
    let right = most(0) + GAP;
    let y = (most(1) + GAP / 2.0).clamp(ABOVE, (pane[1] - BELOW).max(ABOVE));
    match () {
        () if right + width <= pane[0] => ([right.max(GAP), y], false),
        () if left >= width => ([left.min(pane[0] - GAP), y], true),
        () => ([pane[0] - GAP, y], true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use volume::{Letters, Plane};

    fn card() -> PlaneCard {
        PlaneCard {
            plane: Plane::Coronal,
            width: 100,
            height: 40,
            count: 10,
            pixel_mm: [1.0, 2.5],
            step_mm: 1.0,
            fit_mm: [100.0, 100.0],
            letters: Letters::default(),
        }
    }

    #[test]
    fn fits_with_true_aspect() {
        let placed = Placement::new(&card(), Camera::default(), [400.0, 300.0]).unwrap();
        assert_eq!(placed.scale, [3.0, 7.5]);
        assert_eq!(placed.origin, [50.0, 0.0]);
        assert_eq!(placed.screen([-0.5, -0.5]), [50.0, 0.0]);
        assert_eq!(placed.pixel([350.0, 300.0]), [99.5, 39.5]);
    }

    #[test]
    fn a_piece_of_the_plane_stays_on_the_pane() {
        let pane = [400.0, 300.0];
        let camera = Camera { zoom: 2.0, ..Camera::default() };
        let before = Placement::new(&card(), camera, pane).unwrap();
        let placed = |by| Placement::new(&card(), before.panned(camera, by, pane), pane).unwrap();
        // 600 × 600 screen pixels, of which 48 are left at the pane's left and upper, right and lower edge.
        assert_eq!(placed([-5000.0, -5000.0]).screen([99.5, 39.5]), [48.0, 48.0]);
        assert_eq!(placed([5000.0, 5000.0]).screen([-0.5, -0.5]), [352.0, 252.0]);
        let [x, y] = before.screen([3.0, 4.0]);
        assert_eq!(placed([20.0, -30.0]).screen([3.0, 4.0]), [x + 20.0, y - 30.0]);
    }

    #[test]
    fn what_lies_under_the_pointer_stays_there_when_zoomed() {
        let (pane, at) = ([400.0, 300.0], [120.0, 80.0]);
        let camera = Camera { zoom: 1.5, moved_mm: [3.0, -7.0] };
        let before = Placement::new(&card(), camera, pane).unwrap();
        let zoomed = before.zoomed(camera, 2.0, at, pane);
        let after = Placement::new(&card(), zoomed, pane).unwrap();
        let (was, is) = (before.pixel(at), after.pixel(at));
        assert!((was[0] - is[0]).abs() < 1e-9 && (was[1] - is[1]).abs() < 1e-9);
    }

    #[test]
    fn a_camera_around_a_pixel_shows_it_in_the_middle() {
        let camera = Camera::around(&card(), [20.0, 10.0], 50.0);
        let placed = Placement::new(&card(), camera, [400.0, 400.0]).unwrap();
        let [x, y] = placed.screen([20.0, 10.0]);
        assert!((x - 200.0).abs() < 1e-9 && (y - 200.0).abs() < 1e-9);
        assert!((placed.per_mm(camera) - 400.0 / 50.0).abs() < 1e-9);
    }

    #[test]
    fn a_place_is_in_sight_or_it_is_not() {
        let placed = Placement::new(&card(), Camera::default(), [400.0, 300.0]).unwrap();
        assert!(placed.has_in_sight([50.0, 20.0], [400.0, 300.0]));
        assert!(!placed.has_in_sight([50.0, 0.0], [400.0, 300.0]));
        assert!(!placed.has_in_sight([500.0, 20.0], [400.0, 300.0]));
    }

    #[test]
    fn a_text_stays_on_its_pane() {
        let pane = [400.0, 300.0];
        let text = "1 · 12.3 mm";
        assert_eq!(beside(&[[20.0, 50.0], [60.0, 40.0]], text, pane), ([68.0, 54.0], false));
        assert_eq!(beside(&[[320.0, 50.0], [380.0, 400.0]], text, pane), ([312.0, 294.0], true));
        assert_eq!(beside(&[[10.0, -90.0], [390.0, -60.0]], text, pane), ([392.0, 14.0], true));
    }

    #[test]
    fn a_frame_never_covers_its_stone() {
        let placed = Placement::new(&card(), Camera::default(), [400.0, 300.0]).unwrap();
        let [left, top, width, height] = frame(&placed, 3.0, [9.5, 9.5], [12.5, 11.5]);
        let (from, to) = (placed.screen([9.5, 9.5]), placed.screen([12.5, 11.5]));
        // 6 mm at 3 pixels each.
        assert!(left <= from[0] - 18.0 && top <= from[1] - 18.0);
        assert!(left + width >= to[0] + 18.0 && top + height >= to[1] + 18.0);
    }
}
