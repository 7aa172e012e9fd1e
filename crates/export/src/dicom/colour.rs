//! Colours as DICOM has them: CIELab of the screen's red, green and blue, scaled as PS3.3 C.10.7.1.1 says.

/// The white of sRGB, D65.
const WHITE: [f64; 3] = [0.95047, 1.0, 1.08883];

pub fn lab(rgb: [u8; 3]) -> [u16; 3] {
    let [r, g, b] = rgb.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    let xyz = [
        0.4124564 * r + 0.3575761 * g + 0.1804375 * b,
        0.2126729 * r + 0.7151522 * g + 0.0721750 * b,
        0.0193339 * r + 0.1191920 * g + 0.9503041 * b,
    ];
    let share = |n: usize| {
        let t = xyz[n] / WHITE[n];
        if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 }
    };
    let [x, y, z] = [share(0), share(1), share(2)];
    let scaled = |value: f64, from: f64, span: f64| {
        ((value - from) / span * 65535.0).round().clamp(0.0, 65535.0) as u16
    };
    [
        scaled(116.0 * y - 16.0, 0.0, 100.0),
        scaled(500.0 * (x - y), -128.0, 255.0),
        scaled(200.0 * (y - z), -128.0, 255.0),
    ]
}

/// The colour that [`lab`] has written, or the nearest that a screen has.
pub fn rgb([l, a, b]: [u16; 3]) -> [u8; 3] {
    let share = |word: u16| f64::from(word) / 65535.0;
    let y = (share(l) * 100.0 + 16.0) / 116.0;
    let x = y + (share(a) * 255.0 - 128.0) / 500.0;
    let z = y - (share(b) * 255.0 - 128.0) / 200.0;
    let part = |t: f64| {
        if t > 6.0 / 29.0 { t * t * t } else { (116.0 * t - 16.0) * 27.0 / 24389.0 }
    };
    let [x, y, z] = [part(x) * WHITE[0], part(y) * WHITE[1], part(z) * WHITE[2]];
    let linear = [
        3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
        -0.9692660 * x + 1.8760108 * y + 0.0415560 * z,
        0.0556434 * x - 0.2040259 * y + 1.0572252 * z,
    ];
    linear.map(|part| {
        let part =
            if part <= 0.0031308 { 12.92 * part } else { 1.055 * part.powf(1.0 / 2.4) - 0.055 };
        (part * 255.0).round().clamp(0.0, 255.0) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_comes_back() {
        let steps = || (0..=255u8).step_by(15);
        for red in steps() {
            for (green, blue) in steps().flat_map(|green| steps().map(move |blue| (green, blue))) {
                assert_eq!(rgb(lab([red, green, blue])), [red, green, blue]);
            }
        }
        // Black as red as can be is no colour: the nearest that a screen has is a red.
        let [red, green, blue] = rgb([0, 65535, 32896]);
        assert!(red > green && red > blue, "{red} {green} {blue}");
    }

    #[test]
    fn known_colours() {
        // Lindbloom: red is 53.24, 80.09, 67.20; white 100, 0, 0.
        for (rgb, expected) in [
            ([255, 0, 0], [53.24, 80.09, 67.20]),
            ([0, 255, 0], [87.73, -86.18, 83.18]),
            ([255, 255, 255], [100.0, 0.0, 0.0]),
            ([0, 0, 0], [0.0, 0.0, 0.0]),
        ] {
            let [l, a, b] = lab(rgb).map(|part| f64::from(part) / 65535.0);
            let found = [l * 100.0, a * 255.0 - 128.0, b * 255.0 - 128.0];
            assert!((0..3).all(|n| (found[n] - expected[n]).abs() < 0.02), "{rgb:?}: {found:?}");
        }
    }
}
