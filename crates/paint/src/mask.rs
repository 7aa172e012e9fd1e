//! The mask of the stones as a layer of its own. How much of the picture it lets through is up to who lays it there.

/// Red, as in the paper.
pub const STONE_RGB: [u8; 3] = [255, 40, 40];

/// RGBA of the mask layer: of each pixel the colour that `inside` has the number of, counted from 1; fully transparent
/// where it is 0.
pub fn paint_mask(inside: &[u8], colours: &[[u8; 3]], rgba: &mut Vec<u8>) {
    rgba.clear();
    rgba.reserve(inside.len() * 4);
    for &number in inside {
        let colour = usize::from(number).checked_sub(1).and_then(|at| colours.get(at));
        let pixel = colour.map_or([0; 4], |&[red, green, blue]| [red, green, blue, 255]);
        rgba.extend_from_slice(&pixel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marked_pixels_are_seen() {
        let mut layer = Vec::new();
        paint_mask(&[0, 1, 2, 3], &[STONE_RGB, [1, 2, 3]], &mut layer);
        assert_eq!(layer, [0, 0, 0, 0, 255, 40, 40, 255, 1, 2, 3, 255, 0, 0, 0, 0]);
    }
}
