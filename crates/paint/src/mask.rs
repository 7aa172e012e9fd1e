//! The mask of the stones as a layer of its own. How much of the picture it lets through is up to who lays it there.

/// Red, as in the paper.
pub const STONE_RGBA: [u8; 4] = [255, 40, 40, 255];

/// RGBA of the mask layer: `STONE_RGBA` where `inside` says so, else fully transparent.
pub fn paint_mask(inside: &[bool], rgba: &mut Vec<u8>) {
    rgba.clear();
    rgba.reserve(inside.len() * 4);
    for &marked in inside {
        rgba.extend_from_slice(if marked { &STONE_RGBA } else { &[0; 4] });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marked_pixels_are_seen() {
        let mut layer = Vec::new();
        paint_mask(&[false, true], &mut layer);
        assert_eq!(layer, [0, 0, 0, 0, 255, 40, 40, 255]);
    }
}
