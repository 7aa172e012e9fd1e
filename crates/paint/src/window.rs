//! VOI LUT Function LINEAR, LINEAR_EXACT and SIGMOID (PS3.3 C.11.2.1.2 and C.11.2.1.3), as a table over all
//! 16-bit HU.

use volume::Sampled;

/// Window centre and width in HU, and the function that they are the parameters of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    pub centre: f64,
    pub width: f64,
    pub function: Function,
}

/// VOI LUT Function (PS3.3 C.11.2.1.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Function {
    #[default]
    Linear,
    LinearExact,
    Sigmoid,
}

impl Window {
    /// The window that a CT opens with: WW 400, WL 60.
    pub const ABDOMEN: Self = Self::linear(60.0, 400.0);

    pub const fn linear(centre: f64, width: f64) -> Self {
        Self { centre, width, function: Function::Linear }
    }

    /// Grey level of a HU value on the scale 0..=255, before rounding.
    pub fn grey(self, hu: f64) -> f64 {
        let Self { centre, width, function } = self;
        match function {
            // PS3.3 C.11.2.1.2.1
            Function::Linear => ramp(hu, centre - 0.5, width.max(1.0) - 1.0),
            // PS3.3 C.11.2.1.3.2
            Function::LinearExact => ramp(hu, centre, width),
            // PS3.3 C.11.2.1.3.1
            Function::Sigmoid => 255.0 / (1.0 + libm::exp(-4.0 * (hu - centre) / width)),
        }
    }
}

/// From 0 to 255 over `span` around `middle`. The two ends are compared first, so that a span of 0 never divides.
fn ramp(hu: f64, middle: f64, span: f64) -> f64 {
    if hu <= middle - span / 2.0 {
        0.0
    } else if hu > middle + span / 2.0 {
        255.0
    } else {
        ((hu - middle) / span + 0.5) * 255.0
    }
}

impl Default for Window {
    fn default() -> Self {
        Self::ABDOMEN
    }
}

/// The grey level of each HU value, made once per window. The standard leaves the rounding open: to the
/// nearest, ties to even.
pub struct WindowTable(Box<[u8]>);

impl WindowTable {
    pub fn new(window: Window) -> Self {
        let grey = |hu: i16| window.grey(f64::from(hu)).round_ties_even() as u8;
        Self((i16::MIN..=i16::MAX).map(grey).collect())
    }

    /// A VOI LUT (PS3.3 C.11.2.1.1), stretched over the width; beyond its ends they hold.
    pub fn of_lut(lut: &[u8], centre: f64, width: f64) -> Self {
        let low = centre - width / 2.0;
        let grey = |hu: i16| {
            let at = (f64::from(hu) - low) * lut.len() as f64 / width;
            // Whole and not below 0, as casts do it.
            lut.get(at as usize).or(lut.last()).copied().unwrap_or_default()
        };
        Self((i16::MIN..=i16::MAX).map(grey).collect())
    }

    /// Black for white: what MONOCHROME1 asks of the display (PS3.3 C.7.6.3.1.2). The HU stay as they are.
    pub fn inverted(mut self, is_inverted: bool) -> Self {
        if is_inverted {
            self.0.iter_mut().for_each(|grey| *grey = 255 - *grey);
        }
        self
    }

    pub fn grey(&self, hu: i16) -> u8 {
        self.0[(i32::from(hu) - i32::from(i16::MIN)) as usize]
    }
}

/// Stripes over what was never measured: every 8 pixels along the diagonal, 2 wide.
const HATCH_PERIOD: usize = 8;
const HATCH_WIDTH: usize = 2;
const HATCH_RGB: [u8; 3] = [214, 158, 46];

