//! The mask of the stones as a layer of its own, and the picture with the layer on it.

/// Red, as in the paper; see-through, so that the stone's own grey stays readable.
pub const STONE_RGBA: [u8; 4] = [255, 40, 40, 115];

/// RGBA of the mask layer: `STONE_RGBA` where `inside` says so, else fully transparent.
pub fn paint_mask(inside: &[bool], rgba: &mut Vec<u8>) {
    rgba.clear();
    rgba.reserve(inside.len() * 4);
    for &marked in inside {
        rgba.extend_from_slice(if marked { &STONE_RGBA } else { &[0; 4] });
    }
}

/// Lays the mask layer over an opaque picture of the same size, source over destination.
pub fn blend(picture: &mut [u8], layer: &[u8]) {
    for (below, above) in picture.chunks_exact_mut(4).zip(layer.chunks_exact(4)) {
        let alpha = u32::from(above[3]);
        for channel in 0..3 {
            let mixed =
                u32::from(above[channel]) * alpha + u32::from(below[channel]) * (255 - alpha);
            below[channel] = ((mixed + 127) / 255) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marked_pixels_change() {
        let mut layer = Vec::new();
        paint_mask(&[false, true], &mut layer);
        let mut picture = vec![100, 100, 100, 255, 100, 100, 100, 255];
        blend(&mut picture, &layer);
        assert_eq!(&picture[..4], &[100, 100, 100, 255]);
        // 100 + (255 - 100) * 115 / 255 = 169.9; 100 + (40 - 100) * 115 / 255 = 72.9
        assert_eq!(&picture[4..], &[170, 73, 73, 255]);
    }
}