/// Opaque RGBA of a plane, row by row; gaps between slices are hatched.
pub fn paint_image(plane: &Sampled, table: &WindowTable, rgba: &mut Vec<u8>) {
    rgba.clear();
    rgba.reserve(plane.hu.len() * 4);
    for &hu in &plane.hu {
        let grey = table.grey(hu);
        rgba.extend_from_slice(&[grey, grey, grey, 255]);
    }
    for (at, _) in plane.hatch.iter().enumerate().filter(|&(_, &hatched)| hatched) {
        let (x, y) = (at % plane.width, at / plane.width);
        if (x + y) % HATCH_PERIOD < HATCH_WIDTH {
            rgba[at * 4..at * 4 + 3].copy_from_slice(&HATCH_RGB);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Centre, width, HU, expected: the published values of the standard, dicom-rs, dwv and our default.
    const PUBLISHED: &[(f64, f64, f64, f64)] = &[
        (2048.0, 4096.0, 0.0, 0.0),
        (2048.0, 4096.0, 4096.0, 255.0),
        (2048.0, 4096.0, 2048.0, (0.5 / 4095.0 + 0.5) * 255.0),
        (2048.0, 1.0, 2047.0, 0.0),
        (2048.0, 1.0, 2048.0, 255.0),
        (0.0, 100.0, -50.0, 0.0),
        (0.0, 100.0, 50.0, 255.0),
        (0.0, 100.0, 10.0, 154.545),
        (0.0, 1.0, -1.0, 0.0),
        (0.0, 1.0, 0.0, 255.0),
        (5.0, 10.0, 0.0, 0.0),
        (5.0, 10.0, 4.5, 127.5),
        (5.0, 10.0, 9.0, 255.0),
        (40.0, 400.0, -129.0, 19.812),
        (60.0, 400.0, -140.0, 0.0),
        (60.0, 400.0, -139.0, 0.639),
        (60.0, 400.0, 0.0, 89.474),
        (60.0, 400.0, 40.0, 115.038),
        (60.0, 400.0, 60.0, 127.820),
        (60.0, 400.0, 100.0, 153.383),
        (60.0, 400.0, 258.0, 254.361),
        (60.0, 400.0, 259.0, 255.0),
    ];

    #[test]
    fn grey_levels_are_the_published_ones() {
        for &(centre, width, hu, expected) in PUBLISHED {
            let grey = Window::linear(centre, width).grey(hu);
            assert!(
                (grey - expected).abs() < 1e-3,
                "c {centre} w {width} hu {hu}: {grey}, not {expected}"
            );
        }
    }

    #[test]
    fn the_other_functions_of_the_standard() {
        use Function::{LinearExact, Sigmoid};
        // PS3.3 C.11.2.1.3.2, example: c = 2048, w = 4096 runs from 0 to 4096; a sigmoid is 1/2 at its centre
        // and 1 / (1 + e^∓2) at the ends of its width.
        let table = [
            (LinearExact, 2048.0, 4096.0, 0.0, 0.0),
            (LinearExact, 2048.0, 4096.0, 1024.0, 63.75),
            (LinearExact, 2048.0, 4096.0, 4096.0, 255.0),
            (LinearExact, 60.0, 400.0, 60.0, 127.5),
            (LinearExact, 0.0, 0.5, 0.0, 127.5),
            (LinearExact, 0.0, 0.5, 1.0, 255.0),
            (Sigmoid, 40.0, 400.0, 40.0, 127.5),
            (Sigmoid, 40.0, 400.0, -160.0, 30.396_745),
            (Sigmoid, 40.0, 400.0, 240.0, 224.603_255),
            (Sigmoid, 0.0, 1.0, -3000.0, 0.0),
        ];
        for (function, centre, width, hu, expected) in table {
            let grey = Window { centre, width, function }.grey(hu);
            assert!((grey - expected).abs() < 1e-5, "{function:?} {centre} {width} {hu}: {grey}");
        }
    }

    #[test]
    fn a_lut_holds_at_its_ends_and_can_be_stretched() {
        let lut = [10, 200, 90, 255];
        // One entry for each HU from -2 on.
        let table = WindowTable::of_lut(&lut, 0.0, 4.0);
        let greys = [-3, -2, -1, 0, 1, 2, i16::MIN, i16::MAX].map(|hu| table.grey(hu));
        assert_eq!(greys, [10, 10, 200, 90, 255, 255, 10, 255]);
        let table = WindowTable::of_lut(&lut, 40.0, 40.0);
        assert_eq!([20, 29, 30, 49, 50, 59].map(|hu| table.grey(hu)), [10, 10, 200, 90, 255, 255]);
    }

    #[test]
    fn inverted_is_black_for_white() {
        let table = WindowTable::new(Window::ABDOMEN).inverted(true);
        assert_eq!((table.grey(-140), table.grey(60), table.grey(259)), (255, 127, 0));
    }

    #[test]
    fn the_table_rounds_to_nearest() {
        let table = WindowTable::new(Window::ABDOMEN);
        let rounded = [(-140, 0), (-139, 1), (0, 89), (60, 128), (258, 254), (259, 255)];
        for (hu, grey) in rounded {
            assert_eq!(table.grey(hu), grey, "{hu} HU");
        }
        assert_eq!((table.grey(i16::MIN), table.grey(i16::MAX)), (0, 255));
    }

    #[test]
    fn a_gap_is_hatched_and_the_rest_is_grey() {
        let plane = Sampled {
            width: 4,
            height: 2,
            hu: vec![60; 8],
            hatch: [[false; 4], [true; 4]].concat(),
        };
        let mut rgba = Vec::new();
        paint_image(&plane, &WindowTable::new(Window::ABDOMEN), &mut rgba);
        assert_eq!(&rgba[..4], &[128, 128, 128, 255]);
        assert_eq!(&rgba[4 * 4..4 * 4 + 3], &HATCH_RGB);
        assert_eq!(&rgba[4 * 7..4 * 7 + 3], &[128, 128, 128]);
    }
}
